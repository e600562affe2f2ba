"""Calls and scripts of other engines, which BPMN itself has a place for."""

from akta.languages import N_
from bpmn.importing import _juel
from bpmn.importing._place import Place
from bpmn.xml import BPMN, local


def call(here: Place) -> None:
    """A call of the other engine gives and takes nothing but what it says."""
    called = here.node.get("calledElement", "")
    if here.has_zeebe("calledElement"):
        return
    if _juel.has_juel(called) or not called:
        here.left(N_("%(name)s: the process that is called is named, not computed."), name="calledElement")
        return
    said = [item for item in here.node.iterfind(f"{BPMN}extensionElements/*")]
    everything = {local(item) for item in said if item.get("variables") == "all"}
    here.put(
        "calledElement",
        processId=called,
        propagateAllParentVariables=str("in" in everything).lower(),
        propagateAllChildVariables=str("out" in everything).lower(),
    )
    here.translated("calledElement", "zeebe:calledElement")


def script(here: Place) -> None:
    """A script that is an expression already; no other language is run."""
    form = here.node.get("scriptFormat", "")
    body = here.node.find(f"{BPMN}script")
    if here.has_zeebe("script") or (body is None and not form):
        return
    result = next((str(v) for k, v in here.node.attrib.items() if str(k).endswith("}resultVariable")), "")
    text = "" if body is None else "".join(body.itertext()).strip()
    if form.lower() not in ("feel", "juel") or not text or not result:
        words = N_("The script (%(language)s) is not run: write FEEL and a result variable (zeebe:script).")
        here.left(words, language=form or "?")
        return
    value = f"={text.removeprefix('=').strip()}" if form.lower() == "feel" else here.value("script", text)
    if value is None:
        return
    here.put("script", expression=value, resultVariable=result)
    here.translated("script", "zeebe:script")
    here.source.drop_attribute(here.node, "scriptFormat")
    if body is not None:
        here.source.drop(body)
