"""What AWS really answered, put in front of the adapters.

Nothing is sent. Each recording of an operation that an adapter reads goes through
the code that observes: it must be understood, an error must not be taken for
absence, and what was read must plan no change when it is taken over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from botocore import xform_name

from reconciler.aws.errors import INCOMPLETE
from reconciler.resources import api
from reconciler.resources.api import Resource
from tests.conformance import adoption, failures
from tests.conformance.recording import SERVICES, NotAnAnswer, Recording, read, rows
from tests.conformance.result import Result

_TARGET = "test_spot_fleet_request_autoscaling_offhours__DescribeScalableTargets_1"
CUT = {
    f"applicationautoscaling/c7n/{_TARGET}.json": "a target of 2021, when they had no ARN",
    "kms/c7n/test_kinesis_video_kms_key__DescribeKey_1.json": "a key without a state",
}
"""Answers that somebody has cut by hand, or of long ago: they must be taken for what they are."""
INDEX_ROLE = ("resourcegroupstaggingapi", "get_resources")


@dataclass(frozen=True, slots=True)
class Role:
    """How an adapter uses an operation: to read, list, or ask for a part or tags."""

    resource: Resource
    use: str
    number: int = 0


def run(folder: Path) -> Iterator[Result]:
    """One result for each recording, and for each adapter that reads its operation."""
    known = roles()
    for service, operation, path in rows(folder):
        case = "/".join(path.parts[-3:])
        if operation.startswith("("):
            yield Result(case, "skipped", "a file of many tests, which names no operation")
            continue
        try:
            name, method = SERVICES.get(service, service), xform_name(operation)
            used = known.get((name, method), [])
            if not used and (name, method) != INDEX_ROLE:
                yield Result(case, "skipped", f"no adapter reads {service}.{operation}")
                continue
            recording = read(service, operation, path)
        except NotAnAnswer as why:
            yield Result(case, "skipped", str(why))
            continue
        if (name, method) == INDEX_ROLE:
            yield _result(case, adoption.indexed, recording, None)
        for role in used:
            yield _result(f"{case} {role.resource.type} {role.use}", _check, recording, role)


def roles() -> dict[tuple[str, str], list[Role]]:
    """Who uses which method, by boto3 service and method."""
    out: dict[tuple[str, str], list[Role]] = {}
    for resource in (each for each in api.load().values() if not each.packed):
        found = [(resource.read.method, Role(resource, "read"))]
        found += [
            (listing.method, Role(resource, "list", number))
            for number, listing in enumerate(resource.listings)
        ]
        found += [
            (method, Role(resource, "part", number))
            for number, part in enumerate(resource.parts)
            for method in part.reads
            if method != resource.read.method
        ]
        if resource.tags:
            found.append((resource.tags.read.method, Role(resource, "tags")))
        for method, role in found:
            out.setdefault((resource.service, method), []).append(role)
    return out


def _check(recording: Recording, role: Role) -> Iterator[str]:
    if recording.error is not None:
        yield from failures.check(recording, role.resource, role.use, role.number)
        return
    match role.use:
        case "read":
            yield from adoption.described(recording, role.resource)
        case "list":
            yield from adoption.listed(recording, role.resource, role.number)
        case "part":
            yield from adoption.part(recording, role.resource, role.number)
        case _:
            yield from adoption.tagged(recording, role.resource)


def _result(case: str, check: object, recording: Recording, role: Role | None) -> Result:
    assert callable(check)
    try:
        found = list(check(recording) if role is None else check(recording, role))
    except Exception as error:  # noqa: BLE001 - a crash of an adapter is the finding
        found = [f"{type(error).__name__}: {error}"]
    cut = CUT.get(case.split(" ", maxsplit=1)[0])
    if cut:
        known = bool(found) and INCOMPLETE in found[-1]
        return Result(case, "passed" if known else "failed", "" if known else f"{cut}: {found}")
    return Result(case, "failed" if found else "passed", "; ".join(found)[:500])
