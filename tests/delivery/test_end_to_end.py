"""The commands of the written workflows, run against a sandbox and a local forge.

One story: a pull request that is pushed twice, its merge, a commit that nobody reviewed, a
plan that moved after its review, comments that somebody else wrote or changed, a pull request
that is full of traps, and the next mornings.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import boto3
import pytest
from sweeps import LONG

from reconciler.sandbox import lifecycle
from tests.cli.forks import program
from tests.cli.mistakes import environment, spec
from tests.forge.server import Running
from tests.forge.store import PERSON, TOKEN, Note

from .hostile import lay
from .merging import running
from .runner import BIN, Ran, Runner

PLACE = """\
  platform: acme
  sandbox: true
  account: "123456789012"
  region: eu-west-1
  roles:
    plan: arn:aws:iam::123456789012:role/moorline-plan
    apply: arn:aws:iam::123456789012:role/moorline-apply
"""
ALLOW = "  protection: {allow: [records]}\n"
BUCKET = "acme-two-archive-123456789012"


def pull(number: int) -> dict:
    return {"pull_request": {"number": number, "head": {"sha": "0" * 40}}}


@dataclass
class Story:
    """What happened, in order."""

    runner: Runner
    forge: Running
    merges: dict[str, int]
    first: list[Ran]
    comments: list[Note]
    second: list[Ran]
    merged: dict[str, Ran]

    def push(self, branch: str, file: str, body: str) -> None:
        """Commit a spec to a branch."""
        self.runner.git("checkout", "-q", "-B", branch)
        (self.runner.path / file).write_text(body)
        self.runner.git("add", "-A")
        self.runner.git("commit", "-qm", file)

    def review(self, number: int, *only: str) -> list[Ran]:
        """The jobs of a pull request; in `make test` only those that matter."""
        every = ("validate", "plan-one", "plan-two")
        names = every if LONG or not only else only
        return [self.runner.job("pull-request", name, pull(number)) for name in names]

    def merge(self, branch: str, number: int) -> None:
        self.runner.git("checkout", "-q", "main")
        self.runner.git("merge", "-q", "--no-ff", "-m", "merge", branch)
        self.merges[self.runner.git("rev-parse", "HEAD")] = number

    def deploy(self) -> dict[str, Ran]:
        """The jobs of a merge in their order, up to the first that fails."""
        ran: dict[str, Ran] = {}
        for name in ("one", "two"):
            plan = ran[f"plan-{name}"] = self.runner.job("apply", f"plan-{name}")
            if plan.code:
                break
            if plan.outputs["changes"] == "true":
                ran[f"apply-{name}"] = self.runner.job("apply", f"apply-{name}")
        return ran

    @property
    def notes(self) -> list[Note]:
        return [Note(**vars(each)) for each in self.forge.state.github.notes]

    def client(self, name: str):
        url = lifecycle.ensure(
            lifecycle.folder_of(self.runner.path), account="123456789012", region="eu-west-1"
        ).url
        keys = {"aws_access_key_id": "x", "aws_secret_access_key": "x"}
        return boto3.client(name, endpoint_url=url, region_name="eu-west-1", **keys)


def bucket(name: str, more: str = "") -> str:
    return spec("DataSource", name, f"  s3: {{}}\n{more}")


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Story]:
    home = tmp_path_factory.mktemp("delivered")
    path, merges = home / "repository", dict[str, int]()
    for folder in ("specs", "environments"):
        (path / folder).mkdir(parents=True)
    (path / ".gitignore").write_text(".moorline/\nmoorline-out/\n")
    (path / "specs/ledger.yaml").write_text(bucket("ledger"))
    for name in ("one", "two"):
        (path / f"environments/{name}.yaml").write_text(
            environment(name, PLACE.replace("moorline-", f"moorline-{name}-") + ALLOW)
        )
    with running(merges) as forge:
        runner = Runner(path, forge.github, TOKEN, home / "artifacts", programs=program(home))
        runner.artifacts.mkdir()
        runner.git("init", "-qb", "main")
        runner.git("remote", "add", "origin", "https://github.test/acme/platform.git")
        made = runner.moorline("ci", "init", "--provider", "github", "-e", "one", "-e", "two")
        assert made.code == 0, made.err
        runner.git("add", "-A")
        runner.git("commit", "-qm", "start")
        for name in ("one", "two"):
            assert runner.moorline("apply", "-e", name, "--yes").code == 0
        story = Story(runner, forge, merges, [], [], [], {})
        try:
            _happen(story)
            yield story
        finally:
            lifecycle.stop(lifecycle.folder_of(path))


def _happen(story: Story) -> None:
    story.push("feature", "specs/archive.yaml", bucket("archive"))
    story.first = story.review(7)
    story.comments = story.notes
    story.push("feature", "specs/extra.yaml", bucket("extra"))
    story.second = story.review(7, "plan-one", "plan-two")
    story.merge("feature", 7)
    story.merged = story.deploy()


def test_a_pull_request_is_commented_once_for_each_environment(story: Story) -> None:
    assert [ran.code for ran in story.first] == [0, 0, 0], [ran.text for ran in story.first]
    assert [note.body.splitlines()[0] for note in story.comments] == [
        "<!-- moorline:plan:one -->",
        "<!-- moorline:plan:two -->",
    ]
    assert all("acme-" in note.body and note.change == 7 for note in story.comments)


def test_a_second_push_edits_the_comments(story: Story) -> None:
    after = [note for note in story.notes if note.change == 7]

    assert [ran.code for ran in story.second] == [0] * (3 if LONG else 2)
    assert [note.id for note in after] == [note.id for note in story.comments]
    assert all("extra" in note.body for note in after)
    assert not any("extra" in note.body for note in story.comments)


def test_a_merge_applies_the_reviewed_plan_in_order(story: Story) -> None:
    assert {name: ran.code for name, ran in story.merged.items()} == {
        "plan-one": 0,
        "apply-one": 0,
        "plan-two": 0,
        "apply-two": 0,
    }, [ran.text for ran in story.merged.values()]
    assert "the plan is the one reviewed in #7" in story.merged["plan-two"].text
    assert BUCKET in [each["Name"] for each in story.client("s3").list_buckets()["Buckets"]]
    assert "moorline:plan:two" in story.merged["plan-two"].summary


def test_what_nobody_reviewed_is_not_applied(story: Story) -> None:
    story.push("direct", "specs/direct.yaml", bucket("direct"))
    story.merge("direct", 0)
    del story.merges[story.runner.git("rev-parse", "HEAD")]

    ran = story.deploy()

    assert {name: each.code for name, each in ran.items()} == {"plan-one": 5}
    assert "REVIEW002" in ran["plan-one"].text
    story.runner.git("reset", "-q", "--hard", "HEAD~1")


def test_a_plan_that_moved_after_its_review_is_not_applied(story: Story) -> None:
    story.push("late", "specs/late.yaml", bucket("late"))
    assert {ran.code for ran in story.review(8, "plan-one")} == {0}
    story.merge("late", 8)
    story.push("main", "specs/other.yaml", bucket("other"))  # somebody else is faster
    story.merges[story.runner.git("rev-parse", "HEAD")] = 8

    ran = story.deploy()

    assert {name: each.code for name, each in ran.items()} == {"plan-one": 5}
    assert "REVIEW001" in ran["plan-one"].text
    story.runner.git("reset", "-q", "--hard", "HEAD~2")


@pytest.fixture
def copied(story: Story) -> Iterator[Story]:
    """A merge of 10, whose only comment is a person's copy of ours on 11."""
    story.push("forged", "specs/forged.yaml", bucket("forged"))
    assert {ran.code for ran in story.review(11, "plan-one")} == {0}
    for note in [each for each in story.notes if each.change == 11]:
        story.forge.state.github.note(10, PERSON, note.body)
    story.merge("forged", 10)
    yield story
    story.runner.author = ""
    story.runner.git("reset", "-q", "--hard", "HEAD~1")


