"""Statements as managed policies of a template, none of them longer than IAM takes. Pure.

IAM attaches ten managed policies to a role. So statements that allow something under the same
conditions become one where no service has a part in both: an action is asked of what its own
service knows and of nothing else, so together they allow what they allow apart.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from reconciler.delivery.cloudformation import NOTHING, inline, policy
from reconciler.delivery.site import Site
from reconciler.model.value import Json

SIZE = 6_050
"""Characters of a managed policy's statements; IAM takes 6,144 of a policy, spaces not counted."""
MOST = 10
"""Managed policies of a role. Source: IAM and STS quotas; others may be raised, none is asked."""
_SLOT = re.compile(r"\$\{([^}]*)\}")
_LONGEST = len("ap-southeast-2")
_FACT = 200
"""Characters that count for what an environment says, such as an ARN."""


def packed(  # noqa: PLR0913 - what a policy is made of
    name: str,
    statements: Iterable[Json],
    roles: list[str],
    site: Site,
    condition: str = "",
    lists: Mapping[str, int] | None = None,
) -> dict[str, Json]:
    """As few policies as it takes: each statement into the first that has room for it.

    A statement that is too long becomes two. `lists` are the lengths of lists that differ between
    environments, by their names in the mapping.
    """
    measure = Measure(site, lists or {})
    policies: list[tuple[list[Json], int]] = []
    for statement in (half for each in joined(statements) for half in _halved(each, measure)):
        size = measure(statement)
        at = next((i for i, (_, room) in enumerate(policies) if size <= room), len(policies))
        if at == len(policies):
            policies.append(([], SIZE))
        held, room = policies[at]
        policies[at] = ([*held, statement], room - size - 1)
    made = {f"{name}{index}": each for index, (each, _) in enumerate(policies, 1)}
    return {key: policy(each, roles, condition) for key, each in made.items()}


def joined(statements: Iterable[Json]) -> list[Json]:
    """Statements under the same conditions as one, where they have no service in common."""
    found: list[tuple[str, set[str], dict[str, Any]]] = []
    for each in statements:
        services = _services(each)
        rest = str({key: item for key, item in each.items() if key not in {"Action", "Resource"}})
        if not services or each.get("Effect") != "Allow":
            found.append((rest, {"*"}, dict(each)))
            continue
        for known, taken, whole in found:
            if known == rest and "*" not in taken and not taken & services:
                taken.update(services)
                whole["Action"] = sorted([*whole["Action"], *each["Action"]])
                whole["Resource"] = [*_many(whole["Resource"]), *_many(each["Resource"])]
                break
        else:
            found.append((rest, services, dict(each)))
    return [whole for _, _, whole in found]


def _services(statement: Json) -> set[str]:
    """The services of a statement; none where it is not about ARNs of these very services."""
    actions = statement.get("Action")
    if not isinstance(actions, list):
        return set()
    services = {each.partition(":")[0] for each in actions}
    for each in _many(statement.get("Resource")):
        text = each.get("Fn::Sub") if isinstance(each, dict) else each
        text = text[0] if isinstance(text, list) else text
        parts = text.split(":") if isinstance(text, str) else []
        if len(parts) < 6 or parts[_OF] not in services:  # noqa: PLR2004 - an ARN has six parts
            return set()
    return services


_OF = 2
"""Which part of an ARN is its service."""


def _many(value: Json) -> list[Any]:
    return [*value] if isinstance(value, list) else [value]


def _halved(statement: Json, measure: Measure) -> Iterator[Json]:
    """The statement in parts that fit, by its actions or by what they are done to."""
    if "Fn::If" in statement:
        when, inner, other = statement["Fn::If"]
        yield from ({"Fn::If": [when, each, other]} for each in _halved(inner, measure))
        return
    lists = {key: item for key, item in statement.items() if isinstance(item, list) and item[1:]}
    if measure(statement) <= SIZE or not lists:
        yield statement
        return
    key = max(lists, key=lambda key: len(json.dumps(lists[key])))
    middle = len(lists[key]) // 2
    for part in (lists[key][:middle], lists[key][middle:]):
        yield from _halved({**statement, key: part}, measure)


class Measure:
    """How long a statement is at most when CloudFormation has filled it in."""

    def __init__(self, site: Site, lists: Mapping[str, int]) -> None:
        stages, self._lists = site.stages, lists
        name = max((len(stage.name) for stage in stages), default=0)
        self._slots = {
            "AWS::Partition": max((len(stage.partition) for stage in stages), default=0),
            "AWS::Region": max((_LONGEST, *(len(stage.region) for stage in stages))),
            "AWS::AccountId": 12,
            "Environment": name,
            "Underscored": len(site.platform) + name + 2,
            "Joined": len(site.platform) + name,
        }

    def __call__(self, statement: Json) -> int:
        return len(json.dumps(self._filled(statement), separators=(",", ":")))

    def _filled(self, value: Json) -> Any:  # noqa: ANN401 - JSON
        if isinstance(value, list):
            return [self._filled(each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, args),) = value.items()
            if name == "Fn::Sub":
                return self._text(args)
            if name == "Fn::If":
                return max((self._filled(each) for each in args[1:]), key=_length)
            if name.startswith("Fn::"):
                return "x" * self._lists.get(str(args[-1]), _FACT)
            if name == "Ref":
                return "" if value == NOTHING else "x" * self._slots.get(str(args), _FACT)
        return {key: self._filled(each) for key, each in value.items()}

    def _text(self, args: Json) -> str:
        text = args[0] if isinstance(args, list) else args
        return _SLOT.sub(lambda slot: "x" * self._slots.get(slot[1].strip("!"), 64), str(text))


def _length(value: Json) -> int:
    return len(json.dumps(value, separators=(",", ":")))


def settled(policies: Mapping[str, Json], role: str) -> dict[str, Json]:
    """Policies of which a role has no more managed ones than it may: what is over is inline.

    Inline policies of a role have 10,240 characters together, so one more policy fits. Only one
    that is of this role alone and under no condition can be inline.
    """
    of_role = [name for name, each in policies.items() if _of(each, role)]
    own = [name for name in of_role if policies[name]["Properties"]["Roles"] == [{"Ref": role}]]
    own = [name for name in own if "Condition" not in policies[name]]
    moved = own[-1:] if len(of_role) > MOST else []
    return {name: inline(each) if name in moved else each for name, each in policies.items()}


def _of(policy_: Json, role: str) -> bool:
    return {"Ref": role} in policy_["Properties"]["Roles"]
