"""What changed between two states of a folder of articles. A state maps each file to the SHA-256 of its bytes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from footnote.records import Changes


def changes_between(before: Mapping[str, str], now: Mapping[str, str]) -> Changes:
    """New, changed, renamed and gone files. The hash of a file that can't be read is empty and equals no other."""
    arrived: defaultdict[str, list[str]] = defaultdict(list)
    for name in sorted(now.keys() - before.keys(), reverse=True):
        arrived[now[name]].append(name)
    left = sorted(before.keys() - now.keys())
    renamed = tuple((name, arrived[before[name]].pop()) for name in left if before[name] and arrived[before[name]])
    old, new = {name for name, _ in renamed}, {name for _, name in renamed}
    return Changes(
        new=tuple(sorted(now.keys() - before.keys() - new)),
        changed=tuple(sorted(name for name in now.keys() & before.keys() if now[name] != before[name])),
        renamed=renamed,
        gone=tuple(name for name in left if name not in old),
    )
