"""Ad-hoc sub-processes: a person starts the parts by hand, in the order the case asks for."""

from akta.ids import TokenId
from akta.languages import N_
from workflows.engine._dialect import Reader
from workflows.engine._elements import Element
from workflows.engine._errors import NotPossible, Stuck
from workflows.engine._journal import Offer, Turns
from workflows.engine._running import SubFlow, Token
from workflows.engine._scopes import Scope, view, write
from workflows.engine._subprocesses import SubProcess
from workflows.engine.outcome import OfferedPart, OpenedChoice, Place


class AdHoc(SubProcess):
    """Ends when its completion condition holds after a part; without one, when a person says so.

    Parts that the model starts itself (`zeebe:adHoc activeElementsCollection`) end it when they are done, unless it has
    a condition.
    """

    parts: dict[str, Place]
    """What can be started: whatever no flow leads to."""

    def read(self, reader: Reader) -> None:
        self.rule = reader.parts()

    @property
    def by_hand(self) -> bool:
        return self.rule.until is None and self.rule.at_once is None

    def act(self, token: Token) -> Scope | None:
        wanted = self._at_once(token)
        token.turns = Turns()
        flow = self.enter_empty(token)
        token.offer = Offer("parts")
        parts = tuple(self._offered(token, flow.spec.task_specs[name], place) for name, place in self.parts.items())
        opened = OpenedChoice(TokenId(token.id), self.place, parts, self.rule.one_at_a_time, self.by_hand)
        token.case.journal.choices.append(opened)
        flow.open()
        for name in wanted:
            flow.start_at(flow.spec.task_specs[name], {})
        if not wanted and self.rule.at_once is not None and self.rule.until is None:
            flow.finish()
        return None

    def _offered(self, token: Token, element: Element, place: Place) -> OfferedPart:
        """A part with the groups its task would be for, as far as that can be said before it begins."""
        try:
            return OfferedPart(place, element.groups(token.visible(), token.case.act))
        except Stuck:
            return OfferedPart(place)

    def _at_once(self, token: Token) -> list[str]:
        if self.rule.at_once is None:
            return []
        names = self.rule.at_once.evaluate(token.visible(), token.case.act)
        if not isinstance(names, list) or not all(isinstance(name, str) and name in self.parts for name in names):
            raise Stuck(N_("this is no list of parts"), at=self.rule.at_once.text)
        if self.rule.one_at_a_time and len(names) > 1:
            raise Stuck(N_("only one part may be in work at a time"), at=self.rule.at_once.text)
        return [str(name) for name in names]

    def start_part(self, token: Token, element: str, variables: Scope) -> None:
        """Begin a part.

        Raises:
            NotPossible: there is no such part, or another is in work and they come one at a time.
        """
        flow = token.case.subprocesses[token.id]
        if element not in self.parts:
            raise NotPossible(N_("%(element)s has no part %(part)s to start"), element=self.called, part=element)
        if self.rule.one_at_a_time and flow.alive():
            raise NotPossible(N_("the parts come one after the other, and one is in work"))
        for name, value in variables.items():
            write(flow.maps(), name, value)
        flow.start_at(flow.spec.task_specs[element], {})

    def finish_parts(self, token: Token) -> None:
        """End it by hand.

        Raises:
            NotPossible: a part is in work, or the model says when it ends.
        """
        flow = token.case.subprocesses[token.id]
        if not self.by_hand:
            raise NotPossible(N_("%(element)s ends by itself"), element=self.called)
        if flow.alive():
            raise NotPossible(N_("a part is still in work"))
        flow.finish()

    def collect(self, host: Token, token: Token, written: Scope) -> None:
        if self.rule.until is None or host.turns is None:
            return
        seen = view([token.result, token.locals or {}, written, *token.workflow.maps()])
        value = self.rule.until.evaluate(seen, token.case.act)
        if not isinstance(value, bool):
            why = self.rule.until.why(seen, token.case.act)
            raise Stuck(N_("the completion condition is neither true nor false"), at=self.rule.until.text, why=why)
        host.turns.enough = value

    def part_done(self, host: Token, flow: SubFlow) -> None:
        idle, rule = not flow.alive(), self.rule
        enough = host.turns is not None and host.turns.enough
        by_itself = rule.until is None and rule.at_once is not None
        if host.undoes:
            super().part_done(host, flow)
        elif (enough and (idle or rule.cancels_rest)) or (idle and by_itself):
            flow.finish()
