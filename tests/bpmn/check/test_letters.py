"""Letters against the types of the process, and fields of forms that nothing reads."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from bpmn import bundle, check
from tests.bpmn.check.test_typing import FORM, GIVES, TAKES, work
from tests.bpmn.check.test_unset import OTHER, OTHER_TASK
from tests.bpmn.models import TOML, bpmn, files, flow, node, service, straight, user_task

Places = Mapping[tuple[str, ...], bool]
WRITE = service("write", "generate-letter", {"letter": "=&quot;offer&quot;"})


def toy(inside: str, **more: bytes | str) -> bundle.Bundle:
    more = {"forms__ask_DOT_form": json.dumps(FORM), "forms__other_DOT_form": json.dumps(OTHER), **more}
    return bundle.from_files(files(bpmn(inside), letters__offer_DOT_en_DOT_docx=b"x", **more))


def told(code: str, of: bundle.Bundle, places: Places | None = None, **more: Any) -> list[check.Finding]:
    gives = {**GIVES, "generate-letter": {"type": "object", "properties": {}}}
    takes = {**TAKES, "generate-letter": {"type": "object", "properties": {"letter": {}, "data": {}}}}
    found = check.check(
        of, {}, ("work", "generate-letter"), ("front-desk",), lambda _: places or {}, gives=gives, takes=takes, **more
    )
    return [each for each in found if each.code == code]


def briefly(inside: str, places: Places) -> list[tuple[str, str]]:
    return [(one.severity, one.message) for one in told("placeholder", toy(inside), places)]


def test_a_letter_that_always_reads_what_nothing_provides_cannot_be_made() -> None:
    assert briefly(straight(WRITE), {("nmae",): True}) == [
        ("error", "letters/offer.en.docx wants nmae, which no step provides. Did you mean name?")
    ]
    assert [severity for severity, _ in briefly(straight(WRITE), {("stranger",): False})] == ["warning"]


@pytest.mark.parametrize(
    ("path", "told"),
    [
        (("case", "reference"), []),
        (("result", "total"), []),
        (("result", "totl"), ['there is no "totl" in it. Did you mean "total"?']),
        (("name", "first"), ['there is no "first" in it: it is a text.']),
        (("acts", "[]"), []),
        (("acts", "[]", "title"), ['there is no "title" in it: it is "sign".']),
        (("utility", "nmae"), ['there is no "nmae" in it. Did you mean "name"?']),
        (("applicant", "street"), []),
    ],
)
def test_parts_of_what_a_letter_reads_are_there(path: tuple[str, ...], told: list[str]) -> None:
    found = briefly(straight(work(count="1"), WRITE), {path: True})
    assert [message.partition("; ")[2] for _, message in found] == told
    assert all(severity == "error" for severity, _ in found)


def test_a_letter_reads_what_is_set_when_it_is_made() -> None:
    late = straight(WRITE, OTHER_TASK)
    (finding,) = told("placeholder", toy(late), {("size",): True, ("name",): True})
    assert (finding.severity, finding.element, finding.path) == ("warning", "write", ("begin", "write"))
    assert told("placeholder", toy(straight(OTHER_TASK, WRITE)), {("size",): True, ("extra",): True}) == []
    assert told("placeholder", toy(late), {("size",): False}) == []
    (hidden,) = told("placeholder", toy(straight(OTHER_TASK, WRITE)), {("limit",): True})
    assert hidden.path == ("begin", "decide", "write")
    given = service("write", "generate-letter", {"letter": "=&quot;offer&quot;", "data.size": "=1"})
    assert told("placeholder", toy(straight(given, OTHER_TASK)), {("size",): True}) == []


def unread(of: bundle.Bundle, **more: Any) -> set[tuple[str, str]]:
    return {(one.element, str(dict(one.params)["key"])) for one in told("field-unread", of, **more)}


def test_a_field_that_nothing_reads_is_named() -> None:
    assert unread(toy(straight(OTHER_TASK))) >= {("other", "size"), ("other", "extra"), ("ask", "amount")}
    assert ("other", "decision") not in unread(toy(straight(OTHER_TASK))), "another field shows by it"
    assert ("other", "size") not in unread(toy(straight(OTHER_TASK, work(count="size"))))
    assert ("ask", "acts") not in unread(toy(straight(OTHER_TASK))), "a list to tick off is for people"
    assert ("other", "size") not in unread(toy(straight(OTHER_TASK)), places={("size",): True})
    mapped = OTHER_TASK.replace(
        "</bpmn:extensionElements>",
        '<zeebe:ioMapping><zeebe:output source="=size" target="measure"/></zeebe:ioMapping></bpmn:extensionElements>',
    )
    assert ("other", "size") in unread(toy(straight(mapped))), "passed on, and read by nobody there either"
    assert ("other", "size") not in unread(toy(straight(mapped, work(count="measure"))))
    checked = TOML + '[check]\nstart = "look"\n'
    of = toy(straight(user_task("decide", form="other")), bundle_DOT_toml=checked)
    assert {form for form, _ in unread(of, entry_checks=("look",))} == {"other"}


def test_a_handler_that_takes_anything_may_read_all_fields() -> None:
    of = toy(straight(OTHER_TASK, service("any", "unheard-of")) + node("endEvent", "x") + flow("any", "x"))
    assert unread(of) == set()


def test_answers_in_a_process_that_others_call_may_be_read_by_those() -> None:
    called = TOML.partition("[start]")[0]
    assert "[start]" in TOML
    assert unread(toy(straight(OTHER_TASK), bundle_DOT_toml=called)) == set()
