"""A plan file carries no permission: whoever writes one can neither add to it nor hide a loss."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.cli.frame.project import Exit
from reconciler.model.change import Call
from reconciler.model.plan import Plan, Step
from reconciler.planfile import file as planfile
from reconciler.sandbox import lifecycle

from .folder import Folder
from .mistakes import environment, spec
from .test_reviewed import BUCKET, LOCAL, PLACE, read

REAL = environment("real", PLACE.replace("  sandbox: true\n", ""))
OTHER = "acme-local-victim-123456789012"
LIFE = "{s3: {lifecycle: {expireAfter: 365d}}}"
SHORT = "{s3: {lifecycle: {expireAfter: 30d}}}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """A bucket whose retention is to be shortened, which nothing permits, and a new one."""
    folder = Folder(tmp_path_factory.mktemp("forged"))
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", f"  {LIFE[1:-1]}\n"))
    folder.write("environments/local.yaml", LOCAL)
    folder.write("environments/real.yaml", REAL)
    folder.run("apply", "-e", "local", "--yes", expect=Exit.OK)
    folder.client("s3").create_bucket(
        Bucket=OTHER, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", f"  {SHORT[1:-1]}\n"))
    folder.write("specs/next.yaml", spec("DataSource", "next", "  s3: {}\n"))
    folder.run("plan", "-e", "local", "-o", "plan.json", expect=Exit.BLOCKED)
    yield folder
    lifecycle.stop(folder.state)


def step_of(plan: Plan, name: str = BUCKET) -> Step:
    return next(step for step in plan.steps if step.address.name == name)


def changed(plan: Plan, name: str, **parts: Any) -> Plan:
    steps = (replace(s, **parts) if s.address.name == name else s for s in plan.steps)
    return replace(plan, steps=tuple(steps))


def unrefused(plan: Plan) -> Plan:
    return changed(plan, BUCKET, refused="")


def without_losses(plan: Plan) -> Plan:
    return changed(plan, BUCKET, refused="", losses=(), destroys="")


def permitted(plan: Plan) -> Plan:
    losses = tuple(replace(each, allowed=True) for each in step_of(plan).losses)
    return changed(plan, BUCKET, refused="", losses=losses)


def with_a_call(plan: Plan) -> Plan:
    made = next(step for step in plan.steps if "next" in step.address.name)
    call = Call("s3", "delete_bucket", {"Bucket": OTHER})
    plan = replace(plan, steps=(made,))
    return changed(plan, made.address.name, calls=(*made.calls, call))


def with_another_call(plan: Plan) -> Plan:
    made = next(step for step in plan.steps if "next" in step.address.name)
    calls = tuple(replace(each, params={**each.params, "Bucket": OTHER}) for each in made.calls)
    return changed(replace(plan, steps=(made,)), made.address.name, calls=calls)


FORGERIES: dict[str, tuple[Callable[[Plan], Plan], Exit, str]] = {
    "as it was refused": (lambda plan: plan, Exit.BLOCKED, "STALE006"),
    "without the refusal": (unrefused, Exit.BLOCKED, "STALE006"),
    "as if the environment permitted it": (permitted, Exit.BLOCKED, "STALE006"),
    "without the loss": (without_losses, Exit.STALE, "STALE011"),
    "with one more call": (with_a_call, Exit.STALE, "STALE011"),
    "with calls about another bucket": (with_another_call, Exit.STALE, "STALE011"),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_a_forged_file_is_refused_and_nothing_is_written(how: str, folder: Folder) -> None:
    forge, code, found = FORGERIES[how]
    file = planfile.make(forge(read(folder).plan), now=datetime.now(UTC), lifetime=3600)
    (folder.path / "forged.json").write_bytes(planfile.pack(file))
    before = folder.writes
    said = folder.run("apply", "forged.json", "--json")
    assert (said.code, found in said.out) == (code, True), said.text
    assert folder.writes == before


def real(folder: Folder, *arguments: str) -> Any:
    """A command in the environment that is no sandbox, on an AWS that is one."""
    url = lifecycle.ensure(folder.state).url
    keys = {"AWS_ACCESS_KEY_ID": "alice", "AWS_SECRET_ACCESS_KEY": "alice"}
    return folder.given({"AWS_ENDPOINT_URL": url, **keys}, *arguments)


def test_outside_the_sandbox_an_unsigned_file_is_planned_again(folder: Folder) -> None:
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", f"  {LIFE[1:-1]}\n"))
    assert real(folder, "plan", "-e", "real", "-o", "real.json").code == Exit.OK
    plan = read(folder, "real.json").plan
    (made, *_) = (step for step in plan.steps if "next" in step.address.name)
    desired = {
        **made.desired,
        "OwnershipControls": {"Rules": [{"ObjectOwnership": "ObjectWriter"}]},
    }
    other = changed(plan, made.address.name, desired=desired)
    file = planfile.make(other, now=datetime.now(UTC), lifetime=3600)
    (folder.path / "forged.json").write_bytes(planfile.pack(file))
    before = folder.writes
    said = real(folder, "apply", "forged.json", "--json")
    assert (said.code, "STALE012" in said.out) == (Exit.STALE, True), said.text
    assert folder.writes == before
    assert real(folder, "apply", "real.json", "--json").code == Exit.OK
    assert folder.writes != before
