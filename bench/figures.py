"""The figures that documents show, as SVG: bytes that depend on the results alone, ink and paper that follow light and dark.

Matplotlib draws with two stand-ins for the colours of ink and paper; a style sheet in the file says what they are.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_INK, _PAPER = "#010203", "#fdfcfb"
_OURS, _SECOND, _THEIRS = "#2f7de1", "#d9730d", "#8b929c"  # legible on both papers
_SHEET = """<style>
:root { --ink: #1f2328; --paper: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --ink: #d8dee4; --paper: #14171c; } }
</style>"""
_SETTINGS: Any = {
    "svg.hashsalt": "footnote",
    "svg.fonttype": "none",
    "font.size": 10.0,
    "figure.facecolor": _PAPER,
    "savefig.facecolor": _PAPER,
    "axes.facecolor": "none",
    "axes.spines.top": False,
    "axes.spines.right": False,
    **dict.fromkeys(("text.color", "axes.edgecolor", "axes.labelcolor", "axes.titlecolor", "xtick.color", "ytick.color"), _INK),
}
_PERCENTILES = (("p50", _OURS, "o"), ("p95", _SECOND, "s"), ("p99", _SECOND, "s"))


def scale(result: dict[str, Any]) -> str:
    """Time of one question by the size of the library."""
    rows = result["libraries"]
    sizes = [row["build"]["passages"] for row in rows]
    times = {part: [row["ask"].get(f"one question, {part} ms") for row in rows] for part in ("p50", "p99")}

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        axes.set(xscale="log", xlabel="passages", ylabel="ms a question", title="One question, everything on")
        _lines(axes, sizes, times)
        axes.set_xticks(sizes, [f"{size:,}" for size in sizes])
        axes.minorticks_off()

    return _drawn(6.4, 3.6, draw)


def page(result: dict[str, Any]) -> str:
    """Time from question to answer in the browser by the number of readers who each ask every five seconds."""
    rows = [row for row in result["readers"] if row["pace"] == "paced"]
    readers = [row["readers"] for row in rows]
    times = {part: [row[f"{part} ms"] for row in rows] for part in ("p50", "p95")}

    def draw(figure: Figure) -> None:
        axes = figure.subplots()
        _lines(axes, readers, times)
        axes.set_xticks(readers, [str(count) for count in readers])
        axes.set(
            xlabel="readers, a question every 5 s from each", ylabel="ms to the answer", title="The page, many readers at once"
        )

    return _drawn(6.4, 3.6, draw)


def peers(result: dict[str, Any]) -> str:
    """Footnote and its peers side by side: how fast they take in, how soon a fresh process answers, what it holds then."""
    rows = list(reversed(result["participants"]))
    names = [row["name"] for row in rows]
    panels = {
        "ingest, passages/s": "Ingest, passages a second",
        "fresh process to first answer, s": "Fresh process to first answer, s",
        "memory of that process, MB": "Memory of that process, MB",
    }

    def draw(figure: Figure) -> None:
        for axes, (key, title) in zip(figure.subplots(1, len(panels), sharey=True), panels.items(), strict=True):
            values = [row["median"][key] for row in rows]
            colours = [_OURS if name.startswith("Footnote") else _THEIRS for name in names]
            bars = axes.barh(names, values, color=colours, height=0.62)
            axes.bar_label(bars, [f"{value:,g}" for value in values], padding=3)
            axes.set_title(title, fontsize=10.0)
            axes.set_xlim(0, max(values) * 1.22)
            axes.spines["bottom"].set_visible(False)
            axes.tick_params(bottom=False, labelbottom=False, left=False)

    return _drawn(10.0, 0.5 + 0.36 * len(rows), draw)


DRAWN: dict[str, Callable[[dict[str, Any]], str]] = {"page": page, "peers": peers, "scale": scale}
"""What is drawn of a result, by the result's name."""


def _lines(axes: Axes, along: Sequence[int], times: dict[str, list[float | None]]) -> None:
    for part, colour, marker in _PERCENTILES:
        known = [(at, value) for at, value in zip(along, times.get(part, ()), strict=False) if value is not None]
        if known:
            axes.plot(*zip(*known, strict=True), color=colour, marker=marker)
            for at, value in known:
                axes.annotate(f"{value:,g}", (at, value), textcoords="offset points", xytext=(0, 6), ha="center")
            axes.annotate(part, known[-1], textcoords="offset points", xytext=(24, -4), color=colour)
    axes.set_ylim(0, 1.18 * max(value for values in times.values() for value in values if value is not None))
    axes.margins(x=0.12)


def _drawn(width: float, height: float, draw: Callable[[Figure], None]) -> str:
    import matplotlib
    from matplotlib.figure import Figure

    with matplotlib.rc_context(_SETTINGS), io.StringIO() as file:
        figure = Figure(figsize=(width, height), layout="constrained")
        draw(figure)
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        drawn = file.getvalue()
    begins = drawn.index(">", drawn.index("<svg")) + 1
    drawn = f"{drawn[:begins]}\n{_SHEET}{drawn[begins:]}".replace(_INK, "var(--ink)").replace(_PAPER, "var(--paper)")
    return "\n".join(line.rstrip() for line in drawn.splitlines()) + "\n"
