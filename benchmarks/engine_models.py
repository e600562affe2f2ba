"""Models that our engine and plain SpiffWorkflow both run: each script is there in FEEL and in Python."""

from tests.workflows.engine.models import Model, each, loop

COUNT = "n + 1"


def script(model: Model, ident: str, loops: str = "") -> str:
    """A script task that counts."""
    model.script(ident, COUNT, "n", f"{loops}<bpmn:script>n = n + 1</bpmn:script>")
    return ident


def row(tasks: int, waits: int = 1) -> Model:
    """So many tasks in a row, all scripts but those in the middle that wait for a person."""
    model = Model().start()
    before = (tasks - waits) // 2
    names = [script(model, f"s{number}") for number in range(tasks - waits)]
    people = [f"u{number}" for number in range(waits)]
    for name in people:
        model.user(name)
    return model.end().path("start", *names[:before], *people, *names[before:], "end")


def blocks(count: int) -> Model:
    """Parallel blocks of two scripts, one after the other, before one user task."""
    model, before = Model().start(), "start"
    for number in range(count):
        fork, join = f"fork{number}", f"join{number}"
        model.both(fork).both(join)
        model.path(before, fork, script(model, f"a{number}"), join).path(fork, script(model, f"b{number}"), join)
        before = join
    return model.user("u").end().path(before, "u", "end")


def fork(ways: int) -> Model:
    """One fork into so many scripts and one join."""
    model = Model().start().both("fork").both("join").user("u").end().path("start", "fork").path("join", "u", "end")
    for number in range(ways):
        model.path("fork", script(model, f"s{number}"), "join")
    return model


def several(instances: int, sequential: bool = False) -> Model:
    """A script that runs so many times, then a user task."""
    model = Model().start().user("u").end()
    name = script(model, "s", each(cardinality=str(instances), sequential=sequential))
    return model.path("start", name, "u", "end")


def turns(count: int) -> Model:
    """A way back through a gateway, so many times, then a user task."""
    model = Model().start().xor("again").xor("back", default="on").user("u").end()
    model.path("start", "again", script(model, "s"), "back").flow("back", "again", f"n < {count}")
    return model.flow("back", "u", ident="on").path("u", "end")


def looping(count: int) -> Model:
    """A script that runs while a condition holds, then a user task."""
    model = Model().start().user("u").end()
    return model.path("start", script(model, "s", loop(f"n < {count}")), "u", "end")


def waiting_turns(count: int) -> Model:
    """A way back with a user task in each turn."""
    model = Model().start().xor("again").xor("back", default="on").user("u").end()
    model.path("start", "again", "u", script(model, "s"), "back").flow("back", "again", f"n < {count}")
    return model.flow("back", "end", ident="on")


def two_desks(count: int, groups: str) -> Model:
    """Two user tasks with candidate groups, and a script, in each turn."""
    model = Model().start().xor("again").xor("back", default="on").user("u", groups).user("v", groups).end()
    model.path("start", "again", "u", script(model, "s"), "v", "back").flow("back", "again", f"n < {count}")
    return model.flow("back", "end", ident="on")
