"""A form: which of its fields show, what answers it takes, and why it would not mean what it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from functools import cached_property

from akta.languages import Language
from akta.languages import language as language_of
from bpmn import feel
from bpmn.forms import _problems, _reading, _view
from bpmn.forms import _sentences as words
from bpmn.forms._reading import Choice, Frame
from bpmn.forms._rows import FieldView
from bpmn.forms._schema import Component, Option, Problem, Reader, load
from bpmn.forms._sentences import Wrong
from bpmn.forms._types import answer
from bpmn.texts import Texts
from bpmn.types import Type
from bpmn.values import Value

Variables = Mapping[str, Value]


@dataclass(frozen=True)
class Answers:
    """What came of a submitted form.

    `values` holds every shown field that was read (an empty answer is None); `shown` is what to draw the form with
    again, wrong answers as they were typed; `files` are upload ids by field; `hidden` are the keys left out because
    their field does not show.
    """

    values: Mapping[str, Value]
    errors: Mapping[str, str]
    files: Mapping[str, tuple[str, ...]]
    shown: Mapping[str, Value]
    hidden: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Step:
    """A screen of a form that is filled in step by step: a group of questions, with what follows it outside groups."""

    id: str
    components: tuple[Component, ...]

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the fields that take an answer here, shown or not."""
        return tuple(inner.key for top in self.components for inner in top.walk() if inner.asks)

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(inner.key or inner.id for top in self.components for inner in top.walk())

    def of(self, rows: Sequence[FieldView]) -> tuple[FieldView, ...]:
        """Those of the drawn rows of the form that stand in this step; none if it does not show."""
        return tuple(row for row in rows if row.key in self._names)


