"""What a reader typed, taken apart: the words to search for, the phrases required, the words ruled out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from footnote.errors import QuestionEmpty
from footnote.readers.decoding import clean
from footnote.settings import MAX_QUESTION_CHARS

_PHRASE = re.compile(r"[\"\u201c\u201d\u201e\u201f]([^\"\u201c\u201d\u201e\u201f]*)[\"\u201c\u201d\u201e\u201f]")
_RULED_OUT = re.compile(r"(?<!\S)[-\u2212](?=[^\W\d_])(\S+)")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Question:
    """One question as it is searched for.

    ``text`` has no quotation marks and nothing that was ruled out. ``phrases`` must stand in a passage word for word;
    ``without`` are words, or words joined by a hyphen, that must not.
    """

    text: str
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


def parse(typed: str) -> Question:
    """``how to "say sorry" -gifts``: a phrase in double quotation marks is required, a word after a minus is ruled out.

    Raises QuestionEmpty where there is no letter or digit to search for.
    """
    text = tidy(typed)
    phrases = tuple(dict.fromkeys(found.strip() for found in _PHRASE.findall(text) if _WORD.search(found)))
    # A minus inside a phrase belongs to the phrase.
    without = tuple(dict.fromkeys(_RULED_OUT.findall(_PHRASE.sub(" ", text))))
    rest = _PHRASE.sub(lambda found: f"\0{found.group(1)}\0", text)
    rest = "".join(part if index % 2 else _RULED_OUT.sub(" ", part) for index, part in enumerate(rest.split("\0")))
    rest = " ".join(rest.split())
    if not _WORD.search(rest):
        raise QuestionEmpty("There is nothing to search for: every word is ruled out by a minus. Add what you want to know.")
    return Question(rest, phrases, without)


def tidy(question: str) -> str:
    """The question without invisible characters and surplus space, cut to its longest.

    Raises QuestionEmpty where there is no letter or digit in it.
    """
    question = " ".join(clean(question[: MAX_QUESTION_CHARS * 4]).split())[:MAX_QUESTION_CHARS]
    if not any(character.isalnum() for character in question):
        raise QuestionEmpty("There is no question. Type what you want to know, in your own words.")
    return question
