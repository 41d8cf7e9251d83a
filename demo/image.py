"""Make an image on the spot: an OCI layout with one layer, Debian's static busybox.

No registry is asked. The same bytes come out each time, so the digest is the same too. The demo's
image is the default (`python -m demo.image FOLDER` makes it); tests and benchmarks ask for other
commands, files and words to run.
"""

import gzip
import hashlib
import io
import json
import sys
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

BUSYBOX = Path("/bin/busybox")
APPLETS = (
    "cat",
    "date",
    "echo",
    "env",
    "hostname",
    "httpd",
    "id",
    "kill",
    "ls",
    "mkdir",
    "ps",
    "sh",
    "sleep",
    "true",
)
FILES = {
    "etc/passwd": "root:x:0:0:root:/:/bin/sh\nweb:x:1000:1000:web:/www:/bin/sh\n",
    "etc/group": "root:x:0:\nweb:x:1000:\n",
}
CONFIG = {"Env": ["PATH=/bin:/usr/bin:/sbin:/usr/sbin"], "Cmd": ["sh"], "WorkingDir": "/"}
MEDIA_TYPE = "application/vnd.oci.image"


def write_oci_layout(
    folder: Path,
    *,
    busybox: Path = BUSYBOX,
    applets: Sequence[str] = APPLETS,
    files: Mapping[str, str] = FILES,
    config: Mapping[str, object] = CONFIG,
) -> Path:
    """An OCI image layout in `folder`, tagged `latest`; returns the folder.

    `applets` are busybox's commands that it has, `files` what else lies in it, `config` what it
    says about how to run it.

    Raises: FileNotFoundError where Debian's package busybox-static is not installed.
    """
    if not busybox.exists():
        raise FileNotFoundError(f"{busybox} is missing: apt-get install busybox-static")
    blobs = folder / "blobs" / "sha256"
    blobs.mkdir(parents=True, exist_ok=True)
    layer_tar = _layer(busybox.read_bytes(), applets, files)
    layer = gzip.compress(layer_tar, compresslevel=1, mtime=0)
    image = {
        "architecture": "amd64",
        "os": "linux",
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [_digest(layer_tar)]},
        "history": [{"created_by": "busybox-static"}],
    }
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{MEDIA_TYPE}.manifest.v1+json",
        "config": _blob(blobs, _json(image), f"{MEDIA_TYPE}.config.v1+json"),
        "layers": [_blob(blobs, layer, f"{MEDIA_TYPE}.layer.v1.tar+gzip")],
    }
    entry = _blob(blobs, _json(manifest), f"{MEDIA_TYPE}.manifest.v1+json")
    entry["annotations"] = {"org.opencontainers.image.ref.name": "latest"}
    (folder / "index.json").write_bytes(_json({"schemaVersion": 2, "manifests": [entry]}))
    (folder / "oci-layout").write_bytes(_json({"imageLayoutVersion": "1.0.0"}))
    return folder


def _layer(busybox: bytes, applets: Sequence[str], files: Mapping[str, str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
        for name in ("bin", "etc", "tmp", "www"):
            folder = tarfile.TarInfo(name)
            folder.type = tarfile.DIRTYPE
            folder.mode = 0o1777 if name == "tmp" else 0o755
            tar.addfile(folder)
        _add(tar, "bin/busybox", busybox, 0o755)
        for applet in applets:
            link = tarfile.TarInfo(f"bin/{applet}")
            link.type = tarfile.SYMTYPE
            link.linkname = "busybox"
            tar.addfile(link)
        for name, text in files.items():
            _add(tar, name, text.encode(), 0o644)
    return stream.getvalue()


def _add(tar: tarfile.TarFile, name: str, content: bytes, mode: int) -> None:
    entry = tarfile.TarInfo(name)
    entry.size = len(content)
    entry.mode = mode
    tar.addfile(entry, io.BytesIO(content))


def _blob(blobs: Path, content: bytes, media_type: str) -> dict[str, object]:
    digest = _digest(content)
    (blobs / digest.removeprefix("sha256:")).write_bytes(content)
    return {"mediaType": media_type, "digest": digest, "size": len(content)}


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _json(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":")).encode()


if __name__ == "__main__":
    print(write_oci_layout(Path(sys.argv[1])))
