"""What letters read is there: some step provides it, it is of that kind, and it is set when the letter is made."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from akta.errors import Refusal
from akta.languages import N_
from bpmn import types
from bpmn.check import _variables, _words
from bpmn.check._finding import Checked, Finding, Places, error, named, warning
from bpmn.check._writing import Setting, Wanted
from bpmn.model import Element
from bpmn.types import Environment, Type

_DATA = "data"
"""The input mapping with which a task gives a letter more than the variables of its case."""
_EACH = "[]"
_UTILITY = types.context_of({"name": types.STRING, "phone": types.STRING, "email": types.STRING})
_ADDED = {"utility": _UTILITY, "today": types.STRING, "courtesy": types.BOOLEAN}


def find(checked: Checked) -> Iterator[Finding]:
    makers: dict[str, list[Element]] = {}
    for element, name in _words.named_by(checked.bundle, _words.LETTER):
        makers.setdefault(name, []).append(element)
    for stem, template in checked.bundle.letters.items():
        here = f"letters/{stem}.docx"
        try:
            places = checked.placeholders(template)
        except (ValueError, Refusal) as problem:
            text = N_("%(file)s cannot be read: %(reason)s")
            yield error("letter-unreadable", here, text, file=here, reason=problem)
            continue
        made_by = makers.get(stem.rpartition(".")[0], [])
        yield from _nowhere(checked, here, places, made_by)
        yield from _of_another_kind(checked, here, places, made_by)
        for element in made_by:
            yield from _not_yet(checked, here, places, element)


def _given(element: Element) -> set[str]:
    """The names that a task gives its letter beside the variables."""
    targets = [mapped.target.split(".") for mapped in element.zeebe.inputs]
    return {inner[0] for root, *inner in targets if root == _DATA and inner}


def _gives_all(element: Element) -> bool:
    return any(mapped.target == _DATA for mapped in element.zeebe.inputs)


def _nowhere(checked: Checked, here: str, places: Places, made_by: Sequence[Element]) -> Iterator[Finding]:
    """Names that no step provides: without one that is always read no letter can be made."""
    known = _variables.provided(checked)
    names = known.names.union(_variables.LETTER, *(_given(element) for element in made_by))
    if any(_gives_all(element) for element in made_by):
        return
    for name in sorted({path[0] for path in places} - names):
        sure = known.complete and any(always for path, always in places.items() if path[0] == name)
        near = types.nearest(name, names)
        if not known.complete:
            text = N_("%(file)s wants %(name)s, which no step provides unless a handler does.")
        elif near:
            text = N_("%(file)s wants %(name)s, which no step provides. Did you mean %(near)s?")
        else:
            text = N_("%(file)s wants %(name)s, which no step provides.")
        make = error if sure else warning
        yield make("placeholder", here, text, file=here, name=name, near=near)


def _of_another_kind(checked: Checked, here: str, places: Places, made_by: Sequence[Element]) -> Iterator[Finding]:
    """Parts that what is there does not have: told with the types where the letter is made."""
    around = [_around(checked, element) for element in made_by] or [{**checked.typing.variables, **_ADDED}]
    for path in sorted(places):
        for variables in around:
            wrong = _missing(path, variables.get(path[0], types.ANY))
            if wrong is None:
                continue
            part, inside = wrong
            near = types.nearest(part, _names(inside))
            where = {"file": here, "path": _written(path), "name": part, "type": types.said(inside), "near": near}
            if near:
                text = N_('%(file)s wants %(path)s; there is no "%(name)s" in it. Did you mean "%(near)s"?')
            else:
                text = N_('%(file)s wants %(path)s; there is no "%(name)s" in it: it is %(type)s.')
            make = error if places[path] else warning
            yield make("placeholder", here, text, **where)
            break


def _around(checked: Checked, element: Element) -> dict[str, Type]:
    """What a letter sees that a task makes: the variables of the case, and what the task gives it."""
    typing = checked.typing
    at = Environment(typing.variables, typing.closed)
    variables = {**at.variables, **dict.fromkeys(_given(element), types.ANY), **_ADDED}
    return variables if not _gives_all(element) else {**dict.fromkeys(variables, types.ANY), **_ADDED}


def _missing(path: Sequence[str], type_: Type) -> tuple[str, Type] | None:
    """The first step of a path that what is before it cannot have, and what that is."""
    for step in path[1:]:
        if type_.anything or not type_.solid.shapes:
            return None
        if step == _EACH:
            if not type_.may_be("list"):
                return None  # a letter may go through texts and contexts too
            type_ = types.item_of(type_)
            continue
        inside = type_.of("context")
        entry = inside.by_name.get(step) if isinstance(inside, types.ContextOf) else None
        if isinstance(inside, types.ContextOf) and inside.open and entry is None:
            return None
        if entry is None:
            return step, type_.solid
        type_ = entry
    return None


def _names(type_: Type) -> frozenset[str]:
    inside = type_.of("context")
    return frozenset(inside.by_name) if isinstance(inside, types.ContextOf) else frozenset()


def _written(path: Sequence[str]) -> str:
    return ".".join(path).replace(f".{_EACH}", _EACH)


def _not_yet(checked: Checked, here: str, places: Places, element: Element) -> Iterator[Finding]:
    """Names that are not there on some way to the task that makes the letter; an empty answer is printed as nothing."""
    setting = Setting.of(checked)
    if setting.forms is None or _gives_all(element) or element.type == "callActivity":
        return  # a process that is called makes the letter when it sees fit
    always = {path[0] for path, sure in places.items() if sure}
    for name in sorted(always & setting.typing.variables.keys() - _variables.LETTER - _given(element)):
        wanted = Wanted(name, null_will_do=True)
        way = None if setting.begins_with(wanted) else setting.before(wanted).reached.get(element.id)
        if way is not None:
            text = N_("%(what)s: %(file)s wants %(name)s, which nothing has set on the way shown.")
            found = warning("placeholder", element.id, text, what=named(element), file=here, name=name)
            path = tuple(id_ for step in way() for id_ in (step.element, step.flow) if id_)
            yield replace(found, elements=(element.id,), path=path)
