"""Every way a drawing can be played with tokens, one by one and without any cleverness: the second opinion."""

from dataclasses import dataclass, field

from tests.bpmn.soundness.drawing import Drawing

Token = str
"""`f3` on a flow, `@task` at a node, `!end` used up at an end."""
State = tuple[Token, ...]


class TooLarge(Exception):
    """More states than are worth playing."""


@dataclass
class Played:
    """What can happen: the kinds of defect seen, the gateways and ends ever reached, the activities ever done."""

    kinds: set[str] = field(default_factory=set)
    reached: set[str] = field(default_factory=set)


class TokenGame:
    """Tokens pass gateways and ends at once, and rest at activities and in front of joins."""

    def __init__(self, drawing: Drawing, entry: str, side: frozenset[str], most: int) -> None:
        self.drawing = drawing
        self.entry = entry
        self.side = side
        self.most = most
        self.played = Played()

    def play(self) -> Played:
        start = self._left(self.entry)
        following: dict[State, list[State]] = {}
        good: set[State] = set()
        waiting = [start]
        while waiting:
            state = waiting.pop()
            if state in following:
                continue
            if len(following) > self.most:
                raise TooLarge
            following[state] = []
            if any(token.startswith("#") for token in state):
                good.add(state)
                continue
            if crowd := self._crowd(state):
                self.played.kinds.add(crowd)
                continue
            following[state] = list(self._moves(state))
            if not following[state]:
                if all(token.startswith("!") for token in state):
                    good.add(state)
                else:
                    self.played.kinds.add("deadlock")
            waiting.extend(following[state])
        self._rounds(following, good)
        return self.played

    def _rounds(self, following: dict[State, list[State]], good: set[State]) -> None:
        ending = good | {state for state, after in following.items() if not after}
        while True:
            more = {state for state, after in following.items() if state not in ending and ending.intersection(after)}
            if not more:
                break
            ending |= more
        if set(following) - ending:
            self.played.kinds.add("livelock")

    def _crowd(self, state: State) -> str:
        for token in set(state):
            if state.count(token) > 1 and not self._passes(token):
                return "improper-completion" if token.startswith("!") else "crowd"
        return ""

    def _passes(self, token: Token) -> bool:
        """Whether a token is on its way and does not rest."""
        if not token.startswith("f"):
            return token.startswith("@") and self._gateway(token[1:])
        return not self._join(self.drawing.flows[int(token[1:])][1])

    def _gateway(self, id_: str) -> bool:
        return self.drawing.nodes[id_] in ("exclusiveGateway", "parallelGateway", "inclusiveGateway")

    def _join(self, id_: str) -> bool:
        return (
            self.drawing.nodes[id_] in ("parallelGateway", "inclusiveGateway") and len(self.drawing.incoming(id_)) > 1
        )

    def _moves(self, state: State) -> list[State]:
        for token in state:
            if self._passes(token):
                return [self._with(state, [token], made) for made in self._pass(token)]
        moves: list[State] = []
        for token in sorted(set(state)):
            if token.startswith("@"):
                moves.extend(self._with(state, [token], made) for made in self._finish(token[1:]))
        for id_ in self.drawing.nodes:
            if self._join(id_):
                moves.extend(self._joined(state, id_))
        return moves

    def _with(self, state: State, taken: list[Token], made: list[Token]) -> State:
        left = list(state)
        for token in taken:
            left.remove(token)
        return tuple(sorted(left + made))

    def _pass(self, token: Token) -> list[list[Token]]:
        """What a token becomes that does not rest: at its target, or through a gateway."""
        target = token[1:] if token.startswith("@") else self.drawing.flows[int(token[1:])][1]
        type_ = self.drawing.nodes[target]
        if type_ == "endEvent" or self._gateway(target):
            self.played.reached.add(target)
        if type_ == "endEvent":
            return [["#"]] if target in self.drawing.terminates else [[f"!{target}"]]
        if not self._gateway(target):
            return [[f"@{target}"]]
        out = [f"f{number}" for number in self.drawing.outgoing(target)]
        if not out:
            return [[f"!{target}"]]
        if type_ == "parallelGateway":
            return [out]
        if type_ == "exclusiveGateway":
            return [[one] for one in out]
        return [[one for at, one in enumerate(out) if bits >> at & 1] for bits in range(1, 1 << len(out))]

    def _finish(self, id_: str) -> list[list[Token]]:
        """An activity ends, or an event on its border happens; events beside it may have happened before."""
        self.played.reached.add(id_)
        events = [event for event, (host, _) in self.drawing.borders.items() if host == id_]
        ways = [self._out(id_)]
        for event in events:
            if self.drawing.borders[event][1]:
                self.played.reached.add(event)
                ways.append(self._out(event))
        beside = [event for event in events if event in self.side]
        self.played.reached.update(beside)
        found = []
        for bits in range(1 << len(beside)):
            more = [token for at, event in enumerate(beside) if bits >> at & 1 for token in self._out(event)]
            found.extend([way + more for way in ways])
        return found

    def _out(self, id_: str) -> list[Token]:
        return [f"f{number}" for number in self.drawing.outgoing(id_)] or [f"!{id_}"]

    def _left(self, entry: str) -> State:
        self.played.reached.add(entry)
        return tuple(sorted(self._out(entry)))

    def _joined(self, state: State, id_: str) -> list[State]:
        flows = [f"f{number}" for number in self.drawing.incoming(id_)]
        full = [token for token in flows if token in state]
        parallel = self.drawing.nodes[id_] == "parallelGateway"
        if not full or (parallel and len(full) < len(flows)):
            return []
        if not parallel and any(self._comes(token, flows, full, id_) for token in set(state) - set(flows)):
            return []
        self.played.reached.add(id_)
        return [self._with(state, full, [f"@{id_}"])]

    def _comes(self, token: Token, flows: list[Token], full: list[Token], join: str) -> bool:
        """Whether a token can still come to an empty flow of an inclusive join, and to no full one."""
        ahead = self._ahead(token, join)
        return any(one in ahead for one in flows if one not in full) and not any(one in ahead for one in full)

    def _ahead(self, token: Token, join: str) -> set[Token]:
        if token.startswith("!"):
            return set()
        found: set[Token] = set()
        waiting = self._next(token)
        while waiting:
            one = waiting.pop()
            if one in found or not one.startswith("f"):
                continue
            found.add(one)
            if self.drawing.flows[int(one[1:])][1] != join:
                waiting.extend(self._next(one))
        return found

    def _next(self, token: Token) -> list[Token]:
        node = token[1:] if token.startswith("@") else self.drawing.flows[int(token[1:])][1]
        events = [e for e, (host, stops) in self.drawing.borders.items() if host == node and (stops or e in self.side)]
        return [one for id_ in (node, *events) for one in self._out(id_)]


