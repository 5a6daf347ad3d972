"""The language of an article: told where its text is clear, unknown where it is not; said where the model does not read it."""

import pytest

from footnote.encoder.reach import reads
from footnote.readers import read_articles
from footnote.readers.languages import language_of

TEXTS = {
    "en": "Bread needs time more than anything else. Let the dough rest in a warm place until it has doubled, then bake it hot.",
    "de": "Brot braucht vor allem Zeit. Lass den Teig an einem warmen Ort ruhen, bis er doppelt so groß ist, und backe ihn heiß.",
    "fr": "Le pain demande surtout du temps. Laissez reposer la pâte dans un endroit chaud jusqu'à ce qu'elle ait doublé.",
    "es": "El pan necesita sobre todo tiempo. Deja reposar la masa en un lugar cálido hasta que doble su tamaño y hornéala.",
    "it": "Il pane ha bisogno soprattutto di tempo. Lascia riposare la pasta in un luogo caldo finché non raddoppia.",
    "pt": "O pão precisa sobretudo de tempo. Deixe a massa descansar num lugar quente até dobrar de tamanho e depois asse.",
    "nl": "Brood heeft vooral tijd nodig. Laat het deeg op een warme plek rusten tot het verdubbeld is en bak het daarna heet.",
    "pl": "Chleb potrzebuje przede wszystkim czasu. Zostaw ciasto w ciepłym miejscu, aż podwoi objętość, a potem upiecz.",
    "sv": "Bröd behöver framför allt tid. Låt degen vila på en varm plats tills den har fördubblats och grädda den sedan.",
    "ru": "Хлебу нужно прежде всего время. Оставьте тесто в тёплом месте, пока оно не удвоится, затем испеките его.",
    "el": "Το ψωμί χρειάζεται πάνω απ' όλα χρόνο. Αφήστε το ζυμάρι να ξεκουραστεί σε ζεστό μέρος, ώσπου να διπλασιαστεί.",
    "ja": "パンには何よりも時間が必要です。生地を暖かい場所で休ませ、二倍になったら熱いオーブンで焼きます。"
    "冷たい生地はゆっくり膨らみますから、急がないでください。塩は最後に加えます。",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_language_of_two_sentences_is_told(language):
    assert language_of(TEXTS[language]) == language


def test_a_long_text_is_told_by_parts_of_it():
    assert language_of("\n\n".join([TEXTS["en"]] * 500)) == "en"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Bread needs time.",
        "Brot braucht Zeit, Salz und Wasser, mehr nicht.",
        " ".join(map(str, range(500))),
        "qwrt zxcv bnmp sdfg hjkl " * 5,
        "\n\n".join([TEXTS["en"]] * 3 + [TEXTS["de"]] * 3),
        "\n\n".join([TEXTS["en"]] * 100 + [TEXTS["ru"]] * 100),
    ],
)
def test_few_words_numbers_and_two_languages_are_not_guessed_at(text):
    assert language_of(text) is None


def test_what_a_file_says_counts_more_than_its_text(tmp_path):
    (tmp_path / "a.md").write_text(f"---\nlanguage: de-AT\n---\n# A\n\n{TEXTS['fr']}\n", encoding="utf-8")
    (tmp_path / "b.md").write_text(f"# B\n\n{TEXTS['fr']}\n", encoding="utf-8")
    (tmp_path / "c.md").write_text(f"# C\n\n{TEXTS['fr']}\n", encoding="utf-8")
    (tmp_path / "c.md.meta.yaml").write_text("language: oc\n", encoding="utf-8")
    languages = [article.metadata.language for reading in read_articles(tmp_path) for article in reading.articles]
    assert languages == ["de-AT", "fr", "oc"]


@pytest.mark.parametrize(
    "model, language, expected",
    [
        ("sentence-transformers/all-MiniLM-L6-v2", "en", True),
        ("sentence-transformers/all-MiniLM-L6-v2", "en-GB", True),
        ("sentence-transformers/all-MiniLM-L6-v2", "English", True),
        ("sentence-transformers/all-MiniLM-L6-v2", "de", False),
        ("sentence-transformers/all-MiniLM-L6-v2", "enm", False),
        ("models/all-mpnet-base-v2", "fr_CA", False),
        ("BAAI/bge-small-en-v1.5", "de", False),
        ("sentence-transformers/paraphrase-multilingual-MiniLM-L12-v2", "de", True),
        ("intfloat/multilingual-e5-small", "ja", True),
        ("somebody/a-model", "de", True),
        ("somebody/token-model", "de", True),
    ],
)
def test_what_a_model_reads_is_told_by_its_name(model, language, expected):
    assert reads(model, language) is expected
