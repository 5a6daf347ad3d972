"""The question road: a question becomes an Answer whose every hit is cited, or an honest "nothing relevant"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from footnote.answer import Wanted, best_sentence, function_terms, is_relevant, wanted
from footnote.citations import cite
from footnote.encoder import Encoder, Vectors
from footnote.engines import Engine
from footnote.errors import IndexDamaged, IndexOfOtherModel, QuestionEmpty
from footnote.fusion import fused
from footnote.passages import sentences
from footnote.readers.decoding import clean
from footnote.records import Answer, Article, Candidate, Filter, Hit, Passage
from footnote.settings import MAX_QUESTION_CHARS, SEARCH, SearchSettings
from footnote.snapshot import Layout, Snapshot, current_snapshot


class Searcher:
    """Answers questions from one snapshot, which does not change under it. Safe to use from several threads."""

    def __init__(self, snapshot: Snapshot, engine: Engine, encoder: Encoder, settings: SearchSettings = SEARCH) -> None:
        if encoder.fingerprint != snapshot.manifest.fingerprint or encoder.dimension != snapshot.manifest.dimension:
            raise IndexOfOtherModel(
                f"The index was built with the model {snapshot.manifest.model} ({snapshot.manifest.fingerprint}), but the "
                f"encoder at hand is {encoder.model} ({encoder.fingerprint}). Build it again: python ingest.py"
            )
        self.snapshot = snapshot
        self.engine = engine
        self._encoder = encoder
        self._settings = settings
        self._function_terms = function_terms(engine.terms)

    @classmethod
    def open(cls, index: Path, settings: SearchSettings = SEARCH) -> Searcher:
        """Opens the current snapshot of ``index``, every file checked. Raises IndexProblem or ModelError."""
        from footnote.encoder.opening import open_encoder
        from footnote.engines.local import LocalEngine

        snapshot = current_snapshot(index)
        snapshot.verify()
        folder = Layout(index).encoders / snapshot.manifest.fingerprint
        if not folder.is_dir():
            raise IndexDamaged(
                f"The encoder that the index was built with ({snapshot.manifest.model}, {snapshot.manifest.fingerprint}) is "
                f"missing from {folder.parent}. Make it again: python ingest.py"
            )
        return cls(snapshot, LocalEngine(snapshot.folder, settings), open_encoder(folder), settings)

    def ask(self, question: str, top: int = 5, where: Filter | None = None) -> Answer:
        """The passages that answer ``question``, best first, at most ``top``. Raises QuestionEmpty."""
        asked_at = datetime.now(UTC).isoformat(timespec="seconds")
        question = tidy(question)
        vector = self._encoder.embed_question(question)
        candidates = self.engine.candidates(question, vector, where or Filter(), self._settings.candidates)
        asked_for = wanted(self.engine.terms(question), self._function_terms, self.engine.rarity)
        finalists = self._finalists(candidates, vector, asked_for, max(top, self._settings.finalists))
        nearest = max((finalist.nearness for finalist in finalists), default=0.0)
        hits = [
            self._hit(rank, finalist)
            for rank, finalist in enumerate(self._relevant(self._ranked(finalists), asked_for)[:top], start=1)
        ]
        return Answer(question, "answered" if hits else "nothing_relevant", self.snapshot.name, asked_at, tuple(hits), nearest)

    def close(self) -> None:
        """Lets go of the snapshot's files."""
        self.engine.close()

    def _finalists(self, candidates: Sequence[Candidate], vector: Vectors, asked_for: Wanted, most: int) -> list[_Finalist]:
        """The best candidates by passage, in that order, each read sentence by sentence."""
        scores = fused(candidates, self._settings.dense_weight).tolist() if candidates else []
        order = sorted(range(len(candidates)), key=lambda i: (-scores[i], -candidates[i].similarity, candidates[i].row))[:most]
        passages = self.engine.passages([candidates[i].row for i in order])
        articles = [self._article(passage.article_id) for passage in passages]
        spans = [_sentences(article, passage) for article, passage in zip(articles, passages, strict=True)]
        texts = [[passage.text[start:end] for start, end in span] for passage, span in zip(passages, spans, strict=True)]
        cosines = self._encoder.embed_passages([text for part in texts for text in part]) @ vector
        finalists, first = [], 0
        for index, passage, article, span, part in zip(order, passages, articles, spans, texts, strict=True):
            coverages = [asked_for.coverage(self.engine.terms(text)) for text in part]
            best = best_sentence(cosines[first : first + len(part)], coverages, self._settings.sentence_words_weight)
            finalist = _Finalist(candidates[index], passage, article, span[best], float(cosines[first : first + len(part)].max()))
            first += len(part)
            finalists.append(finalist)
        return finalists

    def _ranked(self, finalists: Sequence[_Finalist]) -> list[tuple[float, _Finalist]]:
        """The finalists with their scores, best first: a passage is as near as it and its best sentence are on average."""
        near = [replace(finalist.candidate, similarity=finalist.nearness) for finalist in finalists]
        scores = fused(near, self._settings.dense_weight).tolist() if near else []
        return sorted(zip(scores, finalists, strict=True), key=lambda scored: (-scored[0], scored[1].candidate.row))

    def _relevant(self, ranked: Sequence[tuple[float, _Finalist]], asked_for: Wanted) -> list[tuple[float, _Finalist]]:
        thresholds, least = self.snapshot.manifest.thresholds, self._settings.keyword_coverage
        return [
            (score, finalist)
            for score, finalist in ranked
            if is_relevant(finalist.nearness, asked_for.coverage(self.engine.terms(finalist.words)), thresholds, least)
        ]

    def _hit(self, rank: int, scored: tuple[float, _Finalist]) -> Hit:
        score, finalist = scored
        passage, article = finalist.passage, finalist.article
        section = article.section_at(passage.start + finalist.sentence[0]).path
        return Hit(
            rank,
            score,
            finalist.candidate.similarity,
            finalist.candidate.keyword,
            passage,
            article.source,
            article.metadata,
            section,
            (finalist.sentence,),
            tuple(_headings(article, passage)),
            cite(article.metadata, section, passage),
        )

    def _article(self, article_id: str) -> Article:
        article = self.engine.article(article_id)
        if article is None:
            raise IndexDamaged(f"The index names an article it does not hold: {article_id}. Run: python ingest.py --rebuild")
        return article


