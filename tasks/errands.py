"""Errands: cases of processes that only send something, begun by an act that is none of a start form's."""

import secrets
from collections.abc import Mapping
from datetime import datetime

from akta.languages import Language
from akta.subjects import Actor
from bpmn.values import Value
from storage.tenants import Tenant
from storage.unit_of_work import Transaction
from tasks.desk import Desk
from tasks.submissions import WEB
from workflows import cases, deployments
from workflows.cases import NewCase


def begin(
    tx: Transaction,
    desk: Desk,
    bundle: str,
    variables: Mapping[str, Value],
    by: Actor,
    language: Language,
    now: datetime,
) -> None:
    """Begin a case of this process, about nobody, with a title in the utility's language."""
    texts = desk.runtime.definitions.bundle(tx, deployments.active(tx, bundle).content_hash).texts
    new = NewCase(
        bundle=bundle,
        channel=WEB,
        language=language.code,
        submission_key=secrets.token_urlsafe(32),
        received_at=now,
        variables=variables,
        title=texts(tx.get(Tenant, tx.tenant).language).title,
    )
    cases.start(tx, desk.runtime, new, by, now)
