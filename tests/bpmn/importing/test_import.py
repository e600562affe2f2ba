"""Models of other engines are taken over in their own text, with a report of what was done and what is left."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.models import foreign, shipped
from bpmn import check, forms, model
from bpmn.importing import Imported, import_model
from bpmn.xml import parse
from tests.bpmn.models import bpmn, ext, flow, node, straight
from tests.bpmn.soundness.drawing import sound
from workflows import engine

CAMUNDA = "http://camunda.org/schema/1.0/bpmn"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
SHAPE = re.compile(r'<bpmndi:BPMNShape [^>]*bpmnElement="([^"]+)"')


def of_camunda(inside: str, outside: str = "", uri: str = CAMUNDA) -> bytes:
    return bpmn(inside, outside).replace(b" id=", f' xmlns:c="{uri}" id='.encode(), 1)


def taken(inside: str, outside: str = "", uri: str = CAMUNDA) -> Imported:
    imported = import_model(of_camunda(inside, outside, uri))
    assert engine.problems(imported.model) == []
    return imported


def left(imported: Imported) -> list[str]:
    return [f"{note.element}: {note.said}" for note in imported.notes if note.verdict == "left"]


def read(imported: Imported) -> model.Process:
    return model.read(imported.model)


@pytest.mark.parametrize("uri", [CAMUNDA, "http://operaton.org/schema/1.0/bpmn"])
def test_a_user_task_keeps_who_when_and_how_urgent(uri: str) -> None:
    words = {
        "c:assignee": "${clerk}",
        "c:candidateGroups": "a,b",
        "c:dueDate": "2026-03-02T08:00:00Z",
        "c:priority": "7",
    }
    task = node("userTask", "ask", **words, **{"c:formKey": "camunda-forms:deployment:forms/ask.form"})
    imported = taken(straight(task), uri=uri)
    zeebe = read(imported).elements["ask"].zeebe
    assert (zeebe.assignee, zeebe.candidate_groups, zeebe.form, zeebe.user_task) == ("=clerk", "a,b", "ask", True)
    assert (zeebe.due_date, zeebe.priority) == ("2026-03-02T08:00:00Z", "7")
    assert left(imported) == []
    assert b"c:" not in imported.model.replace(b"xmlns:c=", b"").replace(b"zeebe:", b"").replace(b"dc:", b"")


def test_a_generated_form_becomes_a_form_that_is_read_here() -> None:
    fields = (
        '<c:formField id="name" label="Name" type="string" defaultValue="x"><c:validation>'
        '<c:constraint name="required"/><c:constraint name="maxlength" config="30"/></c:validation></c:formField>'
        '<c:formField id="count" type="long" defaultValue="3"/><c:formField id="day" label="Day" type="date"/>'
        '<c:formField id="kind" label="Kind" type="enum"><c:value id="a" name="A"/></c:formField>'
        '<c:formField id="odd" type="money"/><c:formField id="sure" label="Sure" type="boolean">'
        '<c:validation><c:constraint name="validator" config="org.x.Y"/></c:validation></c:formField>'
    )
    imported = taken(straight(node("userTask", "ask", ext(f"<c:formData>{fields}</c:formData>"))))
    form = forms.read(imported.forms["ask"])
    assert read(imported).elements["ask"].zeebe.form == "ask"
    asked = {each.key: (each.type, each.rules.required) for each in form.fields}
    assert asked == {
        **{"name": ("textfield", True), "count": ("number", False), "day": ("datetime", False)},
        **{"kind": ("select", False), "sure": ("checkbox", False)},
    }
    assert left(imported) == [
        "ask: The field “odd” of the type money has no place in a form.",
        "ask: The rule validator org.x.Y of the field “sure” is left out.",
    ]


def test_services_name_their_handler_and_java_is_left() -> None:
    tasks = (
        node("serviceTask", "a", **{"c:type": "external", "c:topic": "send"}),
        node("sendTask", "b", ext("<c:failedJobRetryTimeCycle>R5/PT10M</c:failedJobRetryTimeCycle>"),
             **{"c:delegateExpression": "${posting}"}),
        node("serviceTask", "c", **{"c:class": "org.x.Send"}),
        node("serviceTask", "d", **{"c:expression": "${bean.send(x)}", "c:resultVariable": "y"}),
    )  # fmt: skip
    imported = taken(straight(*tasks))
    found = {id_: element.zeebe for id_, element in read(imported).elements.items()}
    assert [found[id_].task_type for id_ in "abcd"] == ["send", "posting", "", ""]
    assert (found["b"].retries, found["b"].headers) == ("5", {"retryBackoff": "PT10M"})
    assert [line.partition(":")[0] for line in left(imported)] == ["c", "d", "d"]
    assert b'c:class="org.x.Send"' in imported.model


def test_a_call_gives_and_takes_what_it_did_and_nothing_else() -> None:
    said = '<c:in source="a" target="b"/><c:in sourceExpression="${x.y}" target="z"/><c:out variables="all"/>'
    imported = taken(
        straight(
            node("callActivity", "call", ext(said), calledElement="other"),
        )
    )
    zeebe = read(imported).elements["call"].zeebe
    assert [(each.source, each.target) for each in zeebe.inputs] == [("=a", "b"), ("=x.y", "z")]
    assert (zeebe.called_process, zeebe.propagate_all) == ("other", True)
    assert b'propagateAllParentVariables="false" propagateAllChildVariables="true"' in imported.model
    computed = import_model(of_camunda(straight(node("callActivity", "call", calledElement="${which}"))))
    assert left(computed) == ["call: calledElement: the process that is called is named, not computed."]


def test_instances_conditions_and_timers_are_feel() -> None:
    many = (
        '<bpmn:multiInstanceLoopCharacteristics c:collection="items" c:elementVariable="item">'
        "<bpmn:completionCondition>${done == true}</bpmn:completionCondition></bpmn:multiInstanceLoopCharacteristics>"
    )
    inside = (
        node("startEvent", "s") + node("manualTask", "each", many) + node("exclusiveGateway", "g", default="g-b")
        + node("endEvent", "a") + node("endEvent", "b") + flow("s", "each") + flow("each", "g")
        + flow("g", "a", "${amount &gt; 5 &amp;&amp; ok}") + flow("g", "b")
        + node("boundaryEvent", "late", "<bpmn:timerEventDefinition><bpmn:timeDuration>${wait}</bpmn:timeDuration>"
               "</bpmn:timerEventDefinition>", attachedToRef="each") + flow("late", "b")
    )  # fmt: skip
    process = read(taken(inside))
    repeat = process.elements["each"].repeat
    assert repeat is not None
    assert (repeat.collection, repeat.item, repeat.condition) == ("=items", "item", "=done = true")
    assert process.flows["g-a"].condition == "=amount > 5 and ok = true"
    assert process.elements["late"].events[0].text == "=wait"


def test_only_feel_is_kept_of_scripts() -> None:
    kept = node("scriptTask", "a", "<bpmn:script>x + 1</bpmn:script>", scriptFormat="feel", **{"c:resultVariable": "y"})
    other = node("scriptTask", "b", "<bpmn:script>x++</bpmn:script>", scriptFormat="groovy")
    imported = taken(straight(kept, other))
    zeebe = read(imported).elements["a"].zeebe
    assert (zeebe.script, zeebe.script_result) == ("=x + 1", "y")
    assert left(imported) == ["b: The script (groovy) is not run: write FEEL and a result variable (zeebe:script)."]


def test_mappings_listeners_decisions_and_messages_are_translated_or_named() -> None:
    io = (
        '<c:inputOutput><c:inputParameter name="a">${b}</c:inputParameter><c:inputParameter name="t">text'
        '</c:inputParameter><c:inputParameter name="l"><c:list/></c:inputParameter><c:outputParameter name="o">'
        '${r}</c:outputParameter></c:inputOutput><c:executionListener class="x" event="start"/>'
    )
    rule = node("businessRuleTask", "rule", ext(io), **{"c:decisionRef": "fee", "c:resultVariable": "fee"})
    wait = node("receiveTask", "wait", messageRef="m")
    imported = taken(straight(rule, wait), '<bpmn:message id="m" name="paid"/>')
    zeebe = read(imported).elements["rule"].zeebe
    assert (zeebe.decision, zeebe.decision_result) == ("fee", "fee")
    assert [(each.source, each.target) for each in zeebe.inputs] == [("=b", "a"), ("text", "t")]
    assert [(each.source, each.target) for each in zeebe.outputs] == [("=r", "o")]
    assert left(imported) == [
        "rule: The result of the decision comes as its table gives it, not as a resultList: look at what uses it.",
        "rule: c:inputParameter l: scripts, maps and lists are not mapped; write FEEL.",
        "rule: c:executionListener: listeners are not run.",
        "wait: The message “paid” needs a correlation key (zeebe:subscription).",
    ]


def test_what_spiffworkflow_says_is_translated_or_named() -> None:
    rule = node("businessRuleTask", "rule", ext("<c:calledDecisionId>fee</c:calledDecisionId>"))
    service = node(
        "serviceTask", "call",
        ext('<c:serviceTaskOperator id="http/Get"/><c:preScript>x=1</c:preScript><c:postScript>y</c:postScript>'
            '<c:unitTests/><c:properties><c:property name="k" value="v"/>'
            '<c:property name="formJsonSchemaFilename" value="f.json"/></c:properties>'),
    )  # fmt: skip
    imported = taken(straight(rule, service), uri=SPIFF)
    assert read(imported).elements["rule"].zeebe.decision == "fee"
    assert b'<zeebe:property name="k" value="v"/>' in imported.model
    assert b"unitTests" not in imported.model
    told = left(imported)
    assert [line.partition(":")[0] for line in told] == ["rule", "call", "call", "call", "call"]
    assert "http/Get" in told[1]
    assert [note.verdict for note in imported.notes].count("dropped") == 1


def test_python_conditions_are_never_taken_for_feel() -> None:
    inside = (
        node("startEvent", "s") + node("exclusiveGateway", "g", default="g-b") + node("endEvent", "a")
        + node("endEvent", "b") + flow("s", "g") + flow("g", "a", "x == 1") + flow("g", "b")
    )  # fmt: skip
    imported = taken(inside, uri=SPIFF)
    assert left(imported) == ["g-a: conditionExpression is Python (“x == 1”): write FEEL."]
    assert b"x == 1" in imported.model


def test_what_the_model_says_in_zeebe_already_stands() -> None:
    task = node("serviceTask", "a", ext('<zeebe:taskDefinition type="mine"/>'), **{"c:topic": "theirs"})
    imported = taken(straight(task))
    assert read(imported).elements["a"].zeebe.task_type == "mine"
    assert "zeebe:taskDefinition is there already" in left(imported)[0]


@pytest.mark.parametrize("source", shipped(), ids=lambda source: source.key)
def test_a_model_of_ours_comes_back_byte_for_byte(source: engine.ProcessSource) -> None:
    imported = import_model(source.bpmn)
    assert imported.model == source.bpmn
    assert imported.notes == ()


def test_nothing_but_what_is_translated_changes_in_the_text() -> None:
    before = foreign()
    once = import_model(before)
    lines = set(once.model.splitlines())
    touched = re.compile(rb"camunda:|\$\{|<bpmn:definitions")
    assert {line for line in before.splitlines() if not touched.search(line)} <= lines
    assert import_model(once.model).model == once.model
    assert b"<!-- kept -->" in once.model


def test_a_model_in_another_code_is_written_in_utf_8() -> None:
    text = of_camunda(straight(node("userTask", "ask", name="Dům", **{"c:assignee": "a"}))).decode()
    imported = import_model(f'<?xml version="1.0" encoding="UTF-16"?>{text}'.encode("utf-16"))
    assert read(imported).elements["ask"].name == "Dům"
    assert imported.model.startswith(b'<?xml version="1.0" encoding="UTF-8"?>')


def test_what_is_no_model_is_refused_with_its_reason() -> None:
    with pytest.raises(model.ModelError, match="DOCTYPE"):
        import_model(b"<!DOCTYPE d><d/>")
    with pytest.raises(model.ModelError, match="stands twice"):
        import_model(bpmn(straight(node("task", "begin"))))


def test_a_check_names_what_another_engine_would_read_until_it_is_translated() -> None:
    source = of_camunda(straight(node("userTask", "ask", **{"c:formKey": "ask"})))
    found = check.check_model(model.read(source))
    assert [(each.code, each.element) for each in found if each.code == "foreign-extension"] == [
        ("foreign-extension", "ask")
    ]
    assert "akta import" in next(each.message for each in found if each.code == "foreign-extension")
    again = check.check_model(model.read(import_model(source).model))
    assert not [each for each in again if each.code in ("foreign-extension", "incomplete-task")]


def test_a_check_names_what_a_process_or_a_flow_says_to_another_engine() -> None:
    source = of_camunda(straight(node("task", "ask")))
    source = source.replace(b"isExecutable=", b'c:historyTimeToLive="30" isExecutable=', 1)
    source = source.replace(b"sequenceFlow id", b'sequenceFlow c:seen="1" id', 1)
    found = check.check_model(model.read(source))
    assert len([each for each in found if each.code == "foreign-extension"]) == 2


def shapes(content: bytes) -> list[str]:
    return SHAPE.findall(content.decode())


def drawn_ids(content: bytes) -> set[str]:
    return {id_ for process in model.read_all(content) for id_ in process.elements}


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(1, 15))
def test_every_element_gets_one_shape_and_every_flow_one_way(dice: object, size: int) -> None:
    source = sound(dice, size).xml()  # type: ignore[arg-type]
    imported = import_model(source)
    assert sorted(shapes(imported.model)) == sorted(drawn_ids(source))
    assert imported.model.count(b"<bpmndi:BPMNEdge ") == source.count(b"<bpmn:sequenceFlow")
    assert engine.problems(imported.model) == []
    assert import_model(imported.model).model == imported.model


@settings(max_examples=25, deadline=None)
@given(st.randoms(use_true_random=False), st.integers(2, 12), st.data())
def test_what_is_drawn_stays_where_it_is_and_what_is_missing_is_added(
    dice: object, size: int, data: st.DataObject
) -> None:
    whole = import_model(sound(dice, size).xml()).model  # type: ignore[arg-type]
    lines = whole.splitlines(keepends=True)
    kept = [line for line in lines if b"<bpmndi:BPMNShape" not in line or data.draw(st.booleans())]
    again = import_model(b"".join(kept)).model
    assert sorted(shapes(again)) == sorted(drawn_ids(whole))
    assert set(kept) <= set(again.splitlines(keepends=True))


def test_pools_lanes_and_nested_parts_are_laid_out() -> None:
    lanes = (
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1"><bpmn:flowNodeRef>begin</bpmn:flowNodeRef></bpmn:lane>'
        '<bpmn:lane id="l2"><bpmn:flowNodeRef>sub</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
    )
    inner = node("startEvent", "b") + node("endEvent", "e") + flow("b", "e")
    pools = (
        '<bpmn:collaboration id="co"><bpmn:participant id="p1" processRef="toy"/><bpmn:participant id="p2"/>'
        '<bpmn:messageFlow id="mf" sourceRef="p2" targetRef="sub"/></bpmn:collaboration>'
    )
    content = import_model(bpmn(lanes + straight(node("subProcess", "sub", inner)), pools)).model
    assert sorted(shapes(content)) == ["b", "begin", "done", "e", "l1", "l2", "p1", "p2", "sub"]
    assert content.count(b"<bpmndi:BPMNEdge ") == 4
    assert engine.problems(content) == []


def test_the_inside_of_something_collapsed_gets_a_page_of_its_own() -> None:
    inner = node("startEvent", "b") + node("endEvent", "e") + flow("b", "e")
    whole = import_model(bpmn(straight(node("subProcess", "sub", inner)))).model
    kept = [line for line in whole.splitlines(keepends=True) if not re.search(rb'bpmnElement="(b|e|b-e)"', line)]
    collapsed = b"".join(kept).replace(b' isExpanded="true"', b"")
    again = import_model(collapsed).model
    assert again.count(b"<bpmndi:BPMNDiagram ") == 2
    assert sorted(shapes(again)) == ["b", "begin", "done", "e", "sub"]
    assert parse(again).get("id") == "definitions"
