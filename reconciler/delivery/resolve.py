"""What CloudFormation makes of the roles' template for one environment: documents as IAM has them.

It knows the functions that the template is written with, and no others. Source: CloudFormation
template reference, "Intrinsic function reference", "Pseudo parameters reference".
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import yaml

from reconciler.resources.place import Place

Data = Any
"""JSON, some of it functions."""


class Role(NamedTuple):
    """A role as it is made."""

    trust: Mapping[str, Data]
    policies: list[Mapping[str, Data]]
    """All of them."""
    inline: list[Mapping[str, Data]]
    """Those that are in the role itself."""


def policies(
    template: str | Mapping[str, Data],
    environment: str,
    account: str,
    region: str,
    parameters: Mapping[str, Data] | None = None,
) -> dict[str, Role]:
    """The roles that a stack makes, by their names: who may take them, and what they may do.

    Args:
        template: `delivery/aws-roles.yaml`, or what it holds.
        environment: The parameter Environment.
        account: Where the stack is made.
        region: Where the stack is made.
        parameters: The other parameters; those that are left out have their defaults.

    Raises:
        ValueError: a parameter or function of the template is not known, or has no value.
    """
    body = yaml.safe_load(template) if isinstance(template, str) else template
    stack = _Stack(body, account, region, {**(parameters or {}), "Environment": environment})
    made = {name: each for name, each in body["Resources"].items() if stack.is_made(each)}
    found = {
        stack.names(name): Role(stack.value(each["Properties"]["AssumeRolePolicyDocument"]), [], [])
        for name, each in made.items()
        if each["Type"] == "AWS::IAM::Role"
    }
    for each in made.values():
        if each["Type"] == "AWS::IAM::ManagedPolicy":
            props = stack.value(each["Properties"])
            for role in props["Roles"]:
                found[role].policies.append(props["PolicyDocument"])
        if each["Type"] == "AWS::IAM::RolePolicy":
            props = stack.value(each["Properties"])
            role = found[props["RoleName"]]
            role.policies.append(props["PolicyDocument"])
            role.inline.append(props["PolicyDocument"])
    return found


class _Left:
    """What `AWS::NoValue` stands for: whatever holds it is left out."""


_LEFT = _Left()
_SLOT = re.compile(r"\$\{(!?)([^}]*)\}")


class _Stack:
    """A template with its parameters."""

    def __init__(
        self, body: Mapping[str, Data], account: str, region: str, given: Mapping[str, Data]
    ) -> None:
        self._body = body
        self._functions: Mapping[str, Callable[[Data], Data]] = {
            "Fn::And": lambda args: all(self._holds(each) for each in args),
            "Fn::Equals": lambda args: self.value(args[0]) == self.value(args[1]),
            "Fn::FindInMap": self._find,
            "Fn::If": lambda args: self.value(args[1] if self._condition(args[0]) else args[2]),
            "Fn::Not": lambda args: not self._holds(args[0]),
            "Fn::Or": lambda args: any(self._holds(each) for each in args),
            "Fn::Sub": self._sub,
            "Ref": self._ref,
        }
        self._account = account
        self._partition = Place(account, region, "", "").partition
        self._known = {
            "AWS::AccountId": account,
            "AWS::NoValue": _LEFT,
            "AWS::Partition": self._partition,
            "AWS::Region": region,
            **self._parameters(given),
        }

    def _parameters(self, given: Mapping[str, Data]) -> dict[str, Data]:
        wanted = self._body["Parameters"]
        if unknown := given.keys() - wanted.keys():
            raise ValueError(f"the template has no parameter {min(unknown)!r}")
        found = {name: given.get(name, each.get("Default")) for name, each in wanted.items()}
        if missing := [name for name, value in found.items() if value is None]:
            raise ValueError(f"the parameter {missing[0]!r} has no value")
        if (name := found["Environment"]) not in wanted["Environment"]["AllowedValues"]:
            raise ValueError(f"the template has no environment {name!r}")
        return found

    def is_made(self, resource: Mapping[str, Data]) -> bool:
        return "Condition" not in resource or self._condition(resource["Condition"])

    def names(self, resource: str) -> str:
        """The name of a role by what it is called in the template."""
        return str(self.value(self._body["Resources"][resource]["Properties"]["RoleName"]))

    def value(self, data: Data) -> Data:
        """A value with its functions carried out."""
        if isinstance(data, list):
            return [each for each in map(self.value, data) if each is not _LEFT]
        if not isinstance(data, Mapping):
            return data
        if len(data) == 1:
            ((name, args),) = data.items()
            if name in self._functions:
                return self._functions[name](args)
            if str(name).startswith("Fn::"):
                raise ValueError(f"{name} is not known here")
        found = {key: self.value(each) for key, each in data.items()}
        return {key: each for key, each in found.items() if each is not _LEFT}

    def _condition(self, name: str) -> bool:
        return self._holds(self._body["Conditions"][name])

    def _holds(self, rule: Mapping[str, Data]) -> bool:
        if rule.keys() == {"Condition"}:
            return self._condition(rule["Condition"])
        return bool(self.value(rule))

    def _find(self, args: Data) -> Data:
        first, second, third = (self.value(each) for each in args)
        return self._body["Mappings"][first][second][third]

    def _ref(self, name: str) -> Data:
        if name in self._known:
            return self._known[name]
        resource = self._body["Resources"].get(name)
        if resource is None:
            raise ValueError(f"{name!r} is not in the template")
        if resource["Type"] == "AWS::IAM::Role":
            return self.names(name)
        host = str(resource["Properties"]["Url"]).removeprefix("https://")
        return f"arn:{self._partition}:iam::{self._account}:oidc-provider/{host}"

    def _sub(self, args: Data) -> str:
        text, own = (args, {}) if isinstance(args, str) else args
        values = {key: self.value(each) for key, each in own.items()}

        def put(slot: re.Match[str]) -> str:
            if slot[1]:
                return f"${{{slot[2]}}}"
            return str(values[slot[2]] if slot[2] in values else self._ref(slot[2]))

        return _SLOT.sub(put, text)
