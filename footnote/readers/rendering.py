"""Markdown -> HTML, in the dialects in which articles are written: tables, notes, definitions, check boxes, wiki links."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING, Any

from footnote.errors import Unreadable

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.renderer import RendererProtocol
    from markdown_it.rules_core import StateCore
    from markdown_it.rules_inline import StateInline
    from markdown_it.token import Token

_ADDED = "footnote_added"
_DEEPEST = 100  # blocks inside blocks
_WIKI_LINK = re.compile(r"(!?)\[\[([^\[\]\n|]+)(?:\|([^\[\]\n]*))?\]\]")
_PICTURE = re.compile(r".*\.(?:png|jpe?g|gif|webp|svg|bmp|avif|pdf|mp[34]|webm)\s*", re.IGNORECASE)
_SIZE = re.compile(r"\d+(?:x\d+)?")
_HEADING_MARKS = re.compile(r"\s*\{:?\s*[#.][^{}\n]*\}\s*$")  # {#name .class}
_ALERT = re.compile(r"\[!([A-Za-z]+)\][+-]?[ \t]*")
_CONTENTS_MARK = re.compile(r"\s*\[{1,2}_?toc_?\]{1,2}\s*", re.IGNORECASE)
# What opens one of these and does not close it would hide all that follows.
_HIDING = re.compile(
    r"<(/?)(script|style|title|textarea|iframe|noscript|template|select|xmp|plaintext|noembed|svg)\b", re.IGNORECASE
)


def rendered(text: str) -> str:
    """The HTML of a Markdown text; notes that nothing refers to stand with the others at its end.

    Raises Unreadable where blocks are nested too deeply.
    """
    source = text.replace("\0", "")
    parser, env = _parser(), dict[str, Any]()
    tokens = parser.parse(source, env)
    if any(token.level >= _DEEPEST - 1 for token in tokens):  # the parser leaves out what stands deeper, without a word
        raise Unreadable("Its parts are nested too deeply.", "Save it anew in a simpler form.")
    unused = [f"[^{name[1:]}]" for name, place in env.get("footnotes", {}).get("refs", {}).items() if place < 0]
    if unused:  # a paragraph that refers to each is added and, by _tidy, emptied again
        env = {_ADDED: frozenset(unused)}
        tokens = parser.parse("\n\n".join((source, *unused)), env)
    return str(parser.renderer.render(tokens, parser.options, env))


def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.container import container_plugin
    from mdit_py_plugins.deflist import deflist_plugin
    from mdit_py_plugins.footnote import footnote_plugin
    from mdit_py_plugins.tasklists import tasklists_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": _DEEPEST}).enable(["table", "strikethrough"])
    parser.use(deflist_plugin).use(tasklists_plugin).use(footnote_plugin)
    parser.use(container_plugin, name="box", validate=lambda *_: True, render=_box)
    parser.inline.ruler.before("link", "wiki_link", _wiki_link)
    parser.core.ruler.after("inline", "tidy", _tidy)
    parser.add_render_rule("image", _picture)
    return parser


def _picture(self: RendererProtocol, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """What is said instead of the picture."""
    return escape(self.renderInlineAsText(tokens[place].children or [], options, env))  # type: ignore[attr-defined]


def _box(self: RendererProtocol, tokens: Sequence[Token], place: int, options: Any, env: Any) -> str:
    """A box between ``:::`` lines: the title that stands behind its kind, then what stands in it."""
    if tokens[place].nesting < 0:
        return "</div>"
    words = tokens[place].info.strip().strip(":").strip()
    title = words.rpartition("}")[2] if words.startswith("{") else words.partition(" ")[2]
    return f"<div><p>{escape(title.strip())}</p>"


def _wiki_link(state: StateInline, silent: bool) -> bool:
    """``[[Page]]`` and ``[[Page|shown]]`` as the words that are shown; ``![[picture.png]]`` as those beside it, if any."""
    found = _WIKI_LINK.match(state.src, state.pos)
    if found is None or found.end() > state.posMax:
        return False
    if not silent:
        embedded, page, shown = found[1], found[2].strip(), (found[3] or "").strip()
        if embedded and _PICTURE.fullmatch(page):
            words = "" if _SIZE.fullmatch(shown) else shown
        else:
            words = shown or page.replace("#", " > ").removeprefix(" > ")
        state.push("text", "", 0).content = words
    state.pos = found.end()
    return True


def _tidy(state: StateCore) -> None:
    """Takes marks that a rendered page does not show out of the tokens, and lets no tag hide what follows it."""
    added = state.env.get(_ADDED, frozenset())
    opened = ["", ""]  # the types of the two tokens before
    for token in state.tokens:
        if token.type == "html_block":
            token.content = _shown(token.content)
        elif token.type == "inline":
            children = token.children or []
            _show_tags(children)
            if opened[1] == "heading_open" and children and children[-1].type == "text":
                children[-1].content = _HEADING_MARKS.sub("", children[-1].content)
            if opened[0] == "blockquote_open":
                _name_box(children)
            if _CONTENTS_MARK.fullmatch(token.content) or token.content in added:
                token.children = []
        opened = [opened[1], token.type]


def _name_box(children: Sequence[Token]) -> None:
    """``[!NOTE]`` at the beginning of a quotation as the line that is shown there: its title, or "Note"."""
    found = _ALERT.match(children[0].content) if children else None
    if found is not None:
        children[0].content = children[0].content[found.end() :] or found[1].capitalize()
        if len(children) > 1 and children[1].type == "softbreak":
            children[1].type = "hardbreak"


def _show_tags(children: Sequence[Token]) -> None:
    """Makes text of the tags in a line that would hide the rest of the page."""
    tags = [child for child in children if child.type == "html_inline" and _HIDING.match(child.content)]
    if tags and _shown("".join(tag.content for tag in tags)).startswith("&lt;"):
        for tag in tags:
            tag.type = "text"


def _shown(html: str) -> str:
    """The HTML with those tags as words that are not closed again in it."""
    found = [(match[2].lower(), match[1]) for match in _HIDING.finditer(html)]
    unclosed = {name for name, _ in found if found.count((name, "")) > found.count((name, "/"))}
    return _HIDING.sub(lambda match: "&lt;" + match.group()[1:] if match[2].lower() in unclosed else match.group(), html)
