"""What sub-processes, borders, errors and links mean for the control flow around them."""

from bpmn import model
from bpmn.soundness import Change, Defect, Step, Verdict, analyse
from tests.bpmn.models import bpmn, flow, node
from tests.bpmn.soundness.drawing import Drawing

ERROR = '<bpmn:error id="full" errorCode="FULL"/>'
THROWN = '<bpmn:errorEventDefinition errorRef="full"/>'


def verdict(*inside: str, outside: str = "") -> Verdict:
    return analyse(model.read(bpmn("".join(inside), outside)))


def kinds(found: Verdict) -> list[tuple[Defect, tuple[str, ...]]]:
    return [(defect.defect, defect.elements) for defect in found.defects]


def sub(id_: str, *inside: str, **attributes: str) -> str:
    return node("subProcess", id_, "".join(inside), **attributes)


def ends(*ids: str) -> str:
    return "".join(node("endEvent", id_) for id_ in ids)


def task(id_: str) -> str:
    return node("userTask", id_)


def test_what_is_wrong_in_a_sub_process_is_said_of_the_sub_process() -> None:
    inner = (
        node("startEvent", "si"),
        node("exclusiveGateway", "x"),
        task("a"),
        task("b"),
        node("parallelGateway", "j"),
    )
    flows = (flow("si", "x"), flow("x", "a"), flow("x", "b"), flow("a", "j"), flow("b", "j"), flow("j", "ei"))
    found = verdict(
        node("startEvent", "s"),
        sub("inner", *inner, *flows, ends("ei")),
        ends("e"),
        flow("s", "inner"),
        flow("inner", "e"),
    )
    deadlock = found.defects[0]
    assert (deadlock.defect, deadlock.scope, deadlock.elements) == (Defect.DEADLOCK, "inner", ("j",))
    assert deadlock.path == (Step("si"), Step("x", "x-a"), Step("a"))
    assert deadlock.fix == Change("j", "exclusiveGateway")


def test_nothing_follows_a_sub_process_that_only_ends_with_an_error() -> None:
    inner = node("startEvent", "si") + node("endEvent", "ei", THROWN) + flow("si", "ei")
    border = node("boundaryEvent", "caught", THROWN, attachedToRef="inner")
    found = verdict(
        node("startEvent", "s"), sub("inner", inner), border, task("after"), task("instead"), ends("e", "f"),
        flow("s", "inner"), flow("inner", "after"), flow("after", "e"), flow("caught", "instead"), flow("instead", "f"),
        outside=ERROR,
    )  # fmt: skip
    assert kinds(found) == [(Defect.DEAD, ("after",))]


def test_a_caught_error_that_is_never_thrown_leads_nowhere() -> None:
    inner = node("startEvent", "si") + node("manualTask", "t") + ends("ei") + flow("si", "t") + flow("t", "ei")
    border = node("boundaryEvent", "caught", THROWN, attachedToRef="inner")
    found = verdict(
        node("startEvent", "s"), sub("inner", inner), border, task("instead"), ends("e", "f"),
        flow("s", "inner"), flow("inner", "e"), flow("caught", "instead"), flow("instead", "f"),
        outside=ERROR,
    )  # fmt: skip
    assert kinds(found) == [(Defect.DEAD, ("caught",))]
    thrown = verdict(
        node("startEvent", "s"), sub("inner", inner.replace("manualTask", "serviceTask")), border, ends("e", "f"),
        flow("s", "inner"), flow("inner", "e"), flow("caught", "f"), outside=ERROR,
    )  # fmt: skip
    assert thrown.sound


def test_an_uncaught_error_ends_what_is_around_it() -> None:
    inner = node("startEvent", "si") + node("endEvent", "ei", THROWN) + flow("si", "ei")
    found = verdict(
        node("startEvent", "s"), node("parallelGateway", "p"), sub("inner", inner), task("t"), ends("e"),
        node("parallelGateway", "j"), flow("s", "p"), flow("p", "inner"), flow("p", "t"), flow("inner", "j"),
        flow("t", "j"), flow("j", "e"),
        outside=ERROR,
    )  # fmt: skip
    assert kinds(found) == [(Defect.DEAD, ("j",))]


