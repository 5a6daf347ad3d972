"""A change to a sidecar, through a whole ingest."""

import pytest

from footnote.build import build
from footnote.snapshot import current_snapshot
from footnote.status import Changes, status


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "bread.md").write_text("---\nauthor: A. Baker\ntags: [home]\n---\n# Bread\n\nIt needs time.\n", encoding="utf-8")
    return folder


def test_a_change_beside_a_file_makes_the_index_out_of_date_and_embeds_nothing_anew(folder, index, watcher):
    build(folder, index, watcher)
    assert status(index, folder).changes == Changes((), (), (), ())
    (folder / "bread.md.meta.yaml").write_text("author: Ann Lee\n")
    assert status(index, folder).changes == Changes(("bread.md.meta.yaml",), (), (), ())
    report = build(folder, index, watcher)
    assert (report.outcome, report.articles, report.embedded, report.reused) == ("built", 1, 0, 1)
    assert status(index, folder).changes == Changes((), (), (), ())
    (folder / "bread.md.meta.yaml").write_text("author: Bo Roe\n")
    assert status(index, folder).changes == Changes((), ("bread.md.meta.yaml",), (), ())
    (folder / "bread.md.meta.yaml").unlink()
    assert status(index, folder).changes == Changes((), (), (), ("bread.md.meta.yaml",))
    assert current_snapshot(index).manifest.kb.keys() == {"bread.md", "bread.md.meta.yaml"}
