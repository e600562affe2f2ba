"""The command line, on a temporary SQLite database."""

import json
from pathlib import Path
from random import Random
from shutil import copytree

import pytest
from sqlalchemy import select

from akta import administration, bootstrap, cli
from akta.ids import TenantId
from akta.settings import Settings
from api.app import create
from people import accounts, groups
from storage.bundles import Deployment
from storage.database import Database
from storage.people import Account, Membership
from storage.tenants import Tenant
from tasks.mailer import Outbox
from tests.akta.conftest import SHIPPED, TENANT, Run
from tests.api.routes import routes
from tests.architecture.source import ROOT
from tests.bpmn.soundness.drawing import planted
from workflows import releases

BUNDLES = ROOT / "bpmn" / "bundles"
CLERK = ("user", "add", "uka", "prepazka", "--name", "Přepážka Ukázka", "--email", "prepazka@example.org")


def test_help_tells_what_each_command_does(run: Run) -> None:
    code, told, _ = run("--help")
    assert code == 0
    assert "Akta runs the casework of a utility's customer office" in told
    for name in ("demo", "serve", "work", "migrate", "check", "diff", "settings", "openapi", "user", "tenant"):
        assert name in told
        assert run(name, "--help")[0] == 0


def test_every_command_is_explained() -> None:
    for group in (cli.app, cli.user, cli.tenant):
        assert all(found.callback and found.callback.__doc__ for found in group.registered_commands)


def test_migrating_twice_does_nothing_the_second_time(installation: Path, run: Run) -> None:
    assert run("migrate") == (0, "migrated\n", "")
    assert run("migrate") == (0, "nothing to migrate\n", "")


def test_a_database_of_a_later_version_is_left_alone(migrated: Path, run: Run) -> None:
    database = Database(f"sqlite:///{migrated}")
    with database.engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '9999'")
    database.close()
    code, _, told = run("migrate")
    assert (code, told.startswith("akta: the database is at migration 9999")) == (1, True)


def test_a_database_that_does_not_answer_is_told_in_a_line(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AKTA_DATABASE_URL", "postgresql://akta@127.0.0.1:1/akta?connect_timeout=2")
    code, _, told = run("migrate")
    assert (code, told.count("\n")) == (1, 1)
    assert told.startswith("akta: the database does not answer: ")


def test_a_utility_is_added_with_the_shipped_processes(utility: Path) -> None:
    database = Database(f"sqlite:///{utility}")
    with database.view_across_tenants() as session:
        tenant = session.scalars(select(Tenant)).one()
        active = session.scalars(select(Deployment.key).where(Deployment.active, Deployment.tenant_id == tenant.id))
        assert (tenant.code, tenant.language, sorted(active)) == ("UKA", "cs", sorted(SHIPPED))
    database.close()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, "there is a utility UKA already"),
        ({"uka": "api"}, "API cannot be the first part of its addresses"),
        ({"uka": "u/ka"}, "U/KA cannot be the first part of its addresses"),
        ({"uka": "prz", "cs": "xx"}, "the language xx is not offered"),
        ({"uka": "prz", "Europe/Prague": "Europe/Nowhere"}, "there is no time zone Europe/Nowhere"),
    ],
)
def test_a_utility_that_could_not_work_is_refused(change: dict[str, str], reason: str, utility: Path, run: Run) -> None:
    wanted = (*TENANT, "--language", "cs", "--zone", "Europe/Prague")
    code, _, told = run(*(change.get(part, part) for part in wanted))
    assert code == 1
    assert reason in told


def test_a_clerk_is_added_with_a_temporary_password(utility: Path, run: Run) -> None:
    code, told, _ = run(*CLERK, "--group", "front-desk", "--group", "metering")
    assert code == 0
    secret = told.strip().rpartition(": ")[2]
    akta = bootstrap.build(Settings(), send=lambda _tenant, _job: None, mailer=Outbox())
    with akta.database.view_across_tenants() as session:
        account = session.scalars(select(Account)).one()
        member_of = set(session.scalars(select(Membership.group)))
    uow = akta.database.unit_of_work(TenantId(account.tenant_id))
    assert (account.login, account.state, member_of) == ("prepazka", "pending", {groups.FRONT_DESK, groups.METERING})
    assert accounts.sign_in(uow, akta.hasher, "prepazka", secret, akta.clock.now()).must_change
    akta.close()


