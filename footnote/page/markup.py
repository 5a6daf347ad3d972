"""The only way from article text to the page's HTML: everything is escaped here, and nowhere else is HTML shown.

Knows records and strings; the result is shown with ``show``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from html import escape
from typing import NewType
from urllib.parse import urlencode

from footnote.citations import cite_apa, cite_bibtex, cite_markdown, section_name
from footnote.engines import Listing
from footnote.page import texts
from footnote.records import Article, Hit, Metadata, Passage

Html = NewType("Html", str)
_WORTH_CONTENTS = 3  # headings
_PASSAGE = "passage"  # the name of the cited place in an article, for links to it and for the page's script


def show(*parts: Html) -> None:
    """Shows HTML made in this module."""
    import streamlit as st

    st.html("".join(parts))


def navigation(pages: Sequence[tuple[str, str]], current: str) -> Html:
    """The way from one part of the page to another: what each is called, and its path; ``current`` is the one that is shown."""
    links = [
        f'<a href="./{escape(path)}"{" aria-current=page" if path == current else ""}>{escape(name)}</a>' for name, path in pages
    ]
    return Html(f'<nav class="fn-nav" aria-label="{escape(texts.PARTS_OF_PAGE)}">{"".join(links)}</nav>')


def card(hit: Hit, around: tuple[Passage | None, Passage | None]) -> Html:
    """A hit: number, title, section, what is known of the article, the passage with its best sentence marked, what stands before
    and after it, and how it is cited."""
    head = f'<div class="fn-head"><h2><span class="fn-number">[{hit.rank}]</span>{escape(hit.metadata.title)}</h2>'
    section = section_name(hit.section)
    under = f'<div class="fn-section">{escape(section)}</div>' if section else ""
    ways = [
        _button(texts.OPEN, article_link(hit.passage.article_id, hit.passage.id)),
        _button(texts.LIKE, like_link(hit.passage.id)),
        _panel("fn-around", texts.NEIGHBOURS, _neighbours(around)) if any(around) else "",
        _panel("fn-cite", texts.CITE, "".join(_copied(texts.CITE_STYLES[style], one) for style, one in _cited(hit).items())),
    ]
    return Html(
        f'<article class="fn-card" id="hit-{hit.rank}">{head}{under}{_about(hit)}</div>{_passage(hit)}{_also_in(hit)}'
        f'<div class="fn-do">{"".join(ways)}</div></article>'
    )


def link_panel(address: str) -> Html:
    """An address, to be copied, behind what says so."""
    said = f"<p>{escape(texts.LINK_HINT)}</p>"
    return Html(f'<div class="fn-do">{_panel("fn-link", texts.LINK, said + _copied(texts.ADDRESS, address))}</div>')


def ways(*links: tuple[str, str]) -> Html:
    """Links within the page that look like buttons: what each says, and where it leads."""
    return Html(f'<div class="fn-do">{"".join(_button(text, address) for text, address in links)}</div>')


def label(text: str) -> str:
    """``text`` as it stands, for where Streamlit takes Markdown, as on a button."""
    escaped = re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))
    # Emoji and arrows are put in after the Markdown is read; what joins words without being seen keeps them apart.
    return re.sub(r"(?<=:)(?=\\?[\w+-])|(?<=[<>=~-])(?=\\[<>=-])", "\u2060", escaped)


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
    """The headings of an article as links to where they stand, nested as they are; nothing where there are few."""
    found = [section for section in article.sections if section.body > section.start and section.path]
    if len(found) < _WORTH_CONTENTS:
        return Html("")
    least = min(len(section.path) for section in found)
    rows = [
        f'<li style="padding-left:{len(section.path) - least}em"><a href="#{_heading_id(section.start)}">'
        f"{escape(section.path[-1])}</a></li>"
        for section in found
    ]
    links = f'<nav aria-label="{escape(texts.CONTENTS)}"><ul>{"".join(rows)}</ul></nav>'
    return Html(f'<div class="fn-do">{_panel("fn-contents", texts.CONTENTS, links)}</div>')


def _heading_id(start: int) -> str:
    """The name of the heading that begins at ``start`` of its article, for links to it."""
    return f"h{start}"


def legend(entries: Sequence[tuple[str, str, str]]) -> Html:
    """What signs mean: for each what it stands for, the sign and its colour."""
    rows = [
        f'<li><span aria-hidden="true" style="color:{escape(colour)}">{escape(sign)}</span> {escape(name)}</li>'
        for name, sign, colour in entries
    ]
    return Html(f'<ul class="fn-legend">{"".join(rows)}</ul>')


def changed_files(names: Sequence[tuple[str, str]]) -> Html:
    """Files with a word for each, as ``New`` or ``Refused``, or the reason why."""
    rows = [f"<li><b>{escape(word)}</b> {escape(name)}</li>" for word, name in names]
    return Html(f'<ul class="fn-list">{"".join(rows)}</ul>')


def article_head(article: Article) -> Html:
    """The title of an article and what is known of it."""
    title = f"<h1>{escape(article.metadata.title)}</h1>"
    source = f'<div class="fn-meta">{escape(article.source)}</div>'
    return Html(f'<div class="fn-head">{title}{_line(_known(article.metadata))}{source}</div>')


def article_body(article: Article, marked: tuple[int, int] | None) -> Html:
    """The paragraphs and headings of an article, the span ``marked`` standing out under a heading that the page goes to."""
    starts = {section.start for section in article.sections if section.body > section.start}
    parts = [(0, len(article.text))]
    if marked is not None:
        cut = _paragraph_start(article.text, marked[0])
        parts = [(0, cut), (cut, len(article.text))]
    shown = ["".join(_blocks(article.text, start, end, starts, marked)) for start, end in parts]
    cited = f'<h2 class="fn-cited" id="{_PASSAGE}">{escape(texts.CITED)}</h2>'
    return Html(f'<div class="fn-read fn-article">{cited.join(shown)}</div>')


def article_link(article_id: str, passage_id: str | None = None) -> str:
    """The address of an article, at a passage if one is given; both are opaque to whoever follows it."""
    passage = {"passage": passage_id} if passage_id else {}
    return f"./?{urlencode({'article': article_id, **passage})}" + (f"#{_PASSAGE}" if passage_id else "")


def like_link(passage_id: str) -> str:
    """The address of what resembles a passage."""
    return f"./?{urlencode({'like': passage_id})}"


def _paragraph_start(text: str, offset: int) -> int:
    """Where the paragraph that holds ``offset`` begins."""
    return text.rfind("\n\n", 0, offset) + 2 if "\n\n" in text[:offset] else 0


def _button(text: str, address: str) -> str:
    return f'<a class="fn-button" href="{escape(address)}">{escape(text)}</a>'


def _panel(name: str, summary: str, inner: str) -> str:
    """What is seen when one asks for it."""
    return f'<details class="{name}"><summary>{escape(summary)}</summary><div class="fn-panel">{inner}</div></details>'


def _copied(name: str, text: str) -> str:
    """Words with a button that copies them, by the page's script."""
    attributes = f'type="button" class="fn-copy" aria-live="polite" data-done="{escape(texts.COPIED)}"'
    button = f"<button {attributes}>{escape(texts.COPY)}</button>"
    return f'<div class="fn-copied"><b>{escape(name)}</b>{button}<pre>{escape(text)}</pre></div>'


