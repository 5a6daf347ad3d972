"""``NAME.meta.yaml`` beside the file NAME says of its articles what the file does not, or says it better."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.decoding import decode
from footnote.readers.fields import NAMES, NO_TITLE, known, yaml_fields
from footnote.readers.folder import content_of, source_name
from footnote.records import Notice, Reading, Refusal
from footnote.settings import MAX_SIDECAR_BYTES

SUFFIX = ".meta.yaml"
_FORMAT = "metadata"
_OF_ONE = ("title", "summary")  # said of one article, wrong of several


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The fields of Metadata that a sidecar sets, and its own Reading, which has no articles."""

    reading: Reading
    fields: Mapping[str, Any]


def read_sidecars(files: Iterable[Path], kb: Path) -> dict[Path, Sidecar]:
    """Every sidecar among ``files``, by its path."""
    return {path: _read(path, source_name(path, kb)) for path in files if path.name.endswith(SUFFIX)}


def overridden(reading: Reading, path: Path, sidecars: Mapping[Path, Sidecar]) -> Reading:
    """The reading of the file ``path`` with what its sidecar says; where it has none, as it is."""
    sidecar = sidecars.get(path.with_name(path.name + SUFFIX))
    if sidecar is None or not reading.articles:
        return reading
    fields = dict(sidecar.fields)
    notices = [notice for notice in reading.notices if not ("title" in fields and notice.text.startswith(NO_TITLE))]
    if len(reading.articles) > 1 and (dropped := [field for field in _OF_ONE if fields.pop(field, None)]):
        text = f"It holds {len(reading.articles)} articles, so {' and '.join(dropped)} in {path.name + SUFFIX} are not used."
        notices = [*reading.notices, Notice(reading.source, text)]
    articles = tuple(replace(article, metadata=replace(article.metadata, **fields)) for article in reading.articles)
    return replace(reading, articles=articles, notices=tuple(notices))


def _read(path: Path, source: str) -> Sidecar:
    sha256 = ""
    try:
        content = content_of(path)
        sha256 = hashlib.sha256(content).hexdigest()
        fields, notices = _fields(content, path)
    except Unreadable as error:
        return Sidecar(Reading(source, sha256, refusal=Refusal(source, error.reason, error.remedy)), {})
    return Sidecar(Reading(source, sha256, notices=tuple(Notice(source, text) for text in notices), format=_FORMAT), fields)


def _fields(content: bytes, path: Path) -> tuple[dict[str, Any], list[str]]:
    """The fields in a sidecar and notices about it. Raises Unreadable."""
    about = path.name.removesuffix(SUFFIX)
    if not os.path.lexists(path.with_name(about)) or about.endswith(SUFFIX):
        raise Unreadable(
            f"There is no file '{about}' beside it.",
            f"Give it the whole name of the file that it is about, with '{SUFFIX}' behind it, or remove it.",
        )
    if len(content) > MAX_SIDECAR_BYTES:
        raise Unreadable(f"It has {len(content):,} bytes, more than {MAX_SIDECAR_BYTES:,}.", "Keep metadata in it alone.")
    said = yaml_fields(decode(content)[0], "It", "remove it")
    if said is None:
        raise Unreadable("It is not a list of 'key: value' lines.", "Write it so, or remove it.")
    if not said:
        raise Unreadable("It is empty.", "Write fields such as 'title: ...' in it, or remove it.")
    fields = known(said)
    notices = []
    names = {name for names in NAMES.values() for name in names}
    if unknown := [f"'{name[:40]}'" for name in said if name not in names]:
        notices.append(f"Nothing is taken from {', '.join(unknown[:10])}; the fields are {', '.join(NAMES)}.")
    if "published" not in fields and any(said.get(name) is not None for name in NAMES["published"]):
        notices.append("Its date is none or could mean two days, and is not used: write it as 2024-03-05.")
    return fields, notices
