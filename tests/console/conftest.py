"""Tests here use the console as people do: a real browser, a real Roadstead with containers.

Run by `make browser`. `ROADSTEAD_CONSOLE_DIR` has a console of that directory tested instead of
what the sources make; screenshots are left in `ROADSTEAD_SCREENSHOTS`, else in a folder in /tmp.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

sys.path.insert(0, str(Path(__file__).parent))
sys.path.insert(0, str(Path(__file__).parents[1] / "e2e"))
sys.path.insert(0, str(Path(__file__).parents[2] / "scripts"))
sys.path.insert(0, str(Path(__file__).parents[2]))

import console_build
from bench.browser import NoBrowser
from bench.browser import browser as launched
from big_cluster import BigCluster
from big_cluster import big_cluster as filled
from console_page import ConsolePage, Opened
from house import House, opened


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built console; a copy, so that nobody's next build changes it under a test."""
    chosen = os.environ.get("ROADSTEAD_CONSOLE_DIR")
    if chosen is None:
        if not console_build.is_built():
            npm = console_build.find_npm()
            assert npm, f"the console is not built, and {console_build.lacking()}"
            console_build.build(npm)
        chosen = str(console_build.DIST)
    copy = tmp_path_factory.mktemp("site") / "console"
    shutil.copytree(chosen, copy)
    return copy


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    try:
        with launched() as one:
            yield one
    except NoBrowser as lacking:
        pytest.fail(str(lacking))


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Iterator[House]:
    """A Roadstead with two instances and the demo's image, and the console in it."""
    environment = {"ROADSTEAD_CONSOLE_DIR": str(site)}
    with opened(tmp_path_factory.mktemp("house") / "d", environment=environment) as one:
        yield one


@pytest.fixture
def visitor(browser: Browser, house: House) -> Iterator[ConsolePage]:
    """A tab of somebody who is not signed in."""
    with Opened(browser, house.variables) as page:
        yield page


@pytest.fixture
def console(visitor: ConsolePage) -> ConsolePage:
    """A tab that is signed in. The test fails on whatever the page complains of."""
    visitor.sign_in()
    return visitor


@pytest.fixture(scope="module")
def big_cluster(tmp_path_factory: pytest.TempPathFactory, site: Path) -> Iterator[BigCluster]:
    """A control plane with 10,000 tasks on simulated agents, on loopback, without containers."""
    with filled(tmp_path_factory.mktemp("big") / "d", site) as one:
        yield one
