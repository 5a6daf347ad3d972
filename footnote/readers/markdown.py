"""Markdown, with front matter or without -> one article: what a reader of the rendered page sees, without markup.

It is rendered as any page is and read as one, so that HTML inside it, and Markdown inside that, come out as they are shown.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import PurePosixPath

from footnote.readers.blocks import assemble
from footnote.readers.fields import NO_TITLE, metadata, string
from footnote.readers.frontmatter import front_matter
from footnote.readers.hypertext import blocks
from footnote.readers.rendering import rendered
from footnote.readers.toplines import byline_of, titled, without_bylines
from footnote.records import Article


def read(text: str, source: str) -> tuple[list[Article], list[str]]:
    """The article in ``text``; no article where there is no word in it. Raises Unreadable for broken front matter."""
    fields, start = front_matter(text)
    title, found = titled(string(fields.get("title")), blocks(rendered(text[start:])))
    if not found:
        return [], []
    notices = []
    if title is None:
        title = PurePosixPath(source).stem
        notices.append(f"{NO_TITLE} '{title}': give it a 'title:' in its front matter or a '# heading'.")
    known, byline = metadata(fields, title), byline_of(found)
    known = replace(known, author=known.author or byline.author, published=known.published or byline.published)
    body, sections = assemble(without_bylines(found, known.author))
    return [Article(source, source, known, body, sections, start)], notices
