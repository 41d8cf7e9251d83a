"""The image of the host's tests: busybox with a web server, as a docker archive."""

import subprocess
from pathlib import Path

from demo.image import write_oci_layout

CONFIG = {"Cmd": ["httpd", "-f", "-p", "80", "-h", "/www"], "Env": ["PATH=/bin"]}


def write_archive(path: Path, name: str) -> None:
    """Write a docker archive whose image serves `hello` on port 80."""
    layout = write_oci_layout(
        path.with_suffix(".layout"),
        applets=("sh", "httpd", "sleep"),
        files={"www/index.html": "hello\n"},
        config=CONFIG,
    )
    command = ["skopeo", "copy", f"oci:{layout}:latest", f"docker-archive:{path}:{name}"]
    subprocess.run(command, check=True, capture_output=True)
