"""Ingests that are killed again and again without a clean one between leave no more behind than three times one index."""

from tests.torture.conftest import faults_of, found_in, ingest, length, size_of, spread


@length(3)
def test_killed_ingests_do_not_fill_the_disk(prepared, strace, tmp_path, figures, most):
    index = prepared.copy(tmp_path / "index")
    # The late ones leave most behind.
    points = faults_of(strace, prepared.kb, prepared.copy(tmp_path / "tried"), tmp_path / "log")
    late = [fault for fault in points if fault.call in ("fsync", "rename")][-20:]
    one = max(size_of(path) for path in (index / "snapshots").iterdir())
    sizes = []
    for fault in spread(late, most or 20):
        status, _ = ingest(prepared.kb, index, *fault.command(strace, tmp_path / "log"), options=("--rebuild",))
        assert status in (-9, 137)
        sizes.append(size_of(index / "snapshots"))
    figures(
        "leftovers", killed=len(sizes), one=one, most=max(sizes), times=round(max(sizes) / one, 2), bad=int(max(sizes) > 3 * one)
    )
    assert found_in(index) in (1, 2)
    assert max(sizes) <= 3 * one
    assert ingest(prepared.kb, index, options=("--rebuild",)) == (0, "")
    assert found_in(index) == 2
    assert len(list((index / "snapshots").iterdir())) == 2
