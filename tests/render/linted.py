"""Real cfn-lint on a template."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

ARGS: Any = {"regions": ["eu-west-1"], "ignore_checks": ["W3010"]}


@cache
def _lint() -> Any:
    from cfnlint.api import ManualArgs, lint

    return lambda text: lint(text, config=ManualArgs(**ARGS))


def problems(template: dict[str, Any]) -> list[str]:
    """Every error and warning, as rule, place and text.

    What W3010 has against the name of a zone is left out: that zone is where a subnet is.
    """
    found = _lint()(json.dumps(template))
    return [f"{each.rule.id} {each.path}: {each.message}" for each in found]
