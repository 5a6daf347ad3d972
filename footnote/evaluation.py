"""How good the answers are: golden questions -> nDCG, recall, MRR, precision at 1, abstention.

The measures are those of trec_eval, taken from ir-measures; intervals and tests are SciPy's. A question whose search came back
empty counts as 0, never as missing, so averages cannot flatter.
"""

from __future__ import annotations

import csv
import json
import warnings
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from footnote.engines import Engine
from footnote.errors import QuestionFileError
from footnote.search import Searcher

TOP = 10
MEASURES = ("nDCG@10", "R@1", "R@3", "R@5", "R@10", "RR", "P@1")
"""As ir-measures writes them: R is recall, RR the reciprocal rank (MRR on average), P precision."""

ALL = "all"
OnAsked = Callable[[int, int], None]
"""Called with the number of questions asked and of all questions."""

_RESAMPLES = 2_000
_CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class GoldenQuestion:
    """A question and what answers it: a passage of ``article`` (its id or title) that holds ``quote``.

    ``article`` is None for a question that nothing in the knowledge base answers.
    """

    question: str
    article: str | None
    quote: str
    kind: str


@dataclass(frozen=True, slots=True)
class Judged:
    """One golden question asked. ``measures`` is empty for a question that nothing answers.

    ``rank`` is that of the first right passage, None if it is not among the first ten. ``nearest`` is the best nearness of any
    passage, whether it was enough to answer or not.
    """

    question: str
    kind: str
    answerable: bool
    answered: bool
    rank: int | None
    nearest: float
    measures: dict[str, float]


@dataclass(frozen=True, slots=True)
class Mean:
    """An average over questions with its 95% bootstrap interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The result: averages by kind of question, abstention, and every question with what became of it.

    ``curve`` has, for rising thresholds of nearness, the share of answerable questions that would be answered and of
    unanswerable ones that would be refused; ``area`` is the area under it (0.5 is chance), None without both sorts.
    ``unfit`` are questions whose article or quote is not in the index; they are left out and named.
    """

    snapshot: str
    kinds: dict[str, dict[str, Mean]]
    counts: dict[str, int]
    answered: Mean | None
    refused: Mean | None
    area: float | None
    curve: list[tuple[float, float, float]]
    questions: list[Judged]
    unfit: list[str]


def read_golden(path: Path, split: str | None = None) -> list[GoldenQuestion]:
    """The golden questions of a CSV file with the columns question, article, quote, kind, and maybe split.

    ``split`` takes only the rows whose column of that name says so. Raises QuestionFileError.
    """
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, strict=True))
    except FileNotFoundError as error:
        raise QuestionFileError(f"There is no file {path}. Give a CSV file of golden questions.") from error
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise QuestionFileError(f"The file {path} is no CSV file in UTF-8. Save it as 'CSV UTF-8'.") from error
    missing = [name for name in ("question", "article", "quote", "kind") if not rows or name not in rows[0]]
    if missing:
        raise QuestionFileError(
            f"The file {path} needs the columns question, article, quote, kind; missing: {', '.join(missing)}."
        )
    chosen = [row for row in rows if split is None or row.get("split") == split]
    if not chosen:
        raise QuestionFileError(f"The file {path} has no question whose column split is '{split}'.")
    return [GoldenQuestion(row["question"], row["article"] or None, row["quote"] or "", row["kind"] or "") for row in chosen]


def evaluate(searcher: Searcher, golden: Sequence[GoldenQuestion], on_asked: OnAsked | None = None) -> Evaluation:
    """Asks every question. Raises QuestionFileError where none of them fits the index."""
    right = {question: _right_passages(searcher.engine, question) for question in golden}
    unfit = [question.question for question in golden if question.article and not right[question]]
    fitting = [question for question in golden if not question.article or right[question]]
    if not any(question.article for question in fitting):
        raise QuestionFileError(
            f"None of the {len(golden)} questions names an article of this index and a quote that stands in it. "
            "Give the questions that were written for these articles."
        )
    judged = _judged(searcher, fitting, right, on_asked)
    answerable = [one for one in judged if one.answerable]
    unanswerable = [one for one in judged if not one.answerable]
    groups = {ALL: answerable} | _by_kind(answerable)
    return Evaluation(
        searcher.snapshot.name,
        {kind: {name: _mean([one.measures[name] for one in group]) for name in MEASURES} for kind, group in groups.items()},
        {kind: len(group) for kind, group in groups.items()}
        | {kind: len(group) for kind, group in _by_kind(unanswerable).items()},
        _mean([one.answered for one in answerable]),
        _mean([not one.answered for one in unanswerable]) if unanswerable else None,
        _area(answerable, unanswerable),
        _curve(answerable, unanswerable),
        judged,
        unfit,
    )


def as_table(found: Evaluation) -> str:
    """An evaluation for reading: a line a kind of question, then abstention."""
    width = max(len(kind) for kind in found.kinds)
    lines = [f"{'':{width}}  {'n':>4}  " + "  ".join(f"{name:>8}" for name in MEASURES)]
    for kind, means in found.kinds.items():
        values = "  ".join(f"{means[name].value:8.3f}" for name in MEASURES)
        lines.append(f"{kind:{width}}  {found.counts[kind]:>4}  {values}")
    for name in MEASURES:
        mean = found.kinds[ALL][name]
        lines.append(f"{name}: {mean.value:.3f}, 95% interval {mean.low:.3f} to {mean.high:.3f}")
    for what, share in (("Answerable questions answered", found.answered), ("Unanswerable questions refused", found.refused)):
        if share is not None:
            lines.append(f"{what}: {share.value:.3f}, 95% interval {share.low:.3f} to {share.high:.3f}")
    if found.area is not None:
        lines.append(f"Area under the curve of answering the one and refusing the other: {found.area:.3f}")
    lines += [f"Not asked, its article or quote is not in the index: {question}" for question in found.unfit]
    return "\n".join(lines)


