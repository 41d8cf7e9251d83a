"""The image of the runtime's tests: busybox with more commands and users than the demo's."""

from collections.abc import Mapping
from pathlib import Path

from demo.image import write_oci_layout

APPLETS = (
    "sh printf sleep cat id ls nc httpd ip echo mkdir env hostname touch dd head true false unshare"
)
FILES = {
    "etc/passwd": "root:x:0:0::/root:/bin/sh\nalice:x:1000:1000::/home/alice:/bin/sh\n",
    "etc/group": "root:x:0:\nalice:x:1000:\nstaff:x:50:alice\n",
}
CONFIG = {"Env": ["FROM_IMAGE=yes"], "Cmd": ["/bin/echo", "the image's own command"]}


def write_layout(folder: Path, config: Mapping[str, object] = CONFIG) -> Path:
    """Write the image into `folder`; `config` replaces what it says about how to run it."""
    return write_oci_layout(folder, applets=APPLETS.split(), files=FILES, config=config)
