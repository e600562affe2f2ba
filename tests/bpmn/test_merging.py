"""Two people in one file: what both did is joined, and what both changed otherwise is asked about."""

import json
from collections.abc import Callable, Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn import model, xml
from bpmn.merging import Side, merge
from tests.api.toy import FILES

MODEL = FILES["process.bpmn"]
BPMN = "process.bpmn"


def changed(*pairs: tuple[str, str], source: bytes = MODEL) -> bytes:
    text = source.decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()


RENAMED = changed(('id="answer" name="Answer the question"', 'id="answer" name="Reply"'))
OTHER_NAME = changed(('id="answer" name="Answer the question"', 'id="answer" name="Decide"'))
LATER = changed(("P2D", "P5D"))
ADDED = changed(
    ('<bpmn:sequenceFlow id="f3" sourceRef="rate"', '<bpmn:sequenceFlow id="f3" sourceRef="thank"'),
    ("<bpmn:outgoing>f3</bpmn:outgoing>", "<bpmn:outgoing>f4</bpmn:outgoing>"),
    (
        '<bpmn:endEvent id="done"',
        '<bpmn:manualTask id="thank" name="Thank"><bpmn:incoming>f4</bpmn:incoming>'
        "<bpmn:outgoing>f3</bpmn:outgoing></bpmn:manualTask>"
        '<bpmn:sequenceFlow id="f4" sourceRef="rate" targetRef="thank"/><bpmn:endEvent id="done"',
    ),
)


def same(one: bytes | None, other: bytes | None) -> bool:
    """Whether two models say the same, however they are written."""
    return one is not None and other is not None and model.read(one) == model.read(other)


def test_what_two_people_changed_at_different_elements_is_joined() -> None:
    merged = merge(BPMN, MODEL, ADDED, RENAMED)
    assert merged.conflicts == ()
    assert merged.content is not None
    process = model.read(merged.content)
    assert process.elements["answer"].name == "Reply"
    assert process.elements["thank"].name == "Thank"
    assert process.flows["f4"].target == "thank"
    assert same(merged.content, merge(BPMN, MODEL, RENAMED, ADDED).content)


def test_what_both_changed_otherwise_is_asked_and_taken_as_chosen() -> None:
    merged = merge(BPMN, MODEL, RENAMED, OTHER_NAME)
    (conflict,) = merged.conflicts
    assert conflict.element == "answer"
    assert ("Reply" in conflict.theirs, "Decide" in conflict.mine) == (True, True)
    for side, whole in ((Side.THEIRS, RENAMED), (Side.MINE, OTHER_NAME)):
        chosen = merge(BPMN, MODEL, RENAMED, OTHER_NAME, {"answer": side})
        assert chosen.conflicts == ()
        assert same(chosen.content, whole)


def test_an_element_one_removed_and_the_other_changed_is_asked_about() -> None:
    straight = changed(
        ('<bpmn:sequenceFlow id="f3" sourceRef="rate" targetRef="done"/>', ""),
        ('sourceRef="answer" targetRef="rate"', 'sourceRef="answer" targetRef="done"'),
        ("<bpmn:incoming>f3</bpmn:incoming>", "<bpmn:incoming>f2</bpmn:incoming>"),
    )
    start, end = straight.index(b'<bpmn:userTask id="rate"'), straight.index(b'<bpmn:endEvent id="done"')
    removed = straight[:start] + straight[end:]
    renamed = changed(('id="rate" name="Say whether it helped"', 'id="rate" name="Rate"'))
    merged = merge(BPMN, MODEL, renamed, removed)
    assert [(one.element, one.mine) for one in merged.conflicts] == [("rate", "")]
    assert same(merge(BPMN, MODEL, renamed, removed, {"rate": Side.MINE}).content, removed)
    kept = merge(BPMN, MODEL, renamed, removed, {"rate": Side.THEIRS}).content
    assert kept is not None
    assert model.read(kept).elements["rate"].name == "Rate"


def test_what_one_removed_and_the_other_leads_a_flow_to_is_asked_about() -> None:
    start, end = MODEL.index(b'<bpmn:endEvent id="done"'), MODEL.index(b'<bpmn:subProcess id="withdrawal"')
    last = '<bpmn:sequenceFlow id="f3" sourceRef="rate" targetRef="done"/>'
    removed = (MODEL[:start] + MODEL[end:]).replace(last.encode(), b"")
    second = changed((last, f'<bpmn:sequenceFlow id="f9" sourceRef="answer" targetRef="done"/>{last}'))
    merged = merge(BPMN, MODEL, removed, second)
    assert [one.element for one in merged.conflicts] == ["done"]
    gone = merge(BPMN, MODEL, removed, second, {"done": Side.THEIRS})
    assert gone.conflicts == ()
    assert b'"f9"' not in (gone.content or b"")


