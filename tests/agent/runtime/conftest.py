"""Fixtures of the runtime's tests: an image store and a container instance."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from busybox_image import write_layout
from container_instance import ADDRESS, HOST_ADDRESS, Instance
from interfaces import Vpc, vpc_of

from roadstead.agent.runtime.images import Images
from roadstead.agent.runtime.purge import purge


@pytest.fixture(scope="session")
def images_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    layout = write_layout(tmp_path_factory.mktemp("layout"))
    Images(folder).import_image(layout, "busybox")
    return folder


@pytest.fixture
def instance(tmp_path: Path, images_dir: Path) -> Iterator[Instance]:
    name = f"rs-test-{os.getpid()}"
    link, cgroup = f"rst{os.getpid() % 100000}", f"/{name}"
    _ip("netns", "add", name)
    try:
        _ip("link", "add", link, "type", "veth", "peer", "name", "ens5", "netns", name)
        _ip("addr", "add", f"{HOST_ADDRESS}/24", "dev", link)
        _ip("link", "set", link, "up")
        for words in (
            "link set lo up",
            f"addr add {ADDRESS}/24 dev ens5",
            "link set ens5 up",
            f"route add default via {HOST_ADDRESS}",
        ):
            _ip("-n", name, *words.split())
        yield Instance(name, tmp_path, images_dir, cgroup)
    finally:
        purge(tmp_path / "data", cgroup)
        subprocess.run(["ip", "link", "del", link], check=False, capture_output=True)
        _ip("netns", "del", name)
        shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def vpc(instance: Instance) -> Iterator[Vpc]:
    with vpc_of(instance) as vpc:
        yield vpc


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True)
