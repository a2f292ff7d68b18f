"""The three moments on one small platform: the pull request, the merge, the morning.

Run by `make demo-gitops`. A scratch repository gets its delivery files from `moorline ci
init`; the jobs in them are then run as they are written, on the embedded sandbox and
against a local stand-in for GitHub. Whatever does not come out as told ends the demo with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3

from reconciler.sandbox import lifecycle
from reconciler.sandbox.seed import upload
from tests.delivery.merging import running
from tests.delivery.runner import Ran, Runner
from tests.forge.server import Running
from tests.forge.store import TOKEN

REGION, ACCOUNT, PULL = "eu-west-1", "123456789012", 12
ENVIRONMENT = f"""\
  platform: acme
  sandbox: true
  account: "{ACCOUNT}"
  region: {REGION}
  protection:
    allow: []
"""
CUSTOMER = """\
  recordId: id
  eventTime: at
  features:
    id: string
    at: string
    orders_30d: integral
  online: {expireAfter: 30d}
  offline: {to: raw}
"""
SCORER = f"""\
  model:
    image: {ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/scorer:1
    artifact: {{source: raw, path: models/1.tar.gz}}
  serve:
    realtime:
      instanceType: ml.m5.large
      instances: 2
"""
WATCH = f"""\
  rollout: scorer
  alarms:
    - {{metric: ModelLatency, above: 250ms}}
  subscribers: {{queues: ["arn:aws:sqs:{REGION}:{ACCOUNT}:oncall"]}}
"""
FILES = {
    "environments/prod.yaml": ("Environment", "prod", ENVIRONMENT),
    "specs/raw.yaml": ("DataSource", "raw", "  s3: {}\n"),
    "specs/archive.yaml": ("DataSource", "archive", "  s3: {}\n"),
    "specs/customer.yaml": ("FeatureGroup", "customer", CUSTOMER),
    "specs/scorer.yaml": ("Rollout", "scorer", SCORER),
    "specs/watch.yaml": ("Monitor", "watch", WATCH),
}
HEAD = """\
apiVersion: moorline/v1
kind: {kind}
metadata: {{name: {name}, owner: fraud-team}}
spec:
"""
APPROVAL = f"""\
    approvals:
      - address: AWS::S3::Bucket/acme-prod-archive-{ACCOUNT}
        allows: records
        why: Moved to the lake; nobody has read it since May.
        by: alice
        until: 2099-12-31
"""


def say(text: str) -> None:
    """A sentence between two scenes."""
    print(f"\n\033[1m# {text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


def expect(*, true: bool, what: str, shown: str = "") -> None:
    """End the demo when something did not come out as told."""
    if not true:
        sys.exit(f"{shown}\nthis did not come out as told: {what}")


@dataclass
class Story:
    """The scratch repository, its forge and its jobs."""

    runner: Runner
    forge: Running
    merges: dict[str, int]

    @property
    def path(self) -> Path:
        return self.runner.path

    @property
    def comments(self) -> list[Any]:
        return self.forge.state.github.of(PULL)

    def write(self, file: str, text: str) -> None:
        target = self.path / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def edit(self, file: str, old: str, new: str) -> None:
        text = (self.path / file).read_text()
        expect(true=old in text, what=f"{file} has {old!r}")
        self.write(file, text.replace(old, new))

    def commit(self, message: str) -> None:
        self.runner.git("add", "-A")
        self.runner.git("commit", "-qm", message)

    def job(self, workflow: str, name: str, *, code: int = 0, pull: bool = False) -> Ran:
        """Run one job of the written workflows."""
        head = {"number": PULL, "head": {"sha": self.runner.git("rev-parse", "HEAD")}}
        ran = self.runner.job(workflow, name, {"pull_request": head} if pull else {})
        print(f"  job {workflow}/{name}: exit {ran.code}", flush=True)
        expect(true=ran.code == code, what=f"{workflow}/{name} exits with {code}", shown=ran.text)
        return ran

    def moorline(self, *arguments: str, code: int = 0) -> str:
        """Run one command, and show it unless it speaks to machines."""
        done = self.runner.moorline(*arguments)
        if "--json" not in arguments:
            print(f"\n$ moorline {' '.join(arguments)}\n{done.out}", end="", flush=True)
        expect(true=done.code == code, what=f"exit {code}", shown=done.err)
        return done.out

    def client(self, service: str, who: str) -> Any:  # noqa: ANN401 - boto3 has no static types
        """A plain boto3 client of a person on the sandbox."""
        found = lifecycle.ensure(lifecycle.folder_of(self.path), account=ACCOUNT, region=REGION)
        keys = {"aws_access_key_id": who, "aws_secret_access_key": who}
        return boto3.client(service, endpoint_url=found.url, region_name=REGION, **keys)


def begin(story: Story) -> None:
    """A platform that runs, with its delivery files."""
    say("A repository with a platform, and its delivery files for GitHub.")
    for file, (kind, name, body) in FILES.items():
        story.write(file, HEAD.format(kind=kind, name=name) + body)
    story.write(".gitignore", ".moorline/\nmoorline-out/\n")
    story.runner.git("init", "-qb", "main")
    story.runner.git("remote", "add", "origin", "https://github.test/acme/platform.git")
    story.moorline("ci", "init", "--provider", "github", "-e", "prod")
    story.commit("A platform")
    story.moorline("apply", "-e", "prod", "--yes")
    say("Somebody uploads the model file, which the scorer waited for.")
    upload(story.client("s3", "alice"), f"acme-prod-raw-{ACCOUNT}", "models/1.tar.gz")
    story.moorline("apply", "-e", "prod", "--yes")


def review(story: Story) -> None:
    """The pull request: pushed twice, with one comment."""
    say("A pull request adds a feature, changes the instance type and deletes a bucket.")
    story.runner.git("checkout", "-qb", "more")
    story.edit("specs/customer.yaml", "integral\n", "integral\n    country: string\n")
    story.edit("specs/scorer.yaml", "ml.m5.large", "ml.c6i.xlarge")
    (story.path / "specs/archive.yaml").unlink()
    story.commit("Country, faster instances, no archive")
    story.job("pull-request", "validate", pull=True)
    story.job("pull-request", "plan-prod", code=3, pull=True)
    (comment,) = story.comments
    print(f"\n{comment.body}")
    expect(true="**refused**" in comment.body, what="the comment refuses to delete the bucket")
    say("The second push approves the loss, in the environment's file. The comment is edited.")
    story.write(
        "environments/prod.yaml", (story.path / "environments/prod.yaml").read_text() + APPROVAL
    )
    story.commit("Approve the end of the archive")
    story.job("pull-request", "plan-prod", pull=True)
    (after,) = story.comments
    same = after.id == comment.id and "alice" in after.body and "**refused**" not in after.body
    expect(true=same, what="the same comment now shows who approved the loss", shown=after.body)
    print(f"\n{after.body}")


def merge(story: Story) -> None:
    """The merge applies what was reviewed."""
    say("The merge applies the plan that was reviewed, and nothing else.")
    story.runner.git("checkout", "-q", "main")
    story.runner.git("merge", "-q", "--no-ff", "-m", "Merge more", "more")
    story.merges[story.runner.git("rev-parse", "HEAD")] = PULL
    planned = story.job("apply", "plan-prod")
    expect(true=planned.outputs["changes"] == "true", what="there are changes", shown=planned.text)
    applied = story.job("apply", "apply-prod")
    print(applied.text)
    story.moorline("plan", "-e", "prod", "--detailed-exitcode")


def morning(story: Story) -> None:
    """A hand edit is reported with its actor."""
    say("At night, alice raises a threshold by hand.")
    cloudwatch = story.client("cloudwatch", "alice")
    (alarm,) = cloudwatch.describe_alarms()["MetricAlarms"]
    taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    keep = {key: value for key, value in alarm.items() if key in taken}
    cloudwatch.put_metric_alarm(**{**keep, "Threshold": alarm["Threshold"] * 4})
    say("In the morning it is an issue that names her.")
    story.job("drift", "drift-prod")
    (issue,) = story.forge.state.github.tickets
    print(f"\n{issue.title}\n\n{issue.body}")
    expect(true="alice" in issue.body, what="the issue names who did it")


def back(story: Story) -> None:
    """The way back, where it loses nothing, and a quiet morning after."""
    say("The next merge lets the alarm ring too late. Its apply also undoes alice's edit.")
    story.edit("specs/watch.yaml", "250ms", "400ms")
    story.commit("Ring later")
    story.moorline("apply", "-e", "prod", "--yes")
    story.moorline("history", "-e", "prod")
    say("The way back to what ran before.")
    story.moorline("revert", "-e", "prod", "--yes")
    story.runner.git("revert", "--no-edit", "HEAD")
    plan = json.loads(story.moorline("plan", "-e", "prod", "--json"))
    expect(true=plan["steps"] == [], what="Git and AWS agree again")
    say("Back over the merge of this morning would take a feature from its group: refused.")
    first = story.moorline("history", "-e", "prod", "--json")
    oldest = json.loads(first)["receipts"][-1]["id"]
    story.moorline("revert", oldest, "-e", "prod", code=1)
    say("Next morning the issue is closed.")
    story.job("drift", "drift-prod")
    (issue,) = story.forge.state.github.tickets
    expect(true=bool(issue.closed), what="the issue is closed")


def main() -> None:
    """The whole story."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, help="copy comment and report into this folder")
    keep = parser.parse_args().keep
    home = Path(tempfile.mkdtemp(prefix="moorline-gitops-"))
    path, merges = home / "repository", dict[str, int]()
    path.mkdir()
    os.environ["XDG_STATE_HOME"] = str(home / "state")  # its sandbox goes when the demo goes
    try:
        with running(merges) as forge:
            story = Story(Runner(path, forge.github, TOKEN, home / "artifacts"), forge, merges)
            story.runner.artifacts.mkdir()
            for scene in (begin, review, merge, morning, back):
                scene(story)
                if keep and scene is review:
                    keep.mkdir(parents=True, exist_ok=True)
                    (keep / "comment.md").write_text(story.comments[0].body)
                    made = story.runner.artifacts / "moorline-plan-prod/plan.html"
                    shutil.copy(made, keep / "report.html")
    finally:
        lifecycle.stop(lifecycle.folder_of(path))
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
