"""The shapes that texts have, each with what it is called and one example.

A shape is told by its example, not by the spelling of a regular expression: it is the first one
in the table whose example fits. Nobody is ever shown a regular expression.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from reconciler.specs import guesses
from reconciler.specs.scalar import plain

_JUNK = ("q", "quux", "Quux9")
"""What a pattern that takes any of them takes, is hardly more than a name."""
_BARE = re.compile(r"\d{1,9}(\.\d{1,6})?")
UNITS = ("us", "ms", "s", "m", "h", "d", "GiB", "TiB", "%")
"""Units of `kinds.units` and of limits of alarms."""
_ROLE = "arn:aws:iam::123456789012:role/moorline-plan"


@dataclass(frozen=True, slots=True)
class Form:
    """A shape: what a value of it is called, with its article, and one that is right."""

    noun: str
    example: str
    also: str = ""
    """A second one that tells it from others."""


_STRICT = (
    Form("a commit", "4f2c9e1"),
    Form("a time or a share", "250ms", "1%"),
    Form("a duration", "30d"),
    Form("a size", "50GiB"),
    Form("a share", "25%"),
    Form("a share", "5%"),
    Form("an account number", "123456789012"),
    Form("a date", "2026-12-31"),
    Form("a region", "eu-west-1"),
    Form("a time of a request", "250ms"),
    Form("a statistic", "p99"),
    Form("the ARN of a role", _ROLE),
    Form("the ARN of a user", "arn:aws:iam::123456789012:user/alice"),
    Form("the ARN of a policy", "arn:aws:iam::123456789012:policy/workloads"),
    Form("the ARN of a queue", "arn:aws:sqs:eu-west-1:123456789012:alarms"),
    Form("the ARN of a function", "arn:aws:lambda:eu-west-1:123456789012:function:page"),
    Form("the ARN of a topic", "arn:aws:sns:eu-west-1:123456789012:alarms"),
    Form("a spec as KIND/NAME", "Rollout/fraud-detector"),
    Form("a KMS key", "alias/acme-plans"),
    Form("the ARN of a key", "arn:aws:kms:eu-west-1:123456789012:key/" + "-".join(["1234"] * 3)),
    Form("an image", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1.4"),
    Form("a digest", f"sha256:{'0123456789abcdef' * 4}"),
    Form("the name of a host", "fraud.example.com", "acme.io"),
    Form("an instance type", "ml.m5.xlarge"),
    Form("a Python version", "py310"),
    Form("an address in S3", "s3://acme-raw/fraud/model.tar.gz"),
    Form("an e-mail address", "oncall@example.com"),
    Form("a web address", "https://example.com/hook"),
    Form("a subnet", "subnet-0123456789abcdef0"),
    Form("a security group or a range of addresses", "sg-0123456789abcdef0", "10.0.0.0/16"),
    Form("a security group", "sg-0123456789abcdef0"),
    Form("an ETag", "0123456789abcdef0123456789abcdef"),
    Form("an AWS type", "AWS::S3::Bucket"),
    Form("a resource as TYPE/NAME", "AWS::S3::Bucket/acme-prod-raw-123456789012"),
    Form("a service principal", "lambda.amazonaws.com"),
    Form("a schedule", "rate(1 day)"),
    Form("a schedule", "cron(0 3 * * ? *)"),
    Form("a script", "train.py"),
    Form("a version", "1.7-1"),
    Form("a moment in UTC", "2026-01-31T00:00:00Z"),
    Form(
        "the ARN of a managed MLflow",
        "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/acme",
    ),
    Form("an output of the prepare phase", "prepare.train"),
    Form("the ARN of a cluster", "arn:aws:kafka:eu-west-1:123456789012:cluster/events/0d3b4a2e-1"),
    Form("the ARN of a repository", "arn:aws:ecr:eu-west-1:123456789012:repository/serve"),
    Form(
        "the ARN of a group of models",
        "arn:aws:sagemaker:eu-west-1:123456789012:model-package-group/fraud",
    ),
    Form("the ARN of a pipeline", "arn:aws:codepipeline:eu-west-1:123456789012:acme-delivery"),
    Form("an output of prepare", "prepare.train"),
    Form("a path of a web address", "/v1/exports"),
    Form("a VPC", "vpc-0123456789abcdef0"),
    Form("a range of addresses", "10.0.0.0/16"),
    Form("a path in a record", ".customer.country"),
    Form("a form of days", "yyyy/MM/dd"),
    Form("a whole number", "1"),
    Form("an instance class", "db.r6g.large"),
    Form("a hosted zone", "Z0123456789ABCDEFGHIJ"),
    Form(
        "the ARN of a certificate",
        "arn:aws:acm:eu-west-1:123456789012:certificate/0d3b4a2e-0000-4000-8000-000000000000",
    ),
    Form("the address of an issuer", "https://id.example.com/acme"),
    Form("a time of the day, from and to", "01:00-02:00"),
    Form("a time of the week, from and to", "sun:03:00-sun:04:00"),
    Form(
        "the ARN of an organization",
        "arn:aws:organizations::123456789012:organization/o-a1b2c3d4e5",
    ),
)
_LOOSE = (
    Form("a tag", "cost centre"),
    Form("a path", "fraud/2026"),
    Form("a name", "txn_count_7d"),
    Form("a name", "fraud-detector"),
    Form("a name", "endpointInstances"),
    Form("a name", "Primary"),
)


@cache
def of(pattern: str) -> Form | None:
    """The shape that a regular expression stands for; nothing for one that nobody described.

    Neither has what takes any text a shape.
    """
    if re.search(pattern, "?"):
        return None
    loose = any(re.search(pattern, each) for each in _JUNK)
    table = _LOOSE if loose else _STRICT
    return next((each for each in table if _fits(pattern, each)), None)


def _fits(pattern: str, form: Form) -> bool:
    return all(re.search(pattern, each) for each in (form.example, form.also) if each)


def written(text: str) -> str:
    """A text as it stands in YAML: in quotes where it would be read as something else."""
    return text if isinstance(plain(text), str) and not text.isdecimal() else f'"{text}"'


def meant(pattern: str, value: object) -> str:
    """What was probably meant by a value that a pattern refuses; "" where nobody can tell."""
    fits: Iterator[str] = (
        each for each in guesses.of(value) if re.search(pattern, each) and each != value
    )
    return next(fits, "")


def amounts(pattern: str, value: object) -> list[str]:
    """A bare number with each unit that a pattern takes; nothing where it takes no bare one."""
    number = value.strip() if isinstance(value, str) else str(value)
    if isinstance(value, bool) or re.search(pattern, "?") or not _BARE.fullmatch(number):
        return []
    whole = number.removesuffix(".0")
    if any(re.search(pattern, each) for each in (*_JUNK, whole)):
        return []
    return [f"{whole}{unit}" for unit in UNITS if re.search(pattern, f"{whole}{unit}")]


def cure(pattern: str, value: object) -> str:
    """What to write instead of a value: what was meant, else an example."""
    several = amounts(pattern, value)
    if len(several) > 1:
        return f"write {', '.join(several[:-1])} or {several[-1]}"
    if guess := meant(pattern, value):
        return f"write {written(guess)}"
    if several:
        return f"write {several[0]}"
    form = of(pattern)
    return f"write it as in {written(form.example)}" if form else ""
