"""The only way from article text to the page's HTML: everything is escaped here, and nowhere else is HTML shown.

Knows records and strings; the result is shown with ``show``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape
from typing import NewType
from urllib.parse import urlencode

from footnote.citations import section_name
from footnote.engines import Listing
from footnote.page.texts import ALSO_IN, CONFIDENCE, CONTENTS
from footnote.records import Article, Hit, Metadata, Passage, Section

Html = NewType("Html", str)

STYLE = Html(
    """<style>
.fn-read { font-family: Georgia, 'Iowan Old Style', 'Source Serif 4', serif; font-size: 1.06rem; line-height: 1.6; }
.fn-read p { margin: 0 0 0.85em; white-space: pre-line; overflow-wrap: anywhere; }
.fn-read mark { background: rgba(222, 160, 60, 0.32); color: inherit; padding: 0.08em 0; border-radius: 2px; }
.fn-read h3, .fn-read h4 { font-size: 1.05rem; margin: 1.1em 0 0.4em; padding: 0; font-weight: 600; line-height: 1.35; }
.fn-head { overflow-wrap: anywhere; }
.fn-head h2 { font-size: 1.15rem; margin: 0; padding: 0; font-weight: 600; line-height: 1.35; }
.fn-head h1 { font-size: 1.7rem; margin: 0; padding: 0; font-weight: 600; line-height: 1.25; }
.fn-number { opacity: 0.75; margin-right: 0.45em; }
.fn-section { font-size: 0.95rem; }
.fn-meta { font-size: 0.9rem; opacity: 0.85; }
.fn-meta span { white-space: nowrap; display: inline-block; margin-right: 0.35em; }
.fn-head { margin-bottom: 0.7rem; }
.fn-said p { margin: 0 0 0.5em; overflow-wrap: anywhere; }
.fn-strong { font-weight: 600; }
.fn-notice { border-left: 3px solid #b5705c; padding: 0.5rem 0.9rem; margin: 0.2rem 0 0.6rem; }
.fn-notice p { margin: 0 0 0.4em; }
ul.fn-list, .fn-contents ul { list-style: none; padding: 0 !important; margin: 0 !important; }
.fn-list li, .fn-contents li { margin-left: 0 !important; }
.fn-list a, .fn-contents a, .fn-meta a { color: inherit; text-underline-offset: 0.15em; }
.fn-list li { margin: 0 0 0.7em; overflow-wrap: anywhere; }
.fn-contents li { margin: 0 0 0.25em; }
.fn-read h3 { scroll-margin-top: 4rem; }
[data-testid="stSpinner"] { animation: fn-late 0s linear 0.3s both; }
@keyframes fn-late { from { visibility: hidden; } to { visibility: visible; } }
.fn-tag { border: 1px solid currentColor; border-radius: 1em; padding: 0 0.55em; font-size: 0.82rem; }
.st-key-cited h3 { font-size: 0.85rem; letter-spacing: 0.04em; padding: 0.6rem 0 0.2rem; opacity: 0.85; scroll-margin-top: 4rem; }
[data-testid="stMainBlockContainer"] { padding-top: 3.5rem; }
[data-testid="InputInstructions"] { display: none; }
</style>"""
)


def show(*parts: Html) -> None:
    """Shows HTML made in this module."""
    import streamlit as st

    st.html("".join(parts))


def card(hit: Hit) -> Html:
    """A hit: number, title, section, what is known of the article, and the passage with its best sentence marked."""
    head = f'<div class="fn-head"><h2><span class="fn-number">[{hit.rank}]</span>{escape(hit.metadata.title)}</h2>'
    section = section_name(hit.section)
    under = f'<div class="fn-section">{escape(section)}</div>' if section else ""
    return Html(f"{head}{under}{_about(hit)}</div>{_passage(hit)}{_also_in(hit)}")


def neighbours(before: Passage | None, after: Passage | None) -> Html:
    """What stands before and after a passage in its article."""
    texts = [passage.text for passage in (before, after) if passage is not None]
    return Html("<hr>".join(f'<div class="fn-read">{"".join(_blocks(text, 0, len(text), set(), None))}</div>' for text in texts))


def said(lines: Sequence[str]) -> Html:
    """What the page says in its own words, which may quote a question or a title."""
    return Html(f'<div class="fn-said" role="status">{"".join(f"<p>{escape(line)}</p>" for line in lines)}</div>')


def notice(text: str) -> Html:
    """A quiet notice that stands above the results."""
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in text.strip().split("\n") if part.strip())
    return Html(f'<aside class="fn-notice" role="note">{paragraphs}</aside>')


def article_list(listings: Sequence[Listing]) -> Html:
    """Titles as links, with what is known of each article."""
    rows = [
        f'<li><a href="{escape(article_link(one.id))}">{escape(one.metadata.title)}</a>{_line(_known(one.metadata))}</li>'
        for one in listings
    ]
    return Html(f'<ul class="fn-list">{"".join(rows)}</ul>')


def passage_list(found: Sequence[tuple[str, Passage]]) -> Html:
    """Passages with the titles of their articles as links to them."""
    rows = [
        f'<li><a href="{escape(article_link(one.article_id, one.id))}">{escape(title)}</a>'
        f'<div class="fn-read">{"".join(_blocks(one.text, 0, len(one.text), set(), None))}</div></li>'
        for title, one in found
    ]
    return Html(f'<ul class="fn-list">{"".join(rows)}</ul>')


def contents(article: Article) -> Html:
    """The headings of an article as links to where they stand, nested as they are."""
    found = headed(article)
    least = min((len(section.path) for section in found), default=1)
    rows = [
        f'<li style="padding-left:{len(section.path) - least}em"><a href="#{heading_id(section.start)}">'
        f"{escape(section.path[-1])}</a></li>"
        for section in found
    ]
    return Html(f'<nav class="fn-contents" aria-label="{escape(CONTENTS)}"><ul>{"".join(rows)}</ul></nav>')


def headed(article: Article) -> list[Section]:
    """The sections that have a heading line of their own."""
    return [section for section in article.sections if section.body > section.start and section.path]


def heading_id(start: int) -> str:
    """The name of the heading that begins at ``start`` of its article, for links to it."""
    return f"h{start}"


def changed_files(names: Sequence[tuple[str, str]]) -> Html:
    """Files with a word for each, as ``New`` or ``Refused``, or the reason why."""
    rows = [f"<li><b>{escape(word)}</b> {escape(name)}</li>" for word, name in names]
    return Html(f'<ul class="fn-list">{"".join(rows)}</ul>')


def article_head(article: Article) -> Html:
    """The title of an article and what is known of it."""
    title = f"<h1>{escape(article.metadata.title)}</h1>"
    source = f'<div class="fn-meta">{escape(article.source)}</div>'
    return Html(f'<div class="fn-head">{title}{_line(_known(article.metadata))}{source}</div>')


def article_body(article: Article, start: int, end: int, marked: tuple[int, int] | None) -> Html:
    """The paragraphs and headings of ``article.text[start:end]``, the span ``marked`` standing out."""
    starts = {section.start for section in article.sections if section.body > section.start}
    return Html(f'<div class="fn-read">{"".join(_blocks(article.text, start, end, starts, marked))}</div>')


def article_link(article_id: str, passage_id: str | None = None) -> str:
    """The address of an article, at a passage if one is given; both are opaque to whoever follows it."""
    passage = {"passage": passage_id} if passage_id else {}
    return f"./?{urlencode({'article': article_id, **passage})}" + ("#passage" if passage_id else "")


def paragraph_start(text: str, offset: int) -> int:
    """Where the paragraph that holds ``offset`` begins."""
    return text.rfind("\n\n", 0, offset) + 2 if "\n\n" in text[:offset] else 0


def _about(hit: Hit) -> str:
    """How much speaks for a hit, and what is known of its article."""
    return _line([f'<span class="fn-{hit.confidence}">{CONFIDENCE[hit.confidence]}</span>', *_known(hit.metadata)])


def _known(metadata: Metadata) -> list[str]:
    known = [f"<span>{escape(part)}</span>" for part in (metadata.author, metadata.published) if part]
    return known + [f'<span class="fn-tag">{escape(tag)}</span>' for tag in metadata.tags]


def _line(parts: Sequence[str]) -> str:
    return f'<div class="fn-meta">{"".join(parts)}</div>' if parts else ""


def _also_in(hit: Hit) -> str:
    """Where the same text stands, as links."""
    links = [f'<a href="{escape(article_link(one.article_id, one.passage_id))}">{escape(one.title)}</a>' for one in hit.also_in]
    return f'<div class="fn-meta">{ALSO_IN} {", ".join(links)}</div>' if links else ""


def _passage(hit: Hit) -> str:
    text, starts = hit.passage.text, {start for start, _ in hit.headings}
    return f'<div class="fn-read">{"".join(_blocks(text, 0, len(text), starts, hit.highlights[0]))}</div>'


def _blocks(text: str, start: int, end: int, headings: set[int], marked: tuple[int, int] | None) -> Iterator[str]:
    """The paragraphs of ``text[start:end]`` as HTML; those that begin at one of ``headings`` are headings."""
    while start < end:
        stop = text.find("\n\n", start, end)
        stop = end if stop < 0 else stop
        words = _marked(text, start, stop, marked)
        yield f'<h3 id="{heading_id(start)}">{words}</h3>' if start in headings else f"<p>{words}</p>"
        start = stop + 2


def _marked(text: str, start: int, end: int, marked: tuple[int, int] | None) -> str:
    if marked is None or marked[1] <= start or marked[0] >= end:
        return escape(text[start:end])
    first, last = max(start, marked[0]), min(end, marked[1])
    return f"{escape(text[start:first])}<mark>{escape(text[first:last])}</mark>{escape(text[last:end])}"
