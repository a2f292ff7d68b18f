"""What one particular change of a value does, where that differs from changes in general."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.facts.effect import effect
from reconciler.facts.rules import Verdict, fixed_below, general, rule_for, ruled
from reconciler.facts.store import Facts, facts
from reconciler.model.change import Effect
from reconciler.model.value import Json, Path


def change_effect(
    type_name: str,
    path: Path,
    before: Json,
    after: Json,
    override: Mapping[str, Effect] | None = None,
) -> Verdict:
    """The effect of turning `before` into `after`; `None` stands for an absent value.

    Naming a value that AWS assumes anyway changes nothing; some properties can
    be given once but never taken away; and a block that comes or goes with a
    fixed property inside it needs a new resource. Never raises.
    """
    verdict = effect(type_name, path, override)
    if verdict.effect is Effect.UNSUPPORTED or verdict.source == "adapter":
        return verdict
    about = facts(type_name)
    shape = about.shape_at(path)
    normal = shape.path if shape else path
    default = about.defaults.get(normal)
    before, after = (default if it is None else it for it in (before, after))
    if before == after:
        return Verdict(Effect.NONE, "an absent value means the same", "correction")
    key = "added" if before in (None, default) else "removed" if after in (None, default) else ""
    rule = rule_for(type_name, normal)
    if rule is not None and [before, after] in rule.get("turns", ()):
        return Verdict(Effect.IN_PLACE, rule["why"], "correction")
    if rule is not None and key in rule:
        return ruled(rule, key)
    if key and verdict.effect is Effect.IN_PLACE:
        given = after if key == "added" else before
        if (owner := _fixed_in(about, normal, given)) is not None:
            return general("setsFixed", owner)
    return verdict


def _fixed_in(about: Facts, path: Path, value: Json) -> Path | None:
    """A fixed property that a block's value has a value for."""
    below = fixed_below(about, path)
    return next((it for it in below if _has(value, it[len(path) :])), None)


def _has(value: Json, path: Path) -> bool:
    if not path:
        return value is not None
    if isinstance(value, Mapping):
        return path[0] in value and _has(value[path[0]], path[1:])
    return isinstance(value, list | tuple) and any(_has(item, path) for item in value)
