"""python -m footnote: ask, batch, evaluate, status, check."""

from __future__ import annotations

import argparse
import io
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from footnote.errors import FilterInvalid, FootnoteError, QuestionEmpty, QuestionFileError, described
from footnote.export import nothing, searched_for
from footnote.records import Answer, Filter, Passage

if TYPE_CHECKING:
    from footnote.search import Searcher

Neighbours = Callable[[Passage], tuple[Passage | None, Passage | None]]


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and gives its exit status: 0 done, 1 failed (a sentence on standard error says why)."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a terminal that knows few letters still gets an answer
    options = _parser().parse_args(arguments)
    try:
        status = int(options.run(options))
        sys.stdout.flush()
    except FootnoteError as error:
        print(f"footnote: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        # Python would flush what is left once more when it exits, and complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        if isinstance(error, BrokenPipeError):  # the reader of our output has seen enough
            return 0
        what = f"{error.filename} can't be used" if error.filename else "The answer could not be written"
        print(f"footnote: {what}: {error.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        print(f"footnote: That did not work. This is a fault of Footnote's own, at:\n{described(error)}", file=sys.stderr)
        return 1
    return status


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m footnote", description="Ask a folder of articles; get passages with exact citations."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    index = argparse.ArgumentParser(add_help=False)
    index.add_argument(
        "--index",
        default=os.environ.get("FOOTNOTE_INDEX", "index"),
        metavar="WHERE",
        help="the index to use: a folder, milvus-lite:FILE or milvus://HOST:PORT/NAME (default: index)",
    )
    kb = argparse.ArgumentParser(add_help=False)
    kb.add_argument(
        "--kb", type=Path, default=Path(os.environ.get("FOOTNOTE_KB", "kb")), help="the folder of articles (default: kb)"
    )
    reranker = argparse.ArgumentParser(add_help=False)
    reranker.add_argument(
        "--reranker",
        metavar="NAME_OR_PATH",
        default=os.environ.get("FOOTNOTE_RERANKER"),
        help="a sentence-transformers CrossEncoder on this machine that reads the best passages again (default: none)",
    )
    top = argparse.ArgumentParser(add_help=False)
    top.add_argument("--top", type=_positive, default=5, help="how many passages at most (default: 5)")

    ask = commands.add_parser("ask", parents=[index, top, reranker], help="ask one question")
    ask.add_argument("question")
    ask.add_argument("--format", choices=("text", "json", "csv"), default="text")
    ask.add_argument("--tag", action="append", default=[], help="only articles with this tag; may be given again")
    ask.add_argument("--author", action="append", default=[], help="only articles by this author")
    ask.add_argument("--article", action="append", default=[], metavar="ID", help="only this article")
    ask.add_argument("--since", metavar="DATE", help="only articles published on or after this date (2024-03-05)")
    ask.add_argument("--until", metavar="DATE", help="only articles published on or before this date")
    ask.add_argument("--language", action="append", default=[], metavar="CODE", help="only articles in this language (en)")
    ask.add_argument("--around", action="store_true", help="show what stands before and after each passage, too")
    ask.set_defaults(run=_ask)

    batch = commands.add_parser("batch", parents=[index, top, reranker], help="ask every question of a CSV file")
    batch.add_argument("questions", type=Path, help="a CSV file with a column named question")
    batch.add_argument("--output", type=Path, required=True, help="the CSV file to write")
    batch.set_defaults(run=_batch)

    evaluate = commands.add_parser("evaluate", parents=[index, reranker], help="measure the answers to golden questions")
    evaluate.add_argument("questions", type=Path, help="a CSV file with the columns question, article, quote, kind")
    evaluate.add_argument("--split", help="only the rows whose column split says so")
    evaluate.add_argument("--json", action="store_true", help="everything, question by question")
    evaluate.add_argument("--against", type=Path, metavar="OTHER.json", help="compare with another run's --json by a paired test")
    evaluate.set_defaults(run=_evaluate)

    status = commands.add_parser("status", parents=[index, kb], help="what is indexed, and what changed since")
    status.add_argument("--json", action="store_true")
    status.set_defaults(run=_status)

    check = commands.add_parser("check", parents=[index], help="verify the whole index")
    check.set_defaults(run=_check)
    return parser


def _positive(text: str) -> int:
    if not re.fullmatch("[0-9]{1,3}", text) or not 1 <= int(text) <= 100:
        raise argparse.ArgumentTypeError(f"{text} is not a number from 1 to 100")
    return int(text)


def _open(options: argparse.Namespace) -> Searcher:
    from footnote.search import Searcher

    reranker = None
    if options.reranker is not None:
        from footnote.reranking import CrossEncoderReranker

        reranker = CrossEncoderReranker(options.reranker)
    searcher = Searcher.open(options.index, reranker=reranker)
    _notify(searcher.notice)
    return searcher


def _notify(notice: str | None) -> None:
    """Tells what the reader of an answer should know, where it does not mix with the answer."""
    if notice is not None:
        print(f"footnote: {notice}", file=sys.stderr)


def _ask(options: argparse.Namespace) -> int:
    where = Filter(
        tuple(options.tag),
        tuple(options.author),
        tuple(options.article),
        _date(options.since, "since"),
        _date(options.until, "until"),
        tuple(options.language),
    )
    searcher = _open(options)
    answer = searcher.ask(options.question, options.top, where)
    if options.format == "json":
        from footnote.export import to_json

        print(to_json(answer))
    elif options.format == "csv":
        from footnote.export import to_csv

        sys.stdout.buffer.write(to_csv([answer]))
    else:
        print(as_text(answer, searcher.neighbours if options.around else None))
    return 0


def _date(text: str | None, name: str) -> str | None:
    if text is None:
        return None
    try:
        if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            raise ValueError
        date.fromisoformat(text)
    except ValueError as error:
        raise FilterInvalid(f"--{name} {text} is not a date. Write it as year-month-day: 2024-03-05") from error
    return text


def as_text(answer: Answer, neighbours: Neighbours | None = None) -> str:
    """An answer for reading in a terminal, the marked sentence between >> and <<; with ``neighbours``, what stands around it."""
    blocks = [searched_for(answer)] if answer.read_as else []
    if not answer.hits:
        return "\n".join([*blocks, *nothing(answer)])
    for hit in answer.hits:
        start, end = hit.highlights[0]
        text = hit.passage.text
        before, after = neighbours(hit.passage) if neighbours else (None, None)
        lines = [f"[{hit.rank}] {text[:start]}>>{text[start:end]}<<{text[end:]}", f"    {hit.citation} ({hit.confidence})"]
        if before is not None:
            lines.insert(0, f"    ... {before.text}\n")
        if after is not None:
            lines.insert(-1, f"\n    {after.text} ...\n")
        lines += [f"    Also in: {place.title}, {place.article_id}" for place in hit.also_in]
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


def _batch(options: argparse.Namespace) -> int:
    from footnote.export import read_questions, to_csv

    questions = read_questions(options.questions)
    searcher = _open(options)
    answers = []
    for number, question in enumerate(questions, start=1):
        answers.append(_answer_or_none(searcher, question, options.top))
        if sys.stderr.isatty():
            _tell(number, len(questions))
    try:
        options.output.write_bytes(to_csv(answers, empty_rows=True))
    except OSError as error:
        raise QuestionFileError(
            f"The results can't be written to {options.output}: {error.strerror}. Name another --output."
        ) from error
    answered = sum(bool(answer.hits) for answer in answers)
    print(f"{len(answers)} questions, {answered} answered, {len(answers) - answered} with nothing relevant: {options.output}")
    return 0


def _answer_or_none(searcher: Searcher, question: str, top: int) -> Answer:
    """An empty row among a thousand questions is a question that nothing answers."""
    try:
        return searcher.ask(question, top)
    except QuestionEmpty:
        return Answer(question, "nothing_relevant", searcher.snapshot.name, datetime.now(UTC).isoformat(timespec="seconds"))


def _evaluate(options: argparse.Namespace) -> int:
    from footnote.evaluation import as_table, compare_with, evaluate, read_golden

    golden = read_golden(options.questions, options.split)
    searcher = _open(options)
    found = evaluate(searcher, golden, _tell if sys.stderr.isatty() else None)
    print(json.dumps(asdict(found), ensure_ascii=False, indent=1) if options.json else as_table(found))
    if options.against is not None:
        print(compare_with(found, options.against), file=sys.stderr if options.json else sys.stdout)
    return 0


def _tell(done: int, total: int) -> None:
    print(f"\r{done} of {total} questions", end="\n" if done == total else "", file=sys.stderr)


def _status(options: argparse.Namespace) -> int:
    from footnote.status import status

    found = status(options.index, options.kb)
    _notify(found.notice)
    if options.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return 0
    built = f"built {found.created_at} with {found.model} ({found.snapshot})"
    print(f"{found.articles} articles, {found.passages} passages, {built}, {_searched(found.search)}")
    for refusal in found.refused:
        print(f"Refused {refusal.source}: {refusal.reason} {refusal.remedy}")
    if found.changes is None:
        print(f"The folder {options.kb} is not there, so changes can't be told.")
    elif not found.changes:
        print(f"Nothing changed in {options.kb} since.")
    else:
        for word, name in found.changes.lines():
            print(f"{word.capitalize()}: {name}")
        print(f"Bring the index up to date: {shlex.join(['python', 'ingest.py', *found.patterns.as_options()])}")
    return 0


def _searched(search: dict[str, Any]) -> str:
    """How the nearest passages are found, in words."""
    if search["kind"] == "exact":
        return "searched exactly"
    if search["kind"] == "milvus":
        return "searched by Milvus"
    return f"searched {search['kind']}: {search['recall']:.1%} of the nearest found"


def _check(options: argparse.Namespace) -> int:
    from footnote.status import check

    faults = check(options.index)
    for fault in faults:
        print(f"footnote: {fault}", file=sys.stderr)
    if not faults:
        print(f"The index in {options.index} is whole: checksums, counts and every offset are right.")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
