"""The images of one machine, unpacked once and shared by all its instances.

`<images_dir>/names/<name>.json` says which manifest a name means; `<images_dir>/unpacked/<digest>/`
holds an image's root and its configuration. An unpacked image appears by one rename, whole or not
at all. Locks between processes are flock(2) on files of `<images_dir>/locks`, so a killed holder
holds nothing.
"""

import contextlib
import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import msgspec

from roadstead.agent.runtime import image_sources
from roadstead.agent.runtime.port import Image, Progress, RuntimeFailure
from roadstead.agent.runtime.references import Reference, normalise
from roadstead.files import PRIVATE_DIRECTORY

BEHAVIOURS = ("default", "always", "once", "prefer-cached")


class ImageConfig(msgspec.Struct, frozen=True):
    """What an image says about how it wants to be run."""

    digest: str
    entry_point: tuple[str, ...] = ()
    command: tuple[str, ...] = ()
    environment: tuple[str, ...] = ()
    user: str = ""
    working_directory: str = ""
    stop_signal: str = "SIGTERM"
    volumes: tuple[str, ...] = ()


class Name(msgspec.Struct, frozen=True):
    """Which manifest a name means, and where that came from."""

    reference: str
    digest: str
    imported: bool = False
    """From a file on this machine: no registry is asked for it."""


