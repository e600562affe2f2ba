"""What can be reached before something has happened, against playing drawings out token by token."""

from collections.abc import Collection
from random import Random

import pytest

from bpmn import model
from bpmn.soundness import Before, Matter, Rule, before, unknown
from tests.bpmn.models import bpmn, flow, node, straight, timer, user_task
from tests.bpmn.soundness.drawing import Drawing, sound
from tests.bpmn.soundness.token_game import Played, Token, TokenGame, TooLarge, _sides


class Untouched(TokenGame):
    """Plays on only as long as none of some activities is finished."""

    done: Collection[str] = ()

    def _finish(self, id_: str) -> list[list[Token]]:
        found = super()._finish(id_)
        kept = [self.drawing.borders[event][1] for event, (host, _) in self.drawing.borders.items() if host == id_]
        ways = 1 + sum(kept)
        return found if id_ not in self.done else [way for at, way in enumerate(found) if at % ways]


def untouched(drawing: Drawing, done: Collection[str]) -> set[str]:
    """The activities at which a token can stand before any of some is finished.

    Raises:
        TooLarge: there are too many states.
    """
    waiting = [id_ for id_, type_ in drawing.nodes.items() if type_ == "startEvent"]
    played, known, later = Played(), set(waiting), set[str]()
    while waiting:
        entry = waiting.pop()
        side, apart = _sides(drawing, entry)
        game = Untouched(drawing, entry, side, 600)
        game.done = done
        played.reached |= game.play().reached
        later |= set(apart)
        ready = {event for event in later - known if drawing.borders[event][0] in played.reached}
        known |= ready
        waiting.extend(ready)
    return {id_ for id_ in played.reached if drawing.nodes[id_] == "userTask"}


@pytest.mark.parametrize("batch", range(3))
def test_the_same_is_reached_as_by_playing_a_drawing_out(batch: int) -> None:
    judged = 0
    for seed in range(batch * 60, (batch + 1) * 60):
        random = Random(seed)
        drawing = sound(random, random.randint(2, 12))
        activities = sorted(id_ for id_, type_ in drawing.nodes.items() if type_ == "userTask")
        done = set(random.sample(activities, random.randint(1, max(1, len(activities) // 2))))
        try:
            shown = untouched(drawing, done)
        except TooLarge:
            continue
        judged += 1
        looked = before(drawing.process(), _done(done), unknown)
        assert {id_ for id_ in looked.reached if drawing.nodes[id_] == "userTask"} == shown, (seed, done)
        for id_ in shown:
            passed = [step.element for step in looked.reached[id_]()]
            assert passed[-1] == id_
            assert all(_left_by_its_border(drawing, passed, at) for at in range(len(passed) - 1) if passed[at] in done)
    assert judged > 40


def _done(done: Collection[str]) -> Matter:
    return Matter(lambda element: element.id in done)


def _left_by_its_border(drawing: Drawing, passed: list[str], at: int) -> bool:
    return any(drawing.borders.get(one, ("",))[0] == passed[at] for one in passed[at + 1 :])


def seen(inside: str, *done: str, **more: Collection[str]) -> Before:
    matter = Matter(lambda element: element.id in done, **more)  # type: ignore[arg-type]  # whichever field the test names
    return before(model.read(bpmn(inside)), matter, unknown)


def test_a_join_waits_for_the_branch_in_which_it_happens() -> None:
    branches = (
        node("startEvent", "begin") + node("parallelGateway", "fork") + node("parallelGateway", "join")
        + user_task("one") + user_task("two") + user_task("after") + node("endEvent", "done")
        + flow("begin", "fork") + flow("fork", "one") + flow("fork", "two") + flow("one", "join")
        + flow("two", "join") + flow("join", "after") + flow("after", "done")
    )  # fmt: skip
    found = seen(branches, "one")
    assert {"one", "two"} <= found.reached.keys()
    assert "after" not in found.reached
    assert found.over is None
    assert [step.element for step in found.reached["two"]()] == ["begin", "fork", "two"]


def test_a_border_of_a_sub_process_comes_when_all_inside_waits() -> None:
    def around(inner: str) -> str:
        late = node("boundaryEvent", "late", timer("P1D"), attachedToRef="sub") + user_task("chase")
        after = node("endEvent", "lapsed") + flow("late", "chase") + flow("chase", "lapsed")
        return straight(node("subProcess", "sub", inner), user_task("after")) + late + after

    def inner(*nodes: str) -> str:
        return straight(*nodes).replace('"begin', '"in').replace("begin-", "in-").replace('"done', '"out')

    at_once = around(inner(node("scriptTask", "set"), user_task("wait")))
    assert {"chase", "after"} & seen(at_once, "set").reached.keys() == set()
    waits = seen(around(inner(user_task("wait"), node("scriptTask", "set"))), "set")
    assert "after" not in waits.reached
    assert [step.element for step in waits.reached["chase"]()] == ["begin", "sub", "in", "wait", "late", "chase"]


def test_a_closed_flow_is_not_taken_and_a_scope_apart_not_looked_into() -> None:
    choice = (
        node("startEvent", "begin") + node("exclusiveGateway", "g") + user_task("a") + user_task("b")
        + node("endEvent", "x") + node("endEvent", "y")
        + flow("begin", "g") + flow("g", "a") + flow("g", "b") + flow("a", "x") + flow("b", "y")
    )  # fmt: skip
    assert seen(choice, closed={"g-a"}).reached.keys() & {"a", "b"} == {"b"}
    inner = straight(user_task("in")).replace("begin", "first").replace("done", "last")
    found = seen(straight(node("subProcess", "sub", inner), user_task("after")), apart={"sub"})
    assert found.reached.keys() >= {"sub", "after"}
    assert "in" not in found.reached


def test_what_is_known_of_data_where_it_has_not_happened_rules_ways_out() -> None:
    choice = (
        node("startEvent", "begin") + user_task("ask") + node("exclusiveGateway", "g", default="g-b")
        + user_task("a") + user_task("b") + node("endEvent", "x") + node("endEvent", "y")
        + flow("begin", "ask") + flow("ask", "g") + flow("g", "a", '=said = "no"') + flow("g", "b")
        + flow("a", "x") + flow("b", "y")
    )  # fmt: skip
    process = model.read(bpmn(choice))

    def writes(element: model.Element) -> Collection[str]:
        return ("said",) if element.id == "ask" else ()

    for condition, reached in (('answer = "yes"', {"b"}), ('answer != "yes"', {"a", "b"}), ('answer = "no"', {"a"})):
        matter = Matter(lambda element: False, rules={"ask": [Rule(condition, {"answer": "said"})]})
        assert before(process, matter, writes).reached.keys() & {"a", "b"} == reached, condition
