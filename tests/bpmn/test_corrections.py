"""Corrections in place: one element becomes another type, everything else stays as it was written."""

import pytest

from bpmn import check, corrections
from bpmn.bundle import Bundle, from_files
from bpmn.check import Fix
from bpmn.comparison import compare
from bpmn.corrections import NoCorrection
from tests.bpmn import models

WAYS = models.bpmn(
    f"{models.node('startEvent', 'start')}<!-- kept --><bpmn:exclusiveGateway id='choice' default='way'/>"
    f"{models.node('parallelGateway', 'join')}{models.node('endEvent', 'end')}{models.flow('start', 'choice')}"
    "<bpmn:sequenceFlow id='way' sourceRef='choice' targetRef='join'/>"
    f"{models.flow('choice', 'join', '=number &gt; 1')}{models.flow('join', 'end')}"
)


@pytest.fixture
def stuck() -> Bundle:
    """It waits for ever for both ways of a choice."""
    return from_files(models.files(WAYS))


def test_the_correction_of_a_finding_changes_one_type_and_mends_it(stuck: Bundle) -> None:
    found = check.check_model(stuck.model)
    assert [finding.fix for finding in found if finding.code == "deadlock"] == [Fix("type", "join", "exclusiveGateway")]
    made = corrections.corrected(stuck, found, "join")
    assert [(one.element, one.property, one.after) for one in compare(stuck, made)] == [
        ("join", "kind", "exclusiveGateway")
    ]
    assert b"<!-- kept -->" in made.process
    assert "deadlock" not in {finding.code for finding in check.check_model(made.model)}


@pytest.mark.parametrize("element", ["choice", "", "nothing"])
def test_what_no_finding_proposes_is_not_corrected(stuck: Bundle, element: str) -> None:
    with pytest.raises(NoCorrection):
        corrections.corrected(stuck, check.check_model(stuck.model), element)


def mended(process: bytes, code: str) -> bytes:
    """The model after the correction of what was found with a code, which is gone then."""
    bundle = from_files(models.files(process))

    def found(of: Bundle) -> list[check.Finding]:
        return [one for one in check.check(of, {}, (), ("front-desk",), lambda _: {}) if one.code == code]

    finding = found(bundle)[0]
    assert finding.fix is not None
    made = corrections.corrected(bundle, [finding], finding.fix.element, finding.fix.value)
    assert found(made) == []
    return made.process


def test_a_mistyped_name_is_written_as_meant_and_texts_in_quotes_stay() -> None:
    condition = '=nmae = "nmae" or string length(nmae) &gt; 3'
    process = mended(WAYS.replace(b"=number &gt; 1", condition.encode()), "unknown-variable")
    assert b'=name = "nmae" or string length(name) &gt; 3' in process
    script = '<zeebe:script expression="=nmae + 1" resultVariable="nmae2"/>'
    task = models.straight(models.node("scriptTask", "set", models.ext(script)))
    assert b'expression="=name + 1" resultVariable="nmae2"' in mended(models.bpmn(task), "unknown-variable")


def test_a_condition_nobody_asks_is_taken_away() -> None:
    ways = WAYS.replace(b"targetRef='join'/>", b"targetRef='join'><bpmn:conditionExpression>=true"
                        b"</bpmn:conditionExpression></bpmn:sequenceFlow>")  # fmt: skip
    assert b">=true<" not in mended(ways, "condition-of-default")


def test_an_error_interrupts_a_call_takes_the_deployed_version_and_a_process_is_called_like_its_bundle() -> None:
    failing = models.node(
        "boundaryEvent", "fails", "<bpmn:errorEventDefinition/>", attachedToRef="ask", cancelActivity="false"
    )
    inside = models.straight(models.user_task()) + failing + models.node("endEvent", "e") + models.flow("fails", "e")
    assert b"cancelActivity" not in mended(models.bpmn(inside), "error-not-interrupting")
    tagged = '<zeebe:calledElement processId="other" bindingType="versionTag" versionTag="1"/>'
    call = models.straight(models.node("callActivity", "call", models.ext(tagged)))
    assert b"versionTag" not in mended(models.bpmn(call), "version-tag")
    drawn = models.bpmn(models.straight(models.user_task()), id_="tyo").replace(
        b"</bpmn:definitions>", b'<x xmlns="y" bpmnElement="tyo"/></bpmn:definitions>'
    )
    process = mended(drawn, "process-id")
    assert b'<bpmn:process id="toy"' in process
    assert b'bpmnElement="toy"' in process