def test_a_comment_is_a_review_where_the_author_of_ours_wrote_it(copied: Story) -> None:
    """Not that of somebody else, unless the repository says so, nor ours when it was changed."""
    ran = copied.deploy()

    assert {name: each.code for name, each in ran.items()} == {"plan-one": 5}
    assert "REVIEW003" in ran["plan-one"].text
    assert f"is by '{PERSON}', not by 'moorline[bot]'" in ran["plan-one"].text

    copied.runner.author = PERSON
    assert copied.runner.job("apply", "plan-one").code == 0

    copied.runner.author = ""
    copied.merges[copied.runner.git("rev-parse", "HEAD")] = 11
    ours = [each for each in copied.forge.state.github.notes if each.change == 11]
    for note in ours:
        note.editor = PERSON
    changed = copied.runner.job("apply", "plan-one")
    for note in ours:
        note.editor = ""
    left = copied.runner.job("apply", "plan-one")

    assert (changed.code, left.code) == (5, 0), left.text
    assert f"'{PERSON}' has changed the comment in #11" in changed.text


def test_a_pull_request_full_of_traps_springs_none(story: Story, tmp_path: Path) -> None:
    lay(story.runner.path, tmp_path)
    forks, story.runner.programs = story.runner.programs, BIN  # a fork imports nothing
    story.push("hostile", "specs/hostile.yaml", bucket("hostile"))
    ran = story.review(12, "validate", "plan-one")
    ran.append(story.runner.job("pull-request", "fork"))
    story.runner.git("checkout", "-q", "main")
    story.runner.programs = forks

    assert {each.code for each in ran} == {0}, [each.text for each in ran]
    assert any("hostile" in note.body for note in story.notes if note.change == 12)
    assert list(tmp_path.iterdir()) == []


def test_drift_makes_one_issue_that_closes_when_it_is_gone(story: Story) -> None:
    versioning = story.client("s3").put_bucket_versioning
    tickets = story.forge.state.github.tickets
    versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"})

    mornings = [story.runner.job("drift", "drift-two") for _ in range(2)]
    opened = [(ticket.title, ticket.closed) for ticket in tickets]
    versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    mornings.append(story.runner.job("drift", "drift-two"))

    assert [ran.code for ran in mornings] == [0, 0, 0], [ran.text for ran in mornings]
    assert [closed for _, closed in opened] == [""]
    assert opened[0][0].startswith("Drift in two: 1 resource")
    assert [bool(ticket.closed) for ticket in tickets] == [True]
    assert "closed" in mornings[-1].text


def test_a_fork_is_planned_against_the_receipt_that_the_drift_job_keeps(story: Story) -> None:
    ran = story.runner.job("drift", "drift-one")
    assert ran.code == 0, ran.text
    assert len([*(story.runner.artifacts / "moorline-receipt-one").glob("*.json")]) == 1

    story.push("fork", "specs/forked.yaml", bucket("forked"))
    kept = story.runner.artifacts / "moorline-receipt-one"
    shutil.copytree(kept, story.runner.artifacts / "temp/moorline-receipt")

    ran = story.runner.job("pull-request", "fork")

    assert ran.code == 0, ran.text
    assert "forked" in ran.summary
    assert "1 to create" in ran.summary
    assert "OFFLINE001" in ran.summary
