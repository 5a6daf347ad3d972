"""HTML to headings and paragraphs: what a browser shows, in its order, each word once."""

import pytest

from footnote.errors import Unreadable
from footnote.readers import htmltree
from footnote.readers.blocks import Heading, Paragraph
from footnote.readers.hypertext import blocks


def texts(html):
    return [block.text for block in blocks(html)]


@pytest.mark.parametrize(
    "html, shown",
    [
        ("", []),
        ("   \n", []),
        ("words", ["words"]),
        ("<p>one<p>two", ["one", "two"]),
        ("<div>one <b>bold</b><div>two</div>three</div>", ["one bold", "two", "three"]),
        ("<p>  many\n spaces\t here  </p>", ["many spaces here"]),
        ("<span>a</span><span>b</span> <span>c</span>", ["ab c"]),
        ("one<br>two<br/>three", ["one\ntwo\nthree"]),
        ("one<br><br>two<br> <br>three", ["one", "two", "three"]),
        ("<blockquote><p>one</p>two</blockquote>", ["one", "two"]),
        ("<figure><img src=x alt=no><figcaption>A caption</figcaption></figure>", ["A caption"]),
        ("caf&eacute; &lt;b&gt; &#8211; &amp;amp; &nope;", ["café <b> – &amp; &nope;"]),
        ("no&nbsp;break, hy&shy;phen, zero&#8203;width, e&#769;", ["no break, hyphen, zerowidth, é"]),
        ("<q>so</q> he said", ["“so” he said"]),
        ("<pre>def f():\n    return 1\n\nprint( 2 )</pre>", ["def f():\n    return 1\nprint( 2 )"]),
        ("<p>before<pre>x\n  y</pre>after", ["before", "x\n  y", "after"]),
        ("<details><summary>More</summary>Inside.</details>", ["More", "Inside."]),
        ("<span style='display:block'>one</span>two", ["one", "two"]),
        ("one<hr>two", ["one", "two"]),
        ("<unknown-thing>words</unknown-thing>", ["words"]),
        ("<p>a</p></body></html><p>after the end</p>", ["a", "after the end"]),
        ("<html:p>named</html:p><html:p>otherwise</html:p>", ["named", "otherwise"]),
    ],
)
def test_what_is_shown_is_kept(html, shown):
    assert texts(html) == shown


@pytest.mark.parametrize(
    "html",
    [
        "<script>no()</script>",
        "<style>no {}</style>",
        "<!-- no -->",
        "<noscript>no</noscript>",
        "<template>no</template>",
        "<svg><title>no</title><text>no</text></svg>",
        "<title>no</title>",
        "<p hidden>no</p>",
        "<p style='color: red; DISPLAY : none'>no</p>",
        "<p style='visibility:hidden'>no</p>",
        "<dialog>no</dialog>",
        "<span class='sr-only'>no</span>",
        "<span aria-hidden='true'>¶</span>",
        "<i class='material-icons' aria-hidden='true'>no</i>",
        "<textarea>no</textarea><select><option>no</select><button>no</button><input value=no>",
        "<iframe>no</iframe><video>no</video><canvas>no</canvas><object>no</object>",
        "<ruby><rt>no</rt></ruby>",
    ],
)
def test_what_is_not_shown_is_left_out(html):
    assert texts(f"<p>Words before.</p>{html}<p>Words after.</p>") == ["Words before.", "Words after."]


@pytest.mark.parametrize(
    "html",
    [
        "<div id=a style='display:none'>yes</div><a aria-controls=a>open</a>",
        "<div id=a class=collapse hidden>yes</div><a data-bs-target='#a'>open</a>",
        "<div role=tabpanel hidden>yes</div>",
        "<div hidden='until-found'>yes</div>",
        "<dialog open>yes</dialog>",
        "<div aria-hidden=true>yes, a whole text under an open dialog</div>",
        "<h3><button aria-expanded=false>yes</button></h3>",
        "<button class=accordion>yes</button>",
        "<div><template shadowrootmode=open>yes</template></div>",
    ],
)
def test_what_a_reader_can_open_is_kept(html):
    assert [text for text in texts(f"<p>Words before, and more of them.</p>{html}") if text.startswith("yes")] != []


def test_a_page_saved_before_it_was_shown_is_not_hidden():
    assert texts("<body style='visibility:hidden'><p>All of it.</p></body>") == ["All of it."]


