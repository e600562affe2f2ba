"""Variables read where nothing has set them: told with the way there, and with nothing said where null can be taken."""

import json
from itertools import pairwise
from typing import Any

import pytest

from bpmn import bundle, check
from tests.bpmn.check.test_typing import FORM, GIVES, TAKES, script, work
from tests.bpmn.models import bpmn, ext, files, flow, node, straight, timer, user_task

OTHER = {
    "id": "other",
    "type": "default",
    "components": [
        {"type": "radio", "key": "decision", "id": "d", "label": "Decision", "validate": {"required": True},
         "values": [{"label": "Yes", "value": "yes"}, {"label": "No", "value": "no"}]},
        {"type": "number", "key": "limit", "id": "l", "label": "Limit", "validate": {"required": True},
         "conditional": {"hide": '=decision != "yes"'}},
        {"type": "number", "key": "extra", "id": "e", "label": "Extra"},
        {"type": "number", "key": "size", "id": "s", "label": "Size", "validate": {"required": True}},
    ],
}  # fmt: skip


def told(
    inside: str, outside: str = "", form: dict[str, Any] = OTHER, code: str = "unset-variable", **more: bytes | str
) -> list[check.Finding]:
    more |= {"forms__ask_DOT_form": json.dumps(FORM), "forms__other_DOT_form": json.dumps(form)}
    of = bundle.from_files(files(bpmn(inside, outside), **more))
    found = check.check(of, {}, ("work",), ("front-desk",), lambda _: {}, gives=GIVES, takes=TAKES)
    return [each for each in found if each.code == code]


def briefly(inside: str, outside: str = "", **more: Any) -> list[tuple[str, str, str]]:
    found = told(inside, outside, **more)
    return [(one.severity, one.element, dict(one.params)["name"].__str__()) for one in found]


def choice(*conditions: str, name: str = "g") -> str:
    """A gateway with ends of its own behind each condition, the last way being the default."""
    ways = [f"{name}{at}" for at in range(len(conditions) + 1)]
    ends = "".join(node("endEvent", way) for way in ways)
    flows = "".join(flow(name, way, f"={text}") for way, text in zip(ways, conditions, strict=False))
    escaped = flows.replace(" < ", " &lt; ")
    return node("exclusiveGateway", name, default=f"{name}-{ways[-1]}") + ends + escaped + flow(name, ways[-1])


def after(*nodes: str, then: str, name: str = "g") -> str:
    """Nodes in a row between the start and a choice."""
    row = straight(*nodes, node("exclusiveGateway", name))
    keep = row.replace(node("exclusiveGateway", name), "").replace(node("endEvent", "done"), "")
    return keep.replace(flow(name, "done"), "") + then


OTHER_TASK = user_task("decide", form="other")


def test_a_variable_set_on_one_branch_only_is_told_with_the_shortest_way_round_it() -> None:
    model = (
        node("startEvent", "begin") + OTHER_TASK + node("exclusiveGateway", "split", default="split-meet")
        + node("exclusiveGateway", "meet") + script("size + 1", "total", "count") + choice("total > 3")
        + flow("begin", "decide") + flow("decide", "split") + flow("split", "count", '=decision = "yes"')
        + flow("split", "meet") + flow("count", "meet") + flow("meet", "g")
    )  # fmt: skip
    (finding,) = told(model)
    assert (finding.severity, finding.element) == ("warning", "g-g0")
    assert finding.elements == ("g", "g-g0")
    assert finding.path == ("begin", "decide", "split", "split-meet", "meet", "meet-g", "g", "g-g0")
    assert finding.message == ("g-g0: the condition needs total, which nothing has set on the way shown.")
    guarded = model.replace("total > 3", "total != null and total > 3")
    assert told(guarded) == []
    same = model.replace("=total > 3", '=decision = "yes" and total > 3')
    assert [one.severity for one in told(same)] == ["warning"], "one condition cannot tell which variable it is about"
    first = model.replace(choice("total > 3"), choice('decision = "no"', "total > 3"))
    assert told(first) == [], "only those for whom it was counted come as far as the second condition"


