"""Filters as conditions of Milvus. Nothing stands in one as it was typed (``milvus_rows.py``)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from footnote.engines.milvus_rows import author_bytes, facet, spelt
from footnote.records import Filter


def narrowed(where: Filter) -> list[str]:
    """What an article must meet, for its passages."""
    conditions = []
    for kind, values in (
        ("tag", [tag.casefold() for tag in where.tags]),
        ("article", list(where.articles)),
        ("language", [language.casefold().replace("_", "-") for language in where.languages]),
    ):
        if values:
            hashed = ", ".join(f'"{facet(kind, value)}"' for value in values)
            conditions.append(f"array_contains_any(facets, [{hashed}])")
    if where.authors:
        conditions.append(" or ".join(f'author like "%{author_bytes(author)}%"' for author in where.authors))
    if where.since:
        conditions.append(f'latest >= "{_date(where.since)}"')
    if where.until:
        conditions.append(f'published != "" and published <= "{_date(where.until)}"')
    return [f"({condition})" for condition in conditions]


def holds(words: Sequence[str]) -> str:
    """That a passage, its headings or its title have these words one after another; no words are had by none."""
    return f'phrases like "% {" ".join(map(spelt, words))} %"' if words else 'phrases == "none"'


def _date(text: str) -> str:
    return re.sub(r"[^0-9-]", "", text)
