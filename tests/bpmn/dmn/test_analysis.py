"""Decisions are looked at with declared types, and with what the decisions they require can come to."""

import pytest

from bpmn import dmn, types

from .building import decision, file, literal, table

DEFINED = """
<itemDefinition name="tLevel"><typeRef>string</typeRef>
  <allowedValues><text>"low", "high"</text></allowedValues></itemDefinition>
<itemDefinition name="tCustomer">
  <itemComponent name="level"><typeRef>tLevel</typeRef></itemComponent>
  <itemComponent name="age"><typeRef>number</typeRef></itemComponent></itemDefinition>
<inputData id="i" name="customer"><variable name="customer" typeRef="tCustomer"/></inputData>
"""


def needing(logic: str, *requirements: str, identifier: str = "d", declared: str = "") -> str:
    needs = "".join(f"<informationRequirement>{each}</informationRequirement>" for each in requirements)
    kind = f' typeRef="{declared}"' if declared else ""
    variable = f'<variable name="{identifier}"{kind}/>'
    return f'<decision id="{identifier}" name="{identifier}">{variable}{needs}{logic}</decision>'


INPUT = '<requiredInput href="#i"/>'


def told(*elements: str) -> list[tuple[str, str]]:
    return [(problem.code, problem.severity) for problem in dmn.read(file(DEFINED, *elements)).problems()]


def test_an_item_definition_says_what_a_column_can_be() -> None:
    whole = table(["customer.level"], ["y"], [['"low"', "1"], ['"high"', "2"]])
    assert told(needing(whole, INPUT)) == []
    typo = table(["customer.level"], ["y"], [['"low"', "1"], ['"hgih"', "2"]])
    assert told(needing(typo, INPUT)) == [("always-same", "warning"), ("dead-rule", "warning"), ("gap", "error")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("customer.age + 1", []),
        ("customer.age + customer.level", [("wrong-type", "error")]),
        ("upper case(customer.age)", [("wrong-argument", "error")]),
        ('if customer.level = "hihg" then 1 else 2', [("always-same", "warning")]),
    ],
)
def test_an_expression_is_looked_at_with_declared_types(text: str, found: list[tuple[str, str]]) -> None:
    assert told(needing(literal(text.replace("<", "&lt;")), INPUT)) == found


@pytest.mark.parametrize(
    ("cell", "found"),
    [("2.5", []), ("customer.age * 2", []), ('"high"', ["output-type"]), ("-", []), ("true", ["output-type"])],
)
def test_an_output_cell_of_another_type_than_its_column_is_told(cell: str, found: list[str]) -> None:
    whole = table(["customer.level"], ["y"], [['"low"', "1"], ['"high"', cell]])
    typed = whole.replace('name="y"', 'name="y" typeRef="number"')
    assert [code for code, _ in told(needing(typed, INPUT))] == found


def test_what_a_required_decision_comes_to_is_known() -> None:
    fee = needing(table(["customer.level"], ["y"], [['"low"', "1"], ['"high"', "2"]]), INPUT, identifier="fee")
    required = '<requiredDecision href="#fee"/>'
    assert told(fee, needing(literal("fee + 1"), required)) == []
    assert told(fee, needing(literal('fee + "x"'), required)) == [("wrong-type", "error")]
    assert told(fee, needing(literal("fee = 3"), required)) == [("always-same", "warning")]


def test_the_type_of_a_decision_follows_its_hit_policy() -> None:
    def of(policy: str, aggregation: str = "") -> types.Type:
        rules = [["< 5", '"a"'], [">= 5", '"b"']]
        read = dmn.read(file(decision("d", table(["x"], ["y"], rules, policy, aggregation))))
        return read.type("d", types.Environment(closed=False))

    either = types.enumeration(["a", "b"])
    assert of("UNIQUE") == either.optional
    assert of("COLLECT") == of("RULE ORDER") == types.list_of(either)
    assert of("COLLECT", "COUNT") == types.COUNT


def test_boxed_expressions_are_looked_at_all_the_way_down() -> None:
    entry = '<contextEntry><variable name="{}"/>{}</contextEntry>'
    inside = entry.format("a", literal("1")) + entry.format("b", literal('a + "x"'))
    assert told(decision("d", f"<context>{inside}</context>")) == [("wrong-type", "error")]
    parts = (("if", "1"), ("then", "2"), ("else", "3"))
    boxed = "".join(f"<{name}>{literal(text)}</{name}>" for name, text in parts)
    assert told(decision("d", f"<conditional>{boxed}</conditional>")) == [("not-boolean", "error")]
    loop = f"<in>{literal('[1, 2]')}</in><return>{literal('upper case(n)')}</return>"
    assert told(decision("d", f'<for iteratorVariable="n">{loop}</for>')) == [("wrong-argument", "error")]


def test_a_variable_nothing_sets_is_told_where_all_are_known() -> None:
    read = dmn.read(file(decision("d", table(["amuont"], ["y"], [["-", "1"]], "FIRST"))))
    analysed = read.analysed("d", types.Environment({"amount": types.NUMBER}))
    assert [problem.code for problem in analysed.problems] == ["unknown-variable"]
    assert 'Did you mean "amount"?' in analysed.problems[0].message
