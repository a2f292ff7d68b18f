"""Identifiers of resources, in both of AWS's forms.

Text: the values in the schema's order, joined by ``|``, which is not escaped. JSON: an object with
the properties of the primary or of another identifier, in any order. Source: user guide,
"Identifying resources"; a wrong order finds nothing, as people report.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from reconciler.sandbox.services.cloudcontrol.failures import Failure, invalid
from reconciler.sandbox.services.cloudcontrol.made import short
from reconciler.sandbox.services.cloudcontrol.paths import Path
from reconciler.sandbox.services.cloudcontrol.schema import Kind


@dataclass(frozen=True, slots=True)
class Asked:
    """Which resource a call is about: values of the properties of one of its identifiers."""

    text: str
    """In AWS's text form, or as it came."""
    paths: tuple[Path, ...]
    parts: tuple[str, ...]
    """Nothing where the text has other than as many parts as the identifier."""
    primary: bool = True


def parsed(kind: Kind, given: str) -> Asked:
    """What a call asks for.

    Raises:
        Failure: it is JSON, and not that of an identifier of the type.
    """
    if given.lstrip().startswith("{"):
        return _json(kind, given)
    parts = tuple(given.split("|")) if len(kind.identity) > 1 else (given,)
    return Asked(given, kind.identity, parts if len(parts) == len(kind.identity) else ())


def _json(kind: Kind, given: str) -> Asked:
    try:
        found = json.loads(given)
    except ValueError:
        raise _unfit(kind) from None
    for number, identity in enumerate((kind.identity, *kind.facts.other_identities)):
        names = ["/".join(path) for path in identity]
        if found.keys() == set(names):
            parts = tuple(str(found[name]) for name in names)
            return Asked("|".join(parts), identity, parts, primary=number == 0)
    raise _unfit(kind)


def _unfit(kind: Kind) -> Failure:
    names = ", ".join("/".join(path) for path in kind.identity)
    return invalid(f"Identifier of {kind.name} must have the properties [{names}]")


def alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """Whether identifiers are the same but for ARNs that are cut short."""
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b or short(a) == short(b) for a, b in pairs)
