"""What AWS makes of its own: identifiers, names that were left out, ARNs, states and times.

The same for the same place and number of creation. A schema's pattern, enumeration and limits
are kept; where it has none, the value looks like its name (`VpcId` is `vpc-…`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random
from typing import Any

from reconciler.sandbox.services.cloudcontrol import paths, pattern
from reconciler.sandbox.services.cloudcontrol.paths import Json, Path
from reconciler.sandbox.services.cloudcontrol.schema import Kind

PREFIXES = {
    "ApiGatewayV2": "apigateway",
    "Cognito": "cognito-idp",
    "EFS": "elasticfilesystem",
    "ElasticLoadBalancingV2": "elasticloadbalancing",
    "EMRServerless": "emr-serverless",
    "KinesisFirehose": "firehose",
    "MSK": "kafka",
    "OpenSearchService": "es",
    "OpenSearchServerless": "aoss",
    "StepFunctions": "states",
}
"""The service in ARNs, where it is not the type's own in lower case."""
COLON = {"logs", "lambda", "states", "rds", "sns", "sqs", "secretsmanager", "elasticache"}
"""Services whose ARNs have a colon before the name."""
GLOBAL = {"s3", "iam", "cloudfront", "route53"}
"""Services whose ARNs have no region."""
NOUNS = {
    "AWS::EMRServerless::Application": "/applications",
    "AWS::MSK::ServerlessCluster": "cluster",
}
"""Types that their ARNs call otherwise. Source: Service Authorization Reference."""
BARE = {"sns", "sqs", "s3"}
"""Services whose ARNs have the name alone."""
_HEX = "0123456789abcdef"
_LOWER = "abcdefghijklmnopqrstuvwxyz0123456789"
_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+")


@dataclass(frozen=True, slots=True)
class Place:
    """Where, when and as which one something is made."""

    account: str
    region: str
    partition: str
    number: int
    now: float


def parts(kind: Kind, model: dict[str, Json], place: Place) -> tuple[str, ...]:
    """The identifier of a new resource: what was given, and what AWS makes up."""
    found = []
    for path in kind.identity:
        given = next(paths.values_whole(model, path), None)
        if path in kind.facts.read_only or given is None:
            given = _value(kind, path, model, place)
        found.append(str(given))
    return tuple(found)


def arn(kind: Kind, identifier: tuple[str, ...], place: Place) -> str:
    """The ARN that AWS has for it, whether or not the schema shows it."""
    whole = next((part for part in identifier if part.startswith("arn:")), "")
    return whole or _arn(kind, "/".join(identifier), place, _schema(kind))


def _arn(kind: Kind, name: str, place: Place, schema: dict[str, Any]) -> str:
    """An ARN that fits the schema's pattern, in the usual form where that does."""
    _, owner, noun = kind.name.split("::")
    service = PREFIXES.get(owner, owner.lower())
    told = f"{NOUNS.get(kind.name) or _words(noun)}{':' if service in COLON else '/'}{name}"
    where = "" if service in GLOBAL else place.region
    account = "" if service == "s3" else place.account
    head, last = f"arn:{place.partition}", name if service in BARE else told
    usual = f"{head}:{service}:{where}:{account}:{last}"
    rule, most = str(schema.get("pattern", "")), int(schema.get("maxLength", 0))
    if _fits(rule, usual) and len(usual) <= (most or len(usual)):
        return usual
    dice = Random(f"{kind.name} {name} {place.number}")  # noqa: S311  (no secret)
    made = (pattern.text(rule, dice, 0, most) or usual).split(":", 5)
    if len(made) < 6:  # noqa: PLR2004  (an ARN has six parts)
        return ":".join(made)
    here = [*head.split(":"), made[2], place.region, place.account, made[5]]
    at_home = [*here[:5], name if _fits(rule, ":".join([*here[:5], name])) else made[5]]
    return next(
        (it for it in (":".join(at_home), ":".join(here)) if _fits(rule, it)), ":".join(made)
    )


def _schema(kind: Kind) -> dict[str, Any]:
    """What the schema says of the property that holds the ARN."""
    for name in ("Arn", f"{kind.name.rpartition('::')[2]}Arn"):
        if name in kind.facts.schema["properties"]:
            shape = kind.facts.shape_at((name,))
            return {k: v for it in (shape.schemas if shape else ()) for k, v in it.items()}
    return {}


def values(
    kind: Kind, model: dict[str, Json], identifier: tuple[str, ...], place: Place
) -> dict[str, Json]:
    """The read-only properties of a new resource, by name; `model` gets those below it."""
    found: dict[str, Json] = {}
    for path, part in zip(kind.identity, identifier, strict=True):
        if len(path) == 1 and path in kind.facts.read_only:
            found[path[0]] = _typed(kind, path, part)
    own = arn(kind, identifier, place)
    for path in sorted(kind.facts.read_only):
        if len(path) == 1 and path[0] not in found:
            value = own if _is_own_arn(kind, path[0]) else _value(kind, path, model, place)
            if value is not None:
                found[path[0]] = value
    return found


