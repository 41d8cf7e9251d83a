"""The documents tell what is true: names of tests, operations, settings and files in them exist."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from roadstead.ecs.records.tuning import Tuning

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")], key=lambda page: page.as_posix()
)
LINK = re.compile(r"\[[^\]]*\]\(([^)#\s]+)[^)]*\)")
FILE_NAME = re.compile(r"`([\w/]+\.py)`")
TEST_NAME = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def defined_tests(path: Path) -> set[str]:
    tree = ast.parse(path.read_text())
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def test_the_parity_table_is_what_the_code_says() -> None:
    check = [sys.executable, str(ROOT / "scripts" / "write_parity"), "--check"]
    run = subprocess.run(check, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = [link for link in LINK.findall(page.read_text()) if "://" not in link]
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_file_that_a_page_names_exists() -> None:
    files = ["/" + path.relative_to(ROOT).as_posix() for path in ROOT.glob("[a-z]*/**/*.py")]
    living = [page for page in PAGES if page.parent.name != "decisions"]
    missing = [
        f"{page.relative_to(ROOT)}: {named}"
        for page in living
        for named in FILE_NAME.findall(page.read_text())
        if not any(file.endswith("/" + named) for file in files)
    ]
    assert missing == []


def test_every_page_on_design_is_named_by_the_map() -> None:
    the_map = (ROOT / "docs" / "architecture.md").read_text()
    pages = (ROOT / "docs" / "design").glob("*.md")
    assert sorted(page.name for page in pages if f"design/{page.name}" not in the_map) == []


def test_every_test_that_a_page_names_exists() -> None:
    missing = []
    for page in PAGES:
        for file, test in TEST_NAME.findall(page.read_text()):
            path = ROOT / file
            if not path.exists() or test not in defined_tests(path):
                missing.append(f"{page.relative_to(ROOT)}: {file}::{test}")
    assert missing == []


def test_every_sentence_of_the_scorecard_has_a_test_or_a_later_step() -> None:
    rows = [
        line.split("|")
        for line in (ROOT / "docs" / "scorecard.md").read_text().splitlines()
        if line.startswith("| ") and not line.startswith(("| Sentence", "|---"))
    ]
    assert rows
    open_rows = [row[1] for row in rows if not TEST_NAME.search(row[2]) and "step" not in row[2]]
    assert open_rows == []


def test_decisions_are_numbered_without_gaps_and_have_a_date() -> None:
    decisions = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert [int(page.name[:4]) for page in decisions] == list(range(1, len(decisions) + 1))
    for page in decisions:
        assert re.search(r"^Accepted, \d{4}-\d{2}-\d{2}$", page.read_text(), re.MULTILINE), (
            page.name
        )


def test_every_setting_is_documented() -> None:
    source = (ROOT / "src" / "roadstead" / "settings.py").read_text()
    settings = set(re.findall(r"ROADSTEAD_[A-Z_]+[A-Z]", source))
    page = (ROOT / "docs" / "operating" / "README.md").read_text()
    assert sorted(name for name in settings if name not in page) == []


def test_every_number_that_may_be_tuned_is_documented() -> None:
    page = (ROOT / "docs" / "operating" / "README.md").read_text()
    fields = [name.upper() for name in Tuning.__struct_fields__ if name not in ("arn", "version")]
    assert [name for name in fields if f"`{name}`" not in page] == []


def test_no_page_and_no_source_names_a_package_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    pattern = re.compile(
        r"https?://[^\s\"]*(pythonhosted|pypi\.org/simple|registry\.npmjs|deb\.debian)"
    )
    found = []
    for name in listed.stdout.split():
        path = ROOT / name
        if (
            path.is_file()
            and path != Path(__file__)
            and pattern.search(path.read_text(errors="replace"))
        ):
            found.append(name)
    assert found == []


def test_every_changelog_fragment_has_a_kind_that_the_release_notes_know() -> None:
    fragments = [page.name for page in (ROOT / "changelog.d").glob("*.md")]
    kinds = re.compile(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md")
    assert [name for name in fragments if not kinds.fullmatch(name)] == []
