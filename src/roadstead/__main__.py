"""`python -m roadstead`: the same as the `roadstead` command."""

from roadstead.cli.main import main

main()
