"""Passages with the real model's tokenizer: nothing cut, nothing lost."""

import pytest

from footnote.passages import embedded_text
from footnote.readers.blocks import Heading, Paragraph
from footnote.readers.decoding import decode
from footnote.settings import PASSAGES
from tests.unit.test_passages import FILES, READERS, article_of, hold


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
