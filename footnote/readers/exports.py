"""Records of an export, as a blog or a database makes it -> articles: which column says what. Knows neither CSV nor JSON."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from footnote.errors import Unreadable
from footnote.readers.blocks import Block, Paragraph, assemble
from footnote.readers.dates import iso_date
from footnote.readers.decoding import clean, lines
from footnote.readers.fields import NAMES, string, strings
from footnote.readers.hypertext import blocks
from footnote.readers.lineshapes import is_item, rows
from footnote.readers.toplines import titled
from footnote.records import Article, Metadata

# Where a record has its text twice, the one with more structure comes first.
_BODIES = (
    "body content article content_html html body_html post_content markdown content_markdown body_markdown md text content_text "
    "content_encoded article_body body_text plaintext plain_text"
).split()
_MORE_NAMES = {
    "title": "headline name heading post_title",
    "author": "creator dc_creator author_name writer byline",
    "published": "published_at date_published publish_date publication_date published_on pub_date pubdate post_date created_at "
    "date_created created_on",
    "tags": "category topics labels post_tags",
    "url": "canonical post_url source_url",
    "language": "locale",
    "summary": "custom_excerpt subtitle post_excerpt",
}
_NAMES: Mapping[str, tuple[str, ...]] = {field: (*names, *_MORE_NAMES[field].split()) for field, names in NAMES.items()}
_NUMBERS = {"id", "uuid", "guid", "slug", "post_id"}  # an article is known by its place in the file
_FORMS = ("rendered", "html", "value", "#text")  # how an export wraps a text
_MOST_NAMED = 10

_HTML = re.compile(
    r"</(?:p|div|h[1-6]|ul|ol|li|blockquote|span|a|em|strong|b|i|table|section|article)\s*>|<(?:br|p|hr)\s*/?>", re.IGNORECASE
)
_MARKDOWN = re.compile(
    r"""^\#{1,6}[ ]\S | ^(?:```|~~~) | ^\|.+\|[ \t]*$ | ^\S.*\n(?:={3,}|-{3,})[ \t]*$
    | \*\*\S[^*\n]*\*\* | \[[^\]\n]{1,300}\]\([^)\s]+\)""",
    re.MULTILINE | re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Record:
    """One article as an export has it. ``number`` is the n of its id: a row of a table, a line or an entry of a list."""

    number: int
    values: Mapping[str, Any]


@dataclass(slots=True)
class _Remarks:
    """What was left out, and where."""

    empty: list[int] = field(default_factory=list)
    untitled: list[int] = field(default_factory=list)
    undated: list[int] = field(default_factory=list)
    unused: dict[str, None] = field(default_factory=dict)

    def notices(self, kind: str, stem: str) -> list[str]:
        """Sentences about it; ``kind`` is what a record is called, in the singular."""
        found = []
        if self.unused:
            found.append(f"Nothing is taken from {_columns(list(self.unused))}.")
        if self.empty:
            found.append(f"Without text, and left out: {numbered(kind, self.empty)}.")
        if self.untitled:
            found.append(f"Without a title, and shown as '{stem}' with a number: {numbered(kind, self.untitled)}.")
        if self.undated:
            found.append(f"With a date that is none or could mean two days, and left out: {numbered(kind, self.undated)}.")
        return found


def articles_of(records: Iterable[Record], source: str, kind: str) -> tuple[list[Article], list[str]]:
    """The articles in ``records`` and notices of all that was not taken.

    ``kind`` says what a record is, in the singular ("row"). Raises Unreadable where no record has a column of text.
    """
    remarks = _Remarks()
    found: list[Article] = []
    names: dict[str, None] = {}
    for record in records:
        names.update(dict.fromkeys(record.values))
        article = _article(record, source, remarks)
        if article is not None:
            found.append(article)
    if names:
        require_text(list(names))
    return found, remarks.notices(kind, PurePosixPath(source).stem)


def require_text(names: Sequence[str]) -> None:
    """Raises Unreadable where none of the columns is one of text."""
    if not any(normal(name) in _BODIES for name in names):
        raise Unreadable(
            f"It has no column of text, only {_columns(names)}.",
            "Call the one that holds the articles' text 'body', 'text', 'content' or 'html'.",
        )


def normal(name: str) -> str:
    """A column's name in one form: ``Published At``, ``published-at`` and ``publishedAt`` are ``published_at``."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", clean(name))
    return re.sub(r"[\W_]+", "_", parted).strip("_").casefold()


def has_text(values: Mapping[str, Any]) -> bool:
    """Whether a record has a text to index."""
    return any(normal(name) in _BODIES and _body(value) for name, value in values.items())


def is_known(name: str) -> bool:
    """Whether a column of this name says something about an article."""
    return normal(name) in _BODIES or any(normal(name) in names for names in _NAMES.values())


