"""The command line: `akta demo`, `serve`, `work`, `migrate`, `user add`, `check` and what else runs an installation."""

import sys
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from akta.checking import Report

app = typer.Typer(
    name="akta",
    help="Akta runs the casework of a utility's customer office as BPMN.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
user = typer.Typer(help="People who can sign in.", no_args_is_help=True)
tenant = typer.Typer(help="The utilities of this installation.", no_args_is_help=True)
app.add_typer(user, name="user")
app.add_typer(tenant, name="tenant")


def main() -> None:
    """Run the command; what is refused is told in one line, without where in the code it happened."""
    try:
        app()
    except Exception as failure:
        reason = _reason(failure)
        if not reason:
            raise
        typer.secho(f"akta: {reason}", err=True, fg="red")
        sys.exit(1)


def _reason(failure: Exception) -> str:
    """Why a command was refused; empty for what nobody foresaw. Settings are named, never quoted."""
    from pydantic import ValidationError
    from sqlalchemy.exc import OperationalError

    from akta.bootstrap import NotConfigured
    from akta.errors import Refusal
    from storage.migrate import TooNew

    if isinstance(failure, ValidationError):
        return "; ".join(f"setting {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in failure.errors())
    if isinstance(failure, OperationalError):
        return f"the database does not answer: {str(failure.orig).splitlines()[0]}"
    if isinstance(failure, Refusal):
        title = failure.title % failure.params if failure.params else failure.title
        return f"{title} ({failure.detail})" if failure.detail else title
    return str(failure) if isinstance(failure, NotConfigured | FileNotFoundError | TooNew) else ""


@app.command()
def demo(
    data: Annotated[Path, typer.Option(help="Where the demo keeps its data; remove it to start afresh.")] = Path(
        "data/demo"
    ),
    host: Annotated[str, typer.Option(help="Address to listen on; keep it local: its passwords are public.")] = (
        "127.0.0.1"
    ),
    port: Annotated[int, typer.Option(help="Port to listen on.")] = 8300,
) -> None:
    """Run everything in one process with sample data, and print an address and a login for each kind of user."""
    from akta import demo as door

    door.run(data, host, port)


@app.command()
def serve() -> None:
    """Run the web server of a production installation (see docs/settings.md for its settings)."""
    import uvicorn

    from akta.settings import Settings

    settings = Settings()
    uvicorn.run(
        "akta.web:app",
        factory=True,
        host=settings.host,
        port=settings.port,
        workers=settings.web_workers,
        log_config=None,
        proxy_headers=True,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=10,
    )


@app.command()
def work(
    concurrency: Annotated[int, typer.Option(min=1, help="Processes that perform jobs side by side.")] = 2,
) -> None:
    """Perform jobs and fire timers until told to end (SIGTERM finishes what runs)."""
    from akta import worker
    from akta.settings import Settings

    worker.work(Settings(), concurrency)


@app.command()
def migrate() -> None:
    """Bring the database to this version's tables. Run it before the first start and after each upgrade."""
    from akta.settings import Settings
    from storage import migrate as migrations
    from storage.database import Database

    database = Database(Settings().database_url)
    try:
        typer.echo("migrated" if migrations.upgrade(database) else "nothing to migrate")
    finally:
        database.close()


@app.command()
def doctor(
    whole: Annotated[bool, typer.Option(help="Read every document, too, and compare its hash.")] = False,
    remove_orphans: Annotated[bool, typer.Option(help="Delete objects that belong to no document.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,
) -> None:
    """Look whether the installation is well, part by part; ends with 1 when something is wrong (docs/operating.md)."""
    import json
    from dataclasses import asdict

    from akta import upkeep

    found = list(upkeep.look(whole=whole, remove_orphans=remove_orphans))
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], ensure_ascii=False, indent=2))
    else:
        for each in found:
            typer.echo("\n".join(f"{each.part}: {wrong}" for wrong in each.wrong or ("well",)))
    raise typer.Exit(any(each.wrong for each in found))


@app.command()
def backup(folder: Annotated[Path, typer.Argument(help="Where to write it: a folder that is empty or new.")]) -> None:
    """Copy every row and document, as they are at this moment, while people go on working."""
    from akta import upkeep

    kept = upkeep.keep(folder)
    rows = sum(count for count, _ in kept.tables.values())
    typer.echo(f"{rows} rows, {kept.objects} documents of {kept.size} bytes")
    for key in kept.missing:
        typer.echo(f"not there, or not what was stored: {key}", err=True)
    raise typer.Exit(bool(kept.missing))


@app.command()
def restore(folder: Annotated[Path, typer.Argument(help="A backup.", exists=True, file_okay=False)]) -> None:
    """Bring a backup into an installation that is migrated and empty; everything comes in, or nothing does."""
    from akta import upkeep

    found = upkeep.put_back(folder)
    rows = sum(count for count, _ in found.tables.values())
    typer.echo(f"{rows} rows, {found.objects} documents, as they were at {found.taken_at}")


@tenant.command("add")
def tenant_add(
    code: Annotated[str, typer.Argument(help="First part of its addresses, for example uka.")],
    name: Annotated[str, typer.Option(help="Its name as customers know it.")],
    email: Annotated[str, typer.Option(help="Address its mails come from.")],
    phone: Annotated[str, typer.Option(help="Telephone of its customer office.")],
    dispatch_phone: Annotated[str, typer.Option(help="Telephone of its dispatch.")],
    country: Annotated[str, typer.Option(help="Two letters.")] = "CZ",
    language: Annotated[str, typer.Option(help="Language of its letters.")] = "cs",
    zone: Annotated[str, typer.Option(help="Time zone.")] = "Europe/Prague",
    currency: Annotated[str, typer.Option(help="Three letters.")] = "CZK",
) -> None:
    """Add a utility and give it the shipped processes."""
    from akta import administration
    from storage.tenants import Tenant

    row = Tenant(
        code=code.upper(), name=name, email=email, phone=phone, dispatch_phone=dispatch_phone,
        country=country.upper(), language=language, zone=zone, currency=currency.upper(),
    )  # fmt: skip
    typer.echo(f"{code} has {administration.add_tenant(row)} processes")


@tenant.command("sign-in")
def tenant_sign_in(
    code: Annotated[str, typer.Argument(help="Code of the utility.")],
    issuer: Annotated[str, typer.Option(help="Address of its OpenID provider.")],
    client_id: Annotated[str, typer.Option(help="What the provider calls this installation.")],
    name: Annotated[str, typer.Option(help="What its staff call that sign-in.")],
    secret: Annotated[str, typer.Option(prompt=True, hide_input=True, help="The client's secret; empty for none.")],
) -> None:
    """Let a utility's staff sign in at their own OpenID provider."""
    from akta import administration

    administration.set_sign_in(code, issuer, client_id, name, secret)
    typer.echo(f"staff of {code} can sign in with {name}")


@tenant.command("release")
def tenant_release(
    code: Annotated[str, typer.Argument(help="Code of the utility.")],
    second_person: Annotated[bool, typer.Option(help="Whether who deployed a version may not activate it.")],
) -> None:
    """Say how a utility releases versions of its processes."""
    from akta import administration

    administration.set_release(code, second_person)
    typer.echo(f"{code}: {'a second person activates' if second_person else 'whoever deployed may activate'}")


@user.command("add")
def user_add(
    tenant_code: Annotated[str, typer.Argument(metavar="TENANT", help="Code of the utility.")],
    login: Annotated[str, typer.Argument(help="What they sign in with.")],
    name: Annotated[str, typer.Option(help="Their name.")],
    email: Annotated[str, typer.Option(help="Their e-mail address.")],
    group: Annotated[list[str], typer.Option(help="Candidate group; repeat for several.")],
) -> None:
    """Add a clerk; prints the temporary password they change when they first sign in."""
    from akta import administration

    secret = administration.add_clerk(tenant_code, login, name, email, tuple(group))
    typer.echo(f"temporary password of {login}, valid for three days: {secret}")


@app.command()
def check(
    paths: Annotated[
        list[Path],
        typer.Argument(help="Bundles (folders or exported), .bpmn files, or folders with some in them.", exists=True),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,
    as_sarif: Annotated[bool, typer.Option("--sarif", help="Print as SARIF 2.1.0, for editors and CI.")] = False,
) -> None:
    """Say what would keep processes from being deployed; ends with 1 when something would (docs/checks.md)."""
    from akta import checking

    found = list(checking.reports(paths))
    if as_json or as_sarif:
        typer.echo(checking.as_sarif(found) if as_sarif else checking.as_json(found))
    else:
        _print_reports(found)
    raise typer.Exit(any(one.severity == "error" for each in found for one in each.findings))


_FIXES = {
    "type": "{fix.element} as {fix.value}",
    "name": "{fix.value} instead of {fix.instead_of} at {fix.element}",
    "id": "{fix.value} as the id of the process",
    "condition": "{fix.element} without its condition",
    "interrupting": "{fix.element} interrupting",
    "binding": "{fix.element} without a binding",
}
"""What a correction changes, for the command line."""


def _print_reports(found: "Sequence[Report]") -> None:
    for each in found:
        if len(found) > 1:
            typer.secho(each.path.as_posix(), bold=True)
        for finding in each.findings:
            place = f"{finding.element}: " if finding.element else ""
            typer.echo(f"{finding.severity}: {place}{finding.message} [{finding.code}]")
            if finding.path:
                typer.echo(f"    the way there: {' → '.join(finding.path)}")
            if finding.fix is not None:
                typer.echo(f"    would help: {_FIXES[finding.fix.change].format(fix=finding.fix)}")
    findings = [finding for each in found for finding in each.findings]
    wrong = sum(finding.severity == "error" for finding in findings)
    typer.echo(f"{wrong} errors, {len(findings) - wrong} warnings")


@app.command("import")
def import_(
    path: Annotated[
        Path, typer.Argument(metavar="FILE", help="A model of another engine.", exists=True, dir_okay=False)
    ],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="Where to write the model; its forms go to forms/ beside it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,
) -> None:
    """Take over a model of another engine; ends with 1 when something is left for you to decide (docs/import.md)."""
    import json

    from akta import importing

    taken = importing.take(path, out)
    if as_json:
        typer.echo(json.dumps(taken.fields(), ensure_ascii=False, indent=2))
    else:
        for note in taken.imported.notes:
            typer.echo(f"{note.verdict}: {note.element}: {note.said}")
        for written in taken.written:
            typer.echo(f"wrote {written.as_posix()}")
        left = sum(note.verdict == "left" for note in taken.imported.notes)
        typer.echo(f"{len(taken.imported.notes) - left} translated, {left} left")
    raise typer.Exit(not taken.imported.whole)


@app.command("test")
def play(
    path: Annotated[Path, typer.Argument(help="A bundle's folder or an exported bundle.", exists=True)],
) -> None:
    """Play a bundle's scenarios in the real engine; ends with 1 when one does not come out as it says."""
    from akta import checking

    played = checking.play(path)
    for each in played.scenarios:
        typer.echo(f"{'fails' if each.problems else 'passes'}: {each.name} [{each.file}]")
        for problem in each.problems:
            typer.echo(f"    {problem}")
    failed = sum(bool(each.problems) for each in played.scenarios)
    typer.echo(f"{len(played.scenarios) - failed} of {len(played.scenarios)} scenarios pass")
    elements = len(played.passed) + len(played.left_out)
    typer.echo(f"{len(played.passed)} of {elements} elements are passed by one")
    for id_ in played.left_out:
        typer.echo(f"    not {id_}")
    raise typer.Exit(failed > 0)


@app.command()
def replay(
    path: Annotated[Path, typer.Argument(help="A bundle's folder or an exported bundle.", exists=True)],
    utility: Annotated[str, typer.Option("--tenant", help="Code of the utility whose cases are replayed.")],
    closed: Annotated[int, typer.Option(min=0, max=2_000, help="How many closed cases, the last ones.")] = 200,
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,
) -> None:
    """Say which past cases of a utility would go otherwise on a bundle; ends with 1 when some would."""
    from akta import replaying

    candidate, found = replaying.replayed(path, utility, closed)
    if as_json:
        typer.echo(replaying.as_json(found))
    else:
        for line in replaying.in_words(candidate, found):
            typer.echo(line)
    raise typer.Exit(bool(found.groups))


@app.command()
def diff(
    before: Annotated[Path, typer.Argument(help="A bundle's folder or an exported bundle.", exists=True)],
    after: Annotated[Path, typer.Argument(help="The other version of it.", exists=True)],
    as_json: Annotated[bool, typer.Option("--json", help="Print for programs.")] = False,
) -> None:
    """Say in words what is different between two versions of a bundle; ends with 1 when something is."""
    import json
    from dataclasses import asdict

    from akta import checking

    changes = checking.differences(before, after)
    if as_json:
        typer.echo(json.dumps([asdict(change) for change in changes], ensure_ascii=False, indent=2))
    else:
        for file, group in groupby(changes, key=lambda change: change.file):
            typer.secho(file, bold=True)
            for change in group:
                typer.echo(f"  {change.sentence()}")
        typer.echo(f"{len(changes)} differences")
    raise typer.Exit(bool(changes))


@app.command("rights")
def print_rights() -> None:
    """Print who may do what (committed as docs/rights.md)."""
    from people.rights_page import page

    typer.echo(page(), nl=False)


@app.command()
def feel(
    expression: Annotated[str, typer.Argument(help="A FEEL expression, without the = before it.")],
    context: Annotated[
        Path | None, typer.Option(help="A JSON file with the variables; - reads standard input.", allow_dash=True)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Try an expression: its value as FEEL writes it, and why a null is null. See docs/feel.md."""
    from akta import trying

    typer.echo(trying.feel(expression, context, as_json=as_json))


@app.command()
def dmn(
    file: Annotated[Path, typer.Argument(help="A DMN file.", exists=True, dir_okay=False)],
    given: Annotated[
        Path | None,
        typer.Option("--input", help="A JSON file with the variables; - reads standard input.", allow_dash=True),
    ] = None,
    decision: Annotated[str, typer.Option(help="Which decision, by name or id, where there are several.")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Answer in JSON.")] = False,
) -> None:
    """Try a decision: what it comes to, which rules matched, and what kept each other one from matching."""
    from akta import trying

    typer.echo(trying.dmn(file, given, decision, as_json=as_json))


@app.command("settings")
def print_settings() -> None:
    """Print every setting with its default and meaning (committed as docs/settings.md)."""
    from akta.settings import page

    typer.echo(page(), nl=False)


@app.command()
def openapi() -> None:
    """Print the description of the REST interface (committed as docs/openapi.json)."""
    from akta import administration

    typer.echo(administration.openapi())
