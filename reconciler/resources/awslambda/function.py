"""AWS::Lambda::Function, by calls of its own.

AWS's handlers never give the code back, so no plan could tell that it is another one. GetFunction
says the SHA-256 of an archive, and an asset's key ends in it; an image says its address. Of another
archive the place is noted at the end of the description, and another place means other code: what
somebody uploads over it by hand does not show. Code and configuration are two updates, each of
which has to have ended before the next (LastUpdateStatus). Source: Lambda API reference,
CreateFunction, GetFunction, UpdateFunctionCode, UpdateFunctionConfiguration.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator
from typing import Any

from reconciler.model.change import Change, Effect
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Lifecycle,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Tagging,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, only
from reconciler.resources.ops import Settling

KEY = {"FunctionName": "{name}"}
ARN = "arn:{partition}:lambda:{region}:{account}:function:{name}"
TAGGED = {"Resource": ARN}
CODE, ABOUT = "Code", "Description"
CONFIGURATION = (
    "DeadLetterConfig",
    "Description",
    "Environment",
    "EphemeralStorage",
    "FileSystemConfigs",
    "Handler",
    "ImageConfig",
    "Layers",
    "LoggingConfig",
    "MemorySize",
    "Role",
    "Runtime",
    "Timeout",
    "TracingConfig",
    "VpcConfig",
)
ONCE = ("Architectures", "PackageType")
BLOCKS = frozenset({"DeadLetterConfig", "Environment", "FileSystemConfigs", "Layers", "VpcConfig"})
"""What is taken away by sending it empty; what is not sent stays."""
SENT = frozenset({"S3Bucket", "S3Key", "S3ObjectVersion", "ImageUri"})
_DIGEST = re.compile(r"(?:.*/)?([0-9a-f]{64})(?:\.[a-z.]+)?")
_MARK = re.compile(r"\s*\[code ([0-9a-f]{16})\]$")
_SHORT = re.compile(r"[0-9a-f]{16}")
_ROLE = r"(?i)cannot be assumed by lambda|does not have permissions to call"


def told(key: str) -> str:
    """What tells an archive by its key: its SHA-256, or what its place comes to."""
    found = _DIGEST.fullmatch(key)
    return found[1] if found else hashlib.sha256(key.encode()).hexdigest()[:16]


def _marked(props: Props) -> str:
    """The description with the place of an archive that its key does not tell."""
    text, code = str(props.get(ABOUT) or ""), props.get(CODE) or {}
    key = code.get("S3Key")
    if not isinstance(key, str) or _DIGEST.fullmatch(key):
        return text
    return f"{text} [code {told(key)}]".lstrip()


def _decode(answer: Json) -> dict[str, Any]:
    told_ = answer["Configuration"]
    found = {key: told_[key] for key in (*CONFIGURATION, *ONCE, "FunctionName") if _has(told_, key)}
    if "Layers" in found:
        found["Layers"] = [each["Arn"] for each in found["Layers"]]
    for name, kept in (
        ("VpcConfig", ("SecurityGroupIds", "SubnetIds")),
        ("Environment", ("Variables",)),
    ):
        if name in found:
            found[name] = {key: found[name][key] for key in kept if found[name].get(key)}
    if image := (told_.get("ImageConfigResponse") or {}).get("ImageConfig"):
        found["ImageConfig"] = image
    mark = _MARK.search(told_.get(ABOUT) or "")
    about = _MARK.sub("", told_.get(ABOUT) or "")
    found = {**found, ABOUT: about}
    where = answer.get("Code") or {}
    if told_.get("PackageType") == "Image":
        found[CODE] = {"ImageUri": where.get("ImageUri")}
    else:
        found[CODE] = {"S3Key": mark[1] if mark else _hex(told_.get("CodeSha256") or "")}
    return {key: value for key, value in found.items() if value not in ({}, [], "")}


def _has(told: Props, key: str) -> bool:
    return told.get(key) not in (None, "", {}, [])


def _hex(sha: str) -> str:
    try:
        return base64.b64decode(sha, validate=True).hex()
    except (ValueError, binascii.Error):
        return sha


def _encode(props: Props) -> dict[str, Any]:
    given = {**props, ABOUT: _marked(props)}
    found = {k: given[k] for k in (*CONFIGURATION, *ONCE) if given.get(k) not in (None, "", {}, [])}
    if CODE in props:
        found[CODE] = _code(props)
    return found


def _code(props: Props) -> dict[str, Any]:
    return {key: value for key, value in (props.get(CODE) or {}).items() if key in SENT}


def update(change: Change) -> Iterator[Request]:
    """The code, and the configuration: two calls, of which the first has to have ended."""
    coded = change.touches(CODE, "Architectures")
    if coded:
        chips = change.desired.get("Architectures")
        more = {"Architectures": chips} if chips else {}
        yield Request("update_function_code", {**_code(change.desired), **more})
    given = {prop: change.desired.get(prop) for prop in CONFIGURATION if change.touches(prop)}
    wanted = {ABOUT: change.live.get(ABOUT), **change.desired}
    if (mark := _marked(wanted)) and (coded or ABOUT in given):
        given[ABOUT] = mark
    if given:
        empty: dict[str, Json] = {"Layers": [], "FileSystemConfigs": [], ABOUT: ""}
        body = {
            p: v or empty.get(p, {}) for p, v in given.items() if v or p in BLOCKS or p == ABOUT
        }
        yield Request("update_function_configuration", body)


register(
    Resource(
        type="AWS::Lambda::Function",
        service="lambda",
        reach=Reach.REGIONAL,
        name="FunctionName",
        key=KEY,
        read=Op("get_function", KEY),
        whole=Whole(
            has=members("Configuration.FunctionName", "Configuration.Role"),
            same={"FunctionName": ("Configuration.FunctionName",)},
        ),
        create=Op("create_function", KEY),
        delete=Op("delete_function", KEY),
        absent=(absent("ResourceNotFoundException"),),
        transient=(
            absent("InvalidParameterValueException", _ROLE),
            absent("ResourceConflictException", r"(?i)update is in progress"),
        ),
        outputs={"Arn": ("Arn",)},
        created={"Arn": ("FunctionArn",)},
        predict={"Arn": ARN},
        arn=ARN,
        limit=64,
        root=Codec(
            decode=lambda answer: {
                **_decode(answer),
                "Arn": answer["Configuration"]["FunctionArn"],
            }
        ),
        body=Codec(encode=_encode),
        lifecycle=Lifecycle(
            field="Configuration.State",
            ready=frozenset({"Active", "Inactive", "Deactivated"}),
            busy=frozenset({"Pending", "Deactivating", "Deleting"}),
            failed=frozenset({"Failed", "ActiveNonInvocable", "DeactivationFailed"}),
            settles=(
                Settling(
                    path="Configuration.LastUpdateStatus",
                    busy=frozenset({"InProgress"}),
                    failed=frozenset({"Failed"}),
                ),
            ),
            reason="Configuration.StateReason",
            poll=2.0,
            timeout=600.0,
        ),
        listings=(
            Listing(
                method="list_functions",
                at="Functions",
                name="FunctionName",
                params={"MaxItems": 50},
                codec=only("FunctionName"),
                created="LastModified",
            ),
        ),
        tags=Tagging(
            add=Op("tag_resource", TAGGED),
            remove=Op("untag_resource", TAGGED),
            read=Op("list_tags", TAGGED),
            mapped=True,
            keys="TagKeys",
        ),
        effects={"PackageType": Effect.REPLACE},
        masked={"Code.S3Key": lambda key: key if _SHORT.fullmatch(key) else told(key)},
        unread=frozenset({"Code.S3Bucket", "Code.S3ObjectVersion"}),
        defaults={
            "EphemeralStorage.Size": 512,
            "MemorySize": 128,
            "PackageType": "Zip",
            "Timeout": 3,
            "TracingConfig.Mode": "PassThrough",
        },
        aside=Aside(
            needs={
                "create_function": ("iam:PassRole", "lambda:TagResource", "s3:GetObject"),
                "update_function_code": ("s3:GetObject",),
                "update_function_configuration": ("iam:PassRole",),
            }
        ),
        refers=(
            "AWS::IAM::Role",
            "AWS::KMS::Key",
            "AWS::Logs::LogGroup",
            "AWS::S3::Bucket",
            "AWS::SNS::Topic",
            "AWS::SQS::Queue",
        ),
        update=update,
    )
)
