"""Random models out of blocks, each with everything in it."""

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from hypothesis import strategies as st

from tests.workflows.engine.models import (
    CANCEL,
    TERMINATE,
    Model,
    compensate,
    each,
    error,
    escalation,
    loop,
    message,
    signal,
    timer,
)


@dataclass(frozen=True)
class Block:
    kind: str
    inner: tuple["Block", ...] = ()
    chosen: int = 0


def blocks(kinds: tuple[str, ...], leaves: tuple[str, ...] = ("task",)) -> st.SearchStrategy[Block]:
    leaf = st.builds(Block, st.sampled_from(leaves), st.just(()), st.integers(0, 2))

    def grow(inner: st.SearchStrategy[Block]) -> st.SearchStrategy[Block]:
        several = st.lists(inner, min_size=2, max_size=3).map(tuple)
        return st.builds(Block, st.sampled_from(kinds), several, st.integers(0, 2))

    return st.recursive(leaf, grow, max_leaves=8)


class Drawing:
    """Draws a block into a model; each gives the elements where it begins and ends."""

    def __init__(self) -> None:
        self.model = Model()
        self.count = 0
        self.variables: dict[str, Any] = {}

    def name(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count}"

    def whole(self, block: Block) -> Model:
        self.model.start()
        first, last = self.draw(block)
        return self.model.end().path("start", first).path(last, "end")

    def draw(self, block: Block) -> tuple[str, str]:
        made: tuple[str, str] = getattr(self, block.kind)(block)
        return made

    # Leaves

    def task(self, block: Block) -> tuple[str, str]:
        name = self.name("task")
        self.model.user(name)
        return name, name

    def many(self, block: Block) -> tuple[str, str]:
        """No, one or two instances of a task, at once or one after the other."""
        name = self.name("many")
        self.model.user(name, body=each(cardinality=str(block.chosen), sequential=self.count % 2 == 0))
        return name, name

    def again(self, block: Block) -> tuple[str, str]:
        name = self.name("again")
        self.model.user(name, body=loop("true", str(block.chosen + 1)))
        return name, name

    def noticed(self, block: Block) -> tuple[str, str]:
        """A task with something beside it that does not interrupt: a message, a signal or a timer."""
        name, border, note, end = (self.name(kind) for kind in ("noticed", "border", "note", "over"))
        event = (timer("PT1H"), self.message(), signal(self.name("signal")))[block.chosen]
        self.model.user(name).boundary(border, name, event, interrupts=False).user(note).end(end)
        self.model.path(border, note, end)
        return name, name

    def race(self, block: Block) -> tuple[str, str]:
        gate, one, two, merge, after = (self.name(kind) for kind in ("gate", "one", "two", "merge", "after"))
        self.model.race(gate).catch(one, self.message()).catch(two, signal(self.name("signal"))).user(after).xor(merge)
        self.model.path(gate, one, after, merge).path(gate, two, merge)
        return gate, merge

    # Blocks around others

    def row(self, block: Block) -> tuple[str, str]:
        ends = [self.draw(inner) for inner in block.inner]
        for (_, last), (first, _) in pairwise(ends):
            self.model.path(last, first)
        return ends[0][0], ends[-1][1]

    def both(self, block: Block) -> tuple[str, str]:
        fork, join = self.name("fork"), self.name("join")
        self.model.both(fork).both(join)
        for inner in block.inner:
            first, last = self.draw(inner)
            self.model.path(fork, first).path(last, join)
        return fork, join

    def choice(self, block: Block) -> tuple[str, str]:
        split, merge, default = self.name("split"), self.name("merge"), self.name("default")
        self.model.xor(split, default).xor(merge)
        for number, inner in enumerate(block.inner):
            first, last = self.draw(inner)
            condition = self.condition(number == block.chosen)
            final = number == len(block.inner) - 1
            self.model.flow(split, first, "" if final else condition, default if final else "").path(last, merge)
        return split, merge

    def some(self, block: Block) -> tuple[str, str]:
        """Any of the ways; on the way to the join a token may leave for an end of its own."""
        split, join, default, which, away, end, stay = (
            self.name(kind) for kind in ("some", "join", "default", "which", "away", "gone", "stay")
        )
        self.model.some(split, default).some(join)
        for number, inner in enumerate(block.inner):
            first, last = self.draw(inner)
            final = number == len(block.inner) - 1
            condition = "" if final else self.condition(number != block.chosen)
            self.model.flow(split, first, condition, default if final else "")
            if number == 0:
                self.model.xor(which, stay).end(end).path(last, which).flow(which, join, ident=stay)
                self.model.flow(which, end, self.condition(block.chosen == 2 and len(block.inner) > 2), away)
            else:
                self.model.path(last, join)
        return split, join

    def twice(self, block: Block) -> tuple[str, str]:
        """A loop of two rounds around the blocks."""
        again, more, out, turn, count = (self.name(kind) for kind in ("again", "more", "out", "turn", "count"))
        self.variables[turn] = 0
        self.model.xor(again).xor(more, out).script(count, f"={turn} + 1", turn)
        first, last = self.row(block)
        self.model.path(again, first).path(last, count, more).flow(more, again, f"{turn} < 2")
        after = self.name("merge")
        self.model.xor(after).flow(more, after, ident=out)
        return again, after

    def sub(
        self, block: Block, name: str = "", end_event: str = "", tag: str = "subProcess", how: str = ""
    ) -> tuple[str, str]:
        name = name or self.name("sub")
        with self.model.sub(name, tag=tag, head=how) as model:
            start, end = self.name("start"), self.name("end")
            model.start(start)
            first, last = self.row(block)
            model.end(end, end_event).path(start, first).path(last, end)
        return name, name

    def each(self, block: Block) -> tuple[str, str]:
        how = each(cardinality=str(block.chosen), sequential=self.count % 2 == 0)
        return self.sub(block, self.name("each"), how=how)

    def guarded(self, block: Block) -> tuple[str, str]:
        """A sub-process with a way out by a timer, a message, or a signal that leads past it."""
        event = (timer("PT0S"), self.message(), signal(self.name("signal")))[block.chosen]
        name, _ = self.sub(block)
        return name, self.way_past(name, event)

    def failed(self, block: Block) -> tuple[str, str]:
        """One branch of a sub-process ends in an error that its border catches."""
        code = self.name("E")
        self.model.errors.append(code)
        return self.thrown(block, error(code), error(code))

    def escalated(self, block: Block) -> tuple[str, str]:
        code = self.name("E")
        return self.thrown(block, escalation(code), escalation(code), interrupts=block.chosen != 1)

    def terminated(self, block: Block) -> tuple[str, str]:
        return self.thrown(block, TERMINATE, "")

    def thrown(self, block: Block, event: str, border: str, interrupts: bool = True) -> tuple[str, str]:
        name = self.name("sub")
        with self.model.sub(name) as model:
            start, fork, end, task, out = (self.name(kind) for kind in ("start", "fork", "end", "task", "out"))
            model.start(start).both(fork).user(task).end(out, event).path(start, fork, task, out)
            first, last = self.row(block)
            model.end(end).path(fork, first).path(last, end)
        return name, self.way_past(name, border, interrupts) if border else name

    def way_past(self, name: str, event: str, interrupts: bool = True) -> str:
        border, merge, note, end = (self.name(kind) for kind in ("border", "merge", "note", "over"))
        self.model.boundary(border, name, event, interrupts=interrupts)
        if not interrupts:
            self.model.user(note).end(end).path(border, note, end)
            return name
        self.model.xor(merge).path(name, merge).path(border, merge)
        return merge

    def listened(self, block: Block) -> tuple[str, str]:
        """A sub-process with an event sub-process, interrupting or not."""
        name, begin, settle = (self.name(kind) for kind in ("sub", "begin", "settle"))
        event = (self.message(), timer("PT1H"), signal(self.name("signal")))[block.chosen]
        with self.model.sub(name) as model:
            start, end = self.name("start"), self.name("end")
            model.start(start)
            first, last = self.row(block)
            model.end(end).path(start, first).path(last, end)
            with model.sub(self.name("handler"), handler=True) as handler:
                attributes = {"isInterrupting": "true" if self.count % 2 else "false"}
                handler.add("startEvent", begin, body=event, attributes=attributes).user(settle)
                handler.end(f"{begin}-end").path(begin, settle, f"{begin}-end")
        return name, name

    def undone(self, block: Block) -> tuple[str, str]:
        """Some tasks that can be undone, in and beside a sub-process, and the blocks between them."""
        one, two, sub, throw = (self.name(kind) for kind in ("one", "two", "sub", "undo"))
        self.model.user(one).undo(f"{one}-undo", one)
        with self.model.sub(sub) as model:
            model.start(f"{sub}-start").user(two).end(f"{sub}-end").undo(f"{two}-undo", two)
            first, last = self.row(block)
            model.path(f"{sub}-start", two, first).path(last, f"{sub}-end")
        self.model.throw(throw, compensate(("", one, sub)[block.chosen])).path(one, sub, throw)
        return one, throw

    def deal(self, block: Block) -> tuple[str, str]:
        """A transaction that is given up, or not."""
        name, border, merge = (self.name(kind) for kind in ("deal", "border", "merge"))
        with self.model.sub(name, tag="transaction") as model:
            start, task, which, end, off, stay = (f"{name}-{kind}" for kind in ("s", "t", "w", "e", "o", "f"))
            model.start(start).user(task).xor(which, stay).end(end).end(off, CANCEL).undo(f"{task}-undo", task)
            first, last = self.row(block)
            model.path(start, task, first).path(last, which).flow(which, end, ident=stay)
            model.flow(which, off, self.condition(block.chosen > 0))
        self.model.boundary(border, name, CANCEL).xor(merge).path(name, merge).path(border, merge)
        return name, merge

    # Words

    def message(self) -> str:
        name = self.name("message")
        self.model.messages[name] = "=1"
        return message(name)

    def condition(self, holds: bool) -> str:
        name = self.name("c")
        self.variables[name] = holds
        return name
