"""Where the oracle decides otherwise than AWS documents, and what AWS's page says.

Each has the smallest question that shows it, and tells whether a question could be one of its kind.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from reconciler.access.conditions import condition, moment, texts
from reconciler.access.match import filled
from reconciler.access.model import Asked, Named, Policies
from tests.access.cases import HOME

Statement = dict[str, Any]
VARIABLES = "IAM User Guide, IAM policy elements: Variables and tags"
OPERATORS = "IAM User Guide, IAM JSON policy elements: Condition operators"
QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:jobs-queue"
OBJECT = "arn:aws:s3:::team-a-data/train/part.csv"
JOB = f"arn:aws:sagemaker:eu-west-1:{HOME}:training-job/churn-1"


@dataclass(frozen=True)
class Difference:
    says: str
    """What AWS's page says."""
    source: str
    shown: Callable[[Statement, str, Asked], bool]
    """Whether a statement, with its policy's version, is of this kind for a question."""
    question: tuple[Asked, Policies]
    ours: bool
    """Whether the smallest question is allowed by AWS's page; the oracle says the other."""


def asked(action: str = "sqs:SendMessage", resource: str = QUEUE, **context: str) -> Asked:
    values = {f"aws:{key}": (value,) for key, value in context.items()}
    return Asked(action, resource, f"arn:aws:iam::{HOME}:user/ann", HOME, HOME, values)


def allowing(version: str = "2012-10-17", **parts: Any) -> Policies:
    """A principal's policy of one statement."""
    statement = {"Effect": "Allow", "Action": "*", **parts}
    if "NotResource" not in parts:
        statement.setdefault("Resource", "*")
    return Policies((Named("p", {"Version": version, "Statement": [statement]}),))


