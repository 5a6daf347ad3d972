"""PDFs that were made to do harm, in a parser process of an ingest."""

import pytest

from tests.unit.readers.pdfs import CATALOG, FONT, PAGE, PAGES, line, page_of, read_limited, stream, written


def nested_pages(depth):
    middle = [b"<</Type/Pages/Kids[%d 0 R]/Count 1>>" % (number + 1) for number in range(2, depth)]
    page = PAGE.replace(b"4 0 R", b"%d 0 R" % (depth + 1)).replace(b"5 0 R", b"%d 0 R" % (depth + 2))
    return written(CATALOG, *middle, page, stream(line(b"Bread")), FONT)


def forms_in_forms(width, depth):
    """Forms that each draw the next so many times."""
    calls = b"/X Do " * width
    resources = b"<</Font<</F1 5 0 R>>/XObject<</X %d 0 R>>>>"
    forms = [
        b"<</Subtype/Form/BBox[0 0 9 9]/Resources"
        + resources % (number + 1)
        + b"/Length %d>>\nstream\n%s\nendstream" % (len(calls), calls)
        for number in range(6, 6 + depth)
    ]
    last = b"<</Subtype/Form/BBox[0 0 9 9]/Resources<</Font<</F1 5 0 R>>>>" + stream(line(b"Bread")).removeprefix(b"<<")
    page = PAGE.replace(b"<</Font<</F1 5 0 R>>>>", resources % 6)
    return written(CATALOG, PAGES, page, stream(b"/X Do"), FONT, *forms, last)


HOSTILE = {
    "a page of 500 MB": (lambda: page_of(b" " * 500_000_000, 2), {"died (-6)", "memory"}),
    "3,000,000 operators": (lambda: page_of(b"q Q " * 3_000_000, 1), {"Its pages hold no text."}),
    "1,000,000 texts in one place": (lambda: page_of(line(b"ab") * 1_000_000, 1), {"read 2"}),
    "a text of 10 MB": (lambda: page_of(line(b"a" * 10_000_000), 1), {"Its pages hold no text."}),
    "3,000 nodes of pages in each other": (lambda: nested_pages(3_000), {"It is damaged: none of its pages can be read."}),
    "a million pages that are not there": (
        lambda: written(CATALOG, b"<</Type/Pages/Kids[3 0 R]/Count 1000000>>", PAGE, stream(line(b"Bread")), FONT),
        {"It has 1,000,000 pages, more than 5,000."},
    ),
    "an array 200,000 deep": (
        lambda: written(
            CATALOG, PAGES, PAGE, stream(line(b"Bread")), FONT, b"[" * 200_000 + b"]" * 200_000, trailer=b"/Info 6 0 R"
        ),
        {"read 5"},
    ),
    "a form that draws itself": (
        lambda: forms_in_forms(2, 0).replace(b"BT /F1 12 Tf", b"/X Do /X Do "),
        {"Its pages hold no text.", "died (-6)", "memory"},
    ),
    "a billion forms": (lambda: forms_in_forms(10, 9), {"died (-6)", "died (-9)", "memory"}),
    "a table of objects in a circle": (lambda: page_of(line(b"Bread")).replace(b"/Size", b"/Prev 9/Size"), {"read 5"}),
    "bookmarks in a circle": (
        lambda: written(
            b"<</Type/Catalog/Pages 2 0 R/Outlines 6 0 R>>",
            *(PAGES, PAGE, stream(line(b"Bread")), FONT),
            *(b"<</First 7 0 R/Last 7 0 R/Count 1>>", b"<</Title(a)/Next 7 0 R/First 7 0 R/Parent 6 0 R>>"),
        ),
        {"read 5"},
    ),
    "3,000 times the same page": (
        lambda: written(
            CATALOG, b"<</Type/Pages/Kids[%s]/Count 3000>>" % (b"3 0 R " * 3_000), PAGE, stream(line(b"Bread")), FONT
        ),
        {"read 20991"},
    ),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_file_made_to_do_harm_ends_within_the_limits(name):
    make, expected = HOSTILE[name]
    assert read_limited(make()) in expected
