"""How good the passages are: python -m bench.retrieval DIR ... [--json]

A folder is a test collection: corpus.jsonl (_id, title, text), queries.jsonl (_id, text), qrels.tsv (query-id, corpus-id, score),
and perhaps queries_unanswerable.jsonl. Its documents are indexed as articles by the product's own ingest, and every query
asked through ``Searcher.ranking``, from which ``ask`` chooses; a document is as good as its best passage. Beside the fused
order stand those of its parts, over the same passages: cosine alone, BM25 alone, and their reciprocal rank fusion (k = 60;
Cormack, Clarke and Buettcher 2009).

With articles/ and gold_spans.jsonl (query_id, article_id, start, end as offsets into the article's file), the articles are read
and split as any user's are, and ``Searcher.ask`` is scored by whether the passages shown hold the answer, by the share of
their words that is answer and of the answer that is shown (token precision and recall), and by the marked sentence.

Indexes are kept in --cache, so that a second run embeds nothing.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

import numpy as np

from bench.machine import keep
from footnote.build import build, build_from
from footnote.errors import QuestionEmpty
from footnote.question import tidy
from footnote.readers.decoding import clean
from footnote.records import Article, Hit, Metadata, Ranked, Reading, Section
from footnote.reporting import Activity
from footnote.search import Searcher

MEASURES = ("nDCG@10", "R@10", "P@1")
_DEPTH = 100  # of each list that rank fusion joins
_K = 60
_TOP = 5
_CONTEXTS = (60, 30, 12, 0)  # characters on either side by which an answer is found again in the article as it was read


class Progress:
    """Says on a terminal how an ingest goes on."""

    def say(self, text: str) -> None:
        print("   ", text, file=sys.stderr)

    def progress(self, activity: Activity, done: int, total: int) -> None:
        if sys.stderr.isatty():
            print(f"\r    {activity} {done} of {total}", end="\n" if done == total else "", file=sys.stderr)


@dataclass(frozen=True, slots=True)
class Span:
    """The words that answer a question, as offsets into the text of the article of that id."""

    article_id: str
    start: int
    end: int


def main() -> int:
    """Measures, prints and keeps the result."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="DIR")
    parser.add_argument("--json", action="store_true", help="print the whole result as JSON")
    parser.add_argument("--cache", type=Path, default=Path("index/bench"), help="where indexes are kept (default: index/bench)")
    parser.add_argument("--limit", type=int, help="ask only so many queries of each kind, the same at every run")
    parser.add_argument("--model", metavar="NAME_OR_PATH", help="another one than the default; its name is added to the result's")
    options = parser.parse_args()
    cache, name = options.cache, "retrieval"
    if options.model is not None:
        cache, name = cache / Path(options.model).name, f"retrieval-{Path(options.model).name}"
    result = {folder.resolve().name: measure(folder, cache, options.limit, options.model) for folder in options.folders}
    if options.json:
        print(json.dumps(result, indent=1))
    else:
        print(as_table(result))
    if options.limit is None:
        print(keep(name, {"collections": result}), file=sys.stderr)
    return 0


def measure(folder: Path, cache: Path, limit: int | None, model: str | None = None) -> dict[str, Any]:
    """Every measure that the collection in ``folder`` has judgments for."""
    name = folder.resolve().name
    print(name, file=sys.stderr)
    queries = _sample(read_lines(folder / "queries.jsonl"), limit)
    searcher = documents(folder, cache / f"{name}-documents", model)
    result = {"passages": searcher.engine.count(), **rankings(searcher, queries, _judgments(folder))}
    unanswerable = folder / "queries_unanswerable.jsonl"
    if unanswerable.exists():
        result["unanswerable"] = refusals(searcher, queries, _sample(read_lines(unanswerable), limit))
    searcher.close()
    if (folder / "gold_spans.jsonl").exists() and (folder / "articles").is_dir():
        _share_encoders(cache / f"{name}-articles")
        build(folder / "articles", cache / f"{name}-articles", Progress(), model)
        searcher = Searcher.open(cache / f"{name}-articles")
        result["spans"] = spans(searcher, folder, queries)
        searcher.close()
    return result


