"""A plan file: what was reviewed is what is applied, or nothing is."""

from __future__ import annotations

import signal
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest

from reconciler.aws.apply import Outcome
from reconciler.cli.frame.project import Exit
from reconciler.cli.verbs.apply import _code
from reconciler.cli.world.reviewed import save
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.event import StepFailed
from reconciler.planfile import file as planfile
from reconciler.planfile.file import PlanFile
from reconciler.planfile.signature import sign
from reconciler.sandbox import lifecycle

from .folder import Folder
from .mistakes import environment, security, spec

BUCKET = "acme-local-ledger-123456789012"
ADDRESS = f"AWS::S3::Bucket/{BUCKET}"
PLACE = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
LOCAL = environment("local", PLACE)
COMMIT = "4f2c9e1b7d0a4f2c9e1b7d0a4f2c9e1b7d0a4f2c"
SECRET = "correct horse battery staple"
PLAN = ("plan", "-e", "local", "-o", "plan.json")
EMPTY = ("plan", "-e", "local", "--json", "--detailed-exitcode")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """A bucket that was applied from a plan file, and two specs to come."""
    folder = Folder(tmp_path_factory.mktemp("reviewed"))
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    folder.write("environments/local.yaml", LOCAL)
    folder.write("environments/other.yaml", environment("other", PLACE))
    yield folder
    lifecycle.stop(folder.state)


@pytest.fixture(scope="module")
def pending(folder: Folder) -> Folder:
    """A plan file that changes the bucket and makes a role; it is not applied."""
    folder.run("apply", "-e", "local", "--yes", expect=0)
    folder.edit("specs/ledger.yaml", "{}", "{lifecycle: {expireAfter: 365d}}")
    folder.write("specs/team.yaml", security("team", "runner", ""))
    folder.edit("environments/local.yaml", "  region:", "  tags: {team: risk}\n  region:")
    folder.edit(
        "environments/local.yaml", "  region:", "  protection: {allow: [records]}\n  region:"
    )
    folder.run(*PLAN, expect=0)
    return folder


def read(folder: Folder, name: str = "plan.json") -> PlanFile:
    file, found = planfile.unpack((folder.path / name).read_bytes())
    assert file is not None, found
    return file


# -- what is refused, and leaves everything as it is


def flipped(file: PlanFile) -> bytes:
    data = bytearray(planfile.pack(file))
    data[data.index(b"create_role")] ^= 1
    return bytes(data)


def older(file: PlanFile) -> bytes:
    now = datetime.now(UTC) - timedelta(hours=25)
    return planfile.pack(planfile.make(file.plan, now=now, lifetime=86400))


def elsewhere(**place: str) -> Callable[[PlanFile], bytes]:
    return lambda file: planfile.pack(replace(file, plan=replace(file.plan, **place)))


def newer(file: PlanFile) -> bytes:
    return orjson.dumps({**orjson.loads(planfile.pack(file)), "format_version": 9})


def of_a_commit(file: PlanFile) -> bytes:
    return planfile.pack(replace(file, commit=COMMIT))


def forged(file: PlanFile) -> bytes:
    return planfile.pack(planfile.signed(file, sign(file.digest, b"a guess")))


SIGN = ("--sign-key", "key")
REFUSED = {
    "a changed byte": (flipped, (), "STALE001"),
    "another file": (lambda _: b"{}", (), "STALE001"),
    "a newer format": (newer, (), "STALE002"),
    "an old plan": (older, (), "STALE003"),
    "another account": (elsewhere(account="999999999999"), (), "STALE004"),
    "another region": (elsewhere(region="us-east-1"), (), "STALE004"),
    "another platform": (elsewhere(platform="other"), (), "STALE004"),
    "another environment": (planfile.pack, ("-e", "other"), "STALE004"),
    "another commit": (of_a_commit, ("--commit", "a" * 40), "STALE005"),
    "no commit to compare with": (of_a_commit, ("--require-commit",), "STALE005"),
    "no signature": (planfile.pack, SIGN, "STALE007"),
    "a signature of another key": (forged, SIGN, "STALE008"),
    "a signature without a key to check it": (forged, (), "STALE008"),
}


@pytest.mark.parametrize("what", REFUSED, ids="with {}".format)
def test_nothing_is_written_and_the_exit_code_is_5(
    pending: Folder, tmp_path: Path, what: str
) -> None:
    change, arguments, code = REFUSED[what]
    bad = tmp_path / "bad.json"
    bad.write_bytes(change(read(pending)))
    (pending.path / "key").write_text(SECRET)
    before = pending.writes
    said = pending.run("apply", str(bad), *arguments, "--json", expect=Exit.STALE)
    assert (said.codes, pending.writes) == ([code], before)
    assert SECRET not in said.text


def test_people_are_told_on_standard_error(pending: Folder, tmp_path: Path) -> None:
    (tmp_path / "bad.json").write_bytes(older(read(pending)))
    said = pending.run("apply", str(tmp_path / "bad.json"), expect=Exit.STALE)
    assert (said.out, "error[STALE003]" in said.err) == ("", True)
    assert "moorline plan -o" in said.err


