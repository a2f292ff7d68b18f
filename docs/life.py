"""The example's whole life in an account that is slow to show what it was told, and throttles.

`python -m docs.life --lag 5`. The commands are those of a user, in a copy of the repository's
platform, planned as its plan role and applied as its apply role with IAM enforced, at AWS's
rates. Every command is really run; an unexpected exit code, or an end that is not told as it
should be, ends it with 1. The whole output goes to `--log FOLDER`.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3

from reconciler.sandbox import lifecycle
from reconciler.sandbox.seed import release, upload
from tests.crash.edits import EDITS

ROOT = Path(__file__).parents[1]
BIN = Path(sys.executable).with_name("moorline")
ENVIRONMENT, ACCOUNT, REGION = "local", "123456789012", "eu-west-1"
FILE = f"environments/{ENVIRONMENT}.yaml"
REGISTRY, ARTIFACTS = "acme-local-fraud", f"acme-local-artifacts-{ACCOUNT}"
CURATED, SETTLED = f"acme-local-curated-{ACCOUNT}", "acme-disputes-dev-settled"
MODEL = "fallback/{}/model.tar.gz"
SECRET, TOKEN = "partners/scheme", '{"token": "of the sandbox"}'
LOOKS = 8
"""How often somebody looks until AWS shows what was done by hand."""
AHEAD = 3.0
"""Seconds by which one apply is ahead of another one that is to meet it."""
DONE, ERROR, CHANGES, REFUSED, DRIFT = 0, 1, 2, 3, 4


@dataclass
class Life:
    """A platform in a folder of its own, and who works on it."""

    home: Path
    log: Path
    lag: int
    began: float = field(default_factory=time.monotonic)
    number: int = 0

    # -- what is done

    def say(self, text: str) -> None:
        """A sentence between two commands, with how long it has been."""
        print(f"\n# [{time.monotonic() - self.began:.0f} s] {text}", flush=True)

    def expect(self, what: str, shown: str = "", *, true: bool) -> None:
        """End it when something did not come out as told."""
        if not true:
            sys.exit(f"{shown}\nthis did not come out as told: {what}")

    def run(self, arguments: str, *, code: int | None = DONE) -> tuple[int, str]:
        """One command; its exit code and all that it said."""
        began = time.monotonic()
        command = [BIN, *shlex.split(arguments), "-e", ENVIRONMENT, "--no-color"]
        done = subprocess.run(command, cwd=self.home, capture_output=True, text=True, check=False)
        return self._ended(arguments, done.returncode, done.stdout + done.stderr, began, code)

    def moorline(self, arguments: str, *, code: int | None = DONE) -> str:
        """As `run`: what it said."""
        return self.run(arguments, code=code)[1]

    def _ended(
        self, arguments: str, found: int, text: str, began: float, code: int | None
    ) -> tuple[int, str]:
        self.number += 1
        name = "-".join(arguments.split()[:2]).replace("/", "-")
        (self.log / f"{self.number:02}-{name}.txt").write_text(f"{text}\nexit {found}\n")
        took = time.monotonic() - began
        print(f"  $ moorline {arguments}  -> exit {found} in {took:.0f} s", flush=True)
        self.expect(f"exit {code}", text, true=code in {None, found})
        return found, text

    def json(self, arguments: str, *, code: int | None = DONE) -> Any:  # noqa: ANN401 - JSON
        """What a command prints for machines, which is all on standard output."""
        done = subprocess.run(
            [BIN, *shlex.split(arguments), "-e", ENVIRONMENT, "--json"],
            cwd=self.home,
            capture_output=True,
            text=True,
            check=False,
        )
        self._ended(f"{arguments} --json", done.returncode, done.stdout, self.began, code)
        return json.loads(done.stdout)

    @contextmanager
    def meanwhile(self, arguments: str, *, code: int = DONE) -> Iterator[None]:
        """A command that goes on while others run."""
        began = time.monotonic()
        command = [BIN, *shlex.split(arguments), "-e", ENVIRONMENT, "--no-color"]
        with subprocess.Popen(
            command, cwd=self.home, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as child:
            yield
            text = child.communicate()[0]
        self._ended(arguments, child.returncode, text, began, code)

    def quiet(self) -> None:
        """Nothing is left to do, and another process says so."""
        self.moorline("plan --detailed-exitcode")

    def until(self, arguments: str, code: int, *says: str) -> str:
        """Look again until AWS shows all that was done by hand."""
        for _ in range(LOOKS):
            found, text = self.run(arguments, code=None)
            if found == code and all(each in text for each in says):
                return text
        sys.exit(f"{text}\nthis was not shown after {LOOKS} looks")

    # -- what AWS is

    def control(self, path: str, document: dict[str, Any]) -> None:
        """Have the sandbox be otherwise."""
        found = lifecycle.find(lifecycle.folder_of(self.home))
        self.expect("the sandbox runs", true=found is not None)
        assert found is not None
        lifecycle.control(found, path, document)

    @contextmanager
    def person(self) -> Iterator[Callable[[str], Any]]:
        """Somebody with a console, who waits until he sees what he does."""
        found = lifecycle.find(lifecycle.folder_of(self.home))
        assert found is not None
        keys = {"aws_access_key_id": "alice", "aws_secret_access_key": "alice"}
        self.control("lag", {"reads": 0})
        yield lambda name: boto3.client(name, endpoint_url=found.url, region_name=REGION, **keys)
        self.control("lag", {"reads": self.lag})

    def edit(self, file: str, *changes: tuple[str, str]) -> None:
        """Change lines of a file."""
        path = self.home / file
        text = path.read_text()
        for old, new in changes:
            self.expect(f"{file} has {old!r}", true=text.count(old) == 1)
            text = text.replace(old, new)
        path.write_text(text)


# -- the scenes


def born(life: Life) -> None:
    """A first apply, and quiet after it."""
    life.say("What would be made? Two rollouts wait for their models, a source for its secret.")
    text = life.moorline("plan")
    for said in ("3 specs wait", MODEL.format("2026-09-14"), SECRET):
        life.expect(f"the plan says {said}", text, true=said in text)
    life.moorline("apply --yes")
    life.quiet()
    life.moorline("drift")


def updated_at_once(life: Life) -> None:
    """An update of tags, keys and what keys protect, by another run right after the first."""
    life.say("Another run changes a tag of everything, and the rotation of keys, right away.")
    life.edit("environments/dev.yaml", *EDITS["environments/dev.yaml"][:2])
    life.moorline("apply --yes")
    life.quiet()


def released(life: Life) -> None:
    """A model is approved, another one's file uploaded, a token kept; others apply meanwhile."""
    life.say("A reviewer approves a model; somebody uploads the file of the other one, and keeps")
    life.say("the token of a partner.")
    with life.person() as client:
        release(client("sagemaker"), client("s3"), REGISTRY, ARTIFACTS)
        upload(client("s3"), ARTIFACTS, MODEL.format("2026-09-14"))
        client("secretsmanager").create_secret(Name=SECRET, SecretString=TOKEN)
    life.until("plan --verbose --detailed-exitcode", CHANGES, f"{REGISTRY}/1")
    with life.meanwhile("apply --yes"):
        time.sleep(AHEAD)
        life.say("Somebody else applies and plans while this goes on.")
        text = life.moorline("apply --yes", code=ERROR)
        told = "LEASE001" in text or "PLAN011" in text
        life.expect("the other apply is told of", text, true=told)
        life.moorline("plan", code=None)
    life.quiet()


