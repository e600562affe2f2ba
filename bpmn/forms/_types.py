"""What the answers to a form can be."""

from bpmn import types
from bpmn.forms._schema import Component

_PLAIN = {
    "textfield": types.STRING,
    "textarea": types.STRING,
    "datetime": types.DATE,
    "checkbox": types.BOOLEAN,
    "filepicker": types.list_of(types.STRING),
}


def answer(component: Component) -> types.Type:
    """The type of a field's answer where it shows: null too if it may be left empty."""
    rules = component.rules
    match component.type:
        case "number":
            whole = rules.digits == 0 or (rules.step is not None and rules.step == rules.step.to_integral_value())
            limits = types.Limits(rules.minimum, rules.maximum, whole)
            found = types.Type((types.Plain("number", None, None if limits == types.Limits() else limits),))
        case "radio" | "select":
            found = _offered(component)
        case "checklist":
            found = types.list_of(_offered(component))
        case _:
            found = _PLAIN.get(component.type, types.ANY)
    return found if rules.required else found.optional


def _offered(component: Component) -> types.Type:
    """The options written in the form; those of a source can be texts or numbers."""
    if component.options_from or not component.options:
        return types.one_of(types.STRING, types.NUMBER)
    return types.enumeration(option.value for option in component.options)
