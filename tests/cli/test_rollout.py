"""`moorline rollout` on the sandbox, under the delivered roles: driven, paused, aborted, read."""

from __future__ import annotations

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from reconciler.receipts.lease import Lease
from reconciler.receipts.local import LocalStore
from reconciler.sandbox import lifecycle

from .folder import Folder, copy_files
from .mistakes import environment, spec
from .result import Result

BUCKET, ENDPOINT = "team-models", "acme-local-scorer"
CANARY = """\
  model: {{image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud@sha256:{digest},
          artifact: s3://team-models/{number}.tar.gz}}
  serve: {{realtime: {{instanceType: ml.c7g.xlarge, instances: 2}}}}
  strategy: {{canary: {{steps: [5%, 50%, 100%], bake: 10m}}}}
  analysis: [{{metric: Invocation5XXErrors, atMost: 1%}}]
"""
ROLES = "".join(
    f"    {name}: arn:aws:iam::123456789012:role/moorline-{name}\n" for name in ("plan", "apply")
)
LOCAL = (
    '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
    f"  protection: {{allow: [traffic, access]}}\n  roles:\n{ROLES}"
)
E = ("-e", "local")


def ask(folder: Folder, number: int) -> None:
    body = CANARY.format(digest="a" * 64, number=number)
    folder.write("specs/scorer.yaml", spec("Rollout", "scorer", body))


def begin(folder: Folder, number: int) -> None:
    """Ask for a version, and let the endpoint have both."""
    ask(folder, number)
    folder.run("apply", *E, "--yes", expect=0)


def later(folder: Folder, minutes: float) -> None:
    folder.control("clock", {"advance": minutes * 60})


def rollout(folder: Folder, *arguments: str, expect: int | None = None) -> Result:
    verb, *rest = arguments
    return folder.run("rollout", verb, *rest, *E, expect=expect)


def said(folder: Folder) -> dict[str, Any]:
    found: dict[str, Any] = rollout(folder, "status", "scorer", "--json").json
    return found


def baking(folder: Folder, step: int) -> dict[str, Any]:
    """Advance until a step is watched."""
    for _ in range(40):
        found = rollout(folder, "advance", "--all", "--yes", "--json", expect=0).json
        (now,) = found["rollouts"]
        if (now["phase"], now["step"]) == ("baking", step):
            return dict(now)
        later(folder, 12 if now["phase"] == "baking" else 2)
    raise AssertionError("it was never there")


@contextmanager
def applying(folder: Folder) -> Iterator[None]:
    """Somebody else applies meanwhile."""
    leases = LocalStore(folder.path / ".moorline/receipts/local").leases
    lease = Lease("local", "alice", "r", "2026-11-30T08:00:00Z")
    assert leases.take(lease) is None
    yield
    leases.release(lease)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    made = Folder(tmp_path_factory.mktemp("rollout"))
    made.write("environments/local.yaml", environment("local", LOCAL))
    s3 = made.client("s3")
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})
    for number in range(1, 6):
        s3.put_object(Bucket=BUCKET, Key=f"{number}.tar.gz", Body=str(number).encode())
    made.control("traffic", {"rates": {ENDPOINT: 50}})
    begin(made, 1)
    yield made
    lifecycle.stop(made.state)


def test_a_job_of_ci_takes_a_version_to_the_end_and_reports_tell_of_it(folder: Folder) -> None:
    begin(folder, 2)
    plan = folder.run("plan", *E, "--json").json
    (told,) = plan["sections"]["rollouts"]
    assert (told["status"], told["phase"], plan["steps"]) == ("in-progress", "starting", [])
    nobody = rollout(folder, "advance", "scorer", "--json")
    assert (nobody.code, nobody.codes) == (3, ["DRIVE003"])

    now = baking(folder, 1)
    assert {each["name"]: each["share"] for each in now["variants"]} == {
        "primary": 0.95, "candidate": 0.05,
    }  # fmt: skip
    assert rollout(folder, "status", "scorer", "--detailed-exitcode").code == 2
    again = rollout(folder, "advance", "scorer", "--yes", "--json", expect=0).json
    assert (again["sent"], again["status"]) == ([], "in-progress")

    a_merge_that_takes_it_back_and_is_not_applied_yet(folder)
    ask(folder, 2)
    baking(folder, 3)
    for _ in range(12):
        later(folder, 12)
        end = rollout(folder, "advance", "scorer", "--yes", "--json", expect=0).json
    assert (end["status"], end["ended"]) == ("done", "completed")
    left = folder.run("plan", *E, "--json").json["steps"]
    assert {each["action"] for each in left} == {"delete"}
    rows = rollout(folder, "history", "scorer", "--json").json["did"]
    shares = [re.findall(r"(\d+) % of the traffic for candidate", each["what"]) for each in rows]
    assert [one[0] for one in shares[::-1] if one] == ["5", "50", "100"]
    assert {each["who"] for each in rows} != {""}


