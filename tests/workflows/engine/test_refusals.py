"""What cannot run is refused when it is compiled, by element and reason."""

import pytest

from bpmn.model import RUNS
from tests.workflows.engine.models import (
    CANCEL,
    Model,
    compensate,
    condition,
    each,
    error,
    escalation,
    link,
    loop,
    message,
    signal,
    timer,
    zeebe,
)
from workflows import engine
from workflows.engine import _parse


def reasons(model: Model, *called: Model) -> list[str]:
    with pytest.raises(engine.NotRunnable) as caught:
        engine.compile(model.source(), [other.source() for other in called])
    return [str(reason) for reason in caught.value.reasons]


def around(tag: str, body: str = "", extension: str = "", **attributes: str) -> Model:
    model = Model(m="=1").start().add(tag, "x", extension, body, attributes).end()
    return model.path("start", "x", "end")


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (around("complexGateway"), "complexGateway is not run"),
        (around("implicitThrowEvent"), "implicitThrowEvent is not run"),
        (around("transaction"), "exactly one start event"),
        (around("adHocSubProcess", "<bpmn:startEvent id='s'/>"), "neither start nor end"),
        (around("userTask", startQuantity="2"), "startQuantity"),
        (around("userTask", completionQuantity="2"), "completionQuantity"),
        (around("eventBasedGateway", eventGatewayType="Parallel"), "parallel event gateway"),
        (around("userTask", each()), "either an input collection or a cardinality"),
        (around("userTask", each("=rows", cardinality="3")), "either an input collection or a cardinality"),
        (around("userTask", each("=rows", "item", "=item")), "need each other"),
        (around("userTask", loop()), "would never end"),
        (around("userTask", loop("true", "0")), "no number of turns"),
        (around("receiveTask", instantiate="true", messageRef="message-m"), "no flow may lead"),
        (
            around("callActivity", extension=zeebe("calledElement", processId="p", bindingType="versionTag")),
            "by its tag",
        ),
        (around("serviceTask"), "names no handler"),
        (around("scriptTask"), "neither a FEEL script nor a handler"),
        (around("businessRuleTask"), "neither a decision nor a handler"),
        (
            around("businessRuleTask", extension=zeebe("calledDecision", decisionId="d", resultVariable="r")),
            "decision d does not exist",
        ),
        (around("callActivity", extension=zeebe("calledElement", processId="nowhere")), "nowhere is not there"),
        (around("intermediateCatchEvent"), "without an event"),
        (around("intermediateCatchEvent", timer("R/PT1H", "timeCycle")), "timeCycle"),
        (around("intermediateCatchEvent", "<bpmn:signalEventDefinition/>"), "signal does not exist"),
        (around("intermediateCatchEvent", '<bpmn:linkEventDefinition name="l"/>'), "throws the link l"),
        (around("intermediateThrowEvent", link("l")), "catches the link l"),
        (around("intermediateThrowEvent", link(" ")), "its link has no name"),
        (around("intermediateCatchEvent", escalation("E")), "with escalation event is not run here"),
        (around("intermediateCatchEvent", compensate()), "with compensate event is not run here"),
        (around("intermediateThrowEvent", timer("PT1H")), "with timer event is not run here"),
        (around("intermediateThrowEvent", compensate("nobody")), "no activity nobody"),
        (around("intermediateThrowEvent", compensate("x")), "no activity x"),
        (
            around("intermediateThrowEvent", '<bpmn:compensateEventDefinition waitForCompletion="false"/>'),
            "not waited for",
        ),
        (around("intermediateCatchEvent", condition("1 +")), "condition"),
        (around("intermediateCatchEvent", timer("PT1H") + timer("PT2H")), "more than one event"),
        (around("intermediateCatchEvent", message("none")), "does not exist"),
        (around("intermediateCatchEvent", timer("=1 +")), "timer"),
        (around("intermediateCatchEvent", timer("P2W")), "no date, time"),
        (around("intermediateCatchEvent", timer("2026-02-30", "timeDate")), "no date, time"),
        (around("intermediateThrowEvent", "<bpmn:escalationEventDefinition/>"), "has no code"),
        (around("userTask", isForCompensation="true"), "compensation"),
        (
            around("userTask", extension='<zeebe:ioMapping><zeebe:input source="=1 +" target="a"/></zeebe:ioMapping>'),
            "input a",
        ),
        (around("scriptTask", extension=zeebe("script", expression="=a b c (", resultVariable="r")), "script"),
        (around("subProcess"), "exactly one start event"),
    ],
)
def test_an_element_that_is_not_run_is_named_with_its_reason(model: Model, reason: str) -> None:
    found = reasons(model)
    assert any(text.startswith("x (x): ") and reason in text for text in found), found


