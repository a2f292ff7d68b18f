"""Delivery files as `ci init` writes them, and the shell steps inside them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from reconciler.delivery import api, write
from reconciler.delivery.site import Site, Stage

REPOSITORY = Path(__file__).parents[2]
ACTION = REPOSITORY / ".github/actions/moorline/action.yml"
PROVIDERS = ("codepipeline", "github", "gitlab", "jenkins")
TYPES = ("AWS::IAM::Role", "AWS::KMS::Key", "AWS::S3::Bucket", "AWS::SageMaker::Endpoint")


def stage(name: str, account: str = "111122223333", **more: Any) -> Stage:
    role = f"arn:aws:iam::{account}:role/moorline-{name}"
    known = {"bucket": f"acme-{name}-receipts", "signing": "alias/plans", **more}
    return Stage(name, account, "eu-west-1", "aws", f"{role}-plan", f"{role}-apply", **known)


def site(**more: Any) -> Site:
    stages = (
        stage("dev", first=True),
        stage("staging", "222233334444"),
        stage("prod", "333344445555"),
    )
    known = {"stages": stages, "repository": "acme/platform", "types": TYPES, "version": "1.2.3"}
    return Site("acme", **{**known, **more})


@cache
def files(provider: str) -> dict[str, str]:
    """The files of a provider for three environments in AWS."""
    return write.files(api.load()[provider], site())


@dataclass(frozen=True)
class Shell:
    """One step of shell."""

    where: str
    text: str


class Loader(yaml.CSafeLoader):
    """YAML with CloudFormation's short tags, whose values are kept."""


def _tag(loader: Loader, _suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        return loader.construct_scalar(node)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node)
    return loader.construct_mapping(node)


Loader.add_multi_constructor("!", _tag)


def data(text: str) -> Any:
    return yaml.load(text, Loader)


def shells(provider: str, made: dict[str, str] | None = None) -> Iterator[Shell]:
    """Every shell step in the files of a provider."""
    for path, text in (made or files(provider)).items():
        if path == "Jenkinsfile":
            yield from _groovy(path, text)
        elif path.startswith("delivery/buildspecs"):
            yield from _phases(path, text)
        elif path == "delivery/codepipeline.yaml":
            yield from _phases(f"{path} PullRequest", reviewing(text))
        elif path.startswith(".github"):
            for name, job in data(text)["jobs"].items():
                yield from (Shell(f"{path} {name}", s["run"]) for s in job["steps"] if "run" in s)
        elif path == ".gitlab/moorline.yml":
            for name, job in data(text).items():
                if isinstance(job, dict) and name != "variables":
                    lines = [*job.get("before_script", ()), *job.get("script", ())]
                    yield from (Shell(f"{path} {name}", each) for each in lines)


def reviewing(text: str) -> str:
    """The steps of builds of pull requests, which stand in the pipeline's template."""
    return data(text)["Resources"]["PullRequest"]["Properties"]["Source"]["BuildSpec"]


def _phases(path: str, text: str) -> Iterator[Shell]:
    for phase in data(text)["phases"].values():
        yield from (Shell(path, each) for each in phase["commands"])


def _groovy(path: str, text: str) -> Iterator[Shell]:
    """Strings in three single quotes; Groovy's escapes in them are those of Python."""
    for found in re.finditer(r"'''(?:[^\\]|\\.)*?'''", text, re.DOTALL):
        yield Shell(path, ast.literal_eval(found[0]))


def action_shells() -> list[Shell]:
    steps = data(ACTION.read_text())["runs"]["steps"]
    return [Shell("action.yml", each["run"]) for each in steps if "run" in each]