def a_merge_that_takes_it_back_and_is_not_applied_yet(folder: Folder) -> None:
    ask(folder, 1)
    later(folder, 12)
    before = folder.writes
    for verb in (("advance", "--all", "--yes"), ("advance", "scorer", "--yes"), ("status",)):
        held = rollout(folder, *verb, "--json", expect=0).json
        (row,) = held.get("rollouts", [held])
        assert (row["status"], row.get("sent", [])) == ("held", [])
        assert row["asked"]["target"] == row["base"]
    ran = rollout(folder, "run", "scorer", "--yes", "--json")
    assert (ran.code, ran.codes) == (3, ["DRIVE009"])
    assert folder.writes == before
    assert (
        f"spec: asks for {held['rollouts'][0]['base']}" in rollout(folder, "status", "scorer").out
    )


def test_what_an_apply_left_undone_is_gone_on_with_after_a_step_of_a_rollout(
    folder: Folder,
) -> None:
    folder.write("specs/raw.yaml", spec("DataSource", "raw", "  s3: {}\n"))
    denied = {"service": "s3", "operation": "CreateBucket", "code": "AccessDenied", "times": 1}
    folder.control("faults", denied)
    ask(folder, 3)
    (alarm,) = folder.client("cloudwatch").describe_alarms()["MetricAlarms"]
    folder.control("traffic", {"alarms": {alarm["AlarmName"]: "ALARM"}})
    assert "CANARY009" in folder.run("plan", *E, "--json", expect=0).codes
    folder.control("traffic", {"alarms": {alarm["AlarmName"]: ""}})
    folder.run("apply", *E, "--yes", expect=1)
    later(folder, 2)
    sent = rollout(folder, "advance", "scorer", "--yes", "--json", expect=0).json["sent"]
    assert [each["method"] for each in sent][-1] == "update_endpoint_weights_and_capacities"

    done = folder.run("apply", *E, "--resume", "--yes", "--json", expect=0).json
    assert done["outcome"]["done"] == ["AWS::S3::Bucket/acme-local-raw-123456789012"]


@pytest.mark.scenario("R37")
def test_an_abort_needs_no_spec_that_can_be_read(folder: Folder, tmp_path: Path) -> None:
    begin(folder, 3)
    baking(folder, 2)
    broken = Folder(tmp_path, folder.state)
    copy_files(folder.path, tmp_path)
    broken.write("specs/scorer.yaml", "kind: Rollout\nspec: [\n")

    assert broken.run("validate", *E).code == 1
    held = rollout(broken, "pause", "--endpoint", ENDPOINT, "--yes", "--json", expect=0).json
    assert held["status"] == "paused"
    assert rollout(folder, "status", "scorer", "--detailed-exitcode").code == 3
    with applying(folder):
        assert rollout(folder, "resume", "scorer", "--yes", "--json").codes == ["LEASE001"]
    with applying(broken):  # an apply of somebody else, which may take hours
        done = rollout(broken, "abort", "scorer", "--yes", "--json", expect=0)
    assert "without the lease: alice applies" in done.err
    back = done.json
    assert (back["status"], back["ended"].split()[0]) == ("aborted", "aborted")
    assert {each["name"]: each["share"] for each in back["variants"]} == {"primary": 1.0}


@pytest.mark.scenario("R34")
def test_an_abort_of_nothing_says_so(folder: Folder) -> None:
    before = folder.writes
    done = rollout(folder, "abort", "scorer", "--yes", expect=0)

    assert "no rollout of acme-local-scorer is in progress" in done.err
    assert folder.writes == before
    assert rollout(folder, "pause", "scorer", "--yes", "--json").codes == ["DRIVE008"]
    full = rollout(folder, "promote", "--full", "scorer", "--yes")
    assert "so there is nothing to promote" in full.err


@pytest.mark.scenario("R13")
def test_a_plan_and_an_apply_end_with_3_while_nobody_knows_the_step(folder: Folder) -> None:
    begin(folder, 4)
    by_hand = [{"VariantName": name, "DesiredWeight": weight}
               for name, weight in (("primary", 60), ("candidate", 40))]  # fmt: skip
    folder.client("sagemaker").update_endpoint_weights_and_capacities(
        EndpointName=ENDPOINT, DesiredWeightsAndCapacities=by_hand
    )
    later(folder, 20)
    assert said(folder)["status"] == "ambiguous"
    for verb in (("plan",), ("apply", "--yes")):
        done = folder.run(*verb, *E)
        assert (done.code, "CANARY006" in done.out) == (3, True)
    assert folder.run("drift", *E).code == 4
    back = rollout(folder, "abort", "scorer", "--yes", "--json", expect=0).json
    assert back["ended"].startswith("aborted a person aborted it, as a share of 0.4")


