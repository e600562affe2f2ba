"""A worker that is killed in the middle of a call: run as a process of its own by the tests."""

import os
import signal
import sys
from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from akta.ids import JobId, TenantId
from bpmn.values import Value
from storage.database import Database
from tasks import jobs
from workflows.definitions import Definitions
from workflows.handlers import CallContext, Handler, Handlers
from workflows.runtime import Runtime


def die(_context: CallContext, _values: Mapping[str, Value]) -> Mapping[str, Value]:
    os.kill(os.getpid(), signal.SIGKILL)
    return {}


def main(url: str, tenant: str, job: str, now: str) -> None:
    handlers = Handlers(Handler("flaky", "Dies", {}, {}, remote=die))
    runtime = Runtime(Definitions(), handlers, lambda _tenant, _job: None)
    at = datetime.fromisoformat(now)
    jobs.perform(Database(url), runtime, TenantId(UUID(tenant)), JobId(UUID(job)), at)


if __name__ == "__main__":
    main(*sys.argv[1:])
