"""What the command line does beside running: adding utilities and clerks, checking models, describing the API."""

from collections.abc import Sequence
from pathlib import Path
from zipfile import is_zipfile

from sqlalchemy import func, select

from akta import bootstrap
from akta.bootstrap import Akta
from akta.errors import NotFound
from akta.ids import TenantId, new_id
from akta.settings import Settings
from bpmn import bundle
from bpmn.bundle import Bundle
from bpmn.check import Finding
from people import staff
from people.staff import NewStaff
from storage.tenants import Tenant
from tasks.mailer import Outbox
from workflows import engine


def _installation(settings: Settings | None = None) -> Akta:
    """For acts that send no mail and wake no worker."""
    return bootstrap.build(settings or Settings(), send=lambda _tenant, _job: None, mailer=Outbox())


def add_tenant(row: Tenant) -> int:
    """Add a utility with the shipped processes; how many those are."""
    akta = _installation()
    row.id = new_id()
    with akta.database.unit_of_work(TenantId(row.id)).begin() as tx:
        tx.add(row)
    return akta.deploy_shipped(TenantId(row.id))


def add_clerk(tenant_code: str, login: str, name: str, email: str, groups: Sequence[str]) -> str:
    """Add a clerk with a temporary password, which is returned and kept only as a hash.

    Raises:
        NotFound: there is no such utility.
        Conflict: the login is taken.
        Invalid: a group is unknown.
    """
    akta = _installation()
    with akta.database.across_tenants() as session:
        known = session.scalar(select(Tenant).where(func.lower(Tenant.code) == tenant_code.lower()))
    if known is None:
        raise NotFound(f"there is no utility {tenant_code}")
    uow = akta.database.unit_of_work(TenantId(known.id))
    new = NewStaff(name, email, login, tuple(groups), known.language)
    return staff.add(uow, akta.hasher, new, akta.clock.now()).secret


def check(path: Path) -> Sequence[Finding]:
    """What is wrong with a bundle (folder or archive) or a bare model; needs no installation."""
    if path.is_file() and not is_zipfile(path):
        problems = engine.problems(path.read_bytes())
        return [Finding("not-valid-bpmn", "error", "", problem) for problem in problems]
    try:
        read = bundle.from_folder(path) if path.is_dir() else bundle.from_archive(path.read_bytes())
    except bundle.BundleError as unreadable:
        return [Finding("not-readable", "error", "", str(unreadable))]
    return _examined().gate(read, _called(read, path.parent))


def openapi() -> str:
    """The description of the REST interface, formatted as it is committed."""
    from api.app import description

    return description()


def _examined() -> Akta:
    """An installation to look at, which is never run."""
    return _installation(Settings(database_url="sqlite://", secret_key="-" * 32))


def _called(read: Bundle, beside: Path) -> dict[str, Bundle]:
    """What a bundle calls, from the folders beside it, else as shipped."""
    known = {each.key: each for each in bootstrap.shipped()}
    folders = [folder for folder in beside.iterdir() if (folder / "bundle.toml").is_file()] if beside.is_dir() else []
    known |= {folder.name: bundle.from_folder(folder) for folder in folders}
    called: dict[str, Bundle] = {}
    wanted = sorted(read.calls)
    while wanted:
        key = wanted.pop()
        if key in known and key not in called and key != read.key:
            called[key] = known[key]
            wanted += sorted(known[key].calls)
    return called
