"""`camunda:` and `operaton:` attributes and extensions: what each becomes."""

import re
from collections.abc import Callable, Mapping
from pathlib import PurePosixPath

from lxml import etree

from akta.languages import N_
from bpmn.importing import _forms, _juel
from bpmn.importing._place import Place, name_of
from bpmn.xml import local

NAMESPACES = frozenset({"http://camunda.org/schema/1.0/bpmn", "http://operaton.org/schema/1.0/bpmn"})
_DROPPED = frozenset(
    {"asyncBefore", "asyncAfter", "async", "exclusive", "jobPriority", "taskPriority", "isStartableInTasklist"}
    | {"modelerTemplate", "modelerTemplateVersion", "modelerTemplateIcon", "diagramRelationId"}
)
"""Every wait is saved and every job is its own here; and what only the other modeller reads."""
_RETRY = re.compile(r"\s*R([0-9]{1,3})/(P[0-9A-Z]{1,30})\s*")
_EXTERNAL = "external"
_HANDLED = frozenset({"serviceTask", "sendTask", "businessRuleTask"})
_LEFT: Mapping[str, str] = {
    "candidateUsers": N_("%(name)s: people are not named as candidates here; name a group."),
    "followUpDate": N_("%(name)s: a task here has a due date and no follow-up date."),
    "class": N_("%(name)s: no Java is run; name a handler (zeebe:taskDefinition)."),
    "expression": N_("%(name)s: no method is called from a model; name a handler (zeebe:taskDefinition)."),
    "candidateStarterGroups": N_("%(name)s: who may begin a case is said in bundle.toml."),
    "candidateStarterUsers": N_("%(name)s: who may begin a case is said in bundle.toml."),
    "historyTimeToLive": N_("%(name)s: how long cases are kept is said in bundle.toml."),
    "initiator": N_("%(name)s: no variable holds who began the case."),
    "executionListener": N_("%(name)s: listeners are not run."),
    "taskListener": N_("%(name)s: listeners are not run."),
    "connector": N_("%(name)s: name a handler (zeebe:taskDefinition)."),
}
_OTHERWISE = N_("%(name)s: there is nothing here that does this.")


def attribute(here: Place, name: str, text: str) -> bool:
    """Translate one attribute; False when it stays where it is, of which a note says why."""
    bare = name.rpartition("}")[2]
    said = name_of(here.node, name)
    if bare in _DROPPED:
        here.dropped(said)
        return True
    done = _ATTRIBUTES.get((here.kind, bare)) or _ATTRIBUTES.get(("", bare))
    if done is None:
        here.left(_LEFT.get(bare, _OTHERWISE), name=said)
        return False
    return done(here, said, text)


def extension(here: Place, item: etree._Element) -> bool:
    """Translate one extension element; False when it stays."""
    done = _EXTENSIONS.get(local(item))
    if done is None:
        here.left(_LEFT.get(local(item), _OTHERWISE), name=name_of(item))
        return False
    return done(here, item)


def _value(extension_: str, key: str) -> Callable[[Place, str, str], bool]:
    """An attribute that goes as it is, or as FEEL, to an attribute of an extension."""

    def done(here: Place, name: str, text: str) -> bool:
        value = here.value(name, text)
        if value is None:
            return False
        here.put(extension_, **{key: value})
        here.translated(name, f"zeebe:{extension_} {key}")
        return True

    return done


def _form_key(here: Place, name: str, text: str) -> bool:
    kind, _, rest = text.rpartition(":")
    if _juel.has_juel(text) or (kind and not (kind.startswith("camunda-forms:") and text.endswith(".form"))):
        here.left(N_("%(name)s: “%(form)s” is a page of the other engine; draw a form."), name=name, form=text)
        return False
    return _form_ref(here, name, PurePosixPath(rest).stem if kind else text)


def _form_ref(here: Place, name: str, text: str) -> bool:
    if here.kind == "startEvent":
        here.left(N_("%(name)s: the form a case begins with is named in bundle.toml (start)."), name=name)
        return False
    here.put("formDefinition", formId=text)
    here.translated(name, "zeebe:formDefinition formId")
    return True


def _form_data(here: Place, item: etree._Element) -> bool:
    id_ = _forms.translate(here, item)
    if id_ is None:
        return False
    if here.kind == "startEvent":
        text = N_("%(name)s is the form %(form)s now: name it in bundle.toml (start).")
        here.left(text, name=name_of(item), form=id_)
    else:
        here.put("formDefinition", formId=id_)
        here.translated(name_of(item), f"forms/{id_}.form")
    return True


def _handler(here: Place, name: str, handler: str) -> bool:
    here.put("taskDefinition", type=handler)
    text = N_("%(name)s calls the handler “%(handler)s” now, which has to be there under this name.")
    here.report.note("translated", here.id, text, name=name, handler=handler)
    return True


def _topic(here: Place, name: str, text: str) -> bool:
    if here.kind not in _HANDLED or _juel.has_juel(text):
        here.left(_OTHERWISE, name=name)
        return False
    return _handler(here, name, text)


def _delegate(here: Place, name: str, text: str) -> bool:
    found = re.fullmatch(r"\s*[$#]\{\s*(\w+)\s*\}\s*", text)
    if here.kind not in _HANDLED or found is None:
        here.left(_LEFT["expression"], name=name)
        return False
    return _handler(here, name, found[1])


def _type(here: Place, name: str, text: str) -> bool:
    if text == _EXTERNAL:
        return True
    here.left(_OTHERWISE, name=f"{name} {text}")
    return False


