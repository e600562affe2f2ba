"""What the engine runs, the check of a bundle lets through: nothing is refused as unknown, unreachable or unsound."""

import pytest

from bpmn import bundle, check
from tests.bpmn.models import files
from tests.workflows.engine.blocks import Block, Drawing
from tests.workflows.engine.samples import SAMPLES
from tests.workflows.engine.test_blocks import AROUND, LEAVES

BESIDE = frozenset(
    {"incomplete-task", "nobody", "process-id", "handler-missing", "called-missing", "called-unknown"}
    | {"unknown-variable", "improper-completion"}
)
"""What these models lack on purpose: forms, groups, handlers, called bundles, who sets variables, one last end."""


def errors(xml: bytes) -> list[str]:
    found = check.check(bundle.from_files(files(xml)), {}, (), ("front-desk",), lambda _: {})
    return [f"{e.code} {e.element}: {e.message}" for e in check.errors(found) if e.code not in BESIDE]


@pytest.mark.parametrize("chosen", [0, 1, 2])
@pytest.mark.parametrize("kind", [*AROUND, *LEAVES])
def test_every_block_of_the_random_models_may_be_deployed(kind: str, chosen: int) -> None:
    task = Block("task")
    assert errors(Drawing().whole(Block(kind, (task, task, task), chosen)).xml()) == []


STOPPING = ("a-token-stopped-at-a-gateway", "a-token-stopped-at-its-output-mapping")


@pytest.mark.parametrize("name", sorted(set(SAMPLES) - set(STOPPING)))
def test_every_model_of_a_stored_state_may_be_deployed(name: str) -> None:
    assert errors(SAMPLES[name]().sources[0].bpmn) == []
