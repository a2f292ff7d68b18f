"""The field of a spec that decides a property, and the edit that would take it back. Pure."""

from __future__ import annotations

from dataclasses import replace

from reconciler.model.diagnostic import Span
from reconciler.model.value import SENSITIVE, Json
from reconciler.plan.inverse import guesses
from reconciler.secret.redact import redact_value

__all__ = ["written"]


def written(at: Span | None, before: Json, after: Json) -> tuple[Span | None, Json]:
    """What decides that a property is `after`, and what it would say for `before`; None: unknown.

    Of a block it is the one value in it that says the same, where there is one. A value that is or
    may be a secret is not told.
    """
    if at is None:
        return None, None
    alike = [each for each in at.inside if _same(each.says, after)]
    spec = replace(alike[0] if len(alike) == 1 else at, inside=())
    if spec.says is None:
        return spec, None
    if SENSITIVE in (before, after) or redact_value(spec.says, spec.path[-1]) != spec.says:
        return replace(spec, says=None), None
    if not isinstance(before, str | int | float | bool) or "${" in str(spec.says):
        return spec, None
    return spec, next(guesses(spec.says, after, before), None)


def _same(says: Json, declared: Json) -> bool:
    """Whether a spec's value stands for a property's, spelled as either side spells words."""
    if isinstance(says, bool) or isinstance(declared, bool):
        return says is declared
    if not isinstance(says, str) or not isinstance(declared, str):
        return bool(says == declared)
    one, other = (each.lower().replace("_", "").replace("-", "") for each in (says, declared))
    return one == other