def drifted(life: Life) -> None:
    """Changes by hand are found and repaired."""
    life.say("Someone changes an alarm and a bucket by hand.")
    with life.person() as client:
        cloudwatch = client("cloudwatch")
        alarm = cloudwatch.describe_alarms(AlarmTypes=["MetricAlarm"])["MetricAlarms"][0]
        taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
        keep = {key: value for key, value in alarm.items() if key in taken}
        cloudwatch.put_metric_alarm(**{**keep, "Threshold": alarm["Threshold"] * 4})
        client("s3").put_bucket_versioning(
            Bucket=CURATED, VersioningConfiguration={"Status": "Suspended"}
        )
    text = life.until("drift", DRIFT, alarm["AlarmName"], CURATED)
    life.expect("drift names who did it", text, true="alice" in text)
    life.moorline("apply --yes")
    life.moorline("drift")


def changed(life: Life) -> None:
    """An update of nearly everything: endpoint, keys, feature groups, roles, alarms."""
    life.say("An update of nearly everything.")
    for file, changes in EDITS.items():
        already = 2 if file == "environments/dev.yaml" else 0
        life.edit(file, *changes[already:])
    with life.person() as client:
        release(client("sagemaker"), client("s3"), REGISTRY, ARTIFACTS)
        upload(client("s3"), ARTIFACTS, MODEL.format("2026-11-02"))
    life.until("plan --verbose --detailed-exitcode", CHANGES, f"{REGISTRY}/2")
    life.moorline("apply --yes")
    life.quiet()
    life.moorline("drift")


