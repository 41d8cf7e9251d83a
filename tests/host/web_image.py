"""An image for tests: Debian's static busybox with a web server, as a docker archive."""

import hashlib
import io
import json
import tarfile
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
COMMANDS = ("sh", "httpd", "sleep")


def write_archive(path: Path, name: str) -> None:
    """Write a docker archive whose image serves `hello` on port 80."""
    assert BUSYBOX.exists(), "apt-get install busybox-static"
    layer = io.BytesIO()
    with tarfile.open(fileobj=layer, mode="w") as archive:
        for folder in ("bin", "www", "proc", "sys", "dev", "tmp", "etc"):
            entry = tarfile.TarInfo(folder)
            entry.type, entry.mode = tarfile.DIRTYPE, 0o755
            archive.addfile(entry)
        _put(archive, "bin/busybox", BUSYBOX.read_bytes(), 0o755)
        _put(archive, "www/index.html", b"hello\n", 0o644)
        for command in COMMANDS:
            entry = tarfile.TarInfo(f"bin/{command}")
            entry.type, entry.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(entry)
    config = json.dumps(
        {
            "architecture": "amd64",
            "os": "linux",
            "config": {"Cmd": ["httpd", "-f", "-p", "80", "-h", "/www"], "Env": ["PATH=/bin"]},
            "rootfs": {"type": "layers", "diff_ids": [f"sha256:{_digest(layer.getvalue())}"]},
        }
    ).encode()
    manifest = [{"Config": f"{_digest(config)}.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    with tarfile.open(path, "w") as archive:
        _put(archive, f"{_digest(config)}.json", config, 0o644)
        _put(archive, "layer.tar", layer.getvalue(), 0o644)
        _put(archive, "manifest.json", json.dumps(manifest).encode(), 0o644)


def _put(archive: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), mode
    archive.addfile(entry, io.BytesIO(content))


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