def bordered(body: str, host: str = "userTask", interrupts: bool = True, handler: str = "") -> Model:
    inside = '<bpmn:startEvent id="s"/><bpmn:endEvent id="e"/><bpmn:sequenceFlow id="f" sourceRef="s" targetRef="e"/>'
    model = Model(m="=1").start().add(host, "host", body="" if host.endswith("Task") else inside).end()
    model.boundary("x", "host", body, interrupts=interrupts)
    if handler:
        model.user(handler).path("x", handler, "end")
    return model.path("start", "host", "end")


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (bordered(CANCEL), "only a transaction"),
        (bordered(CANCEL, "transaction", interrupts=False), "always interrupts"),
        (bordered(compensate()), "no activity is associated"),
        (bordered(compensate(), handler="a"), "no activity is associated"),
        (bordered(timer("R3/PT1H", "timeCycle")), "timeCycle"),
        (bordered(timer("R0/PT1H", "timeCycle"), interrupts=False), "no repeating interval"),
        (bordered(timer("R/PT0S", "timeCycle"), interrupts=False), "takes time"),
        (bordered(timer("0 0 9 * * MON", "timeCycle"), interrupts=False), "no repeating interval"),
        (bordered("<bpmn:terminateEventDefinition/>"), "is not run here"),
        (bordered(signal("s") + message("m")), "more than one event"),
    ],
)
def test_a_border_that_is_not_run_is_named_with_its_reason(model: Model, reason: str) -> None:
    found = reasons(model)
    assert any(text.startswith("x (x): ") and reason in text for text in found), found


def test_what_compensates_stands_alone_and_has_no_border() -> None:
    model = Model().start().user("a").end().undo("undo", "a").path("start", "a", "end").path("undo", "end")
    assert "undo (undo): no flow may leave it" in reasons(model)
    model = Model().start().user("a").end().undo("undo", "a").path("start", "a", "end")
    model.boundary("late", "undo", timer("P1D")).path("late", "end")
    assert "undo (undo): a border on an activity for compensation is not run" in reasons(model)


def test_a_cancel_end_event_needs_a_transaction_with_a_cancel_border() -> None:
    model = Model().start().end("off", CANCEL).path("start", "off")
    assert "stands in none" in reasons(model)[0]
    with model.sub("deal", tag="transaction") as inner:
        inner.start("s2").end("e2", CANCEL).path("s2", "e2")
    assert any("no cancel border" in text for text in reasons(model))


def test_only_what_can_be_undone_is_named_for_compensation() -> None:
    model = Model().start().user("a").throw("undo", compensate("a")).end().path("start", "a", "undo", "end")
    assert reasons(model) == ["undo (undo): nothing compensates a"]


def test_two_catchers_of_one_link_are_refused() -> None:
    model = Model().start().throw("one", link("L")).catch("x", link("L")).catch("y", link("L")).end()
    model.path("start", "one").path("x", "end").path("y", "end")
    assert "one (one): several events catch the link L" in reasons(model)


def test_a_case_begins_by_an_event_gateway_with_messages_and_signals_only() -> None:
    model = Model(m="=1").add("eventBasedGateway", "gate", attributes={"instantiate": "true"})
    model.catch("one", message("m")).catch("two", timer("P1D")).end()
    found = reasons(model.path("gate", "one", "end").path("gate", "two", "end"))
    assert found == ["two (two): a case begins here with a message or a signal only"]


def test_what_begins_a_case_stands_in_the_process_itself() -> None:
    model = Model(m="=1").start()
    with model.sub("sub") as inner:
        inner.start("s2").end("e2").path("s2", "e2")
        inner.add("receiveTask", "r", attributes={"instantiate": "true", "messageRef": "message-m"})
    assert any("only in the process itself" in text for text in reasons(model.end().path("start", "sub", "end")))


HALF = '<zeebe:ioMapping><zeebe:input source="=1" target=""/></zeebe:ioMapping>'
EMPTY = '<zeebe:ioMapping><zeebe:output source=" " target="a"/></zeebe:ioMapping>'


