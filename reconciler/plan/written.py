"""What of a resource may be written down: as asked for and as seen, secrets veiled. Pure.

A receipt keeps it, and a plan without AWS is compared with it.
"""

from __future__ import annotations

from reconciler.facts import UnknownType, facts
from reconciler.model.change import Observed
from reconciler.model.given import marked
from reconciler.model.value import SENSITIVE, Json, Path, Props, leaves, to_json
from reconciler.plan import diff
from reconciler.plan.normal import normal
from reconciler.resources.api import Resource
from reconciler.secret.veil import REFERENCE, veiled


def asked(desired: Props, resource: Resource) -> dict[str, Json]:
    """Desired properties as plain JSON, in the form in which they are compared."""
    props = dict(normal({k: v for k, v in desired.items() if k != diff.TAGS}, resource))
    if diff.TAGS in desired:
        props[diff.TAGS] = {tag["Key"]: tag["Value"] for tag in desired[diff.TAGS]}
    out: dict[str, Json] = to_json(_veiled(props, resource, live=False))
    return out


def seen(desired: Props, live: Observed, resource: Resource) -> dict[str, Json]:
    """What is live of the desired properties; one that holds a reference to a secret is masked."""
    props = {key: live.props[key] for key in desired if key in live.props and key != diff.TAGS}
    found = dict(normal(props, resource))
    for key in found:
        if any(isinstance(leaf, str) and REFERENCE in leaf for leaf in leaves(desired[key])):
            found[key] = SENSITIVE
    if diff.TAGS in desired and live.tags is not None:
        tags = live.tags.items()
        found[diff.TAGS] = {key: tag for key, tag in tags if not key.startswith(diff.RESERVED)}
    out: dict[str, Json] = to_json(_veiled(found, resource, live=True, secret=marked(desired)))
    return out


def _veiled(
    props: Props, resource: Resource, *, live: bool, secret: frozenset[Path] = frozenset()
) -> dict[str, Json]:
    """Properties without what is or may be a secret, as a plan shows them."""
    try:
        hidden = facts(resource.type).untold | secret
    except UnknownType:
        hidden = frozenset()
    return {
        key: {
            name: veiled((key, name), (key, name), tag, hidden, live=live)
            for name, tag in value.items()
        }
        if key == diff.TAGS
        else veiled((key,), (key,), value, hidden, live=live)
        for key, value in props.items()
    }
