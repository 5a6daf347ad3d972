"""What the results say is what the documents show: figures and tables are written from them, and equal those kept."""

import json
import shutil

from bench.figures import DRAWN
from bench.report import report, shown, with_tables
from tests.conftest import ROOT

RESULTS = ROOT / "bench" / "results"
DOCS = ROOT / "docs"
MACHINE = {"measured_at": "2026-02-03T04:05:06+00:00", "processor": "Slow", "cores": 2, "memory_gib": 4.0, "python": "3.11.7"}
RATIOS = {"whole ingest, Footnote / peer": 3.0}


def participant(name, rate, **more):
    figures = {
        "ingest, passages/s": rate,
        "fresh process to first answer, s": 0.5,
        "memory of that process, MB": 140.0,
        "one question, p50 ms": 7.0,
        "one question, p99 ms": 9.5,
        "ingest, peak MB": 300.0,
        "disk, bytes a passage": 7380.0,
    }
    return {"name": name, "what": f"What {name} does.", "versions": {}, "median": figures, **more}


PEERS = {
    "machine": MACHINE,
    "passages": 1200,
    "mean tokens a passage": 130.5,
    "questions": 160,
    "rounds": 3,
    "load of the machine before": 0.2,
    "participants": [
        participant("Footnote", 30.0),
        participant("Peer", 10.0, ratios=RATIOS, versions={"peer": "1.2"}) | {"found of what plain finds": 0.975},
    ],
    "left out": {"Other": "Its environment could not be made: no such version."},
}


def test_the_documents_show_what_the_results_say(tmp_path):
    docs = tmp_path / "docs"
    docs.mkdir()
    shutil.copyfile(DOCS / "performance.md", docs / "performance.md")
    drawn = [f"images/{name}.svg" for name in sorted(DRAWN) if (RESULTS / f"{name}.json").exists()]
    written = [path.relative_to(docs).as_posix() for path in report(RESULTS, docs)]
    assert written == [*drawn, "performance.md"]
    assert sorted(path.relative_to(docs).as_posix() for path in docs.rglob("*") if path.is_file()) == sorted(written)
    # Where this fails after a new result: python -m bench.report
    assert [name for name in written if (docs / name).read_bytes() != (DOCS / name).read_bytes()] == []


def test_every_result_that_is_drawn_has_its_place_in_the_document():
    text = (DOCS / "performance.md").read_text(encoding="utf-8")
    assert [name for name in DRAWN if text.count(f"<!-- results: {name} -->") != 1] == []


def test_what_has_no_result_yet_is_said_so(tmp_path):
    before = "Above.\n<!-- results: peers -->\n| an old table |\n<!-- end -->\nBelow.\n"
    said = "*Not measured yet; `python -m bench.peers` does it.*"
    assert with_tables(before, tmp_path) == f"Above.\n<!-- results: peers -->\n{said}\n<!-- end -->\nBelow.\n"


def test_a_result_of_plain_figures_is_one_table(tmp_path):
    result = {"machine": MACHINE, "passages": 2250, "load of the machine before": 11.3, "full, s": 607.25, "rows": []}
    (tmp_path / "ingest.json").write_text(json.dumps(result), encoding="utf-8")
    table = "|  | measured |\n| --- | ---: |\n| passages | 2,250 |\n| full, s | 607.25 |"
    measured = "*Measured 2026-02-03: Slow, 2 cores, 4.0 GiB, Python 3.11.7; the load before it was 11.3.*"
    assert with_tables("<!-- results: ingest -->\n<!-- end -->", tmp_path) == (
        f"<!-- results: ingest -->\n{table}\n\n{measured}\n<!-- end -->"
    )


def test_peers_have_their_figures_their_shares_and_who_is_left_out(tmp_path):
    (tmp_path / "peers.json").write_text(json.dumps(PEERS), encoding="utf-8")
    lines = with_tables("<!-- results: peers -->\n<!-- end -->", tmp_path).splitlines()
    assert [line for line in lines if line] == [
        "<!-- results: peers -->",
        "1,200 passages of 130.5 tokens on average, 160 questions, the median of 3 rounds:",
        "|  | ingest, passages/s | fresh process to first answer, s | memory of that process, MB | one question, p50 ms | "
        "one question, p99 ms | ingest, peak MB | disk, bytes a passage | found of what plain finds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
        "| Footnote | 30 | 0.5 | 140 | 7 | 9.5 | 300 | 7,380 | - |",
        "| Peer | 10 | 0.5 | 140 | 7 | 9.5 | 300 | 7,380 | 0.975 |",
        "Footnote's figure divided by the peer's, round by round:",
        "| peer | whole ingest, Footnote / peer |",
        "| --- | ---: |",
        "| Peer | 3 |",
        "- **Footnote.** What Footnote does.",
        "- **Peer.** What Peer does. (peer 1.2)",
        "- **Other** is left out. Its environment could not be made: no such version.",
        "*Measured 2026-02-03: Slow, 2 cores, 4.0 GiB, Python 3.11.7; the load before it was 0.2.*",
        "![Ingest, first answer and memory of Footnote and its peers](images/peers.svg)",
        "<!-- end -->",
    ]


def test_a_figure_is_the_same_bytes_each_time_and_follows_light_and_dark():
    drawn = DRAWN["peers"](PEERS)
    assert drawn == DRAWN["peers"](PEERS)
    assert "prefers-color-scheme: dark" in drawn
    assert "<dc:date>" not in drawn
    assert [label for label in (">Footnote<", ">Peer<", ">30<", ">10<") if label not in drawn] == []


def test_numbers_are_shown_as_they_are_read():
    assert [shown(value) for value in (1234567, 140.0, 0.0698, None, "exact")] == [
        "1,234,567",
        "140",
        "0.0698",
        "too few",
        "exact",
    ]
