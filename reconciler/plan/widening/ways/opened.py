"""Properties that open something by one value: blocks of public access, public addresses.

Source: the properties' texts in CloudFormation's documentation.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.loss import Loss
from reconciler.model.value import Json, Path
from reconciler.plan.widening.turn import Turn, access, pairs

BLOCK = "PublicAccessBlockConfiguration"
BLOCKS = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
OPEN: Mapping[str, frozenset[Json]] = {
    "AccessControl": frozenset({"AuthenticatedRead", "PublicRead", "PublicReadWrite"}),
    "AllowExternalPrincipals": frozenset({True}),
    "AllowUnauthenticatedIdentities": frozenset({True}),
    "AnonymousAuthEnabled": frozenset({True}),
    "AppNetworkAccessType": frozenset({"PublicInternetOnly"}),
    "AssociatePublicIpAddress": frozenset({True}),
    "AuthType": frozenset({"NONE"}),
    "AuthorizationType": frozenset({"NONE"}),
    "DirectInternetAccess": frozenset({"Enabled"}),
    "EndpointPublicAccess": frozenset({True}),
    "MapPublicIpOnLaunch": frozenset({True}),
    "ObjectOwnership": frozenset({"BucketOwnerPreferred", "ObjectWriter"}),
    "PubliclyAccessible": frozenset({True}),
    "RootAccess": frozenset({"Enabled"}),
    "Scheme": frozenset({"internet-facing"}),
}
"""Property to the values by which it lets more in than by its others."""
NAMES = frozenset({BLOCK, *OPEN})
UNSET = frozenset(
    {"AppNetworkAccessType", "DirectInternetAccess", "EndpointPublicAccess", "RootAccess"}
)
"""Of these, what is open where nothing is said."""
QUIET = frozenset({"ObjectOwnership", "RootAccess"})
"""Of these, what opens nothing to the world when it is new."""


def widened(turn: Turn) -> Iterator[Loss]:
    """What is opened; of what is new too, for none of it is what AWS does by itself."""
    for prop in turn.props:
        for path, before, after in pairs(turn.before.get(prop), turn.after.get(prop), (prop,)):
            if path[-1] == BLOCK:
                yield from _lifted(path, before, after, turn)
            elif path[-1] in OPEN and not isinstance(after, Mapping | list):
                yield from _opened(path, before, after, turn)


def _lifted(path: Path, before: Json, after: Json, turn: Turn) -> Iterator[Loss]:
    had = dict.fromkeys(BLOCKS, True) if turn.new else (before or {})
    has = after if isinstance(after, Mapping) else {}
    if turn.new and after is None:
        return
    lifted = [name for name in BLOCKS if _true(had.get(name)) and not _true(has.get(name))]
    if lifted:
        yield access([f"lifts {', '.join(lifted)}"], path, sure=True)


def _opened(path: Path, before: Json, after: Json, turn: Turn) -> Iterator[Loss]:
    name, values = path[-1], OPEN[path[-1]]
    now = _is(after, values) or (after is None and name in UNSET and not turn.new)
    was = _is(before, values) or (before is None and name in UNSET)
    if turn.new:
        now, was = _is(after, values) and name not in QUIET, False
    if now and not was:
        yield access([f"{'.'.join(path)} is {_word(after)}"], path, sure=True)


def _is(value: Json, values: frozenset[Json]) -> bool:
    if isinstance(value, str) and value.lower() in {"true", "false"}:
        value = value.lower() == "true"
    return isinstance(value, str | bool) and any(
        value == each and isinstance(value, bool) == isinstance(each, bool) for each in values
    )


def _true(value: Json) -> bool:
    return value is True or str(value).lower() == "true"


def _word(value: Json) -> str:
    return (
        "no longer set"
        if value is None
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )
