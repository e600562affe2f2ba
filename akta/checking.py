"""Checking processes from the command line: what is found in files and folders, for people and for programs."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import is_zipfile

from pydantic import SecretStr

from akta import bootstrap
from akta.settings import Settings
from bpmn import bundle, check, model
from bpmn.bundle import Bundle
from bpmn.check import Finding
from bpmn.comparison import Change, compare
from tasks import rehearsals
from tasks.mailer import Outbox
from tasks.rehearsals import Coverage
from workflows import engine

_SARIF = "https://json.schemastore.org/sarif-2.1.0.json"


@dataclass(frozen=True, slots=True)
class Report:
    """What was found in one bundle or model."""

    path: Path
    findings: Sequence[Finding]


def reports(paths: Sequence[Path]) -> Iterator[Report]:
    """Check bundles (folders or archives), bare models, and folders with any of these in them."""
    for path in paths:
        for each in _targets(path):
            yield Report(each, _check(each))


def differences(before: Path, after: Path) -> tuple[Change, ...]:
    """What is different between two bundles.

    Raises:
        BundleError: one of them cannot be read.
    """
    return compare(_read(before), _read(after))


def play(path: Path) -> Coverage:
    """Play the scenarios of a bundle (folder or archive).

    Raises:
        BundleError: it, or one it calls, cannot be read.
        Invalid: the engine does not run it.
    """
    read = _read(path)
    return rehearsals.coverage(read, _called(read, path.parent))


def as_json(found: Sequence[Report]) -> str:
    """The findings for a program: one object for each report."""
    told = [{"path": each.path.as_posix(), "findings": [one.fields() for one in each.findings]} for each in found]
    return json.dumps(told, ensure_ascii=False, indent=2)


def as_sarif(found: Sequence[Report]) -> str:
    """The findings in the format that editors and code hosts show (SARIF 2.1.0)."""
    codes = sorted({finding.code for each in found for finding in each.findings})
    driver = {"name": "akta check", "rules": [{"id": code} for code in codes]}
    results = [_result(each.path, finding) for each in found for finding in each.findings]
    return json.dumps(
        {"$schema": _SARIF, "version": "2.1.0", "runs": [{"tool": {"driver": driver}, "results": results}]},
        ensure_ascii=False,
        indent=2,
    )


def _result(path: Path, finding: Finding) -> dict[str, Any]:
    place: dict[str, Any] = {"physicalLocation": {"artifactLocation": {"uri": path.as_posix()}}}
    if finding.element:
        place["logicalLocations"] = [{"name": finding.element, "kind": "element"}]
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "level": finding.severity,
        "message": {"text": finding.message},
        "locations": [place],
    }
    if finding.path:
        steps = [{"location": {"logicalLocations": [{"name": id_}]}} for id_ in finding.path]
        result["codeFlows"] = [{"threadFlows": [{"locations": steps}]}]
    return result


def _targets(path: Path) -> Iterator[Path]:
    """The bundle or model itself, or every one below a folder."""
    if path.is_file() or (path / "bundle.toml").is_file():
        yield path
        return
    bundles = {found.parent for found in path.rglob("bundle.toml")}
    models = {found for found in path.rglob("*.bpmn") if not bundles & set(found.parents)}
    found = sorted(bundles | models)
    yield from found or [path]


def _check(path: Path) -> Sequence[Finding]:
    """What is wrong with a bundle (folder or archive) or a bare model; needs no installation."""
    if path.is_file() and not is_zipfile(path):
        return _check_model(path.read_bytes())
    try:
        read = _read(path)
        called = _called(read, path.parent)
    except bundle.BundleError as unreadable:
        return [Finding("not-readable", "error", "", str(unreadable))]
    return _gate_findings(read, called)


def _check_model(source: bytes) -> Sequence[Finding]:
    try:
        found = check.check_model(model.read(source))
    except model.ModelError as unreadable:
        return [Finding("not-readable", "error", unreadable.place, str(unreadable))]
    return [*found, *(Finding("not-valid-bpmn", "error", "", problem) for problem in engine.problems(source))]


def _read(path: Path) -> Bundle:
    return bundle.from_folder(path) if path.is_dir() else bundle.from_archive(path.read_bytes())


def _gate_findings(read: Bundle, called: dict[str, Bundle]) -> Sequence[Finding]:
    """What the gate says in an installation that is made to look at, and is never run."""
    with TemporaryDirectory() as folder:
        settings = Settings(
            database_url="sqlite://", files="folder", files_folder=Path(folder), secret_key=SecretStr("-" * 32)
        )
        with closing(bootstrap.build(settings, send=lambda _tenant, _job: None, mailer=Outbox())) as akta:
            return akta.gate(read, called)


def _called(read: Bundle, beside: Path) -> dict[str, Bundle]:
    """What a bundle calls, from the folders beside it, else as shipped.

    Raises:
        BundleError: one of those cannot be read.
    """
    shipped = {each.key: each for each in bootstrap.shipped()}

    def find(key: str) -> Bundle | None:
        return bundle.from_folder(beside / key) if (beside / key / "bundle.toml").is_file() else shipped.get(key)

    return bundle.closure(read, find)