def test_what_nothing_sets_before_is_an_error() -> None:
    late = after(OTHER_TASK, then=choice("total > 3")).replace(
        node("endEvent", "g0"), script("1", "total", "g0") + node("endEvent", "end") + flow("g0", "end")
    )
    assert briefly(late) == [("error", "g-g0", "total")]
    again = late.replace(flow("g0", "end"), flow("g0", "g"))
    assert briefly(again) == [("warning", "g-g0", "total")], "in a loop it is there the second time"


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("size > 3", []),
        ("extra > 3", [("warning", "g-g0", "extra")]),
        ("limit > 3", [("warning", "g-g0", "limit")]),
        ("extra = 3", []),
        ("extra = null or extra > 3", []),
        ('if decision = "yes" then limit > 3 else false', [("warning", "g-g0", "limit")]),
        ('name = "x" and amount > 3', [("warning", "g-g0", "amount")]),
    ],
)
def test_required_optional_and_conditional_fields_differ(condition: str, found: list[tuple[str, str, str]]) -> None:
    assert briefly(after(OTHER_TASK, then=choice(condition))) == found


def test_a_field_left_empty_is_said_to_be_so() -> None:
    (finding,) = told(after(OTHER_TASK, then=choice("extra > 3")))
    assert "may be left empty in the form other" in finding.message


def test_a_conditional_field_is_there_for_those_who_were_asked() -> None:
    assert told(after(OTHER_TASK, then=choice('decision = "no"', "limit > 3"))) == []
    assert briefly(after(OTHER_TASK, then=choice('decision = "yes"', "limit > 3"))) == [("warning", "g-g1", "limit")]
    mapped = OTHER_TASK.replace(
        "</bpmn:extensionElements>",
        '<zeebe:ioMapping><zeebe:output source="=decision" target="said"/>'
        '<zeebe:output source="=limit" target="most"/></zeebe:ioMapping></bpmn:extensionElements>',
    )
    assert told(after(mapped, then=choice('said = "no"', "most > 3"))) == []
    assert briefly(after(mapped, then=choice('said = "yes"', "most > 3"))) == [("warning", "g-g1", "most")]


def branches(one: str, two: str) -> str:
    ids = [part.split('id="', 1)[1].split('"', 1)[0] for part in (one, two)]
    return (
        node("startEvent", "begin") + node("parallelGateway", "fork") + one + two + node("parallelGateway", "join")
        + "".join(flow("fork", id_) + flow(id_, "join") for id_ in ids) + flow("begin", "fork") + flow("join", "g")
    )  # fmt: skip


def test_a_parallel_branch_sets_nothing_for_the_other_and_all_for_what_follows() -> None:
    wait = node("intermediateCatchEvent", "wait", timer("=duration(&quot;P1D&quot;) * size"))
    both = branches(OTHER_TASK, wait) + choice("size > 3")
    (finding,) = told(both)
    assert (finding.severity, finding.element, finding.path) == ("warning", "wait", ("begin", "fork", "wait"))


def test_an_event_on_a_border_comes_before_its_task_has_answered() -> None:
    late = node("boundaryEvent", "late", timer("P1D"), attachedToRef="decide") + flow("late", "late-g")
    more = choice("size > 3", name="late-g")
    model = straight(OTHER_TASK) + late + more
    (finding,) = told(model)
    assert (finding.element, finding.path) == ("late-g-late-g0", ("begin", "late", "late-g", "late-g-late-g0"))
    assert told(straight(script("3", "size", "set"), OTHER_TASK) + late + more) == []
    own = straight(OTHER_TASK) + node(
        "boundaryEvent", "late", timer("=size * duration(&quot;P1D&quot;)"), attachedToRef="decide"
    ) + node("endEvent", "x") + flow("late", "x")  # fmt: skip
    assert briefly(own) == [("error", "late", "size")], "it is armed when its task begins"


def test_an_event_sub_process_comes_as_soon_as_its_scope_waits() -> None:
    def handled(*row: str) -> str:
        begin = node("startEvent", "told", timer("P1D"))
        inside = begin + choice("size > 3", name="h") + flow("told", "h")
        return straight(*row) + node("subProcess", "handler", inside, triggeredByEvent="true")

    assert briefly(handled(script("3", "size", "set"), OTHER_TASK)) == []
    (finding,) = told(handled(OTHER_TASK))
    assert finding.path == ("begin", "decide", "handler", "told", "h", "h-h0")


def test_a_list_may_be_empty_and_then_nothing_is_set_for_its_items() -> None:
    each = ext('<zeebe:loopCharacteristics inputCollection="=acts" inputElement="act"/>')
    several = f"<bpmn:multiInstanceLoopCharacteristics>{each}</bpmn:multiInstanceLoopCharacteristics>"
    model = after(OTHER_TASK.replace("</bpmn:userTask>", f"{several}</bpmn:userTask>"), then=choice("size > 3"))
    assert ("warning", "g-g0", "size") in briefly(model)
    assert ("warning", "decide", "acts") in briefly(model), "a list of boxes none of which need be ticked"