def test_another_account_of_the_environment_is_refused(pending: Folder, tmp_path: Path) -> None:
    forked = pending.fork(tmp_path / "fork")
    forked.edit_all("environments/local.yaml", "123456789012", "999999999999")
    before = pending.writes
    said = forked.run("apply", str(pending.path / "plan.json"), "--json", expect=Exit.STALE)
    assert (said.codes, pending.writes) == (["STALE004"], before)


def test_credentials_of_another_account_are_refused(pending: Folder, tmp_path: Path) -> None:
    forked = pending.fork(tmp_path / "fork")
    forked.edit_all("environments/local.yaml", "123456789012", "999999999999")
    forked.path.joinpath("bad.json").write_bytes(elsewhere(account="999999999999")(read(pending)))
    before = pending.writes
    said = forked.run("apply", "bad.json", "--json", expect=Exit.STALE)
    assert (said.codes, pending.writes) == (["AWS003"], before)


def test_a_plan_that_protection_refused_is_blocked(pending: Folder, tmp_path: Path) -> None:
    pending.run("plan", "-e", "local", "-o", "refused.json", "--destroy")
    file = read(pending, "refused.json")
    steps = tuple(replace(step, refused="no") for step in file.plan.steps)
    bad = tmp_path / "bad.json"
    bad.write_bytes(planfile.pack(replace(file, plan=replace(file.plan, steps=steps))))
    before = pending.writes
    said = pending.run("apply", str(bad), "--json", expect=Exit.BLOCKED)
    assert (set(said.codes), pending.writes) == ({"STALE006"}, before)


def test_what_moved_is_named_and_nothing_is_written(pending: Folder) -> None:
    s3 = pending.client("s3")
    tags = s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"]
    s3.put_bucket_tagging(
        Bucket=BUCKET, Tagging={"TagSet": [*tags, {"Key": "by", "Value": "alice"}]}
    )
    before = pending.writes
    said = pending.run("apply", "plan.json", "--json", expect=Exit.STALE)
    assert (said.codes, pending.writes) == (["STALE009"], before)
    (found,) = said.json["diagnostics"]
    assert (found["address"], "Tags.by" in found["message"]) == (ADDRESS, True)
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags})


def test_options_that_say_nothing_are_wrong_usage(pending: Folder) -> None:
    for arguments in (
        ("apply", "plan.json", "--resume"),
        ("apply", "plan.json", "--adopt", ADDRESS),
        ("apply", "nowhere.json"),
        ("apply", "-e", "local", "--commit", COMMIT),
        ("plan", "-e", "local", "--sign-key", "plan.json"),
    ):
        assert pending.run(*arguments, expect=1).out == ""


# -- what is applied


def test_the_file_is_private_and_canonical(pending: Folder) -> None:
    path = pending.path / "plan.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert planfile.pack(read(pending)) == path.read_bytes()
    assert [each.name for each in pending.path.iterdir() if each.name.startswith(".plan")] == []


def test_the_file_says_until_when_it_may_be_applied(pending: Folder, tmp_path: Path) -> None:
    assert read(pending).expires - read(pending).created == timedelta(hours=24)
    forked = pending.fork(tmp_path / "fork")
    forked.edit("environments/local.yaml", "  region:", "  plansExpireAfter: 8h\n  region:")
    forked.run(*PLAN, expect=0)
    assert read(forked).expires - read(forked).created == timedelta(hours=8)


def test_a_reviewed_plan_is_applied_whatever_else_changed(pending: Folder) -> None:
    kept = pending.path / "specs.away"
    (pending.path / "specs").rename(kept)  # the file says what to do
    try:
        pending.client("s3").create_bucket(
            Bucket="unrelated", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        )
        said = pending.run("apply", "plan.json", "--json", "--commit", COMMIT)
        assert said.codes == ["STALE005"]  # no repository, no commit
        done = pending.run("apply", "plan.json", "--json", expect=0).json
    finally:
        kept.rename(pending.path / "specs")
    assert done["plan"]["digest"] == read(pending).plan.digest
    assert sorted(done["outcome"]["done"]) == sorted(step.id for step in read(pending).plan.steps)
    assert pending.run(*EMPTY, expect=0).steps == []


def test_a_plan_without_changes_is_applied_with_no_call_but_who_am_i(folder: Folder) -> None:
    folder.run("apply", "-e", "local", "--yes", expect=0)
    folder.run(*PLAN, expect=0)
    before = folder.calls
    said = folder.run("apply", "plan.json", expect=0)
    after = folder.calls
    assert {
        key: after[key] - before.get(key, 0) for key in after if after[key] != before.get(key)
    } == {"sts.GetCallerIdentity": 1}
    assert "Nothing to do" in said.out