def _cited(hit: Hit) -> dict[str, str]:
    """The citation in every style."""
    return {
        "plain": f"[{hit.rank}] {hit.citation}",
        "markdown": cite_markdown(hit),
        "apa": cite_apa(hit),
        "bibtex": cite_bibtex(hit),
    }


def _neighbours(around: tuple[Passage | None, Passage | None]) -> str:
    """What stands before and after a passage in its article."""
    shown = [passage.text for passage in around if passage is not None]
    return "<hr>".join(f'<div class="fn-read">{"".join(_blocks(text, 0, len(text), set(), None))}</div>' for text in shown)


def _about(hit: Hit) -> str:
    """How much speaks for a hit, and what is known of its article."""
    return _line([f'<span class="fn-{hit.confidence}">{texts.CONFIDENCE[hit.confidence]}</span>', *_known(hit.metadata)])


def _known(metadata: Metadata) -> list[str]:
    known = [f"<span>{escape(part)}</span>" for part in (metadata.author, metadata.published) if part]
    return known + [f'<span class="fn-tag">{escape(tag)}</span>' for tag in metadata.tags]


def _line(parts: Sequence[str]) -> str:
    return f'<div class="fn-meta">{"".join(parts)}</div>' if parts else ""


def _also_in(hit: Hit) -> str:
    """Where the same text stands, as links."""
    links = [f'<a href="{escape(article_link(one.article_id, one.passage_id))}">{escape(one.title)}</a>' for one in hit.also_in]
    return f'<div class="fn-meta">{texts.ALSO_IN} {", ".join(links)}</div>' if links else ""


def _passage(hit: Hit) -> str:
    text, starts = hit.passage.text, {start for start, _ in hit.headings}
    return f'<div class="fn-read">{"".join(_blocks(text, 0, len(text), starts, hit.highlights[0]))}</div>'


def _blocks(text: str, start: int, end: int, headings: set[int], marked: tuple[int, int] | None) -> Iterator[str]:
    """The paragraphs of ``text[start:end]`` as HTML; those that begin at one of ``headings`` are headings."""
    while start < end:
        stop = text.find("\n\n", start, end)
        stop = end if stop < 0 else stop
        words = _marked(text, start, stop, marked)
        yield f'<h3 id="{_heading_id(start)}">{words}</h3>' if start in headings else f"<p>{words}</p>"
        start = stop + 2


def _marked(text: str, start: int, end: int, marked: tuple[int, int] | None) -> str:
    if marked is None or marked[1] <= start or marked[0] >= end:
        return escape(text[start:end])
    first, last = max(start, marked[0]), min(end, marked[1])
    return f"{escape(text[start:first])}<mark>{escape(text[first:last])}</mark>{escape(text[last:end])}"
