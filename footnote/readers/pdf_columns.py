"""The words of a page -> its lines in the order of reading: columns, boxes at their side, rows of tables.

What parts columns is white space that runs down beside several lines; what parts cells of a table is the same between a few
words. Knows positions, not articles.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

from footnote.readers.pdf_letters import Word
from footnote.readers.pdf_lines import Line, joined, rows, to_line, to_lines, typical

_GUTTER = 0.8  # of the text's size: the least width of white space between columns or cells
_DEEPEST = 4  # columns within columns
_LEAST_LINES = 3  # in a column
_LEAST_ROWS = 3  # in a table
_PROSE_WORDS = 3.0  # a line of prose has on average, in the narrowest column
_BOX_WORDS = 1.8  # the same where the columns' lines are no neighbours, so that they are no cells
_CELL_WORDS = 12.0  # a line of a cell has at most, on average
_FILLED = 0.55  # the share of a column's width that its typical line fills, where it is prose
_WRAPPED = 1.7  # times its size: the farthest that the next line of a cell stands below

Span = tuple[float, float]


def read(words: Sequence[Word], page: int, first_column: int) -> list[Line]:
    """The lines of a page in the order of reading; their columns are numbered from ``first_column``."""
    if not words:
        return []
    found: list[Line] = []
    for region in _regions(rows(words), _DEEPEST):
        column = found[-1].column + 1 if found else first_column
        found += [replace(line, page=page, column=column) for line in region]
    return found


def _regions(found: Sequence[list[Word]], depth: int) -> Iterator[list[Line]]:
    """The lines of each column, box or table, one after another."""
    start = index = 0
    edges = (min(row[0].x0 for row in found) - 1, max(word.x1 for row in found for word in row) + 1)
    while index < len(found):
        end, gutters = _shared_gutters(found, index, edges) if depth else (index + 1, [])
        parted = _parted(found[index:end], gutters) if gutters else None
        if parted is None:
            index += 1
            continue
        if start < index:
            yield to_lines([word for row in found[start:index] for word in row])
        while parted.is_table and len(_cut([found[end - 1]], parted.cuts)[0]) == len(found[end - 1]):
            end -= 1  # a line that ends early under a table is none of its rows
        yield from _told(parted, found, index, end, depth)
        start = index = end
    if start < len(found):
        yield to_lines([word for row in found[start:] for word in row])


def _shared_gutters(found: Sequence[list[Word]], start: int, edges: Span) -> tuple[int, list[Span]]:
    """How far down from row ``start`` some white space runs that has words on both its sides, and where it is."""
    best: tuple[int, list[Span]] = (start + 1, [])
    width = _GUTTER * typical(found[start])
    if start + 1 < len(found) and not _is_first(found[start], found[start + 1], width):
        return best
    free: list[Span] = [edges]
    bottom = found[start][0].base
    left, right = edges[1], edges[0]
    for index in range(start, len(found)):
        row = found[index]
        if min(word.base for word in row) - bottom > 4 * typical(row) and index > start:
            break  # what stands far below has columns of its own
        free = [part for span in free for part in _without(span, row) if part[1] - part[0] >= width]
        left, right = min(left, row[0].x0), max(right, row[-1].x1)
        inner = [span for span in free if span[0] > left and span[1] < right]
        is_other = len(inner) < len(best[1]) and index - start >= _LEAST_ROWS and not _gaps(row, width)
        if not free or is_other or (best[1] and not inner):
            break
        if inner:
            best = (index + 1, inner)
        bottom = max(word.base for word in row)
    return best


def _is_first(row: Sequence[Word], below: Sequence[Word], width: float) -> bool:
    """Whether columns can begin with a row: it has a gap, or the next one is its right or left neighbour, a little lower."""
    return _gaps(row, width) or row[0].x0 > below[-1].x1 or below[0].x0 > row[-1].x1


def _gaps(row: Sequence[Word], width: float) -> bool:
    return any(word.x0 - before.x1 >= width for before, word in pairwise(row))


def _without(span: Span, row: Sequence[Word]) -> Iterator[Span]:
    """What a row leaves free of a span."""
    start = span[0]
    for word in row:
        if word.x0 >= span[1]:
            break
        if word.x1 > start:
            if word.x0 > start:
                yield start, word.x0
            start = max(start, word.x1)
    if start < span[1]:
        yield start, span[1]


@dataclass(frozen=True, slots=True)
class _Parted:
    """Rows cut at their gutters: the columns, each the words of it, and whether they are read as a table, row by row."""

    cuts: list[float]
    columns: list[list[Word]]
    is_table: bool


def _parted(found: Sequence[list[Word]], gutters: Sequence[Span]) -> _Parted | None:
    """The columns that ``gutters`` make of the rows; None where the rows are lines of one column all the same."""
    every = [span[0] for span in gutters]
    widest = [max(gutters, key=lambda span: span[1] - span[0])[0]]
    for cuts in (every, widest):
        columns = _cut(found, cuts)
        least = _PROSE_WORDS if _is_level(columns) else _BOX_WORDS
        if all(_is_prose(column, least) for column in columns) and not _is_grid(columns):
            return _Parted(cuts, columns, is_table=False)
    columns = _cut(found, every)
    return _Parted(every, columns, is_table=True) if _is_table(found, columns, every) else None


def _cut(found: Sequence[list[Word]], cuts: Sequence[float]) -> list[list[Word]]:
    columns: list[list[Word]] = [[] for _ in range(len(cuts) + 1)]
    for row in found:
        for word in row:
            columns[sum(word.x0 >= cut for cut in cuts)].append(word)
    return columns


def _is_level(columns: Sequence[Sequence[Word]]) -> bool:
    """Whether the lines of the columns stand beside each other, as the cells of a table do."""
    first, *others = ([row[0].base for row in rows(column)] for column in columns)
    return all(2 * sum(any(abs(base - own) < 1 for own in first) for base in other) > len(other) for other in others)


def _is_prose(column: Sequence[Word], least: float) -> bool:
    """Whether lines of several words, at least so many on average, fill the column."""
    found = rows(column)
    if len(found) < _LEAST_LINES:
        return False
    width = max(word.x1 for word in column) - min(word.x0 for word in column)
    filled = median(row[-1].x1 - row[0].x0 for row in found)
    return len(column) / len(found) >= least and filled >= _FILLED * width


def _is_grid(columns: Sequence[Sequence[Word]]) -> bool:
    """Whether the columns are cells of several lines: three times and more they begin together behind a gap."""
    begun = [_beginnings(column) for column in columns]
    together = [base for base in begun[0] if all(any(abs(base - other) < 2 for other in one) for one in begun[1:])]
    return len(together) > 2 and 5 * len(together) >= 4 * max(map(len, begun))


def _beginnings(column: Sequence[Word]) -> list[float]:
    """The baselines of the lines with more space above them than lines of the column have."""
    bases = [row[0].base for row in rows(column)]
    steps = [below - above for above, below in pairwise(bases)]
    usual = min(steps, default=0)
    return [base for base, step in zip(bases[1:], steps, strict=True) if step > 1.15 * usual]


def _is_table(found: Sequence[list[Word]], columns: Sequence[Sequence[Word]], cuts: Sequence[float]) -> bool:
    """Whether short cells stand beside each other in most rows; the numbers and bullets of a list are no cells."""
    if any(len(column) / len(rows(column)) > _CELL_WORDS for column in columns):
        return False
    if all(_is_marker(row) for row in rows(columns[0])):
        return False
    full = [row for row in found if sum(map(bool, _cut([row], cuts))) > 1]
    return len(full) >= _LEAST_ROWS and 2 * len(full) > len(found) and all(_is_parted(row, cuts) for row in full)


def _is_parted(row: Sequence[Word], cuts: Sequence[float]) -> bool:
    """Whether the cells of a row stand clearly further apart than its words, which a full line sets apart too."""
    within: list[float] = []
    between: list[float] = []
    for line in _by_base(row):
        for before, word in pairwise(line):
            (between if any(before.x0 < cut <= word.x0 for cut in cuts) else within).append(word.x0 - before.x1)
    return not within or not between or min(between) > 2 * median(within)


def _by_base(row: Sequence[Word]) -> list[list[Word]]:
    """The lines of a row whose cells have several: a cell in the middle may stand between two lines of another."""
    found: dict[int, list[Word]] = {}
    for word in row:
        found.setdefault(round(word.base), []).append(word)
    return list(found.values())


def _is_marker(row: Sequence[Word]) -> bool:
    """Whether a row is the bullet or number of a list's item, a heading or a footnote, alone."""
    text = row[0].text.strip("().:")
    return len(row) == 1 and (len(text) < 2 or all(part.isdigit() or len(part) < 2 for part in text.split(".")))


