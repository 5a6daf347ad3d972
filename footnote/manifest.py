"""What a snapshot says of itself. Its JSON is taken only whole: every field there, none too many, each of its type."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Protocol

import msgspec

from footnote.records import Notice, Refusal


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a snapshot holds and what shaped it. ``kb`` maps each file read or refused to the SHA-256 of its bytes.

    ``search`` says how the nearest passages are found, and how many of the really nearest that finds.
    """

    format: int
    created_at: str
    model: str
    fingerprint: str
    dimension: int
    recipe: dict[str, Any]
    articles: int
    passages: int
    truncated: int
    kb: dict[str, str]
    refused: tuple[Refusal, ...]
    notices: tuple[Notice, ...]
    thresholds: dict[str, float]
    search: dict[str, Any]
    files: dict[str, str]


class State(Protocol):
    """A library as it was after one ingest; it does not change."""

    @property
    def name(self) -> str:
        """What it is called, wherever an answer says what it was found in."""
        ...

    @property
    def manifest(self) -> Manifest:
        """What it says of itself."""
        ...

    def verify(self) -> None:
        """Makes sure that all of it is there and what was written. Raises IndexProblem."""
        ...


def to_json(manifest: Manifest) -> bytes:
    """A manifest as it is kept. Names of files that are no Unicode lose what is none."""
    return json.dumps(asdict(manifest), indent=1, ensure_ascii=False).encode("utf-8", "replace")


def format_of(content: bytes) -> object:
    """The number of the format that a manifest says it has, whatever else is in it. Raises ValueError where it is none."""
    raw = _object(content)
    return raw.get("format")


def from_json(content: bytes) -> Manifest:
    """The manifest that ``to_json`` gave. Raises ValueError where a field is missing, unknown or of another type."""
    raw = _object(content)
    unknown = sorted(raw.keys() - {field.name for field in fields(Manifest)})
    if unknown:
        raise ValueError(f"Object has the unknown field `{unknown[0]}`")
    return msgspec.convert(raw, Manifest)


def _object(content: bytes) -> dict[str, Any]:
    try:
        return msgspec.json.decode(content, type=dict[str, Any])
    except RecursionError as error:
        raise ValueError("JSON is nested too deep") from error