def test_without_its_spec_or_its_way_back_a_rollout_says_what_can_be_done(folder: Folder) -> None:
    sagemaker = folder.client("sagemaker")
    begin(folder, 5)
    base = said(folder)["base"]
    (served,) = sagemaker.describe_endpoint_config(EndpointConfigName=base)["ProductionVariants"]
    model = sagemaker.describe_model(ModelName=served["ModelName"])["PrimaryContainer"]
    (folder.path / "specs/scorer.yaml").unlink()
    sagemaker.delete_endpoint_config(EndpointConfigName=base)

    gone = "no spec of local makes 'scorer' any more"
    for verb in (("status",), ("status", "scorer"), ("advance", "--all"), ("advance", "scorer")):
        told = rollout(folder, *verb, *(("--yes",) if "advance" in verb else ()), expect=0)
        assert gone in told.out
    assert rollout(folder, "advance", "scorer", "--yes", "--detailed-exitcode").code == 3
    assert "`abort` need no spec" in rollout(folder, "advance", "other", "--yes").err
    assert "`git revert`" in rollout(folder, "abort", "scorer", "--yes").err
    ask(folder, int(Path(model["ModelDataUrl"]).name.partition(".")[0]))
    folder.run("apply", *E, "--yes", expect=0)
    assert said(folder)["config"] == base
    assert rollout(folder, "advance", "scorer", "--yes", "--json").json["status"] == "aborted"


def test_without_its_strategy_it_waits_for_a_person_who_may_end_it(folder: Folder) -> None:
    begin(folder, 3)
    baking(folder, 1)
    folder.edit("specs/scorer.yaml", CANARY.splitlines()[3].replace("{{", "{").replace("}}", "}"),
                "  strategy: {allAtOnce: {}}")  # fmt: skip
    later(folder, 12)
    (row,) = rollout(folder, "advance", "--all", "--yes", "--json", expect=0).json["rollouts"]
    assert (row["status"], row["sent"]) == ("held", [])
    assert "has no canary any more" in row["why"]
    refused = folder.run("plan", *E)
    assert (refused.code, "`moorline rollout promote --full scorer`" in refused.text) == (3, True)

    full = rollout(folder, "promote", "scorer", "--full", "--yes", "--json", expect=0).json
    assert full["sent"][-1]["method"] == "update_endpoint"
    later(folder, 20)
    (end,) = rollout(folder, "advance", "--all", "--yes", "--json", expect=0).json["rollouts"]
    assert end["ended"] == "completed"
    assert rollout(folder, "advance", "--all", "--yes", "--json", expect=0).json["rollouts"] == []
    folder.run("apply", *E, "--yes", expect=0)
    assert said(folder)["config"] == end["target"]


def test_an_endpoint_of_somebody_else_is_left_alone(folder: Folder) -> None:
    sagemaker = folder.client("sagemaker")
    config = said(folder)["config"]
    sagemaker.create_endpoint(EndpointName="theirs", EndpointConfigName=config)
    before = folder.writes

    found = rollout(folder, "abort", "--endpoint", "theirs", "--yes", "--json")
    assert (found.code, found.codes) == (1, ["DRIVE007"])
    missing = rollout(folder, "abort", "--endpoint", "nothing", "--yes", "--json")
    assert missing.codes == ["DRIVE001"]
    assert folder.writes == before
    later(folder, 30)
    sagemaker.delete_endpoint(EndpointName="theirs")


@pytest.mark.scenario("R152")
def test_ctrl_c_leaves_a_rollout_where_it_is_and_the_alarm_takes_it_back(folder: Folder) -> None:
    folder.control("traffic", {"behaviours": [{"of": f"{ENDPOINT}/candidate", "errors": 0.3}]})
    begin(folder, 4)
    left = folder.stop_after("moving", signal.SIGINT, "rollout", "run", "scorer", "--yes", *E)
    assert "`moorline rollout run scorer -e local` goes on" in left.err
    assert said(folder)["status"] == "in-progress"

    folder.control("clock", {"speed": 600})
    ran = rollout(folder, "run", "scorer", "--yes", "--json")
    assert (ran.code, ran.json["status"], ran.codes) == (6, "rolled-back", ["DRIVE006"])
    assert "ALARM" in ran.json["ended"]
    assert folder.run("plan", *E).code == 3
    assert rollout(folder, "advance", "--all", "--yes").code == 0