def _told(parted: _Parted, found: Sequence[list[Word]], start: int, end: int, depth: int) -> Iterator[list[Line]]:
    """The lines of rows that were parted: of a table row by row, else of one column after the other."""
    if parted.is_table:
        yield list(_table(found[start:end], parted.columns))
        return
    above, below = found[start - 1] if start else None, found[end] if end < len(found) else None
    aside = _aside(parted.columns, above, below)
    order = [column for column in parted.columns if column is not aside]
    for column in order:
        yield from _regions(rows(column), depth - 1)
    if aside is not None:
        yield [replace(line, aside=True) for region in _regions(rows(aside), depth - 1) for line in region]


def _aside(columns: Sequence[list[Word]], above: list[Word] | None, below: list[Word] | None) -> list[Word] | None:
    """The column that is a box in the text: of two, the one that goes on less evenly from the line above and to that below."""
    if len(columns) != 2 or below is None:
        return None
    left, right = (_evenness(column, above, below) for column in columns)
    return None if left == right else columns[1] if left > right else columns[0]


def _evenness(column: Sequence[Word], above: list[Word] | None, below: list[Word]) -> int:
    bases = [row[0].base for row in rows(column)]
    leading = median(one - other for other, one in pairwise(bases))
    count = int(abs(typical(below) - typical(column)) < 0.5)
    steps = [below[0].base - bases[-1], *([bases[0] - above[0].base] if above else [])]
    return count + sum(abs(step - leading) < 0.12 * leading for step in steps)


def _table(found: Sequence[list[Word]], columns: Sequence[Sequence[Word]]) -> Iterator[Line]:
    """The rows of a table; a line without a first cell, close under another, goes on with that one's cells."""
    cuts = [min(word.x0 for word in column) - 0.1 for column in columns[1:]]
    done: list[tuple[list[Word], list[str]]] = []
    for row in found:
        cells = [" ".join(map(joined, rows(cell))) for cell in _cut([row], cuts)]
        wraps = done and not cells[0] and row[0].base - done[-1][0][-1].base < _WRAPPED * typical(row)
        if done and wraps:
            merged = [" ".join(filter(None, pair)) for pair in zip(done[-1][1], cells, strict=True)]
            done[-1] = (done[-1][0], merged)
        else:
            done.append((row, cells))
    left = min(row[0].x0 for row in found)
    right = max(word.x1 for row in found for word in row)
    for row, cells in done:
        yield to_line(row, left, right, tuple(cells))
