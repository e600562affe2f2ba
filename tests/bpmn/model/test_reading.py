"""Reading process models, those of enemies among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bpmn import model
from tests.bpmn.models import bpmn, ext, flow, node, straight, timer, user_task

DTD = b'<!DOCTYPE x [<!ENTITY a "b">]>'


def test_a_process_is_read_with_its_flows_and_extensions() -> None:
    zeebe = (
        '<zeebe:userTask/><zeebe:formDefinition formId="f"/>'
        '<zeebe:assignmentDefinition assignee="=who" candidateGroups="a, b"/>'
        '<zeebe:taskSchedule dueDate="=today() + duration(&quot;P2D&quot;)"/><zeebe:priorityDefinition priority="70"/>'
        '<zeebe:ioMapping><zeebe:input source="=x" target="y"/>'
        '<zeebe:output source="=z" target="a.b"/></zeebe:ioMapping>'
        '<zeebe:taskHeaders><zeebe:header key="k" value="v"/></zeebe:taskHeaders>'
    )
    process = model.read(bpmn(straight(node("userTask", "t", ext(zeebe), name="Two\n words"))))
    task = process.elements["t"]
    assert (task.type, task.name, task.parent) == ("userTask", "Two words", "toy")
    assert task.zeebe == model.Zeebe(
        user_task=True,
        form="f",
        assignee="=who",
        candidate_groups="a, b",
        due_date='=today() + duration("P2D")',
        priority="70",
        inputs=(model.Mapped("=x", "y"),),
        outputs=(model.Mapped("=z", "a.b"),),
        headers={"k": "v"},
    )
    assert [found.id for found in process.outgoing["t"]] == ["t-done"]
    assert {(e.kind, e.text) for e in model.expressions(process)} == {
        ("assignee", "who"),
        ("due date", 'today() + duration("P2D")'),
        ("input mapping y", "x"),
        ("output mapping a.b", "z"),
    }


def test_events_tasks_and_messages_are_read() -> None:
    tasks = (
        node("scriptTask", "s", ext('<zeebe:script expression="=1" resultVariable="n"/>'))
        + node("businessRuleTask", "d", ext('<zeebe:calledDecision decisionId="rule" resultVariable="r"/>'))
        + node("callActivity", "c", ext('<zeebe:calledElement processId="other" propagateAllChildVariables="false"/>'))
        + node("boundaryEvent", "b", timer("P1D"), attachedToRef="c", cancelActivity="false")
        + node("receiveTask", "w", messageRef="m")
    )
    message = node("message", "m", ext('<zeebe:subscription correlationKey="=case.reference"/>'), name="came")
    process = model.read(bpmn(tasks, message))
    assert (process.elements["s"].zeebe.script, process.elements["s"].zeebe.script_result) == ("=1", "n")
    assert process.elements["d"].zeebe.decision == "rule"
    assert process.calls == {"other"}
    assert not process.elements["c"].zeebe.propagate_all
    boundary = process.elements["b"]
    assert (boundary.attached_to, boundary.interrupting) == ("c", False)
    assert boundary.events == (model.Event("timer", timer="duration", text="P1D"),)
    assert process.boundaries["c"] == (boundary,)
    assert process.message_of(process.elements["w"]) == model.Message("m", "came", "=case.reference")
    assert [e.iso for e in model.expressions(process) if e.kind == "timer duration"] == [True]


def test_sub_processes_keep_what_is_in_them() -> None:
    inner = straight(user_task())
    process = model.read(bpmn(node("subProcess", "sub", inner, triggeredByEvent="true")))
    assert process.elements["ask"].parent == "sub"
    assert process.elements["sub"].event_subprocess
    assert process.elements["sub"].odd == ()
    assert process.ends == ()


def test_what_has_a_meaning_that_is_not_read_is_kept_as_odd() -> None:
    odd = node("userTask", "t", "<bpmn:resourceRole/>", startQuantity="2")
    extension = node("userTask", "u", ext("<zeebe:executionListeners/><zeebe:conditionalFilter/>"))
    process = model.read(bpmn(odd + extension + node("choreographyTask", "x")))
    assert set(process.elements["t"].odd) == {"resourceRole", "startQuantity"}
    assert process.elements["u"].zeebe.unread == ("executionListeners", "conditionalFilter")
    assert process.outside == (("choreographyTask", "x"),)


def test_how_an_activity_repeats_is_read() -> None:
    said = ext(
        '<zeebe:loopCharacteristics inputCollection="=rows" inputElement="row" outputCollection="sums" '
        'outputElement="=row + 1"/>'
    )
    many = f"<bpmn:multiInstanceLoopCharacteristics>{said}<bpmn:completionCondition>=enough</bpmn:completionCondition>"
    loop = "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>again</bpmn:loopCondition>"
    process = model.read(
        bpmn(
            node("userTask", "a", f"{many}</bpmn:multiInstanceLoopCharacteristics>")
            + node("userTask", "b", f"{loop}</bpmn:standardLoopCharacteristics>", isForCompensation="true")
        )
    )
    assert process.elements["a"].repeat == model.Repeat(
        each=True, collection="=rows", item="row", output="=row + 1", outputs="sums", condition="=enough"
    )
    assert process.elements["b"].repeat == model.Repeat(each=False, condition="again")
    assert process.elements["b"].compensates
    found = {(expression.element, expression.kind, expression.text) for expression in model.expressions(process)}
    assert {("a", "output element", "row + 1"), ("b", "loop condition", "again")} <= found


def test_what_an_event_is_about_is_read() -> None:
    inner = (
        node("boundaryEvent", "x", "<bpmn:compensateEventDefinition/>", attachedToRef="b")
        + node("userTask", "b")
        + node("intermediateThrowEvent", "l", '<bpmn:linkEventDefinition name="on"/>')
        + node("intermediateThrowEvent", "c", '<bpmn:compensateEventDefinition activityRef="b"/>')
        + node(
            "intermediateCatchEvent",
            "w",
            "<bpmn:conditionalEventDefinition><bpmn:condition>n > 1</bpmn:condition></bpmn:conditionalEventDefinition>",
        )
        + node("association", "as", sourceRef="x", targetRef="u")
    )
    process = model.read(bpmn(inner, node("escalation", "e", escalationCode="E") + node("signal", "s", name="S")))
    assert [process.elements[id_].events[0] for id_ in ("l", "c", "w")] == [
        model.Event("link", "on"),
        model.Event("compensate", "b"),
        model.Event("conditional", text="n > 1"),
    ]
    assert process.associations == (("x", "u"),)
    assert (process.escalations, process.signals) == ({"e": "E"}, {"s": "S"})


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        (b"", "not XML"),
        (b"no xml", "not XML"),
        (b"<a/>", "not BPMN"),
        (DTD + b"<x>&a;</x>", "document type"),
        (b"<!DOCTYPE x><x/>", "document type"),
        (DTD.replace(b'"b"', b'SYSTEM "file:///etc/passwd"') + b"<x>&a;</x>", "document type"),
        (b" " * 10_000_001, "larger than 10 MB"),
        (bpmn(node("task", "a") + node("task", "a")), "stands twice"),
        (bpmn("").replace(b'isExecutable="true"', b""), "no executable process"),
        (bpmn("", node("process", "other", isExecutable="true")), "2 executable processes"),
        (bpmn("<bpmn:userTask/>"), "has no id"),
        (bpmn(node("task", "a" * 81)), "longer than 80"),
        (bpmn(node("task", "a") + flow("a", "gone")), "not there"),
        (bpmn(node("task", "a") + node("subProcess", "s", node("task", "b")) + flow("a", "b")), "crosses the border"),
        (bpmn(node("boundaryEvent", "b", attachedToRef="gone")), "attached to nothing"),
        (bpmn(node("exclusiveGateway", "g", default="gone")), "default flow"),
        (b"<a>" * 300 + b"</a>" * 300, "not XML"),
        (bpmn("".join(node("task", f"t{i}") for i in range(5001))), "more than 5000"),
    ],
)
def test_what_is_no_runnable_model_is_refused_with_a_reason(source: bytes, reason: str) -> None:
    with pytest.raises(model.ModelError, match=reason):
        model.read(source)


def test_a_billion_laughs_are_not_heard() -> None:
    lol = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY l0 "lol">{lol}]><x>&l11;</x>'.encode()
    with pytest.raises(model.ModelError):
        model.read(bomb)


@given(st.binary(max_size=200))
def test_noise_is_refused_and_breaks_nothing(noise: bytes) -> None:
    with pytest.raises(model.ModelError):
        model.read(noise)


@pytest.mark.parametrize("text", ["P10D", "PT5M", "P1Y2M3DT4H5M6.5S", "P2W", "2014-11-10", "2014-11-10T10:00:00Z"])
def test_plain_iso_texts_are_known(text: str) -> None:
    assert model.is_iso(text)


@pytest.mark.parametrize("text", ["P", "PT", "P1", "10D", "-", "duration(x)", "2014-11", "P1DT"])
def test_what_is_not_iso_is_taken_for_feel(text: str) -> None:
    assert not model.is_iso(text)
