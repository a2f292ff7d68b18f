"""The example platform as a template, in every environment."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest
from sweeps import LONG

from reconciler.cli.frame.checked import checked, repository
from reconciler.compile import compiler
from reconciler.render.cloudformation.template import template
from reconciler.resources.api import load as load_resources
from reconciler.specs import overlay
from reconciler.specs.load import load

from .linted import problems

ROOT = Path(__file__).parents[2]
ENVIRONMENTS = sorted(file.stem for file in (ROOT / "environments").glob("*.yaml"))


@cache
def documents():
    return load([ROOT / "specs", ROOT / "environments"]).documents


@pytest.mark.parametrize("environment", ENVIRONMENTS if LONG else ["prod"])
def test_cfn_lint_takes_the_example(environment):
    view, _ = overlay.resolve(documents(), environment)
    specs, found = checked(documents(), view, (), repository(ROOT))
    graph, more = compiler.build(specs, view)
    assert [each for each in (*found, *more) if each.is_error] == []
    out, _ = template(graph, load_resources(), compiler.place_of(view))
    assert len(out["Resources"]) >= len(graph)
    assert problems(out) == []
