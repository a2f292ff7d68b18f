"""Conditions of a Condition step: all of a list have to hold.

Source: SageMaker Pipelines definition schema; developer guide, "Condition step".
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.services.sagemaker.runs.values import UnresolvedError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.sandbox.services.sagemaker.runs.values import Scope

COMPARED = ("Equals", "GreaterThan", "GreaterThanOrEqualTo", "LessThan", "LessThanOrEqualTo")
MEMBERS = {
    **dict.fromkeys(COMPARED, frozenset({"LeftValue", "RightValue"})),
    "In": frozenset({"QueryValue", "Values"}),
    "Not": frozenset({"Condition"}),
    "Or": frozenset({"Conditions"}),
}
"""By type, what a condition has besides it."""


def unfit(condition: Any) -> Iterator[str]:  # noqa: ANN401  (any JSON value)
    """What is wrong with the form of a condition."""
    kind = condition.get("Type") if isinstance(condition, dict) else None
    if kind not in MEMBERS:
        yield f"Unknown condition type {kind}"
        return
    given = {*condition} - {"Type"}
    for name in sorted(given - MEMBERS[kind]):
        yield f"Unknown property {name} of condition {kind}"
    for name in sorted(MEMBERS[kind] - given):
        yield f"Missing property {name} of condition {kind}"
    inner = [condition.get("Condition")] if kind == "Not" else []
    inner = condition.get("Conditions") or [] if kind == "Or" else inner
    for each in inner if not given ^ MEMBERS[kind] else ():
        yield from unfit(each)


def holds(condition: Mapping[str, Any], scope: Scope) -> bool:
    """Whether a condition holds.

    Raises:
        UnresolvedError: a value is not known, or two are of kinds that cannot be compared.
    """
    kind = condition["Type"]
    if kind == "Not":
        return not holds(condition["Condition"], scope)
    if kind == "Or":
        return any(holds(each, scope) for each in condition["Conditions"])
    if kind == "In":
        wanted = scope.value(condition["QueryValue"])
        return any(_equal(wanted, each) for each in scope.value(condition["Values"]))
    left, right = scope.value(condition["LeftValue"]), scope.value(condition["RightValue"])
    if kind == "Equals":
        return _equal(left, right)
    if not (_number(left) and _number(right)):
        raise UnresolvedError(f"{kind} compares numbers, and not {left!r} with {right!r}")
    if kind == "GreaterThan":
        return bool(left > right)
    if kind == "GreaterThanOrEqualTo":
        return bool(left >= right)
    return bool(left < right) if kind == "LessThan" else bool(left <= right)


def _number(value: Any) -> bool:  # noqa: ANN401  (any JSON value)
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(left: Any, right: Any) -> bool:  # noqa: ANN401  (any JSON value)
    if isinstance(left, bool) != isinstance(right, bool):
        return False
    return bool(left == right)
