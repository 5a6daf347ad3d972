"""python -m footnote: ask, batch, status, check."""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.errors import FilterInvalid, FootnoteError, QuestionEmpty, QuestionFileError
from footnote.records import Answer, Filter

if TYPE_CHECKING:
    from footnote.search import Searcher

NOTHING = "Nothing in these articles answers that."


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command and gives its exit status: 0 done, 1 failed (a sentence on standard error says why)."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options))
    except FootnoteError as error:
        print(f"footnote: {error}", file=sys.stderr)
        return 1
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m footnote", description="Ask a folder of articles; get passages with exact citations."
    )
    commands = parser.add_subparsers(required=True, metavar="command")
    index = argparse.ArgumentParser(add_help=False)
    index.add_argument(
        "--index", type=Path, default=Path(os.environ.get("FOOTNOTE_INDEX", "index")), help="the index to use (default: index)"
    )
    kb = argparse.ArgumentParser(add_help=False)
    kb.add_argument(
        "--kb", type=Path, default=Path(os.environ.get("FOOTNOTE_KB", "kb")), help="the folder of articles (default: kb)"
    )
    top = argparse.ArgumentParser(add_help=False)
    top.add_argument("--top", type=_positive, default=5, help="how many passages at most (default: 5)")

    ask = commands.add_parser("ask", parents=[index, top], help="ask one question")
    ask.add_argument("question")
    ask.add_argument("--format", choices=("text", "json", "csv"), default="text")
    ask.add_argument("--tag", action="append", default=[], help="only articles with this tag; may be given again")
    ask.add_argument("--author", action="append", default=[], help="only articles by this author")
    ask.add_argument("--article", action="append", default=[], metavar="ID", help="only this article")
    ask.add_argument("--since", metavar="DATE", help="only articles published on or after this date (2024-03-05)")
    ask.add_argument("--until", metavar="DATE", help="only articles published on or before this date")
    ask.set_defaults(run=_ask)

    batch = commands.add_parser("batch", parents=[index, top], help="ask every question of a CSV file")
    batch.add_argument("questions", type=Path, help="a CSV file with a column named question")
    batch.add_argument("--output", type=Path, required=True, help="the CSV file to write")
    batch.set_defaults(run=_batch)

    status = commands.add_parser("status", parents=[index, kb], help="what is indexed, and what changed since")
    status.add_argument("--json", action="store_true")
    status.set_defaults(run=_status)

    check = commands.add_parser("check", parents=[index], help="verify the whole index")
    check.set_defaults(run=_check)
    return parser


def _positive(text: str) -> int:
    number = int(text)
    if not 1 <= number <= 100:
        raise argparse.ArgumentTypeError(f"{number} is not between 1 and 100")
    return number


def _open(index: Path) -> Searcher:
    from footnote.search import Searcher

    return Searcher.open(index)


def _ask(options: argparse.Namespace) -> int:
    where = Filter(
        tuple(options.tag),
        tuple(options.author),
        tuple(options.article),
        _date(options.since, "since"),
        _date(options.until, "until"),
    )
    answer = _open(options.index).ask(options.question, options.top, where)
    if options.format == "json":
        from footnote.export import to_json

        print(to_json(answer))
    elif options.format == "csv":
        from footnote.export import to_csv

        sys.stdout.buffer.write(to_csv([answer]))
    else:
        print(as_text(answer))
    return 0


def _date(text: str | None, name: str) -> str | None:
    if text is not None and not re.fullmatch(r"\d{4}-\d\d-\d\d", text):
        raise FilterInvalid(f"--{name} {text} is not a date. Write it as year-month-day: 2024-03-05")
    return text


def as_text(answer: Answer) -> str:
    """An answer for reading in a terminal, the marked sentence between >> and <<."""
    if not answer.hits:
        return NOTHING
    blocks = []
    for hit in answer.hits:
        start, end = hit.highlights[0]
        text = hit.passage.text
        blocks.append(f"[{hit.rank}] {text[:start]}>>{text[start:end]}<<{text[end:]}\n    {hit.citation}")
    return "\n\n".join(blocks)


def _batch(options: argparse.Namespace) -> int:
    from footnote.export import read_questions, to_csv

    questions = read_questions(options.questions)
    searcher = _open(options.index)
    answers = []
    for number, question in enumerate(questions, start=1):
        answers.append(_answer_or_none(searcher, question, options.top))
        if sys.stderr.isatty():
            print(f"\r{number} of {len(questions)} questions", end="", file=sys.stderr)
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
    from datetime import UTC, datetime

    try:
        return searcher.ask(question, top)
    except QuestionEmpty:
        return Answer(question, "nothing_relevant", searcher.snapshot.name, datetime.now(UTC).isoformat(timespec="seconds"))


def _status(options: argparse.Namespace) -> int:
    from footnote.status import status

    found = status(options.index, options.kb)
    if options.json:
        print(json.dumps(asdict(found), ensure_ascii=False, indent=1))
        return 0
    print(f"{found.articles} articles, {found.passages} passages, built {found.created_at} with {found.model} ({found.snapshot})")
    for refusal in found.refused:
        print(f"Refused {refusal.source}: {refusal.reason} {refusal.remedy}")
    if found.changes is None:
        print(f"The folder {options.kb} is not there, so changes can't be told.")
    elif not found.changes:
        print(f"Nothing changed in {options.kb} since.")
    else:
        for word, names in (("New", found.changes.new), ("Changed", found.changes.changed), ("Gone", found.changes.gone)):
            for name in names:
                print(f"{word}: {name}")
        print("Bring the index up to date: python ingest.py")
    return 0


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
