"""Markdown with YAML front matter -> one article: what a reader of the rendered page sees, without markup."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.blocks import Block, Heading, Paragraph, assemble
from footnote.readers.dates import iso_date
from footnote.readers.decoding import clean
from footnote.records import Article, Metadata

_FRONT_MATTER = re.compile(r"\A\s*---[ \t]*(?=[\r\n])(?P<yaml>.*?)[\r\n](?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL)
_UNSHOWN = re.compile(r"<(script|style)\b.*?</\1\s*>|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE)
_HIDING = re.compile(r"</?(?:script|style)\b", re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)


def read(text: str, source: str) -> tuple[list[Article], list[str]]:
    """The article in ``text``; no article where there is no word in it. Raises Unreadable for broken front matter."""
    matter = _FRONT_MATTER.match(text)
    fields = _fields(matter["yaml"]) if matter else None
    start = matter.end() if matter and fields is not None else 0
    fields = fields or {}
    blocks = list(_blocks(text[start:]))
    title, blocks = _title(fields, blocks)
    if not blocks:
        return [], []
    notices = []
    if title is None:
        title = PurePosixPath(source).stem
        notices.append(f"It has no title and is shown as '{title}': give it a 'title:' in its front matter or a '# heading'.")
    body, sections = assemble(blocks)
    return [Article(source, source, _metadata(fields, title), body, sections, start)], notices


def _fields(yaml_text: str) -> dict[str, Any] | None:
    """The front matter's fields; None where what stands between the two rules is text and no front matter."""
    import yaml

    class Loader(yaml.SafeLoader):
        """Leaves dates as they are written: an impossible one is no reason to refuse the article."""

    Loader.yaml_implicit_resolvers = {
        first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        if any(isinstance(event, yaml.AliasEvent) for event in yaml.parse(yaml_text, Loader)):
            raise yaml.YAMLError("an alias can stand for more text than there is memory")
        loaded = Loader(yaml_text).get_single_data()
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise Unreadable(
            f"The front matter between the '---' lines is not valid YAML{where}.",
            "Put quotes around a value that holds a colon, or remove the front matter.",
        ) from error
    if loaded is None:
        return {}
    if isinstance(loaded, str):
        return None
    if not isinstance(loaded, dict):
        raise Unreadable("The front matter is not a list of 'key: value' lines.", "Write it so, or remove it.")
    return {str(key).strip().lower(): value for key, value in loaded.items()}


def _title(fields: dict[str, Any], blocks: list[Block]) -> tuple[str | None, list[Block]]:
    """The title and the blocks without the heading that says it."""
    given = _string(fields.get("title"))
    first = blocks[0] if blocks else None
    if isinstance(first, Heading) and (first.text == given or (given is None and first.level == 1)):
        return first.text, blocks[1:]
    return given, blocks


def _metadata(fields: dict[str, Any], title: str) -> Metadata:
    return Metadata(
        title=title,
        author=_string(_first(fields, "author", "authors", "by")),
        published=iso_date(_first(fields, "published", "date", "created")),
        tags=_strings(_first(fields, "tags", "tag", "keywords", "categories")),
        url=_string(_first(fields, "url", "link", "canonical_url", "permalink")),
        language=_string(_first(fields, "language", "lang")),
        summary=_string(_first(fields, "summary", "description", "excerpt")),
    )


def _first(fields: dict[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if fields.get(name) is not None), None)


def _string(value: Any) -> str | None:
    values = value if isinstance(value, list) else [value]
    named = [one.get("name") if isinstance(one, dict) else one for one in values]  # author: {name: ...}
    return ", ".join(filter(None, (" ".join(clean(str(one)).split()) for one in named if one is not None))) or None


def _strings(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    parts = value if isinstance(value, list) else str(value).split(",")
    cleaned = (clean(str(part)).strip().removeprefix("#") for part in parts)
    return tuple(dict.fromkeys(part for part in cleaned if part))


def _blocks(text: str) -> Iterator[Block]:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": 100}).enable(["table", "strikethrough"])
    tokens = parser.parse(text.replace("\0", ""))
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
