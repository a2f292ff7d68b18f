"""Commands of `aws` as somebody pastes them: read by botocore's models, and carried out by boto3.

The program itself is not here. What it does with its options is: a name in kebab case for each
member of the request, the shorthand `Key=value,Key=value` for a structure.
"""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml
from botocore import xform_name
from botocore.validate import ParamValidator

from reconciler.delivery import resolve
from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.protocol.sessions import core

SERVICES = {"s3api": "s3"}
GLOBAL = frozenset({"region", "query", "output"})
DEPLOY = frozenset(
    {"template-file", "stack-name", "capabilities", "parameter-overrides", "s3-bucket"}
)
"""Options of `aws cloudformation deploy`, which is no operation. Source: AWS CLI reference."""


@dataclass(frozen=True)
class Pasted:
    """One command: its service and operation, and its options with their values."""

    service: str
    operation: str
    options: dict[str, list[str]]

    def one(self, name: str) -> str:
        (found,) = self.options[name]
        return found


def pasted(command: str) -> Pasted:
    """Read a command as a shell splits it; what a shell would put in stays as it is."""
    words = shlex.split(command.replace("\\\n", " "))
    assert words[0] == "aws", command
    options: dict[str, list[str]] = {}
    for word in words[3:]:
        if word.startswith("--"):
            options[word[2:]] = []
        else:
            options[[*options][-1]].append(word)
    return Pasted(SERVICES.get(words[1], words[1]), words[2], options)


@cache
def _model(service: str) -> Any:
    return core().get_service_model(service)


def request(command: Pasted) -> tuple[str, dict[str, Any]]:
    """The method and the parameters; an AssertionError says what AWS would not take."""
    model = _model(command.service)
    by_name = {xform_name(each, "-"): each for each in model.operation_names}
    operation = model.operation_model(by_name[command.operation])
    members = {xform_name(each, "-"): each for each in operation.input_shape.members}
    params = {
        members[name]: _value(operation.input_shape.members[members[name]], values)
        for name, values in command.options.items()
        if name not in GLOBAL
    }
    report = ParamValidator().validate(params, operation.input_shape)
    assert not report.has_errors(), report.generate_report()
    return xform_name(operation.name), params


def _value(shape: Any, values: list[str]) -> Any:
    if shape.type_name == "list":
        return values
    (text,) = values
    if shape.type_name == "structure":
        pairs = (each.partition("=") for each in text.split(","))
        return {key: value == "true" if value in {"true", "false"} else value
                for key, _, value in pairs}  # fmt: skip
    return text


def deployed(command: Pasted, template: str) -> dict[str, str]:
    """The parameters of a deployment, which the template must have."""
    assert command.options.keys() <= DEPLOY | GLOBAL, command
    given = dict(each.split("=", 1) for each in command.options["parameter-overrides"])
    body = yaml.safe_load(template)
    assert given.keys() <= body["Parameters"].keys()
    needed = {name for name, each in body["Parameters"].items() if "Default" not in each}
    assert needed <= given.keys()
    return given


def carried_out(aws: Sandbox, command: str, account: str, template: str) -> None:
    """Do in the sandbox what a command does; of a stack of roles, what it makes."""
    read = pasted(command)
    if (read.service, read.operation) != ("cloudformation", "deploy"):
        method, params = request(read)
        getattr(aws.client(read.service), method)(**params)
        return
    given = deployed(read, template)
    environment, region = given.pop("Environment"), read.one("region")
    iam = aws.client("iam")
    for name, role in resolve.policies(template, environment, account, region, given).items():
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(role.trust))
        for number, document in enumerate(role.policies):
            made = iam.create_policy(
                PolicyName=f"{name}-{number}", PolicyDocument=json.dumps(document)
            )
            iam.attach_role_policy(RoleName=name, PolicyArn=made["Policy"]["Arn"])
