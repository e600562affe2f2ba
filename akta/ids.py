"""Typed identifiers: uuid7, so that rows written together lie together."""

from typing import NewType
from uuid import UUID

import uuid_utils.compat

TenantId = NewType("TenantId", UUID)
PersonId = NewType("PersonId", UUID)
AccountId = NewType("AccountId", UUID)
CaseId = NewType("CaseId", UUID)
TaskId = NewType("TaskId", UUID)
JobId = NewType("JobId", UUID)
IncidentId = NewType("IncidentId", UUID)
DocumentId = NewType("DocumentId", UUID)
DeploymentId = NewType("DeploymentId", UUID)
BundleDraftId = NewType("BundleDraftId", UUID)

TokenId = NewType("TokenId", int)
"""A token standing on an element inside one case's engine state; unique in that case, never reused."""


def new_id() -> UUID:
    return uuid_utils.compat.uuid7()