def documents(folder: Path, index: Path, model: str | None = None) -> Searcher:
    """A searcher over the collection's documents, each an article without headings."""
    return library([reading(row) for row in read_lines(folder / "corpus.jsonl")], index, model)


def library(readings: Sequence[Reading], index: Path, model: str | None = None) -> Searcher:
    """A searcher over what was read."""
    _share_encoders(index)
    build_from(lambda _: readings, index, Progress(), model)
    return Searcher.open(index)


def _share_encoders(index: Path) -> None:
    """Lets an index take the encoders that another one beside it has compiled."""
    made = next((folder for folder in index.parent.glob("*/encoders") if any(folder.iterdir())), None)
    if made is not None and not (index / "encoders").exists():
        shutil.copytree(made, index / "encoders")


def reading(row: dict[str, str]) -> Reading:
    """One document of a collection as if it had been read from a file."""
    text, title = clean(row["text"].replace("\n", "\0")).replace("\0", "\n"), clean(row.get("title") or "")
    article = Article(row["_id"], row["_id"], Metadata(title), text, (Section((), 0, 0, len(text)),))
    return Reading(row["_id"], hashlib.sha256(f"{title}\0{text}".encode()).hexdigest(), (article,))


def rankings(searcher: Searcher, queries: Sequence[dict[str, str]], judgments: dict[str, dict[str, int]]) -> dict[str, Any]:
    """nDCG@10, recall@10 and precision at 1 of each way to order the same passages, as means in points of 100."""
    import ir_measures
    from ir_measures import Qrel, ScoredDoc

    runs: dict[str, list[ScoredDoc]] = {name: [] for name in ORDERS}
    asked = [query for query in queries if query["_id"] in judgments]
    for query, ranked in _each(searcher.ranking, asked):
        passages = searcher.engine.passages([one.candidate.row for one in ranked])
        document = {one.candidate.row: passage.article_id for one, passage in zip(ranked, passages, strict=True)}
        for name, order in ORDERS.items():
            found = list(dict.fromkeys(document[row] for row in order(ranked)))[:10]
            runs[name] += [ScoredDoc(query["_id"], article, -rank) for rank, article in enumerate(found)]
    qrels = [Qrel(query["_id"], article, grade) for query in asked for article, grade in judgments[query["_id"]].items()]
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    result: dict[str, Any] = {"queries": len(asked)}
    for name, run in runs.items():
        found = ir_measures.calc_aggregate(measures, qrels, run)
        result[name] = {str(measure): round(100 * float(value), 2) for measure, value in found.items()}
    return result


def _dense(ranked: Sequence[Ranked]) -> list[int]:
    return [one.candidate.row for one in sorted(ranked, key=lambda one: (-one.candidate.similarity, one.candidate.row))]


def _keyword(ranked: Sequence[Ranked]) -> list[int]:
    matching = [one.candidate for one in ranked if one.candidate.keyword > 0]
    return [one.row for one in sorted(matching, key=lambda one: (-one.keyword, one.row))]


def _rank_fusion(ranked: Sequence[Ranked]) -> list[int]:
    scores: dict[int, float] = {}
    for order in (_dense(ranked)[:_DEPTH], _keyword(ranked)[:_DEPTH]):
        for rank, row in enumerate(order, start=1):
            scores[row] = scores.get(row, 0.0) + 1 / (_K + rank)
    return sorted(scores, key=lambda row: (-scores[row], row))


ORDERS: dict[str, Callable[[Sequence[Ranked]], list[int]]] = {
    "dense": _dense,
    "keyword": _keyword,
    "rank fusion": _rank_fusion,
    "footnote": lambda ranked: [one.candidate.row for one in ranked],
}


