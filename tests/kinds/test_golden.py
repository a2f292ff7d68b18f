"""What each spec compiles to, in full; UPDATE_GOLDEN=1 writes it anew."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from reconciler.kinds.api import load
from reconciler.model.graph import build_graph

from .specs import ALL, world
from .world import as_json

FOLDER = Path(__file__).parents[1] / "golden" / "kinds"


@pytest.mark.parametrize(("kind", "name"), ALL, ids=["-".join(key) for key in ALL])
def test_nodes_are_as_recorded(kind: str, name: str) -> None:
    file = FOLDER / f"{kind}-{name}.json"
    text = json.dumps(as_json(world().build(kind, name)), indent=1) + "\n"
    if os.environ.get("UPDATE_GOLDEN"):
        FOLDER.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    assert json.loads(text) == json.loads(file.read_text(encoding="utf-8"))


def test_no_golden_file_is_left_over() -> None:
    assert {file.stem for file in FOLDER.glob("*.json")} == {"-".join(key) for key in ALL}


def test_every_kind_has_a_golden_spec() -> None:
    assert {kind for kind, _ in ALL} == set(load()) - {"Environment"}


def test_the_whole_world_hangs_together() -> None:
    platform = world()
    nodes = platform.build_all()
    _, problems = build_graph(nodes)
    assert (platform.found, problems, platform.deferred) == ([], [], {})


def test_building_twice_gives_the_same() -> None:
    assert as_json(world().build_all()) == as_json(world().build_all())
