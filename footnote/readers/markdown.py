"""Markdown with YAML front matter -> one article: what a reader of the rendered page sees, without markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.blocks import Block, Heading, Paragraph, assemble, titled
from footnote.readers.decoding import clean
from footnote.readers.fields import NO_TITLE, metadata, string, yaml_fields
from footnote.records import Article

_DEEPEST = 100  # quotations in one another, or half as many lists
_MATTER = "The front matter between the '---' lines"
_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*(?=[\r\n])(?P<yaml>.*?)[\r\n](?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL)
_UNSHOWN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_HIDING = re.compile(r"</?(?:script|style)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(text: str, source: str) -> tuple[list[Article], list[str]]:
    """The article in ``text``; no article where there is no word in it. Raises Unreadable for broken front matter."""
    matter = _FRONT_MATTER.match(text)
    fields = yaml_fields(matter["yaml"], _MATTER, "remove the front matter") if matter else None
    start = matter.end() if matter and fields is not None else 0
    fields = fields or {}
    title, body = titled(string(fields.get("title")), list(blocks(text[start:])))
    if not body:
        return [], []
    notices = []
    if title is None:
        title = PurePosixPath(source).stem
        notices.append(f"{NO_TITLE} '{title}': give it a 'title:' in its front matter or a '# heading'.")
    words, sections = assemble(body)
    return [Article(source, source, metadata(fields, title), words, sections, start)], notices


def blocks(text: str) -> Iterator[Block]:
    """The headings and paragraphs of Markdown without front matter. Raises Unreadable where they are nested too deeply."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    tokens = parser.parse(text.replace("\0", ""))
    if any(token.level >= _DEEPEST - 1 for token in tokens):  # the parser leaves out what stands deeper, without a word
        raise Unreadable("Its parts are nested too deeply.", "Save it anew in a simpler form.")
    index = 0
    while index < len(tokens):
        end = _end_of(tokens, index)
        token = tokens[index]
        if token.type == "heading_open":
            name = " ".join(_inline(tokens[index + 1]).split())
            if name:
                yield Heading(name, name, int(token.tag[1:]))
        elif token.type == "blockquote_open":
            index += 1  # its paragraphs are the article's
            continue
        else:
            words = "\n".join(line for line in _lines(tokens[index:end]) if line.strip())
            if words:
                yield Paragraph(words)
        index = end


def _end_of(tokens: list[Any], index: int) -> int:
    """The index after the block that opens at ``index``."""
    depth = 0
    for position in range(index, len(tokens)):
        depth += tokens[position].nesting
        if depth <= 0:
            return position + 1
    return len(tokens)


def _lines(tokens: list[Any]) -> Iterator[str]:
    """The lines that a paragraph, list, table or code block shows."""
    lists: list[int | None] = []  # the number of the current item of each open list; None in a bullet list
    marker = ""
    cells: list[str] = []
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            first = token.attrGet("start")
            lists.append((1 if first is None else int(first)) - 1 if token.type[0] == "o" else None)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            number = lists[-1]
            lists[-1] = None if number is None else number + 1
            marker = "• " if number is None else f"{number + 1}. "
        elif token.type == "tr_open":
            cells = []
        elif token.type == "tr_close":
            yield " | ".join(cells)
        elif token.type == "inline" and token.level and cells is not None and _in_table(tokens):
            cells.append(_inline(token))
        elif token.type in ("inline", "fence", "code_block", "html_block"):
            words = _inline(token) if token.type == "inline" else _verbatim(token)
            indent = "  " * (len(lists) - 1) if lists else ""
            for number, line in enumerate(words.split("\n")):
                yield indent + (marker if number == 0 else "") + line
            marker = ""


def _in_table(tokens: list[Any]) -> bool:
    return bool(tokens[0].type == "table_open")


def _verbatim(token: Any) -> str:
    content = token.content
    if token.type == "html_block":
        content = html.unescape(_TAG.sub("", _BREAK.sub("\n", _UNSHOWN.sub("", content))))
    return "\n".join(clean(line).rstrip() for line in content.splitlines())


def _inline(token: Any) -> str:
    parts = []
    hidden = False
    for child in token.children or ():
        if child.type == "html_inline" and _HIDING.match(child.content):
            hidden = not child.content.startswith("</")
        elif hidden:
            continue
        elif child.type in ("text", "code_inline"):
            parts.append(child.content)
        elif child.type == "image":
            parts.append(_inline(child))
        elif child.type == "softbreak":
            parts.append(" ")
        elif child.type == "hardbreak" or (child.type == "html_inline" and _BREAK.fullmatch(child.content)):
            parts.append("\n")
    return "\n".join(clean(line).strip() for line in "".join(parts).split("\n"))