def refusals(searcher: Searcher, answerable: Sequence[dict[str, str]], unanswerable: Sequence[dict[str, str]]) -> dict[str, Any]:
    """How well answerable questions stand apart from unanswerable ones: the area under the curve of answering the one and
    refusing the other, by Footnote's evidence and by the best cosine; and what is answered at the threshold kept."""
    from scipy.stats import mannwhitneyu

    evidence, cosine, answered = [], [], []
    for queries in (answerable, unanswerable):
        found = [(searcher.ask(text), searcher.ranking(text)) for text in _texts(queries)]
        evidence.append([answer.nearest for answer, _ in found])
        cosine.append([max((one.candidate.similarity for one in ranked), default=0.0) for _, ranked in found])
        answered.append(fmean(bool(answer.hits) for answer, _ in found))
    areas = [mannwhitneyu(yes, no).statistic / (len(yes) * len(no)) for yes, no in (evidence, cosine)]
    return {
        "queries": [len(one) for one in evidence],
        "area by evidence": round(float(areas[0]), 3),
        "area by best cosine": round(float(areas[1]), 3),
        "answerable answered": round(answered[0], 3),
        "unanswerable refused": round(1 - answered[1], 3),
    }


def spans(searcher: Searcher, folder: Path, queries: Sequence[dict[str, str]]) -> dict[str, Any]:
    """What of the answers the passages show, over the questions whose answer is found again in the article as it was read."""
    wanted = {query["_id"] for query in queries}
    golden = [row for row in read_lines(folder / "gold_spans.jsonl") if row["query_id"] in wanted]
    texts = {query["_id"]: query["text"] for query in queries}
    places = _Places(searcher, folder / "articles")
    scored: list[dict[str, float]] = []
    lost = 0
    for row in golden:
        span = places.find(row["article_id"], row["start"], row["end"])
        if span is None:
            lost += 1
            continue
        scored.append(_scored(searcher.ask(texts[row["query_id"]], _TOP).hits, span))
    marked = [one["marked sentence touches the answer, where the passage is found"] for one in scored if one["answer shown"]]
    names = [name for name in scored[0] if not name.startswith("marked")]
    whole = [one["marked sentence holds the answer, where the passage is found"] for one in scored if one["answer shown"]]
    return {
        "queries": len(scored),
        "not found again in the article": lost,
        **{name: round(100 * fmean(one[name] for one in scored), 2) for name in names},
        "marked sentence holds the answer, where the passage is found": round(100 * fmean(whole), 2),
        "marked sentence touches the answer, where the passage is found": round(100 * fmean(marked), 2),
    }


def _scored(hits: Sequence[Hit], span: Span) -> dict[str, float]:
    """What one answer shows of one span. Words are parted by white space; a word counts where it begins."""
    found = next((hit for hit in hits if _overlap(hit, span) == span.end - span.start), None)
    marks = [hit.passage.start + offset for hit in ([found] if found else []) for offset in hit.highlights[0]]
    answer = _words_in(hits, span)
    shown = sum(len(hit.passage.text.split()) for hit in hits)
    golden = max(1, span.end - span.start)
    return {
        "answer shown first": float(bool(hits) and _overlap(hits[0], span) == span.end - span.start),
        "answer shown": float(found is not None),
        "token precision": answer / shown if shown else 0.0,
        "token recall": sum(_overlap(hit, span) for hit in hits) / golden,
        "marked sentence holds the answer, where the passage is found": float(
            bool(marks) and marks[0] <= span.start and span.end <= marks[1]
        ),
        "marked sentence touches the answer, where the passage is found": float(
            bool(marks) and marks[0] < span.end and span.start < marks[1]
        ),
    }


def _overlap(hit: Hit, span: Span) -> int:
    """The characters of the span that a hit shows."""
    if hit.passage.article_id != span.article_id:
        return 0
    return max(0, min(hit.passage.end, span.end) - max(hit.passage.start, span.start))


