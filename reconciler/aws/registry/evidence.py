"""All that a version is judged by, read once: what its registry's policy asks, and its figures."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.registry import objects, scans
from reconciler.aws.registry.granted import approver
from reconciler.aws.registry.signatures import signature
from reconciler.aws.registry.versions import described, why
from reconciler.aws.session import Session
from reconciler.model.value import Json
from reconciler.registry import Evidence, Fact, Policy, Version, holders, unknown
from reconciler.registry.stage import Stage

Told = Callable[[str, int, int], None]
QUALITY = "ModelQuality.Statistics"
"""The report of a version that has its metrics. Source: SageMaker API reference, ModelMetrics."""


def gather(
    session: Session,
    arn: str,
    policy: Policy,
    known: list[Version] | None,
    told: Told = lambda *_: None,
) -> Evidence:
    """What is known of a version now. `known` are all of its group; nothing where that is unknown.

    What the policy asks nothing of is not read, but for the metrics, which people look at anyway.

    Raises:
        Gone: the version was deleted.
        AwsError: AWS did not say what it is.
    """
    version, body = described(session, arn)
    files = [each for each in version.containers if each.data and not each.prefix]
    images = [each for each in version.containers if each.image] if policy.scan else []
    baselines = sorted(set(version.baselines.values())) if policy.baselines else []
    whole = 3 + len(files) * (2 if policy.signed else 1) + len(images) + len(baselines)
    done = 0

    def step(what: str) -> None:
        nonlocal done
        done += 1
        told(what, done, whole)

    metrics = figures(session, version, body)
    step("metrics")
    production = in_production(session, known) if policy.comparisons else unknown("nobody looked")
    theirs: Fact[Mapping[str, float]] = unknown("nobody looked")
    if production.value is not None and production.value.arn != version.arn:
        theirs = figures_of(session, production.value.arn)
    step("production")
    found_objects = {}
    for file in files:
        found_objects[file.data] = objects.head(session, file.data)
        step("model files")
    found_signatures = {}
    for file in files if policy.signed else ():
        held = found_objects[file.data]
        found_signatures[file.data] = signature(session, file.data, held, policy.signed_by)
        step("signatures")
    found_scans = {}
    for container in images:
        found_scans[container.image] = scans.scan(session, container)
        step("scans")
    found_baselines = {}
    for uri in baselines:
        found_baselines[uri] = objects.there(session, uri)
        step("baselines")
    granted = approver(session, version, body)
    step("approval")
    return Evidence(
        version=version,
        metrics=metrics,
        production=production,
        production_metrics=theirs,
        baselines=found_baselines,
        scans=found_scans,
        objects=found_objects,
        signatures=found_signatures,
        granted=granted,
    )


def figures(
    session: Session, version: Version, body: Mapping[str, Json]
) -> Fact[Mapping[str, float]]:
    """The metrics of a version; nothing where it names no report of its quality."""
    uri = version.reports.get(QUALITY)
    if not uri:
        return Fact(None, "DescribeModelPackage")
    quality = (body.get("ModelMetrics") or {}).get("ModelQuality") or {}
    digest = (quality.get("Statistics") or {}).get("ContentDigest") or ""
    return objects.report(session, uri, str(digest))


def figures_of(session: Session, arn: str) -> Fact[Mapping[str, float]]:
    """The metrics of another version."""
    try:
        version, body = described(session, arn)
    except Gone:
        return unknown("the version was deleted", arn)
    except AwsError as error:
        return unknown(why(error), arn)
    return figures(session, version, body)


def in_production(session: Session, known: list[Version] | None) -> Fact[Version]:
    """The one version in Production; unknown where there are two, for either may be meant."""
    if known is None:
        return unknown("the versions of the group are not known", "ListModelPackages")
    there = holders(known, Stage.PRODUCTION)
    if len(there) > 1:
        names = " and ".join(str(each.number) for each in there)
        return unknown(f"versions {names} are both in Production", "ListModelPackages")
    if not there:
        return Fact(None, "ListModelPackages")
    try:
        return Fact(described(session, there[0].arn)[0], "DescribeModelPackage")
    except AwsError as error:
        return unknown(why(error), "DescribeModelPackage")
