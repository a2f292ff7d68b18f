"""AWS::Lambda::Function, made in moto's Lambda, so that it can be invoked."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    listed as tag_list,
    name,
    pairs,
    pick,
    retag,
    taken,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.handlers import Habits
from reconciler.sandbox.state.world import WORLD

HABITS = Habits(hidden=frozenset({"Code"}))
CONFIG = (
    "DeadLetterConfig",
    "Description",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "Handler",
    "ImageConfig",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "SnapStart",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
)
PERMISSION = "AWS::Lambda::Permission"
FIXED = ("Architectures", "PackageType")
RESERVED = "ReservedConcurrentExecutions"
SHOWN = (*CONFIG, *FIXED, "FunctionName")


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateFunction."""
    called = name(props, "FunctionName", WORLD.next_number(), "Function")
    if read(aws, (called,)) is not None:
        raise taken(called)
    given = pick(props, (*CONFIG, *FIXED))
    given |= {"KMSKeyArn": props["KmsKeyArn"]} if props.get("KmsKeyArn") else {}
    given |= {"Layers": props["Layers"]} if props.get("Layers") else {}
    code = _code(props)
    aws("lambda", "CreateFunction", FunctionName=called, Code=code, Tags=pairs(props), **given)
    if RESERVED in props:
        _reserve(aws, called, props[RESERVED])
    return (called,)


def _reserve(aws: Aws, called: str, count: int | None) -> None:
    if count is None:
        aws("lambda", "DeleteFunctionConcurrency", FunctionName=called)
    else:
        given = {"FunctionName": called, RESERVED: count}
        aws("lambda", "PutFunctionConcurrency", **given)


def _code(props: Props) -> Props:
    """Source that stands in the template is packed as AWS packs it: one file, ``index``."""
    code = dict(props.get("Code") or {})
    if "ZipFile" in code:
        end = "py" if str(props.get("Runtime", "")).startswith("python") else "js"
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(zipfile.ZipInfo(f"index.{end}"), str(code["ZipFile"]))
        code["ZipFile"] = packed.getvalue()
    return pick(code, ("ZipFile", "S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri"))


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """GetFunction."""
    found = aws.look("lambda", "GetFunction", FunctionName=parts[0])
    if found is None:
        return None
    config = found["Configuration"]
    shown = pick(config, SHOWN) | {"Arn": config["FunctionArn"]}
    shown |= {"KmsKeyArn": config["KMSKeyArn"]} if config.get("KMSKeyArn") else {}
    if layers := config.get("Layers"):
        shown["Layers"] = [each["Arn"] for each in layers]
    shown |= pick(found.get("Concurrency") or {}, (RESERVED,))
    shown["Environment"] = pick(shown.get("Environment") or {}, ("Variables",))
    shown["VpcConfig"] = pick(shown.get("VpcConfig") or {}, ("SecurityGroupIds", "SubnetIds"))
    shown.pop("SnapStart", None)
    for empty in ("Environment", "VpcConfig"):
        if not shown[empty]:
            del shown[empty]
    tags = found.get("Tags") or {}
    return shown | ({"Tags": tag_list(tags)} if tags else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """The configuration, the code, and the tags, by a call each."""
    given = pick(after, CONFIG)
    for gone in ("Environment", "DeadLetterConfig"):
        if gone in before and gone not in after:
            given[gone] = {}
    if {key: before.get(key) for key in given} != given:
        aws("lambda", "UpdateFunctionConfiguration", FunctionName=parts[0], **given)
    if (code := _code(after)) and before.get("Code") != after.get("Code"):
        aws("lambda", "UpdateFunctionCode", FunctionName=parts[0], **code)
    if before.get(RESERVED) != after.get(RESERVED):
        _reserve(aws, parts[0], after.get(RESERVED))
    arn = {"Resource": aws.arn("lambda", f"function:{parts[0]}")}
    retag(
        before,
        after,
        lambda put: aws("lambda", "TagResource", **arn, Tags=put),
        lambda gone: aws("lambda", "UntagResource", **arn, TagKeys=gone),
    )


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteFunction."""
    aws("lambda", "DeleteFunction", FunctionName=parts[0])


def along(
    parts: tuple[str, ...], of: Callable[[str], Mapping[str, Any]]
) -> Iterator[tuple[str, str]]:
    """Its policy is gone with it, and so is each statement. Source: Lambda API, DeleteFunction."""
    for identifier, record in of(PERMISSION).items():
        if str(record.model.get("FunctionName")).rpartition(":function:")[2] == parts[0]:
            yield PERMISSION, identifier


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListFunctions."""
    for each in aws.pages("lambda", "ListFunctions", "Functions"):
        yield (each["FunctionName"],)