@pytest.mark.parametrize(
    ("model", "reason"),
    [
        (around("userTask", extension=HALF), "a mapping (input) has no target"),
        (around("userTask", extension=EMPTY), "the mapping (output) to a has no source"),
        (around("serviceTask", extension="<zeebe:taskDefinition/>"), "names no handler"),
        (around("scriptTask", extension=zeebe("script", expression="=1")), "needs an expression and a result variable"),
        (
            around("businessRuleTask", extension=zeebe("calledDecision", decisionId="d")),
            "the decision needs a result variable",
        ),
        (
            around(
                "intermediateCatchEvent",
                "<bpmn:conditionalEventDefinition><bpmn:condition/></bpmn:conditionalEventDefinition>",
            ),
            "it has no condition",
        ),
        (around("intermediateCatchEvent", "<bpmn:timerEventDefinition/>"), "neither a date nor a duration"),
        (around("exclusiveGateway", default="flow-1"), "its default flow does not leave it"),
        (bordered(error("nowhere")), "does not exist"),
        (bordered(message("none")), "its message does not exist"),
        (Model(m="").start().catch("x", message("m")).end().path("start", "x", "end"), "no correlation key"),
        (Model().start().xor("x").path("start", "x"), "no flow leaves this gateway"),
        (Model().start().end("x").end().path("start", "x", "end"), "no flow may leave an end event"),
        (Model().start("x").user("a").end().path("x", "a", "end").path("a", "x"), "no flow may lead here"),
        (
            Model().start().end().path("start", "end").boundary("x", "end", timer("P1D")),
            "attached to nothing that can be interrupted",
        ),
        (
            Model("x").user("a").end().path("a", "end"),
            "it needs a start event",
        ),
    ],
)
def test_what_is_missing_or_misplaced_is_named(model: Model, reason: str) -> None:
    found = reasons(model)
    assert any(text.startswith(("x (x): ", "x: ")) and reason in text for text in found), found


def test_an_event_sub_process_is_not_repeated() -> None:
    model = Model(m="=1").start().end().path("start", "end")
    with model.sub("x", handler=True, head=each("=rows")) as inner:
        inner.start("s", message("m")).end("e").path("s", "e")
    assert "x (x): an event sub-process runs as often as its event comes, not several times" in reasons(model)


def test_a_flow_joins_two_elements_of_one_process() -> None:
    model = Model().start().end().path("start", "end")
    with model.sub("sub") as inner:
        inner.start("s2").end("e2").path("s2", "e2").flow("s2", "end", ident="out")
    assert any("does not join two elements" in text for text in reasons(model.path("start", "sub")))


def test_two_ways_out_of_a_task_need_a_gateway() -> None:
    model = Model().start().user("a").end().end("other").path("start", "a", "end").path("a", "other")
    assert "several flows leave it" in reasons(model)[0]


def test_a_condition_needs_an_exclusive_gateway_and_a_gateway_needs_conditions() -> None:
    model = Model().start().user("a").xor("x").end().end("other").flow("start", "a").flow("a", "x", "yes")
    found = reasons(model.path("x", "end").path("x", "other"))
    assert any("no exclusive or inclusive gateway leaves" in text for text in found)
    assert any("no condition and is not the default" in text for text in found)


def test_an_element_nothing_leads_to_is_refused() -> None:
    assert "lost (lost): no flow leads here" in reasons(Model().start().end().path("start", "end").user("lost"))


def test_only_events_may_follow_an_event_based_gateway() -> None:
    model = Model().start().race("gate").user("a").end().path("start", "gate", "a", "end")
    assert "only catching events" in reasons(model)[0]


def test_an_event_behind_a_gateway_has_no_other_way_in() -> None:
    model = Model().start().both("fork").race("gate").catch("x", timer("P1D")).catch("y", timer("P2D")).end()
    model.path("start", "fork", "gate", "x", "end").path("gate", "y", "end").path("fork", "x")
    assert "x (x): only the event-based gateway may lead here" in reasons(model)


def test_an_error_border_cannot_stay_beside_its_task() -> None:
    model = Model().start().user("a").end().boundary("b", "a", error("E"), interrupts=False).path("start", "a", "end")
    model.errors = ["E"]
    assert "always interrupts" in reasons(model)[0]


def test_processes_that_call_each_other_in_a_circle_are_refused() -> None:
    one = Model("one").start().call("c", "two").end().path("start", "c", "end")
    two = Model("two").start().call("c", "one").end().path("start", "c", "end")
    assert "circle" in reasons(one, two)[0]


