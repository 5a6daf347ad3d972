"""Answers as JSON, CSV and sentences. Knows records, not where they come from."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from footnote.citations import section_name
from footnote.errors import QuestionFileError
from footnote.records import Answer, Hit

COLUMNS = (
    "question rank score similarity keyword title author published tags section page passage citation source url article_id "
    "passage_id start end snapshot asked_at confidence also_in"
).split()

TAG_BREAK = ", "
# What a spreadsheet takes for the start of a formula, full-width forms too, behind any white space.
_FORMULA = re.compile(r"^[\s\0\ufeff]*[=+\-@|%\uff1d\uff0b\uff0d\uff20]|^[\t\r\n\0]")


def to_json(answer: Answer) -> str:
    """One answer as a JSON object, in the form that ``python -m footnote ask --format json`` documents."""
    hits = [_json_hit(hit) for hit in answer.hits]
    whole = {
        "question": answer.question,
        "verdict": answer.verdict,
        "snapshot": answer.snapshot,
        "hits": hits,
        "read_as": answer.read_as,
        "absent": list(answer.absent),
        "subjects": list(answer.subjects),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1)


def to_csv(answers: Sequence[Answer], empty_rows: bool = False) -> bytes:
    """One row a hit, UTF-8 with a byte-order mark, in the order of the answers.

    ``empty_rows`` gives a question with nothing relevant a row of its own, its rank empty. A cell that a spreadsheet would
    run as a formula gets an apostrophe before it.
    """
    import pandas as pd

    rows = [row for answer in answers for row in _csv_rows(answer, empty_rows)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("rank", "page", "start", "end"):
        table[name] = table[name].astype("Int64")
    text: str = table.to_csv(index=False, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def nothing(answer: Answer) -> list[str]:
    """What is said where nothing answers: that, why, and what comes nearest."""
    said = [f"No passage holds \u201c{phrase}\u201d word for word. Ask without the quotation marks?" for phrase in answer.absent]
    said = said or ["Nothing in these articles answers that."]
    if answer.subjects:
        said.append(f"The nearest subjects here: {'; '.join(answer.subjects)}.")
    return said


def searched_for(answer: Answer) -> str:
    """What a misspelled question was read as."""
    return f"Searched for: {answer.read_as}"


def read_questions(path: Path) -> list[str]:
    """The column ``question`` of a CSV file.

    Raises QuestionFileError where the file can't be read or holds no question.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        rows, names = list(reader), list(reader.fieldnames or ())
    except FileNotFoundError as error:
        raise QuestionFileError(f"There is no file {path}. Give a CSV file with a column named question.") from error
    except OSError as error:
        raise QuestionFileError(f"The file {path} can't be read: {error.strerror}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise QuestionFileError(f"The file {path} is no CSV file in UTF-8. Save it as 'CSV UTF-8'.") from error
    column = next((name for name in names if name and name.strip().lower() == "question"), None)
    if column is None or not rows:
        found = ", ".join(str(name) for name in names) or "none"
        raise QuestionFileError(f"The file {path} needs a column named question with a question below it; its columns: {found}.")
    torn = next((number for number, row in enumerate(rows, start=2) if None in row), None)
    if torn is not None:
        raise QuestionFileError(
            f"Row {torn} of {path} has more cells than the first row. Put quotes around a question with a comma."
        )
    return [row[column] or "" for row in rows]


def _json_hit(hit: Hit) -> dict[str, Any]:
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "similarity": round(hit.similarity, 6),
        "keyword": round(hit.keyword, 6),
        "passage": hit.passage.text,
        "title": hit.metadata.title,
        "author": hit.metadata.author,
        "published": hit.metadata.published,
        "tags": list(hit.metadata.tags),
        "section": section_name(hit.section),
        "source": hit.source,
        "article_id": hit.passage.article_id,
        "passage_id": hit.passage.id,
        "page": hit.passage.page,
        "start": hit.passage.start,
        "end": hit.passage.end,
        "url": hit.metadata.url,
        "highlights": [list(span) for span in hit.highlights],
        "citation": hit.citation,
        "confidence": hit.confidence,
        "also_in": [asdict(place) for place in hit.also_in],
    }


def _csv_rows(answer: Answer, empty_rows: bool) -> list[dict[str, Any]]:
    about = {"question": as_text(answer.question), "snapshot": answer.snapshot, "asked_at": answer.asked_at}
    if not answer.hits:
        return [about] if empty_rows else []
    return [{**_csv_hit(hit), **about} for hit in answer.hits]


def _csv_hit(hit: Hit) -> dict[str, Any]:
    row = _json_hit(hit)
    row["tags"] = TAG_BREAK.join(row["tags"])
    row["also_in"] = TAG_BREAK.join(place.article_id for place in hit.also_in)
    return {name: as_text(row[name]) if isinstance(row[name], str) else row[name] for name in COLUMNS if name in row}


def as_text(cell: str) -> str:
    """``cell`` so that no spreadsheet runs it as a formula."""
    return f"'{cell}" if _FORMULA.match(cell) else cell
