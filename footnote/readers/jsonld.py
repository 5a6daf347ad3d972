"""What a page says in JSON-LD of its article and of people. Reads the objects; does not know what is asked of them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

_BETTER_FIRST = ("Article", "BlogPosting", "Report", "Review", "HowTo", "Recipe", "CreativeWork", "WebPage")
_MOST_OBJECTS = 5_000

Data = dict[str, Any]


class LinkedData:
    """All objects of a page's JSON-LD, in order; scripts that are no JSON are passed over."""

    def __init__(self, scripts: Iterable[str]) -> None:
        self._objects: list[Data] = []
        for script in scripts:
            self._add(_loaded(script))
        # An object may be given in one place and only named by its "@id" in another.
        self._named = {thing["@id"]: thing for thing in self._objects if isinstance(thing.get("@id"), str) and "name" in thing}

    def article(self) -> Data:
        """The object that speaks of the article; an empty one where none does."""
        ranked = [(rank, place) for place, thing in enumerate(self._objects) if (rank := _rank(thing)) is not None]
        return self._objects[min(ranked)[1]] if ranked else {}

    def names(self, kind: str) -> list[str]:
        """The names of all objects of one type."""
        return [thing["name"] for thing in self._objects if kind in _types(thing) and isinstance(thing.get("name"), str)]

    def people(self, value: Any) -> list[str]:
        """The names in a value that may be a name, an object, or a list of either."""
        found = []
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                one = one.get("name") or self._named.get(one.get("@id"), {}).get("name")
                one = one[0] if isinstance(one, list) and one else one
            if isinstance(one, str):
                found.append(one)
        return found

    def _add(self, loaded: Any) -> None:
        waiting = [loaded]
        while waiting and len(self._objects) < _MOST_OBJECTS:
            value = waiting.pop()
            if isinstance(value, dict):
                self._objects.append(value)
                waiting.extend(reversed(list(value.values())))
            elif isinstance(value, list):
                waiting.extend(reversed(value))


def _loaded(script: str) -> Any:
    try:
        return json.loads(script.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
    except (ValueError, RecursionError):
        return None


def _types(thing: Data) -> list[str]:
    kinds = thing.get("@type")
    return [kind.rpartition("/")[2] for kind in (kinds if isinstance(kinds, list) else [kinds]) if isinstance(kind, str)]


def _rank(thing: Data) -> int | None:
    """How surely the object speaks of the article, 0 the most; None where it does not."""
    ranks = [rank for kind in _types(thing) for rank, better in enumerate(_BETTER_FIRST) if kind.endswith(better)]
    return min(ranks, default=None)
