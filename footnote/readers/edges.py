"""What stands above and below an article inside the element that holds it: bylines, crumbs, links to more, last lines.

Only what is no prose, or stands under a heading such as "Comments", is taken out here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from footnote.readers.htmltree import HEADINGS, Node, is_heading
from footnote.readers.weights import Run, Weights

_CERTAIN_HEADING = re.compile(
    r"(?:\d+ )?(?:comments?|responses|replies)(?: \(?\d+\)?)?|\d+ thoughts? on\b.*|leave a (?:reply|comment)"
    r"|join the conversation|discussion about this.*|related (?:posts?|articles?|stories|topics|content)|recommended for you"
    r"|you (?:might|may) also (?:like|enjoy|be interested in)|(?:read|up) next|keep reading|recent (?:posts|comments)"
    r"|about the author|written by\b.*"
    r"|(?:\d+ )?kommentare?(?: \(?\d+\)?)?|ähnliche (?:artikel|beiträge)|mehr zum thema|das könnte (?:sie|dich|ihnen|dir) auch.*"
    r"|(?:\d+ )?commentaires?|articles (?:similaires|liés)|à lire (?:aussi|également)"
    r"|(?:\d+ )?comentarios?|artículos relacionados|(?:\d+ )?reacties|gerelateerde? .*",
    re.IGNORECASE,
)
_LIKELY_HEADING = re.compile(
    r"(?:more (?:from|on|in|like|stories)|most (?:read|viewed|popular)|popular|trending|latest|share|follow|subscribe|sign up"
    r"|tags|categories|archives|explore|navigation|related|recommended|top|newsletter|advertisement|weitere|teilen|partager)\b.*",
    re.IGNORECASE,
)
_CONTENTS = re.compile(
    r"(?:table of )?contents|on this page|in this article|inhalt(?:sverzeichnis)?|sommaire|índice|inhoud", re.IGNORECASE
)
_LEADING_AWAY = re.compile(
    r"(?:related|read (?:more|also|next)|also read|more on this|tags|topics"
    r"|lesen sie auch|mehr dazu|lire aussi|à lire|lees ook)\s*:"
    r"|(?:posted|filed) (?:in|under)\b",
    re.IGNORECASE,
)
_LAST_LINE = re.compile(
    r"^(?:\(c\)|copyright|powered by|proudly powered)\b|^(?:this )?(?:page )?(?:was )?last (?:updated|modified|changed|edited)\b"
    r"|©|\ball rights reserved\b|\balle rechte vorbehalten\b|\btous droits réservés\b",
    re.IGNORECASE,
)
_LONGEST_LINE = 300  # characters of a last line, or of one that leads away
_HIGHEST = 5  # elements around a line that are looked at
_BEFORE_TITLE = 0.1  # of the page's prose; what stands above the title and holds more is no menu


def trim(scope: Node, heading: Node | None, weights: Weights) -> int:
    """Takes out of the element that holds an article what stands before its title and what is none of its text.

    Returns how many characters of prose are left.
    """
    inside = set(scope.walk())
    runs = [run for run in weights.runs if run.node in inside]
    gone = set(range(_title_place(runs, heading, weights.prose))) | _sections_around(runs)
    content = [place for place, run in enumerate(runs) if place not in gone and run.is_content]
    first, last = (content[0], content[-1]) if content else (len(runs), -1)
    headed = next((place for place in range(last + 1, len(runs)) if _level(runs[place])), len(runs))
    for place, run in enumerate(runs):
        if run.linked * 2 > run.own and _says(_LEADING_AWAY.match, run):
            gone.add(place)
        elif place < first:
            if _leads_elsewhere(run, weights) or _says(_CONTENTS.fullmatch, run):
                gone.add(place)
        elif last < place < headed and not _stands_by_paragraph(run) and _leads_elsewhere(run, weights):
            gone.add(place)
    gone |= _last_lines(runs, gone)
    _take_out_runs([runs[place] for place in gone])
    return sum(run.own for place, run in enumerate(runs) if run.is_prose and place not in gone)


def _title_place(runs: Sequence[Run], heading: Node | None, prose: int) -> int:
    """The index of the title among the runs; 0 where none is known, or where prose stands above it."""
    held = set(heading.walk()) if heading is not None else set()
    place = next((place for place, run in enumerate(runs) if run.node in held), 0)
    above = sum(run.own for run in runs[:place] if run.is_content)
    return place if above <= prose * _BEFORE_TITLE else 0


def _sections_around(runs: Sequence[Run]) -> set[int]:
    """The indexes of the runs under headings such as "Comments" in the second half of the text."""
    levels = [_level(run) for run in runs]
    total = sum(run.own for run in runs if run.is_content)
    gone: set[int] = set()
    seen = place = 0
    while place < len(runs):
        end = place + 1
        if levels[place] and seen * 2 >= total:
            while end < len(runs) and not 0 < levels[end] <= levels[place]:
                end += 1
            if _is_around(runs[place], runs[place + 1 : end]):
                gone.update(range(place, end))
                place = end
                continue
        seen += runs[place].own * runs[place].is_content
        place += 1
    return gone


def _is_around(heading: Run, section: Sequence[Run]) -> bool:
    """Whether what stands under a heading is none of the article, by the heading's words."""
    if _says(_CERTAIN_HEADING.fullmatch, heading):
        return True
    mostly_links = sum(run.linked for run in section) * 2 >= sum(run.own for run in section)
    return mostly_links and _says(_LIKELY_HEADING.match, heading)


def _last_lines(runs: Sequence[Run], gone: set[int]) -> set[int]:
    """The indexes of the lines at the very end that say whose the page is and when it was changed."""
    found: set[int] = set()
    for place in range(len(runs) - 1, -1, -1):
        if place in gone:
            continue
        if _says(_LAST_LINE.search, runs[place]):
            found.add(place)
        elif runs[place].is_content:
            break
    return found


def _level(run: Run) -> int:
    """The level of the heading that a run is; 0 where it is none."""
    node: Node | None = run.node
    for _ in range(3):
        if node is not None and is_heading(node):
            return HEADINGS.get(node.tag, 2)
        node = node.parent if node is not None else None
    return 0


def _stands_by_paragraph(run: Run) -> bool:
    """Whether the run is one of the article's paragraphs, or in a list right beside one, and not in a box of its own."""
    if run.node.tag == "p":
        return run.linked < run.own
    node: Node | None = run.node
    for _ in range(_HIGHEST):
        if node is None or node.tag in ("ul", "ol"):
            break
        node = node.parent
    beside = node.parent.children if node is not None and node.parent is not None and node.tag in ("ul", "ol") else ()
    return any(isinstance(child, Node) and child.tag == "p" for child in beside)


def _leads_elsewhere(run: Run, weights: Weights) -> bool:
    """Whether the run, or something without prose that it stands in, is mostly links; code with links in it is code."""
    if weights[run.node].in_code:
        return False
    if run.linked * 5 > run.own * 3:
        return True
    node: Node | None = run.node
    for _ in range(_HIGHEST):
        if node is None or weights[node].prose:
            return False
        if weights[node].linked * 5 > node.size * 3:
            return True
        node = node.parent
    return False


def _says(fits: Callable[[str], object], run: Run) -> bool:
    return run.own <= _LONGEST_LINE and bool(fits(run.text()))


def _take_out_runs(runs: Sequence[Run]) -> None:
    gone: dict[Node, set[int]] = {}
    for run in runs:
        gone.setdefault(run.node, set()).update(range(run.start, run.end))
    for node, places in gone.items():
        node.children = [child for place, child in enumerate(node.children) if place not in places]
