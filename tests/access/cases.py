"""Questions at random over a few real actions, ARNs and keys; a seed gives always the same ones.

A statement is made for its question: each part of it fits with some likelihood, so that about half
of all questions are allowed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Any

from reconciler.access.model import Asked, Guard, Named, Policies

HOME, AWAY = "111122223333", "444455556666"
KEY = "arn:aws:kms:eu-west-1:{}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
STRING, NUMBER, DATE, BOOL, IP, ARN, SEVERAL = (
    "string", "number", "date", "bool", "ip", "arn", "several",
)  # fmt: skip
FITS = 0.93
"""How likely a part of a statement fits its question."""


@dataclass(frozen=True)
class Action:
    name: str
    resource: str
    """With the owner's account in braces."""
    keys: tuple[str, ...] = ()
    guard: Guard | None = Guard.RESOURCE
    """None where the resource has no policy."""


ACTIONS = (
    Action("s3:GetObject", "arn:aws:s3:::team-a-data/train/part:1.csv", ("s3:signatureage",)),
    Action("s3:PutObject", "arn:aws:s3:::team-a-data/out/model.tar.gz", ("s3:x-amz-acl",)),
    Action("s3:ListBucket", "arn:aws:s3:::team-a-data", ("s3:prefix", "s3:max-keys")),
    Action("sqs:SendMessage", "arn:aws:sqs:eu-west-1:{}:jobs-queue"),
    Action("sns:Publish", "arn:aws:sns:eu-west-1:{}:alarms"),
    Action(
        "secretsmanager:GetSecretValue",
        "arn:aws:secretsmanager:eu-west-1:{}:secret:db/pass-AbCdEf",
        ("secretsmanager:versionstage",),
    ),
    Action(
        "sagemaker:CreateTrainingJob", "arn:aws:sagemaker:eu-west-1:{}:training-job/churn-1",
        ("sagemaker:instancetypes", "sagemaker:maxruntimeinseconds",
         "aws:tagkeys", "aws:requesttag/team"), None,
    ),
    Action(
        "sagemaker:DescribeTrainingJob", "arn:aws:sagemaker:eu-west-1:{}:training-job/churn-1",
        ("aws:resourcetag/team",), None,
    ),
    Action(
        "iam:PassRole", "arn:aws:iam::{}:role/ml/training-role",
        ("iam:passedtoservice", "iam:associatedresourcearn"), None,
    ),
    Action("logs:PutLogEvents", "arn:aws:logs:eu-west-1:{}:log-group:/aws/sm:log-stream:a", (),
           None),
    Action("kms:Decrypt", KEY, ("kms:viaservice", "kms:calleraccount"), Guard.KEY),
    Action("kms:GenerateDataKey", KEY, ("kms:viaservice", "aws:resourcetag/team"), Guard.KEY),
    Action(
        "sts:AssumeRole", "arn:aws:iam::{}:role/ml/training-role",
        ("sts:externalid", "sts:rolesessionname", "aws:tagkeys"), Guard.TRUST,
    ),
)  # fmt: skip

BY_NAME = {each.name: each for each in ACTIONS}

VALUES: dict[str, tuple[str, tuple[str, ...]]] = {
    "aws:principaltag/team": (STRING, ("a", "b", "train")),
    "aws:username": (STRING, ("ann", "bo")),
    "aws:requestedregion": (STRING, ("eu-west-1", "us-east-1")),
    "aws:sourcevpce": (STRING, ("vpce-1a2b3c4d", "vpce-0f0f0f0f")),
    "aws:sourceip": (IP, ("203.0.113.7", "10.1.2.3", "2001:db8::7")),
    "aws:currenttime": (DATE, ("2026-03-01T12:00:00Z", "2025-12-31T23:59:59Z")),
    "aws:epochtime": (DATE, ("1772366400",)),
    "aws:securetransport": (BOOL, ("true", "false")),
    "aws:multifactorauthage": (NUMBER, ("30", "4000")),
    "aws:calledvia": (SEVERAL, ("athena.amazonaws.com", "cloudformation.amazonaws.com")),
    "s3:signatureage": (NUMBER, ("100", "600000.5")),
    "s3:x-amz-acl": (STRING, ("private", "bucket-owner-full-control")),
    "s3:prefix": (STRING, ("train/", "out/x", "ann/home")),
    "s3:max-keys": (NUMBER, ("10", "1000")),
    "secretsmanager:versionstage": (STRING, ("AWSCURRENT", "AWSPREVIOUS")),
    "aws:sourcearn": (ARN, (KEY.format(HOME), KEY.format(AWAY))),
    "sagemaker:instancetypes": (SEVERAL, ("ml.m5.large", "ml.m5.xlarge", "ml.p4d.24xlarge")),
    "sagemaker:maxruntimeinseconds": (NUMBER, ("3600", "86400")),
    "aws:tagkeys": (SEVERAL, ("team", "cost", "Owner")),
    "aws:requesttag/team": (STRING, ("a", "b", "train")),
    "aws:resourcetag/team": (STRING, ("a", "b", "train")),
    "iam:passedtoservice": (STRING, ("sagemaker.amazonaws.com", "lambda.amazonaws.com")),
    "iam:associatedresourcearn": (ARN, ("arn:aws:sagemaker:eu-west-1:111122223333:endpoint/x",)),
    "kms:viaservice": (STRING, ("s3.eu-west-1.amazonaws.com", "sagemaker.eu-west-1.amazonaws.com")),
    "kms:calleraccount": (STRING, (HOME, AWAY)),
    "sts:externalid": (STRING, ("e-1", "E-1")),
    "sts:rolesessionname": (STRING, ("run-1", "ann")),
}
GLOBAL = (
    *(key for key in VALUES if key.startswith("aws:") and "tag" not in key),
    "aws:principaltag/team",
)
SPELLING = {"aws:principaltag/team": "aws:PrincipalTag/team", "aws:username": "aws:UserName",
            "aws:tagkeys": "aws:TagKeys", "s3:prefix": "S3:Prefix"}  # fmt: skip
