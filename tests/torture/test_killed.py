"""An ingest is killed at a system call; then the index says all of the old or all of the new, and the next ingest works."""

from collections import Counter

from footnote.build import build
from tests.conftest import Silent
from tests.torture.conftest import faults_of, found_in, ingest, length, spread

KILLED = (-9, 137)


@length(4)
def test_a_killed_ingest_leaves_the_old_or_the_new_and_never_a_mixture(prepared, strace, tmp_path, figures, most):
    log = tmp_path / "log"
    points = faults_of(strace, prepared.kb, prepared.copy(tmp_path / "index"), log)
    assert len(points) >= 75
    kinds, states, inside, missed, bad = Counter(), Counter(), 0, 0, []
    for fault in spread(points, most):
        index = prepared.copy(tmp_path / "index")
        status, errors = ingest(prepared.kb, index, *fault.command(strace, log))
        if (status, errors) == (0, "") and not fault.met(log):
            missed += 1  # threads share their work out anew in every run
            continue
        kinds[fault.call] += 1
        inside += any(str(index) in call for call in fault.met(log))
        try:
            assert status in KILLED
            found = found_in(index)
            states[found] += 1
            assert found in (1, 2)
            build(prepared.kb, index, Silent())
            assert found_in(index) == 2
            left = sorted(path.name for path in (index / "snapshots").iterdir())
            assert len(left) == 2 and not [name for name in left if name.startswith(".")]
        except Exception as error:
            bad.append((fault, status, errors, repr(error)))
    killed = sum(kinds.values())
    figures("killed", points=killed, inside=inside, kinds=kinds, old=states[1], new=states[2], missed=missed, bad=len(bad))
    assert bad == []
    assert killed >= (75 if most is None else most - 1)
