"""Jobs of GitLab, Jenkins and CodePipeline as they are written: their shell, variables and role."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from .written import data

INSTALLS = "pip install"


@dataclass(frozen=True)
class Job:
    """What a CI system runs, and with what."""

    shells: tuple[str, ...]
    variables: dict[str, str] = field(default_factory=dict)
    audience: str = ""
    """Of the token that it gets, if it gets one."""
    builder: str = ""
    """The role that it has already, as the template calls it."""


# -- GitLab


def gitlab(made: Mapping[str, str], name: str, given: Mapping[str, str]) -> Job:
    """A job of GitLab's; `given` is what GitLab sets, and what people choose."""
    whole = data(made[".gitlab/moorline.yml"])
    job = whole[name]
    known = {**_values(whole["variables"])}
    for each in [*job.get("extends", ())]:
        known |= _values(whole.get(each, {}).get("variables", {}))
    known |= _values(job.get("variables", {}))
    tokens = job.get("id_tokens", {})
    known = {**known, **given, **dict.fromkeys(tokens, "")}
    return Job(
        tuple(each for each in job["script"] if INSTALLS not in each),
        {key: _expanded(value, known) for key, value in known.items()},
        next((each["aud"] for each in tokens.values()), ""),
    )


def _values(variables: Mapping[str, Any]) -> dict[str, str]:
    return {k: str(v["value"] if isinstance(v, dict) else v) for k, v in variables.items()}


def _expanded(text: str, known: Mapping[str, str]) -> str:
    """`$NAME`, as often as it takes; of a name that is not there it is nothing."""
    return re.sub(r"\$(\w+)", lambda found: known.get(found[1], ""), text)


# -- Jenkins


def jenkins(made: Mapping[str, str], stage: str) -> Iterator[Job]:
    """The commands of a stage in their order, each inside its place."""
    text = made["Jenkinsfile"]
    blocks = dict(
        re.findall(r"\n        stage\('([^']+)'\) \{\n(.*?)(?=\n        \}\n)", text, re.DOTALL)
    )
    functions = {
        name: ast.literal_eval(shell)
        for name, shell in re.findall(
            r"\ndef (\w+)\(\) \{\n    sh label: '[^']*', script: ('''(?:[^\\]|\\.)*?''')", text
        )
    }
    always = dict(re.findall(r"\n        (MOORLINE_\w+) = '([^']*)'", text))
    body = re.search(r"\ndef inside\(.*?\n\}\n", text, re.DOTALL)
    assert body is not None
    filled = re.findall(r"[\"'](\w+)=(\$\{place\.(\w+)\}|[\w-]+)[\"']", body[0])
    assert "AWS_WEB_IDENTITY_TOKEN_FILE" in body[0]
    for written, function in re.findall(r"inside\((.*?)\) \{ (\w+)\(\) \}", blocks[stage]):
        place = dict(re.findall(r"(\w+): '([^']*)'", written))
        own = {name: place[slot] if slot else value for name, value, slot in filled}
        yield Job((functions[function],), {**always, **own}, "sts.amazonaws.com")


# -- CodePipeline

TEMPLATE = "delivery/codepipeline.yaml"


class _Tags(yaml.SafeLoader):
    """YAML with CloudFormation's short tags as the functions that they stand for."""


def _function(loader: _Tags, suffix: str, node: yaml.Node) -> Any:
    name = suffix if suffix in {"Ref", "Condition"} else f"Fn::{suffix}"
    if isinstance(node, yaml.ScalarNode):
        return {name: loader.construct_scalar(node)}
    if isinstance(node, yaml.SequenceNode):
        return {name: loader.construct_sequence(node, deep=True)}
    raise TypeError(suffix)


_Tags.add_multi_constructor("!", _function)


@dataclass(frozen=True)
class Stack:
    """The template of the pipeline, deployed in the delivery account."""

    body: Mapping[str, Any]
    account: str
    given: Mapping[str, str]

    @classmethod
    def of(cls, made: Mapping[str, str], account: str, **given: str) -> Stack:
        return cls(yaml.load(made[TEMPLATE], _Tags), account, given)

    def arn(self, name: str) -> str:
        return f"arn:aws:iam::{self.account}:role/stack-{name}"

    def roles(self) -> dict[str, dict[str, Any]]:
        """The builders' trust and policies, by ARN."""
        return {
            self.arn(name): {
                "trust": self.value(each["Properties"]["AssumeRolePolicyDocument"]),
                "policies": {
                    it["PolicyName"]: self.value(it["PolicyDocument"])
                    for it in each["Properties"]["Policies"]
                },
            }
            for name, each in self.body["Resources"].items()
            if each["Type"] == "AWS::IAM::Role" and name.endswith("Builder")
        }

    def output(self, name: str) -> str:
        return str(self.value(self.body["Outputs"][name]["Value"]))

    def value(self, found: Any) -> Any:
        """A value of the template with its functions carried out."""
        if isinstance(found, list):
            return [self.value(each) for each in found]
        if not isinstance(found, Mapping):
            return found
        if len(found) == 1:
            ((name, args),) = found.items()
            if name == "Ref":
                return self._known(args)
            if name == "Fn::GetAtt":
                return self._known(args)
            if name == "Fn::Sub":
                return re.sub(r"\$\{([^}]+)\}", lambda slot: self._known(slot[1]), args)
            if name == "Fn::If":
                return self.value(args[1])  # the forge is GitHub
            if name == "Fn::Join":
                return args[0].join(self.value(args[1]))
        return {key: self.value(each) for key, each in found.items()}

    def _known(self, name: str) -> str:
        own = {
            "AWS::AccountId": self.account, "AWS::Partition": "aws", "AWS::Region": "eu-west-1",
            "AWS::StackName": "delivery", **self.given,
        }  # fmt: skip
        if name in own:
            return own[name]
        if "Default" in self.body["Parameters"].get(name, {}):
            return str(self.body["Parameters"][name]["Default"])
        resource, _, attribute = name.partition(".")
        kind = self.body["Resources"][resource]["Type"]
        if kind == "AWS::IAM::Role":
            assert attribute == "Arn"
            return self.arn(resource)
        return f"arn:aws:s3:::stack-{resource.lower()}" if attribute else f"stack-{resource}"


def codepipeline(
    made: Mapping[str, str], stack: Stack, project: str, action: str = "", *, secret: str
) -> Job:
    """A build of a project, started by an action of the pipeline, `STAGE/NAME`, if by one.

    `secret` is what is in its secret, if it has one.
    """
    found = stack.body["Resources"][project]["Properties"]
    listed = stack.value(found["Environment"]["EnvironmentVariables"])
    variables = {
        each["Name"]: secret if each.get("Type") == "SECRETS_MANAGER" else str(each["Value"])
        for each in listed
    }
    if action:
        variables |= _of_action(stack, *action.split("/"))
    written = found["Source"]["BuildSpec"]
    build = yaml.safe_load(made.get(written, written))
    shells = build["phases"]["build"]["commands"]
    builder = str(found["ServiceRole"]["Fn::GetAtt"]).removesuffix(".Arn")
    return Job(tuple(shells), variables, builder=builder)


def _of_action(stack: Stack, stage: str, name: str) -> dict[str, str]:
    stages = stack.body["Resources"]["Pipeline"]["Properties"]["Stages"]
    actions = next(each["Actions"] for each in stages if each["Name"] == stage)
    found = next(each for each in actions if each["Name"] == name)
    listed = json.loads(found["Configuration"]["EnvironmentVariables"])
    return {each["name"]: each["value"] for each in listed}
