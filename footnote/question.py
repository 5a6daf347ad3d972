"""What a reader typed, taken apart: the words to search for, the phrases required, the words ruled out."""

from __future__ import annotations

import re
from dataclasses import dataclass

from footnote.errors import QuestionEmpty
from footnote.readers.decoding import clean
from footnote.settings import MAX_QUESTION_CHARS

_QUOTES = '"\u201c\u201d\u201e\u201f'
_PHRASE = re.compile(rf"(?P<minus>(?<!\S)[-\u2212])?[{_QUOTES}](?P<words>[^{_QUOTES}]*)[{_QUOTES}]")
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
    """``how to "say sorry" -gifts -"red roses"``: a phrase in double quotation marks is required, what follows a minus ruled out.

    Raises QuestionEmpty where there is no letter or digit to search for.
    """
    text = tidy(typed)
    phrases: list[str] = []
    without: list[str] = []
    kept: list[str] = []

    def take(outside: str) -> None:
        without.extend(_RULED_OUT.findall(outside))
        kept.append(_RULED_OUT.sub(" ", outside))

    end = 0
    for found in _PHRASE.finditer(text):
        take(text[end : found.start()])
        end, words = found.end(), found["words"].strip()
        if found["minus"] is None:
            kept.append(words)
        if _WORD.search(words):
            (phrases if found["minus"] is None else without).append(words)
    take(text[end:])
    rest = " ".join("".join(kept).translate(dict.fromkeys(map(ord, _QUOTES), " ")).split())
    if not _WORD.search(rest):
        raise QuestionEmpty("There is nothing to search for: every word is ruled out by a minus. Add what you want to know.")
    return Question(rest, tuple(dict.fromkeys(phrases)), tuple(dict.fromkeys(without)))


def tidy(question: str) -> str:
    """The question without invisible characters and surplus space, cut to its longest.

    Raises QuestionEmpty where there is no letter or digit in it.
    """
    question = " ".join(clean(question[: MAX_QUESTION_CHARS * 4]).split())[:MAX_QUESTION_CHARS]
    if not any(character.isalnum() for character in question):
        raise QuestionEmpty("There is no question. Type what you want to know, in your own words.")
    return question