def test_calls_that_meet_again_are_no_circle_and_are_gone_through_once() -> None:
    def calling(key: str, *called: str) -> Model:
        model = Model(key).start()
        for place, other in enumerate(called):
            model.call(f"c{place}", other)
        return model.end().path("start", *(f"c{place}" for place in range(len(called))), "end")

    layers = [calling(f"p{level}", f"p{level + 1}", f"p{level + 1}") for level in range(30)]
    first, *others = (each.source() for each in (*layers, calling("p30")))
    assert len(engine.compile(first, others).hashes) == 31
    closing = calling("p30", "p0", "p15")
    assert [reason.partition(" ")[0] for reason in reasons(layers[0], *layers[1:], closing)] == ["c0", "c1"]


def test_a_model_of_more_elements_than_anybody_draws_is_refused() -> None:
    tasks = b"".join(b'<bpmn:manualTask id="t%d"/>' % number for number in range(5_001))
    xml = Model().start().end().path("start", "end").xml().replace(b"</bpmn:process>", tasks + b"</bpmn:process>")
    with pytest.raises(engine.NotRunnable, match="more than 5000 elements"):
        engine.compile(engine.ProcessSource("p", "h", xml))


def test_a_reason_is_told_in_the_language_of_its_reader() -> None:
    with pytest.raises(engine.NotRunnable) as caught:
        engine.compile(Model().start().end().path("start", "end").call("lost", "other").source())
    hungarian = {
        "no flow leads here": "ide nem vezet ág",
        "the called process %(name)s is not there": "a hívott %(name)s folyamat nincs meg",
    }
    told = [reason.told().said(lambda text: hungarian.get(text, text)) for reason in caught.value.reasons]
    assert told == ["lost (lost): ide nem vezet ág"]
    with pytest.raises(engine.NotRunnable) as caught:
        engine.compile(Model().start().call("c", "other").end().path("start", "c", "end").source())
    told = [reason.told().said(lambda text: hungarian.get(text, text)) for reason in caught.value.reasons]
    assert told == ["c (c): a hívott other folyamat nincs meg"]


def test_a_reason_in_a_called_process_says_which() -> None:
    main = Model().start().call("c", "child").end().path("start", "c", "end")
    child = Model("child").start().add("complexGateway", "t").end().path("start", "t", "end")
    with pytest.raises(engine.NotRunnable) as caught:
        engine.compile(main.source(), [child.source()])
    assert [(reason.process, reason.element) for reason in caught.value.reasons] == [("child", "t")]


@pytest.mark.parametrize(
    "xml",
    [
        b"",
        b"<html/>",
        b"not xml",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]>'
        b'<d:definitions xmlns:d="http://www.omg.org/spec/BPMN/20100524/MODEL">&e;</d:definitions>',
        Model().start().end().path("start", "end").xml().replace(b'isExecutable="true"', b""),
        Model().start().end().path("start", "end").xml().replace(b'targetRef="end"', b'targetRef="nowhere"'),
        Model().start().end().path("start", "end").xml().replace(b"bpmn:startEvent", b"bpmn:startevent"),
    ],
)
def test_what_is_no_sound_bpmn_is_refused(xml: bytes) -> None:
    with pytest.raises(engine.NotRunnable):
        engine.compile(engine.ProcessSource("p", "h", xml))


def test_the_schema_is_asked() -> None:
    assert engine.problems(Model().start().end().path("start", "end").xml()) == []
    assert engine.problems(Model().start().end().xml().replace(b"bpmn:endEvent", b"bpmn:finish"))


def test_drawn_data_objects_and_lanes_do_no_harm() -> None:
    lane = '<bpmn:lane id="l1" name="L"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane>'
    lanes = f'<bpmn:laneSet id="l">{lane}</bpmn:laneSet>'
    drawn = '<bpmn:dataObject id="o"/><bpmn:dataObjectReference id="r" dataObjectRef="o"/>'
    model = Model().start().user("a").end().path("start", "a", "end")
    xml = model.xml().replace(b'isExecutable="true">', f'isExecutable="true">{lanes}{drawn}'.encode())
    assert engine.compile(engine.ProcessSource("p", "h", xml)).main == "p"


def test_the_engine_makes_every_element_that_may_be_deployed() -> None:
    assert set(_parse.ELEMENTS) == RUNS
