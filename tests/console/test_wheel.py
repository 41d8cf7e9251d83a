"""The wheel carries the built console, or does without it and says so."""

import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import console_build
import pytest

ROOT = Path(__file__).resolve().parents[2]
SITE = "roadstead/console_site/"


@pytest.fixture(scope="module", autouse=True)
def built() -> None:
    if not console_build.is_built():
        npm = console_build.find_npm()
        assert npm, console_build.lacking()
        console_build.build(npm)


def make(target: str, folder: Path, root: Path = ROOT, **environ: str) -> tuple[Path, str]:
    """The wheel or sdist, and what was said while it was made."""
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", target, "-d", str(folder)],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environ},
    )
    assert done.returncode == 0, done.stderr
    (made,) = folder.iterdir()
    return made, done.stdout + done.stderr


def site_of(wheel: Path) -> list[str]:
    with zipfile.ZipFile(wheel) as archive:
        return [name for name in archive.namelist() if name.startswith(SITE)]


def test_a_wheel_carries_the_whole_console(tmp_path: Path) -> None:
    wheel, _ = make("wheel", tmp_path)
    dist = console_build.DIST
    files = {path.relative_to(dist).as_posix() for path in dist.rglob("*") if path.is_file()}
    carried = {name.removeprefix(SITE) for name in site_of(wheel)}
    assert "index.html" in carried
    assert carried == files - {console_build.BUILT_FROM.name}


def test_it_can_be_left_out(tmp_path: Path) -> None:
    wheel, said = make("wheel", tmp_path, ROADSTEAD_CONSOLE="off")
    assert site_of(wheel) == []
    assert "without the console" in said


def test_without_npm_a_wheel_is_made_all_the_same_and_says_what_it_lacks(tmp_path: Path) -> None:
    root = tmp_path / "checkout"
    left_out = shutil.ignore_patterns("node_modules", "dist", ".*", "__pycache__")
    shutil.copytree(ROOT, root, ignore=left_out)
    script = root / "scripts" / "console_build.py"
    no_npm = "find_npm = lambda: None\n"
    script.write_text(script.read_text() + no_npm)
    (tmp_path / "made").mkdir()
    wheel, said = make("wheel", tmp_path / "made", root)
    assert site_of(wheel) == []
    assert "WITHOUT THE CONSOLE" in said
    assert "npm" in said


def test_an_sdist_carries_the_sources_and_nothing_that_is_made_of_them(tmp_path: Path) -> None:
    sdist, _ = make("sdist", tmp_path)
    with tarfile.open(sdist) as archive:
        names = [name.partition("/")[2] for name in archive.getnames()]
    for name in ("console/package-lock.json", "console/.npmrc", "console/src/main.tsx"):
        assert name in names
    assert "hatch_build.py" in names
    assert "scripts/console_build.py" in names
    made = [name for name in names if name.startswith(("console/dist", "console/node_modules"))]
    assert made == []


def test_the_lock_names_no_registry_and_every_platform() -> None:
    lock = (ROOT / "console" / "package-lock.json").read_text()
    assert '"resolved"' not in lock
    packages = json.loads(lock)["packages"]
    missing = [
        name
        for place, package in packages.items()
        for name in package.get("optionalDependencies", {})
        if f"node_modules/{name}" not in packages and f"{place}/node_modules/{name}" not in packages
    ]
    assert missing == [], "scripts/lock_console adds them"