@pytest.mark.parametrize(
    "html, shown",
    [
        ("<h1>A</h1>", [Heading("A", "A", 1)]),
        ("<h2>A <i>b</i><br>c</h2>", [Heading("A b c", "A b c", 2)]),
        ("<div role=heading aria-level=3>A</div>", [Heading("A", "A", 3)]),
        ("<div role=heading aria-level=99>A</div>", [Heading("A", "A", 6)]),
        ("<h2><div>A</div></h2>text", [Heading("A", "A", 2), Paragraph("text")]),
        ("<h1>A<p>text", [Heading("A", "A", 1), Paragraph("text")]),
        ("<h1>A<h2>B</h2>text", [Heading("A", "A", 1), Heading("B", "B", 2), Paragraph("text")]),
        ("<h2></h2><h2> &nbsp;</h2>text", [Paragraph("text")]),
        ("<h2>A <a class=headerlink href='#a'>¶</a></h2>", [Heading("A", "A", 2)]),
        ("<h2><a href='#a'>#</a> C# and F#</h2>", [Heading("C# and F#", "C# and F#", 2)]),
        ("<h2><a href='/a'>A link</a></h2>", [Heading("A link", "A link", 2)]),
        ("<h2><img src=a alt='Chapter One'></h2>text", [Heading("Chapter One", "Chapter One", 2), Paragraph("text")]),
        ("<h2>" + "x" * 301 + "</h2>", [Paragraph("x" * 301)]),
    ],
)
def test_headings_are_headings_and_prose_is_none(html, shown):
    assert blocks(html) == shown


@pytest.mark.parametrize(
    "html, shown",
    [
        ("<ul><li>one<li>two</ul>", ["• one\n• two"]),
        ("<ol><li>one<li>two</ol>", ["1. one\n2. two"]),
        ("<ol start=7><li>one<li value=9>two<li>three</ol>", ["7. one\n9. two\n10. three"]),
        ("<ol reversed><li>one<li>two</ol>", ["2. one\n1. two"]),
        ("<ol start=x><li>one</ol>", ["1. one"]),
        ("<ul><li>one<ul><li>inner<ol><li>innermost</ol></ul><li>two</ul>", ["• one\n  • inner\n    1. innermost\n• two"]),
        ("<ul><li><p>one</p><p>more</p><li>two</ul>", ["• one\nmore\n• two"]),
        ("<ul><li>one<br>more</ul>", ["• one\nmore"]),
        ("<ul><li></li><li>two</ul>after", ["• two", "after"]),
        ("<p>before<ul><li>one</ul>after", ["before", "• one", "after"]),
        ("<ul><li>one</ul><ul><li>two</ul>", ["• one", "• two"]),
        ("<li>no list<li>around", ["• no list", "• around"]),
        ("<ul><li><input type=checkbox checked disabled>done<li><input type=checkbox>open</ul>", ["• ☑ done\n• ☐ open"]),
        ("<ol><li><h3>Knead</h3><p>Well.</p><li><h3>Wait</h3></ol>", ["1. Knead", "Well.", "2. Wait"]),
        ("<ul><li><h3>Knead</h3><ul><li>a<li>b</ul></ul>", ["Knead", "• a\n• b"]),
        ("<dl><dt>a<dd>b<dt>c<dt>d<dd>e<dd>f</dl>g", ["a\nb", "c", "d\ne\nf", "g"]),
        ("<dl><dt>a<dd>b<ul><li>c<li>d</ul></dl>", ["a\nb\n• c\n• d"]),
        ("<ul>loose<li>one</ul>", ["loose\n• one"]),
    ],
)
def test_lists_keep_their_marks_and_their_depth(html, shown):
    assert texts(html) == shown


def test_a_number_is_not_part_of_a_heading_s_name():
    assert blocks("<ol><li><h3>Knead</h3></ol>") == [Heading("1. Knead", "Knead", 3)]


