"""`python -m akta`: the same as the `akta` command."""

from akta.cli import main

main()
