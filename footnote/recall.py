"""What a library's last state knows of unchanged files and articles, so that they are neither parsed nor split again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from footnote.engines import Entry
from footnote.manifest import State
from footnote.readers.selection import SIDECAR_SUFFIX
from footnote.records import Article, Notice, Refusal
from footnote.settings import SEARCH
from footnote.stores import Store


class Recall:
    """What a whole state holds, for an ingest with this recipe. Empty where the snapshot was read or split otherwise."""

    def __init__(self, store: Store, snapshot: State, recipe: Mapping[str, Any]) -> None:
        self.snapshot = snapshot
        self.engine = store.library(snapshot, SEARCH)
        then = snapshot.manifest.recipe
        self._is_read_alike = all(then.get(name) == recipe[name] for name in ("reader", "readers"))
        self._is_split_alike = self._is_read_alike and then.get("passages") == recipe["passages"]
        self._articles = self.engine.sources()
        self._refusals = {refusal.source: refusal for refusal in snapshot.manifest.refused}
        self._given: set[str] = set()  # articles that have not changed
        self._notices: dict[str, list[Notice]] = {}
        for notice in snapshot.manifest.notices:
            self._notices.setdefault(notice.source, []).append(notice)

    def reading(self, source: str, sha256: str) -> tuple[tuple[Article, ...], tuple[Notice, ...]] | None:
        """What the file ``source`` gave, if its bytes were the same; None for a file that was refused or is not known.

        Nothing is known of one that had a sidecar: what it said itself was not kept.
        """
        ids, kb = self._articles.get(source, ()), self.snapshot.manifest.kb
        if not self._is_read_alike or not ids or kb.get(source) != sha256 or source + SIDECAR_SUFFIX in kb:
            return None
        found = [article for article_id in ids if (article := self.engine.article(article_id)) is not None]
        self._given |= {article.id for article in found}
        return tuple(found), tuple(self._notices.get(source, ()))

    def reading_or_refusal(self, source: str, sha256: str) -> tuple[tuple[Article, ...], tuple[Notice, ...]] | Refusal | None:
        """The same, or why the file was refused: what was wrong with it is taken to be wrong still."""
        found = self.reading(source, sha256)
        if found is None and self._is_read_alike and self.snapshot.manifest.kb.get(source) == sha256:
            return self._refusals.get(source)
        return found

    def entry(self, article: Article, fingerprint: str) -> Entry | None:
        """The passages of an article that was the same, split by the same encoder's tokenizer."""
        if not self._is_split_alike or fingerprint != self.snapshot.manifest.fingerprint:
            return None
        is_same = article.id in self._given or self.engine.article(article.id) == article
        return self.engine.entry(article) if is_same else None

    def close(self) -> None:
        """Lets go of what holds the state."""
        self.engine.close()