@dataclass(frozen=True, slots=True)
class _Finalist:
    """A candidate read sentence by sentence: the sentence to mark, and the best cosine of any."""

    candidate: Candidate
    passage: Passage
    article: Article
    sentence: tuple[int, int]
    best_cosine: float

    @property
    def words(self) -> str:
        return " ".join((*self.passage.context, self.passage.text))

    @property
    def nearness(self) -> float:
        return (self.candidate.similarity + self.best_cosine) / 2


def tidy(question: str) -> str:
    """The question as it is searched for: invisible characters and surplus space gone, cut to its longest.

    Raises QuestionEmpty where there is no letter or digit in it.
    """
    question = " ".join(clean(question[: MAX_QUESTION_CHARS * 4]).split())[:MAX_QUESTION_CHARS]
    if not any(character.isalnum() for character in question):
        raise QuestionEmpty("There is no question. Type what you want to know, in your own words.")
    return question


def _headings(article: Article, passage: Passage) -> list[tuple[int, int]]:
    """The spans of the heading lines within a passage, as offsets into its text."""
    found = []
    for section in article.sections:
        if section.body > section.start and passage.start <= section.start < passage.end:
            line = article.text[section.start : section.body].rstrip()
            found.append((section.start - passage.start, section.start - passage.start + len(line)))
    return found


def _sentences(article: Article, passage: Passage) -> list[tuple[int, int]]:
    """The spans of a passage's sentences as offsets into its text, at least one; heading lines are none."""
    headings = _headings(article, passage)
    found = [
        span
        for span in sentences(passage.text, 0, len(passage.text))
        if not any(first <= span[0] < last for first, last in headings)
    ]
    return found or [(0, len(passage.text))]