def test_a_run_that_was_killed_is_finished_by_the_same_file(folder: Folder) -> None:
    for name in ("one", "two", "three", "four"):
        folder.write(f"specs/{name}.yaml", spec("DataSource", name, "  s3: {}\n"))
    folder.run(*PLAN, expect=0)
    killed = folder.stop_after("done", signal.SIGKILL, "apply", "plan.json")
    assert killed.code == -signal.SIGKILL
    folder.run("apply", "plan.json", expect=0)
    assert folder.run(*EMPTY, expect=0).steps == []


# -- signatures


@pytest.fixture
def unsigned(folder: Folder, tmp_path: Path) -> Folder:
    """Files of its own on the same sandbox; plans there have no changes."""
    folder.run("apply", "-e", "local", "--yes", expect=0)
    forked = folder.fork(tmp_path / "fork")
    (forked.path / "key").write_text(SECRET + "\n")
    return forked


def test_a_key_that_both_sides_hold_signs(unsigned: Folder) -> None:
    said = [unsigned.run(*PLAN, *SIGN, expect=0)]
    said.append(unsigned.run("apply", "plan.json", *SIGN, expect=0))
    said.append(unsigned.given({"MOORLINE_PLAN_KEY": SECRET}, "apply", "plan.json"))
    said.append(unsigned.given({"MOORLINE_PLAN_KEY": SECRET}, *PLAN))
    said.append(unsigned.run("apply", "plan.json", *SIGN, expect=0))
    assert [each.code for each in said] == [0] * 5
    assert not [each for each in said if SECRET in each.text]
    assert SECRET.encode() not in (unsigned.path / "plan.json").read_bytes()


def test_a_key_that_is_empty_is_no_key_and_stops(unsigned: Folder) -> None:
    unsigned.run(*PLAN, expect=0)
    for arguments in (("apply", "plan.json", "--json"), (*PLAN, "--json")):
        said = unsigned.given({"MOORLINE_PLAN_KEY": ""}, *arguments)
        assert (said.code, said.codes) == (1, ["STALE010"])


def test_the_commit_of_the_ci_system_counts_when_it_must(unsigned: Folder) -> None:
    unsigned.run(*PLAN, expect=0)
    file = replace(read(unsigned), commit=COMMIT)
    (unsigned.path / "plan.json").write_bytes(planfile.pack(file))
    apply = ("apply", "plan.json", "--require-commit")
    assert unsigned.given({"GITHUB_SHA": COMMIT}, *apply).code == 0
    assert unsigned.given({"CI_COMMIT_SHA": COMMIT[:8]}, *apply).code == 0
    assert unsigned.given({"GITHUB_SHA": "b" * 40}, *apply).code == Exit.STALE
    assert unsigned.given({"GITHUB_SHA": "b" * 40}, "apply", "plan.json").code == 0


def test_a_key_in_kms_signs(unsigned: Folder) -> None:
    unsigned.run(*PLAN, expect=0)
    signing = "  signing: {key: alias/plans}\n  region:"
    unsigned.edit("environments/local.yaml", "  region:", signing)
    said = unsigned.run("apply", "plan.json", "--json", expect=Exit.STALE)
    assert said.codes == ["STALE007"]
    before = (unsigned.path / "plan.json").read_bytes()
    said = unsigned.run(*PLAN, "--json", expect=1)
    assert said.codes == ["STALE010"]  # there is no such key yet
    assert (unsigned.path / "plan.json").read_bytes() == before
    kms = unsigned.client("kms")
    made = kms.create_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/plans", TargetKeyId=made)
    unsigned.run(*PLAN, expect=0)
    unsigned.run("apply", "plan.json", expect=0)
    file = read(unsigned)
    assert file.signature is not None
    other = replace(file, created=file.created - timedelta(seconds=1))  # with the signature of file
    (unsigned.path / "plan.json").write_bytes(planfile.pack(other))
    said = unsigned.run("apply", "plan.json", "--json", expect=Exit.STALE)
    assert said.codes == ["STALE008"]


# -- smaller parts

HOW = Address("AWS::S3::Bucket", "x")


@pytest.mark.parametrize(
    ("failures", "code"),
    [
        pytest.param(["APPLY001"], Exit.STALE, id="5 when a guard stopped a step"),
        pytest.param(["APPLY002", "APPLY001"], Exit.STALE, id="5 when one of several was a guard"),
        pytest.param(["APPLY003"], Exit.STALE, id="5 when what to make was there"),
        pytest.param(["APPLY002"], Exit.ERROR, id="1 when AWS refused"),
        pytest.param([], Exit.OK, id="0 when all was done"),
    ],
)
def test_the_exit_code_of_a_run_is(failures: list[str], code: Exit) -> None:
    events = [StepFailed("x", HOW, Action.UPDATE, 0.0, each, "") for each in failures]
    assert _code(Outcome(failed=("x",) if failures else ()), [*events]) == code


def test_a_file_is_replaced_as_a_whole(tmp_path: Path) -> None:
    target, link = tmp_path / "plan.json", tmp_path / "link.json"
    link.symlink_to(target)
    save(link, b"one")
    save(link, b"two")
    assert (target.read_bytes(), link.is_symlink()) == (b"two", True)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["link.json", "plan.json"]
