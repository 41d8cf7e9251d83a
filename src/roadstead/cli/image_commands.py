"""`roadstead image …`: the words; what they do is in `images.py`."""

from pathlib import Path
from typing import Annotated

import typer

from roadstead.cli.options import DataDir, finish

image_app = typer.Typer(
    help="Container images without a registry.", no_args_is_help=True, rich_markup_mode=None
)


@image_app.command("import")
def image_import(
    file: Annotated[Path, typer.Argument(help="An OCI layout or a docker archive.")],
    name: Annotated[str, typer.Option(help="What to call it. Default: its own name.")] = "",
    data_dir: DataDir = None,
) -> None:
    """Make an image from a file known to every instance of this machine."""
    from roadstead.cli import images

    finish(images.import_file(data_dir, file, name))


@image_app.command("list")
def image_list(data_dir: DataDir = None) -> None:
    """Show the images that instances have."""
    from roadstead.cli import images

    finish(images.show(data_dir))
