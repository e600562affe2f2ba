"""Decisions made from decisions, functions, and files that are refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from bpmn import dmn, feel

from .building import decision, file, literal, table, text

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
D = Decimal


def function(identifier: str, parameter: str, logic: str) -> str:
    return (
        f'<businessKnowledgeModel id="{identifier}" name="{identifier}"><variable name="{identifier}"/>'
        f'<encapsulatedLogic><formalParameter name="{parameter}"/>{logic}</encapsulatedLogic></businessKnowledgeModel>'
    )


def test_a_decision_uses_those_it_requires_and_keeps_them() -> None:
    decisions = dmn.read(
        file(
            decision("fee", literal("base * 2"), requires=["base"]),
            decision("base", table(["age"], ["base"], [["< 18", "1"], [">= 18", "5"]])),
        )
    )
    assert decisions.ids == ("fee", "base")
    found = decisions.evaluate("fee", {"age": D(20)}, now=NOW)
    assert found.value == D(10)
    assert found.required[0].decision == "base"
    assert found.required[0].matched == (2,)


def test_a_decision_required_twice_is_made_once() -> None:
    chain = [decision("d0", literal("1"))]
    chain += [decision(f"d{n}", literal(f"d{n - 1} + d{n - 1}"), requires=[f"d{n - 1}"] * 2) for n in range(1, 40)]
    assert dmn.read(file(*chain)).evaluate("d39", {}, now=NOW).value == D(2**39)


def test_functions_of_the_file_are_called_by_name() -> None:
    decisions = dmn.read(
        file(
            decision("total", literal("vat(net) + vat(amount: 100)"), knowledge=["vat"]),
            function("vat", "amount", literal("amount * 0.21")),
        )
    )
    assert decisions.evaluate("total", {"net": D(200)}, now=NOW).value == D(63)


def test_a_function_does_not_see_the_variables_of_its_caller() -> None:
    decisions = dmn.read(
        file(decision("d", literal("f(1)"), knowledge=["f"]), function("f", "a", literal("secret = null")))
    )
    assert decisions.evaluate("d", {"secret": D(1)}, now=NOW).value is True


def test_boxed_contexts_lists_relations_and_invocations() -> None:
    context = (
        f'<context><contextEntry><variable name="net"/>{literal("100")}</contextEntry>'
        f'<contextEntry><variable name="vat"/><invocation>{literal("rate")}'
        f'<binding><parameter name="x"/>{literal("net")}</binding></invocation></contextEntry>'
        f"<contextEntry>{literal('net + vat')}</contextEntry></context>"
    )
    relation = f'<relation><column name="a"/><column name="b"/><row>{literal("1")}{literal("2")}</row></relation>'
    decisions = dmn.read(
        file(
            decision("gross", context, knowledge=["rate"]),
            decision("rows", relation),
            decision("items", f"<list>{literal('1')}{literal('x')}</list>"),
            function("rate", "x", literal("x / 4")),
        )
    )
    assert decisions.problems() == []
    assert decisions.evaluate("gross", {}, now=NOW).value == D(125)
    assert decisions.evaluate("rows", {}, now=NOW).value == [{"a": D(1), "b": D(2)}]
    assert decisions.evaluate("items", {"x": "y"}, now=NOW).value == [D(1), "y"]


def test_names_with_spaces_are_known_from_the_file() -> None:
    decisions = dmn.read(
        file(decision("d", literal("Monthly Salary * 12")), '<inputData id="i" name="Monthly Salary"/>')
    )
    assert decisions.evaluate("d", {"Monthly Salary": D(10)}, now=NOW).value == D(120)


def test_functions_of_other_languages_are_never_run() -> None:
    source = function("f", "a", literal('{class: "java.lang.System"}')).replace(
        "<encapsulatedLogic>", '<encapsulatedLogic kind="Java">'
    )
    decisions = dmn.read(file(decision("d", literal("f(1)"), knowledge=["f"]), source))
    found = decisions.evaluate("d", {}, now=NOW)
    assert found.value is None
    assert "never run" in found.reasons[0]


def test_a_decision_that_does_not_compile_is_told_and_never_made() -> None:
    decisions = dmn.read(
        file(decision("good", literal("1")), decision("bad", literal("1 +")), decision("uses", literal("bad"), ["bad"]))
    )
    assert [problem.code for problem in decisions.problems()] == ["expression"]
    assert decisions.evaluate("good", {}, now=NOW).value == D(1)
    for identifier in ("bad", "uses"):
        with pytest.raises(dmn.DmnError, match="expected a value"):
            decisions.evaluate(identifier, {}, now=NOW)


def test_an_unknown_decision_is_an_error() -> None:
    with pytest.raises(dmn.DmnError, match="no such decision"):
        dmn.read(file(decision("d", literal("1")))).evaluate("e", {}, now=NOW)


def test_decisions_in_a_circle_are_told_and_never_made() -> None:
    decisions = dmn.read(file(decision("a", literal("b"), ["b"]), decision("b", literal("a"), ["a"])))
    assert {problem.code for problem in decisions.problems()} == {"circle"}
    with pytest.raises(dmn.DmnError, match="circle"):
        decisions.evaluate("a", {}, now=NOW)


def test_a_very_long_row_of_decisions_is_refused() -> None:
    chain = [decision(f"d{n}", literal("1"), [f"d{n - 1}"] if n else []) for n in range(2000)]
    decisions = dmn.read(file(*chain))
    assert decisions.problems() == []
    with pytest.raises(dmn.DmnError, match="in a row"):
        decisions.evaluate("d1999", {}, now=NOW)


def test_the_names_a_decision_reads_are_told() -> None:
    decisions = dmn.read(
        file(
            decision("d", table(["a + b.c", "e"], ["y"], [["< limit", "-", "fee * f(1)"]]), ["e"], ["f"]),
            decision("e", literal("1")),
            function("f", "x", literal("x")),
        )
    )
    assert decisions.names("d") == {"a", "b", "limit", "fee"}


def test_the_budget_holds_across_all_decisions() -> None:
    heavy = "count(for i in 1..100000 return i)"
    chain = [decision(f"d{n}", literal(heavy), [f"d{n - 1}"] if n else []) for n in range(20)]
    with pytest.raises(feel.FeelLimit):
        dmn.read(file(*chain)).evaluate("d19", {}, now=NOW)


def test_every_version_of_the_standard_is_read() -> None:
    for namespace in (
        "http://www.omg.org/spec/DMN/20180521/MODEL/",
        "https://www.omg.org/spec/DMN/20191111/MODEL/",
        "https://www.omg.org/spec/DMN/20211108/MODEL/",
        "https://www.omg.org/spec/DMN/20230324/MODEL/",
    ):
        source = file(decision("d", literal("1")), namespace=namespace)
        assert dmn.read(source).evaluate("d", {}, now=NOW).value == D(1)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (b"no xml", "not XML"),
        (b"<a/>", "no DMN"),
        (file(namespace="http://example.org/"), "no DMN"),
        (b'<!DOCTYPE a SYSTEM "http://example.org/x.dtd">' + file(), "DOCTYPE"),
        (b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + file(literal("&amp;e;")), "DOCTYPE"),
        (file(decision("d", literal("1")), decision("d", literal("2"))), "same id"),
        (file(" " * 5_000_001), "larger than"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(source: bytes, words: str) -> None:
    with pytest.raises(dmn.DmnError, match=words):
        dmn.read(source)


def test_an_entity_bomb_is_refused() -> None:
    bomb = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
        f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(12)
    )
    with pytest.raises(dmn.DmnError):
        dmn.read(bomb + b"]>" + file(text("&m;").replace("&amp;", "&")))


def test_a_decision_pays_from_the_allowance_it_shares() -> None:
    decisions = dmn.read(file(decision("d", table(["n"], ["out"], [["< 5", "1"], [">= 5", "2"]]))))
    allowance = feel.Allowance()
    before = allowance.steps
    assert decisions.evaluate("d", {"n": D(7)}, now=NOW, allowance=allowance).value == D(2)
    assert allowance.steps < before
    allowance.steps = 0
    with pytest.raises(feel.FeelLimit, match="together"):
        decisions.evaluate("d", {"n": D(7)}, now=NOW, allowance=allowance)


def test_a_part_that_does_not_compile_is_an_error_or_null() -> None:
    context = (
        "<context><contextEntry><variable name='good'/>{}</contextEntry>"
        "<contextEntry><variable name='bad'/>{}</contextEntry></context>"
    ).format(literal("1 + 1"), literal("1 +"))
    decisions = dmn.read(
        file(
            decision("d", context),
            decision("t", table(["a"], ["y"], [["1 +", "1"], ["2", "2"]], "FIRST")),
            decision("f", literal("broken(1)"), knowledge=["broken"]),
            function("broken", "a", literal("a +")),
        )
    )
    for identifier in ("d", "t", "f"):
        with pytest.raises(dmn.DmnError):
            decisions.evaluate(identifier, {"a": D(2)}, now=NOW)
    found = decisions.evaluate("d", {}, now=NOW, strict=False)
    assert found.value == {"good": D(2), "bad": None}
    assert "1 +" in found.reasons[0]
    assert decisions.evaluate("t", {"a": D(2)}, now=NOW, strict=False).value == D(2)
    assert decisions.evaluate("f", {}, now=NOW, strict=False).value is None
