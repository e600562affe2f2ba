"""Alphabets: what is searched, and the order of each language, the same in Python and in both databases."""

import pytest
from sqlalchemy import literal, select, union_all

from akta import alphabets
from akta.alphabets import folded, sort_key
from akta.languages import NAMES
from storage.database import Database

IN_ORDER = {
    "cs": ["Cihla", "Čapek", "Hora", "Chalupa", "Iva", "Rous", "Řehoř", "Sova", "Šimek", "Zeman", "Žák"],
    "hu": ["Adél", "Ákos", "Cukor", "Csaba", "Olga", "Őri", "Ötvös", "Sütő", "Szabó", "Zoltán", "Zsolt"],
    "pl": ["Cyrk", "Ćma", "Lis", "Łoś", "Mak", "Zebra", "Źrebak", "Żaba"],
    "ro": ["Ana", "Ăla", "Ion", "Înalt", "Sanda", "Șerban", "Tudor", "Țurcan"],
    "en": ["10", "2", "Adam", "apple", "Éclair", "Zebra"],
}


@pytest.mark.parametrize("language", sorted(NAMES))
def test_words_stand_in_the_order_of_their_language(language: str) -> None:
    words = IN_ORDER[language]
    assert sorted(reversed(words), key=lambda word: sort_key(word, language)) == words


@pytest.mark.parametrize("language", sorted(NAMES))
def test_both_databases_know_the_order_of_every_language(database: Database, language: str) -> None:
    words = IN_ORDER[language]
    rows = union_all(*(select(literal(word).label("word")) for word in reversed(words))).subquery()
    ordered = select(rows.c.word).order_by(rows.c.word.collate(alphabets.collation(language)))
    with database.view_across_tenants() as session:
        assert list(session.scalars(ordered)) == words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Árvíztűrő  TÜKÖRFÚRÓGÉP", "arvizturo tukorfurogep"),
        ("Zażółć gęślą jaźń", "zazolc gesla jazn"),
        ("Ștefan Ţurcan", "stefan turcan"),
        ("ŠKODA, č. 12/3", "skoda, c. 12/3"),
        ("", ""),
    ],
)
def test_what_is_searched_has_neither_marks_nor_case(text: str, found: str) -> None:
    assert folded(text) == found
    assert folded(found) == found


def test_a_cedilla_is_the_comma_below_to_a_romanian_list() -> None:
    assert sort_key("Ştefan", "ro")[0] == sort_key("Ștefan", "ro")[0]
