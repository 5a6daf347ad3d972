"""What a file says about its article: the names under which it stands, the forms it has. Knows no format of files."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.dates import iso_date
from footnote.readers.decoding import clean
from footnote.records import Metadata

NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title",),
    "author": ("author", "authors", "by"),
    "published": ("published", "date", "created"),
    "tags": ("tags", "tag", "keywords", "categories"),
    "url": ("url", "link", "canonical_url", "permalink"),
    "language": ("language", "lang"),
    "summary": ("summary", "description", "excerpt", "abstract"),
}
"""The fields of Metadata and the names each has in front matter and sidecars; the first that is there counts."""

_WIKI_LINK = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")

NO_TITLE = "It has no title and is shown as"
"""How the notice about an article without a title begins."""


def yaml_fields(text: str, what: str, remedy: str) -> dict[str, Any] | None:
    """The fields of a YAML mapping, names in lower case; None where ``text`` is words and no YAML.

    Raises Unreadable, whose reason begins with ``what`` and whose remedy ends in ``remedy``.
    """
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
            f"{what} is not valid YAML{where}.", f"Put quotes around a value that holds a colon, or {remedy}."
        ) from error
    if loaded is None:
        return {}
    if isinstance(loaded, str):
        return None
    if not isinstance(loaded, dict):
        raise Unreadable(f"{what.split(' between')[0]} is not a list of 'key: value' lines.", "Write it so, or remove it.")
    return by_name(loaded)


def by_name(loaded: Mapping[Any, Any]) -> dict[str, Any]:
    """A mapping with its names as text in lower case."""
    return {str(key).strip().lower(): value for key, value in loaded.items()}


def metadata(fields: Mapping[str, Any], title: str) -> Metadata:
    """The metadata of an article called ``title``; what ``fields`` does not say is unknown."""
    return Metadata(**{**known(fields), "title": title})


def known(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of Metadata that ``fields`` says something about, in the form that Metadata has them."""
    given = {field: first(fields, *names) for field, names in NAMES.items()}
    formed = {field: _formed(field, value) for field, value in given.items() if value is not None}
    return {field: value for field, value in formed.items() if value}


def first(fields: Mapping[str, Any], *names: str) -> Any:
    """The value of the first of ``names`` that has one."""
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def string(value: Any) -> str | None:
    """A value as one line, or None where it has no words; several are parted by commas."""
    values = value if isinstance(value, list) else [value]
    named = [one.get("name") if isinstance(one, dict) else one for one in values]  # author: {name: ...}
    plain = (_WIKI_LINK.sub(r"\1", str(one)) for one in named if one is not None)
    return ", ".join(filter(None, (" ".join(clean(text).split()) for text in plain))) or None


def strings(value: Any, parting: str = ",") -> tuple[str, ...]:
    """The values of a list, or of a line in which any character of ``parting`` parts them; each once."""
    if value is None:
        return ()
    parts = value if isinstance(value, list) else re.split(f"[{re.escape(parting)}]", str(value))
    named = [part.get("name") if isinstance(part, dict) else part for part in parts]
    cleaned = (" ".join(clean(str(part)).split()).removeprefix("#").strip() for part in named if part is not None)
    return tuple(dict.fromkeys(part for part in cleaned if part))


def _formed(field: str, value: Any) -> Any:
    if field == "tags":
        return strings(value)
    if field == "language" and value is False:  # YAML takes Norwegian for a no
        return "no"
    return iso_date(value) if field == "published" else string(value)
