"""Playing the scenarios of a bundle in the real engine, with its real forms and tables, and nothing that leaves."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from akta.ids import TokenId
from akta.languages import N_, Language, Sentence, language, sentence
from bpmn import forms, scenarios
from bpmn.bundle import Bundle
from bpmn.calendars import Calendar
from bpmn.scenarios import Scenario, ScenarioError, Step
from bpmn.values import Value
from tasks import letters, notices
from workflows import definitions, engine
from workflows.dry_runs import PASSED, DryRun
from workflows.engine import commands
from workflows.engine.outcome import AwaitedMessage, Call, OpenedTask

FOLDER = "scenarios/"
MOST_CALLS = 1_000
"""Calls answered in one scenario; a loop of calls that never ends would go on for ever."""
_DONE = PASSED | {"decided"}


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What came of a scenario: why it failed (nothing: it did not), and which elements of which bundle were passed."""

    file: str
    name: str
    problems: tuple[Sentence, ...]
    passed: frozenset[tuple[str, str]] = frozenset()

    def reasons(self, words: Language) -> list[str]:
        """Why it failed, in the language of who reads it."""
        return [problem.said(words.gettext) for problem in self.problems]


@dataclass(frozen=True, slots=True)
class Coverage:
    """What came of the scenarios of a bundle; which of its own elements one of them passed, and which none did."""

    scenarios: tuple[Rehearsed, ...]
    passed: tuple[str, ...]
    left_out: tuple[str, ...]


def coverage(bundle: Bundle, called: Mapping[str, Bundle]) -> Coverage:
    """Play every scenario of a bundle and see what they pass.

    Raises:
        NotRunnable: the engine does not run it.
    """
    scenarios = rehearse(bundle, called)
    passed = {element for each in scenarios for key, element in each.passed if key == bundle.key}
    counted = [element.id for element in bundle.model.elements.values() if not element.event_subprocess]
    return Coverage(
        scenarios,
        tuple(id_ for id_ in counted if id_ in passed),
        tuple(id_ for id_ in counted if id_ not in passed),
    )


def rehearse(bundle: Bundle, called: Mapping[str, Bundle], calendar: Calendar | None = None) -> tuple[Rehearsed, ...]:
    """Play every scenario of a bundle that the engine runs.

    Raises:
        NotRunnable: the engine does not run it.
    """
    files = sorted(path for path in bundle.files if path.startswith(FOLDER))
    if not files:
        return ()
    definition = engine.compile(definitions.source(bundle), [definitions.source(each) for each in called.values()])
    bundles = {bundle.key: bundle, **called}
    return tuple(_played(path, bundle.files[path], definition, bundles, calendar) for path in files)


def _played(
    path: str, source: bytes, definition: engine.Definition, bundles: Mapping[str, Bundle], calendar: Calendar | None
) -> Rehearsed:
    try:
        scenario = scenarios.read(source)
    except ScenarioError as broken:
        return Rehearsed(path, path, (sentence(N_("It cannot be read: %(reason)s."), reason=broken.detail),))
    play = _Play(definition, bundles, scenario, calendar)
    try:
        play.run()
    except _Failed as failed:
        return Rehearsed(path, scenario.name, (failed.sentence,), frozenset(play.passed))
    return Rehearsed(path, scenario.name, tuple(play.compare()), frozenset(play.passed))


class _Failed(Exception):
    def __init__(self, text: str, **params: object) -> None:
        self.sentence = sentence(text, **params)
        super().__init__(str(self.sentence))


