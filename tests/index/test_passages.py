"""Passages with the real model's tokenizer: nothing cut, nothing lost."""

import re
from itertools import pairwise

import pytest
from hypothesis import strategies as st

from footnote.passages import embedded_text, sentences, split
from footnote.readers import dump, markdown
from footnote.readers.blocks import Heading, Paragraph, assemble
from footnote.readers.decoding import decode
from footnote.records import Article, Metadata
from footnote.settings import PASSAGES, PassageSettings
from tests.conftest import ROOT

FILES = sorted([*(ROOT / "tests" / "fixtures" / "dumps").glob("*.txt"), *(ROOT / "kb").rglob("*.md")])


READERS = {".md": markdown.read, ".txt": dump.read}


def article_of(*blocks, article_id="bread.md"):
    text, sections = assemble(blocks)
    return Article(article_id, article_id, Metadata("Bread"), text, sections)


def hold(article, count, max_tokens, knobs):
    """The passages of ``article``, once everything that is promised of any passage was found true."""
    passages = split(article, count, max_tokens, knobs)
    text = article.text
    assert [passage.text for passage in passages] == [text[passage.start : passage.end] for passage in passages]
    assert [passage.text for passage in passages if passage.text.strip() != passage.text or not passage.text] == []
    assert {passage.article_id for passage in passages} <= {article.id}
    assert [(one.end, other.start) for one, other in pairwise(passages) if one.end > other.start] == []
    assert [passage.id for passage in passages if not re.fullmatch("[0-9a-f]{16}", passage.id)] == []
    assert len({passage.id for passage in passages}) == len(passages)
    assert split(article, count, max_tokens, knobs) == passages
    embedded = [embedded_text(passage) for passage in passages]
    assert [one for one, size in zip(embedded, count(embedded), strict=True) if size > max_tokens] == []
    for passage in passages:
        path = article.section_at(passage.start).path
        within = {path[first:last] for first in range(len(path) + 1) for last in range(first, len(path) + 1)}
        assert passage.context in within
    nothing_lost(article, passages, count, min(knobs.target_tokens, max_tokens - min(knobs.context_tokens, max_tokens // 4)))
    return passages


def nothing_lost(article, passages, count, target):
    """Every letter under a heading stands in a passage, and every sentence that fits one stands in it whole."""
    text = article.text
    covered = {at for passage in passages for at in range(passage.start, passage.end)}
    under = [at for section in article.sections for at in range(section.body, section.end) if not text[at].isspace()]
    assert [at for at in under if at not in covered] == []
    found = [span for section in article.sections for span in sentences(text, section.body, section.end)]
    sizes = count([text[start:end] for start, end in found])
    whole = [span for span, size in zip(found, sizes, strict=True) if size <= target]
    assert [text[start:end] for start, end in whole if sum(one.start <= start and end <= one.end for one in passages) != 1] == []


knobs = st.builds(PassageSettings, st.integers(1, 80), st.integers(0, 30), st.integers(0, 20))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_with_the_real_tokenizer_nothing_is_cut_and_nothing_is_lost(path, encoder):
    text, _ = decode(path.read_bytes())
    articles, _ = READERS[path.suffix](text, path.name)
    passages = [passage for article in articles for passage in hold(article, encoder.count_tokens, encoder.max_tokens, PASSAGES)]
    truncated = sum(size > encoder.max_tokens for size in encoder.count_tokens([embedded_text(one) for one in passages]))
    assert truncated == 0
    assert max(encoder.count_tokens([passage.text for passage in passages])) <= PASSAGES.target_tokens


def test_a_text_without_spaces_is_cut_and_no_letter_is_lost(encoder):
    article = article_of(Paragraph("日本語" * 500))
    passages = hold(article, encoder.count_tokens, encoder.max_tokens, PASSAGES)
    assert "".join(passage.text for passage in passages) == article.text
    assert [len(passage.text) for passage in passages] == [187, 188, 187, 188, 187, 188, 187, 188]


def test_a_word_that_the_real_tokenizer_does_not_know_is_kept_whole(encoder):
    article = article_of(Paragraph("One. " + "abcdefghij" * 2_000 + " Two."))
    assert [passage.text for passage in hold(article, encoder.count_tokens, encoder.max_tokens, PASSAGES)] == [article.text]


# A lone symbol can be no token at all.
@pytest.mark.parametrize("text", ["\ufffd", "\ue000", "\u200d", "\ue000\n\ue001"])
def test_a_section_in_which_the_model_sees_nothing_is_split_like_any_other(text, encoder):
    article = article_of(Heading("Icons", "Icons", 1), Paragraph(text), Heading("Words", "Words", 1), Paragraph("Some words."))
    hold(article, encoder.count_tokens, encoder.max_tokens, PASSAGES)
