"""Decision services, and models that import others."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bpmn import dmn

from .building import NAMESPACE, decision, file, literal

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
D = Decimal


def service(identifier: str, **parts: list[str]) -> str:
    inside = "".join(f'<{name} href="#{reference}"/>' for name, references in parts.items() for reference in references)
    return f'<decisionService id="{identifier}" name="{identifier}">{inside}</decisionService>'


def data(name: str, kind: str = "number") -> str:
    return f'<inputData id="{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'


def needing(identifier: str, text: str, *needs: str) -> str:
    inputs = "".join(
        f'<informationRequirement><requiredInput href="#{name}"/></informationRequirement>' for name in needs
    )
    return f'<decision id="{identifier}" name="{identifier}">{inputs}{literal(text)}</decision>'


SERVICE = file(
    data("net"),
    needing("rate", "0.2"),
    decision("tax", literal("net * rate"), requires=["rate"]).replace(
        "<informationRequirement>",
        '<informationRequirement><requiredInput href="#net"/></informationRequirement><informationRequirement>',
        1,
    ),
    service("both", outputDecision=["tax", "rate"], inputData=["net"]),
    service("taxed", outputDecision=["tax"], inputDecision=["rate"], inputData=["net"]),
    decision("by_place", literal("taxed(100, 0.5)"), knowledge=["taxed"]),
    decision("by_name", literal("taxed(rate: 0.1, net: 100)"), knowledge=["taxed"]),
    decision("wrong", literal('taxed("a", 0.1)'), knowledge=["taxed"]),
    decision("few", literal("taxed(1)"), knowledge=["taxed"]),
    decision("several", literal("both(10)"), knowledge=["both"]),
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("by_place", D(50)),
        ("by_name", D(10)),
        ("wrong", None),
        ("few", None),
        ("several", {"tax": D(2), "rate": D("0.2")}),
    ],
)
def test_a_decision_service_is_a_function_of_data_and_then_decisions(name: str, expected: Any) -> None:
    decisions = dmn.read(SERVICE)
    assert decisions.problems() == []
    assert decisions.evaluate(name, {"net": D(1000)}, now=NOW).value == expected


def test_a_decision_service_can_be_called_from_outside() -> None:
    found = dmn.read(SERVICE).call("taxed", {"net": D(10), "rate": D(1)}, now=NOW)
    assert found.value == D(10)
    missing = dmn.read(SERVICE).call("taxed", {"net": D(10), "more": D(1)}, now=NOW)
    assert missing.value is None
    assert missing.reasons == ("multiplying a number and a Null has no meaning",)
    with pytest.raises(dmn.DmnError):
        dmn.read(SERVICE).call("tax", {}, now=NOW)


def imported(namespace: str, *elements: str) -> bytes:
    return (
        f'<definitions xmlns="{NAMESPACE}" name="m" namespace="{namespace}">{"".join(elements)}</definitions>'.encode()
    )


def importing(name: str, namespace: str) -> str:
    return f'<import name="{name}" namespace="{namespace}" importType="{NAMESPACE}"/>'


PRICES = imported(
    "urn:prices",
    '<itemDefinition name="tPrice"><typeRef>number</typeRef>'
    "<allowedValues><text>&gt; 0</text></allowedValues></itemDefinition>",
    data("heat use"),
    needing("heat price", "heat use * 2", "heat use"),
    '<businessKnowledgeModel id="double" name="double"><encapsulatedLogic><formalParameter name="x" typeRef="tPrice"/>'
    f"{literal('x * 2')}</encapsulatedLogic></businessKnowledgeModel>",
)
BILL = imported(
    "urn:bill",
    importing("the prices", "urn:prices"),
    '<decision id="bill" name="bill"><variable name="bill" typeRef="the prices.tPrice"/>'
    '<informationRequirement><requiredDecision href="urn:prices#heat price"/></informationRequirement>'
    '<knowledgeRequirement><requiredKnowledge href="urn:prices#double"/></knowledgeRequirement>'
    f"{literal('the prices.double(the prices.heat price) + 1')}</decision>",
)


@pytest.mark.parametrize("name", ["heat use", "{urn:prices}heat use"])
def test_what_is_imported_is_known_under_the_name_of_the_import(name: str) -> None:
    decisions = dmn.read(BILL, [PRICES])
    assert decisions.problems() == []
    assert decisions.ids == ("bill",)
    assert decisions.evaluate("bill", {name: D(3)}, now=NOW).value == D(13)


def test_a_type_of_an_imported_file_is_kept_to() -> None:
    found = dmn.read(BILL, [PRICES]).evaluate("bill", {"heat use": D(-3)}, now=NOW)
    assert found.value is None
    assert any("allowed" in reason for reason in found.reasons)


def test_a_missing_import_is_told() -> None:
    assert "import" in [problem.code for problem in dmn.read(BILL).problems()]


def test_another_file_that_cannot_be_read_harms_nobody() -> None:
    assert dmn.read(BILL, [b"<nonsense/>", PRICES]).problems() == []


def test_files_that_import_each_other_in_a_circle_are_refused() -> None:
    one = imported("urn:one", importing("two", "urn:two"))
    two = imported("urn:two", importing("one", "urn:one"))
    with pytest.raises(dmn.DmnError, match="circle"):
        dmn.read(one, [two])