def test_a_clerk_who_cannot_be_added_is_told_why(utility: Path, run: Run) -> None:
    assert (
        "there is no utility prz"
        in run(*("prz" if part == "uka" else part for part in CLERK), "--group", "metering")[2]
    )
    assert "strangers" in run(*CLERK, "--group", "strangers")[2]
    assert run(*CLERK, "--group", "front-desk")[0] == 0
    code, _, told = run(*CLERK, "--group", "front-desk")
    assert (code, told) == (1, "akta: This login is taken. (prepazka)\n")


def test_a_check_that_finds_errors_ends_with_one(tmp_path: Path, run: Run) -> None:
    folder = copytree(BUNDLES / "meter-reading", tmp_path / "meter-reading")
    (folder / "forms" / "reading.form").unlink()
    code, told, _ = run("check", str(folder))
    assert code == 1
    assert "[form-missing]" in told


def test_a_check_says_what_it_cannot_read(tmp_path: Path, run: Run) -> None:
    copytree(BUNDLES / "portal-access", tmp_path / "portal-access")
    folder = copytree(BUNDLES / "poa-check", tmp_path / "poa-check")
    (folder / "bundle.toml").write_text("key = ")
    for named in ("poa-check", "portal-access"):
        code, told, _ = run("check", str(tmp_path / named))
        assert (code, "[not-readable]" in told) == (1, True)
    assert run("check", str(tmp_path / "nothing"))[0] == 2


def test_a_bare_model_is_checked_too(run: Run, tmp_path: Path) -> None:
    assert run("check", str(BUNDLES / "meter-reading" / "process.bpmn"))[0] == 0
    broken = tmp_path / "broken.bpmn"
    broken.write_text("<bpmn")
    assert run("check", str(broken))[0] == 1


