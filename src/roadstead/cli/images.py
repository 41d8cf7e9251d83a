"""`roadstead image …`: images from files, for machines without a registry."""

import json
import tarfile
from pathlib import Path

from roadstead.agent.runtime.images import Images
from roadstead.agent.runtime.port import RuntimeFailure
from roadstead.cli import place
from roadstead.cli.terminal import EXIT_FAILED, EXIT_USAGE, complain, progress, say, table


def import_file(path: Path | None, file: Path, name: str) -> int:
    """Make the image in `file` known to all instances; the exit status."""
    if not file.exists():
        complain(f"There is no file {file}. Give an OCI layout or a docker archive.")
        return EXIT_USAGE
    chosen = name or own_name(file)
    if not chosen:
        complain(f"{file} does not say what its image is called. Give it a name with --name.")
        return EXIT_USAGE
    where = place.new(path)
    with progress(f"Importing {chosen} …") as tell:

        def told(what: str, done: int, total: int) -> None:
            share = f" {done * 100 // total} %" if total else ""
            tell(f"Importing {chosen}: {what}{share} …")

        try:
            image = Images(where.data_dir.images).import_image(file, chosen, told)
        except RuntimeFailure as failure:
            complain(f"{file} could not be imported: {failure.text}")
            return EXIT_FAILED
    say(f"{image.reference}  {image.digest}")
    return 0


def show(path: Path | None) -> int:
    """List the images of this machine; the exit status."""
    listed = Images(place.existing(path).data_dir.images).listed()
    if not listed:
        say("There are no images. Instances pull what tasks name; `roadstead image import` adds.")
        return 0
    table(
        ["IMAGE", "DIGEST", "FROM"],
        [
            [one.reference, one.digest, "file" if one.imported else "registry"]
            for one in sorted(listed, key=lambda one: one.reference)
        ],
    )
    return 0


def own_name(file: Path) -> str:
    """What an image calls itself: a docker archive's first tag, an OCI layout's name; else ''."""
    index: object
    try:
        if file.is_dir():
            index = json.loads((file / "index.json").read_bytes())
        else:
            with tarfile.open(file) as archive:
                names = archive.getnames()
                inner = "manifest.json" if "manifest.json" in names else "index.json"
                content = archive.extractfile(inner)
                index = json.loads(content.read()) if content else None
    except (OSError, KeyError, ValueError, tarfile.TarError):
        return ""
    match index:
        case [{"RepoTags": [str(tag), *_]}, *_]:
            return tag
        case {"manifests": [{"annotations": {"org.opencontainers.image.ref.name": str(tag)}}, *_]}:
            return tag
    return ""