def _decision(here: Place, name: str, text: str) -> bool:
    shape = here.node.get(name_of_shape(here.node), "resultList")
    result = next((v for k, v in here.node.attrib.items() if str(k).endswith("}resultVariable")), "")
    if _juel.has_juel(text):
        here.left(_OTHERWISE, name=name)
        return False
    here.put("calledDecision", decisionId=text, **({"resultVariable": str(result)} if result else {}))
    here.translated(name, "zeebe:calledDecision decisionId")
    if shape != "singleEntry":
        words = N_("The result of the decision comes as its table gives it, not as a %(shape)s: look at what uses it.")
        here.left(words, shape=shape)
    return True


def name_of_shape(node: etree._Element) -> str:
    """The name of the attribute that says how a decision's result is wrapped."""
    return next((str(key) for key in node.attrib if str(key).endswith("}mapDecisionResult")), "mapDecisionResult")


def _result(here: Place, name: str, _text: str) -> bool:
    """Taken together with what it is the result of."""
    if here.kind == "businessRuleTask" and any(str(key).endswith("}decisionRef") for key in here.node.attrib):
        return True
    if here.kind == "scriptTask" and here.node.get("scriptFormat", "").lower() in ("feel", "juel"):
        return True
    here.left(_OTHERWISE, name=name)
    return False


def _shape(here: Place, name: str, _text: str) -> bool:
    if any(str(key).endswith("}decisionRef") for key in here.node.attrib):
        return True
    here.left(_OTHERWISE, name=name)
    return False


def _binding(here: Place, name: str, text: str) -> bool:
    if text in ("latest", "deployment"):
        return True
    here.left(N_("%(name)s: a deployment pins the version it was checked with."), name=name)
    return False


def _collection(here: Place, name: str, text: str) -> bool:
    value = here.value(name, text if _juel.has_juel(text) else f"${{{text}}}")
    if value is None:
        return False
    here.put("loopCharacteristics", inputCollection=value)
    here.translated(name, "zeebe:loopCharacteristics inputCollection")
    return True


def _tag(here: Place, name: str, text: str) -> bool:
    here.put("versionTag", value=text)
    here.translated(name, "zeebe:versionTag")
    return True


_ATTRIBUTES: Mapping[tuple[str, str], Callable[[Place, str, str], bool]] = {
    ("userTask", "assignee"): _value("assignmentDefinition", "assignee"),
    ("userTask", "candidateGroups"): _value("assignmentDefinition", "candidateGroups"),
    ("userTask", "dueDate"): _value("taskSchedule", "dueDate"),
    ("userTask", "priority"): _value("priorityDefinition", "priority"),
    ("", "formKey"): _form_key,
    ("", "formRef"): _form_ref,
    ("", "formRefBinding"): _binding,
    ("", "topic"): _topic,
    ("", "delegateExpression"): _delegate,
    ("", "type"): _type,
    ("businessRuleTask", "decisionRef"): _decision,
    ("businessRuleTask", "decisionRefBinding"): _binding,
    ("businessRuleTask", "mapDecisionResult"): _shape,
    ("", "resultVariable"): _result,
    ("callActivity", "calledElementBinding"): _binding,
    ("multiInstanceLoopCharacteristics", "collection"): _collection,
    ("multiInstanceLoopCharacteristics", "elementVariable"): _value("loopCharacteristics", "inputElement"),
    ("process", "versionTag"): _tag,
}


def _io(here: Place, item: etree._Element) -> bool:
    """Mappings; a script, map or list among them stays behind, and the element that holds it with it."""
    whole = True
    for line in list(item):
        name = f"{name_of(line)} {line.get('name', '')}"
        if len(line):
            here.left(N_("%(name)s: scripts, maps and lists are not mapped; write FEEL."), name=name)
            whole = False
            continue
        text = "".join(line.itertext()).strip()
        value = here.value(name, text) if text else "=null"
        if value is None:
            whole = False
            continue
        lines = here.extensions.inputs if local(line) == "inputParameter" else here.extensions.outputs
        lines.append({"source": value, "target": line.get("name", "")})
        here.translated(name, "zeebe:ioMapping")
        here.source.drop(line)
    return whole


def _in_out(here: Place, item: etree._Element) -> bool:
    """What a call gives and takes back."""
    name, way = name_of(item), local(item)
    if here.kind != "callActivity" or item.get("businessKey") or item.get("local") == "true":
        here.left(_OTHERWISE, name=name)
        return False
    if item.get("variables") == "all":
        return True
    text = item.get("sourceExpression") or f"${{{item.get('source', '')}}}"
    value = here.value(name, text)
    if value is None:
        return False
    lines = here.extensions.inputs if way == "in" else here.extensions.outputs
    lines.append({"source": value, "target": item.get("target", "")})
    here.translated(f"{name} {item.get('target', '')}", "zeebe:ioMapping")
    return True


def _properties(here: Place, item: etree._Element) -> bool:
    for line in item:
        here.extensions.properties.append({"name": line.get("name", ""), "value": line.get("value", "")})
    here.translated(name_of(item), "zeebe:properties")
    return True


def _retries(here: Place, item: etree._Element) -> bool:
    text = "".join(item.itertext())
    found = _RETRY.fullmatch(text)
    if found is None or here.kind not in _HANDLED:
        here.left(_OTHERWISE, name=f"{name_of(item)} {text.strip()}")
        return False
    here.put("taskDefinition", retries=found[1])
    here.extensions.headers.append({"key": "retryBackoff", "value": found[2]})
    here.translated(name_of(item), "retries, retryBackoff")
    return True


_EXTENSIONS: Mapping[str, Callable[[Place, etree._Element], bool]] = {
    "formData": _form_data,
    "inputOutput": _io,
    "in": _in_out,
    "out": _in_out,
    "properties": _properties,
    "failedJobRetryTimeCycle": _retries,
}
