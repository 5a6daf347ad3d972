"""What a page says of its article beside its text: in its head, in Open Graph, in JSON-LD, in the microdata of its body."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from footnote.readers.dates import iso_date
from footnote.readers.decoding import clean
from footnote.readers.htmltree import Node
from footnote.readers.jsonld import Data, LinkedData

_TITLES = ("twitter:title", "dc.title", "dcterms.title", "citation_title", "title")
_AUTHORS = (
    *("author", "dc.creator", "dcterms.creator", "citation_author", "parsely-author", "sailthru.author", "byl"),
    "article:author",
)
_DATES = (
    *("article:published_time", "og:published_time", "dcterms.issued", "dcterms.date", "dc.date.issued", "dc.date", "date"),
    *("citation_publication_date", "citation_date", "parsely-pub-date", "sailthru.date", "pubdate", "publish-date"),
    *("dcterms.created", "dc.date.created"),
)
_KEYWORDS = ("keywords", "news_keywords", "dc.subject", "dcterms.subject", "citation_keywords", "parsely-tags")
_SUMMARIES = ("description", "og:description", "dc.description", "dcterms.description", "twitter:description")
_LANGUAGES = ("content-language", "og:locale", "dc.language", "dcterms.language")
_BY = re.compile(r"(?:(?:written|posted|words|text)\s+)?(?:by|von|par|por|door|av)[:\s]+", re.IGNORECASE)
_NOBODY = frozenset("admin administrator root webmaster editor user anonymous unknown".split())
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
_ADDRESS = re.compile(r"https?://[^\s<>\"]+")
_LOOKED_AT = 20_000  # characters at the top, in which comments can say something too
_WORD_AUTHOR = re.compile(r"<o:Author>([^<>]+)</o:Author>")  # stands in a comment that Word alone reads
_SAVED_FROM = re.compile(r"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s*)(https?://[^\s<>]+)")


@dataclass(frozen=True, slots=True)
class PageFacts:
    """What is unknown is None. ``titles`` are what the page calls its article, the surest first; some name the site as well."""

    titles: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    author: str | None = None
    published: str | None = None
    tags: tuple[str, ...] = ()
    url: str | None = None
    language: str | None = None
    summary: str | None = None


@dataclass(slots=True)
class _Said:
    """The parts of a page that speak about it, each in the page's order; ``props`` are microdata."""

    metas: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    props: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    scripts: list[str] = field(default_factory=list)
    titles: list[str] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    tags: list[str] = field(default_factory=list)
    urls: list[str] = field(default_factory=list)


def page_facts(root: Node, html: str) -> PageFacts:
    """The facts of a page as it was parsed, before anything is taken out of its tree."""
    said = _listen(root)
    data = LinkedData(said.scripts)
    article = data.article()
    saved = _SAVED_FROM.search(html[:_LOOKED_AT])
    titles = (*_of(said.metas, ("og:title",)), article.get("headline"), article.get("name"), *_of(said.metas, _TITLES))
    return PageFacts(
        titles=_texts((*titles, *said.titles)),
        sites=_texts((*said.metas["og:site_name"], *data.names("WebSite"), *data.names("Organization"))),
        author=_author((data.people(article.get("author")), *_authors_said(said), _WORD_AUTHOR.findall(html[:_LOOKED_AT]))),
        published=_date((article.get("datePublished"), *_of(said.metas, _DATES), *said.props["datePublished"])),
        tags=_tags(said, article),
        url=_url((*said.urls, *said.metas["og:url"], article.get("url"), saved[1] if saved else None)),
        language=_language((*said.languages, *_of(said.metas, _LANGUAGES), article.get("inLanguage"))),
        summary=next(iter(_texts(_of(said.metas, _SUMMARIES))), None),
    )


def _listen(root: Node) -> _Said:
    said = _Said()
    for node in root.walk():
        if node.tag == "meta":
            for key in ("name", "property", "http-equiv", "itemprop"):
                said.metas[node.get(key).lower()].append(node.get("content"))
        elif node.tag == "script" and node.get("type").lower().startswith("application/ld+json"):
            said.scripts.append(node.text())
        elif node.tag == "title" and (node.parent is None or node.parent.tag != "svg"):
            said.titles.append(node.text())
        elif node.tag in ("html", "body"):
            said.languages += [node.get("lang"), node.get("xml:lang")]
        elif node.tag in ("a", "link"):
            _listen_to_link(node, said)
        if "itemprop" in node.attributes and node.count <= 20:
            for name in node.get("itemprop").split():
                said.props[name].append(node.get("content") or node.get("datetime") or node.text())
    return said


def _listen_to_link(node: Node, said: _Said) -> None:
    relations = node.get("rel").lower().split()
    if node.tag == "link" and "canonical" in relations:
        said.urls.append(node.get("href"))
    elif node.tag == "a" and node.count <= 5 and "author" in relations:
        said.authors.append(node.text())
    elif node.tag == "a" and node.count <= 5 and "tag" in relations and "category" not in relations:
        said.tags.append(node.text())


def _of(metas: Mapping[str, list[str]], names: Iterable[str]) -> list[str]:
    """The values of the first of these names that has any words."""
    return next((metas[name] for name in names if name in metas and any(value.strip() for value in metas[name])), [])


def _texts(values: Iterable[Any]) -> tuple[str, ...]:
    """The words in ``values``, cleaned, each once."""
    cleaned = (" ".join(clean(value).split()) for value in values if isinstance(value, str))
    return tuple(dict.fromkeys(text for text in cleaned if text))


def _authors_said(said: _Said) -> tuple[Sequence[str], ...]:
    return _of(said.metas, _AUTHORS), said.props["author"], said.authors


def _author(sources: Iterable[Sequence[str]]) -> str | None:
    """The names of the first source that has any; an address or the name of a role is no name."""
    for source in sources:
        names = [_BY.sub("", text, count=1) if _BY.match(text) else text for text in _texts(source)]
        names = [name for name in names if "://" not in name and name.lower() not in _NOBODY]
        if names:
            return ", ".join(names)
    return None


def _date(values: Iterable[Any]) -> str | None:
    return next((date for value in values if isinstance(value, str) and (date := iso_date(value)) is not None), None)


def _tags(said: _Said, article: Data) -> tuple[str, ...]:
    """The tags of the first source that has any. One platform marks its tags among other keywords of its own."""
    keywords = article.get("keywords")
    given = _parted(keywords if isinstance(keywords, list) else [keywords])
    marked = [word.removeprefix("Tag:") for word in given if word.startswith("Tag:")]
    sources = (said.metas["article:tag"], marked or given, _parted(_of(said.metas, _KEYWORDS)), said.tags)
    words = (text.removeprefix("#").strip() for text in next(filter(None, map(_texts, sources)), ()))
    return tuple(dict.fromkeys(word for word in words if word))


def _parted(values: Iterable[Any]) -> list[str]:
    return [word.strip() for text in values if isinstance(text, str) for word in re.split(r"[,;]", text)]


def _url(values: Iterable[Any]) -> str | None:
    return next((value for value in values if isinstance(value, str) and _ADDRESS.fullmatch(value)), None)


def _language(values: Iterable[Any]) -> str | None:
    """The first value that can be the name of a language, written as is usual: ``en-GB``, ``zh-Hant``."""
    for value in values:
        if isinstance(value, str) and _LANGUAGE.fullmatch(value.strip()):
            first, *rest = re.split("[-_]", value.strip())
            return "-".join([first.lower(), *(part.upper() if len(part) == 2 else part.title() for part in rest)])
    return None
