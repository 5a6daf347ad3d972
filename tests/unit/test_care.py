"""The care notice, by exact outcomes: the words and their limits, which topic wins, the file's faults, what no error may hold.

By meaning, the fake encoder is worked out by hand: it knows four words and nothing else.
"""

import threading

import pytest

from footnote.care import Care, Topic, read_care
from footnote.errors import CareInvalid, FootnoteError, ModelError
from tests.conftest import ROOT
from tests.fake_encoder import FakeEncoder

FILE = """
topics:
  - topic: danger
    notice: "Danger."
    words: [hits me, "strangl*", "hand* ... throat", "took * keys"]
    unless: [hits me like, "news ... hits me"]
    examples: [fight]
  - topic: despair
    notice: "Despair."
    words: ["don't want to live", "self-harm*", "fiancé hurts"]
    examples: [sleep sleep sleep bread]
ordinary:
  - trust
  - fight trust
"""


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "care.yaml"
    path.write_text(FILE, encoding="utf-8")
    return path


@pytest.fixture
def care(file):
    return read_care(file)


@pytest.fixture(scope="module")
def real():
    return read_care(ROOT / "care.yaml")


class Unasked(FakeEncoder):
    """Fails the test where meaning is looked at although the words were enough."""

    def embed_question(self, text):
        raise AssertionError


def topic_of(care, question, encoder=None):
    found = care.match(question, encoder or FakeEncoder())
    return found and found.topic


@pytest.mark.parametrize(
    "question",
    ["he hits me", "HE HITS ME!", "He hits\nme.", "he 'hits' me", "he híts mé", "he hits, me", "hits-me", "ｈｉｔｓ me"],
)
def test_words_match_whatever_their_case_accents_and_punctuation(care, question):
    assert care.notice(question, Unasked()) == "Danger."


@pytest.mark.parametrize("sign", ["'", "\u2019", "\u2018", "\u02bc", "`", "\u00b4", ""])
def test_words_match_whatever_their_apostrophes(care, sign):
    assert care.notice(f"I don{sign}t want to live", Unasked()) == "Despair."


@pytest.mark.parametrize("question", ["my fiancé hurts", "my fiance\u0301 hurts", "my fiance hurts", "MY FIANCÉ HURTS"])
def test_an_accent_in_a_pattern_is_as_good_as_none(care, question):
    assert care.notice(question, Unasked()) == "Despair."


@pytest.mark.parametrize("question", ["he shits me", "he hits men", "he hits home", "he hitsme", "he hits and me"])
def test_only_whole_words_in_a_row_match(care, question):
    assert not any(topic.is_named(question) for topic in care.topics)


@pytest.mark.parametrize(
    ("question", "is_named"),
    [
        ("strangle", True),
        ("he strangled me", True),
        ("strang", False),
        ("astrangled", False),
        ("self harm", True),
        ("self-harming", True),
        ("took my keys", True),
        ("took keys", False),
        ("took all my keys", False),
        ("hand throat", True),
        ("his hands were round my throat", True),
        ("hands on one two three four throat", False),
    ],
)
def test_a_star_ends_a_word_or_is_one_and_dots_are_up_to_four(care, question, is_named):
    assert any(topic.is_named(question) for topic in care.topics) is is_named


@pytest.mark.parametrize("question", ["it hits me like a wave", "the news now hits me"])
def test_unless_takes_out_what_it_covers(care, question):
    assert not care.topics[0].is_named(question)


def test_unless_does_not_excuse_the_rest_of_the_question(care):
    assert care.topics[0].is_named("The news hits me. He hits me.")
    assert care.topics[0].is_named("it hits me like a wave when he strangles me")


def test_no_pattern_reaches_across_what_unless_took_out():
    topic = Topic("a", "A.", ("my own fist",), ("x",), unless=("sweet",))
    assert topic.is_named("my own fist")
    assert not topic.is_named("my own sweet fist")


def test_of_several_topics_the_first_one_in_the_file_wins_wherever_its_words_stand(care):
    assert care.notice("I don't want to live, he hits me", Unasked()) == "Danger."
    assert care.notice("I don't want to live", Unasked()) == "Despair."


def test_words_go_before_meaning(care):
    assert topic_of(care, "self-harm and a fight") == "despair"
    assert topic_of(care, "a fight") == "danger"


def test_meaning_gives_the_topic_of_the_nearest_example_if_it_is_nearer_than_ordinary_questions(care):
    # To "fight" 1, to "fight trust" 0.71.
    assert care.notice("fight!", FakeEncoder()) == "Danger."
    assert care.notice("sleep, sleep, bread", FakeEncoder()) == "Despair."


def test_a_question_no_nearer_to_an_example_than_to_an_ordinary_one_gets_no_notice(care):
    assert care.notice("trust and fight", FakeEncoder()) is None
    # To "fight" 0.95, to "fight trust" 0.89: near, but the soft maximum still favours it; with one more trust it does not.
    assert care.notice("fight fight fight trust", FakeEncoder()) == "Danger."
    assert care.notice("fight fight trust", FakeEncoder()) is None