class _Play:
    """One case, from its start to what is expected."""

    def __init__(
        self,
        definition: engine.Definition,
        bundles: Mapping[str, Bundle],
        scenario: Scenario,
        calendar: Calendar | None,
    ) -> None:
        self.bundles, self.scenario = bundles, scenario
        self.now = scenario.begins
        self.case = DryRun(definition, calendar)
        self.passed: dict[tuple[str, str], None] = {}
        self.order: list[str] = []
        self.calls: list[Call] = []
        self.answered: dict[str, int] = {}

    def run(self) -> None:
        """
        Raises:
            _Failed: a step cannot be taken where the case then is.
        """
        self._do(commands.Start(self.scenario.variables, self.scenario.start))
        for step in self.scenario.steps:
            self._step(step)

    def _do(self, command: commands.Command) -> None:
        """Take a step, and answer every call that comes of it."""
        self._advance(command)
        while self.case.open.calls:
            if len(self.calls) >= MOST_CALLS:
                raise _Failed(N_("More than %(count)s calls were made."), count=MOST_CALLS)
            call = next(iter(self.case.open.calls.values()))
            self.calls.append(call)
            self._advance(self._answer(call))

    def _advance(self, command: commands.Command) -> None:
        outcome = self.case.do(command, self.now)
        for step in outcome.steps:
            if step.kind in _DONE:
                self.passed[step.place.bundle, step.place.element] = None
                self.order.append(step.place.element)
        if outcome.ended is not None:
            self.passed[outcome.ended.bundle, outcome.ended.element] = None
            self.order.append(outcome.ended.element)
        for stop in self.case.open.stopped.values():
            raise _Failed(N_("The case stops at %(element)s: %(cause)s"), element=stop.place.element, cause=stop.cause)

    def _answer(self, call: Call) -> commands.Command:
        """What a handler answers: told for the element, or for the handler; the last of several answers stays."""
        name = call.place.element if call.place.element in self.scenario.calls else call.handler
        results = self.scenario.calls.get(name, ({},))
        turn = self.answered.get(name, 0)
        self.answered[name] = turn + 1
        result = results[min(turn, len(results) - 1)]
        if result.keys() == {"error"}:
            return commands.ThrowError(call.token, str(result["error"]))
        return commands.CompleteCall(call.token, result)

    def _step(self, step: Step) -> None:
        if self.case.ended is not None:
            raise _Failed(N_("The case ends with %(end)s before everything was done."), end=self.case.ended.element)
        match step.what:
            case "answer":
                self._complete(step)
            case "message":
                self._do(commands.Deliver(self._at(self.case.open.messages, step.of), step.values))
            case "signal":
                self._do(commands.DeliverSignal(step.of, step.values))
            case "error":
                self._do(commands.ThrowError(self._at(self.case.open.tasks, step.of), step.code))
            case "wait":
                self._wait(step)

    def _at(self, waiting: Mapping[TokenId, OpenedTask] | Mapping[TokenId, AwaitedMessage], name: str) -> TokenId:
        for token, each in waiting.items():
            if name in (each.place.element, each.message if isinstance(each, AwaitedMessage) else ""):
                return token
        raise _Failed(N_("Nothing waits for %(name)s; the case waits at %(places)s."), name=name, places=self._places())

    def _places(self) -> str:
        return ", ".join(sorted({place.element for place in self.case.standing}))

    def _complete(self, step: Step) -> None:
        """Answer a task through its form, as a person would."""
        token = self._at(self.case.open.tasks, step.of)
        task = self.case.open.tasks[token]
        bundle = self.bundles[task.place.bundle]
        words = language("en")
        answers = bundle.forms[task.form].accept(
            {key: forms.typed(value) for key, value in step.values.items()},
            task.context,
            texts=bundle.texts("en"),
            language=words,
            now=self.now,
            sources=self.scenario.sources,
        )
        for key, wrong in answers.errors.items():
            raise _Failed(N_("%(task)s does not take %(key)s: %(reason)s"), task=step.of, key=key, reason=wrong)
        unknown = step.values.keys() - answers.values.keys()
        if unknown:
            text = N_("The form of %(task)s does not ask for %(keys)s then.")
            raise _Failed(text, task=step.of, keys=", ".join(sorted(unknown)))
        self._do(commands.CompleteTask(token, answers.values))

    def _wait(self, step: Step) -> None:
        """Let time pass: every timer that comes due fires at its time, in order."""
        until = self.now + step.lasting
        while True:
            due = min(self.case.open.timers.values(), key=lambda timer: timer.due_at, default=None)
            if due is None or due.due_at > until:
                break
            self.now = max(self.now, due.due_at)
            self._do(commands.FireTimer(due.token))
        self.now = until

    def compare(self) -> Iterable[Sentence]:
        """Whatever is not as expected."""
        expected = self.scenario.expected
        ended = self.case.ended.element if self.case.ended is not None else ""
        if expected.end != ended:
            if ended:
                yield sentence(N_("It ends with %(end)s, not as expected."), end=ended)
            else:
                yield sentence(N_("It does not end; it waits at %(places)s."), places=self._places())
        standing = {place.element for place in self.case.standing}
        for element in expected.waiting:
            if element not in standing:
                text = N_("It does not wait at %(element)s but at %(places)s.")
                yield sentence(text, element=element, places=self._places() or ended)
        yield from self._ways()
        yield from self._sent(N_("Letters written: %(found)s"), expected.documents, letters.NAME, "letter")
        yield from self._sent(N_("Mails sent: %(found)s"), expected.mails, notices.NAME, "mail")
        yield from self._values(self.case.variables)

    def _ways(self) -> Iterable[Sentence]:
        at = 0
        for element in self.scenario.expected.passed:
            if element not in self.order[at:]:
                yield sentence(N_("It does not pass %(element)s when it should."), element=element)
                return
            at = self.order.index(element, at) + 1
        for element in self.scenario.expected.avoided:
            if element in self.order:
                yield sentence(N_("It passes %(element)s, which it should not."), element=element)

    def _sent(self, text: str, wanted: Sequence[str] | None, handler: str, key: str) -> Iterable[Sentence]:
        found = [str(call.input.get(key)) for call in self.calls if call.handler == handler]
        if wanted is not None and list(wanted) != found:
            yield sentence(text, found=", ".join(found) or "-")

    def _values(self, variables: Mapping[str, Value]) -> Iterable[Sentence]:
        for path, wanted in self.scenario.expected.variables.items():
            found: object = variables
            for name in path.split("."):
                found = found.get(name) if isinstance(found, Mapping) else None
            if found != wanted:
                text = N_("%(variable)s is %(found)s, not %(wanted)s.")
                yield sentence(text, variable=path, found=found, wanted=wanted)
