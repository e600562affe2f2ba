"""What a model says about running an activity several times."""

from lxml import etree

from akta.languages import N_
from bpmn.xml import BPMN
from workflows.engine._dialect import Reader
from workflows.engine._expressions import formula
from workflows.engine._rules import EachRule, WhileRule

EACH = "multiInstanceLoopCharacteristics"
WHILE = "standardLoopCharacteristics"


def each(reader: Reader) -> EachRule:
    node = reader.node.find(f"{BPMN}{EACH}")
    if node is None:
        raise ValueError("it has no instances")
    extension = reader.zeebe("loopCharacteristics", node)
    said = {} if extension is None else {str(key): str(value).strip() for key, value in extension.attrib.items()}
    rule = EachRule(
        sequential=node.get("isSequential") == "true",
        collection=reader.rule(said.get("inputCollection"), formula, "inputCollection"),
        cardinality=reader.rule(node.findtext(f"{BPMN}loopCardinality"), formula, "loopCardinality"),
        item=said.get("inputElement", ""),
        output=reader.rule(said.get("outputElement"), formula, "outputElement"),
        outputs=said.get("outputCollection", ""),
        until=reader.rule(node.findtext(f"{BPMN}completionCondition"), formula, "completionCondition"),
    )
    if (rule.collection is None) == (rule.cardinality is None):
        reader.refuse(N_("it needs either an input collection or a cardinality to know how often it runs"))
    if bool(rule.outputs) != (rule.output is not None):
        reader.refuse(N_("an output collection and an output element need each other"))
    return rule


def while_(reader: Reader) -> WhileRule:
    node = reader.node.find(f"{BPMN}{WHILE}")
    if node is None:
        raise ValueError("it has no loop")
    condition = reader.rule(node.findtext(f"{BPMN}loopCondition"), formula, "loopCondition")
    maximum = _maximum(node, reader)
    if condition is None and maximum is None:
        reader.refuse(N_("the loop has neither a condition nor a maximum; it would never end"))
    return WhileRule(node.get("testBefore") == "true", condition, maximum)


def _maximum(node: etree._Element, reader: Reader) -> int | None:
    text = node.get("loopMaximum")
    if text is None:
        return None
    if not text.strip().isdecimal() or len(text) > 9 or int(text) < 1:
        reader.refuse(N_("the maximum of its loop is no number of turns"))
        return None
    return int(text)