def test_a_question_far_from_everything_gets_no_notice(care):
    assert care.notice("weather", FakeEncoder()) is None


@pytest.mark.parametrize("question", ["", "  ", "?!", "\u2026"])
def test_nothing_asked_gets_no_notice_and_asks_no_encoder(care, question):
    assert care.notice(question, Unasked()) is None


class Spelling(FakeEncoder):
    """Has to spell out every word, so that each may be mended."""

    def count_tokens(self, texts):
        return [2 for _ in texts]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("he has his hnds on my throat", None),  # the pattern's own stem is "hand"
        ("he has his hand on my thraot", "danger"),
        ("i dont wnat to live", "despair"),
        ("i dont want to liive", "despair"),
        ("i dont pant to live", None),  # another first letter
    ],
)
def test_a_word_that_the_model_has_to_spell_out_is_read_as_one_of_the_files_words(care, question, topic):
    assert topic_of(care, question, Spelling()) == topic
    assert topic_of(care, question, FakeEncoder()) is None or topic is None


class Counting(FakeEncoder):
    """Remembers what it is asked to embed as a question."""

    def __init__(self):
        super().__init__()
        self.questions = []

    def embed_question(self, text):
        self.questions.append(text)
        return super().embed_question(text)


def test_the_examples_are_embedded_once_and_only_when_meaning_is_asked(care):
    encoder = Counting()
    care.notice("he hits me", encoder)
    assert encoder.questions == []
    threads = [threading.Thread(target=care.notice, args=("weather", encoder)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    examples = ["fight", "sleep sleep sleep bread", "trust", "fight trust"]
    assert encoder.questions[:4] == examples
    assert encoder.questions[4:] == ["weather"] * 8


def test_another_encoder_has_its_own_vectors(care):
    care.notice("weather", FakeEncoder())
    other = Counting()
    other.fingerprint = "another"
    care.notice("weather", other)
    assert len(other.questions) == 4 + 1


def test_it_is_frozen_and_equal_to_another_reading(care, file):
    care.notice("weather", FakeEncoder())
    assert care == read_care(file)
    assert hash(care) == hash(read_care(file))
    with pytest.raises(AttributeError):
        care.topics = ()


@pytest.mark.parametrize("failing", ["embed_question", "count_tokens"])
def test_no_error_holds_the_question(care, failing):
    encoder = FakeEncoder()
    care.get_ready(encoder)

    def fails(text):
        raise ValueError(f"can't read {text}")

    setattr(encoder, failing, fails)
    with pytest.raises(ModelError) as raised:
        care.notice("private wording", encoder)
    assert str(raised.value) == (
        "The embedding model could not read a question (ValueError). Build the index again: python ingest.py --rebuild"
    )
    assert raised.value.__context__ is None
    assert raised.value.__cause__ is None


def test_no_question_is_kept_or_printed(care, capfd, caplog):
    for question in ("private wording", "he hits me privately"):
        care.notice(question, FakeEncoder())
    assert "privat" not in repr(care) + repr(care._embedded)
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def refused(path, text):
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CareInvalid) as raised:
        read_care(path)
    assert isinstance(raised.value, FootnoteError)
    return str(raised.value).replace(str(path), "FILE")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (FILE, "", "the file has no named parts. Its parts are 'topics', 'ordinary'."),
        (FILE, "ordinary: [a]", "'topics' is no list of topics. Begin each with '- topic: ' and its name."),
        (
            "ordinary:\n  - trust\n  - fight trust\n",
            "",
            "'ordinary' is missing or no list. Write one entry a line, each after '- '.",
        ),
        ("ordinary:", "usual:", "the file has an unknown part 'usual'. Its parts are 'topics', 'ordinary'."),
        (
            'notice: "Despair."',
            "notice:",
            "'notice' in topic 2 ('despair') is missing or no text. Write it in words, in double quotation marks.",
        ),
        ("topic: despair", "topic: 3", "'topic' in topic 2 is missing or no text. Write it in words, in double quotation marks."),
        ("topic: despair", "topic: danger", "topic 2 has the name of another, 'danger'. Give each topic a name of its own."),
        (
            "examples: [fight]",
            "examples: fight",
            "'examples' in topic 1 ('danger') is missing or no list. Write one entry a line, each after '- '.",
        ),
        (
            "examples: [fight]",
            "examples: [fight, no]",
            "entry 2 of 'examples' in topic 1 ('danger') is missing or no text. Write it in words, in double quotation marks.",
        ),
        (
            "examples: [fight]",
            "example: [fight]",
            "topic 1 has an unknown part 'example'. Its parts are 'topic', 'notice', 'words', 'examples', 'unless'.",
        ),
    ],
)
def test_a_fault_is_named_with_its_place_and_the_way_out(file, old, new, message):
    assert old in FILE
    assert refused(file, FILE.replace(old, new)) == f"In the file of care notices FILE, {message}"


