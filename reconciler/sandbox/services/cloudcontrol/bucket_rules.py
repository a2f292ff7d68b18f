"""Parts of a bucket, between the form of the registry and that of S3's API."""

from __future__ import annotations

from typing import Any

Value = Any
SAME = ("Status", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload")
SIZES = ("ObjectSizeGreaterThan", "ObjectSizeLessThan")
EXPIRY = {
    "Days": "ExpirationInDays",
    "Date": "ExpirationDate",
    "ExpiredObjectDeleteMarker": "ExpiredObjectDeleteMarker",
}
CORS = {
    "AllowedHeaders": "AllowedHeaders",
    "AllowedMethods": "AllowedMethods",
    "AllowedOrigins": "AllowedOrigins",
    "ExposeHeaders": "ExposedHeaders",
    "ID": "Id",
    "MaxAgeSeconds": "MaxAge",
}
MOVES = {
    "Transitions": {"Days": "TransitionInDays", "Date": "TransitionDate"},
    "NoncurrentVersionTransitions": {
        "NoncurrentDays": "TransitionInDays",
        "NewerNoncurrentVersions": "NewerNoncurrentVersions",
    },
}
DEFAULT, BY_DEFAULT = "ApplyServerSideEncryptionByDefault", "ServerSideEncryptionByDefault"
RULES = "ServerSideEncryptionConfiguration"
LEAST = "TransitionDefaultMinimumObjectSize"


def read_encryption(found: Value) -> Value:
    """Rules as the registry has them."""
    return {RULES: [_renamed(each, {DEFAULT: BY_DEFAULT}) for each in found["Rules"]]}


def write_encryption(given: Value) -> Value:
    """Rules as S3 takes them."""
    return {"Rules": [_renamed(each, {BY_DEFAULT: DEFAULT}) for each in given[RULES]]}


def read_versioning(found: Value) -> Value:
    """Versioning that was never set has no status."""
    return {"Status": found["Status"]} if found.get("Status") else None


def read_logging(found: Value) -> Value:
    """Where a bucket's access is written down."""
    names = {"TargetBucket": "DestinationBucketName", "TargetPrefix": "LogFilePrefix"}
    shown = _renamed(found, names)
    return {key: value for key, value in shown.items() if value not in ("", None, [])}


def write_logging(given: Value) -> Value:
    """S3 wants a prefix, be it empty."""
    names = {"DestinationBucketName": "TargetBucket", "LogFilePrefix": "TargetPrefix"}
    return {"LoggingEnabled": {"TargetPrefix": "", **_renamed(given, names)}}


def read_cors(found: Value) -> Value:
    """Rules for other origins."""
    return {"CorsRules": [_renamed(each, CORS) for each in found["CORSRules"]]}


def write_cors(given: Value) -> Value:
    """Rules for other origins."""
    back = {name: api for api, name in CORS.items()}
    return {"CORSRules": [_renamed(each, back) for each in given["CorsRules"]]}


def read_lifecycle(found: Value) -> Value:
    """Rules of a bucket's lifecycle, flat as the registry has them."""
    shown = {"Rules": [_flat(each) for each in found["Rules"]]}
    return shown | ({LEAST: found[LEAST]} if found.get(LEAST) else {})


def write_lifecycle(given: Value) -> Value:
    """Rules of a bucket's lifecycle, nested as S3 takes them."""
    return {"Rules": [_nested(each) for each in given["Rules"]]}


def _flat(rule: Value) -> Value:
    shown = {"Id": rule["ID"]} if rule.get("ID") else {}
    shown |= {key: rule[key] for key in SAME if rule.get(key)}
    found = rule.get("Filter") or {"Prefix": rule.get("Prefix", "")}
    inner = found.get("And") or found
    tags = inner.get("Tags") or [tag for tag in (inner.get("Tag"),) if tag]
    shown |= {"TagFilters": tags} if tags else {}
    shown |= {"Prefix": inner["Prefix"]} if inner.get("Prefix") else {}
    shown |= {key: str(inner[key]) for key in SIZES if key in inner}
    expiry = rule.get("Expiration") or {}
    shown |= {name: _time(expiry[key]) for key, name in EXPIRY.items() if key in expiry}
    for name, names in MOVES.items():
        if rule.get(name):
            moves = [_renamed(each, names) for each in rule[name]]
            shown[name] = [{key: _time(it) for key, it in each.items()} for each in moves]
    return shown


def _nested(rule: Value) -> Value:
    made = {"ID": rule["Id"]} if rule.get("Id") else {}
    made |= {key: rule[key] for key in SAME if rule.get(key)}
    parts = {"Prefix": rule["Prefix"]} if rule.get("Prefix") else {}
    parts |= {key: int(rule[key]) for key in SIZES if key in rule}
    tags = rule.get("TagFilters") or []
    if len(parts) + len(tags) > 1:
        made["Filter"] = {"And": {**parts, **({"Tags": tags} if tags else {})}}
    else:
        made["Filter"] = {"Tag": tags[0]} if tags else parts or {"Prefix": ""}
    expiry = {key: rule[name] for key, name in EXPIRY.items() if name in rule}
    made |= {"Expiration": expiry} if expiry else {}
    for name, names in MOVES.items():
        if rule.get(name):
            back = {flat: api for api, flat in names.items()}
            made[name] = [_renamed(each, back) for each in rule[name]]
    return made


def _renamed(found: Value, names: dict[str, str]) -> Value:
    return {names.get(key, key): value for key, value in found.items()}


def _time(value: Value) -> Value:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if hasattr(value, "strftime") else value
