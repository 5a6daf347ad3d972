"""Which files of a folder are left out: by the patterns of one ingest, and by the folder's own ``.footnoteignore``.

Patterns are those of a ``.gitignore`` file. Knows names, not what is in the files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from footnote.errors import PatternInvalid, Unreadable

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

IGNORE_FILE = ".footnoteignore"
SIDECAR_SUFFIX = ".meta.yaml"


@dataclass(frozen=True, slots=True)
class Patterns:
    """What one ingest takes and leaves out: a file is taken that matches any of ``include``, or where there are none, and
    none of ``exclude``."""

    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    def as_options(self) -> list[str]:
        """The words of the command line that say the same."""
        return [
            word
            for name, patterns in (("--include", self.include), ("--exclude", self.exclude))
            for pattern in patterns
            for word in (name, pattern)
        ]


def chooser(patterns: Patterns, ignored: str = "") -> Callable[[str], bool]:
    """Whether a file is taken, by its path relative to the folder; ``ignored`` is the text of an ignore file.

    A sidecar goes with its file: ``--include '*.pdf'`` takes ``bread.pdf.meta.yaml`` too. Raises PatternInvalid.
    """
    include = _spec(patterns.include, "--include")
    left_out = [_spec(patterns.exclude, "--exclude"), _spec(ignored.splitlines(), IGNORE_FILE)]
    specs = [spec for spec in left_out if spec is not None]

    def is_taken(name: str) -> bool:
        names = {name, name.removesuffix(SIDECAR_SUFFIX)}
        is_included = include is None or any(map(include.match_file, names))
        return is_included and not any(spec.match_file(one) for spec in specs for one in names)

    return is_taken


def ignore_file(kb: Path, read: Callable[[Path], bytes]) -> str:
    """The text of the folder's ignore file, empty where there is none. Raises PatternInvalid: what the owner wants left out must
    not be taken because the list can't be read."""
    path = kb / IGNORE_FILE
    try:
        if not path.exists() and not path.is_symlink():
            return ""
    except PermissionError:
        return ""  # nothing in such a folder can be read, which is said of the folder
    try:
        return read(path).decode("utf-8-sig")
    except Unreadable as error:
        raise PatternInvalid(f"The file {path} can't be used. {error}") from error
    except UnicodeDecodeError as error:
        raise PatternInvalid(f"The file {path} can't be used: it is not UTF-8. Save it again as UTF-8.") from error


def _spec(patterns: Sequence[str], named_by: str) -> GitIgnoreSpec | None:
    if not patterns:
        return None
    from pathspec import GitIgnoreSpec

    try:
        return GitIgnoreSpec.from_lines(patterns)
    except ValueError as error:
        raise PatternInvalid(f"A pattern of {named_by} can't be used: {error}. Write it as in a .gitignore file.") from error
