"""The one place that knows every concrete class: builds an installation from its settings."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from graphlib import TopologicalSorter
from pathlib import Path

from sqlalchemy import MetaData

import bpmn
from akta.clock import Clock, SystemClock
from akta.ids import JobId, TenantId
from akta.settings import NOT_SECRET, Settings
from akta.subjects import Actor, Door, system
from api.ports import Services
from bpmn import bundle
from bpmn.bundle import Bundle
from heating import application, campaigns, entry, handlers, mandate_decision, sources, visibility
from heating.handlers.campaigns import handlers as campaign_handlers
from heating.register import NoRegister, Register
from people.groups import SEE_EVERY_CASE
from people.passwords import Cost, Hasher
from storage import schema
from storage.cases import Case
from storage.database import Database
from storage.files import Files
from storage.files.folder import FolderFiles
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from storage.visibility import Visibility
from tasks import (
    clocks,
    credentials,
    draft_links,
    jobs,
    letters,
    notices,
    offices,
    password_links,
    pdfs,
    signature_codes,
    signing,
)
from tasks.correspondence import Links
from tasks.desk import Desk, EntryCheck, Source
from tasks.gate import gate
from tasks.mailer import Mailer, Outbox
from tasks.mailer_smtp import SmtpMailer
from tasks.notices import Post
from workflows import cases, deployments
from workflows.cases import NewCase
from workflows.definitions import Definitions
from workflows.deployments import Gate
from workflows.handlers import Handlers
from workflows.runtime import Runtime, Send

_log = logging.getLogger("akta")

BUNDLES = Path(bpmn.__file__).parent / "bundles"
"""The bundles that ship: the base every utility starts from."""
OVERLAYS = BUNDLES.parent / "overlays"
"""What utilities have differently, by the name that stands in a utility's profile: tables, letters, forms."""


class NotConfigured(Exception):
    """A setting is missing or unsafe; says which and what to do."""


@dataclass(frozen=True)
class Akta:
    """An installation: what the doors hand to the floors below. `mailer` is the in-memory outbox in the demo."""

    settings: Settings
    database: Database
    files: Files
    clock: Clock
    mailer: Mailer
    send: Send
    register: Register = field(default_factory=NoRegister)

    @cached_property
    def hasher(self) -> Hasher:
        return Hasher(Cost(passes=self.settings.argon2_time, memory=self.settings.argon2_memory))

    @cached_property
    def desk(self) -> Desk:
        definitions = Definitions()
        post = Post(self.database, definitions, self.mailer, Links(self.settings.public_url.rstrip("/")))
        runtime = Runtime(
            definitions,
            Handlers(
                *handlers.all_handlers(self.database.unit_of_work, self.register, lambda: self.runtime),
                *campaign_handlers(self._start),
                letters.handler(self.files, definitions),
                pdfs.handler(self.database, self.files),
                *signing.handlers(self.files, definitions),
                signature_codes.handler(post, self.hasher),
                notices.handler(post),
                credentials.handler(post, self.hasher),
                draft_links.handler(post),
                password_links.handler(post),
                offices.handler(),
                *clocks.handlers(Runtime(definitions, Handlers(), self.send)),
            ),
            self.send,
        )
        return Desk.of(
            runtime,
            Visibility(SEE_EVERY_CASE, (visibility.contract_rule,)),
            (
                Source(sources.OWN_METERS, sources.own_meters),
                Source(sources.OWN_CONTRACTS, sources.own_contracts),
            ),
            (
                EntryCheck(entry.NAME, entry.check),
                EntryCheck(entry.CONTROL, entry.check_control),
                EntryCheck(application.NAME, application.check),
                EntryCheck(mandate_decision.NAME, mandate_decision.check),
                EntryCheck("signed-by-code", signing.signed_by_code),
                EntryCheck("may-countersign", signing.may_countersign),
                EntryCheck("window-entry", campaigns.check),
            ),
        )

    def _start(self, tx: Transaction, new: NewCase, by: Actor, now: datetime) -> Case:
        """For handlers that begin cases of their own."""
        return cases.start(tx, self.runtime, new, by, now)

    @property
    def runtime(self) -> Runtime:
        return self.desk.runtime

    @cached_property
    def gate(self) -> Gate:
        return gate(self.desk)

    @cached_property
    def services(self) -> Services:
        settings = self.settings
        return Services(
            database=self.database,
            files=self.files,
            desk=self.desk,
            gate=self.gate,
            clock=self.clock,
            hasher=self.hasher,
            secret_key=settings.secret_key.get_secret_value().encode(),
            public_url=settings.public_url.rstrip("/"),
            outbox=self.mailer if isinstance(self.mailer, Outbox) else None,
            upload_limit=settings.upload_limit,
            uploads_limit=settings.uploads_limit,
            uploads_per_hour=settings.uploads_per_hour,
        )

    def perform(self, tenant: TenantId, job: JobId) -> object:
        return jobs.perform(self.database, self.runtime, tenant, job, self.clock.now())

    def deploy_shipped(self, tenant: TenantId) -> int:
        """Deploy and activate every shipped bundle this utility has no version of, as its own overlay has it; how many
        those were."""
        count = 0
        with self.database.unit_of_work(tenant).view() as tx:
            overlay = str(tx.get(Tenant, tenant).profile.get("overlay", ""))
        for each in shipped(overlay):
            with self.database.unit_of_work(tenant).begin() as tx:
                if deployments.find_active(tx, each.key) is None:
                    by = system(tenant).acting(Door.CLI)
                    deployments.deploy(tx, each, by, self.clock.now(), gate=self.gate, activated=True)
                    count += 1
        return count

    def close(self) -> None:
        self.database.close()


def metadata() -> MetaData:
    """Every table: those of storage, and those of the utility."""
    import heating.schema  # noqa: F401 - importing it declares its tables

    return schema.metadata()


def shipped(overlay: str = "") -> Sequence[Bundle]:
    """The shipped bundles, each after those it calls; with an overlay, as one utility has them.

    Raises:
        NotConfigured: there is no such overlay.
    """
    if overlay and overlay not in overlays():
        raise NotConfigured(f"there is no overlay {overlay} of the processes, but {', '.join(overlays())}")
    found = {each.key: each for each in map(bundle.from_folder, sorted(BUNDLES.iterdir()))}
    if overlay:
        own = (folder for folder in sorted((OVERLAYS / overlay).iterdir()) if folder.is_dir())
        found |= {folder.name: bundle.overlaid(found[folder.name], folder) for folder in own}
    order = TopologicalSorter({key: each.calls & found.keys() for key, each in found.items()})
    return tuple(found[key] for key in order.static_order())


def overlays() -> tuple[str, ...]:
    """The overlays that ship."""
    return tuple(sorted(folder.name for folder in OVERLAYS.iterdir() if folder.is_dir()))


def build(
    settings: Settings,
    *,
    send: Send,
    clock: Clock | None = None,
    mailer: Mailer | None = None,
    pool: int | None = None,
    register: Register | None = None,
) -> Akta:
    """An installation from its settings; `send` wakes the workers. Without a register none ever answers.

    Raises:
        NotConfigured: a setting is missing or unsafe.
    """
    key = settings.secret_key.get_secret_value()
    if key == NOT_SECRET or len(key) < 32:
        raise NotConfigured("AKTA_SECRET_KEY must be set to at least 32 random characters")
    return Akta(
        settings=settings,
        database=_database(settings, pool),
        files=_files(settings),
        clock=clock or SystemClock(),
        mailer=mailer or _smtp(settings),
        send=send,
        register=register or NoRegister(),
    )


def without_work() -> Akta:
    """The installation of the environment, for acts that send no mail and wake no worker.

    Raises:
        NotConfigured: a setting is missing or unsafe.
    """
    return build(Settings(), send=lambda _tenant, _job: None, mailer=Outbox())


def broker(settings: Settings) -> str:
    """The address of the broker between the web servers and the workers.

    Raises:
        NotConfigured: it is one inside a single process.
    """
    from tasks.jobs_celery import MEMORY

    if settings.broker_url.startswith(MEMORY):
        raise NotConfigured(
            "AKTA_BROKER_URL must name a broker that `akta serve` and `akta work` both reach, such as redis://…"
        )
    return settings.broker_url


def _database(settings: Settings, pool: int | None) -> Database:
    if settings.database_url.startswith("sqlite:///"):
        Path(settings.database_url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    return Database(settings.database_url, pool_size=pool or settings.database_pool)


def _files(settings: Settings) -> Files:
    if settings.files == "folder":
        settings.files_folder.mkdir(parents=True, exist_ok=True)
        return FolderFiles(settings.files_folder)
    from storage.files.s3 import S3Files

    secret = settings.s3_secret_key.get_secret_value()
    if not (settings.s3_endpoint and settings.s3_access_key and secret):
        raise NotConfigured("AKTA_S3_ENDPOINT, AKTA_S3_ACCESS_KEY and AKTA_S3_SECRET_KEY must be set")
    store = S3Files(
        settings.s3_endpoint,
        settings.s3_access_key,
        secret,
        settings.s3_bucket,
        secure=settings.s3_secure,
        region=settings.s3_region,
    )
    try:
        store.prepare()
    except Exception as failure:
        # Parts of an installation start in any order; until the store is there, only what needs it fails.
        _log.warning("the store of files at %s is not ready: %s", settings.s3_endpoint, type(failure).__name__)
    return store


def _smtp(settings: Settings) -> Mailer:
    if not settings.smtp_host:
        raise NotConfigured("AKTA_SMTP_HOST must name a mail server")
    return SmtpMailer(
        settings.smtp_host,
        settings.smtp_port,
        settings.smtp_user,
        settings.smtp_password.get_secret_value(),
        settings.smtp_tls,
    )
