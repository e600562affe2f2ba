"""Small DMN files for tests."""

from collections.abc import Sequence
from xml.sax.saxutils import escape

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def text(content: str) -> str:
    return f"<text>{escape(content)}</text>"


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[Sequence[str]],
    policy: str = "UNIQUE",
    aggregation: str = "",
    extra: str = "",
) -> str:
    """A table; a rule is its input cells followed by its output cells. `extra` goes into every output."""
    aggregated = f' aggregation="{aggregation}"' if aggregation else ""
    columns = "".join(
        f'<input id="in{place}"><inputExpression>{text(content)}</inputExpression></input>'
        for place, content in enumerate(inputs, 1)
    )
    results = "".join(f'<output id="out-{name}" name="{name}">{extra}</output>' for name in outputs)
    rows = "".join(_rule(number, cells, len(inputs)) for number, cells in enumerate(rules, 1))
    return f'<decisionTable id="table" hitPolicy="{policy}"{aggregated}>{columns}{results}{rows}</decisionTable>'


def _rule(number: int, cells: Sequence[str], inputs: int) -> str:
    before = "".join(f"<inputEntry>{text(cell)}</inputEntry>" for cell in cells[:inputs])
    after = "".join(f"<outputEntry>{text(cell)}</outputEntry>" for cell in cells[inputs:])
    return f'<rule id="rule{number}">{before}{after}</rule>'


def decision(identifier: str, logic: str, requires: Sequence[str] = (), knowledge: Sequence[str] = ()) -> str:
    needs = "".join(
        f'<informationRequirement><requiredDecision href="#{other}"/></informationRequirement>' for other in requires
    )
    knows = "".join(
        f'<knowledgeRequirement><requiredKnowledge href="#{other}"/></knowledgeRequirement>' for other in knowledge
    )
    return f'<decision id="{identifier}" name="{identifier}">{needs}{knows}{logic}</decision>'


def literal(content: str) -> str:
    return f"<literalExpression>{text(content)}</literalExpression>"


def file(*elements: str, namespace: str = NAMESPACE) -> bytes:
    body = "".join(elements)
    return f'<definitions xmlns="{namespace}" id="file" name="file" namespace="test">{body}</definitions>'.encode()
