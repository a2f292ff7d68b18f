"""Every diagnostic code: what it means and what to do. `moorline explain CODE` prints it.

Codes are stable: a code is never reused for something else. Each family has a
file here, found by its place; codes of rules are in the rules' own files.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from types import MappingProxyType

from reconciler.model.codes.code import Code

__all__ = ["CODES", "Code"]

NOT_FAMILIES = {"code"}
FAMILIES = sorted(
    (
        importlib.import_module(f"{__name__}.{module.name}")
        for module in pkgutil.iter_modules(__path__)
        if module.name not in NOT_FAMILIES
    ),
    key=lambda family: int(family.ORDER),
)
"""In the order in which they are read about."""
CODES: Mapping[str, Code] = MappingProxyType(
    {code.code: code for family in FAMILIES for code in family.CODES}
)
