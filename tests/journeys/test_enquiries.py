"""Questions by telephone and at the counter: what may be told to whom, and what is confirmed (S004-06 to S004-09)."""

from itertools import product
from pathlib import Path

import pytest

from bpmn import bundle as bundles
from bpmn import dmn
from documents import previews, store
from storage.people import Person
from tests.journeys.conftest import TODAY
from tests.journeys.office import Office

TABLE = Path(bundles.__file__).parents[1] / "bundles" / "enquiry" / "disclosure.dmn"
CALLER = {"user_id": "ZU0001", "control": "serial", "control_answer": "74210"}


def asked(**changed: str) -> dict[str, str]:
    given = {"received_by": "phone", "caller_is": "customer", "information": "important", "question": "May you cut it?"}
    return {**given, **changed}


def test_the_table_keeps_its_promises_whatever_is_asked() -> None:
    table = dmn.read(TABLE.read_bytes())
    asks = ("general", "personal", "important", "arrears", "else")
    people = ("customer", "proxy", "other")
    flags = (True, False)
    for what, way, who, known, kept, mandate in product(asks, ("phone", "counter"), people, flags, flags, flags):
        given = {"information": what, "received_by": way, "caller_is": who, "identified": known, "conditions": kept}
        found = table.evaluate("disclosure", {**given, "represented": mandate}, now=TODAY).outputs[0]
        entitled = known and (who == "customer" or (who == "proxy" and mandate))
        told = found["verdict"] == "say"
        assert not (told and what == "arrears" and way == "phone")
        assert not told or what == "general" or entitled
        assert not (told and what == "important" and way == "phone" and not kept)
        assert found["confirm"] == (entitled and what == "important" and way == "phone")
        assert found["verdict"] != "in_writing" or found["confirm"]


@pytest.mark.slow
def test_the_exact_arrears_are_never_told_by_telephone(uka: Office) -> None:
    case = uka.start("enquiry", asked(information="arrears"), uka.signed_in("front-desk"))
    assert uka.open_tasks(case) == ["answer"]
    uka.do(case, "answer", "front-desk", {"said": "12 345 Kč"})
    assert (uka.case(case).outcome, uka.case(case).channel) == ("answered", "phone")
    assert list(uka.mails) == []


@pytest.mark.slow
def test_what_is_important_is_told_to_who_is_known_and_confirmed_in_the_same_words(uka: Office) -> None:
    with uka.uow.begin() as tx:
        tx.get(Person, uka.person("zu0001")).email = ""
    case = uka.start("enquiry", asked(), uka.signed_in("front-desk"))
    uka.do(case, "ask-caller", "front-desk", CALLER)
    uka.do(case, "weigh", "front-desk", {"fastest": "true", "clear": "true", "alone": "true"})
    uka.do(case, "answer", "front-desk", {"said": "The supply is interrupted on 5 March."})
    (letter,) = uka.documents(case)
    text = "\n".join(previews.paragraphs(store.whole(uka.akta.files, letter)))
    assert "The supply is interrupted on 5 March." in text
    uka.do(case, "post", "front-desk", {"posted_on": "2026-03-02"})
    assert uka.case(case).outcome == "confirmed"
    assert uka.case(case).person_id == uka.person("zu0001")


@pytest.mark.slow
def test_who_asks_for_somebody_else_without_a_mandate_in_force_is_told_nothing(uka: Office) -> None:
    case = uka.start("enquiry", asked(caller_is="proxy", agent="Nikdo Neznámý"), uka.signed_in("front-desk"))
    uka.do(case, "ask-caller", "front-desk", CALLER)
    uka.do(case, "weigh", "front-desk", {"fastest": "true", "clear": "true", "alone": "true"})
    uka.do(case, "answer", "front-desk", {})
    assert uka.case(case).outcome == "answered"
    assert list(uka.mails) == []
