"""Sample data: two made-up utilities, their staff, and customers with something to show."""

from heating.samples.installing import Installed, Login, install

__all__ = ["Installed", "Login", "install"]
