"""What keeps a bundle from being deployed, found and named."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from akta.languages import language
from bpmn import bundle, check
from tests.bpmn.models import ENGLISH, FORM, TOML, bpmn, ext, files, flow, node, service, straight, timer, user_task

HANDLERS = ("work", "notify", "generate-letter")
GROUPS = ("front-desk", "billing")
SHIPPED = {
    path.name: bundle.from_folder(path)
    for path in sorted((Path(bundle.__file__).parents[1] / "bundles").iterdir())
    if path.is_dir()
}


def no_placeholders(template: bytes) -> dict[tuple[str, ...], bool]:
    return {}


def findings(of: bundle.Bundle, called: Mapping[str, bundle.Bundle] | None = None, **more: Any) -> list[check.Finding]:
    settings: dict[str, Any] = {"placeholders": no_placeholders, **more}
    return check.check(of, called or {}, HANDLERS, GROUPS, **settings)


def codes(of: bundle.Bundle, called: Mapping[str, bundle.Bundle] | None = None, **more: Any) -> set[tuple[str, str]]:
    """Code and element of everything found, warnings too."""
    return {(finding.code, finding.element) for finding in findings(of, called, **more)}


def model(inside: str, outside: str = "", **more: bytes | str) -> bundle.Bundle:
    return bundle.from_files(files(bpmn(inside, outside), **more))


def test_a_whole_bundle_has_nothing_wrong() -> None:
    assert findings(bundle.from_files(files())) == []


@pytest.mark.parametrize(
    ("part", "code"),
    [
        (node("complexGateway", "x"), "unsupported-element"),
        (node("transaction", "x"), "start"),
        (node("adHocSubProcess", "x", node("startEvent", "s")), "start"),
        (node("manualTask", "x", "<bpmn:multiInstanceLoopCharacteristics/>"), "repeat"),
        (node("manualTask", "x", startQuantity="2"), "unsupported-attribute"),
        (node("manualTask", "x", isForCompensation="true"), "flow-arrives"),
        (node("eventBasedGateway", "x", eventGatewayType="Parallel"), "unsupported-attribute"),
        (node("manualTask", "x", ext("<zeebe:executionListeners/>")), "unsupported-extension"),
        (node("intermediateCatchEvent", "x", "<bpmn:signalEventDefinition/>"), "signal-unknown"),
        (node("intermediateCatchEvent", "x", "<bpmn:conditionalEventDefinition/>"), "condition-empty"),
        (node("intermediateCatchEvent", "x", timer("P1D") + timer("P2D")), "unsupported-event"),
        (node("intermediateCatchEvent", "x"), "unsupported-event"),
        (node("intermediateThrowEvent", "x", "<bpmn:escalationEventDefinition/>"), "escalation-no-code"),
        (node("intermediateThrowEvent", "x", "<bpmn:linkEventDefinition/>"), "link-unnamed"),
        (node("intermediateCatchEvent", "x", timer("R/PT1H", "timeCycle")), "unsupported-timer"),
        (node("intermediateCatchEvent", "x", "<bpmn:timerEventDefinition/>"), "timer-empty"),
        (node("intermediateCatchEvent", "x", timer("every day")), "expression"),
        (node("intermediateCatchEvent", "x", timer("=1 +")), "expression"),
        (node("scriptTask", "x", "<bpmn:script>import os</bpmn:script>"), "incomplete-task"),
        (node("scriptTask", "x", ext('<zeebe:script expression="=)" resultVariable="r"/>')), "expression"),
        (node("serviceTask", "x"), "incomplete-task"),
        (node("businessRuleTask", "x"), "incomplete-task"),
        (node("callActivity", "x"), "incomplete-task"),
        (node("userTask", "x", ext("<zeebe:userTask/>")), "nobody"),
        (service("x", "unheard-of"), "handler-missing"),
        (service("x", "=name"), "computed-reference"),
        (service("x", "work", {"": "=1"}), "mapping"),
        (service("x", "work", {"y": "=nothing_sets_it"}), "unknown-variable"),
        (user_task("x", groups="strangers"), "group-unknown"),
        (user_task("x", groups="billing"), "group-undeclared"),
        (user_task("x", form="none"), "form-missing"),
        (
            node("businessRuleTask", "x", ext('<zeebe:calledDecision decisionId="d" resultVariable="r"/>')),
            "decision-missing",
        ),
        (node("callActivity", "x", ext('<zeebe:calledElement processId="other"/>')), "called-missing"),
        (node("intermediateCatchEvent", "x", "<bpmn:messageEventDefinition/>"), "message-missing"),
    ],
)
def test_what_cannot_run_is_refused_by_name(part: str, code: str) -> None:
    found = findings(model(straight(part)))
    assert code in {finding.code for finding in found if finding.element == "x"}
    assert all("x" in finding.message for finding in found if finding.element == "x")


def gateway(*conditions: str, kind: str = "exclusiveGateway", default: str = "") -> str:
    """A gateway whose ways lead to end events; an empty condition is none."""
    ends = "".join(node("endEvent", f"e{i}") + flow("g", f"e{i}", text) for i, text in enumerate(conditions))
    more = {"default": default} if default else {}
    return node("startEvent", "begin") + flow("begin", "g") + node(kind, "g", **more) + ends


def test_a_way_out_of_an_exclusive_gateway_has_a_condition_or_is_the_default() -> None:
    assert ("condition-missing", "g-e1") in codes(model(gateway("=true", "")))
    assert ("condition-missing", "g-e1") not in codes(model(gateway("=true", "", default="g-e1")))
    assert ("no-default", "g") in codes(model(gateway("=true", "=false")))
    assert ("condition-of-default", "g-e1") in codes(model(gateway("=true", "=true", default="g-e1")))
    assert ("expression", "g-e0") in codes(model(gateway("=1 +", "", default="g-e1")))
    assert ("condition-elsewhere", "g-e0") in codes(model(gateway("=true", "", kind="parallelGateway")))


def test_only_events_follow_an_event_gateway() -> None:
    assert ("race", "e0") in codes(model(gateway("", kind="eventBasedGateway")))


def test_several_flows_out_of_a_task_are_refused() -> None:
    twice = straight(node("manualTask", "t")) + node("endEvent", "other") + flow("t", "other")
    assert ("implicit-split", "t") in codes(model(twice))


def test_what_is_out_of_reach_or_leads_nowhere_is_named() -> None:
    island = straight(user_task()) + node("manualTask", "island") + node("endEvent", "shore") + flow("island", "shore")
    assert {("unreachable", "island"), ("unreachable", "shore")} <= codes(model(island))
    stop = straight(user_task()) + node("boundaryEvent", "late", timer("P1D"), attachedToRef="ask")
    assert ("dead-end", "late") in codes(model(stop))
    circle = (
        node("startEvent", "begin") + node("exclusiveGateway", "a") + node("manualTask", "b")
        + flow("begin", "a") + flow("a", "b") + flow("b", "a")
    )  # fmt: skip
    assert ("no-end", "b") in codes(model(circle))


def test_a_scope_has_one_start() -> None:
    assert ("start", "toy") in codes(model(""))
    assert ("start", "toy") in codes(model(straight(user_task()) + node("startEvent", "again") + flow("again", "ask")))


def test_a_way_over_a_boundary_event_and_into_a_sub_process_is_a_way() -> None:
    inside = straight(user_task()).replace("begin", "inner-begin").replace("done", "inner-done")
    whole = (
        straight(node("subProcess", "sub", inside))
        + node("boundaryEvent", "late", timer("P1D"), attachedToRef="sub")
        + node("endEvent", "lapsed") + flow("late", "lapsed")
    )  # fmt: skip
    assert not check.errors(findings(model(whole)))


MESSAGE = node("message", "m", name="came")
KEYED = node("message", "m", ext('<zeebe:subscription correlationKey="=case.reference"/>'), name="came")
WAITS = node("intermediateCatchEvent", "w", '<bpmn:messageEventDefinition messageRef="m"/>')


def test_a_message_that_is_waited_for_has_a_correlation_key() -> None:
    assert ("correlation", "w") in codes(model(straight(user_task(), WAITS), MESSAGE))
    assert not check.errors(findings(model(straight(user_task(), WAITS), KEYED)))
    throws = node("intermediateThrowEvent", "w", '<bpmn:messageEventDefinition messageRef="m"/>')
    assert not check.errors(findings(model(straight(user_task(), throws), MESSAGE)))


def test_an_error_that_is_thrown_has_a_code() -> None:
    ends = straight(user_task()).replace(
        node("endEvent", "done"), node("endEvent", "done", '<bpmn:errorEventDefinition errorRef="e"/>')
    )
    assert ("error-unknown", "done") in codes(model(ends))
    assert ("error-no-code", "done") in codes(model(ends, node("error", "e")))
    assert not check.errors(findings(model(ends, node("error", "e", errorCode="FULL"))))


def calling(*keys: str) -> str:
    return straight(
        user_task(), *(node("callActivity", k, ext(f'<zeebe:calledElement processId="{k}"/>')) for k in keys)
    )


def other(inside: str, key: str = "other") -> bundle.Bundle:
    plain = f'key = "{key}"\nretention = "P1Y"\nwork_groups = ["front-desk"]\n'
    return bundle.from_files(files(bpmn(inside, id_=key), bundle_DOT_toml=plain))


def test_a_process_may_not_call_itself_over_another() -> None:
    root = model(calling("other"))
    assert not check.errors(findings(root, {"other": other(straight(user_task()))}))
    assert ("calls-itself", "toy") in codes(root, {"other": other(calling("toy"))})


def test_the_process_is_called_like_the_bundle() -> None:
    wrong = bundle.from_files(files(bpmn(straight(user_task()), id_="tiy")))
    assert ("process-id", "tiy") in codes(wrong)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ('[sources]\nstart = ["nowhere"]', "source"),
        ('[sources]\nelsewhere = ["own-meters"]', "place"),
        ('[check]\nstart = "nothing"', "entry-check"),
        ('[withdraw]\nmessage = "never"', "withdraw"),
        ('[applicant]\nname = "name"\nemail = "mail"', "answer-missing"),
        ('[start.staff]\nform = "paper"\nby = ["front-desk"]', "form-missing"),
        ('[start.staff]\nform = "ask"\nby = ["strangers"]', "group-unknown"),
        ('[start.staff]\nform = "ask"\nby = ["front-desk"]\nreceived = "stamped_on"', "answer-missing"),
        ('[start.staff]\nform = "ask"\nby = ["front-desk"]\nreceived = "name"', "answer-missing"),
    ],
)
def test_settings_name_only_what_is_there(more: str, code: str) -> None:
    wrong = bundle.from_files(files(bundle_DOT_toml=TOML + more))
    assert (code, "bundle.toml") in codes(wrong, sources=["own-meters"], entry_checks=["reading-entry"])


def test_forms_are_checked_and_the_unused_named() -> None:
    bad = {"id": "ask", "components": [{"type": "html", "id": "h"}]}
    assert ("form", "ask") in codes(bundle.from_files(files(forms__ask_DOT_form=json.dumps(bad))))
    spare = files(forms__spare_DOT_form=json.dumps(FORM | {"id": "spare"}))
    assert ("form-unused", "spare") in codes(bundle.from_files(spare))
    nameless = {"id": "ask", "components": [{"type": "textfield", "key": "name", "id": "n"}]}
    assert ("text-missing", "ask") in codes(bundle.from_files(files(forms__ask_DOT_form=json.dumps(nameless))))


def test_a_task_is_offered_to_the_lane_it_stands_in() -> None:
    lanes = node("laneSet", "set", node("lane", "one", "<bpmn:flowNodeRef>ask</bpmn:flowNodeRef>", name="Billing"))
    assert ("lane", "ask") in codes(model(lanes + straight(user_task())))
    assert ("lane", "ask") not in codes(model(lanes.replace("Billing", "Front desk") + straight(user_task())))


def test_only_ends_that_end_the_case_need_an_outcome() -> None:
    beside = (
        straight(user_task())
        + node("boundaryEvent", "later", timer("P1D"), attachedToRef="ask", cancelActivity="false")
        + node("endEvent", "reminded") + flow("later", "reminded")
    )  # fmt: skip
    assert ("text-missing", "reminded") not in codes(model(beside))
    assert ("text-missing", "reminded") in codes(model(beside.replace(' cancelActivity="false"', "")))


def test_a_finding_is_said_in_the_readers_language() -> None:
    (found,) = (f for f in findings(model(straight(service("x", "none"), user_task()))) if f.code == "handler-missing")
    assert found.message == found.said(language("en")) == "x: there is no handler called none."
    assert check.Finding("engine", "error", "x", "100 % raw").said(language("cs")) == "100 % raw"


def test_a_table_that_cannot_be_read_is_named() -> None:
    assert ("dmn", "rule.dmn") in codes(bundle.from_files(files(rule_DOT_dmn="<a/>")))


def test_english_is_whole_and_other_languages_are_said_to_lack_what_they_lack() -> None:
    untitled = bundle.from_files(files(i18n__en_DOT_toml=ENGLISH.replace('title = "Toy"\n', "")))
    assert ("text-missing", "i18n/en.toml") in codes(untitled)
    silent = bundle.from_files(files(i18n__en_DOT_toml=ENGLISH.replace("applicant", "next")))
    assert ("text-missing", "ask") in codes(silent)
    gap = bundle.from_files(files(i18n__cs_DOT_toml='title = "Hračka"'))
    assert ("language-incomplete", "i18n/cs.toml") in codes(gap)
    lost = bundle.from_files(files(i18n__en_DOT_toml=ENGLISH + '[elements.gone]\nname = "x"'))
    assert ("text-orphan", "i18n/en.toml") in codes(lost)


def writing(letter: str, mail: str = "") -> str:
    tasks = [user_task(), service("write", "generate-letter", {"letter": letter})]
    return straight(*tasks, *([service("send", "notify", {"mail": mail})] if mail else []))


def test_letters_and_mails_are_there_in_every_language_offered() -> None:
    assert ("letter-missing", "write") in codes(model(writing("=&quot;offer&quot;")))
    assert ("mail-missing", "send") in codes(model(writing("offer", "=&quot;hello&quot;")))
    there = model(
        writing("offer", "hello"),
        letters__offer_DOT_en_DOT_docx=b"x",
        i18n__en_DOT_toml=ENGLISH + '[mails.hello]\nsubject = "S"\nbody = "B"\n[letters.offer]\ntitle = "Offer"',
    )
    assert not check.errors(findings(there))
    only_czech = model(writing("offer"), letters__offer_DOT_cs_DOT_docx=b"x")
    assert ("letter-language", "letters/offer") in codes(only_czech)


def test_a_mail_has_only_places_that_are_filled() -> None:
    said = ENGLISH + '[mails.hello]\nsubject = "{reference}"\nbody = "{name}, {stranger}"\n[letters.offer]\ntitle = "O"'
    there = model(writing("offer", "hello"), letters__offer_DOT_en_DOT_docx=b"x", i18n__en_DOT_toml=said)
    found = [finding for finding in findings(there) if finding.code == "mail-place"]
    assert [(finding.element, dict(finding.params)["place"]) for finding in found] == [("send", "stranger")]


def test_a_called_process_uses_the_letters_of_the_case() -> None:
    inner = other(writing("offer"))
    assert "letter-missing" not in {code for code, _ in codes(inner)}
    assert ("letter-missing", "write") in codes(model(calling("other")), {"other": inner})


def test_a_letter_asks_only_for_what_some_step_provides() -> None:
    letter = model(writing("offer"), letters__offer_DOT_en_DOT_docx=b"x")

    def asks(*names: str, gives: Mapping[str, Any] | None = None) -> set[tuple[str, str]]:
        return codes(letter, placeholders=lambda _: {tuple(name.split(".")): True for name in names}, gives=gives)

    gives = {"generate-letter": {"type": "object", "properties": {"document": {}}}}
    assert ("placeholder", "letters/offer.en.docx") in asks("stranger")
    assert ("placeholder", "letters/offer.en.docx") not in asks("name", "case.reference", "today", "utility.name")
    assert ("placeholder", "letters/offer.en.docx") not in asks("document.id", gives=gives)


def test_a_letter_that_cannot_be_read_is_named() -> None:
    def unreadable(template: bytes) -> dict[tuple[str, ...], bool]:
        raise ValueError("no DOCX")

    letter = model(writing("offer"), letters__offer_DOT_en_DOT_docx=b"x")
    assert ("letter-unreadable", "letters/offer.en.docx") in codes(letter, placeholders=unreadable)


@pytest.mark.parametrize("key", SHIPPED)
def test_the_shipped_bundles_have_no_error_but_of_what_is_outside_them(key: str) -> None:
    outside = {"handler-missing", "group-unknown", "source", "entry-check", "group-undeclared"}
    found = check.errors(findings(SHIPPED[key], SHIPPED))
    assert [finding for finding in found if finding.code not in outside] == []
