"""Sample data: made-up utilities, their staff, customers with something to show, and what a register said of them."""

from pathlib import Path

from heating.register import RecordedRegister
from heating.samples.installing import Installed, Login, install

__all__ = ["Installed", "Login", "install", "register"]


def register() -> RecordedRegister:
    """The recorded answers of company registers."""
    return RecordedRegister(Path(__file__).with_name("register.toml"))
