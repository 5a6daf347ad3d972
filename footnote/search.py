"""The question road: a question becomes an Answer whose every hit is cited, or an honest "nothing relevant"."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from itertools import accumulate, pairwise
from typing import Protocol

import numpy as np

from footnote import answer as answering
from footnote.answer import Wanted, function_terms, rarity, wanted
from footnote.citations import cite
from footnote.encoder import Encoder
from footnote.engines import Engine, term_number
from footnote.errors import IndexDamaged, IndexOfOtherModel, IndexProblem, ModelError
from footnote.fusion import Scores, Signals, evidence, fused, nearness
from footnote.manifest import State
from footnote.passages import embedded_text, headings_in
from footnote.question import Question, parse, tidy
from footnote.records import Answer, Article, Filter, Hit, Passage, Place, Ranked
from footnote.settings import SEARCH, SearchSettings
from footnote.snapshot import stands_in
from footnote.spelling import is_a_word
from footnote.stores import Index, Store
from footnote.stores.opening import store_at

_WORD = re.compile(r"[^\W\d_]{5,}")
_LONG_WORD = 7  # letters, from which on two of them may be wrong
_FIRST = 3  # places that what alone names the question is among
_HALF = 0.5  # of the question's information, without which naming it alone says little
_SUBJECTS = 3
_DOUBTFUL = 10  # of the best ranked, whose words are read to see whether they name what is asked
_LOOKED_AT = 50  # of the best ranked, among which the places are filled


class Reranker(Protocol):
    """Reads a question and a passage together."""

    def scores(self, question: str, texts: Sequence[str]) -> Scores:
        """How well each text answers, of shape ``(len(texts),)``; higher is better."""
        ...


class Searcher:
    """Answers questions from one snapshot, which does not change under it. Safe to use from several threads."""

    def __init__(
        self,
        snapshot: State,
        engine: Engine,
        encoder: Encoder,
        settings: SearchSettings = SEARCH,
        reranker: Reranker | None = None,
    ) -> None:
        if encoder.fingerprint != snapshot.manifest.fingerprint or encoder.dimension != snapshot.manifest.dimension:
            raise IndexOfOtherModel(
                f"The index was built with the model {snapshot.manifest.model} ({snapshot.manifest.fingerprint}), but the "
                f"encoder at hand is {encoder.model} ({encoder.fingerprint}). Build it again: python ingest.py"
            )
        self.snapshot = snapshot
        self.notice: str | None = None
        """Why an older snapshot answers than the current one; None where the current one does."""
        self.engine = engine
        self.encoder = encoder
        self._settings = settings
        self._reranker = reranker
        self._function_terms = function_terms(engine.terms)

    @classmethod
    def open(
        cls, index: Index, settings: SearchSettings = SEARCH, reranker: Reranker | None = None, *, stand_in: bool = True
    ) -> Searcher:
        """Opens the current snapshot of ``index``, every file checked.

        Where that can't be used, the one before it stands in, and ``notice`` says so; not without ``stand_in``. Raises
        IndexProblem or ModelError.
        """
        store = store_at(index)
        try:
            return cls._open_current(store, settings, reranker)
        except (IndexProblem, ModelError) as error:
            for snapshot in store.others() if stand_in else ():
                with contextlib.suppress(IndexProblem, ModelError):
                    found = cls._of(snapshot, store, settings, reranker)
                    found.notice = stands_in(snapshot, error)
                    return found
            raise

    @classmethod
    def _open_current(cls, store: Store, settings: SearchSettings, reranker: Reranker | None) -> Searcher:
        snapshot = store.current()
        while True:
            try:
                return cls._of(snapshot, store, settings, reranker)
            except IndexProblem:
                # Two ingests may have been done since, and the second swept away what was being opened.
                before, snapshot = snapshot, store.current()
                if snapshot == before:
                    raise

    @classmethod
    def _of(cls, snapshot: State, store: Store, settings: SearchSettings, reranker: Reranker | None) -> Searcher:
        _leave_cores_to_other_questions()
        snapshot.verify()
        encoder = store.encoder(snapshot)
        return cls(snapshot, store.library(snapshot, settings), encoder, settings, reranker)

    def ask(self, question: str, top: int = 5, where: Filter | None = None) -> Answer:
        """The passages that answer ``question``, best first, at most ``top``.

        A phrase in double quotation marks is required word for word, a word after a minus is ruled out. Raises QuestionEmpty.
        """
        asked_at = datetime.now(UTC).isoformat(timespec="seconds")
        asked = Question(tidy(question)) if self.engine.is_title(tidy(question)) else parse(question)
        where = where or Filter()
        where = replace(where, phrases=where.phrases + asked.phrases, without=where.without + asked.without)
        text = self._mended(asked.text, where)
        asked_for = self._wanted(text)
        ranked = self._ranking(text, asked_for, where)
        relevant = ranked if where.phrases else self._relevant(asked_for, ranked)
        hits = self._hits(relevant, top, is_spread=not where.articles)
        return Answer(
            tidy(question),
            "answered" if hits else "nothing_relevant",
            self.snapshot.name,
            asked_at,
            hits,
            nearest=max((one.evidence for one in ranked), default=0.0),
            read_as=text if text != asked.text and hits else None,
            absent=() if hits else tuple(phrase for phrase in where.phrases if not self.engine.stands(phrase, where)),
            subjects=() if hits else self._subjects(ranked),
        )

    def ranking(self, question: str, where: Filter | None = None) -> list[Ranked]:
        """Every candidate, best first, before anything is refused, joined or cut: what ``ask`` chooses from.

        ``question`` is taken as it is: no word in it is mended, and quotation marks and minus signs mean nothing.
        """
        return self._ranking(question, self._wanted(question), where or Filter())

    def like(self, passage: Passage, top: int = 5) -> tuple[Hit, ...]:
        """The passages that resemble one, best first, at most ``top``; never itself nor the same text again."""
        text = embedded_text(passage)
        ranked = self._scored(text, self._wanted(text), Filter())
        relevant = [one for one in ranked if one.evidence >= self.snapshot.manifest.thresholds["evidence"]]
        found = [hit for hit in self._hits(relevant, top + 1, is_spread=True) if not _is_among(passage, hit)]
        return tuple(replace(hit, rank=rank) for rank, hit in enumerate(found[:top], start=1))

    def neighbours(self, passage: Passage) -> tuple[Passage | None, Passage | None]:
        """The passages that stand before and after one in its article."""
        around = self.engine.passages_of(passage.article_id)
        place = [one.id for one in around].index(passage.id)
        return around[place - 1] if place else None, around[place + 1] if place + 1 < len(around) else None

    def close(self) -> None:
        """Lets go of the snapshot's files."""
        self.engine.close()

    def _ranking(self, question: str, asked_for: Wanted, where: Filter) -> list[Ranked]:
        return self._with_the_certain_first(asked_for, self._reranked(question, self._scored(question, asked_for, where)))

    def _scored(self, question: str, asked_for: Wanted, where: Filter) -> list[Ranked]:
        """Every candidate, by the fusion of its scores."""
        settings = self._settings
        vector = self.encoder.embed_question(question)
        candidates = self.engine.candidates(question, list(asked_for.information), vector, where, settings.candidates)
        if not candidates:
            return []
        found = self.engine.sentences([candidate.row for candidate in candidates])
        numbers = {term_number(term): weight for term, weight in asked_for.information.items()}
        covered = answering.coverages(numbers, found.terms, found.sentence_of, len(found.spans))
        cosines = found.cosines(vector)
        begins = found.first[:-1]
        signals = Signals(
            np.array([candidate.similarity for candidate in candidates]),
            np.maximum.reduceat(cosines, begins),
            (found.titles @ vector).astype(np.float64),
            np.array([candidate.keyword for candidate in candidates]),
            np.maximum.reduceat(covered, begins),
        )
        scores = np.round(fused(signals, settings), 6)  # what is equal is so whichever engine added it up
        columns = list(
            zip(
                candidates,
                scores.tolist(),
                answering.marks(found.first, found.spans, cosines, covered, settings.marked_words),
                nearness(signals, settings).tolist(),
                signals.coverage.tolist(),
                evidence(signals, settings).tolist(),
                strict=True,
            )
        )
        # Candidates are in the order of the library, which decides between equal scores.
        return [Ranked(*columns[place]) for place in np.argsort(-scores, kind="stable").tolist()]

    def _wanted(self, question: str) -> Wanted:
        def information(terms: Sequence[str]) -> dict[str, float]:
            return {term: rarity(holding, self.engine.count()) for term, holding in self.engine.holdings(terms).items()}

        return wanted(self.engine.terms(question), self._function_terms, information)

    def _mended(self, text: str, where: Filter) -> str:
        """``text`` with each word that is none, as far as library, model and dictionary know, read as one of the library's words
        most like it: the one with which the library has most to say."""
        for word in dict.fromkeys(_WORD.findall(text)):
            readings = [re.sub(rf"\b{word}\b", like, text) for like in self._words_like(word)]
            if len(readings) > 1:
                readings.sort(key=lambda reading: -self._most_evidence(reading, where))
            text = readings[0] if readings else text
        return text

    def _words_like(self, word: str) -> list[str]:
        """What a misspelled word may have been meant as; nothing for a word that is known."""
        terms = self.engine.terms(word)
        if any(term in self._function_terms or self.engine.holding(term) for term in terms):
            return []
        if self.encoder.count_tokens([word])[0] < 2 or is_a_word(word, self.engine.languages()):
            return []
        plain = self.engine.words(word)
        likes = self.engine.words_like(plain[0], 2 if len(word) >= _LONG_WORD else 1) if len(plain) == 1 else []
        # A slip in a function word is worth no mending, and must not become another word.
        return [] if any(self._function_terms.issuperset(self.engine.terms(like)) for like in likes) else likes

    def _most_evidence(self, question: str, where: Filter) -> float:
        return max((one.evidence for one in self._scored(question, self._wanted(question), where)), default=0.0)

    def _reranked(self, question: str, ranked: list[Ranked]) -> list[Ranked]:
        """The first of them in the order of the cross-encoder, the others behind."""
        if self._reranker is None or not ranked:
            return ranked
        head, rest = ranked[: self._settings.reranked], ranked[self._settings.reranked :]
        passages = self.engine.passages([one.candidate.row for one in head])
        scores = self._reranker.scores(question, [embedded_text(passage) for passage in passages]).tolist()
        head = [one._replace(score=score) for one, score in zip(head, scores, strict=True)]
        head.sort(key=lambda one: -one.score)
        return head + [one._replace(score=head[-1].score + one.score - rest[0].score) for one in rest]

    def _with_the_certain_first(self, asked_for: Wanted, ranked: list[Ranked]) -> list[Ranked]:
        """The article whose title was typed first; what alone names the question among the first three."""
        sole = self._sole(asked_for, ranked)
        titled = [one for one in ranked if one.candidate.titled]
        if not sole and not titled:
            return ranked
        certain = [one._replace(is_certain=True) for one in ranked if one.candidate.row in sole and not one.candidate.titled]
        others = [one for one in ranked if not one.candidate.titled and one.candidate.row not in sole]
        certain, late = certain[: _FIRST - bool(titled)], certain[_FIRST - bool(titled) :]
        room = _FIRST - len(certain)
        head = titled[:room] + others[: max(0, room - len(titled))]
        place = {one.candidate.row: number for number, one in enumerate(ranked)}

        def first(one: Ranked) -> tuple[bool, float, bool, int]:
            # Of those with equal scores what is certain comes first.
            return not one.candidate.titled, -one.score, not one.is_certain, place[one.candidate.row]

        found = sorted(head + certain, key=first)
        found += titled[room:] + sorted(late + others[max(0, room - len(titled)) :], key=lambda one: place[one.candidate.row])
        # What was brought forward has no lower score than what it stands before.
        scores = list(accumulate((one.score for one in reversed(found)), max))[::-1]
        return [one if one.score == score else one._replace(score=score) for one, score in zip(found, scores, strict=True)]

    def _sole(self, asked_for: Wanted, ranked: Sequence[Ranked]) -> set[int]:
        """The rows that alone hold a term of the question, or alone have all of them in one sentence; and at least half."""
        only = [term for term in asked_for.information if self.engine.holding(term) == 1]
        rows = {row for term in only for row in self.engine.rows_with(term)} & {one.candidate.row for one in ranked}
        whole = [one.candidate.row for one in ranked if one.coverage > 1 - 1e-9]
        rows |= set(whole if len(whole) == 1 else [])
        return {row for row, named in self._named(asked_for, sorted(rows)).items() if named >= _HALF}

    def _named(self, asked_for: Wanted, rows: Sequence[int]) -> dict[int, float]:
        """The share of the question's information that each passage names with its headings."""
        naming = self.engine.naming(rows, list(asked_for.information))
        return dict(zip(rows, asked_for.shares(naming), strict=True))

    def _relevant(self, asked_for: Wanted, ranked: Sequence[Ranked]) -> list[Ranked]:
        """The candidates that answer at all: by evidence, by naming alone what is asked, or by naming nearly all of it."""
        thresholds = self.snapshot.manifest.thresholds
        doubtful = [one for one in ranked[:_DOUBTFUL] if one.evidence >= thresholds["named"]]
        named = self._named(asked_for, [one.candidate.row for one in doubtful])
        return [
            one
            for one in ranked
            if one.candidate.titled
            or one.is_certain
            or one.evidence >= thresholds["evidence"]
            or named.get(one.candidate.row, 0.0) >= self._settings.named_share
        ]

    def _hits(self, relevant: Sequence[Ranked], top: int, is_spread: bool) -> tuple[Hit, ...]:
        """The ``top`` places: what says the same only once, and not all from one article."""
        looked_at = max(_LOOKED_AT, 2 * top)
        groups = self._places(relevant[:looked_at], top, is_spread)
        capped = len({group[0][1].article_id for group in groups}) * self._settings.per_article if is_spread else top
        if min(len(groups), capped) < top and len(relevant) > looked_at:
            groups = self._places(relevant, top, is_spread)  # one article or one text has taken up what was looked at
        return tuple(
            self._hit(rank, group[0][0], [passage for _, passage in group]) for rank, group in enumerate(groups, start=1)
        )

    def _places(self, relevant: Sequence[Ranked], top: int, is_spread: bool) -> list[list[tuple[Ranked, Passage]]]:
        """The passages for ``top`` places, each with those that say the same."""
        rows = [one.candidate.row for one in relevant]
        if not rows:
            return []
        passages, found = self.engine.passages(rows), self.engine.sentences(rows)
        texts = [
            [passage.text[start:end] for start, end in found.spans[first:last].tolist()]
            for passage, (first, last) in zip(passages, pairwise(found.first.tolist()), strict=True)
        ]
        groups = answering.same_texts(texts, self._settings.same_text)
        if is_spread:
            articles = [passages[group[0]].article_id for group in groups]
            certain = {number for number, group in enumerate(groups) if relevant[group[0]].is_certain}
            groups = [groups[place] for place in answering.places(articles, top, self._settings.per_article, certain)]
        return [[(relevant[index], passages[index]) for index in group] for group in groups[:top]]

    def _hit(self, rank: int, ranked: Ranked, passages: Sequence[Passage]) -> Hit:
        """The hit of the first of ``passages``, which all say the same."""
        passage, *again = passages
        article = self._article(passage.article_id)
        section = article.section_at(passage.start + ranked.sentence[0]).path
        return Hit(
            rank,
            ranked.score,
            ranked.candidate.similarity,
            ranked.candidate.keyword,
            passage,
            article.source,
            article.metadata,
            section,
            (ranked.sentence,),
            tuple(headings_in(article, passage)),
            cite(article.metadata, section, passage),
            answering.confidence(ranked.evidence, self.snapshot.manifest.thresholds),
            tuple(self._place(other) for other in again),
        )

    def _place(self, passage: Passage) -> Place:
        article = self._article(passage.article_id)
        return Place(article.metadata.title, article.source, article.id, passage.id)

    def _subjects(self, ranked: Sequence[Ranked]) -> tuple[str, ...]:
        """The titles of the articles that come nearest."""
        nearest = sorted(ranked, key=lambda one: -one.nearness)
        titles: dict[str, None] = {}
        for one in nearest:
            if len(titles) == _SUBJECTS:
                break
            (passage,) = self.engine.passages([one.candidate.row])
            titles[self._article(passage.article_id).metadata.title] = None
        return tuple(titles)

    def _article(self, article_id: str) -> Article:
        article = self.engine.article(article_id)
        if article is None:
            raise IndexDamaged(f"The index names an article it does not hold: {article_id}. Run: python ingest.py --rebuild")
        return article


def _leave_cores_to_other_questions() -> None:
    """Products of a question's size are over before a second thread has woken, which then waits busily for the next."""
    from threadpoolctl import threadpool_limits

    threadpool_limits(1, user_api="blas")


def _is_among(passage: Passage, hit: Hit) -> bool:
    return passage.id in (hit.passage.id, *(place.passage_id for place in hit.also_in))
