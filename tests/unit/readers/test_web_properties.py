"""Whatever a page, a book or a Markdown text is made of: it is read or refused, and every offset agrees."""

import io
import re
import zipfile
from itertools import count, pairwise

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from footnote.errors import Unreadable
from footnote.passages import split
from footnote.readers import epub, markdown, webpage
from footnote.readers.hypertext import blocks
from footnote.settings import PassageSettings

SMALL = PassageSettings(target_tokens=12, least_tokens=3, context_tokens=8)
SHOWN = """
    div p section article main nav aside footer header h1 h2 h6 ul ol li dl dt dd table tr td th pre code blockquote figure
    figcaption a b i font center details summary form label x-y
""".split()
TAGS = (
    """
    html head body title hr br q sup sub img input button script style template noscript svg math iframe select option textarea
    time dialog ruby rt o:p meta link caption thead tbody fieldset
""".split()
    + SHOWN
)
ATTRIBUTES = """
    class="comments"|class="entry-content"|class="sidebar toc"|id=main|role=main|role=navigation|role=heading|aria-level=2|hidden
    |style="display:none"|style="display:block"|href="#fn1"|href="/a"|rel=author|rel=tag|itemprop=author|epub:type=pagebreak
    |epub:type=noteref|epub:type=toc|datetime=2024-01-02|start=3|value=9|reversed|type=checkbox|checked|name=author
    |content="Ann Lee"|property=og:title|aria-hidden=true|lang=en|alt="A loaf"
""".split("|")
MARKS = """# ;## ;- ;1. ;> ;    ;\t;```\n;~~~;***;---\n;===\n;\n\n;\n;  \n;: ;:::;::: tip x\n;[^1];[^1]: ;^[;[[;]];![[;|;[x] ;[ ]
;| a | b |\n;|-|-|\n;<div>;</div>;<!--;-->;<b>;<script>;+++\n;title = 'x'\n;title: x\n;[a];(b);*;_;`;~~;{#x};> [!NOTE]\n""".split(
    ";"
)

words = st.sampled_from(
    [
        "Bread.",
        "Salt and water are enough for a loaf.",
        " ",
        "\n",
        "1",
        "[1]",
        "¶",
        "&nbsp;",
        "&lt;",
        "&#0;",
        "&bad;",
        "é",
        "👩‍👧",
    ]
)
letters = st.text(st.characters(codec="utf-8"), max_size=12)
opening = st.builds(
    lambda tag, attributes, end: f"<{' '.join([tag, *attributes])}{end}",
    st.sampled_from(TAGS),
    st.lists(st.sampled_from(ATTRIBUTES).map(str.strip), max_size=3),
    st.sampled_from([">", ">", ">", ">", "/>", " ", ""]),
)
closing = st.sampled_from(TAGS).map(lambda tag: f"</{tag}>")
odd = st.sampled_from(
    ["<!--", "-->", "<![CDATA[", "]]>", "<!DOCTYPE html>", "<!DOCTYPE x [", "]>", "<?xml version='1.0'?>", "<", "'"]
)
html = st.lists(st.one_of(opening, opening, closing, words, words, letters, odd), max_size=60).map("".join)
text = st.lists(st.one_of(st.sampled_from(MARKS), words, letters, opening), max_size=60).map("".join)
encoded = st.builds(
    lambda page, name: page.encode(name, "replace"), html, st.sampled_from(["utf-16", "cp1252", "shift_jis", "utf-7"])
)
tree = st.recursive(
    st.just("word"), lambda inner: st.tuples(st.sampled_from(SHOWN), st.lists(inner, min_size=1, max_size=4)), max_leaves=25
)


def hold(articles, notices):
    """What holds of every article, whatever it was made from."""
    for notice in notices:
        notice.encode()
    for article in articles:
        sections = article.sections
        article.text.encode()
        repr(article.metadata).encode()
        assert article.metadata.title
        assert (sections[0].start, sections[-1].end) == (0, len(article.text))
        assert [article.text[one.end : other.start] for one, other in pairwise(sections)] == ["\n\n"] * (len(sections) - 1)
        assert [one for one in sections if not one.start <= one.body <= one.end] == []
        assert [one.path for one in sections if not all(name.strip() for name in one.path)] == []
        passages = split(article, lambda texts: [len(one.split()) for one in texts], 32, SMALL)
        assert [one.text for one in passages] == [article.text[one.start : one.end] for one in passages]


def attempt(read, given_file):
    try:
        hold(*read(given_file, "a"))
    except Unreadable as error:
        assert error.reason
        assert error.remedy


def examples(number):
    return settings(max_examples=number, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@examples(150)
@given(html)
def test_any_markup_is_a_page_or_refused(markup):
    attempt(webpage.read, markup.encode())


@examples(100)
@given(st.one_of(st.binary(max_size=200), encoded))
def test_any_bytes_are_a_page_or_refused(content):
    attempt(webpage.read, content)


@examples(150)
@given(text)
def test_any_text_is_markdown(markup):
    attempt(markdown.read, markup)


@examples(100)
@given(
    st.lists(html, max_size=3),
    st.lists(st.tuples(letters, st.sampled_from(["c0", "c1#a", "c9", "../c0", "%2e%2e/x"])), max_size=3),
)
def test_any_zip_is_a_book_or_refused(chapters, contents):
    items = "".join(f'<item id="i{number}" href="c{number}"/>' for number in range(len(chapters)))
    order = "".join(f'<itemref idref="i{number}"/>' for number in range(len(chapters)))
    entries = "".join(f'<li><a href="{href}">{label}</a></li>' for label, href in contents)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as file:
        file.writestr("a.opf", f'<package><item id="n" href="nav" properties="nav"/>{items}{order}</package>')
        file.writestr("nav", f'<nav epub:type="toc"><ol>{entries}</ol></nav>')
        for number, chapter in enumerate(chapters):
            file.writestr(f"c{number}", chapter)
    attempt(epub.read, held.getvalue())


def written(node, numbers):
    """A tree as HTML, a number behind each of its words."""
    if node == "word":
        return f" w{next(numbers)} "
    tag, inside = node
    return f"<{tag}>{''.join(written(one, numbers) for one in inside)}</{tag}>"


@examples(200)
@given(st.lists(tree, max_size=6))
def test_every_word_of_any_nesting_is_kept_once_and_in_order(nodes):
    numbers = count()
    markup = "".join(written(node, numbers) for node in nodes)
    found = [int(word) for block in blocks(markup) for word in re.findall(r"w(\d+)", block.text)]
    assert found == list(range(next(numbers)))
