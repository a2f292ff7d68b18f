"""docs/architecture.md against the tree, the imports and the contracts: what it says is so."""

from __future__ import annotations

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HOUSE = ROOT / "reconciler"
PAGE = (ROOT / "docs" / "architecture.md").read_text()
DOOR = "engine"
"""The only module beside the rooms."""
ALL = "everything"
APART = "analysis"
"""It needs packages that are not installed with the rest, so nothing imports it, not even `cli`."""
OUTSIDE = {
    "subprocess", "socket", "ssl", "http.client", "http.server", "urllib.request", "urllib3",
    "pathlib", "tempfile", "shutil", "time", "threading", "random", "uuid", "secrets", "click",
    "os", "boto3", "botocore", "moto",
}  # fmt: skip
"""What reaches out of a function: a room that touches nothing imports none of it."""
SDKS = {"boto3", "botocore", "moto"}
MAY = {
    "analysis": {"boto3", "botocore"},  # which runs in AWS, by itself
    "aws": {"boto3", "botocore"},
    "jobs": {"boto3", "botocore"},  # which run in AWS, by themselves
    "sandbox": SDKS,
}


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table after a line, cell by cell."""
    lines = PAGE[PAGE.index(heading) :].split("\n")
    start = next(index for index, line in enumerate(lines) if line.startswith("|---"))
    found = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split("|")])
    return found


TABLE = {row[0].strip("`"): row for row in rows("## The rooms")}
ROOMS = sorted(TABLE)
INNER = {row[0].strip("`"): row[1] for row in rows("Larger rooms have inner rooms")}
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"][
    "contracts"
]


def allowed(room: str) -> set[str]:
    """The rooms that a room may import."""
    cell = TABLE[room][2]
    return set(ROOMS) - {room, APART} if cell == ALL else set(re.findall(r"`(\w+)`", cell))


def touches_nothing(room: str) -> bool:
    return TABLE[room][3] == "nothing"


@cache
def imports(path: Path) -> set[str]:
    """The modules that a file imports, wherever in it."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
            found |= {f"{node.module}.{name.name}" for name in node.names}
    return found


def files(room: str) -> list[Path]:
    return [HOUSE / f"{room}.py"] if room == DOOR else sorted((HOUSE / room).rglob("*.py"))


def contract(name: str) -> dict[str, object]:
    (found,) = (each for each in CONTRACTS if each["name"].startswith(name))
    return found


def test_the_table_has_every_room_and_nothing_stands_loose() -> None:
    folders = {path.parent.name for path in HOUSE.glob("*/__init__.py")}
    modules = {path.stem for path in HOUSE.glob("*.py")}
    assert modules == {"__init__", DOOR}
    assert folders | {DOOR} == set(ROOMS)


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_is(room: str) -> None:
    path = HOUSE / f"{room}.py" if room == DOOR else HOUSE / room / "__init__.py"
    words = ast.get_docstring(ast.parse(path.read_text())) or ""
    assert 60 < len(words) < 600


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_what_the_table_lets_it_and_no_less(room: str) -> None:
    mentioned = {
        name.split(".")[1]
        for path in files(room)
        for name in imports(path)
        if name.startswith("reconciler.") and name.split(".")[1] in ROOMS
    }
    if TABLE[room][2] == ALL:
        assert mentioned - {room} <= allowed(room)
    else:
        assert mentioned - {room} == allowed(room)


@pytest.mark.parametrize("room", ROOMS)
def test_the_contract_of_a_room_forbids_all_else(room: str) -> None:
    (found,) = (each for each in CONTRACTS if each["name"] == f"room {room}")
    others = {f"reconciler.{each}" for each in set(ROOMS) - allowed(room) - {room}}
    assert found["source_modules"] == [f"reconciler.{room}"]
    assert set(found["forbidden_modules"]) == others | (SDKS - MAY.get(room, set()))


@pytest.mark.parametrize("room", [room for room in ROOMS if touches_nothing(room)])
def test_a_room_that_touches_nothing_imports_nothing_that_reaches_out(room: str) -> None:
    for path in files(room):
        assert not imports(path) & OUTSIDE, path
    assert f"reconciler.{room}" in contract("what decides is pure")["source_modules"]


def test_there_is_no_circle_and_a_contract_says_so() -> None:
    found = contract("no circle")
    assert (found["type"], found["ancestors"]) == ("acyclic_siblings", ["reconciler"])
    assert "ignore_imports" not in found
    order = {room: index for index, room in enumerate(TABLE)}
    for room in ROOMS:
        if TABLE[room][2] != ALL:
            assert all(order[each] < order[room] for each in allowed(room)), room


@pytest.mark.parametrize("room", sorted(INNER))
def test_inner_rooms_are_all_named(room: str) -> None:
    folders = {path.parent.name for path in (HOUSE / room).glob("*/__init__.py")}
    named = set(re.findall(r"`(\w+)`", INNER[room]))
    assert all((HOUSE / room / name).is_dir() or (HOUSE / room / f"{name}.py").exists()
               for name in named)  # fmt: skip
    if room not in {"resources", "kinds"}:  # one folder for each service; one for each long kind
        assert folders <= named


def test_every_module_and_folder_that_the_page_names_is_there() -> None:
    dotted = set(re.findall(rf"`((?:{'|'.join(ROOMS)})\.[\w.]+)`", PAGE))
    assert len(dotted) > 20
    for name in dotted:
        path = HOUSE / name.replace(".", "/")
        assert path.is_dir() or path.with_suffix(".py").exists(), name
    for name in re.findall(r"`((?:reconciler|tests)/[\w/]+)/?`", PAGE):
        assert (ROOT / name).is_dir(), name
