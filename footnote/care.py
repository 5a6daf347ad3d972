"""The care notice: where a question speaks of violence, coercion, self-harm or danger, a few words on where to turn.

What is said, and to which questions, stands in one file that an owner edits and translates, ``care.yaml``. A question is known
by its words, or by its meaning: that it comes nearer to questions of a topic than to everyday ones. No question is logged,
kept or named in an error.
"""

from __future__ import annotations

import hashlib
import io
import math
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import accumulate, pairwise
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from footnote.disk import replace_flushed
from footnote.encoder import Encoder, Vectors
from footnote.errors import CareInvalid, ModelError

FILE = Path(__file__).parents[1] / "care.yaml"

NEAR = 0.45
"""The least cosine to an example. Below it the nearest example says little more than that both are about a couple."""

NEARER = -0.015
"""By how much the examples must outweigh the ordinary questions. Everyday trouble stands near to danger ("we fight", "I am afraid
of losing her"), so nearness alone can't part them; which of two neighbourhoods is nearer can. A little in favour of danger: a
notice too many is easily passed over."""

SOFTNESS = 0.08
"""How softly the nearest of a set counts, as a cosine: one 0.08 further off counts a third. With the nearest alone, one odd
neighbour decides."""

GAP = 4
"""The most words that ``...`` in a pattern stands for: "hits ... son" reaches over "our youngest", within one clause."""

_LEAST = 4  # letters of a word that is mended, if it can be; a shorter one is too like others
_LONG = 9  # letters, from which on two of them may be wrong

_APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc\u00b4`\u2032\uff07]")
_WORD = re.compile(r"[^\W_]+")
_PATTERN_WORD = re.compile(r"(?:[^\W_]+\*?|\*)\Z")
_MASK = " | "  # no word and in no pattern, so that no pattern reaches across what was taken out


@dataclass(frozen=True, slots=True)
class Topic:
    """One kind of danger. ``words`` and ``unless`` are patterns of whole words; ``examples`` are questions in full.

    In a pattern ``*`` ends a word as it likes or stands for one word, ``...`` for up to four. What a pattern of ``unless``
    covers is not looked at for ``words``; the rest of the question is.
    """

    topic: str
    notice: str
    words: tuple[str, ...]
    examples: tuple[str, ...]
    unless: tuple[str, ...] = ()

    def is_named(self, question: str) -> bool:
        """Whether the words of ``question`` alone show the topic, whatever their case, accents and apostrophes."""
        text = _plain(question)
        if self.unless:
            text = _compiled(self.unless).sub(_MASK, text)
        return _compiled(self.words).search(text) is not None


@dataclass(frozen=True, slots=True)
class _Examples:
    """What an encoder makes of the texts: vectors of shape ``(texts, dimension)``, one row a text.

    Topic ``i`` has the rows from ``first[i]`` to ``first[i + 1]`` of ``topics``. ``words`` counts the words of all texts.
    """

    fingerprint: str
    topics: Vectors
    first: tuple[int, ...]
    ordinary: Vectors
    words: Mapping[str, int]


@dataclass(frozen=True)
class Care:
    """Topics, the most urgent first, and ordinary questions that no notice belongs to. Safe to use from several threads.

    ``kept`` is the folder where ``keep`` has put what an encoder makes of the examples, if there is one.
    """

    topics: tuple[Topic, ...]
    ordinary: tuple[str, ...]
    kept: Path | None = field(default=None, compare=False)
    _lock: Lock = field(default_factory=Lock, init=False, repr=False, compare=False)
    _embedded: list[_Examples] = field(default_factory=list, init=False, repr=False, compare=False)

    def notice(self, question: str, encoder: Encoder) -> str | None:
        """The notice that ``question`` calls for, or None.

        The examples are embedded when they are first needed, once for each encoder, unless they were kept. Raises ModelError
        where the encoder fails, without a word of the question.
        """
        topic = self.match(question, encoder)
        return topic.notice if topic else None

    def match(self, question: str, encoder: Encoder) -> Topic | None:
        """The topic that ``question`` speaks of: the first whose words it has, otherwise the nearest by meaning if that is near.

        Words go first: they name a topic more surely than meaning does. Raises ModelError as ``notice`` does.
        """
        if not _WORD.search(question):
            return None
        return self._named(question) or self._meant(question, encoder)

    def get_ready(self, encoder: Encoder) -> None:
        """Embeds the examples, so that the first question need not wait for it."""
        self._examples(encoder)

    def is_ready(self, encoder: Encoder) -> bool:
        """Whether the examples are embedded for ``encoder``, or kept."""
        # Without the lock: whoever is embedding them holds it for as long as that takes.
        if not self._is_embedded(encoder) and (kept := self._read(encoder)) is not None:
            self._remember(encoder, kept)
        return self._is_embedded(encoder)

    def keep(self, encoder: Encoder, on_embedded: Callable[[int, int], None] | None = None) -> None:
        """Embeds the examples into the folder ``kept``, where that was not done already, in place of any others.

        ``on_embedded`` is called with the number embedded so far, and of all. Raises OSError.
        """
        if self.kept is None or self._read(encoder) is not None:
            return
        content = io.BytesIO()
        np.lib.format.write_array(content, self._made(encoder, len(os.sched_getaffinity(0)), on_embedded))
        self.kept.mkdir(exist_ok=True)
        for old in self.kept.iterdir():
            old.unlink()
        replace_flushed(self._path(encoder, self.kept), hashlib.sha256(content.getvalue()).digest() + content.getvalue())

    def _named(self, question: str) -> Topic | None:
        return next((topic for topic in self.topics if topic.is_named(question)), None)

    def _meant(self, question: str, encoder: Encoder) -> Topic | None:
        examples = self._examples(encoder)
        mended, vector = _read(question, examples.words, encoder)
        if mended != question and (topic := self._named(mended)):
            return topic
        cosines = examples.topics @ vector
        nearest = int(cosines.argmax())
        if cosines[nearest] < NEAR or _soft_maximum(cosines) - _soft_maximum(examples.ordinary @ vector) < NEARER:
            return None
        return next(topic for topic, (_, end) in zip(self.topics, pairwise(examples.first), strict=True) if nearest < end)

    def _texts(self) -> Iterator[str]:
        yield from self.ordinary
        for topic in self.topics:
            yield from (*topic.examples, *topic.words)

    def _examples(self, encoder: Encoder) -> _Examples:
        with self._lock:
            if not self._is_embedded(encoder):
                vectors = self._read(encoder)
                # One after the other: a reader's question, asked meanwhile, has the other cores.
                self._remember(encoder, self._made(encoder, threads=1) if vectors is None else vectors)
            return self._embedded[0]

    def _remember(self, encoder: Encoder, vectors: Vectors) -> None:
        # One encoder is remembered: another takes its place when the page takes up an index of another model.
        first = tuple(accumulate((len(topic.examples) for topic in self.topics), initial=0))
        words = Counter(word for text in self._texts() for word in _plain(text).split() if len(word) >= _LEAST)
        self._embedded[:] = [_Examples(encoder.fingerprint, vectors[: first[-1]], first, vectors[first[-1] :], words)]

    def _is_embedded(self, encoder: Encoder) -> bool:
        return bool(self._embedded) and self._embedded[0].fingerprint == encoder.fingerprint

    def _questions(self) -> list[str]:
        """The examples of all topics, then the ordinary questions."""
        return [*(example for topic in self.topics for example in topic.examples), *self.ordinary]

    def _made(self, encoder: Encoder, threads: int, on_embedded: Callable[[int, int], None] | None = None) -> Vectors:
        questions, vectors = self._questions(), []
        with ThreadPoolExecutor(threads) as pool:
            for vector in pool.map(encoder.embed_question, questions):
                vectors.append(vector)
                if on_embedded is not None:
                    on_embedded(len(vectors), len(questions))
        return np.stack(vectors)

    def _path(self, encoder: Encoder, folder: Path) -> Path:
        """The file that holds the vectors, named by what shaped them."""
        given = "\0".join((encoder.fingerprint, *self._questions()))
        return folder / f"{hashlib.sha256(given.encode()).hexdigest()[:32]}.vectors"

    def _read(self, encoder: Encoder) -> Vectors | None:
        """What was kept for this encoder; None where there is nothing, or a wrong byte in it."""
        if self.kept is None:
            return None
        try:
            content = self._path(encoder, self.kept).read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            return None
        vectors: Vectors = np.lib.format.read_array(io.BytesIO(content[32:]))
        return vectors


def care_file() -> Path:
    """The file of care notices: the owner's, if one is named, or the project's."""
    return Path(os.environ.get("FOOTNOTE_CARE", str(FILE)))


def read_care(path: Path, kept: Path | None = None) -> Care:
    """The care notices written in the YAML file ``path``; ``kept`` as for Care.

    Raises
    ------
    CareInvalid
        The file is missing, can't be read, or is not of its form; the message says where and what to write instead.
    """
    import yaml

    try:
        # libyaml's safe loader reads the file ten times as fast as the one written in Python, which a wheel may come without.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)(path.read_text(encoding="utf-8"))
        raw = loader.get_single_data()
    except OSError as error:
        raise CareInvalid(
            f"The file of care notices {path} can't be read ({error.strerror or error}). Put it back from the project."
        ) from error
    except UnicodeDecodeError as error:
        raise CareInvalid(f"The file of care notices {path} is not UTF-8. Save it as UTF-8.") from error
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" at line {mark.line + 1}" if mark else ""
        raise CareInvalid(
            f"The file of care notices {path} is not valid YAML{where}. Look at the indentation there, and put a text that holds "
            "': ' or begins with a sign into double quotation marks."
        ) from error
    return replace(_Reader(path).care(raw), kept=kept)


class _Reader:
    """Turns what YAML gave into records, or says what is wrong with it."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def care(self, raw: Any) -> Care:
        fields = self._mapping(raw, "the file", ("topics", "ordinary"))
        topics = fields.get("topics")
        if not isinstance(topics, list) or not topics:
            raise self._wrong("'topics'", "is no list of topics", "Begin each with '- topic: ' and its name.")
        read = tuple(self._topic(topic, f"topic {number}") for number, topic in enumerate(topics, start=1))
        names = [topic.topic for topic in read]
        for number, name in enumerate(names, start=1):
            if name in names[: number - 1]:
                raise self._wrong(f"topic {number}", f"has the name of another, '{name}'", "Give each topic a name of its own.")
        return Care(read, self._texts(fields, "ordinary", "'ordinary'"))

    def _topic(self, raw: Any, place: str) -> Topic:
        fields = self._mapping(raw, place, ("topic", "notice", "words", "examples", "unless"))
        name = self._text(fields.get("topic"), f"'topic' in {place}")
        place = f"{place} ('{name}')"
        return Topic(
            name,
            self._text(fields.get("notice"), f"'notice' in {place}"),
            self._patterns(fields, "words", place),
            self._texts(fields, "examples", f"'examples' in {place}"),
            self._patterns(fields, "unless", place) if fields.get("unless") is not None else (),
        )

    def _mapping(self, raw: Any, place: str, known: Sequence[str]) -> dict[str, Any]:
        listed = ", ".join(f"'{name}'" for name in known)
        if not isinstance(raw, dict):
            raise self._wrong(place, "has no named parts", f"Its parts are {listed}.")
        for name in raw:
            if name not in known:
                raise self._wrong(place, f"has an unknown part '{name}'", f"Its parts are {listed}.")
        return raw

    def _patterns(self, fields: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
        patterns = self._texts(fields, name, f"'{name}' in {place}")
        for pattern in patterns:
            if not _is_pattern(pattern):
                raise self._wrong(
                    f"'{name}' in {place}",
                    f"has '{pattern}', which is no pattern",
                    "Write words, with '*' at the end of one or alone for any word, and '...' between two for a few words.",
                )
        return patterns

    def _texts(self, fields: dict[str, Any], name: str, place: str) -> tuple[str, ...]:
        texts = fields.get(name)
        if not isinstance(texts, list) or not texts:
            raise self._wrong(place, "is missing or no list", "Write one entry a line, each after '- '.")
        return tuple(self._text(text, f"entry {number} of {place}") for number, text in enumerate(texts, start=1))

    def _text(self, raw: Any, place: str) -> str:
        if not isinstance(raw, str) or not _WORD.search(raw):
            raise self._wrong(place, "is missing or no text", "Write it in words, in double quotation marks.")
        return " ".join(raw.split())

    def _wrong(self, place: str, what: str, remedy: str) -> CareInvalid:
        return CareInvalid(f"In the file of care notices {self._path}, {place} {what}. {remedy}")


def _read(question: str, words: Mapping[str, int], encoder: Encoder) -> tuple[str, Vectors]:
    """The question with its misspelled words mended, and its vector.

    What an encoder raises, and what that was raised from, may hold the question: a ModelError with neither takes its place.
    """
    try:
        mended = _mended(question, words, encoder)
        return mended, encoder.embed_question(mended)
    except Exception as error:
        kind = type(error).__name__
    raise ModelError(f"The embedding model could not read a question ({kind}). Build the index again: python ingest.py --rebuild")


def _mended(question: str, words: Mapping[str, int], encoder: Encoder) -> str:
    """``question`` with each word that the model has to spell out read as the one of ``words`` most like it, where one is."""

    from rapidfuzz.distance import OSA

    def like(found: re.Match[str]) -> str:
        word = _plain(found.group())
        if len(word) < _LEAST or word in words or encoder.count_tokens([word])[0] < 2:
            return found.group()
        most = 2 if len(word) >= _LONG else 1
        near = [(OSA.distance(word, other), -count, other) for other, count in words.items() if _is_near(word, other, most)]
        best = min(near, default=(most + 1, 0, word))
        return best[2] if best[0] <= most else found.group()

    return _WORD.sub(like, question)


def _is_near(word: str, other: str, most: int) -> bool:
    return word[0] == other[0] and abs(len(word) - len(other)) <= most


def _soft_maximum(cosines: Vectors) -> float:
    """The greatest of ``cosines``, of shape ``(n,)``, raised by those that come near it."""
    greatest = float(cosines.max())
    return greatest + SOFTNESS * math.log(float(np.exp((cosines - greatest) / SOFTNESS).sum()))


def _plain(text: str) -> str:
    """The words of ``text`` with one space between, without case, accents and apostrophes ("Won’t" -> "wont")."""
    letters = unicodedata.normalize("NFKD", _APOSTROPHES.sub("", text)).casefold()
    return " ".join(_WORD.findall("".join(letter for letter in letters if not unicodedata.combining(letter))))


def _is_pattern(pattern: str) -> bool:
    parts = _parts(pattern)
    is_of_words = all(part == "..." or _PATTERN_WORD.match(part) for part in parts)
    has_word = any(_WORD.search(part) for part in parts)
    return is_of_words and has_word and "..." not in (parts[0], parts[-1]) and ("...", "...") not in pairwise(parts)


def _parts(pattern: str) -> list[str]:
    """The words of a pattern, plain, with ``*`` and ``...`` kept; what else stands in it is kept too, to be refused."""
    parts = pattern.replace("-", " ").split()
    return [part if part == "..." or "*" in part.rstrip("*") else _plain(part) + "*" * part.count("*") for part in parts]


@lru_cache(maxsize=64)
def _compiled(patterns: tuple[str, ...]) -> re.Pattern[str]:
    """One expression for all ``patterns``, over text that ``_plain`` made."""
    return re.compile("|".join(rf"(?<!\S){_expression(_parts(pattern))}(?!\S)" for pattern in patterns))


def _expression(parts: Sequence[str]) -> str:
    expression = ""
    for part in parts:
        word = rf"{re.escape(part.rstrip('*'))}{'[^ |]*' if part.endswith('*') else ''}" if part != "*" else "[^ |]+"
        expression += rf"(?:[^ |]+ ){{0,{GAP}}}?" if part == "..." else f"{word} "
    return expression.rstrip(" ")
