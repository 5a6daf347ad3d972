"""An ingest is killed at a system call; then the index says all of the old or all of the new, and the next ingest works."""

import pytest

from footnote.build import build
from tests.conftest import Silent
from tests.torture.conftest import faults_of, found_in, ingest, length, spread

KILLED = (-9, 137)


@pytest.mark.torture
@length(8)
def test_a_killed_ingest_leaves_the_old_or_the_new_and_never_a_mixture(prepared, strace, tmp_path, figures, most):
    points = faults_of(strace, prepared.kb, prepared.copy(tmp_path / "index"), tmp_path / "log")
    kinds, bad, states = {}, [], {1: 0, 2: 0}
    for call, number in spread(points, most):
        index = prepared.copy(tmp_path / "index")
        status, errors = ingest(
            prepared.kb,
            index,
            *strace,
            "-o",
            str(tmp_path / "log"),
            "-e",
            f"trace={call}",
            "-e",
            f"inject={call}:signal=SIGKILL:when={number}",
        )
        if status not in KILLED:
            bad.append((call, number, "was not killed", status, errors))
            continue
        kinds[call] = kinds.get(call, 0) + 1
        try:
            states[found_in(index)] += 1
            build(prepared.kb, index, Silent())
            assert found_in(index) == 2
            left = sorted(path.name for path in (index / "snapshots").iterdir())
            assert len(left) == 2 and not [name for name in left if name.startswith(".")]
        except Exception as error:
            bad.append((call, number, repr(error)))
    figures("killed", points=sum(kinds.values()), kinds=kinds, old=states[1], new=states[2], bad=len(bad))
    assert bad == []
