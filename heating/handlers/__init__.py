"""What processes can call of the utility: a registry of named handlers."""

from collections.abc import Callable

from heating.handlers import applications, contracts, mandates, metering, terms
from heating.handlers.mandates import Units
from heating.register import Register
from workflows.handlers import Handler
from workflows.runtime import Runtime


def all_handlers(units: Units, register: Register, runtime: Callable[[], Runtime]) -> tuple[Handler, ...]:
    """Every handler of the utility."""
    return (
        *contracts.handlers(runtime),
        *applications.handlers(),
        *mandates.handlers(units, register, runtime),
        *metering.handlers(),
        *terms.handlers(runtime),
    )
