"""The marked sentence with the real model."""

from footnote.search import Searcher


def test_a_heading_inside_a_passage_is_never_the_marked_sentence(tmp_path, encoder):
    from footnote.build import build
    from tests.conftest import Silent

    kb, index = tmp_path / "kb", tmp_path / "real"
    kb.mkdir()
    (kb / "a.md").write_text("# Pets\n\n## Dogs\n\nThey bark.\n\n## Cats\n\nThey purr.\n", encoding="utf-8")
    build(kb, index, Silent())
    searching = Searcher.open(index)
    hit = searching.ask("Cats").hits[0]
    assert hit.passage.text == "They bark.\n\nCats\n\nThey purr."
    assert [hit.passage.text[start:end] for start, end in hit.highlights] != ["Cats"]
    searching.close()