def ended(life: Life) -> None:
    """Destroyed as far as protection lets it, with approvals for each loss, then to the end."""
    life.say("Nothing may be lost: the end is refused, and nothing is deleted.")
    life.edit(FILE, ("  sandbox: true\n", "  sandbox: true\n  protection: {allow: []}\n"))
    life.moorline("apply --destroy --yes", code=REFUSED)
    life.quiet()
    plan = life.json("plan --destroy", code=REFUSED)
    lost = {
        (f"{step['type']}/{step['name']}", loss["destroys"])
        for step in plan["steps"]
        for loss in step["losses"]
        if loss["destroys"] != "traffic"
    }
    life.expect(
        "records, keys and history go",
        true={each for _, each in lost} >= {"records", "keys", "history"},
    )
    approvals = "".join(
        f"      - {{address: {address}, allows: {class_}, why: The end., by: alice,"
        f" until: 2099-12-31}}\n"
        for address, class_ in sorted(lost)
    )
    life.say(f"{len(lost)} losses are approved one by one, traffic as a class.")
    new = f"  protection:\n    allow: [traffic]\n    approvals:\n{approvals}"
    life.edit(FILE, ("  protection: {allow: []}\n", new))
    text = life.moorline("apply --destroy --yes", code=REFUSED)
    life.expect("what is not empty is refused before anything goes", text, true="STATE004" in text)
    life.say("AWS deletes no bucket with objects and no registry with versions: people empty them.")
    for number in range(LOOKS):  # what is deleted is logged in one of the buckets
        with life.person() as client:
            _empty(client("s3"), client("sagemaker"))
        if life.run("apply --destroy --yes", code=None)[0] == DONE:
            break
        life.expect("it can be deleted at last", true=number + 1 < LOOKS)
    life.moorline("plan --destroy --detailed-exitcode")


def _empty(s3: Any, sagemaker: Any) -> None:  # noqa: ANN401 - boto3 clients have no static type
    for bucket in s3.list_buckets()["Buckets"]:
        if not bucket["Name"].startswith(f"acme-{ENVIRONMENT}-"):
            continue
        found = s3.list_object_versions(Bucket=bucket["Name"])
        for each in (*found.get("Versions", ()), *found.get("DeleteMarkers", ())):
            s3.delete_object(Bucket=bucket["Name"], Key=each["Key"], VersionId=each["VersionId"])
    listed = sagemaker.list_model_packages(ModelPackageGroupName=REGISTRY)
    for each in listed["ModelPackageSummaryList"]:
        sagemaker.delete_model_package(ModelPackageName=each["ModelPackageArn"])


SCENES = (born, updated_at_once, released, drifted, changed, ended)


def main() -> None:
    """The whole life."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lag", type=int, default=1, help="stale reads after each write")
    parser.add_argument("--share", type=float, default=1.0, help="of AWS's rates; 0 for no limit")
    parser.add_argument("--log", type=Path, help="keep what each command said")
    given = parser.parse_args()
    home = Path(tempfile.mkdtemp(prefix="moorline-life-"))
    log = given.log or home / "log"
    log.mkdir(parents=True, exist_ok=True)
    os.environ["XDG_STATE_HOME"] = str(home / "state")  # its sandbox goes when this goes
    platform = home / "platform"
    for folder in ("specs", "environments"):
        shutil.copytree(ROOT / folder, platform / folder)
    state = lifecycle.folder_of(platform)
    try:
        lifecycle.start(state, account=ACCOUNT, region=REGION, project=platform)
        life = Life(platform, log, given.lag)
        with life.person() as client:
            client("s3").create_bucket(
                Bucket=SETTLED, CreateBucketConfiguration={"LocationConstraint": REGION}
            )
        life.control("throttling", {"share": given.share})
        for scene in SCENES:
            scene(life)
        found = lifecycle.find(state)
        refused = lifecycle.control(found, "throttling")["refused"] if found else {}
        life.say(f"It took that long; AWS refused {sum(refused.values())} calls as too many.")
    finally:
        lifecycle.stop(state)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
