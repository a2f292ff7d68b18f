"""What AWS says about its resource types, answered from data alone.

One small file for each type under `schemas/aws/` is read when first asked for.
Corrections of the registry are data too. Nothing here knows an adapter or a
spec kind, and nothing reaches the network.
"""

from reconciler.facts.change import change_effect
from reconciler.facts.effect import effect
from reconciler.facts.rules import Verdict
from reconciler.facts.store import Facts, UnknownType, facts, known_types

__all__ = ["Facts", "UnknownType", "Verdict", "change_effect", "effect", "facts", "known_types"]
