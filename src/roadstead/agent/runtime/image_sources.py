"""Fetching images with skopeo, unpacking them with umoci: all that starts their processes."""

import hashlib
import os
import re
import subprocess
import tarfile
from pathlib import Path
from typing import Any

import msgspec

from roadstead.agent.runtime.port import Progress, RuntimeFailure
from roadstead.agent.runtime.references import Reference

RETRIES = 1
MANIFEST_SECONDS_MAX = 30
COPY_SECONDS_MAX = 600
_INDEX_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
)


def registry_digest(reference: Reference) -> str:
    """The digest of the manifest that a registry has under a name.

    Raises: RuntimeFailure
    """
    command = ["skopeo", f"--command-timeout={MANIFEST_SECONDS_MAX}s", "inspect", "--raw"]
    if reference.is_local:
        command.append("--tls-verify=false")
    command.append(f"docker://{reference.fetched_as}")
    for attempt in range(RETRIES + 1):
        done = _run(command)
        if done.returncode == 0:
            return "sha256:" + hashlib.sha256(done.stdout).hexdigest()
        reason = _reason(done.stderr)
        if attempt == RETRIES:
            break
    name = "CannotPullContainerAuthError" if _is_denied(reason) else "CannotPullContainerError"
    raise RuntimeFailure(
        name,
        f"pull image manifest has been retried {RETRIES} time(s): "
        f"failed to resolve ref {reference}: {reason}",
    )


def copy_from_registry(
    reference: Reference, digest: str, layout: Path, progress: Progress | None
) -> None:
    """Copy exactly the manifest `digest` into a new OCI layout.

    Raises: RuntimeFailure
    """
    command = ["skopeo", f"--command-timeout={COPY_SECONDS_MAX}s", "copy"]
    if reference.is_local:
        command.append("--src-tls-verify=false")
    source = f"docker://{reference.domain}/{reference.path}@{digest}"
    _copy([*command, source, f"oci:{layout}:image"], str(reference), progress)


def copy_from_file(path: Path, layout: Path, progress: Progress | None) -> None:
    """Copy an OCI layout folder, an OCI archive or a docker archive into a new OCI layout.

    Raises: RuntimeFailure
    """
    if not path.exists():
        raise RuntimeFailure("CannotPullContainerError", f"{path}: no such file or folder")
    if path.is_dir():
        kind = "oci"
    else:
        try:
            with tarfile.open(path) as archive:
                kind = "oci-archive" if "oci-layout" in archive.getnames() else "docker-archive"
        except tarfile.TarError as error:
            raise RuntimeFailure(
                "CannotPullContainerError",
                f"{path} is neither an OCI layout folder nor an image archive: {error}",
            ) from error
    command = ["skopeo", "copy", f"{kind}:{path.absolute()}", f"oci:{layout}:image"]
    _copy(command, str(path), progress)


def unpack(layout: Path, root: Path, progress: Progress | None) -> None:
    """Unpack the image of a layout into `root`.

    Raises: RuntimeFailure
    """
    if progress:
        progress("unpacking", 0, 0)
    done = _run(["umoci", "raw", "unpack", "--image", f"{layout}:image", str(root)])
    if done.returncode:
        raise RuntimeFailure(
            "CannotPullContainerError", f"failed to unpack the image: {_reason(done.stderr)}"
        )
    os.chmod(root, 0o755)  # noqa: S103  # who runs in it may be anybody


def layout_digest(layout: Path) -> str:
    """The digest of the one manifest in a layout."""
    index = msgspec.json.decode((layout / "index.json").read_bytes())
    return str(index["manifests"][0]["digest"])


def layout_config(layout: Path) -> dict[str, Any]:
    """The image configuration of the one manifest in a layout."""
    manifest = _blob(layout, layout_digest(layout))
    assert manifest.get("mediaType") not in _INDEX_TYPES, "skopeo copies one platform's image"
    config: dict[str, Any] = _blob(layout, manifest["config"]["digest"])
    return config


def _blob(layout: Path, digest: str) -> Any:
    kind, _, value = digest.partition(":")
    return msgspec.json.decode((layout / "blobs" / kind / value).read_bytes())


def _copy(command: list[str], what: str, progress: Progress | None) -> None:
    """Run a copy; every line that skopeo prints is a step done."""
    steps = 0
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        assert process.stdout is not None
        tail: list[bytes] = []
        for line in process.stdout:
            tail = [*tail[-9:], line]
            steps += 1
            if progress:
                progress(line.decode(errors="replace").strip(), steps, 0)
    if process.returncode:
        reason = _reason(b"".join(tail))
        name = "CannotPullContainerAuthError" if _is_denied(reason) else "CannotPullContainerError"
        raise RuntimeFailure(name, f"failed to copy {what}: {reason}")


def _run(command: list[str]) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    except FileNotFoundError as error:
        raise RuntimeFailure(
            "CannotPullContainerError",
            f"{command[0]} is not installed; `apt-get install {command[0]}` brings it",
        ) from error


def _reason(output: bytes) -> str:
    """The last thing a Go program said, without the dressing of its log lines."""
    lines = [line for line in output.decode(errors="replace").splitlines() if line.strip()]
    if not lines:
        return "no reason was given"
    message = re.search(r'msg="((?:[^"\\]|\\.)*)"', lines[-1])
    return message[1].replace('\\"', '"') if message else lines[-1].strip()


def _is_denied(reason: str) -> bool:
    return any(
        word in reason.lower() for word in ("unauthorized", "denied", "authentication required")
    )
