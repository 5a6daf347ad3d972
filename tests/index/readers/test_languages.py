"""Articles in another language than the model reads, through a whole ingest."""

from footnote.build import build
from footnote.search import Searcher

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


OTHER = (
    "than sentence-transformers/all-MiniLM-L6-v2 reads, and found by words more than by meaning; a multilingual model (--model) "
)


def test_articles_in_another_language_are_indexed_and_their_owner_is_told(kb, index, watcher):
    (kb / "brot.md").write_text(f"# Brot\n\n{TEXTS['de']}\n", encoding="utf-8")
    rows = "".join(f'{name},"{TEXTS[name]}"\n' for name in ("en", "fr", "es"))
    (kb / "breads.csv").write_text(f"title,text\n{rows}", encoding="utf-8")
    report = build(kb, index, watcher)
    assert [(notice.source, notice.text) for notice in report.notices] == [
        ("breads.csv", f"2 of its 3 articles are in another language (es, fr) {OTHER}would read it."),
        ("brot.md", f"It is in another language (de) {OTHER}would read it."),
    ]
    assert report.articles == 6
    searcher = Searcher.open(index)
    try:
        assert [hit.source for hit in searcher.ask("Brot braucht Zeit").hits][:1] == ["brot.md"]
        # A German word is none that was misspelled, now that German articles are there.
        assert searcher.ask("Wie lange ruht der Teig?").read_as is None
    finally:
        searcher.close()
