"""The habits of CONTRIBUTING.md that no other tool checks: names, sizes, docstrings, who writes."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = ("src", "bench", "demo", "tests")
MODULES = sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))
OURS = [path for path in MODULES if not path.is_relative_to(ROOT / "tests")]
ECS = ROOT / "src" / "roadstead" / "ecs"

NO_NOUNS = set(
    "base common core handler helper helpers manager misc provider util utils".split()  # noqa: SIM905  # read as words
)
LINES_MAX = 500
LINES_OF_ONE_NOUN = 300
LONG = {
    "src/roadstead/agent_protocol/server_session.py": "a third of it is ACS's vocabulary",
}
"""Modules of ours past `LINES_OF_ONE_NOUN`, and why they are one noun all the same."""
FUNCTION_LINES_MAX = 65

CATCHES_ALL = re.compile(r"except \(?(Base)?Exception\b(?P<rest>.*)$")
SILENCED = re.compile(r"#\s*(noqa: [A-Z0-9]+(, ?[A-Z0-9]+)*|type: ignore\[[\w, -]+\])\s*$")
WRITES = re.compile(r"\btx\.(put|delete)\(")


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines()


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_every_module_says_what_it_holds() -> None:
    assert [name(p) for p in MODULES if not ast.get_docstring(ast.parse(p.read_text()))] == []


def test_no_module_is_called_by_a_word_that_means_nothing() -> None:
    assert [name(p) for p in MODULES if p.stem in NO_NOUNS] == []


def test_no_two_test_modules_have_one_name() -> None:
    """pytest imports them by their names alone, so two of one name cannot run together."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(each for each in set(names) if names.count(each) > 1) == []


def test_a_module_holds_one_noun() -> None:
    long = {name(p) for p in OURS if len(lines(p)) > LINES_OF_ONE_NOUN}
    assert long == set(LONG), "split it by noun, or take it off the list"


def test_no_module_is_too_long_to_read() -> None:
    assert [name(p) for p in MODULES if len(lines(p)) > LINES_MAX] == []


def test_a_function_fits_on_a_screen() -> None:
    long = [
        f"{name(path)}:{each.lineno} {each.name}"
        for path in OURS
        for each in functions(path)
        if (each.end_lineno or 0) - each.lineno >= FUNCTION_LINES_MAX
    ]
    assert long == []


def test_an_init_file_hands_nothing_on() -> None:
    inits = [p for p in OURS if p.name == "__init__.py"]
    assert inits
    full = [name(p) for p in inits if len(ast.parse(p.read_text()).body) > 1]
    assert full == []


def test_whoever_catches_everything_says_why() -> None:
    found = []
    for path in OURS:
        text = lines(path)
        for number, line in enumerate(text):
            caught = CATCHES_ALL.search(line)
            if caught and "#" not in caught["rest"] and not _raises_again(text, number):
                found.append(f"{name(path)}:{number + 1}")
    assert found == []


def _raises_again(text: list[str], number: int) -> bool:
    """Whether the clause ends in a bare `raise`."""
    indent = len(text[number]) - len(text[number].lstrip())
    clause = []
    for line in text[number + 1 :]:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            break
        clause.append(line.strip())
    return bool(clause) and [line for line in clause if line][-1] == "raise"


def test_whoever_silences_a_check_says_why() -> None:
    found = [
        f"{name(path)}:{number}"
        for path in OURS
        for number, line in enumerate(lines(path), 1)
        if SILENCED.search(line)
    ]
    assert found == []


def test_only_transitions_write_records() -> None:
    code = (ROOT / "src" / "roadstead").rglob("*.py")
    writers = [p for p in code if WRITES.search(p.read_text())]
    assert writers
    assert [name(p) for p in writers if p.parent.name != "transitions"] == []


def test_every_operation_has_a_source() -> None:
    from roadstead.ecs.operations.table import READS
    from roadstead.ecs.operations.table import WRITES as CHANGES

    silent = [
        operation
        for operation, function in {**READS, **CHANGES}.items()
        if "Source:" not in (function.__doc__ or "")
    ]
    assert silent == []


def test_no_work_is_left_for_later_without_saying_where() -> None:
    word = re.compile(r"#.*\b(TODO|FIXME|XXX|HACK)\b(?!.*#\d+)")
    found = [
        f"{name(path)}:{number}"
        for path in MODULES
        if path != Path(__file__)
        for number, line in enumerate(lines(path), 1)
        if word.search(line)
    ]
    assert found == []
