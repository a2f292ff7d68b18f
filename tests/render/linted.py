"""Real cfn-lint on a template."""

from __future__ import annotations

import json
from functools import cache
from typing import Any


@cache
def _lint() -> Any:
    from cfnlint.api import ManualArgs, lint

    return lambda text: lint(text, config=ManualArgs(regions=["eu-west-1"]))


def problems(template: dict[str, Any]) -> list[str]:
    """Every error and warning, as rule, place and text."""
    found = _lint()(json.dumps(template))
    return [f"{each.rule.id} {each.path}: {each.message}" for each in found]