@dataclass(frozen=True)
class Form:
    """A form as deployed: components in order, groups with theirs inside."""

    id: str
    components: tuple[Component, ...]
    reading_problems: tuple[Problem, ...] = field(default=(), repr=False)

    @cached_property
    def all_components(self) -> tuple[Component, ...]:
        return tuple(found for top in self.components for found in top.walk())

    @cached_property
    def fields(self) -> tuple[Component, ...]:
        """Everything that has a key, in order, groups flattened."""
        return tuple(component for component in self.all_components if component.key)

    @cached_property
    def keys(self) -> tuple[str, ...]:
        """The keys of the fields that take an answer."""
        return tuple(component.key for component in self.fields if component.asks)

    @cached_property
    def steps(self) -> tuple[Step, ...]:
        """The form screen by screen: one for each group. What stands before the first group belongs to it."""
        parts: list[list[Component]] = []
        begun = False
        for component in self.components:
            if not parts or (component.type == "group" and begun):
                parts.append([])
            parts[-1].append(component)
            begun = begun or component.type == "group"
        return tuple(Step(next((c.id for c in part if c.type == "group"), part[0].id), tuple(part)) for part in parts)

    @cached_property
    def types(self) -> Mapping[str, Type]:
        """What the answers can be, by the key of their field: null where the field does not always show."""
        asked = {component.key: answer(component) for component in self.fields if component.asks}
        return {key: type_.optional if key in self.conditional else type_ for key, type_ in asked.items()}

    @cached_property
    def conditional(self) -> frozenset[str]:
        """The keys of fields that do not always show, by their own condition or that of a group around them."""
        hiding = (component for component in self.all_components if component.hide)
        return frozenset(inner.key for component in hiding for inner in component.walk() if inner.key)

    @cached_property
    def reads(self) -> frozenset[str]:
        """Names that its conditions, shown values, choices and comparisons look at."""
        named = {name for part in self.fields for name in (part.options_from, part.rules.equals) if name}
        return frozenset(named.union(*(compiled.names for compiled in self._expressions.values())))

    @cached_property
    def _expressions(self) -> Mapping[str, feel.Expression]:
        """Conditions and shown values that compile; `problems` names the others, and a deploy refuses them."""
        compiled: dict[str, feel.Expression] = {}
        for text in {text for component in self.all_components for text in (component.hide, component.value) if text}:
            try:
                compiled[text] = feel.compile(text)
            except feel.FeelSyntaxError:
                continue
        return compiled

    def problems(self) -> tuple[Problem, ...]:
        """Every reason why this form would not mean here what it says."""
        return (*self.reading_problems, *_problems.find(self.components))

    def view(
        self,
        values: Variables,
        texts: Texts,
        errors: Mapping[str, str] | None = None,
        sources: Variables | None = None,
        *,
        now: datetime,
        language: Language | None = None,
    ) -> tuple[FieldView, ...]:
        """What a template draws, in order, hidden fields left out.

        `values` are the variables and, over them, answers given so far (`Answers.shown`). `language` writes numbers
        and dates; it is that of `texts` unless given.
        """
        sources, language = sources or {}, language or language_of(texts.language)
        now = now.astimezone(language.zone)
        known = {**{c.key: c.default for c in self.fields if c.asks and c.default is not None}, **values}
        frame = self._frame(known, sources, language, now, texts)
        hidden = self._hidden({**sources, **known}, {key: known.get(key) for key in self.keys}, frame)
        scope = {**sources, **known, **{c.key: None for c in self.fields if c.id in hidden}}
        shown = {c.id: self._evaluate(c.value, scope, frame) for c in self.all_components if c.value}
        return _view.draw(self.id, self.components, known, hidden, shown, errors or {}, texts, frame)

    def accept(
        self,
        submitted: Mapping[str, Sequence[str]],
        known: Variables,
        *,
        texts: Texts,
        language: Language,
        now: datetime,
        sources: Variables | None = None,
    ) -> Answers:
        """Read what was sent: only shown fields that ask are taken, everything else is ignored."""
        sources, now = sources or {}, now.astimezone(language.zone)
        frame = self._frame(known, sources, language, now, texts)
        values, errors, typed = self._read(submitted, frame, texts)
        hidden = self._hidden({**sources, **known}, values, frame)
        gone = frozenset(c.key for c in self.fields if c.id in hidden)
        uploads = {c.key for c in self.fields if c.type == "filepicker"}
        return Answers(
            values={key: value for key, value in values.items() if key not in gone and key not in errors},
            errors={key: sentence for key, sentence in errors.items() if key not in gone},
            files={key: _ids(values[key]) for key in uploads if key in values and key not in gone},
            shown=typed,
            hidden=gone,
        )

    def _read(
        self, submitted: Mapping[str, Sequence[str]], frame: Frame, texts: Texts
    ) -> tuple[dict[str, Value], dict[str, str], dict[str, Value]]:
        """Values (None where wrong), sentences, and what to show again, by key, hidden fields included."""
        values: dict[str, Value] = {}
        errors: dict[str, str] = {}
        typed: dict[str, Value] = {}
        asking = {component.key: component for component in self.fields if component.asks}
        for key, component in asking.items():
            sent = _as_list(submitted.get(key))
            try:
                typed[key] = values[key] = _reading.read(component, sent, frame, texts.field(self.id, key).invalid)
            except Wrong as wrong:
                values[key], errors[key], typed[key] = None, wrong.sentence, _as_typed(component, sent)
        for key, component in asking.items():
            twin = component.rules.equals
            if twin in values and not errors.keys() & {key, twin} and values[key] != values[twin]:
                errors[key] = frame.say(words.DIFFERS)
        return values, errors, typed

    def _frame(self, known: Variables, sources: Variables, language: Language, now: datetime, texts: Texts) -> Frame:
        choices = {c.key: self._choices(c, known, sources, texts) for c in self.fields}
        return Frame(language, now, choices)

    def _choices(self, component: Component, known: Variables, sources: Variables, texts: Texts) -> tuple[Choice, ...]:
        """The answers offered now: those written in the form, or those a source or a variable gives."""
        if not component.options_from:
            return tuple(self._written(component, option, texts) for option in component.options)
        given = sources.get(component.options_from, known.get(component.options_from))
        choices = (_given(item) for item in given) if isinstance(given, list) else ()
        return tuple(choice for choice in choices if choice is not None)

    def _written(self, component: Component, option: Option, texts: Texts) -> Choice:
        return Choice(option.value, option.value, texts.option(self.id, component.key, option.value) or option.label)

    def _hidden(self, known: Variables, values: Variables, frame: Frame) -> frozenset[str]:
        """Ids of components that do not show. A hidden field has no value for the conditions of the others.

        Conditions may refer to later fields, so they are gone through until nothing changes. A circle of conditions
        ends after as many rounds as there are components; what goes to and fro then shows.
        """
        hidden: frozenset[str] = frozenset()
        if not any(component.hide for component in self.all_components):
            return hidden
        before = hidden
        for _ in range(len(self.all_components) + 1):
            before, scope = hidden, {**known, **values}
            scope |= {c.key: None for c in self.fields if c.id in before}
            found: set[str] = set()
            for component in self.components:
                self._hide(component, scope, values, frame, found)
            hidden = frozenset(found)
            if hidden == before:
                return hidden
        return hidden & before

    def _hide(
        self, component: Component, scope: dict[str, Value], values: Variables, frame: Frame, found: set[str]
    ) -> None:
        if self._evaluate(component.hide, scope, frame) is True:
            found.update(inner.id for inner in component.walk())
            scope |= {inner.key: None for inner in component.walk() if inner.key}
            return
        if component.key in values:
            scope[component.key] = values[component.key]
        for child in component.components:
            self._hide(child, scope, values, frame, found)

    def _evaluate(self, text: str, scope: Variables, frame: Frame) -> Value:
        expression = self._expressions.get(text) if text else None
        if expression is None:
            return None
        try:
            return expression.evaluate(scope, now=frame.now, allowance=frame.allowance)
        except feel.FeelLimit:
            return None


def read(source: bytes) -> Form:
    """Read a form-js schema.

    Raises:
        FormError: larger than 1 MB, not JSON, or not the shape of a form. What is merely unsupported is in `problems`.
    """
    schema = load(source)
    reader = Reader()
    components = reader.components(schema["components"])
    problems = (*reader.problems, *_problems.find_unread(schema))
    return Form(schema["id"], components, problems)


def _as_list(sent: Sequence[str] | None) -> Sequence[str]:
    return [sent] if isinstance(sent, str) else sent or ()


def _as_typed(component: Component, sent: Sequence[str]) -> Value:
    """A wrong answer as it came, cut to what a page can carry, without signs no database or page can."""
    cleaned: list[Value] = [str(item)[: _reading.MAX_TEXT].replace("\0", "") for item in sent[: _reading.MAX_CHOICES]]
    if component.type in ("checklist", "filepicker"):
        return cleaned
    return cleaned[0] if cleaned else None


def _ids(value: Value) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()


def _given(item: Value) -> Choice | None:
    match item:
        case {"value": str() | Decimal() as value, **rest}:
            label = rest.get("label")
            return Choice(_sent(value), value, label if isinstance(label, str) else _sent(value))
        case str() | Decimal():
            return Choice(_sent(item), item, _sent(item))
    return None


def _sent(value: str | Decimal) -> str:
    return value if isinstance(value, str) else format(value, "f")
