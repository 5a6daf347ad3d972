"""``NAME.meta.yaml`` beside the file NAME says of its articles what the file does not, or says it better."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.fields import NAMES, NO_TITLE, known, yaml_fields
from footnote.readers.folder import content_of, source_name
from footnote.readers.formats import Format
from footnote.readers.isolation import Isolation
from footnote.readers.selection import SIDECAR_SUFFIX
from footnote.records import Article, Metadata, Notice, Reading, Refusal
from footnote.settings import MAX_SIDECAR_BYTES

_FORMAT = Format("metadata", (SIDECAR_SUFFIX,), "footnote.readers.sidecars", is_text=True)
_OF_ONE = ("title", "summary")  # said of one article, wrong of several


@dataclass(frozen=True, slots=True)
class Sidecar:
    """The fields of Metadata that a sidecar sets, and its own Reading, which has no articles."""

    reading: Reading
    fields: Mapping[str, Any]


def sidecar_of(path: Path) -> Path:
    """Where the sidecar of the file ``path`` stands, if it has one."""
    return Path(f"{path}{SIDECAR_SUFFIX}")


def read_sidecars(files: Iterable[Path], kb: Path, isolation: Isolation) -> dict[Path, Sidecar]:
    """Every sidecar among ``files``, by its path."""
    return {path: _sidecar(path, source_name(path, kb), isolation) for path in files if path.name.endswith(SIDECAR_SUFFIX)}


def read(text: str, source: str) -> tuple[list[Article], list[str]]:
    """An article without words that has what the sidecar says as its metadata. Raises Unreadable."""
    said = yaml_fields(text, "It", "remove it")
    if said is None:
        raise Unreadable("It is not a list of 'key: value' lines.", "Write it so, or remove it.")
    if not said:
        raise Unreadable("It is empty.", "Write fields such as 'title: ...' in it, or remove it.")
    told = {"title": "", **known(said)}
    notices = []
    names = {name for names in NAMES.values() for name in names}
    if unknown := [f"'{name[:40]}'" for name in said if name not in names]:
        notices.append(f"Nothing is taken from {', '.join(unknown[:10])}; the fields are {', '.join(NAMES)}.")
    if "published" not in told and any(said.get(name) is not None for name in NAMES["published"]):
        notices.append("Its date is none or could mean two days, and is not used: write it as 2024-03-05.")
    return [Article(source, source, Metadata(**told), "", ())], notices


def overridden(reading: Reading, path: Path, sidecars: Mapping[Path, Sidecar]) -> Reading:
    """The reading of the file ``path`` with what its sidecar says; where it has none, as it is."""
    sidecar = sidecars.get(sidecar_of(path))
    if sidecar is None or not reading.articles:
        return reading
    said = dict(sidecar.fields)
    notices = list(reading.notices)
    if len(reading.articles) > 1 and (dropped := [field for field in _OF_ONE if said.pop(field, None)]):
        text = (
            f"It holds {len(reading.articles)} articles, so {' and '.join(dropped)} in {path.name + SIDECAR_SUFFIX} are not used."
        )
        notices.append(Notice(reading.source, text))
    if "title" in said:
        notices = [notice for notice in notices if not notice.text.startswith(NO_TITLE)]
    articles = tuple(replace(article, metadata=replace(article.metadata, **said)) for article in reading.articles)
    return replace(reading, articles=articles, notices=tuple(notices))


def _sidecar(path: Path, source: str, isolation: Isolation) -> Sidecar:
    sha256 = ""
    try:
        content = content_of(path)
        sha256 = hashlib.sha256(content).hexdigest()
        about = path.name.removesuffix(SIDECAR_SUFFIX)
        if not os.path.lexists(path.with_name(about)) or about.endswith(SIDECAR_SUFFIX):
            raise Unreadable(
                f"There is no file '{about}' beside it.",
                f"Give it the whole name of the file that it is about, with '{SIDECAR_SUFFIX}' behind it, or remove it.",
            )
        if len(content) > MAX_SIDECAR_BYTES:
            raise Unreadable(f"It has {len(content):,} bytes, more than {MAX_SIDECAR_BYTES:,}.", "Keep metadata in it alone.")
        (article,), notices = isolation.read(_FORMAT, content, source)
    except Unreadable as error:
        return Sidecar(Reading(source, sha256, refusal=Refusal(source, error.reason, error.remedy)), {})
    said = {field.name: value for field in fields(Metadata) if (value := getattr(article.metadata, field.name))}
    return Sidecar(Reading(source, sha256, notices=tuple(Notice(source, text) for text in notices), format=_FORMAT.name), said)
