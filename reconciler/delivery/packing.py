"""Statements as managed policies of a template, none of them longer than IAM takes. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from reconciler.delivery.cloudformation import policy
from reconciler.delivery.site import Site
from reconciler.model.value import Json

SIZE = 5_900
"""Characters of a managed policy's statements; IAM takes 6,144 of a policy, spaces not counted."""


def packed(
    name: str, statements: Iterable[Json], roles: list[str], site: Site, condition: str = ""
) -> dict[str, Json]:
    """As many policies as it takes; a statement that is too long becomes two."""
    longest = max((len(stage.name) for stage in site.stages), default=0)
    policies: list[list[Json]] = []
    room = 0
    for statement in (half for each in statements for half in _halved(each, longest)):
        size = _size(statement, longest)
        if not policies or size > room:
            policies.append([])
            room = SIZE
        policies[-1].append(statement)
        room -= size
    made = {f"{name}{index}": each for index, each in enumerate(policies, 1)}
    return {key: policy(each, roles, condition) for key, each in made.items()}


def _halved(statement: Json, longest: int) -> Iterator[Json]:
    """The statement in parts that fit, by its actions or by what they are done to."""
    lists = {key: item for key, item in statement.items() if isinstance(item, list) and item[1:]}
    if _size(statement, longest) <= SIZE or not lists:
        yield statement
        return
    key = max(lists, key=lambda key: len(json.dumps(lists[key])))
    middle = len(lists[key]) // 2
    for part in (lists[key][:middle], lists[key][middle:]):
        yield from _halved({**statement, key: part}, longest)


def _size(statement: Json, longest: int) -> int:
    """No less than IAM counts: a slot stands for no more than its own length, but for names."""
    text = json.dumps(statement, separators=(",", ":"))
    return len(text) + text.count("${Environment}") * max(0, longest - len("${Environment}"))
