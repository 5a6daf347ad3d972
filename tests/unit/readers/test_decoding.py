"""From bytes to text: what is certain is read so, what is likely is read right, what is no text is refused."""

import pytest

from footnote.errors import Unreadable
from footnote.readers import read_articles
from footnote.readers.decoding import Line, clean, decode, lines

ENGLISH = (
    "My grandmother kept two jars on the windowsill, one for buttons and one for advice. “Eat first,” she’d say – and the café "
    "downstairs would send up two rolls. The advice was written on the backs of receipts, and she let you draw one if you "
    "washed up afterwards. Most of it concerned soup.\n"
)
GERMAN = (
    "Die Größe des Gartens spielt für Bienen keine große Rolle. Wichtiger ist, dass vom Frühjahr bis in den Herbst etwas "
    "blüht. Wer möchte, lässt eine Ecke stehen und mäht sie erst im Oktober; über Nacht schlafen dort Käfer, Hummeln und "
    "manchmal ein müder Zitronenfalter.\n"
)
FRENCH = (
    "Où va-t-on cet été ? Le garçon d’à côté préfère la forêt, où l’on dort mieux, même si les nuits y sont fraîches. Sa sœur "
    "aimerait la mer, et leur père, comme chaque année, ne dit rien et répare la tente. Ça dépendra de la météo.\n"
)
RUSSIAN = (
    "Хлеб на закваске требует времени, но почти не требует усилий. Вечером смешайте муку, воду и соль, накройте миску "
    "полотенцем и оставьте до утра. Утром тесто вырастет вдвое, и его можно будет сложить, дать ему отдохнуть и поставить в "
    "горячую духовку.\n"
)
JAPANESE = (
    "犬が玄関のベルに吠えるのは、たいてい二つの理由があります。知らない人に帰ってほしいか、うれしくてどうしたらいいか分からないかです。"
    "大きな声で叱ると、犬は飼い主も一緒に吠えていると思ってしまいます。静かにできたときに、すぐにおやつをあげてください。\n"
)
BINARY = ("It holds binary data, not text.", "Remove it, or save its text as UTF-8.")


def refusal(content):
    with pytest.raises(Unreadable) as caught:
        decode(content)
    return caught.value.reason, caught.value.remedy


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, RUSSIAN, JAPANESE, "👩\u200d👩\u200d👧 and e\u0301\r\n", "plain", ""])
def test_utf_8_is_read_letter_by_letter(text):
    assert decode(text.encode()) == (text, "utf-8")


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert decode(b"\xef\xbb\xbf" + GERMAN.encode()) == (GERMAN, "utf-8-sig")


