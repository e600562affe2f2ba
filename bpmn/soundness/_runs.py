"""One run of a net as a partial order: which moves a token owes its place to, and which tokens are there at once."""

from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from bpmn.soundness._net import Net, Sink


@dataclass(slots=True)
class Token:
    """A token at a place, from the move that put it there (-1: it was there first) to the move that took it."""

    place: int
    made: int
    taken: int | None = None


class Run:
    """Moves of a net in an order in which they can happen. Moves are named by their position."""

    def __init__(self, net: Net, moves: Sequence[int]) -> None:
        self.net = net
        self.moves = tuple(moves)
        self.tokens: list[Token] = [Token(net.first, -1)]
        self.past: list[int] = []
        """For each move the set of moves it depends on, with itself, as bits."""
        self._there: dict[int, deque[Token]] = defaultdict(deque)
        self._there[net.first].append(self.tokens[0])
        for position, number in enumerate(self.moves):
            self._make(position, number)

    def _make(self, position: int, number: int) -> None:
        move = self.net.transitions[number]
        past = 1 << position
        for place in sorted(move.inputs):
            if move.waits and not self._there[place]:
                continue
            token = self._there[place].popleft()
            token.taken = position
            past |= self.past[token.made] if token.made >= 0 else 0
        self.past.append(past)
        for place in move.outputs:
            token = Token(place, position)
            self.tokens.append(token)
            self._there[place].append(token)

    def crowd(self) -> tuple[Token, Token] | None:
        """The first two tokens that can be at one place at once, or that both came to one end."""
        at: dict[int, list[Token]] = defaultdict(list)
        for token in self.tokens:
            place = self.net.places[token.place]
            if not place.instant and place.sink is not Sink.STOP:
                at[token.place].append(token)
        pairs = (pair for tokens in at.values() for pair in combinations(tokens, 2) if self._at_once(*pair))
        return min(pairs, key=lambda pair: (pair[1].made, pair[0].made), default=None)

    def _at_once(self, first: Token, second: Token) -> bool:
        return not (self._after(second, first) or self._after(first, second))

    def _after(self, later: Token, earlier: Token) -> bool:
        """Whether a token exists only because an earlier one was taken."""
        return earlier.taken is not None and later.made >= 0 and bool(self.past[later.made] >> earlier.taken & 1)

    def up_to(self, tokens: Iterable[Token]) -> tuple[int, ...]:
        """The positions of the moves that some tokens owe their places to, and no others."""
        wanted = 0
        for token in tokens:
            wanted |= self.past[token.made] if token.made >= 0 else 0
        return tuple(position for position in range(len(self.moves)) if wanted >> position & 1)

    def left(self, places: Iterable[int]) -> list[Token]:
        """The tokens that stand at some places in the end."""
        wanted = set(places)
        return [token for token in self.tokens if token.taken is None and token.place in wanted]

    def fork(self, first: Token, second: Token) -> int | None:
        """The last move that both tokens go back to: where one token became several."""
        shared = self._past(first) & self._past(second)
        return shared.bit_length() - 1 if shared else None

    def grows(self, first: Token, second: Token) -> bool:
        """Whether what made the first token can be done again and again: the tokens before the second are all those
        before the first, and more."""
        if first.made < 0 or self.moves[first.made] != self.moves[second.made]:
            return False
        before, after = self._before(first.made), self._before(second.made)
        if not self.past[second.made] >> first.made & 1:
            return False
        return all(after.count(place) >= before.count(place) for place in set(before)) and len(after) > len(before)

    def _before(self, position: int) -> list[int]:
        """The places of all tokens when only what a move depends on has happened."""
        wanted = self.past[position] & ~(1 << position)
        marking = [self.net.first]
        for other, number in enumerate(self.moves):
            if wanted >> other & 1:
                move = self.net.transitions[number]
                for place in move.inputs:
                    if place in marking:
                        marking.remove(place)
                marking.extend(move.outputs)
        return marking

    def _past(self, token: Token) -> int:
        return self.past[token.made] if token.made >= 0 else 0

    def steps(self, positions: Iterable[int] | None = None) -> tuple[tuple[str, str], ...]:
        """The elements passed, each with the flow that was chosen there if one was."""
        found: list[tuple[str, str]] = []
        for position in range(len(self.moves)) if positions is None else positions:
            move = self.net.transitions[self.moves[position]]
            if found and found[-1] == (move.element, ""):
                found.pop()
            found.append((move.element, move.flow))
        return tuple(found)