def test_inputs_are_variables_of_their_own() -> None:
    mapping = ext('<zeebe:ioMapping><zeebe:input source="=3" target="size"/></zeebe:ioMapping>')
    inner = (
        node("startEvent", "in") + choice("size > 3", name="h") + flow("in", "h")
        + node("intermediateThrowEvent", "x")
    ).replace(node("intermediateThrowEvent", "x"), "")  # fmt: skip
    model = after(node("subProcess", "sub", mapping + inner), then=choice("size > 3")) + OTHER_TASK
    model = model.replace(node("endEvent", "g0"), "").replace(flow("g", "g0", "=size > 3"), "")
    model += flow("g", "decide", "=size > 3") + node("endEvent", "end") + flow("decide", "end")
    assert [(one.severity, one.element) for one in told(model)] == [("error", "g-decide")]


def test_a_call_gets_what_it_cannot_do_without() -> None:
    assert briefly(straight(OTHER_TASK, work(count="size"))) == []
    assert briefly(straight(OTHER_TASK, work(count="extra"))) == [("warning", "work", "extra")]
    assert briefly(straight(OTHER_TASK, work(count="if extra = null then 0 else extra"))) == []


def test_what_a_called_process_sets_on_all_its_ways_is_set() -> None:
    def called(inside: str) -> list[check.Finding]:
        toml = 'key = "inner"\nretention = "P1Y"\nwork_groups = ["front-desk"]\n'
        inner = bundle.from_files(files(bpmn(inside, id_="inner"), bundle_DOT_toml=toml,
                                        forms__other_DOT_form=json.dumps(OTHER)))  # fmt: skip
        call = node("callActivity", "call", ext('<zeebe:calledElement processId="inner"/>'))
        of = bundle.from_files(files(bpmn(after(call, then=choice("size > 3"))), forms__ask_DOT_form=json.dumps(FORM)))
        found = check.check(of, {"inner": inner}, ("work",), ("front-desk",), lambda _: {}, gives=GIVES, takes=TAKES)
        return [each for each in found if each.code == "unset-variable"]

    assert called(straight(OTHER_TASK)) == []
    late = node("boundaryEvent", "late", timer("P1D"), attachedToRef="decide") + node("endEvent", "e")
    (finding,) = called(straight(OTHER_TASK) + late + flow("late", "e"))
    assert finding.path == ("begin", "call", "g", "g-g0")


def test_who_may_bring_anything_is_trusted() -> None:
    message = node("message", "m", ext('<zeebe:subscription correlationKey="=name"/>'), name="more")
    waiting = node("receiveTask", "wait", messageRef="m")
    late = straight(waiting, script("1", "total", "t")) + choice("total > 3")
    model = late.replace(flow("t", "done"), flow("t", "g")).replace(node("endEvent", "done"), "")
    assert told(model, message) == []
    assert told(after(OTHER_TASK, then=choice("extra > 3")), bundle_DOT_toml=_no_start()) == []


def _no_start() -> str:
    return 'key = "toy"\nretention = "P1Y"\nwork_groups = ["front-desk"]\n'


def test_a_key_of_a_message_is_read_where_it_is_awaited() -> None:
    message = node("message", "m", ext('<zeebe:subscription correlationKey="=extra"/>'), name="more")
    waiting = node("receiveTask", "wait", messageRef="m")
    assert briefly(straight(OTHER_TASK, waiting), message) == [("warning", "m", "extra")]


def test_a_process_too_large_to_be_looked_at_whole_is_said_to_be_so() -> None:
    """Any task may set the variable that the condition asks for, in any order: more states than are looked at."""
    branches = [[f"t{branch}-{task}" for task in range(5)] for branch in range(5)]
    rows = "".join(user_task(id_, form="other") for branch in branches for id_ in branch)
    ways = [("begin", "fork"), ("join", "g")]
    ways += [pair for branch in branches for pair in pairwise(("fork", *branch, "join"))]
    drawn = rows + "".join(flow(*pair) for pair in ways) + choice("extra > 3")
    fork = node("startEvent", "begin") + node("parallelGateway", "fork") + node("parallelGateway", "join")
    (cut,) = (one for one in told(fork + drawn, code="not-proved"))
    assert (cut.severity, cut.element, dict(cut.params)["names"]) == ("warning", "toy", "extra")