@pytest.mark.parametrize("path", ["letters/a.cs.docx", "scenarios/a.yaml", "bundle.toml", "process.bpmn"])
def test_a_file_without_elements_or_one_that_cannot_be_read_is_taken_whole(path: str) -> None:
    merged = merge(path, b"one", b"two", b"three")
    assert [one.element for one in merged.conflicts] == [""]
    assert merge(path, b"one", b"two", b"three", {"": Side.MINE}).content == b"three"
    assert merge(path, b"one", b"two", b"three", {"": Side.THEIRS}).content == b"two"
    assert merge(path, b"one", None, b"one").content is None


def test_rows_of_a_table_are_joined_one_by_one() -> None:
    def table(first: str, second: str, more: str = "") -> bytes:
        rows = "".join(
            f'<rule id="r{n}"><inputEntry id="i{n}"><text>-</text></inputEntry>'
            f'<outputEntry id="o{n}"><text>{value}</text></outputEntry></rule>'
            for n, value in ((1, first), (2, second))
        )
        return (
            '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d" name="d" namespace="x">'
            '<decision id="factor" name="factor"><decisionTable id="t" hitPolicy="FIRST"><input id="in">'
            '<inputExpression id="e"><text>a</text></inputExpression></input><output id="out" name="b"/>'
            f"{rows}{more}</decisionTable></decision></definitions>"
        ).encode()

    third = table("0", "0").decode().replace('"r2"', '"r3"').replace('"i2"', '"i3"').replace('"o2"', '"o3"')
    third = third[third.index('<rule id="r3"') : third.index("</decisionTable>")]
    merged = merge("factor.dmn", table("2.0", "3"), table("2.5", "3"), table("2.0", "4", third))
    assert merged.conflicts == ()
    cells = [node.text for node in xml.parse(merged.content or b"").iter("{*}text")]
    assert cells == ["a", "-", "2.5", "-", "4", "-", "0"]
    both = merge("factor.dmn", table("2.0", "3"), table("2.5", "3"), table("3.0", "3"))
    assert [one.element for one in both.conflicts] == ["o1"]


def fields(found: Mapping[str, str]) -> bytes:
    parts = [{"type": "textfield", "key": key, "label": label} for key, label in found.items()]
    return json.dumps({"type": "default", "id": "form", "components": parts}).encode()


LABELS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["one", "two", "three"]))


@given(base=LABELS, theirs=LABELS, mine=LABELS)
def test_of_three_forms_nothing_is_lost_that_nobody_removed(
    base: dict[str, str], theirs: dict[str, str], mine: dict[str, str]
) -> None:
    merged = merge("forms/form.form", fields(base), fields(theirs), fields(mine))
    asked = {one.element for one in merged.conflicts}
    found = {one["key"]: one["label"] for one in json.loads(merged.content or b"")["components"]}
    for key in {*base, *theirs, *mine}:
        was, there, here = base.get(key), theirs.get(key), mine.get(key)
        wanted = here if was == there else there
        assert (key in asked) == (was not in (there, here) and there != here)
        assert found.get(key) == (there if key in asked else wanted)
    for side, text in ((Side.MINE, mine), (Side.THEIRS, theirs)):
        chosen = merge("forms/form.form", fields(base), fields(theirs), fields(mine), dict.fromkeys(asked, side))
        got = {one["key"]: one["label"] for one in json.loads(chosen.content or b"")["components"]}
        assert chosen.conflicts == ()
        assert all(got.get(key) == text.get(key) for key in asked)


@pytest.mark.parametrize("make", [lambda: MODEL, lambda: RENAMED, lambda: ADDED])
def test_merging_with_what_nobody_changed_gives_the_change(make: Callable[[], bytes]) -> None:
    assert merge(BPMN, MODEL, make(), MODEL).content == make()
    assert merge(BPMN, MODEL, MODEL, make()).content == make()


def test_two_editors_that_give_a_form_its_ids_are_not_in_each_others_way() -> None:
    plain = json.dumps({"id": "f", "components": [{"type": "text", "text": "Hi"}, {"type": "number", "key": "n"}]})
    named = plain.replace('"type": "text"', '"id": "Field__0", "type": "text"')
    mine = named.replace('"key": "n"', '"id": "Field_n", "key": "n", "label": "N"')
    theirs = named.replace("Hi", "Hello").replace('"key": "n"', '"id": "Field_n", "key": "n"')
    merged = merge("forms/f.form", plain.encode(), theirs.encode(), mine.encode())
    assert merged.conflicts == ()
    text, number = json.loads(merged.content or b"")["components"]
    assert (text["text"], number["label"]) == ("Hello", "N")