OPERATORS = {
    STRING: ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike",
             "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
    NUMBER: ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
             "NumericGreaterThan", "NumericGreaterThanEquals"),
    DATE: ("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
           "DateGreaterThanEquals"),
    BOOL: ("Bool",),
    IP: ("IpAddress", "NotIpAddress"),
    ARN: ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringEquals"),
    SEVERAL: ("StringEquals", "StringNotEquals", "StringLike", "StringNotLike"),
}  # fmt: skip
OTHERS = {
    STRING: ("z*", "?", "${aws:username}", "${aws:PrincipalTag/team, 'train'}", "${*}", "A",
             "${aws:PrincipalTag/none}", "${aws:username}/*"),
    NUMBER: ("10", "10.0", "3600", "99"),
    DATE: ("2026-01-01T00:00:00Z", "2026-03-01T13:00:00+01:00", "2026-03-01", "1700000000"),
    BOOL: ("true", "false"),
    IP: ("203.0.113.0/24", "10.0.0.0/8", "2001:db8::/32", "192.0.2.1", "0.0.0.0/0"),
    ARN: ("arn:aws:*:*:*:*", "arn:aws:kms:eu-*:111122223333:key/*", "arn:aws:sagemaker:*:*:*/x"),
    SEVERAL: ("ml.m5.*", "team", "owner", "athena.amazonaws.com"),
}  # fmt: skip


