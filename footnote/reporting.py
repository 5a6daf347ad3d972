"""What an ingest says of itself, while it goes on and when it is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from footnote.encoder.reach import reads
from footnote.manifest import State
from footnote.records import Changes, Notice, Reading, Refusal

Activity = Literal["Reading", "Splitting", "Embedding", "Writing", "Placing", "Calibrating", "Learning"]
"""The long stretches of a build: of files, articles, passages (three times: the last on the map) and questions."""


class Watcher(Protocol):
    """Who is told how a build goes on."""

    def say(self, text: str) -> None:
        """One line about what is being done."""
        ...

    def progress(self, activity: Activity, done: int, total: int) -> None:
        """So many of all that has to be read, split or embedded are done."""
        ...


@dataclass(frozen=True, slots=True)
class FormatCount:
    """What the files of one format gave; ``name`` is None for those in a format that is not read."""

    name: str | None
    files: int
    articles: int
    passages: int
    refused: int


@dataclass(frozen=True, slots=True)
class Report:
    """What an ingest did. ``truncated`` counts passages that the model could not read whole.

    ``changes`` are those since the snapshot before, None where there was none; ``excluded`` counts files that patterns left out.
    """

    outcome: Literal["built", "current"]
    snapshot: str
    model: str
    articles: int
    passages: int
    embedded: int
    reused: int
    truncated: int
    refused: tuple[Refusal, ...]
    notices: tuple[Notice, ...]
    formats: tuple[FormatCount, ...]
    changes: Changes | None
    excluded: int


def by_format(readings: Sequence[Reading], passages: Mapping[str, int]) -> tuple[FormatCount, ...]:
    """What each format gave, those that are not read last; ``passages`` counts those of each article, by its id."""
    groups: dict[str | None, list[Reading]] = {}
    for reading in readings:
        groups.setdefault(reading.format, []).append(reading)
    counts = []
    for name in sorted(groups, key=lambda name: (name is None, name)):
        articles = [article.id for reading in groups[name] for article in reading.articles]
        refused = sum(reading.refusal is not None for reading in groups[name])
        counts.append(FormatCount(name, len(groups[name]), len(articles), sum(passages[one] for one in articles), refused))
    return tuple(counts)


def report_of(
    outcome: Literal["built", "current"],
    snapshot: State,
    embedded: int,
    readings: Sequence[Reading],
    passages: Mapping[str, int],
    changes: Changes | None,
) -> Report:
    """The report on the ingest that made ``snapshot`` of ``readings``, or found it current; ``passages`` as for ``by_format``."""
    manifest = snapshot.manifest
    return Report(
        outcome,
        snapshot.name,
        manifest.model,
        manifest.articles,
        manifest.passages,
        embedded,
        manifest.passages - embedded,
        manifest.truncated,
        manifest.refused,
        tuple(notice for reading in readings for notice in (*reading.notices, *_of_language(reading, manifest.model))),
        by_format(readings, passages),
        changes,
        excluded=0,
    )


def _of_language(reading: Reading, model: str) -> list[Notice]:
    """A notice where articles of one file are in a language that the model is not made for."""
    languages = [article.metadata.language for article in reading.articles]
    foreign = [language for language in languages if language and not reads(model, language)]
    if not foreign:
        return []
    which = "It is" if len(languages) == 1 else f"{len(foreign)} of its {len(languages)} articles are"
    text = (
        f"{which} in another language ({', '.join(sorted(set(foreign)))}) than {model} reads, and found by words more than by "
        "meaning; a multilingual model (--model) would read it."
    )
    return [Notice(reading.source, text)]
