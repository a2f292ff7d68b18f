"""Every diagnostic code: what it means and what to do. `moorline explain CODE` prints it.

Codes are stable: a code is never reused for something else. Each family has a
file here; a new family is a new file and a line in `CODES`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from reconciler.model.codes import (
    apply,
    aws,
    ci,
    command,
    delivery,
    environment,
    graph,
    offline,
    plan,
    protect,
    receipt,
    secret,
    spec,
    stale,
    yaml_,
)
from reconciler.model.codes.code import Code

__all__ = ["CODES", "Code"]

FAMILIES = (
    yaml_,
    spec,
    secret,
    environment,
    graph,
    aws,
    plan,
    offline,
    protect,
    apply,
    stale,
    receipt,
    ci,
    delivery,
    command,
)
CODES: Mapping[str, Code] = MappingProxyType(
    {code.code: code for family in FAMILIES for code in family.CODES}
)
