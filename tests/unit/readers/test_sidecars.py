"""NAME.meta.yaml beside NAME: what it says counts more than what the file says."""

import hashlib

import pytest

from footnote.readers import read_articles
from footnote.records import Metadata, Notice, Refusal

MEND = "Put quotes around a value that holds a colon, or remove it."


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "kb"
    folder.mkdir()
    (folder / "bread.md").write_text("---\nauthor: A. Baker\ntags: [home]\n---\n# Bread\n\nIt needs time.\n", encoding="utf-8")
    return folder


def readings(folder):
    return {reading.source: reading for reading in read_articles(folder)}


def metadata(folder, sidecar, name="bread.md"):
    (folder / f"{name}.meta.yaml").write_text(sidecar, encoding="utf-8")
    return [article.metadata for article in readings(folder)[name].articles]


def test_every_field_of_an_article_can_be_said_beside_it(folder):
    sidecar = (
        "title: Bread at home\nauthor: Ann Lee\npublished: 5 March 2024\ntags: [baking, slow food]\n"
        "url: https://bread.example/\nlanguage: en-GB\nsummary: It waits.\n"
    )
    assert metadata(folder, sidecar) == [
        Metadata(
            "Bread at home",
            "Ann Lee",
            "2024-03-05",
            ("baking", "slow food"),
            "https://bread.example/",
            "en-GB",
            "It waits.",
        )
    ]


def test_what_a_sidecar_does_not_say_stays_as_the_file_says_it(folder):
    assert metadata(folder, "date: 2024-03\nauthor:\n") == [Metadata("Bread", "A. Baker", "2024-03", ("home",))]
    assert metadata(folder, "by: [Ann Lee, Bo Roe]\ntags: []\n") == [Metadata("Bread", "Ann Lee, Bo Roe", None, ("home",))]


def test_a_sidecar_is_no_article_but_has_its_hash(folder):
    metadata(folder, "title: Loaf\n")
    found = readings(folder)
    assert list(found) == ["bread.md", "bread.md.meta.yaml"]
    sidecar = found["bread.md.meta.yaml"]
    assert (sidecar.articles, sidecar.notices, sidecar.refusal, sidecar.format) == ((), (), None, "metadata")
    assert sidecar.sha256 == hashlib.sha256(b"title: Loaf\n").hexdigest()
    assert found["bread.md"].articles[0].text == "It needs time."


def test_a_title_beside_the_file_answers_the_notice_that_it_has_none(folder):
    (folder / "bread.md").write_text("It needs time.\n", encoding="utf-8")
    assert [notice.text for notice in readings(folder)["bread.md"].notices] == [
        "It has no title and is shown as 'bread': give it a 'title:' in its front matter or a '# heading'."
    ]
    assert metadata(folder, "title: Loaf\n") == [Metadata("Loaf")]
    assert readings(folder)["bread.md"].notices == ()


def test_of_several_articles_only_what_they_share_is_said_beside_them(folder):
    (folder / "two.csv").write_text("title,text\nOne,First.\nTwo,Second.\n", encoding="utf-8")
    assert metadata(folder, "title: Both\nsummary: Of both.\nauthor: Ann Lee\nlanguage: en\n", "two.csv") == [
        Metadata("One", "Ann Lee", language="en"),
        Metadata("Two", "Ann Lee", language="en"),
    ]
    assert readings(folder)["two.csv"].notices == (
        Notice("two.csv", "It holds 2 articles, so title and summary in two.csv.meta.yaml are not used."),
    )


def test_fields_that_are_not_known_are_named(folder):
    metadata(folder, "title: Loaf\nmood: calm\nrating: 5\ndate: 03/04/2024\n")
    assert [notice.text for notice in readings(folder)["bread.md.meta.yaml"].notices] == [
        "Nothing is taken from 'mood', 'rating'; the fields are title, author, published, tags, url, language, summary.",
        "Its date is none or could mean two days, and is not used: write it as 2024-03-05.",
    ]


@pytest.mark.parametrize(
    "sidecar, reason, remedy",
    [
        ("title: Bread: a love story\n", "It is not valid YAML (line 1).", MEND),
        ("- a\n- b\n", "It is not a list of 'key: value' lines.", "Write it so, or remove it."),
        ("Bread\n", "It is not a list of 'key: value' lines.", "Write it so, or remove it."),
        ("", "It is empty.", "Write fields such as 'title: ...' in it, or remove it."),
        ("# title: Loaf\n", "It is empty.", "Write fields such as 'title: ...' in it, or remove it."),
        ("a: &a [b]\ntitle: *a\n", "It is not valid YAML.", MEND),
        ("[" * 2_000, "It is not valid YAML (line 1).", MEND),
        ("title: " + "a" * 100_000, "It has 100,007 bytes, more than 100,000.", "Keep metadata in it alone."),
    ],
)
def test_a_broken_sidecar_is_refused_and_the_article_is_read_without_it(folder, sidecar, reason, remedy):
    assert metadata(folder, sidecar) == [Metadata("Bread", "A. Baker", tags=("home",))]
    assert readings(folder)["bread.md.meta.yaml"].refusal == Refusal("bread.md.meta.yaml", reason, remedy)


def test_a_binary_sidecar_and_one_that_is_a_link_are_refused(folder, tmp_path):
    (folder / "bread.md.meta.yaml").write_bytes(bytes(range(256)))
    (tmp_path / "outside.yaml").write_text("title: Secret\n")
    (folder / "salt.md").write_text("# Salt\n\nIt keeps.\n")
    (folder / "salt.md.meta.yaml").symlink_to(tmp_path / "outside.yaml")
    found = readings(folder)
    assert [found[name].refusal.reason for name in ("bread.md.meta.yaml", "salt.md.meta.yaml")] == [
        "It holds binary data, not text.",
        "It is a link, and links are not followed.",
    ]
    assert found["salt.md"].articles[0].metadata == Metadata("Salt")


@pytest.mark.parametrize("name", ["bread.meta.yaml", "loaf.md.meta.yaml", "bread.md.meta.yaml.meta.yaml"])
def test_a_sidecar_without_its_file_is_refused(folder, name):
    (folder / name).write_text("title: Loaf\n")
    if name.startswith("bread.md"):
        (folder / "bread.md.meta.yaml").write_text("title: Loaf\n")
    assert readings(folder)[name].refusal == Refusal(
        name,
        f"There is no file '{name.removesuffix('.meta.yaml')}' beside it.",
        "Give it the whole name of the file that it is about, with '.meta.yaml' behind it, or remove it.",
    )