@pytest.mark.parametrize("bom, encoding", [(b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be")])
@pytest.mark.parametrize("text", [ENGLISH, GERMAN, RUSSIAN, JAPANESE, "A 👍🏽\r\n"])
def test_utf_16_with_a_byte_order_mark_is_read_in_either_byte_order(bom, encoding, text):
    assert decode(bom + text.encode(encoding)) == (text, "utf-16")


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("text", [ENGLISH, GERMAN, "Plain words and nothing else.\r\n"])
def test_utf_16_without_a_byte_order_mark_is_known_by_its_zeros(encoding, text):
    assert decode(text.encode(encoding)) == (text, encoding)


@pytest.mark.parametrize("paragraphs", [1, 5])
@pytest.mark.parametrize(
    "text, encoding",
    [
        (ENGLISH, "cp1252"),
        (GERMAN, "latin-1"),
        (GERMAN, "cp1252"),
        (FRENCH, "cp1252"),
        (RUSSIAN, "koi8_r"),
        (RUSSIAN, "cp1251"),
        (JAPANESE, "shift_jis"),
        (JAPANESE, "euc_jp"),
    ],
)
def test_a_paragraph_in_a_legacy_encoding_keeps_every_letter(text, encoding, paragraphs):
    whole = "\n".join([text] * paragraphs)
    assert decode(whole.encode(encoding))[0] == whole


# Where a Western text fits cp1250 as well, it is not taken for it: à è ê ï ñ å œ would become ŕ č ę ď ń ĺ ś.
@pytest.mark.parametrize(
    "words",
    [
        "Don’t be naïve, she said.",
        "Her résumé was brief – and dinner à la carte…",
        "The piñata’s façade fell off.",
        "A tête-à-tête cost €5.",
        "Señor Núñez’s crème brûlée.",
        "The smörgåsbord was Zoë’s.",
    ],
)
def test_an_english_text_in_cp1252_keeps_its_few_borrowed_letters(words):
    text = f"{words} {ENGLISH}"
    assert decode(text.encode("cp1252"))[0] == text


def test_the_owner_of_a_file_that_is_not_utf_8_is_told_what_it_was_read_as(tmp_path):
    path = tmp_path / "bread.txt"
    path.write_bytes(("Хлеб\n\n" + RUSSIAN).encode("koi8_r"))
    (reading,) = read_articles(tmp_path)
    assert [(article.metadata.title, article.text) for article in reading.articles] == [("Хлеб", RUSSIAN.strip())]
    assert [notice.text for notice in reading.notices] == [
        "It is not UTF-8 and was read as koi8_r; if letters look wrong, save it again as UTF-8."
    ]


@pytest.mark.parametrize("bom, encoding", [(b"", "utf-8"), (b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le")])
def test_a_file_in_a_certain_encoding_gives_no_notice(tmp_path, bom, encoding):
    path = tmp_path / "bees.txt"
    path.write_bytes(bom + f"Bienen\n\n{GERMAN}".encode(encoding))
    (reading,) = read_articles(tmp_path)
    assert (reading.articles[0].text, reading.notices) == (GERMAN.strip(), ())


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)),
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x01\x00\x00\x00\x00\xf0",
        b"\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00" * 20,
        b"\x00" * 100,
        b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01",
    ],
    ids=["all bytes", "PNG", "ELF", "zeros", "JPEG"],
)
def test_binary_data_is_refused(content):
    assert refusal(content) == BINARY


@pytest.mark.parametrize(
    "content, reason",
    [
        (b"\xef\xbb\xbfcaf\xe9", "It begins as utf-8-sig but byte 3 does not fit."),
        (b"\xff\xfea\x00b", "It begins as utf-16 but byte 4 does not fit."),
        (bytes(range(0x80, 0x90)) * 4, "Byte 0 is not UTF-8 and no other encoding fits."),
    ],
)
def test_what_fits_no_encoding_is_refused_with_the_byte_that_does_not_fit(content, reason):
    assert refusal(content) == (reason, "Save it again as UTF-8.")


def test_a_few_stray_zeros_in_a_text_are_left_out_of_its_lines():
    text, encoding = decode(b"A stray \x00zero in a line that is text otherwise, as some exports have.\n")
    assert encoding == "utf-8"
    assert lines(text) == [Line("A stray zero in a line that is text otherwise, as some exports have.", 0)]


def test_every_kind_of_line_end_ends_a_line_and_offsets_are_of_the_decoded_text():
    text = "One\r\nTwo\rThree\nFour\u2028Five\u2029Six\x85Seven\x0cEight\r\n\r\nTen"
    found = lines(text)
    assert found == [
        Line("One", 0),
        Line("Two", 5),
        Line("Three", 9),
        Line("Four", 15),
        Line("Five", 20),
        Line("Six", 25),
        Line("Seven", 29),
        Line("Eight", 35, opens_page=True),
        Line("", 42),
        Line("Ten", 44),
    ]
    assert all(text[line.offset :].startswith(line.text) for line in found)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        ("\n", [Line("", 0)]),
        ("a", [Line("a", 0)]),
        ("a\n", [Line("a", 0)]),
        ("\n\na", [Line("", 0), Line("", 1), Line("a", 2)]),
    ],
)
def test_a_line_end_at_the_end_begins_no_further_line(text, expected):
    assert lines(text) == expected


def test_a_line_is_stripped_of_its_indentation_and_keeps_the_offset_of_its_beginning():
    assert lines("a\n \t\u00a0 b\u3000\nc") == [Line("a", 0), Line("b", 2), Line("c", 9)]


@pytest.mark.parametrize(
    "text, expected",
    [
        ("hyphen\u00adated", "hyphenated"),
        ("zero\u200bwidth", "zerowidth"),
        ("word\u2060joiner", "wordjoiner"),
        ("\ufeffmark", "mark"),
        ("no\u00a0break", "no break"),
        ("thin\u2009and\u202fnarrow\u3000and\twide", "thin and narrow and wide"),
        ("cafe\u0301 in Zu\u0308rich", "caf\u00e9 in Z\u00fcrich"),
        ("e\u200b\u0301", "\u00e9"),
        ("\u1112\u1161\u11ab", "\ud55c"),
        ("nul\x00 bell\x07 delete\x7f c1\x9f", "nul bell delete c1"),
        ("lone\ud800surrogate", "lonesurrogate"),
        ("👩\u200d👩\u200d👧 👍🏽", "👩\u200d👩\u200d👧 👍🏽"),
        ("ﬁne print ½", "ﬁne print ½"),
    ],
)
def test_a_text_is_cleaned_to_what_a_reader_sees(text, expected):
    assert clean(text) == expected


@pytest.mark.parametrize(
    "name, opening, heading",
    [("cafe.md", "# Le cafe\u0301\n\n", "## A\u0300 table\n\n"), ("cafe.txt", "Le cafe\u0301\n\n", "A\u0300 table\n\n")],
)
def test_a_decomposed_file_gives_composed_text_whatever_its_format(tmp_path, name, opening, heading):
    path = tmp_path / name
    path.write_bytes((opening + heading + "Le the\u0301 a\u0300\u00a0la men\u00adthe y est\u200b servi.\n").encode())
    ((article,),) = [reading.articles for reading in read_articles(tmp_path)]
    assert article.metadata.title == "Le caf\u00e9"
    assert article.text == "\u00c0 table\n\nLe th\u00e9 \u00e0 la menthe y est servi."
    assert [(section.path, section.start, section.body, section.end) for section in article.sections] == [
        (("\u00c0 table",), 0, 9, 40)
    ]
