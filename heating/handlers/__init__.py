"""What processes can call of the utility: a registry of named, local handlers."""

from heating.handlers import contracts, metering
from people.passwords import Hasher
from workflows.handlers import Handler


def all_handlers(hasher: Hasher) -> tuple[Handler, ...]:
    """Every handler of the utility; `hasher` is what new accounts are made with."""
    return (*contracts.handlers(hasher), *metering.handlers())
