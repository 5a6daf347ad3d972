"""The fields that stand before a text, in YAML between ``---`` lines or in TOML between ``+++`` lines."""

from __future__ import annotations

import re
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.dates import iso_date
from footnote.readers.decoding import clean
from footnote.records import Metadata

Fields = dict[str, Any]
"""Names in lower case; what is unknown is not there."""

_LINE_END = r"(?:\r\n|\r|\n|\Z)"
_YAML = re.compile(rf"\A\s*---[ \t]*(?=[\r\n])(?P<fields>.*?)[\r\n](?:---|\.\.\.)[ \t]*{_LINE_END}", re.DOTALL)
_TOML = re.compile(rf"\A\s*\+\+\+[ \t]*(?=[\r\n])(?P<fields>.*?)[\r\n]\+\+\+[ \t]*{_LINE_END}", re.DOTALL)
_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_INNER = ("taxonomies", "extra", "params")  # tables in which some site generators keep the fields of their users


def front_matter(text: str) -> tuple[Fields, int]:
    """The fields before a text and where it begins; no fields and 0 where none stand there. Raises Unreadable for broken ones."""
    if (matter := _TOML.match(text)) is not None:
        return _toml_fields(matter["fields"]), matter.end()
    matter = _YAML.match(text)
    fields = yaml_fields(matter["fields"]) if matter else None
    return (fields, matter.end()) if matter and fields is not None else ({}, 0)


def yaml_fields(text: str) -> Fields | None:
    """The fields in YAML; None where it is a text and no fields. Raises Unreadable for what is neither."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Leaves dates as they are written: an impossible one is no reason to refuse the article."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(text, Loader)):
            raise yaml.YAMLError("an alias can stand for more text than there is memory")
        loaded = Loader(text).get_single_data()
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise Unreadable(
            f"The front matter between the '---' lines is not valid YAML{where}.",
            "Put quotes around a value that holds a colon, or remove the front matter.",
        ) from error
    if loaded is None:
        return {}
    if isinstance(loaded, str):
        return None
    if not isinstance(loaded, dict):
        raise Unreadable("The front matter is not a list of 'key: value' lines.", "Write it so, or remove it.")
    return _named(loaded)


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
    return _named(loaded)


def _named(loaded: dict[Any, Any]) -> Fields:
    fields = {str(key).strip().lower(): value for key, value in loaded.items()}
    for name in _INNER:
        if isinstance(fields.get(name), dict):
            fields = {**_named(fields[name]), **fields}
    return fields


def metadata(fields: Fields, title: str) -> Metadata:
    """What the fields say of a text, under whichever of the usual names."""
    return Metadata(
        title=title,
        author=string(_first(fields, "author", "authors", "by")),
        published=iso_date(_first(fields, "published", "date", "created")),
        tags=strings(_first(fields, "tags", "tag", "keywords", "categories")),
        url=string(_first(fields, "url", "link", "canonical_url", "permalink")),
        language=string(_first(fields, "language", "lang")),
        summary=string(_first(fields, "summary", "description", "excerpt", "abstract")),
    )


def _first(fields: Fields, *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def string(value: Any) -> str | None:
    """A field as one line; several values are parted by commas, one that is a table is its name."""
    values = value if isinstance(value, list) else [value]
    named = [one.get("name") if isinstance(one, dict) else one for one in values]  # author: {name: ...}
    plain = (_WIKI_LINK.sub(r"\1", str(one)) for one in named if one is not None)
    return ", ".join(filter(None, (" ".join(clean(text).split()) for text in plain))) or None


def strings(value: Any) -> tuple[str, ...]:
    """A field as words, each once: a list, or parted by commas."""
    if value is None:
        return ()
    parts = value if isinstance(value, list) else str(value).split(",")
    cleaned = (clean(str(part)).strip().removeprefix("#") for part in parts)
    return tuple(dict.fromkeys(part for part in cleaned if part))
