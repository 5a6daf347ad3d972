"""Which articles pass a filter, and what else a reader could narrow a search to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from footnote.engines import Listing
from footnote.records import Filter


@dataclass(frozen=True, slots=True)
class Facets:
    """What a search can be narrowed to, each value with the number of articles it would leave, none with nothing.

    The counts of a field take the limits of the other fields into account, not its own: its values are alternatives.
    ``articles`` maps ids to titles; ``dates`` are those of the articles that the other fields leave, in order.
    """

    tags: dict[str, int]
    authors: dict[str, int]
    articles: dict[str, str]
    languages: dict[str, int]
    dates: tuple[str, ...]


def passes(listing: Listing, where: Filter) -> bool:
    """Whether an article passes what ``where`` says of articles."""
    known = listing.metadata
    tags = {tag.casefold() for tag in known.tags}
    author, published = (known.author or "").casefold(), known.published
    if where.tags and not any(tag.casefold() in tags for tag in where.tags):
        return False
    if where.authors and not any(name.casefold() in author for name in where.authors):
        return False
    if where.articles and listing.id not in where.articles:
        return False
    if where.languages and not any(_is_of(known.language, language) for language in where.languages):
        return False
    if (where.since or where.until) and published is None:
        return False
    # A month without a day ("2024-03") is compared as a month.
    since_ok = not where.since or (published or "") >= where.since[: len(published or "")]
    return since_ok and (not where.until or (published or "") <= where.until)


def facets(listings: Sequence[Listing], where: Filter) -> Facets:
    """What remains to narrow a search to that is already narrowed to ``where``."""

    def left(**freed: object) -> list[Listing]:
        return [listing for listing in listings if passes(listing, replace(where, **freed))]  # type: ignore[arg-type]

    tags = Counter(tag for listing in left(tags=()) for tag in dict.fromkeys(listing.metadata.tags))
    authors = Counter(listing.metadata.author for listing in left(authors=()) if listing.metadata.author)
    languages = Counter(listing.metadata.language for listing in left(languages=()) if listing.metadata.language)
    titles = {listing.id: listing.metadata.title for listing in left(articles=())}
    dates = {listing.metadata.published for listing in left(since=None, until=None) if listing.metadata.published}
    return Facets(
        dict(sorted(tags.items(), key=lambda one: (-one[1], one[0]))),
        dict(sorted(authors.items())),
        dict(sorted(titles.items(), key=lambda one: one[1].casefold())),
        dict(sorted(languages.items())),
        tuple(sorted(dates)),
    )


def _is_of(language: str | None, wanted: str) -> bool:
    """Whether "en-GB" is "en", whatever the case; an unknown language is none."""
    known, asked = (f"{name}-".casefold().replace("_", "-") for name in (language or "", wanted))
    return language is not None and known.startswith(asked)
