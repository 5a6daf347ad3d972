"""A saved web page (HTML, XHTML, or a browser's single file) -> one article: its main text, without the page around it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath

from footnote.errors import Unreadable
from footnote.readers.blocks import assemble
from footnote.readers.boilerplate import names_of
from footnote.readers.bylines import Byline, parse_byline
from footnote.readers.charset import decode_markup
from footnote.readers.dates import iso_date
from footnote.readers.htmltree import Node, is_heading, measure, parse
from footnote.readers.hypertext import blocks_of
from footnote.readers.maintext import keep_article
from footnote.readers.mhtml import is_mhtml, page_of
from footnote.readers.pagefacts import page_facts
from footnote.readers.pagetitle import Title, find_title
from footnote.readers.toplines import without_top_lines
from footnote.readers.visible import keep_visible
from footnote.readers.weights import Run, Weights
from footnote.records import Article, Metadata

_NEAR_TITLE = 8  # lines under a title, among which its byline is
_LONGEST_BYLINE = 140  # characters
_SUBTITLES = frozenset("subtitle subheading subhead standfirst dek deck lede kicker".split())
_LEAST_SHARE = 0.5  # of the page's prose; where less of it is kept, its owner is told


def read(content: bytes, source: str) -> tuple[list[Article], list[str]]:
    """The article of a saved page; none where no word is shown. Raises Unreadable for what is no text."""
    page, saved_from = page_of(content) if is_mhtml(content) else (content, None)
    html, guessed = decode_markup(page)
    root = parse(html)
    measure(root)
    facts = page_facts(root, html)
    scripted = root.first("script") is not None
    keep_visible(root)
    weights = Weights(root)
    title = find_title(root, facts, weights)
    byline = _byline(weights.runs, title.heading)
    scope, share = keep_article(root, title.heading, weights)
    name = title.text or PurePosixPath(source).stem
    metadata = Metadata(
        title=name,
        author=facts.author or byline.author,
        published=facts.published or byline.published,
        tags=facts.tags,
        url=facts.url or saved_from,
        language=facts.language,
        summary=facts.summary,
    )
    _lower_subtitles(scope, title.heading)
    blocks = without_top_lines(blocks_of(scope), metadata)
    if not blocks and scripted:
        raise Unreadable("It holds no words: its scripts fetch them.", "Open it in a browser and save it from there.")
    if not blocks:
        return [], []
    text, sections = assemble(blocks)
    return [Article(source, source, metadata, text, sections)], _notices(title, name, guessed, share)


def _notices(title: Title, name: str, guessed: str | None, share: float) -> list[str]:
    notices = []
    if guessed is not None:
        notices.append(f"It is not UTF-8 and was read as {guessed}; if letters look wrong, save it again as UTF-8.")
    if title.text is None:
        notices.append(f"It has no title and is shown as '{name}': give it a <title> or a heading.")
    if share < _LEAST_SHARE:
        notices.append(f"{1 - share:.0%} of its prose was left out as not the article's own: comments, side bars, links to more.")
    return notices


def _byline(runs: Sequence[Run], heading: Node | None) -> Byline:
    """What the lines near the title say of author and date."""
    author = published = None
    if heading is None:
        return Byline(None, None)
    held = set(heading.walk())
    start = max((place for place, run in enumerate(runs) if run.node in held), default=len(runs))
    for run in runs[start + 1 : start + 1 + _NEAR_TITLE]:
        if run.own <= _LONGEST_BYLINE:
            said = parse_byline(run.text(), under_title=True) or Byline(None, None)
            author, published = author or said.author, published or said.published or _dated(run.node)
    return Byline(author, published)


def _dated(node: Node) -> str | None:
    times = [inside for inside in node.walk() if inside.tag == "time"] if node.count <= 20 else []
    dates = [iso_date(time.get("datetime")) for time in times if not {"updated", "modified"} & set(time.get("class").split())]
    return next(filter(None, dates), None)


def _lower_subtitles(scope: Node, heading: Node | None) -> None:
    """Makes paragraphs of headings that are said to be subtitles, or the text would stand under them."""
    for node in scope.walk():
        if (
            is_heading(node)
            and node is not heading
            and any(not _SUBTITLES.isdisjoint(name.split("-")) for name in names_of(node))
        ):
            node.tag = "p"
            node.attributes = {}
