"""Rules of the house that a reader would otherwise have to take on trust."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.source import ROOT, calls, modules, name, tree


def test_commit_stands_in_one_place() -> None:
    found = [name(path) for path in modules() for _ in calls(path, "commit")]
    assert found == ["storage/unit_of_work.py"]


def test_only_the_record_writes_the_state_of_a_case() -> None:
    rows = {"CaseState", "Position", "Timer", "Subscription"}
    writers = {
        name(path)
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in rows
    }
    assert writers <= {"workflows/_record.py"}


def test_only_the_ledger_writes_billable_rows() -> None:
    writers = {
        name(path)
        for path in modules("heating", "tasks", "api", "workflows")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "LedgerEntry"
    }
    assert writers == {"heating/ledger.py"}


def test_pages_and_routes_ask_the_floors_below_and_build_no_query() -> None:
    """The doors to things (`storage/visibility.py`, the queries of `heating/`) cannot be gone round from here."""
    found = {name(path) for path in modules("api") if re.search(r"\bselect\(", path.read_text(encoding="utf-8"))}
    assert found == {"api/tenants.py"}, "utilities are public; nothing else is read past its door"


def test_only_people_and_storage_know_what_proves_who_somebody_is() -> None:
    """Sessions, keys, factors and links are made and looked up in one place."""
    secret = r"storage\.identity|from storage\.people import [^\n]*\b(Session|CaseLink)\b"
    found = {name(path) for path in modules() if re.search(secret, path.read_text(encoding="utf-8"))}
    assert {path for path in found if not path.startswith(("people/", "storage/"))} == set()


def test_whether_somebody_may_see_a_case_is_said_in_one_place() -> None:
    """What a subject sees for being whom a case is about, or in a group of its task, belongs to the door."""
    rules = re.compile(r"Case\.person_id == subject|for_any\(subject")
    found = {name(path) for path in modules() if rules.search(path.read_text(encoding="utf-8"))}
    assert found == {"storage/visibility.py"}


def test_what_is_private_to_a_folder_is_imported_only_inside_it() -> None:
    strangers = [
        f"{name(path)}: {folder}.{module}"
        for path in modules()
        for folder, module in _private_imports(path)
        if not path.is_relative_to(ROOT / folder.replace(".", "/"))
    ]
    assert strangers == []


def _private_imports(path: Path) -> Iterator[tuple[str, str]]:
    """Folder and module of each `from folder._module import …` and `from folder import _module`."""
    for node in ast.walk(tree(path)):
        if not isinstance(node, ast.ImportFrom) or not node.module or node.module.startswith("__"):
            continue
        folder, _, last = node.module.rpartition(".")
        if last.startswith("_") and folder:
            yield folder, last
        yield from ((node.module, each.name) for each in node.names if re.match(r"_[a-z]", each.name))


def test_the_clock_is_read_only_at_the_doors() -> None:
    allowed = {"akta/clock.py"}
    readers = {
        name(path)
        for path in modules()
        if re.search(r"\b(datetime\.(now|utcnow|today)|date\.today|time\.time)\(", path.read_text(encoding="utf-8"))
    }
    assert readers <= allowed


def test_no_code_of_a_model_or_template_can_run() -> None:
    forbidden = {"eval", "exec", "compile", "__import__"}
    used = {
        f"{name(path)}:{node.lineno}"
        for path in modules()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in forbidden
    }
    assert used == set()


def test_every_module_says_in_one_line_what_it_is() -> None:
    missing = [name(path) for path in modules() if not ast.get_docstring(tree(path))]
    assert missing == []


def test_the_repository_names_no_machine_and_no_registry() -> None:
    machine = re.compile(r"(^|[^A-Za-z0-9_.])/(tmp|work|root|home)/[A-Za-z]")
    registry = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|proxy\.golang")
    skipped = {".git", ".venv", ".cache", "node_modules", "vendor", "artefacts", "data", ".hypothesis"}
    for path in ROOT.rglob("*"):
        if path.is_dir() or skipped & set(path.relative_to(ROOT).parts) or not _TEXT.fullmatch(path.suffix):
            continue
        if path == Path(__file__):
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        assert not machine.search(text), path
        assert not registry.search(text), path


_TEXT = re.compile(r"\.(py|toml|md|html|js|mjs|css|json|yaml|yml|lock|po|pot|ini)")