def _article(record: Record, source: str, remarks: _Remarks) -> Article | None:
    columns: dict[str, str] = {}
    for name, value in record.values.items():
        if _is_given(value):
            columns.setdefault(normal(name), name)
    given = {name: record.values[column] for name, column in columns.items()}
    body_name = next((name for name in _BODIES if name in given and _body(given[name])), "")
    known, used = _known(given)
    title, body = titled(known.pop("title", None), _blocks(_body(given[body_name]), body_name) if body_name else [])
    if not body:
        remarks.empty.append(record.number)
        return None
    taken = {columns[name] for name in (*used, body_name, *_NUMBERS) if name in columns}
    remarks.unused.update({name: None for name, value in record.values.items() if _is_given(value) and name not in taken})
    if "published" not in known and used & set(_NAMES["published"]):
        remarks.undated.append(record.number)
    if title is None:
        title = f"{PurePosixPath(source).stem} {record.number}"
        remarks.untitled.append(record.number)
    text, sections = assemble(body)
    return Article(f"{source}#{record.number}", source, Metadata(title, **known), text, sections)


def _known(given: Mapping[str, Any]) -> tuple[dict[str, Any], set[str]]:
    """The metadata in the columns of a record, by their normal names, and which of them say it or try to."""
    known: dict[str, Any] = {}
    used: set[str] = set()
    for part, names in _NAMES.items():
        formed = {name: _formed(part, given[name]) for name in names if name in given}
        saying = [name for name, value in formed.items() if value]
        if part == "tags":
            known["tags"] = tuple(dict.fromkeys(tag for name in saying for tag in formed[name]))
            used.update(saying)
        elif saying:
            known[part] = formed[saying[0]]
            used.add(saying[0])
        elif part == "published":
            used.update(formed)
    return known, used


def _formed(part: str, value: Any) -> Any:
    """A value in the form that the field ``part`` of Metadata has."""
    if part == "published":
        return iso_date(value)
    if part == "tags":
        return strings(_named(value) if isinstance(value, list) else _plain(str(value)), ",;|")
    return string(_named(value))


def _named(value: Any) -> Any:
    """A value of metadata without markup; a number is the key of a record elsewhere and names nothing."""
    values = [_unwrapped(one) for one in (value if isinstance(value, list) else [value])]
    return [_plain(one) if isinstance(one, str) else one for one in values if not isinstance(one, int | float)]


def _plain(value: str) -> str:
    if not _HTML.search(value):
        return html.unescape(value)
    return " ".join(block.text for block in _blocks(value, "html"))


def _unwrapped(value: Any) -> Any:
    if isinstance(value, dict):
        return next((value[form] for form in _FORMS if isinstance(value.get(form), str)), value)
    return value


def _is_given(value: Any) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value not in (None, [], {})


def _body(value: Any) -> str:
    """The text in a column of text; none where it holds something else."""
    parts = [_unwrapped(part) for part in (value if isinstance(value, list) else [value])]
    return "\n\n".join(part for part in parts if isinstance(part, str)).strip()


def _blocks(body: str, column: str) -> list[Block]:
    """HTML, Markdown or plain text: what the column's name says, else what it looks like."""
    if "html" in column or _HTML.search(body):
        return blocks(body)
    if "markdown" in column or column == "md" or _MARKDOWN.search(body):
        from footnote.readers.rendering import rendered

        return blocks(rendered(body))
    return _paragraphs(body)


def _paragraphs(text: str) -> list[Block]:
    """Plain text: its paragraphs; the items of a list stay together."""
    found: list[Block] = []
    for row in rows(lines(text)):
        before = found[-1] if found else None
        if before is not None and row.gap == 0 and is_item(row.text) and is_item(before.text):
            found[-1] = Paragraph(f"{before.text}\n{row.text}")
        else:
            found.append(Paragraph(row.text))
    return found


def _columns(names: Sequence[str]) -> str:
    """The columns by name, with the word for them."""
    shown = [f"'{_short(name)}'" for name in names[:_MOST_NAMED]]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return f"the column{'s' if len(names) > 1 else ''} {', '.join(shown)}{more}"


def _short(name: str) -> str:
    cleaned = " ".join(clean(name).split())
    return cleaned if len(cleaned) <= 40 else f"{cleaned[:40]}..."


def numbered(kind: str, numbers: Sequence[int]) -> str:
    """Records by their number: ``rows 3, 7``."""
    shown = ", ".join(map(str, numbers[:_MOST_NAMED]))
    more = f" and {len(numbers) - _MOST_NAMED} more" if len(numbers) > _MOST_NAMED else ""
    return f"{kind}{'s' if len(numbers) > 1 else ''} {shown}{more}"
