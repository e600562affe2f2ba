"""The files an installation is deployed with."""
