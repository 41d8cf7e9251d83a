"""`roadstead console`: its words; what it does is in `console.py`."""

from typing import Annotated

import typer

from roadstead.cli.options import DataDir, finish


def console(
    data_dir: DataDir = None,
    open_it: Annotated[
        bool, typer.Option("--open", help="Open it with this system's browser.")
    ] = False,
) -> None:
    """Print a link to the console that signs a browser in: good once, for 15 minutes."""
    from roadstead.cli.console import show

    finish(show(data_dir, open_it=open_it))
