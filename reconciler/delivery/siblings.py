"""What keeps an apply role off an environment whose names begin like its own. Pure.

Names of `dev-2` begin like those of `dev`: where the repository knows both in one account, what is
called like one of the other's is denied.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from reconciler.delivery import actions
from reconciler.delivery.actions import Grant
from reconciler.delivery.cloudformation import deny, fact
from reconciler.delivery.forms import forms
from reconciler.delivery.packing import packed
from reconciler.delivery.places import ADOPTING
from reconciler.delivery.site import Site, Stage
from reconciler.model.value import Json
from reconciler.resources.api import Resource

NOBODY = "none"
"""Stands in lists of the mapping that may not be empty; their policies are not made then."""
_VERB = re.compile(r"[A-Z][a-z]+")
_LOOKS = frozenset(
    {"Batch", "Describe", "Get", "Head", "List", "Lookup", "Query", "Search", "View"}
)
"""Verbs of which some actions only look, so that each is named in full."""


def there(site: Site) -> bool:
    """Whether an environment has such neighbours."""
    return any(stage.siblings for stage in site.stages)


def facts(stage: Stage, types: list[Resource]) -> dict[str, str | list[str]]:
    """What differs between environments."""
    return {
        "HasSiblings": "yes" if stage.siblings else "no",
        "Siblings": _theirs(stage, types) or [NOBODY],
        "SiblingAliases": [f"alias/{each}*" for each in stage.siblings] or [NOBODY],
    }


def policies(grants: Iterable[Grant], begins: Iterable[str], site: Site, types: list[Resource]
) -> dict[str, Json]:  # fmt: skip
    """What is denied; `begins` are the ways in which names of ours begin in patterns."""
    if not there(site):
        return {}
    known, ways = [*grants], [*begins]
    named = {action for grant in known if grant.named(ways) for action in grant.actions}
    statements: list[Json] = [deny(shortened(named), Resource=fact("Siblings"))] if named else []
    if called := {action for grant in known for action in grant.actions} & ADOPTING:
        by = {"ForAnyValue:StringLike": {"kms:ResourceAliases": fact("SiblingAliases")}}
        statements.append(deny(called, Resource="*", Condition=by))
    lists = {
        "Siblings": max(len(str(_theirs(stage, types))) for stage in site.stages),
        "SiblingAliases": max(len(str(stage.siblings)) + 9 for stage in site.stages),
    }
    return packed("Siblings", statements, ["ApplyRole"], site, "HasSiblings", lists)


def shortened(named: Iterable[str]) -> list[str]:
    """Actions that change something, by what they begin with where several begin so.

    More is denied than is allowed to begin with, which is no loss; nothing that looks is.
    """
    begun: dict[str, list[str]] = {}
    for action in sorted(named):
        service, _, name = action.partition(":")
        verb = _VERB.match(name)
        short = verb is not None and verb[0] not in _LOOKS
        begun.setdefault(f"{service}:{verb[0]}*" if short and verb else action, []).append(action)
    return [each if found[1:] else found[0] for each, found in begun.items()]


def _theirs(stage: Stage, types: list[Resource]) -> list[str]:
    """The patterns of what the environments own whose names begin like this one's.

    One for all types of a service whose names follow a slash or a colon.
    """
    place = {"partition": stage.partition, "region": stage.region, "account": stage.account}
    found: set[str] = set()
    for prefix in stage.siblings:
        ways = forms(prefix)
        theirs = {**place, "platform": "", "environment": "", **ways}
        for grant in actions.writes(types, theirs):
            for at in grant.named(ways.values()):
                found.add(_wider(at, next(each for each in ways.values() if each in at)))
    return sorted(found)


def _wider(at: str, begin: str) -> str:
    """A pattern of everything of its service that is called so."""
    *head, last = at.split(":", 5)
    before = last.partition(begin)[0]
    if before[-1:] not in {"/", ":"} or not before[:-1].replace("-", "").isalnum():
        return at
    return ":".join([*head, f"*{before[-1]}{begin}*"])