def tests(statement: Statement) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Operators, keys in lower case and values of a statement."""
    for name, keys in statement.get("Condition", {}).items():
        for key, value in keys.items():
            yield name, key.lower(), texts(value)


def ips(statement: Statement, asked: Asked) -> Iterator[tuple[str, str]]:
    for name, key, values in tests(statement):
        if "IpAddress" in name:
            yield from ((value, given) for value in values for given in asked.context.get(key, ()))


def listed(statement: Statement, element: str) -> tuple[str, ...]:
    return texts(statement.get(element, ()))


def no_value(statement: Statement, _: str, asked: Asked) -> bool:
    return any(
        condition(name, key, values, variables=True).negated
        and any(filled(value, asked.context) is None for value in values)
        for name, key, values in tests(statement)
    )


def not_resource(statement: Statement, _: str, asked: Asked) -> bool:
    return any(filled(text, asked.context) is None for text in listed(statement, "NotResource"))


def epoch(statement: Statement, _: str, asked: Asked) -> bool:
    return any(
        name.removeprefix("ForAnyValue:").startswith("Date")
        and any(value.isdigit() != given.isdigit() for value in values if moment(value) is not None)
        for name, key, values in tests(statement)
        for given in asked.context.get(key, ())
    )


def family(statement: Statement, _: str, asked: Asked) -> bool:
    return any((":" in value) != (":" in given) for value, given in ips(statement, asked))


def everywhere(statement: Statement, _: str, asked: Asked) -> bool:
    return any(value.endswith("/0") for value, _ in ips(statement, asked))


def before_slash(text: str, signs: str) -> bool:
    return any(sign in text.split(":", 5)[-1].split("/", maxsplit=1)[0] for sign in signs)


def places(statement: Statement) -> tuple[str, ...]:
    return (*listed(statement, "Resource"), *listed(statement, "NotResource"))


def question_mark(statement: Statement, _: str, __: Asked) -> bool:
    return any(before_slash(text, "?") for text in places(statement))


def default(statement: Statement, _: str, __: Asked) -> bool:
    return any("/team, 'train'}" in text and before_slash(text, "$") for text in places(statement))


def version(statement: Statement, version: str, _: Asked) -> bool:
    return version == "2008-10-17" and "${" in str(statement)


def not_principal(statement: Statement, _: str, __: Asked) -> bool:
    return "NotPrincipal" in statement


def if_exists(statement: Statement, _: str, asked: Asked) -> bool:
    return any(
        name.startswith("ForAnyValue:") and name.endswith("IfExists") and key not in asked.context
        for name, key, __ in tests(statement)
    )


def _denied_but(principals: list[str], who: str) -> tuple[Asked, Policies]:
    everything = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    statements = [{"Effect": "Deny", "NotPrincipal": {"AWS": principals}, "Action": "*",
                   "Resource": "*"}]  # fmt: skip
    identity = Named("p", {"Version": "2012-10-17", "Statement": everything})
    queue = Named("queue", {"Version": "2012-10-17", "Statement": statements})
    question = Asked("sqs:SendMessage", QUEUE, who, HOME, HOME)
    return question, Policies((identity,), resource=queue)


ANN = f"arn:aws:iam::{HOME}:user/ann"
DIFFERENCES = {
    "a variable without a value, negated": Difference(
        "inverted operators match against it, for nothing is equal to a null value",
        f"{VARIABLES}, Policy variables with no value", no_value,
        (asked(requestedregion="eu-west-1"), allowing(
            Condition={"StringNotEquals": {"aws:RequestedRegion": "${aws:PrincipalTag/none}"}})),
        ours=True,
    ),
    "a variable without a value in NotResource": Difference(
        "such an entry matches no resource, so NotResource leaves none out by it",
        f"{VARIABLES}, Policy variables with no value", not_resource,
        (asked("s3:GetObject", OBJECT),
         allowing(NotResource=OBJECT.replace("train", "${aws:username}"))),
        ours=True,
    ),
    "variables in the version of 2008": Difference(
        "without the version 2012-10-17 they are text",
        "IAM User Guide, IAM JSON policy elements: Version", version,
        (asked("s3:GetObject", OBJECT, username="train"), allowing(
            "2008-10-17", Resource=OBJECT.replace("train", "${aws:username}"))),
        ours=False,
    ),
    "a date against seconds": Difference(
        "dates are in ISO 8601 or in seconds since 1970; both are moments",
        f"{OPERATORS}, Date condition operators", epoch,
        (asked(epochtime="1772366400"), allowing(
            Condition={"DateGreaterThan": {"aws:EpochTime": "2026-01-01T00:00:00Z"}})),
        ours=True,
    ),
    "addresses of two families": Difference(
        "all addresses but those in the range; none of IPv6 is in a range of IPv4",
        f"{OPERATORS}, IP address condition operators", family,
        (asked(sourceip="2001:db8::7"), allowing(
            Condition={"NotIpAddress": {"aws:SourceIp": "10.1.2.3"}})),
        ours=True,
    ),
    "the range of all addresses": Difference(
        "a range is in CIDR's form, where /0 has every address",
        f"{OPERATORS}, IP address condition operators", everywhere,
        (asked(sourceip="10.1.2.3"), allowing(
            Condition={"IpAddress": {"aws:SourceIp": "0.0.0.0/0"}})),
        ours=True,
    ),
    "a question mark before the first slash": Difference(
        "wildcards are for any segment of an ARN",
        "IAM User Guide, IAM JSON policy elements: Resource", question_mark,
        (asked("sagemaker:DescribeTrainingJob", JOB),
         allowing(Resource=JOB.replace("training", "tr?ining"))),
        ours=True,
    ),
    "a default with a slash in its variable": Difference(
        "the default stands where the key is missing, anywhere behind the fifth colon",
        f"{VARIABLES}, Specifying default values", default,
        (asked("sagemaker:DescribeTrainingJob", JOB), allowing(
            Resource=JOB.replace("train", "${aws:PrincipalTag/team, 'train'}"))),
        ours=True,
    ),
    "NotPrincipal without the principal itself": Difference(
        "the account, the role and the principal are looked at in turn",
        "IAM User Guide, AWS JSON policy elements: NotPrincipal", not_principal,
        _denied_but([f"arn:aws:iam::{HOME}:root"], ANN), ours=False,
    ),
    "ForAnyValue with IfExists": Difference(
        "IfExists, at any operator but Null, holds where the key is missing",
        f"{OPERATORS}, …IfExists condition operators", if_exists,
        (asked(), allowing(Condition={
            "ForAnyValue:StringEqualsIfExists": {"aws:CalledVia": "athena.amazonaws.com"}})),
        ours=True,
    ),
}  # fmt: skip


def reasons(asked: Asked, policies: Policies) -> set[str]:
    """The differences that could show in a question."""
    found = set()
    for policy in (*policies.identity, policies.boundary, policies.resource):
        for statement in policy.document["Statement"] if policy else ():
            for name, difference in DIFFERENCES.items():
                if difference.shown(statement, policy.document["Version"], asked):
                    found.add(name)
    return found
