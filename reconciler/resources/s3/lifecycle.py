"""The lifecycle rules of a bucket, between CloudFormation's flat form and S3's nested one.

S3 wants a rule's conditions either alone or under `And`, and gives a rule
without any back with an empty prefix (AWS_FACTS 7.2). CloudFormation's older
singular forms (`Transition`, `NoncurrentVersionExpirationInDays`) are not taken.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.value import Json, Props
from reconciler.resources.codecs import Codec, items, moment, number, rename

SAME = ("Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")
SIZES = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")
EXPIRY = {
    "Days": "ExpirationInDays",
    "Date": "ExpirationDate",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
CURRENT = rename(Days="TransitionInDays", Date="TransitionDate")
NONCURRENT = rename(NoncurrentDays="TransitionInDays")
MINIMUM = "TransitionDefaultMinimumObjectSize"


def _decode(rule: Props) -> Props:
    out = {"Id": rule["ID"]} if "ID" in rule else {}
    out |= {key: rule[key] for key in SAME if key in rule}
    out |= _conditions(rule.get("Filter") or {"Prefix": rule.get("Prefix", "")})
    expiry = rule.get("Expiration") or {}
    out |= {name: moment().decode(expiry[key]) for key, name in EXPIRY.items() if key in expiry}
    for key, codec in (("Transitions", CURRENT), ("NoncurrentVersionTransitions", NONCURRENT)):
        if rule.get(key):
            out[key] = [
                {name: moment().decode(value) for name, value in codec.decode(item).items()}
                for item in rule[key]
            ]
    return out


def _conditions(found: Props) -> Props:
    inner = found.get("And") or found
    tags = inner.get("Tags") or [tag for tag in (inner.get("Tag"),) if tag]
    out: dict[str, Json] = {"TagFilters": tags, "Prefix": inner.get("Prefix")}
    out |= {key: str(inner[key]) for key in SIZES if key in inner}
    return {key: value for key, value in out.items() if value}


def _encode(rule: Props) -> Props:
    out = {"ID": rule["Id"]} if "Id" in rule else {}
    out |= {key: rule[key] for key in SAME if key in rule}
    out["Filter"] = _filter(rule)
    expiry = {key: rule[name] for key, name in EXPIRY.items() if name in rule}
    if expiry:
        out["Expiration"] = expiry
    for key, codec in (("Transitions", CURRENT), ("NoncurrentVersionTransitions", NONCURRENT)):
        if rule.get(key):
            out[key] = codec.encode(rule[key])
    return out


def _filter(rule: Props) -> Props:
    """One condition stands alone; several stand under `And`; none is an empty prefix."""
    tags = rule.get("TagFilters") or []
    sizes = {key: number().decode(rule[key]) for key in SIZES if key in rule}
    prefix = {"Prefix": rule["Prefix"]} if rule.get("Prefix") else {}
    if len(tags) + len(sizes) + len(prefix) > 1:
        return {"And": {**prefix, **sizes, **({"Tags": tags} if tags else {})}}
    if tags:
        return {"Tag": tags[0]}
    return {**prefix, **sizes} or {"Prefix": ""}


RULES = items(Codec(_decode, _encode))


def _read(answer: Json) -> Json:
    if not isinstance(answer, Mapping):
        return answer
    out = {"Rules": RULES.decode(answer.get("Rules") or [])}
    return {**out, MINIMUM: answer[MINIMUM]} if MINIMUM in answer else out


def _put(value: Props) -> Props:
    out = {"LifecycleConfiguration": {"Rules": RULES.encode(value["Rules"])}}
    return {**out, MINIMUM: value[MINIMUM]} if MINIMUM in value else out


LIFECYCLE = Codec(_read, _put)
"""From and to the whole answer and the whole request."""
