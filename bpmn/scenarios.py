"""Scenarios of a bundle: who answers what, how time passes, and what is to come of it, read from YAML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import yaml

from akta.errors import Invalid
from akta.languages import N_
from bpmn import feel
from bpmn.keyed import Keyed
from bpmn.values import Value

LARGEST = 200_000
MOST_STEPS = 500
_BEGIN = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_STEPS = ("answer", "message", "signal", "error", "wait")


class ScenarioError(Invalid):
    """The text is no scenario; the detail says what of it."""

    title = N_("This scenario cannot be read.")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens.

    Attributes:
        what: `answer` a task, a `message` or `signal` comes, an activity ends in an `error`, or time passes (`wait`).
        of: the element answered or failing, the name of the message or signal, empty for waiting.
        values: answers of the form, or what the message or signal carries.
        code: of the error.
        lasting: how long to wait.
    """

    what: str
    of: str = ""
    values: Mapping[str, Value] = field(default_factory=dict)
    code: str = ""
    lasting: timedelta = timedelta()


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to come of it. What is left empty is not asked.

    Attributes:
        end: id of the end event the case ends with; `waiting` the elements where it waits instead.
        passed: elements to be passed, in this order, with others between; `avoided` those not to be passed.
        documents: letters written, `mails` sent, in order; `variables` by dotted path.
    """

    end: str = ""
    waiting: tuple[str, ...] = ()
    passed: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()
    documents: tuple[str, ...] | None = None
    mails: tuple[str, ...] | None = None
    variables: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """A story of one case.

    Attributes:
        begins: the moment it begins; `variables` what the case begins with.
        start: the start event it begins at, empty for the plain one.
        calls: what handlers answer, by the id of the service task or by the handler's name: a result, or results in
            turn; a result with the one key `error` ends the call with that code. What is not named answers nothing.
        sources: what forms offer that the utility provides.
    """

    name: str
    steps: tuple[Step, ...]
    expected: Expected
    begins: datetime = _BEGIN
    start: str = ""
    variables: Mapping[str, Value] = field(default_factory=dict)
    calls: Mapping[str, tuple[Mapping[str, Value], ...]] = field(default_factory=dict)
    sources: Mapping[str, Value] = field(default_factory=dict)


def read(source: bytes) -> Scenario:
    """Read one scenario.

    Raises:
        ScenarioError: too large, no YAML, with anchors, or with something in it that no scenario has.
    """
    if len(source) > LARGEST:
        raise ScenarioError(f"it is larger than {LARGEST // 1000} kB")
    try:
        tree = _Loader(source.decode()).get_single_data()
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError, ValueError, ArithmeticError) as broken:
        raise ScenarioError(f"it is not YAML: {broken}") from broken
    whole = Keyed(tree, ScenarioError)
    given, expected = whole.inner("given"), whole.inner("expect")
    scenario = Scenario(
        name=whole.text("name"),
        steps=_steps(whole.take("steps") or []),
        expected=Expected(
            end=expected.text("end", ""),
            waiting=expected.words("waiting"),
            passed=expected.words("passed"),
            avoided=expected.words("avoided"),
            documents=expected.words_or_none("documents"),
            mails=expected.words_or_none("mails"),
            variables=expected.inner("variables").rest(),
        ),
        begins=_moment(given.take("now")),
        start=given.text("start", ""),
        variables=given.inner("variables").rest(),
        calls={name: _results(name, result) for name, result in given.inner("calls").rest().items()},
        sources=given.inner("sources").rest(),
    )
    for reader in (given, expected, whole):
        reader.done()
    if not scenario.expected.end and not scenario.expected.waiting:
        raise ScenarioError("expect says neither an end nor what is waited for")
    return scenario


class _Loader(yaml.SafeLoader):
    """Plain values only: numbers are exact, anchors are refused, for they can unfold without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError("anchors are not allowed")
        return super().compose_node(parent, index)


def _number(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Decimal:
    return Decimal(str(loader.construct_scalar(node)).replace("_", ""))


def _instant(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> date | datetime:
    found = loader.construct_yaml_timestamp(node)
    return found.replace(tzinfo=UTC) if isinstance(found, datetime) and found.tzinfo is None else found


for _tag, _make in (("int", _number), ("float", _number), ("timestamp", _instant)):
    _Loader.add_constructor(f"tag:yaml.org,2002:{_tag}", _make)


def _steps(values: object) -> tuple[Step, ...]:
    if not isinstance(values, list) or len(values) > MOST_STEPS:
        raise ScenarioError(f"steps must be a list of at most {MOST_STEPS}")
    return tuple(_step(value, number) for number, value in enumerate(values, 1))


def _step(value: object, number: int) -> Step:
    where = f"steps.{number}"
    reader = Keyed(value, ScenarioError, where)
    named = [(what, reader.take(what)) for what in _STEPS]
    given = [(what, of) for what, of in named if of is not None]
    if len(given) != 1 or not isinstance(given[0][1], str):
        raise ScenarioError(f"{where} must have one of {', '.join(_STEPS)}")
    what, of = given[0]
    values = reader.inner("with").rest() if what != "wait" else {}
    code = of if what == "error" else ""
    at = reader.text("at") if what == "error" else of
    reader.done()
    if what == "wait":
        return Step(what, lasting=_duration(of, where))
    return Step(what, at, values, code)


def _duration(text: str, where: str) -> timedelta:
    lasting = feel.days_of(text)
    if lasting is None or lasting < timedelta():
        raise ScenarioError(f"{where} must be a duration such as P14D or PT8H")
    return lasting


def _moment(value: object) -> datetime:
    if value is None:
        return _BEGIN
    if not isinstance(value, datetime):
        raise ScenarioError("given.now must be a date with a time")
    return value


def _results(name: str, result: object) -> tuple[Mapping[str, Value], ...]:
    results: Sequence[object] = result if isinstance(result, list) else [result]
    if not results or not all(isinstance(each, Mapping) for each in results):
        raise ScenarioError(f"given.calls.{name} must be a table, or several in a list")
    return tuple(each for each in results if isinstance(each, Mapping))
