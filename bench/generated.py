"""Articles made up for measuring: the same number always gives the same article.

A walk over the words of kb/ in which each word is followed by one that follows it somewhere there. So the words, their
frequencies, the lengths of sentences and what stands beside what are those of real articles, and hardly a sentence is the same
in two of them. They say nothing.
"""

from __future__ import annotations

import random
import re
from collections import defaultdict
from pathlib import Path

_END = ""
_SENTENCE = re.compile(r"[A-Z][^.!?\n#>|]*[.!?]")
_LONGEST = 40  # words of a sentence that finds no end


class Articles:
    """Made-up articles with the vocabulary of a folder of Markdown files."""

    def __init__(self, source: Path) -> None:
        self._first: list[str] = []
        self._next: dict[str, list[str]] = defaultdict(list)
        for path in sorted(source.glob("*.md")):
            for sentence in _SENTENCE.findall(path.read_text(encoding="utf-8").split("\n---\n", 1)[-1]):
                words = sentence.split()
                self._first.append(words[0])
                for word, following in zip(words, [*words[1:], _END], strict=True):
                    self._next[word].append(following)

    def article(self, number: int) -> str:
        """Markdown with front matter; some 350 words under four headings."""
        chance = random.Random(number)
        title = self._heading(chance)
        sections = "".join(f"\n## {self._heading(chance)}\n\n{self._paragraphs(chance)}\n" for _ in range(4))
        date = f"{chance.randint(2015, 2025)}-{chance.randint(1, 12):02}-{chance.randint(1, 28):02}"
        return f"---\ntitle: '{title} {number}'\npublished: {date}\ntags: [made-up]\n---\n{self._paragraphs(chance)}\n{sections}"

    def write(self, target: Path, count: int) -> None:
        """Writes ``count`` articles into ``target``, a hundred to a folder."""
        for number in range(count):
            path = target / f"{number // 100:03}" / f"{number:05}.md"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self.article(number), encoding="utf-8")

    def sentence(self, chance: random.Random) -> str:
        """One sentence."""
        words = [chance.choice(self._first)]
        while len(words) < _LONGEST and (following := chance.choice(self._next[words[-1]])) != _END:
            words.append(following)
        return " ".join(words).rstrip(".,;:!?") + "."

    def _paragraphs(self, chance: random.Random) -> str:
        return "\n\n".join(" ".join(self.sentence(chance) for _ in range(chance.randint(2, 3))) for _ in range(2))

    def _heading(self, chance: random.Random) -> str:
        return re.sub(r"[^\w ]", "", " ".join(self.sentence(chance).split()[:4]))
