"""The image store: from a registry, a layout or an archive; shared, offline, never half there."""

import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from busybox_image import write_layout

from roadstead.agent.runtime.images import Images
from roadstead.agent.runtime.port import RuntimeFailure
from roadstead.agent.runtime.references import normalise

ABSENT_REGISTRY = "localhost:1"


@pytest.fixture
def layout(tmp_path: Path) -> Path:
    return write_layout(tmp_path / "layout", {"Cmd": ["/bin/true"], "StopSignal": "SIGINT"})


@pytest.fixture
def registry(tmp_path: Path) -> Iterator[str]:
    """A registry on this machine; its name for images."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = tmp_path / "registry.json"
    config.write_text(
        json.dumps(
            {
                "version": "0.1",
                "storage": {"filesystem": {"rootdirectory": str(tmp_path / "registry")}},
                "http": {"addr": f"127.0.0.1:{port}"},
            }
        )
    )
    process = subprocess.Popen(
        ["docker-registry", "serve", str(config)],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        yield f"localhost:{port}"
    finally:
        process.kill()
        process.wait()


def _push(layout: Path, name: str) -> None:
    """Push; the registry may still be starting."""
    command = ["skopeo", "copy", "--retry-times=10", "--dest-tls-verify=false", f"oci:{layout}"]
    subprocess.run([*command, f"docker://{name}"], check=True, capture_output=True)


@pytest.mark.parametrize(
    ("name", "complete"),
    [
        ("busybox", "docker.io/library/busybox:latest"),
        ("me/app:1.2", "docker.io/me/app:1.2"),
        ("localhost:5000/a/b", "localhost:5000/a/b:latest"),
        ("public.ecr.aws/x/y:z", "public.ecr.aws/x/y:z"),
        ("web@sha256:" + "a" * 64, "docker.io/library/web@sha256:" + "a" * 64),
    ],
)
def test_names_are_completed_as_docker_does(name: str, complete: str) -> None:
    assert str(normalise(name)) == complete


@pytest.mark.parametrize("name", ["", "Upper/case", "a b", "x:", "x@sha256:12", "../x"])
def test_what_is_no_name_is_refused(name: str) -> None:
    with pytest.raises(RuntimeFailure, match="CannotPullContainerError: invalid reference format"):
        normalise(name)


@pytest.mark.parametrize("behaviour", ["default", "always", "once", "prefer-cached"])
def test_an_imported_image_needs_no_registry(tmp_path: Path, layout: Path, behaviour: str) -> None:
    images = Images(tmp_path / "images")
    imported = images.import_image(layout, "demo:1")
    again = Images(tmp_path / "images")
    assert again.pull("demo:1", behaviour) == imported
    assert imported.stop_signal == "SIGINT"
    config, root = again.config("demo:1")
    assert config.command == ("/bin/true",)
    assert (root / "bin" / "busybox").stat().st_size > 0


def test_archives_of_both_kinds_are_imported(tmp_path: Path, layout: Path) -> None:
    images = Images(tmp_path / "images")
    for kind in ("oci-archive", "docker-archive"):
        archive = tmp_path / f"{kind}.tar"
        command = ["skopeo", "copy", f"oci:{layout}", f"{kind}:{archive}:demo:1"]
        subprocess.run(command, check=True, capture_output=True)
        images.import_image(archive, f"from-{kind}")
        assert images.config(f"from-{kind}")[0].command == ("/bin/true",)


def test_an_image_comes_from_a_registry_and_is_kept(
    tmp_path: Path, layout: Path, registry: str
) -> None:
    name = f"{registry}/team/app:v1"
    _push(layout, name)
    images = Images(tmp_path / "images")
    steps: list[str] = []
    pulled = images.pull(name, "default", lambda what, done, total: steps.append(what))
    manifest = subprocess.run(
        ["skopeo", "inspect", "--tls-verify=false", "--format={{.Digest}}", f"docker://{name}"],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    assert pulled.digest == manifest.stdout.strip()
    assert "unpacking" in steps
    steps.clear()
    assert images.pull(name, "always", lambda what, done, total: steps.append(what)) == pulled
    assert steps == []  # the same manifest is not fetched twice


@pytest.mark.parametrize("behaviour", ["default", "always", "once", "prefer-cached"])
@pytest.mark.parametrize("name", ["demo", "demo:1", "demo:other"])
def test_an_imported_image_is_found_by_its_digest(
    tmp_path: Path, layout: Path, name: str, behaviour: str
) -> None:
    images = Images(tmp_path / "images")
    digest = images.import_image(layout, "demo:1").digest
    again = Images(tmp_path / "images")
    assert again.pull(f"{name}@{digest}", behaviour).digest == digest
    assert again.config(f"{name}@{digest}")[0].command == ("/bin/true",)


def test_a_name_that_means_another_image_now_leaves_the_former_one_to_be_found(
    tmp_path: Path, layout: Path
) -> None:
    images = Images(tmp_path / "images")
    former = images.import_image(layout, "demo:1").digest
    images.import_image(write_layout(tmp_path / "newer", {"Cmd": ["/bin/false"]}), "demo:1")
    assert images.config(f"demo:1@{former}")[0].command == ("/bin/true",)
    assert images.config("demo:1")[0].command == ("/bin/false",)


def test_the_same_file_has_the_same_digest_on_every_machine(tmp_path: Path, layout: Path) -> None:
    archive = tmp_path / "demo.tar"
    command = ["skopeo", "copy", f"oci:{layout}", f"docker-archive:{archive}:demo:1"]
    subprocess.run(command, check=True, capture_output=True)
    digests = {
        Images(tmp_path / place).import_image(archive, "demo:1").digest for place in ("one", "two")
    }
    assert len(digests) == 1


def test_an_image_is_pulled_by_its_digest_though_its_tag_has_moved(
    tmp_path: Path, layout: Path, registry: str
) -> None:
    name = f"{registry}/team/app"
    _push(layout, f"{name}:v1")
    former = Images(tmp_path / "elsewhere").pull(f"{name}:v1", "default").digest
    _push(write_layout(tmp_path / "newer", {"Cmd": ["/bin/false"]}), f"{name}:v1")
    images = Images(tmp_path / "images")
    for image in (f"{name}@{former}", f"{name}:v1@{former}"):
        assert images.pull(image, "default").digest == former
        assert images.config(image)[0].command == ("/bin/true",)
    assert images.pull(f"{name}:v1", "default").digest != former


def test_a_digest_that_no_registry_has_is_told(tmp_path: Path, layout: Path, registry: str) -> None:
    _push(layout, f"{registry}/team/app:v1")
    absent = f"{registry}/team/app:v1@sha256:{'a' * 64}"
    with pytest.raises(RuntimeFailure, match=r"CannotPullContainerError: .*sha256:aaaa"):
        Images(tmp_path / "images").pull(absent, "default")


def test_default_falls_back_on_what_is_here_and_always_does_not(
    tmp_path: Path, layout: Path, registry: str
) -> None:
    name = f"{registry}/team/app:v1"
    _push(layout, name)
    images = Images(tmp_path / "images")
    pulled = images.pull(name, "default")
    shutil.rmtree(tmp_path / "registry")
    for behaviour in ("default", "once", "prefer-cached"):
        assert images.pull(name, behaviour) == pulled
    with pytest.raises(RuntimeFailure, match="CannotPullContainerError"):
        images.pull(name, "always")


def test_a_missing_image_is_told_in_the_words_of_ecs(tmp_path: Path, registry: str) -> None:
    images = Images(tmp_path / "images")
    with pytest.raises(RuntimeFailure) as caught:
        images.pull(f"{registry}/nope", "default")
    assert str(caught.value).startswith(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): "
        f"failed to resolve ref {registry}/nope:latest: "
    )


def test_an_unreachable_registry_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuntimeFailure, match="connection refused"):
        Images(tmp_path / "images").pull(f"{ABSENT_REGISTRY}/x", "default")


def test_a_damaged_image_is_refused_and_leaves_nothing(tmp_path: Path, layout: Path) -> None:
    largest = max((layout / "blobs" / "sha256").iterdir(), key=lambda blob: blob.stat().st_size)
    os.truncate(largest, 1000)
    images = Images(tmp_path / "images")
    with pytest.raises(RuntimeFailure, match="CannotPullContainerError"):
        images.import_image(layout, "broken")
    assert images.listed() == []
    assert list((tmp_path / "images" / "unpacked").iterdir()) == []
    assert list((tmp_path / "images" / "incoming").iterdir()) == []


def test_a_configuration_that_makes_no_sense_is_refused(tmp_path: Path) -> None:
    layout = write_layout(tmp_path / "layout", {"Cmd": "no list"})
    images = Images(tmp_path / "images")
    with pytest.raises(RuntimeFailure, match="configuration is damaged"):
        images.import_image(layout, "odd")
    assert images.listed() == []


def test_nobody_else_gets_at_the_files_of_images(tmp_path: Path) -> None:
    (tmp_path / "images" / "unpacked").mkdir(mode=0o755, parents=True)
    Images(tmp_path / "images")
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "images").iterdir()}
    assert modes == {0o700}


def test_an_image_goes_with_its_last_name(tmp_path: Path, layout: Path) -> None:
    images = Images(tmp_path / "images")
    images.import_image(layout, "one")
    images.import_image(layout, "two")
    assert [named.reference for named in images.listed()] == [
        "docker.io/library/one:latest",
        "docker.io/library/two:latest",
    ]
    assert images.remove("one")
    assert images.config("two")
    assert images.remove("two")
    assert not images.remove("two")
    assert list((tmp_path / "images" / "unpacked").iterdir()) == []
