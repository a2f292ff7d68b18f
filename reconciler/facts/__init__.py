"""What AWS says about its resource types, answered from data alone.

All types are in one archive, `schemas/aws/types.zip`; each is read when first asked for.
Corrections of the registry are data too. Nothing here knows an adapter or a
spec kind, and nothing reaches the network.
"""

from reconciler.facts.change import change_effect
from reconciler.facts.effect import effect
from reconciler.facts.rules import Verdict
from reconciler.facts.store import Facts, UnknownType, facts, known_types, served_types

__all__ = [
    "Facts",
    "UnknownType",
    "Verdict",
    "change_effect",
    "effect",
    "facts",
    "known_types",
    "served_types",
]
