"""Which version a spec means: a number, or the newest that may be deployed.

What is approved and Completed may be, unless it is archived. Where its registry says who approves
or how long that lasts, an approval that is over lets nothing new by, and stops nothing that serves.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from reconciler.aws.registry import serving, versions
from reconciler.aws.registry.granted import approver
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.registry import Evidence, Policy, Purpose, Stage, judge, policy
from reconciler.registry.version import APPROVED, COMPLETED, Version

LATEST = "latest-approved"
APPROVAL = frozenset({"approval", "approver", "approval lasts"})
"""The rules about the approval itself."""


def resolve(session: Session, params: Mapping[str, str]) -> Json:
    """A version of a registry group: ``latest-approved`` or a number.

    Returns ``{"arn", "version", "status", "stage"}``, or nothing when there is none; `stage` is its
    ModelPackageStatus. With ``policy`` (JSON) and ``endpoint`` also ``held``, why its approval lets
    nothing new by, and ``serves``, whether the endpoint has it. ``passed`` has what is newer,
    approved, and was passed over; ``arn`` is nothing when there are only such. ``images`` are those
    of its containers, which the role that serves it may pull.

    Raises:
        AwsError: AWS did not say.
    """
    judged = _Judge(session, params)
    found = _found(session, params, judged)
    if not isinstance(found, dict) or not found.get("arn"):
        return found
    return {**found, "images": judged.images(str(found["arn"]))}


def _found(session: Session, params: Mapping[str, str], judged: _Judge) -> Json:
    wanted = params["version"]
    request: dict[str, Json] = {
        "ModelPackageGroupName": params["group"],
        "SortBy": "CreationTime",
        "SortOrder": "Descending",
        "MaxResults": 100,
    }
    reader = ReadOnly(session, "sagemaker")
    if wanted != LATEST:
        for page in versions.pages(reader, request):
            for each in page:
                if str(each["ModelPackageVersion"]) == wanted:
                    return judged.told(_version(each))
        return None
    return _newest(reader, {**request, "ModelApprovalStatus": APPROVED}, judged)


def _newest(reader: ReadOnly, request: Mapping[str, Json], judged: _Judge) -> Json:
    """The newest that may be deployed; those before it in number are passed over."""
    passed: list[dict[str, Json]] = []
    for page in versions.pages(reader, request):
        for each in sorted((_version(item) for item in page), key=_number, reverse=True):
            told, why = judged.told(each), ""
            if each["stage"] != COMPLETED:
                why = f"its status is {each['stage']}"
            elif each["life"] == Stage.ARCHIVED.value:
                why = "it is archived"
            elif told.get("held") and not told["serves"]:
                why = str(told["held"])
            if not why:
                newer = [it for it in passed if _number(it) > _number(each)]
                return {**told, "passed": sorted(newer, key=_number)}
            passed.append({**each, "why": why})
    return {"arn": None, "passed": sorted(passed, key=_number)} if passed else None


class _Judge:
    """Whether approvals let a deployment by, asked only where the registry says something of it."""

    def __init__(self, session: Session, params: Mapping[str, str]) -> None:
        self._session = session
        self._endpoint = params.get("endpoint", "")
        self._policy = policy.read(json.loads(params["policy"])) if "policy" in params else None
        self._served: frozenset[str] | None = None
        self._described: dict[str, tuple[Version, Mapping[str, Json]]] = {}

    def images(self, arn: str) -> list[str]:
        """Addresses of the images of a version's containers, each once."""
        version, _ = self._whole(arn)
        return sorted({each.image for each in version.containers if each.image})

    def _whole(self, arn: str) -> tuple[Version, Mapping[str, Json]]:
        if arn not in self._described:
            self._described[arn] = versions.described(self._session, arn)
        return self._described[arn]

    def told(self, each: dict[str, Json]) -> dict[str, Json]:
        """The version, with what its approval comes to."""
        if self._policy is None or each["status"] != APPROVED or each["stage"] != COMPLETED:
            return each
        held = "; ".join(self._held(str(each["arn"]), self._policy))
        return {**each, "held": held, "serves": bool(held) and each["arn"] in self._serves()}

    def _held(self, arn: str, rules: Policy) -> Iterator[str]:
        version, body = self._whole(arn)
        known = Evidence(version=version, granted=approver(self._session, version, body))
        now = datetime.fromtimestamp(self._session.wall(), tz=UTC)
        for row in judge(rules, known, now, Purpose.DEPLOY).held():
            if row.rule in APPROVAL:
                yield f"{row.rule}: {row.found}"

    def _serves(self) -> frozenset[str]:
        if self._served is None:
            found = serving.of(self._session, [self._endpoint]) if self._endpoint else {}
            self._served = frozenset(found)
        return self._served


def _version(summary: Mapping[str, Json]) -> dict[str, Json]:
    return {
        "arn": summary["ModelPackageArn"],
        "version": int(summary["ModelPackageVersion"]),
        "status": summary.get("ModelApprovalStatus", ""),
        "stage": summary["ModelPackageStatus"],
        "life": (summary.get("ModelLifeCycle") or {}).get("Stage") or "",
    }


def _number(version: Mapping[str, Json]) -> int:
    return int(version["version"])
