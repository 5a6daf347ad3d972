"""What the results say, drawn and written down: python -m bench.report

Draws ``docs/images/NAME.svg`` of those results in bench/results/ that have a figure, and writes the tables into
``docs/performance.md``, each between its two marks. Words around the marks are left alone; what has no result yet is said so.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from bench.figures import DRAWN
from bench.machine import RESULTS

DOCS = RESULTS.parents[1] / "docs"
_MARK = re.compile(r"<!-- results: (\w+) -->\n.*?<!-- end -->", re.DOTALL)


def main() -> int:
    """Draws and writes; names what was written."""
    for path in report(RESULTS, DOCS):
        print(path)
    return 0


def report(results: Path, docs: Path) -> list[Path]:
    """Writes the figures and tables of ``results`` into ``docs``; the files written."""
    written = []
    (docs / "images").mkdir(exist_ok=True)
    for name, draw in DRAWN.items():
        if (result := read(results, name)) is not None:
            path = docs / "images" / f"{name}.svg"
            path.write_text(draw(result), encoding="utf-8")
            written.append(path)
    document = docs / "performance.md"
    document.write_text(with_tables(document.read_text(encoding="utf-8"), results), encoding="utf-8")
    return [*written, document]


def read(results: Path, name: str) -> dict[str, Any] | None:
    """A result; None where it has not been measured."""
    path = results / f"{name}.json"
    found: dict[str, Any] | None = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
    return found


def with_tables(document: str, results: Path) -> str:
    """``document`` with what stands between each pair of marks written anew."""

    def written(mark: re.Match[str]) -> str:
        name = mark[1]
        result = read(results, name)
        if result is None:
            text = f"*Not measured yet; `python -m bench.{name}` does it.*"
        else:
            text = f"{_TABLES.get(name, _plain)(result)}\n\n{measured_on(result)}"
            text += f"\n\n![{_CAPTIONS[name]}](images/{name}.svg)" if name in DRAWN else ""
        return f"<!-- results: {name} -->\n{text}\n<!-- end -->"

    return _MARK.sub(written, document)


def measured_on(result: Mapping[str, Any]) -> str:
    """One line: when, on what, how busy it was."""
    machine = result["machine"]
    load = result.get("load of the machine before")
    busy = f"; the load before it was {load}" if load is not None else ""
    return (
        f"*Measured {machine['measured_at'][:10]}: {machine['processor']}, {machine['cores']} cores, "
        f"{machine['memory_gib']} GiB, Python {machine['python']}{busy}.*"
    )


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table, the first column to the left and numbers to the right."""
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def shown(value: Any) -> str:
    """A value as a table shows it."""
    if value is None:
        return "too few"
    return f"{value:,.10g}" if isinstance(value, int | float) else str(value)


def _plain(result: Mapping[str, Any]) -> str:
    """Every figure of a result that is one number."""
    rows = [[name, shown(value)] for name, value in result.items() if isinstance(value, int | float) and "load of" not in name]
    return markdown(["", "measured"], rows)


def _scale(result: Mapping[str, Any]) -> str:
    libraries = result["libraries"]
    head = ["", *(f"{one['build']['passages']:,} passages" for one in libraries)]
    rows = [
        [name, *(shown(one[step].get(name, "-")) for one in libraries)]
        for step in ("build", "ask")
        for name in dict.fromkeys(name for one in libraries for name in one[step])
        if name not in ("passages", "seconds", "search")
    ]
    rows.append(["search", *(one["build"]["search"]["kind"] for one in libraries)])
    return markdown(head, rows)


def _page(result: Mapping[str, Any]) -> str:
    columns = ["answers", "errors", "p50 ms", "p95 ms", "answers/s"]
    rows = [[f"{row['readers']}, {row['pace']}", *(shown(row[name]) for name in columns)] for row in result["readers"]]
    return f"{_plain(result)}\n\n{markdown(['readers', *columns], rows)}"


def _peers(result: Mapping[str, Any]) -> str:
    from bench.peers.summary import FIRST, MEMORY, QUESTION, RATE

    columns = [RATE, FIRST, MEMORY, QUESTION, "one question, p99 ms", "ingest, peak MB", "disk, bytes a passage"]
    agreeing = [name for name in result["participants"][-1] if name.startswith("found of")]
    rows = [
        [row["name"], *(shown(row["median"][name]) for name in columns), *(shown(row.get(name, "-")) for name in agreeing)]
        for row in result["participants"]
    ]
    compared = [row for row in result["participants"] if "ratios" in row]
    names = list(compared[0]["ratios"]) if compared else []
    shares = [[row["name"], *(shown(row["ratios"][name]) for name in names)] for row in compared]
    about = (
        f"{result['passages']:,} passages of {result['mean tokens a passage']} tokens on average, "
        f"{result['questions']} questions, the median of {result['rounds']} rounds:"
    )
    parts = [about, markdown(["", *columns, *agreeing], rows)]
    if shares:
        parts += ["Footnote's figure divided by the peer's, round by round:", markdown(["peer", *names], shares)]
    who = [f"- **{row['name']}.** {row['what']} {_versions(row)}".rstrip() for row in result["participants"]]
    who += [f"- **{name}** is left out. {why}" for name, why in result["left out"].items()]
    parts.append("\n".join(who))
    return "\n\n".join(parts)


def _versions(row: Mapping[str, Any]) -> str:
    return f"({', '.join(f'{name} {version}' for name, version in row['versions'].items())})" if row["versions"] else ""


_TABLES: dict[str, Callable[[Mapping[str, Any]], str]] = {"page": _page, "peers": _peers, "scale": _scale}
_CAPTIONS = {
    "page": "Time to the answer by the number of readers",
    "peers": "Ingest, first answer and memory of Footnote and its peers",
    "scale": "Time of one question by the size of the library",
}


if __name__ == "__main__":
    sys.exit(main())
