"""The question road: a question becomes an Answer whose every hit is cited, or an honest "nothing relevant"."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from footnote.answer import Wanted, best_sentence, is_relevant, wanted
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
                f"The index was built with the model {snapshot.manifest.model} ({snapshot.manifest.fingerprint}), but the encoder "
                f"at hand is {encoder.model} ({encoder.fingerprint}). Build it again: python ingest.py"
            )
        self.snapshot = snapshot
        self.engine = engine
        self._encoder = encoder
        self._settings = settings

    @classmethod
    def open(cls, index: Path, settings: SearchSettings = SEARCH) -> Searcher:
        """Opens the current snapshot of ``index``, every file checked. Raises IndexProblem or ModelError."""
        from footnote.encoder.compiled import read_card
        from footnote.engines.local import LocalEngine

        snapshot = current_snapshot(index)
        snapshot.verify()
        folder = Layout(index).encoders / snapshot.manifest.fingerprint
        if not folder.is_dir():
            raise IndexDamaged(
                f"The encoder that the index was built with ({snapshot.manifest.model}, {snapshot.manifest.fingerprint}) is missing "
                f"from {folder.parent}. Make it again: python ingest.py"
            )
        card = read_card(folder)
        encoder: Encoder
        if card.folder is None:
            from footnote.encoder.compiled import CompiledEncoder

            encoder = CompiledEncoder(folder, card)
        else:
            from footnote.encoder.original import OriginalEncoder

            encoder = OriginalEncoder(card)
        return cls(snapshot, LocalEngine(snapshot.folder, settings), encoder, settings)

    def ask(self, question: str, top: int = 5, where: Filter | None = None) -> Answer:
        """The passages that answer ``question``, best first, at most ``top``. Raises QuestionEmpty."""
        asked_at = datetime.now(UTC).isoformat(timespec="seconds")
        question = tidy(question)
        vector = self._encoder.embed_question(question)
        candidates = self.engine.candidates(question, vector, where or Filter(), self._settings.candidates)
        asked_for = wanted(question, self.engine.terms, self.engine.rarity)
        hits = self._hits(self._relevant(candidates, asked_for, top), vector, asked_for)
        verdict = "answered" if hits else "nothing_relevant"
        return Answer(question, verdict, self.snapshot.name, asked_at, tuple(hits))

    def close(self) -> None:
        """Lets go of the snapshot's files."""
        self.engine.close()

    def _relevant(self, candidates: Sequence[Candidate], asked_for: Wanted, top: int) -> list[tuple[Candidate, float, Passage]]:
        """The best ``top`` candidates that are relevant, with their scores and passages."""
        scores = fused(candidates, self._settings.dense_weight).tolist() if candidates else []
        order = sorted(range(len(candidates)), key=lambda i: (-scores[i], -candidates[i].similarity, candidates[i].row))
        thresholds = self.snapshot.manifest.thresholds
        passages = self.engine.passages([candidates[i].row for i in order])
        found = []
        for index, passage in zip(order, passages, strict=True):
            if len(found) == top:
                break
            coverage = asked_for.coverage(self.engine.terms(" ".join((*passage.context, passage.text))))
            if is_relevant(candidates[index].similarity, coverage, thresholds, self._settings.keyword_coverage):
                found.append((candidates[index], scores[index], passage))
        return found

    def _hits(self, found: Sequence[tuple[Candidate, float, Passage]], vector: Vectors, asked_for: Wanted) -> list[Hit]:
        articles = [self._article(passage.article_id) for _, _, passage in found]
        spans = [_sentences(article, passage) for article, (_, _, passage) in zip(articles, found, strict=True)]
        marked = self._marked([passage for _, _, passage in found], spans, vector, asked_for)
        hits = []
        for rank, ((candidate, score, passage), article, mark) in enumerate(zip(found, articles, marked, strict=True), start=1):
            section = article.section_at(passage.start + (mark[0][0] if mark else 0)).path
            citation = cite(article.metadata, section, passage)
            hits.append(
                Hit(
                    rank,
                    score,
                    candidate.similarity,
                    candidate.keyword,
                    passage,
                    article.source,
                    article.metadata,
                    section,
                    mark,
                    citation,
                )
            )
        return hits

    def _marked(
        self, passages: Sequence[Passage], spans: Sequence[list[tuple[int, int]]], vector: Vectors, asked_for: Wanted
    ) -> list[tuple[tuple[int, int], ...]]:
        """The sentence to mark in each passage, as offsets into its text."""
        texts = [[passage.text[start:end] for start, end in span] for passage, span in zip(passages, spans, strict=True)]
        vectors = self._encoder.embed_passages([text for part in texts for text in part])
        marked, first = [], 0
        for part, span in zip(texts, spans, strict=True):
            if part:
                coverages = [asked_for.coverage(self.engine.terms(text)) for text in part]
                own = vectors[first : first + len(part)]
                marked.append((span[best_sentence(vector, own, coverages, self._settings.sentence_words_weight)],))
            else:
                marked.append(())
            first += len(part)
        return marked

    def _article(self, article_id: str) -> Article:
        article = self.engine.article(article_id)
        if article is None:
            raise IndexDamaged(f"The index names an article it does not hold: {article_id}. Run: python ingest.py --rebuild")
        return article


def tidy(question: str) -> str:
    """The question as it is searched for: invisible characters and surplus space gone, cut to its longest.

    Raises QuestionEmpty where there is no letter or digit in it.
    """
    question = " ".join(clean(question[: MAX_QUESTION_CHARS * 4]).split())[:MAX_QUESTION_CHARS]
    if not any(character.isalnum() for character in question):
        raise QuestionEmpty("There is no question. Type what you want to know, in your own words.")
    return question


def _sentences(article: Article, passage: Passage) -> list[tuple[int, int]]:
    """The spans of a passage's sentences as offsets into its text; heading lines within it are none."""
    headings = [(section.start, section.body) for section in article.sections if section.body > section.start]
    return [
        (start - passage.start, end - passage.start)
        for start, end in sentences(article.text, passage.start, passage.end)
        if not any(first <= start < last for first, last in headings)
    ]