def _typed(kind: Kind, path: Path, part: str) -> Json:
    """A part of an identifier as the schema wants the property."""
    shape = kind.facts.shape_at(path)
    kinds = {str(each.get("type")) for each in shape.schemas} if shape else set()
    return int(part) if kinds & {"integer", "number"} and part.isdigit() else part


def below(kind: Kind, model: dict[str, Json], place: Place) -> None:
    """Give objects of a model the read-only members that they lack, such as ids of items."""
    for path in sorted(kind.facts.read_only):
        for number, holder in enumerate(paths.holders(model, path) if len(path) > 1 else ()):
            if path[-1] not in holder:
                value = _value(kind, path, model, place, number)
                if value is not None:
                    holder[path[-1]] = value


def _is_own_arn(kind: Kind, name: str) -> bool:
    return name in {"Arn", f"{kind.name.rpartition('::')[2]}Arn", "ARN"}


def _value(
    kind: Kind, path: Path, model: dict[str, Json], place: Place, item: int = 0
) -> Json | None:
    shape = kind.facts.shape_at(path)
    schema: dict[str, Any] = {}
    for each in shape.schemas if shape else ():
        schema = {**each, **schema}
    where = f"{place.account} {place.region} {place.number}"
    dice = Random(f"{kind.name} {'/'.join(path)} {where} {item}")  # noqa: S311  (no secret)
    declared = schema.get("type", "string")
    sort = declared if isinstance(declared, str) else declared[0]
    if schema.get("enum"):
        return schema["enum"][0]
    if sort in {"integer", "number"}:
        return max(int(schema.get("minimum", 0)), 0)
    if sort == "boolean":
        return False
    if sort in {"array", "object"}:
        return None
    return _text(kind, path, schema, dice, place, model)


def _text(  # noqa: PLR0913  (what a text depends on)
    kind: Kind,
    path: Path,
    schema: dict[str, Any],
    dice: Random,
    place: Place,
    model: dict[str, Json],
) -> str:
    name = path[-1]
    rule = kind.habits.made.get("/".join(path)) or str(schema.get("pattern", ""))
    least, most = int(schema.get("minLength", 0)), int(schema.get("maxLength", 0))
    for found in _likely(kind, name, schema, dice, place, model):
        short = found[:most] if most else found
        if len(short) >= least and _fits(rule, short) and (short == found or ":" not in found):
            return short
    made = pattern.text(rule, dice, least, most) if rule else None
    return made or "".join(dice.choice(_LOWER) for _ in range(max(least, min(12, most or 12))))


def _likely(  # noqa: PLR0913
    kind: Kind,
    name: str,
    schema: dict[str, Any],
    dice: Random,
    place: Place,
    model: dict[str, Json],
) -> list[str]:
    """What a value of that name looks like, the likeliest first."""
    stem = _words(re.sub(r"(Id|Arn|ARN|Identifier)$", "", name) or kind.name.rpartition("::")[2])
    random = "".join(dice.choice(_HEX) for _ in range(17))
    low = name.lower()
    if low.endswith("arn"):
        chosen = (next(paths.values_whole(model, path), None) for path in _names(kind))
        own = next((short(str(each)) for each in chosen if each), random)
        return [_arn(kind, own, place, schema)]
    if schema.get("format") == "date-time" or low.endswith(("time", "timestamp", "at", "date")):
        return [datetime.fromtimestamp(int(place.now), tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")]
    if low.endswith(("status", "state")):
        return ["ACTIVE"]
    if low in {"accountid", "owneraccount", "ownerid"}:
        return [place.account]
    if low.endswith("id"):
        return [f"{stem}-{random}", random, str(place.number), random[:10]]
    if low.endswith("name"):
        return [f"{kind.name.rpartition('::')[2]}-{random[:12]}", f"{stem}-{random[:12]}"]
    return []


def short(part: str) -> str:
    """The last part of an ARN; all else as it is."""
    return part.replace(":", "/").rpartition("/")[2] if part.startswith("arn:") else part


def _names(kind: Kind) -> list[Path]:
    """Properties that the last part of an ARN may be."""
    noun = kind.name.rpartition("::")[2]
    return [("Name",), (f"{noun}Name",), *(path for path in kind.chosen)]


def _fits(rule: str, found: str) -> bool:
    try:
        return not rule or re.search(rule, found) is not None
    except re.error:
        return True


def _words(name: str) -> str:
    """`ModelPackageGroup` as `model-package-group`."""
    return "-".join(found.lower() for found in _HUMPS.findall(name)) or name.lower()