@pytest.mark.parametrize("pattern", ["*rape", "ra*pe", "rape**", "... rape", "rape ...", "a ... ... b", "rape ?", "* *"])
@pytest.mark.parametrize("part", ["words: [hits me,", "unless: [hits me like,"])
def test_a_pattern_that_means_nothing_is_refused(file, part, pattern):
    name = part.split(":")[0]
    message = refused(file, FILE.replace(part, f'{part} "{pattern}",'))
    if pattern == "* *":
        assert message.startswith(
            f"In the file of care notices FILE, entry 2 of '{name}' in topic 1 ('danger') is missing or no text."
        )
    else:
        assert message == (
            f"In the file of care notices FILE, '{name}' in topic 1 ('danger') has '{pattern}', which is no pattern. "
            "Write words, with '*' at the end of one or alone for any word, and '...' between two for a few words."
        )


def test_broken_yaml_is_named_with_its_line(file):
    assert refused(file, "topics:\n  - topic: a: b\n") == (
        "The file of care notices FILE is not valid YAML at line 2. Look at the indentation there, and put a text "
        "that holds ': ' or begins with a sign into double quotation marks."
    )


def test_yaml_that_could_run_code_is_not_read(file):
    assert "is not valid YAML at line 1" in refused(file, "!!python/object/apply:os.getcwd []")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CareInvalid) as raised:
        read_care(tmp_path / "none.yaml")
    file = tmp_path / "none.yaml"
    assert str(raised.value) == (
        f"The file of care notices {file} can't be read (No such file or directory). Put it back from the project."
    )


def test_a_file_in_another_encoding_is_named(file):
    file.write_bytes(FILE.encode("utf-16"))
    with pytest.raises(CareInvalid) as raised:
        read_care(file)
    assert str(raised.value) == f"The file of care notices {file} is not UTF-8. Save it as UTF-8."


def test_the_projects_own_file_is_whole(real):
    assert [topic.topic for topic in real.topics] == [
        "danger now and violence at home",
        "suicidal thoughts and self-harm",
        "a child in danger",
        "sexual violence and coercion",
        "control, stalking and threats",
        "the reader fears hurting someone",
    ]
    assert [topic.topic for topic in real.topics if len(topic.notice) > 400] == []
    assert [topic.topic for topic in real.topics if "your local emergency number" not in topic.notice] == []
    assert [topic.topic for topic in real.topics if any(character.isdigit() for character in topic.notice)] == []
    assert all(topic.words and len(topic.examples) >= 8 for topic in real.topics)


def test_no_text_stands_twice_in_the_projects_own_file(real):
    questions = [*real.ordinary, *(example for topic in real.topics for example in topic.examples)]
    assert len(set(questions)) == len(questions)
    assert [topic.topic for topic in real.topics if len(set(topic.words)) < len(topic.words)] == []
    assert [question for question in real.ordinary if any(topic.is_named(question) for topic in real.topics)] == []


def test_care_without_a_file_can_be_made_by_hand():
    care = Care((Topic("a", "A.", ("stalk*",), ("fight",)),), ("trust",))
    assert care.notice("a stalker", Unasked()) == "A."


# --- what the ingest keeps -------------------------------------------------------------------------------------------------


def test_what_was_kept_is_not_embedded_again(file, tmp_path):
    kept = tmp_path / "care"
    encoder, told = Counting(), []
    read_care(file, kept).keep(encoder, lambda done, total: told.append((done, total)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    asked = Counting()
    care = read_care(file, kept)
    assert care.is_ready(asked)
    notices = [care.notice(question, asked) for question in ("weather", "he hits me")]
    assert len(asked.questions) == 1  # the first; the second is known by its words
    assert notices == [read_care(file).notice(question, FakeEncoder()) for question in ("weather", "he hits me")]
    care.keep(asked)
    assert len(asked.questions) == 1


def test_what_was_kept_for_another_encoder_or_other_examples_is_replaced(file, tmp_path):
    kept = tmp_path / "care"
    read_care(file, kept).keep(FakeEncoder())
    (first,) = kept.iterdir()
    other = Counting()
    other.fingerprint = "another"
    assert not read_care(file, kept).is_ready(other)
    read_care(file, kept).keep(other)
    (second,) = kept.iterdir()
    assert (len(other.questions), first.name != second.name) == (4, True)


def test_a_wrong_byte_in_what_was_kept_is_seen_and_mended(file, tmp_path):
    kept = tmp_path / "care"
    read_care(file, kept).keep(FakeEncoder())
    (path,) = kept.iterdir()
    whole = path.read_bytes()
    for position in (0, 40, len(whole) - 1):
        path.write_bytes(whole[:position] + bytes([whole[position] ^ 1]) + whole[position + 1 :])
        encoder = Counting()
        assert not read_care(file, kept).is_ready(encoder)
        read_care(file, kept).keep(encoder)
        assert (len(encoder.questions), path.read_bytes() == whole) == (4, True)


def test_without_a_folder_nothing_is_kept(file):
    encoder = Counting()
    care = read_care(file)
    care.keep(encoder)
    assert (encoder.questions, care.is_ready(encoder)) == ([], False)
