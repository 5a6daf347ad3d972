"""Every knob: its unit, its default and why. What shapes the index is kept in its manifest."""

from __future__ import annotations

from dataclasses import dataclass

FORMAT_VERSION = 4
"""Raised when the files of a snapshot change shape; an index of another version is refused, not guessed at."""

READER_VERSION = 3
"""Raised when reading or splitting gives another text for the same file, so that unchanged files are read anew."""

DEFAULT_MODEL = "sentence-transformers/all-MiniLM-L6-v2"

MAX_FILE_BYTES = 50_000_000
"""A larger file is refused by name: fifty million bytes of prose is some forty books, more likely not an article."""

MAX_SIDECAR_BYTES = 100_000
"""A larger sidecar is refused: it holds a few lines of metadata."""

MAX_ZIP_ENTRIES = 10_000
"""Parts of a zipped file (DOCX, ODT, EPUB); a word processor writes some twenty, a large book some thousand."""

MAX_ZIP_BYTES = 200_000_000
"""What a zipped file may expand to, pictures and all."""

MAX_ZIP_RATIO = 200
"""How many times its size a zipped file may expand to: office files reach 30, bombs 1,000."""

MAX_QUESTION_CHARS = 1_000
"""A longer question is cut: the default model reads some 1,000 characters."""

KEEP_SNAPSHOTS = 2
"""A page that still holds the previous snapshot can go on reading it."""


@dataclass(frozen=True, slots=True)
class PassageSettings:
    """How an article is cut. Sizes are tokens of the model's own tokenizer, the heading path not counted."""

    target_tokens: int = 200  # about 160 words: larger passages held more answers but put the right one first less often
    least_tokens: int = 50  # a section smaller than this joins its neighbour even under another parent heading
    context_tokens: int = 48  # the most that the heading path may take of what the model reads


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How candidates become an answer. What each was measured to give: docs/retrieval.md."""

    candidates: int = 100  # from each of the two searches: recall beyond it is nil at top 10, and it costs 1 ms
    title_boost: float = 0.3  # of BM25; a title names every passage of its article, so a match says less than one in the text
    heading_boost: float = 0.6
    sentence_share: float = 0.6  # of a passage's nearness: its best sentence's cosine; the rest is its own
    title_share: float = 0.5  # of what a title's cosine has over the best sentence's, added to the nearness for the ranking
    words_least: float = 0.1  # the weight of BM25 where no sentence has a word of the question ...
    words_most: float = 0.5  # ... and where one has them all; between them it grows with the share of the question's words
    scattered_words: float = 0.5  # what BM25 counts, of 1.5, for words that stand in different sentences
    marked_words: float = 0.3  # the share of the question's words in a sentence, for which one is marked; the rest is its cosine
    evidence_sentence_share: float = 0.3  # of a passage's evidence: less than of its nearness, for one odd sentence can mislead
    evidence_words: float = 0.1  # of the share of the question's words in a sentence, added to the evidence
    unrelated_sds: float = 1.2  # how far above the library's answers to far-off questions a passage must stand ...
    unrelated_floor_sds: float = 2.4  # ... and above unrelated texts in general; standard deviations of the model's cosine
    named_sds: float = 2.0  # the latter for a passage that names what is asked
    named_share: float = 0.8  # the share of the question's words, by information, that names it
    related_sds: float = 1.0  # above the threshold: "related", not "weak"
    strong_sds: float = 3.0  # above the threshold: "strong"
    per_article: int = 2  # passages of one article before others have had their turn
    same_text: float = 0.8  # the share of the shorter passage's sentences that stand in the other, to be the same text
    reranked: int = 20  # passages that a cross-encoder reads, where one is used


@dataclass(frozen=True, slots=True)
class ParsingSettings:
    """What the process that parses files may use for one of them."""

    memory_bytes: int = 1_000_000_000  # of address space; the parsers' libraries themselves take some 200 MB of it
    large_bytes: int = 300_000_000  # resident; after a file that made it so large, another process takes over
    cpu_seconds: int = 20
    wall_seconds: int = 30
    text_chars: int = 50_000_000  # of all articles in one file, as many as a text file may have bytes
    answer_bytes: int = 1_000_000_000  # more than so much text can take as JSON


@dataclass(frozen=True, slots=True)
class PageSettings:
    """What the page lets its readers use."""

    searches: int = 2  # at once, each on one core; a question takes some 10 ms, so a queue moves on fast
    waiting: int = 100  # questions that may wait for one of those
    wait_seconds: float = 10.0  # longer than this, and a reader is told to ask again
    questions_a_minute: int = 120  # of one reader; more is a program. FOOTNOTE_QUESTIONS_A_MINUTE names another number, 0 none
    connections: int = 300  # of one network address at once, behind which a whole office may stand; each takes some 80 kB
    password_attempts: int = 10  # wrong ones, of everybody together ...
    password_minutes: float = 10.0  # ... within this time; then nobody is let in until some of it is over


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How ``--watch`` looks at the folder of articles. By looking, not by events: those do not reach network disks."""

    still_seconds: float = 2.0  # for which nothing has changed, before files count as whole
    open_seconds: float = 60.0  # the same for a file that a program holds open for writing, as office programs do
    retry_seconds: float = 30.0  # after a build that failed, while nothing changes
    share: float = 0.05  # of a processor, at most, for looking


@dataclass(frozen=True, slots=True)
class WorkersSettings:
    """How an ingest is spread over workers."""

    parts_each: int = 3  # under way for each thread: one being done, one waiting there, one on its way; more only takes memory
    parse_bytes: int = 500_000  # of files in one part: a parser's process is started for each
    split_chars: int = 200_000  # of articles in one part, some tenths of a second of work
    most_items: int = 256  # in one part, however small, or known already
    deaths: int = 3  # workers that may die of one part before it is held to be why
    lost_seconds: float = 60.0  # without any worker, until the ingest gives up; one that died is started anew within seconds
    connect_seconds: int = 10  # for a scheduler to answer


@dataclass(frozen=True, slots=True)
class MilvusSettings:
    """How Milvus is asked, where it holds the index."""

    connect_seconds: float = 10.0
    call_seconds: float = 60.0  # of a search or a query; the slowest measured, on Lite with 100,000 passages, is under one
    write_seconds: float = 120.0
    tries: int = 5  # while it can't be reached ...
    retry_seconds: float = 15.0  # ... within this time
    haste_seconds: float = 2.0  # for what can be done without
    settled_seconds: float = 60.0  # after which whoever reads a state need not make sure that all of it has arrived
    pause_seconds: float = 0.5  # before the second try; twice as long before each further one
    most_gone: int = 20_000  # articles, known as gone but not removed yet, that every search names; beyond it all is written anew
    lease_seconds: float = 60.0  # for which an ingest holds a library on a server, renewed while it goes on
    clock_seconds: float = 15.0  # by which the clocks of machines that ingest may differ
    leave_seconds: float = 10.0  # for an ingest that began at the same moment to give way


PARSING = ParsingSettings()
WORKERS = WorkersSettings()
PAGE = PageSettings()
WATCH = WatchSettings()
MILVUS = MilvusSettings()
PASSAGES = PassageSettings()
SEARCH = SearchSettings()