class Maker:
    """Makes one question."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def likely(self, part: float = FITS) -> bool:
        return self.random.random() < part

    def some(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def case(self) -> tuple[Asked, Policies]:
        action = self.random.choice(ACTIONS)
        owner = self.some(HOME, HOME, HOME, AWAY)
        asked = self.asked(action, owner)
        self.here, self.version = asked, "2012-10-17"
        entity = not asked.principal.endswith((".com", ":root"))
        identity = self.policies() if entity else ()
        boundary = self.policy("boundary") if entity and self.likely(0.25) else None
        resource = None
        if action.guard is not None:
            guard = action.guard
            rare = guard is Guard.RESOURCE and owner == HOME
            often = 0.5 if rare and entity else 0.95
            if guard is Guard.TRUST or self.likely(
                often
            ):  # there is no role without a trust policy
                resource = self.policy("resource", guard)
        return asked, Policies(identity, boundary, resource, action.guard or Guard.RESOURCE)

    def asked(self, action: Action, owner: str) -> Asked:
        who = self.some(
            f"arn:aws:sts::{HOME}:assumed-role/worker/run-1",
            f"arn:aws:sts::{HOME}:assumed-role/worker/run-1",
            f"arn:aws:iam::{HOME}:user/team/ann",
            f"arn:aws:iam::{HOME}:user/team/ann",
            f"arn:aws:iam::{HOME}:role/worker",
            f"arn:aws:iam::{HOME}:{'root' if self.may_be_root(action) else 'user/bo'}",
            "sagemaker.amazonaws.com" if action.guard else f"arn:aws:iam::{HOME}:user/team/ann",
        )
        context = {}
        keys = {*action.keys, *self.random.sample(GLOBAL, 4)}
        for key in sorted(keys):
            if key == "aws:username" and ":user/" not in who:
                continue
            if self.likely(0.75):
                sort, values = VALUES[key]
                number = self.some(1, 2) if sort == SEVERAL else 1
                context[key] = tuple(self.random.sample(values, number))
        account = "" if who.endswith(".com") else HOME
        return Asked(action.name, action.resource.format(owner), who, account, owner, context)

    def may_be_root(self, action: Action) -> bool:
        """STS lets no root user assume a role, whatever the policies say."""
        return action.guard is not Guard.TRUST and self.likely(0.3)

    def policies(self) -> tuple[Named, ...]:
        return tuple(self.policy(f"p{number}") for number in range(self.some(0, 1, 2, 2, 3)))

    def policy(self, name: str, guard: Guard | None = None) -> Named:
        self.version = self.some(*["2012-10-17"] * 9, "2008-10-17")
        number = self.some(1, 1, 2, 3)
        statements = [self.statement(guard) for _ in range(number)]
        return Named(name, {"Version": self.version, "Statement": statements})

    def statement(self, guard: Guard | None) -> dict[str, Any]:
        denies = self.likely(0.18)
        found: dict[str, Any] = {"Effect": "Deny" if denies else "Allow"}
        if guard:
            if denies and guard is not Guard.TRUST and self.likely(0.15):
                found["NotPrincipal"] = self.exempt()
            else:
                found["Principal"] = self.principals()
        self.about(found, "Action", self.action)
        if guard is not Guard.TRUST:
            self.about(found, "Resource", self.resource)
        if self.likely(0.45 if not denies else 0.9):
            found["Condition"] = self.condition()
        return found

    def about(self, into: dict[str, Any], element: str, one: Callable[[], str]) -> None:
        without = self.likely(0.07)
        values = [one() for _ in range(self.some(1, 1, 2))]
        value = values[0] if len(values) == 1 and self.likely(0.5) else values
        into[f"Not{element}" if without else element] = value

    def action(self) -> str:
        name = self.here.action if self.likely() else self.random.choice(ACTIONS).name
        service, verb = name.split(":")
        return self.some(
            name, name.upper(), f"{service}:*", f"{service}:{verb[:4]}*", "*",
            f"{service}:?{verb[1:]}", f"{service}:*{verb[-3:].lower()}",
        )  # fmt: skip

    def resource(self) -> str:
        arn = self.here.resource
        if not self.likely():
            arn = self.random.choice(ACTIONS).resource.format(self.some(HOME, AWAY))
        head, tail = arn.rsplit(":", 1)
        cut = self.random.randrange(len(tail))
        return self.some(
            arn, "*", f"{head}:*", f"{head}:{tail[:cut]}*", f"{head}:{tail[:cut]}?{tail[cut + 1:]}",
            f"{head}:{tail[:cut]}*{tail[-1]}", arn.replace(HOME, "*").replace("eu-west-1", "eu-*"),
            f"{head}:{tail}${{aws:PrincipalTag/team}}", f"{head}:{tail[:2]}${{x:none, '*'}}",
            arn.replace("train", "${aws:PrincipalTag/team, 'train'}"), f"{head}:{tail.upper()}",
            f"{head}:{tail[:1]}*${{aws:username}}*",
        ) if self.likely(0.5) else self.some(arn, "*", f"{head}:*")  # fmt: skip

    def principals(self) -> Any:
        if self.likely(0.12):
            return self.some("*", {"AWS": "*"})
        here = self.here.principal
        base = "arn:aws:iam::"
        own = [here, f"{base}{HOME}:root", HOME]
        if here.endswith(".com"):
            return {"Service": self.some(here, here, here, "lambda.amazonaws.com", [here, "x.y"])}
        if ":assumed-role/worker" in here:
            own += [f"{base}{HOME}:role/worker", f"{base}{HOME}:role/ml/worker"] * 2
        others = [
            f"{base}{AWAY}:root", f"{base}{HOME}:user/bo", f"{base}{HOME}:role/other",
            f"arn:aws:sts::{HOME}:assumed-role/worker/run-2",
        ]  # fmt: skip
        names = [self.some(*own) if self.likely() else self.some(*others)]
        if self.likely(0.3):
            names.append(self.some(*own, *others))
        return {"AWS": names[0] if len(names) == 1 else names}

    def exempt(self) -> Any:
        """Principals with all that stands above them, as the User Guide has NotPrincipal."""
        here = self.here.principal
        if here.endswith(".com"):
            return {"Service": here}
        base = f"arn:aws:iam::{HOME}"
        above = [f"{base}:role/worker"] if "assumed-role" in here else []
        return {
            "AWS": self.some([here, *above, f"{base}:root"], [f"{base}:user/cy", f"{base}:root"])
        }

    def condition(self) -> dict[str, Any]:
        found: dict[str, Any] = {}
        present = [*self.here.context]
        for _ in range(self.some(1, 1, 2)):
            action = BY_NAME[self.here.action]
            possible = present if present and self.likely(0.7) else [*action.keys, *GLOBAL]
            key = self.random.choice(possible)
            sort, values = VALUES[key]
            written = SPELLING.get(key, key)
            if self.likely(0.08):
                found.setdefault("Null", {})[written] = self.some("true", "false")
                continue
            name = self.random.choice(OPERATORS[sort])
            if sort == SEVERAL:
                name = self.some("ForAllValues:", "ForAnyValue:", "ForAnyValue:") + name
            if self.likely(0.15):
                name += "IfExists"
            wanted = [*self.here.context.get(key, ())] if self.likely(0.6) else []
            while not wanted or self.likely(0.3):
                wanted.append(self.some(*values, *OTHERS[sort]))
            found.setdefault(name, {})[written] = wanted if len(wanted) > 1 else wanted[0]
        return found


def case(seed: int) -> tuple[Asked, Policies]:
    """The question of a seed."""
    return Maker(seed).case()
