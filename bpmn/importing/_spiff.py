"""`spiffworkflow:` extensions: what each becomes."""

from collections.abc import Mapping

from lxml import etree

from akta.languages import N_
from bpmn.importing._place import Place, name_of
from bpmn.xml import BPMN, local

NAMESPACES = frozenset({"http://spiffworkflow.org/bpmn/schema/1.0/core"})
_LEFT: Mapping[str, str] = {
    "preScript": N_("%(name)s: no Python is run; write FEEL (zeebe:ioMapping, zeebe:script)."),
    "postScript": N_("%(name)s: no Python is run; write FEEL (zeebe:ioMapping, zeebe:script)."),
    "instructionsForEndUser": N_("%(name)s: what people read stands in the form."),
}
_OTHERWISE = N_("%(name)s: there is nothing here that does this.")
_FORM_FILES = frozenset({"formJsonSchemaFilename", "formUiSchemaFilename"})


def attribute(here: Place, name: str, _text: str) -> bool:
    """No attribute of these means something here."""
    here.left(_OTHERWISE, name=name_of(here.node, name))
    return False


def extension(here: Place, item: etree._Element) -> bool:
    """Translate one extension element; False when it stays."""
    match local(item):
        case "unitTests":
            here.dropped(name_of(item))
            return True
        case "calledDecisionId" if text := "".join(item.itertext()).strip():
            here.put("calledDecision", decisionId=text, resultVariable="result")
            here.translated(name_of(item), "zeebe:calledDecision decisionId")
            here.left(
                N_("The outputs of the decision %(decision)s are in one variable, “result”: look at what uses them."),
                decision=text,
            )
            return True
        case "properties":
            return _properties(here, item)
        case "serviceTaskOperator":
            operator = N_("%(name)s: the operator “%(operator)s” is not here; name a handler (zeebe:taskDefinition).")
            here.left(operator, name=name_of(item), operator=item.get("id", ""))
        case other:
            here.left(_LEFT.get(other, _OTHERWISE), name=name_of(item))
    return False


def _properties(here: Place, item: etree._Element) -> bool:
    """Notes of the modeller's own are kept; those that name a form of the other engine stay."""
    whole = True
    for line in item:
        name = line.get("name", "")
        if name in _FORM_FILES:
            words = N_("%(name)s: “%(form)s” is a form of the other engine; draw a form.")
            here.left(words, name=name, form=line.get("value", ""))
            whole = False
            continue
        here.extensions.properties.append({"name": name, "value": line.get("value", "")})
        here.translated(f"{name_of(line)} {name}", "zeebe:properties")
        here.source.drop(line)
    return whole


def repeat(here: Place) -> None:
    """The collections of instances, which are said in BPMN's own words, with the names of variables."""
    if here.has_zeebe("loopCharacteristics"):
        return
    words = (
        ("loopDataInputRef", "inputCollection", "="),
        ("inputDataItem", "inputElement", ""),
        ("loopDataOutputRef", "outputCollection", ""),
        ("outputDataItem", "outputElement", "="),
    )
    for tag, key, sign in words:
        said = here.node.find(f"{BPMN}{tag}")
        if said is None:
            continue
        name = (said.get("name") or said.get("id") or "".join(said.itertext())).strip()
        if name.isidentifier():
            here.put("loopCharacteristics", **{key: f"{sign}{name}"})
            here.translated(tag, f"zeebe:loopCharacteristics {key}")
        else:
            here.left(_OTHERWISE, name=f"{tag} {name}")