@pytest.mark.parametrize(
    "html, shown",
    [
        ("<table><tr><th>a<th>b<tr><td>1<td>2</table>", ["a | b\n1 | 2"]),
        ("<table><caption>C</caption><thead><tr><th>a<th>b</thead><tfoot><tr><td>1<td>2</tfoot></table>", ["C\na | b\n1 | 2"]),
        ("<table><tr><td><b>1</b><br>2<td><p>3</p></table>", ["1 2 | 3"]),
        ("<table><tr><td><td>b<tr><td>a<td><tr><td><td></table>", ["| b\na |"]),
        ("<table><tr><td>a<td><ul><li>1<li>2</ul></table>", ["a | • 1 • 2"]),
        ("<table><tr><td>Menu<td><p>One.</p><p>Two.</p></table>", ["Menu", "One.", "Two."]),
        ("<table><tr><td>Menu<td><h1>One</h1></table>", ["Menu", "One"]),
        ("<table><tr><td>Menu<td><table><tr><td>a<td>b</table></table>", ["Menu", "a | b"]),
        ("<table><tr><td>one<tr><td>two</table>", ["one", "two"]),
        ("<table role=presentation><tr><td>a<td>b</table>", ["a", "b"]),
        ("<table>loose<tr><td>a<td>b</table>", ["loose", "a", "b"]),
        ("<table><tr><td>a<td>" + "x" * 501 + "</table>", ["a", "x" * 501]),
        ("<ul><li>one<table><tr><td>a<td>b</table></ul>", ["• one\na | b"]),
    ],
)
def test_a_table_of_data_is_its_rows_and_a_layout_is_its_cells(html, shown):
    assert texts(html) == shown


@pytest.mark.parametrize(
    "html, shown",
    [
        ("word<sup><a href='#fn1'>1</a></sup>", ["word[1]"]),
        ("word<a href='#fn1'><sup>1</sup></a>", ["word[1]"]),
        ("word<a role=doc-noteref href='#x'>a</a>", ["word[a]"]),
        ("word<a epub:type=noteref href='n.xhtml#x'>12</a>", ["word[12]"]),
        ("word<sup><a href='#cite_note-1'>[1]</a></sup>", ["word[1]"]),
        ("word<a href='#fn1'>see the note</a>", ["wordsee the note"]),
        ("10<sup>3</sup> m<sup>-1</sup>", ["10³ m⁻¹"]),
        ("H<sub>2</sub>O, 1<sup>st</sup>", ["H2O, 1st"]),
        ("<ol><li>note <a href='#r1'>↩︎</a></ol>", ["1. note"]),
        ("<ol><li>note <a role=doc-backlink href='#r1'>↩</a></ol>", ["1. note"]),
        ("<p><a class=sdfootnotesym href='#sdfootnote1anc'>1</a>note", ["[1] note"]),
    ],
)
def test_marks_of_notes_and_raised_numbers_stay_apart_from_the_word(html, shown):
    assert texts(html) == shown


# --- pages that nobody wrote by hand -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("depth", [300, 100_000])
@pytest.mark.parametrize("tag", ["div", "b"])
def test_however_deep_the_nesting_no_word_is_lost(tag, depth):
    html = f"<p>before</p>{f'<{tag}>' * depth}deep{f'</{tag}>' * depth}<p>after</p>"
    assert texts(html) == ["before", "deep", "after"]


def test_deep_lists_do_not_fill_the_memory_with_spaces():
    (list_of_all,) = texts("<ul><li>x" * 5_000)
    assert len(list_of_all) < 5_000 * 120
    assert list_of_all.count("• x") == 5_000


@pytest.mark.parametrize(
    "html, shown",
    [
        ("<p>x</p>" + "<a " * 2_000_000, ["x"]),
        ("<p " + " ".join(f"a{n}=1" for n in range(100_000)) + ">x</p>", ["x"]),
        ("<" * 1_000_000, ["<" * 1_000_000]),
        ("&amp;" * 500_000, ["&" * 500_000]),
        ("<p>x</p><!-- " * 100_000, ["x"]),
        ("<p>x</p><script>" * 100_000, ["x"]),
    ],
    ids=["unclosed tags", "attributes", "less-than signs", "entities", "comments", "scripts"],
)
def test_markup_made_to_be_slow_is_read(html, shown):
    assert texts(html) == shown


def test_more_elements_than_any_text_has_are_refused(monkeypatch):
    monkeypatch.setattr(htmltree, "MAX_ELEMENTS", 1_000)
    with pytest.raises(Unreadable) as caught:
        blocks("<i>" * 1_001)
    assert caught.value.reason == "It has more than 1,000 elements, which no article has."
    assert caught.value.remedy == "Save its words as text."


def test_nul_and_lone_surrogates_are_no_words():
    assert texts("<p>a\0b &#xD800; \ud800c</p>") == ["ab � ?c"]
