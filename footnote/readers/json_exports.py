"""JSON exports of articles: an object a line (JSONL), a list of objects, or an object that holds such a list -> articles."""

from __future__ import annotations

import json
import re
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.exports import Record, articles_of, has_text, numbered
from footnote.records import Article

_LISTS = ("articles", "posts", "items", "entries", "pages", "documents", "records", "results", "data", "db", "content")


def read(text: str, source: str) -> tuple[list[Article], list[str]]:
    """The article of each object. Raises Unreadable where ``text`` is no JSON or none of its objects has a text."""
    try:
        whole = json.loads(text)
    except ValueError as error:
        return _of_lines(text, source, error)
    items = _items(whole)
    if items is None or (items and not any(isinstance(item, dict) for item in items)):
        raise Unreadable("It holds no list of articles.", "Write one object an article, in a list or one a line.")
    records = [Record(number, item) for number, item in enumerate(items, start=1) if isinstance(item, dict)]
    found, notices = articles_of(records, source, "item")
    if others := [number for number, item in enumerate(items, start=1) if not isinstance(item, dict)]:
        notices.insert(0, f"No object, and left out: {numbered('item', others)}.")
    return found, notices


def _items(whole: Any, depth: int = 0) -> list[Any] | None:
    """The articles in a JSON value: the list that it is, the one that it holds under a usual name, or itself alone."""
    if isinstance(whole, list):
        alone = whole[0] if len(whole) == 1 and depth else None  # "db": [{"data": {"posts": [...]}}]
        return (_items(alone, depth + 1) if isinstance(alone, dict) else None) or whole
    if not isinstance(whole, dict):
        return None
    if has_text(whole):
        return [whole]
    for name in _LISTS:
        held = whole.get(name)
        if isinstance(held, list | dict) and held and depth < 5:
            found = _items(held, depth + 1)
            if found is not None and any(isinstance(item, dict) for item in found):
                return found
    return [whole]


def _of_lines(text: str, source: str, error: ValueError) -> tuple[list[Article], list[str]]:
    records: list[Record] = []
    broken: list[int] = []
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if not line.strip():
            continue
        try:
            item = json.loads(line)
        except (ValueError, RecursionError):
            item = None
        if isinstance(item, dict):
            records.append(Record(number, item))
        else:
            broken.append(number)
    if len(broken) >= len(records):  # one value over many lines, and not well formed
        raise Unreadable(_reason(error), "Mend it there, or export it again.")
    found, notices = articles_of(records, source, "line")
    if broken:
        notices.insert(0, f"Not a valid JSON object, and left out: {numbered('line', broken)}.")
    return found, notices


def _reason(error: ValueError) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"It is not valid JSON (line {error.lineno}, column {error.colno})."
    return "It is not valid JSON."
