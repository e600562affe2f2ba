"""Cases that stand at every kind of wait: their stored states are kept in `states/`, one folder for each format."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

from tests.workflows.engine.cases import Driver
from tests.workflows.engine.models import (
    Model,
    compensate,
    condition,
    each,
    error,
    loop,
    message,
    signal,
    timer,
    zeebe,
)
from workflows import engine

STATES = Path(__file__).parent / "states"

SAMPLES: dict[str, Callable[[], Driver]] = {}


def sample(make: Callable[[], Driver]) -> Callable[[], Driver]:
    SAMPLES[make.__name__.replace("_", "-")] = make
    return make


@sample
def a_task_and_a_call_with_variables() -> Driver:
    model = (
        Model().start().both("fork").user("a", inputs={"day": '=date("2026-05-01")'}).service("s").both("join").end()
    )
    model.path("start", "fork", "a", "join", "end").path("fork", "s", "join")
    return Driver(model, sum=Decimal("12.50"), day=date(2026, 4, 1), typename="timedelta", rows=[{"n": 1}, None])


@sample
def a_join_with_one_arrival() -> Driver:
    model = Model().start().both("fork").user("a").user("b").both("join").user("c").end()
    driver = Driver(model.path("start", "fork", "a", "join", "c", "end").path("fork", "b", "join"))
    driver.complete("a")
    return driver


@sample
def a_race_between_a_message_and_a_timer() -> Driver:
    model = Model(paid="=key").start().race("gate").catch("paid", message("paid")).catch("late", timer("P14D")).end()
    return Driver(model.path("start", "gate", "paid", "end").path("gate", "late", "end"), key="k")


@sample
def a_sub_process_with_borders_and_handlers() -> Driver:
    model = Model(ask="=1", stop="=2").start()
    with model.sub("sub", inputs={"local": "=n + 1"}) as inner:
        inner.start("s2").user("a").end("e2").path("s2", "a", "e2")
    with model.sub("handler", handler=True) as inner:
        inner.start("begin", message("stop")).user("settle").end("e3").path("begin", "settle", "e3")
    model.end().boundary("asked", "sub", message("ask"), interrupts=False).user("answer").end("answered")
    model.boundary("late", "sub", timer("P1D")).end("expired").path("late", "expired")
    driver = Driver(model.path("start", "sub", "end").path("asked", "answer", "answered"), n=1)
    driver.deliver("asked", question="why")
    return driver


@sample
def a_called_process() -> Driver:
    main = Model().start().call("c", "child").end().boundary("failed", "c", error("E")).end("other")
    main.errors = ["E"]
    main.path("start", "c", "end").path("failed", "other")
    child = Model("child").start().user("a").end("done").path("start", "a", "done")
    return Driver(main, child, n=1)


@sample
def a_token_stopped_at_a_gateway() -> Driver:
    model = Model().start().both("fork").user("fix").xor("x").user("b").end().path("start", "fork", "x")
    return Driver(model.path("fork", "fix", "end").flow("x", "b", "ok").flow("x", "end", "not(ok)").path("b", "end"))


@sample
def a_token_stopped_at_its_output_mapping() -> Driver:
    grow = "=if ready then answer else for i in 1..1000000 return for j in 1..1000 return i * j"
    model = Model().start().both("fork").user("fix").user("a", outputs={"out": grow}).end()
    driver = Driver(model.path("start", "fork", "fix", "end").path("fork", "a", "end"), ready=False)
    driver.complete("a", answer="kept")
    return driver


@sample
def a_border_that_could_not_be_armed() -> Driver:
    model = Model().start().user("a", zeebe("taskSchedule", dueDate="P3D")).end()
    model.boundary("late", "a", timer("=deadline")).path("start", "a", "end").path("late", "end")
    return Driver(model)


@sample
def a_signal_awaited_beside_a_condition() -> Driver:
    model = Model().start().both("fork").catch("called", signal("alarm")).catch("full", condition("n > 1")).user("a")
    model.boundary("warned", "a", condition("n > 2"), interrupts=False).end()
    for element in ("called", "full", "a"):
        model.path("fork", element, "end")
    return Driver(model.path("start", "fork").path("warned", "end"), n=0)


@sample
def a_timer_that_repeats() -> Driver:
    model = Model().start().user("a").end().boundary("late", "a", timer("R3/PT1H", "timeCycle"), interrupts=False)
    driver = Driver(model.path("start", "a", "end").path("late", "end"))
    driver.wait(hours=1).fire("late")
    return driver


@sample
def an_inclusive_join_with_one_arrival() -> Driver:
    model = Model().start().some("split").user("a").user("b").some("join").end().flow("start", "split")
    model.flow("split", "a", "n > 0").flow("split", "b", "n > 0").path("a", "join").path("b", "join", "end")
    driver = Driver(model, n=1)
    driver.complete("a")
    return driver


@sample
def instances_at_once_and_one_after_the_other() -> Driver:
    model = Model().start().both("fork").user("all", body=each("=rows", "row", "=row", "seen"))
    model.user("rows", body=each("=rows", "row", "=row", "done", sequential=True)).user("turn", body=loop("again"))
    for element in ("all", "rows", "turn"):
        model.path("fork", element, "end")
    driver = Driver(model.end().path("start", "fork"), rows=[Decimal("1.5"), None, {"n": 3}])
    for element in ("all", "rows"):
        driver.complete(element)
    driver.complete("turn", again=True)
    return driver


@sample
def a_compensation_inside_a_sub_process_under_way() -> Driver:
    model = Model().start().user("first").throw("undo", compensate()).end()
    with model.sub("sub", inputs={"local": "=n + 1"}) as inner:
        inner.start("s2").user("one").user("two").end("e2").path("s2", "one", "two", "e2")
        inner.undo("undo-one", "one").undo("undo-two", "two")
    driver = Driver(model.undo("undo-first", "first").path("start", "first", "sub", "undo", "end"), n=1)
    for element in ("first", "one", "two"):
        driver.complete(element)
    return driver


@sample
def something_done_that_can_be_compensated() -> Driver:
    model = Model().start().user("a", inputs={"mine": "=n"}).user("b").throw("undo", compensate()).end()
    driver = Driver(model.undo("undo-a", "a").path("start", "a", "b", "undo", "end"), n=1)
    driver.complete("a")
    return driver


@sample
def parts_of_an_ad_hoc_sub_process() -> Driver:
    model = Model().start()
    tail = "<bpmn:completionCondition>=enough</bpmn:completionCondition>"
    with model.sub("desk", tag="adHocSubProcess", tail=tail, attributes={"cancelRemainingInstances": "false"}) as inner:
        inner.user("call").user("visit")
    driver = Driver(model.end().path("start", "desk", "end"), enough=False)
    for _ in range(2):
        driver.do(engine.StartPart(driver.token("desk"), "call"))
    driver.complete("call", enough=True)
    return driver
