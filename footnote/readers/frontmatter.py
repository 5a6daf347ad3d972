"""The fields that stand before a text, in YAML between ``---`` lines or in TOML between ``+++`` lines."""

from __future__ import annotations

import re
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.fields import by_name, yaml_fields

Fields = dict[str, Any]
"""Names in lower case; what is unknown is not there."""

_LINE_END = r"(?:\r\n|\r|\n|\Z)"
_YAML = re.compile(rf"\A\s*---[ \t]*(?=[\r\n])(?P<fields>.*?)[\r\n](?:---|\.\.\.)[ \t]*{_LINE_END}", re.DOTALL)
_TOML = re.compile(rf"\A\s*\+\+\+[ \t]*(?=[\r\n])(?P<fields>.*?)[\r\n]\+\+\+[ \t]*{_LINE_END}", re.DOTALL)
_MATTER = "The front matter between the '---' lines"
_INNER = ("taxonomies", "extra", "params")  # tables in which some site generators keep the fields of their users


def front_matter(text: str) -> tuple[Fields, int]:
    """The fields before a text and where it begins; no fields and 0 where none stand there. Raises Unreadable for broken ones."""
    if (toml := _TOML.match(text)) is not None:
        return _toml_fields(toml["fields"]), toml.end()
    if (matter := _YAML.match(text)) is None:
        return {}, 0
    fields = yaml_fields(matter["fields"], _MATTER, "remove the front matter")
    return (_with_inner(fields), matter.end()) if fields is not None else ({}, 0)


def _toml_fields(text: str) -> Fields:
    import tomllib

    try:
        loaded = tomllib.loads(text.replace("\r\n", "\n").replace("\r", "\n").lstrip("\n"))
    except (ValueError, RecursionError) as error:
        found = re.search(r"\(at line (\d+)", str(error))
        where = f" (line {int(found[1]) + 1})" if found else ""
        raise Unreadable(
            f"The front matter between the '+++' lines is not valid TOML{where}.",
            "Put quotes around every text, or remove the front matter.",
        ) from error
    return _with_inner(by_name(loaded))


def _with_inner(fields: Fields) -> Fields:
    for name in _INNER:
        if isinstance(fields.get(name), dict):
            fields = {**_with_inner(by_name(fields[name])), **fields}
    return fields
