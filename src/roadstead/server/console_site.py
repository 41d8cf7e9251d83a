"""ConsoleSite: the built console as files in memory.

What may be asked for is a list made from the directory, so a path that is not on it finds nothing,
whatever it is spelled like. A file is read when it is first asked for and kept. A new build is
noticed by its `index.html`, and by files that come beside it or into `assets`.
"""

import hashlib
import logging
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

import roadstead

INDEX = "index.html"
ASSETS = "assets"
FILES_MAX = 2_000
FILE_BYTES_MAX = 16 * 1024 * 1024
"""A directory with more files, or with a longer one, is no console."""
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
"""As `Accept-Encoding` calls them, and the ending of such a file; what we like best comes first."""
CONTENT_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".html": "text/html; charset=utf-8",
    ".ico": "image/vnd.microsoft.icon",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webmanifest": "application/manifest+json",
    ".woff": "font/woff",
    ".woff2": "font/woff2",
}

Seen = tuple[int, int, int]
Mark = tuple[Seen, Seen | None, Seen | None]

log = logging.getLogger(__name__)


class SiteFile(msgspec.Struct, frozen=True, kw_only=True):
    """One file as it is sent."""

    body: bytes
    content_type: str
    encoding: str
    """br or gzip; empty: as it is."""
    etag: str


def find(chosen: Path | None) -> Path | None:
    """The directory of the built console: the chosen one, else the package's own, else that of
    the checkout from which we run; None when no console is built there.
    """
    return next((each for each in places(chosen) if (each / INDEX).is_file()), None)


def places(chosen: Path | None) -> tuple[Path, ...]:
    """Where a console is looked for."""
    if chosen is not None:
        return (chosen,)
    package = Path(roadstead.__file__).resolve().parent
    found = [package / "console_site"]
    if package.parent.name == "src":
        found.append(package.parents[1] / "console" / "dist")
    return tuple(found)


class ConsoleSite:
    """The console as it was last built; looks again whenever it is asked."""

    def __init__(self, chosen: Path | None) -> None:
        self.chosen = chosen
        self._build: _Build | None = None

    def is_built(self) -> bool:
        return self._newest() is not None

    def file(self, name: str, accepted: Iterable[str] = ()) -> SiteFile | None:
        """The file of this name, which is a path without a slash at its beginning.

        accepted: the encodings that the client takes.
        """
        build = self._newest()
        return None if build is None else build.file(name, frozenset(accepted))

    def _newest(self) -> "_Build | None":
        directory = find(self.chosen)
        mark = None if directory is None else _mark(directory)
        if directory is None or mark is None:
            self._build = None
        elif self._build is None or (self._build.directory, self._build.mark) != (directory, mark):
            self._build = _Build(directory, mark)
        return self._build


class _Build:
    """One build: what there is, and what of it was read."""

    def __init__(self, directory: Path, mark: Mark) -> None:
        self.directory = directory
        self.mark = mark
        self._paths: dict[str, str] = {}
        self._read: dict[str, SiteFile] = {}
        for path in _files(directory.resolve()):
            if len(self._paths) == FILES_MAX:
                log.error("%s has more than %d files: it is no console", directory, FILES_MAX)
                self._paths.clear()
                break
            self._paths[path.relative_to(directory.resolve()).as_posix()] = str(path)

    def file(self, name: str, accepted: frozenset[str]) -> SiteFile | None:
        if name not in self._paths:
            return None
        for encoding, ending in ENCODINGS:
            if encoding in accepted and name + ending in self._paths:
                return self._get(name, encoding, ending)
        return self._get(name, "", "")

    def _get(self, name: str, encoding: str, ending: str) -> SiteFile | None:
        """Read it if that was not done yet; None when it is gone meanwhile."""
        kept = self._read.get(name + ending)
        if kept is not None:
            return kept
        try:
            with open(self._paths[name + ending], "rb") as opened:
                body = opened.read(FILE_BYTES_MAX + 1)
        except OSError as error:
            log.warning("a file of the console cannot be read: %s", error)
            return None
        if len(body) > FILE_BYTES_MAX:
            log.error("%s is too long for a file of the console", self._paths[name + ending])
            return None
        found = SiteFile(
            body=body,
            content_type=CONTENT_TYPES.get(os.path.splitext(name)[1], "application/octet-stream"),
            encoding=encoding,
            etag=f'"{hashlib.sha256(body).hexdigest()[:32]}"',
        )
        self._read[name + ending] = found
        return found


def _files(directory: Path) -> Iterator[Path]:
    """Every regular file below it. Symbolic links are not followed: they may lead anywhere."""
    for folder, _, names in os.walk(directory):
        for name in names:
            path = Path(folder, name)
            if path.is_file() and not path.is_symlink():
                yield path


def _mark(directory: Path) -> Mark | None:
    """Another one after every build."""
    index = _seen(directory / INDEX)
    return None if index is None else (index, _seen(directory / ASSETS), _seen(directory))


def _seen(path: Path) -> Seen | None:
    try:
        about = os.stat(path)
    except OSError:
        return None
    return about.st_ino, about.st_mtime_ns, about.st_size
