"""Corrections in place: one element becomes another type, everything else stays as it was written."""

import pytest

from bpmn import check, corrections
from bpmn.bundle import Bundle, from_files
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
    assert [finding.fix for finding in found if finding.code == "deadlock"] == [("join", "exclusiveGateway")]
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