class Images:
    """The image store under `images_dir`; several processes may use it at once."""

    def __init__(self, images_dir: Path) -> None:
        self._names = images_dir / "names"
        self._unpacked = images_dir / "unpacked"
        self._locks = images_dir / "locks"
        self._incoming = images_dir / "incoming"
        for folder in (self._names, self._unpacked, self._locks, self._incoming):
            folder.mkdir(mode=PRIVATE_DIRECTORY, parents=True, exist_ok=True)
            # Images bring setuid programs and devices: no user of this machine may get at them.
            folder.chmod(PRIVATE_DIRECTORY)
        self._configs: dict[str, ImageConfig] = {}

    def pull(self, image: str, behaviour: str, progress: Progress | None = None) -> Image:
        """Make an image present; blocks while it is fetched.

        `default` asks the registry and falls back on what is here; an imported image is taken as it
        is, for `default` as for `once` and `prefer-cached`: its name belongs to no registry that
        could know better. So is one named by its digest, wherever it came from and whatever else
        it was called then: what has that digest is that image.
        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/ecs-agent-config.html
        Raises: RuntimeFailure
        """
        if behaviour not in BEHAVIOURS:
            raise RuntimeFailure(
                "CannotPullContainerError",
                f"unknown pull behaviour {behaviour!r}; choose one of {', '.join(BEHAVIOURS)}",
            )
        reference = normalise(image)
        here = self._present(reference)
        is_settled = reference.digest or behaviour in ("once", "prefer-cached")
        if here and (here.imported or is_settled):
            return self._image(image, here.digest)
        with self._lock(f"name-{quote(str(reference), safe='')}"):
            try:
                digest = image_sources.registry_digest(reference)
                if not self._is_unpacked(digest):
                    self._fetch(reference, digest, progress)
            except RuntimeFailure:
                if here and behaviour == "default":
                    return self._image(image, here.digest)
                raise
            self._name(reference, digest, imported=False)
        return self._image(image, digest)

    def import_image(self, path: Path, name: str, progress: Progress | None = None) -> Image:
        """Take in an OCI layout folder, an OCI archive or a docker archive under `name`.

        Raises: RuntimeFailure
        """
        reference = normalise(name)
        with self._landing() as landing:
            layout = landing / "layout"
            image_sources.copy_from_file(path, layout, progress)
            digest = image_sources.layout_digest(layout)
            self._unpack(layout, digest, landing, progress)
        self._name(reference, digest, imported=True)
        return self._image(name, digest)

    def config(self, image: str) -> tuple[ImageConfig, Path]:
        """How a present image wants to be run, and its root.

        Raises: RuntimeFailure with CannotCreateContainerError when it is not present
        """
        here = self._present(normalise(image))
        if here is None:
            raise RuntimeFailure(
                "CannotCreateContainerError", f"No such image: {image}; pull it first"
            )
        return self._config(here.digest), self._folder(here.digest) / "rootfs"

    def listed(self) -> list[Name]:
        """Every name in the store, in order."""
        files = sorted(self._names.glob("*.json"))
        return [msgspec.json.decode(file.read_bytes(), type=Name) for file in files]

    def remove(self, image: str) -> bool:
        """Forget a name, and the image with its last name; False when there is no such name.

        Containers that run on it keep their files until they end.
        """
        reference = normalise(image)
        with self._lock("unpacked"):
            named = self._read_name(reference)
            if named is None:
                return False
            self._name_file(reference).unlink()
            if all(other.digest != named.digest for other in self.listed()):
                self._configs.pop(named.digest, None)
                with self._landing() as landing, contextlib.suppress(FileNotFoundError):
                    self._folder(named.digest).rename(landing / "removed")
        return True

    def _present(self, reference: Reference) -> Name | None:
        named = self._read_name(reference)
        if named is None and reference.digest and self._is_unpacked(reference.digest):
            return Name(str(reference), reference.digest)
        return named if named and self._is_unpacked(named.digest) else None

    def _fetch(self, reference: Reference, digest: str, progress: Progress | None) -> None:
        with self._landing() as landing:
            layout = landing / "layout"
            image_sources.copy_from_registry(reference, digest, layout, progress)
            self._unpack(layout, digest, landing, progress)

    def _unpack(self, layout: Path, digest: str, landing: Path, progress: Progress | None) -> None:
        if self._is_unpacked(digest):
            return
        config = msgspec.json.encode(_read_config(image_sources.layout_config(layout), digest))
        whole = landing / "whole"
        whole.mkdir()
        image_sources.unpack(layout, whole / "rootfs", progress)
        (whole / "image.json").write_bytes(config)
        with self._lock("unpacked"):
            if not self._is_unpacked(digest):
                os.sync()
                whole.rename(self._folder(digest))

    @contextmanager
    def _landing(self) -> Iterator[Path]:
        """A folder for the time of one fetch; those that a killed process left are swept first."""
        for old in self._incoming.iterdir():
            pid = old.name.partition("-")[0]
            if not Path(f"/proc/{pid}").exists():
                shutil.rmtree(old, ignore_errors=True)
        number = sum(1 for _ in self._incoming.iterdir())
        while True:
            landing = self._incoming / f"{os.getpid()}-{number}"
            try:
                landing.mkdir(mode=0o700)
                break
            except FileExistsError:
                number += 1
        try:
            yield landing
        finally:
            shutil.rmtree(landing, ignore_errors=True)

    @contextmanager
    def _lock(self, name: str) -> Iterator[None]:
        with open(self._locks / name, "w") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _is_unpacked(self, digest: str) -> bool:
        return digest in self._configs or (self._folder(digest) / "image.json").exists()

    def _folder(self, digest: str) -> Path:
        return self._unpacked / digest.removeprefix("sha256:")

    def _config(self, digest: str) -> ImageConfig:
        config = self._configs.get(digest)
        if config is None:
            text = (self._folder(digest) / "image.json").read_bytes()
            config = self._configs[digest] = msgspec.json.decode(text, type=ImageConfig)
        return config

    def _image(self, reference: str, digest: str) -> Image:
        return Image(reference, digest, self._config(digest).stop_signal)

    def _name_file(self, reference: Reference) -> Path:
        return self._names / f"{quote(str(reference), safe='')}.json"

    def _read_name(self, reference: Reference) -> Name | None:
        try:
            return msgspec.json.decode(self._name_file(reference).read_bytes(), type=Name)
        except FileNotFoundError:
            return None

    def _name(self, reference: Reference, digest: str, *, imported: bool) -> None:
        file = self._name_file(reference)
        named = Name(str(reference), digest, imported)
        if self._read_name(reference) == named:
            return
        new = file.with_name(f"{file.name}.{os.getpid()}")
        new.write_bytes(msgspec.json.encode(named))
        new.replace(file)


def _read_config(document: dict[str, object], digest: str) -> ImageConfig:
    """From an OCI image configuration. Raises: RuntimeFailure for one that makes no sense"""
    try:
        config = msgspec.convert(document.get("config") or {}, type=_OciConfig)
    except msgspec.ValidationError as error:
        raise RuntimeFailure(
            "CannotPullContainerError", f"the image's configuration is damaged: {error}"
        ) from error
    return ImageConfig(
        digest=digest,
        entry_point=tuple(config.Entrypoint or ()),
        command=tuple(config.Cmd or ()),
        environment=tuple(config.Env or ()),
        user=config.User or "",
        working_directory=config.WorkingDir or "",
        stop_signal=config.StopSignal or "SIGTERM",
        volumes=tuple(config.Volumes or ()),
    )


class _OciConfig(msgspec.Struct):
    """Source: https://github.com/opencontainers/image-spec/blob/main/config.md"""

    Entrypoint: list[str] | None = None
    Cmd: list[str] | None = None
    Env: list[str] | None = None
    User: str | None = None
    WorkingDir: str | None = None
    StopSignal: str | None = None
    Volumes: dict[str, object] | None = None