def test_a_terminate_end_settles_what_else_would_wait_for_ever() -> None:
    found = verdict(
        node("startEvent", "s"), node("parallelGateway", "p"), task("a"), task("b"),
        node("endEvent", "all", "<bpmn:terminateEventDefinition/>"), ends("e"),
        flow("s", "p"), flow("p", "a"), flow("p", "b"), flow("a", "all"), flow("b", "e"),
    )  # fmt: skip
    assert found.sound


def test_an_interrupting_event_sub_process_is_one_more_way_to_end() -> None:
    start = node("startEvent", "hs", '<bpmn:messageEventDefinition messageRef="m"/>', isInterrupting="true")
    handler = sub(
        "handler", start, task("tidy"), ends("he"), flow("hs", "tidy"), flow("tidy", "he"), triggeredByEvent="true"
    )
    found = verdict(
        node("startEvent", "s"), task("t"), ends("e"), flow("s", "t"), flow("t", "e"), handler,
        outside='<bpmn:message id="m" name="m"/>',
    )  # fmt: skip
    assert found.sound


def test_a_reminder_beside_a_task_may_end_for_itself_but_not_flow_back() -> None:
    drawing = Drawing()
    for id_, type_ in (
        ("s", "startEvent"),
        ("t", "userTask"),
        ("next", "userTask"),
        ("e", "endEvent"),
        ("f", "endEvent"),
    ):
        drawing.add(type_, id_)
    for source, target in (("s", "t"), ("t", "next"), ("next", "e")):
        drawing.flow(source, target)
    reminder = drawing.border("t", interrupting=False)
    drawing.flow(reminder, "f")
    assert analyse(drawing.process()).sound
    drawing.flows[-1] = (reminder, "next")
    assert (Defect.LACK_OF_SYNCHRONISATION, ("next",)) in kinds(analyse(drawing.process()))


def test_a_model_too_large_to_look_at_whole_is_said_to_be_so() -> None:
    drawing = Drawing()
    start, fork = drawing.add("startEvent", "s"), drawing.add("parallelGateway", "p")
    drawing.flow(start, fork)
    for number in range(9):
        left, right = drawing.add("userTask", f"l{number}"), drawing.add("userTask", f"r{number}")
        drawing.flow(fork, left)
        drawing.flow(left, right)
        drawing.flow(right, drawing.add("endEvent", f"e{number}"))
        stop = drawing.add("endEvent", f"stop{number}")
        drawing.terminates.add(stop)
        drawing.flow(drawing.border(left, interrupting=True), stop)
    found = analyse(drawing.process(), most_states=200)
    assert found.unproved == ("toy",)
    assert not found.sound
    assert not found.defects


def row(tasks: int) -> Drawing:
    drawing = Drawing()
    before = drawing.add("startEvent", "s")
    for number in range(tasks):
        after = drawing.add("userTask", f"t{number}")
        drawing.flow(before, after)
        before = after
    drawing.flow(before, drawing.add("endEvent", "e"))
    return drawing


def blocks(count: int, branches: int, length: int) -> Drawing:
    """Parallel blocks in a row."""
    drawing = Drawing()
    before = drawing.add("startEvent", "s")
    for number in range(count):
        fork, join = drawing.add("parallelGateway", f"p{number}"), drawing.add("parallelGateway", f"j{number}")
        drawing.flow(before, fork)
        for branch in range(branches):
            at = fork
            for step in range(length):
                task_id = drawing.add("userTask", f"t{number}-{branch}-{step}")
                drawing.flow(at, task_id)
                at = task_id
            drawing.flow(at, join)
        before = join
    drawing.flow(before, drawing.add("endEvent", "e"))
    return drawing


def test_long_and_wide_models_are_proved_with_a_handful_of_states() -> None:
    for drawing in (row(1000), blocks(20, 2, 1), blocks(1, 12, 5)):
        found = analyse(drawing.process())
        assert found.sound
        assert found.states < 50
