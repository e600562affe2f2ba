"""What processes can call of the utility: a registry of named, local handlers."""

from heating.handlers import contracts, metering
from workflows.handlers import Handler


def all_handlers() -> tuple[Handler, ...]:
    """Every handler of the utility."""
    return (*contracts.handlers(), *metering.handlers())