def test_a_model_of_another_engine_is_imported_with_its_forms_and_a_report(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "new" / "process.bpmn"
    model = str(ROOT / "benchmarks" / "data" / "other-engine.bpmn")
    code, told, _ = run("import", model)
    assert (code, out.exists()) == (1, False)
    assert "left: check: camunda:followUpDate: a task here has a due date and no follow-up date." in told
    code, told, _ = run("import", model, "-o", str(out), "--json")
    report = json.loads(told)
    assert (code, report["whole"]) == (1, False)
    assert {"element": "begin", "verdict": "dropped"}.items() <= report["notes"][1].items()
    assert report["written"] == [(out.parent / "forms" / "check.form").as_posix(), out.as_posix()]
    code, _, told = run("import", model, "-o", str(out))
    assert (code, "There is a file of this name already" in told) == (1, True)


def test_a_model_without_anything_foreign_is_imported_as_it_is(run: Run, tmp_path: Path) -> None:
    ours = BUNDLES / "meter-reading" / "process.bpmn"
    assert run("import", str(ours), "-o", str(tmp_path / "same.bpmn"))[0] == 0
    assert (tmp_path / "same.bpmn").read_bytes() == ours.read_bytes()
    (tmp_path / "broken.bpmn").write_text("<bpmn")
    code, _, told = run("import", str(tmp_path / "broken.bpmn"))
    assert (code, told.count("\n")) == (1, 1)
    assert "This process model cannot be read" in told


def test_a_model_that_can_stop_for_ever_is_shown_with_the_way_there(run: Run, tmp_path: Path) -> None:
    random = Random(1)
    (tmp_path / "stuck.bpmn").write_bytes(planted(random, 2, "deadlock").xml())
    code, told, _ = run("check", str(tmp_path))
    assert code == 1
    assert "[deadlock]" in told
    assert "the way there: " in told
    code, told, _ = run("check", "--json", str(tmp_path))
    found = next(one for one in json.loads(told)[0]["findings"] if one["code"] == "deadlock")
    assert found["path"]
    assert found["fix"]["value"] in ("exclusiveGateway", "inclusiveGateway")
    code, told, _ = run("check", "--sarif", str(tmp_path))
    results = json.loads(told)["runs"][0]["results"]
    assert code == 1
    assert "deadlock" in {result["ruleId"] for result in results}


@pytest.mark.slow
def test_the_shipped_processes_pass_the_check_as_a_folder(run: Run) -> None:
    code, told, _ = run("check", "--json", str(BUNDLES))
    assert code == 0
    assert {Path(each["path"]).name for each in json.loads(told)} >= set(SHIPPED)


def test_two_versions_are_compared_in_words(run: Run, tmp_path: Path) -> None:
    folder = copytree(BUNDLES / "meter-reading", tmp_path / "meter-reading")
    assert run("diff", str(BUNDLES / "meter-reading"), str(folder))[0] == 0
    table = folder / "reading-plausibility.dmn"
    table.write_text(table.read_text().replace("2.0", "2.5", 1))
    code, told, _ = run("diff", str(BUNDLES / "meter-reading"), str(folder))
    assert code == 1
    assert "2.0 → 2.5" in told
    code, told, _ = run("diff", "--json", str(BUNDLES / "meter-reading"), str(folder))
    assert (code, len(json.loads(told))) == (1, 1)


def test_a_check_leaves_nothing_behind(tmp_path: Path, run: Run) -> None:
    run("check", str(BUNDLES / "meter-reading"))
    assert list(tmp_path.iterdir()) == []


def test_a_wrong_setting_is_named_and_its_value_is_not(
    installation: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    monkeypatch.setenv("AKTA_SMTP_TLS", "my-own-password")
    code, _, told = run("migrate")
    assert code == 1
    assert told.startswith("akta: setting smtp_tls: ")
    assert "my-own-password" not in told


def test_an_installation_without_a_secret_is_told_so(migrated: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> None:
    monkeypatch.delenv("AKTA_SECRET_KEY")
    code, _, told = run(*TENANT)
    assert (code, "AKTA_SECRET_KEY must be set" in told) == (1, True)


def test_settings_and_the_interface_are_printed(run: Run) -> None:
    assert run("settings")[1].startswith("# Settings\n")
    assert run("openapi")[1] == (ROOT / "docs" / "openapi.json").read_text(encoding="utf-8")


def test_no_utility_takes_an_address_that_is_taken(installation: Path) -> None:
    akta = bootstrap.build(Settings(), send=lambda _tenant, _job: None, mailer=Outbox())
    first = {route.path.split("/")[1] for route in routes(create(akta.services))}
    akta.close()
    usable = {part for part in first if part and "{" not in part and "." not in part}
    assert usable == administration.TAKEN_ADDRESSES


def test_an_expression_can_be_tried(tmp_path: Path, run: Run) -> None:
    given = tmp_path / "given.json"
    given.write_text('{"amount": 12.5, "born": "@\\"2026-01-31\\""}')
    assert run("feel", "amount * 2 + 0.5", "--context", str(given)) == (0, "25.5\n", "")
    told = json.loads(run("feel", 'born + duration("P1M")', "--context", str(given), "--json")[1])
    assert told == {"value": '@"2026-02-28"', "feel": '@"2026-02-28"', "reasons": []}
    assert run("feel", "amount + born", "--context", str(given))[1].startswith("null\n  because adding")
    code, _, complaint = run("feel", "amount +")
    assert (code, "Line 1, column 9" in complaint) == (1, True)
    given.write_text("{")
    code, _, complaint = run("feel", "1", "--context", str(given))
    assert (code, "line 1, column 2" in complaint) == (1, True)
    assert run("feel", "1", "--context", str(tmp_path / "none.json"))[0] == 1


def test_a_decision_can_be_tried_and_says_why(tmp_path: Path, run: Run) -> None:
    given = tmp_path / "given.json"
    given.write_text('{"found": true, "valid": false}')
    model = str(BUNDLES / "portal-access" / "portal-eligibility.dmn")
    code, out, _ = run("dmn", model, "--input", str(given))
    assert code == 0
    assert "rule 1 did not match: Contract found is true, not false" in out
    assert 'rule 2 matched: result "refuse"' in out
    assert json.loads(run("dmn", model, "--input", str(given), "--json")[1])["matched"] == [2]
    code, _, complaint = run("dmn", model, "--decision", "elsewhere")
    assert (code, "no such decision" in complaint) == (1, True)


def test_a_utility_says_whether_a_second_person_activates(utility: Path, run: Run) -> None:
    assert run("tenant", "release", "nobody", "--second-person")[0] == 1
    for option, wanted in (("--second-person", True), ("--no-second-person", False)):
        assert run("tenant", "release", "uka", option)[0] == 0
        akta = bootstrap.build(Settings(), send=lambda _tenant, _job: None, mailer=Outbox())
        with akta.database.view_across_tenants() as session:
            assert releases.asks_for_second_person(session.scalars(select(Tenant)).one()) is wanted
        akta.close()