def play(drawing: Drawing, most: int = 600) -> Played:
    """Play the main way and each side way that never meets it again.

    Raises:
        TooLarge: there are more than `most` states.
    """
    waiting = [id_ for id_, type_ in drawing.nodes.items() if type_ == "startEvent"]
    played, known = Played(), set(waiting)
    while waiting:
        entry = waiting.pop()
        side, apart = _sides(drawing, entry)
        waiting.extend(set(apart) - known)
        known.update(apart)
        one = TokenGame(drawing, entry, side, most).play()
        played.kinds |= one.kinds
        played.reached |= one.reached
    return played


def _sides(drawing: Drawing, entry: str) -> tuple[frozenset[str], list[str]]:
    main = _closure(drawing, entry)
    side: set[str] = set()
    while True:
        beside = sorted(
            e for e, (host, stops) in drawing.borders.items() if not stops and host in main and e not in side
        )
        meeting = [e for e in beside if any(drawing.nodes[id_] != "endEvent" for id_ in _closure(drawing, e) & main)]
        if not meeting:
            return frozenset(side), beside
        side.update(meeting)
        for event in meeting:
            main |= _closure(drawing, event)


def _closure(drawing: Drawing, entry: str) -> set[str]:
    found, waiting = {entry}, [entry]
    while waiting:
        id_ = waiting.pop()
        onward = [target for source, target in drawing.flows if source == id_]
        onward += [event for event, (host, stops) in drawing.borders.items() if host == id_ and stops]
        waiting.extend(set(onward) - found)
        found.update(onward)
    return found