def compare_with(found: Evaluation, path: Path) -> str:
    """What changed against an earlier run kept with ``--json``. Raises QuestionFileError."""
    try:
        other = json.loads(path.read_text(encoding="utf-8"))
        compared = {name: compare(asdict(found), other, name) for name in ("nDCG@10", "RR", "P@1")}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise QuestionFileError(f"The file {path} is no evaluation that --json printed. Make one: evaluate ... --json") from error
    return "\n".join(
        f"{name}: {result['difference']:+.3f} against {path}, p = {result['p']:.3f} ({result['questions']} questions)"
        for name, result in compared.items()
    )


def compare(one: Mapping[str, Any], other: Mapping[str, Any], measure: str) -> dict[str, float]:
    """The mean difference of a measure, one minus other, over the questions both were asked, and its p-value.

    A paired randomisation test (Smucker, Allan and Carterette 2007): how often would chance flips of sign give as large a mean
    difference. ``one`` and ``other`` are evaluations as ``--json`` prints them. Raises QuestionFileError where they have no
    question in common.
    """
    import numpy as np
    from scipy.stats import permutation_test

    values = [{row["question"]: row["measures"][measure] for row in run["questions"] if row["measures"]} for run in (one, other)]
    common = sorted(values[0].keys() & values[1].keys())
    if not common:
        raise QuestionFileError("The two evaluations have no question in common. Compare runs over the same questions.")
    pairs = [np.array([value[question] for question in common]) for value in values]
    tested = permutation_test(
        pairs, lambda a, b, axis: np.mean(a - b, axis=axis), permutation_type="samples", vectorized=True, n_resamples=9_999, rng=0
    )
    return {"questions": len(common), "difference": float(np.mean(pairs[0] - pairs[1])), "p": float(tested.pvalue)}


def _right_passages(engine: Engine, question: GoldenQuestion) -> set[str]:
    """The ids of the passages that hold the question's quote."""
    if question.article is None:
        return set()
    wanted = question.article
    articles = [listing.id for listing in engine.listings() if wanted in (listing.id, listing.metadata.title)]
    return {passage.id for article in articles for passage in engine.passages_of(article) if question.quote in passage.text}


def _judged(
    searcher: Searcher,
    questions: Sequence[GoldenQuestion],
    right: Mapping[GoldenQuestion, set[str]],
    on_asked: OnAsked | None,
) -> list[Judged]:
    import ir_measures
    from ir_measures import Qrel, ScoredDoc

    answers = []
    for question in questions:
        answers.append(searcher.ask(question.question, TOP))
        if on_asked is not None:
            on_asked(len(answers), len(questions))
    judgments = [Qrel(str(number), passage, 1) for number, one in enumerate(questions) for passage in right[one]]
    run = [ScoredDoc(str(number), hit.passage.id, -hit.rank) for number, answer in enumerate(answers) for hit in answer.hits]
    values: dict[str, dict[str, float]] = defaultdict(dict)
    for metric in ir_measures.iter_calc([ir_measures.parse_measure(name) for name in MEASURES], judgments, run):
        values[metric.query_id][str(metric.measure)] = float(metric.value)
    judged = []
    for number, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        rank = next((hit.rank for hit in answer.hits if hit.passage.id in right[question]), None)
        measures = {name: values[str(number)].get(name, 0.0) for name in MEASURES} if question.article else {}
        judged.append(
            Judged(
                question.question, question.kind, question.article is not None, bool(answer.hits), rank, answer.nearest, measures
            )
        )
    return judged


def _by_kind(judged: Iterable[Judged]) -> dict[str, list[Judged]]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.kind].append(one)
    return dict(sorted(groups.items()))


def _mean(values: Sequence[float]) -> Mean:
    import numpy as np
    from scipy.stats import bootstrap

    numbers = np.asarray(values, dtype=float)
    if len(numbers) < 2 or np.all(numbers == numbers[0]):
        return Mean(*(float(numbers.mean()),) * 3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        drawn = bootstrap(
            (numbers,), np.mean, confidence_level=_CONFIDENCE, n_resamples=_RESAMPLES, method="percentile", rng=0
        ).confidence_interval
    return Mean(float(numbers.mean()), float(drawn.low), float(drawn.high))


def _area(answerable: Sequence[Judged], unanswerable: Sequence[Judged]) -> float | None:
    """The chance that an answerable question comes nearer than an unanswerable one: the Mann-Whitney U over all pairs."""
    from scipy.stats import mannwhitneyu

    if not answerable or not unanswerable:
        return None
    found = mannwhitneyu([one.nearest for one in answerable], [one.nearest for one in unanswerable])
    return float(found.statistic) / (len(answerable) * len(unanswerable))


def _curve(answerable: Sequence[Judged], unanswerable: Sequence[Judged]) -> list[tuple[float, float, float]]:
    thresholds = [step / 20 for step in range(21)]
    return [
        (
            threshold,
            sum(one.nearest >= threshold for one in answerable) / max(len(answerable), 1),
            sum(one.nearest < threshold for one in unanswerable) / max(len(unanswerable), 1),
        )
        for threshold in thresholds
    ]