def _words_in(hits: Sequence[Hit], span: Span) -> int:
    """The words of the span that the hits show."""
    count = 0
    for hit in hits:
        if hit.passage.article_id == span.article_id:
            start, end = max(hit.passage.start, span.start), min(hit.passage.end, span.end)
            count += len(hit.passage.text[start - hit.passage.start : max(start, end) - hit.passage.start].split())
    return count


class _Places:
    """Finds a span of an article's file again in the article as it was read, by the characters around it."""

    def __init__(self, searcher: Searcher, folder: Path) -> None:
        self._files = {path.stem: path.read_text(encoding="utf-8") for path in folder.iterdir()}
        self._articles: dict[str, list[tuple[str, str, list[int]]]] = {}
        for listing in searcher.engine.listings():
            article = searcher.engine.article(listing.id)
            assert article is not None
            plain = [index for index, character in enumerate(article.text) if not character.isspace()]
            packed = "".join(article.text[index] for index in plain)
            self._articles.setdefault(Path(article.source).stem, []).append((article.id, packed, plain))

    def find(self, stem: str, start: int, end: int) -> Span | None:
        """The span, or None where what stands around it is not found exactly once."""
        text = self._files[stem]
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        answer = _packed(text[start:end])
        for context in _CONTEXTS:
            before = _packed(text[max(0, start - context) : start])
            around = before + answer + _packed(text[end : end + context])
            found = [
                (name, packed.find(around), plain) for name, packed, plain in self._articles.get(stem, []) if around in packed
            ]
            counts = sum(packed.count(around) for _, packed, _ in self._articles.get(stem, []))
            if counts == 1 and answer:
                name, first, plain = found[0]
                first += len(before)
                return Span(name, plain[first], plain[first + len(answer) - 1] + 1)
        return None


def _packed(text: str) -> str:
    return "".join(clean(text).split())


def _each(ask: Callable[[str], list[Ranked]], queries: Iterable[dict[str, str]]) -> Iterable[tuple[dict[str, str], list[Ranked]]]:
    for query in queries:
        try:
            yield query, ask(tidy(query["text"]))
        except QuestionEmpty:
            yield query, []


def _texts(queries: Iterable[dict[str, str]]) -> list[str]:
    return [query["text"] for query in queries if any(character.isalnum() for character in query["text"])]


def _judgments(folder: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    with open(folder / "qrels.tsv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            found.setdefault(row["query-id"], {})[row["corpus-id"]] = int(row["score"])
    return found


def read_lines(path: Path) -> list[dict[str, Any]]:
    """The records of a JSON Lines file."""
    with open(path, encoding="utf-8") as file:
        return [json.loads(line) for line in file if line.strip()]


def _sample(rows: list[dict[str, Any]], limit: int | None) -> list[dict[str, Any]]:
    if limit is None or limit >= len(rows):
        return rows
    chosen = np.random.default_rng(0).choice(len(rows), limit, replace=False)
    return [rows[index] for index in sorted(chosen.tolist())]


def as_table(result: dict[str, dict[str, Any]]) -> str:
    """The result for reading: a block a measure, a line a collection, then refusals and spans."""
    lines = []
    for measure in MEASURES:
        lines.append(f"\n{measure:24}" + "".join(f"{name:>14}" for name in ORDERS))
        for collection, found in result.items():
            lines.append(f"{collection:24}" + "".join(f"{found[name][measure]:14.2f}" for name in ORDERS))
        means = [fmean(found[name][measure] for found in result.values()) for name in ORDERS]
        lines.append(f"{'mean':24}" + "".join(f"{mean:14.2f}" for mean in means))
    for part in ("unanswerable", "spans"):
        for collection, found in result.items():
            lines += [f"\n{collection}: {part}", *(f"    {name}: {value}" for name, value in found.get(part, {}).items())][
                : None if part in found else 0
            ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
