"""How an endpoint stands, for a rollout that moves weights: one look before it is compiled.

The endpoint is read before its tags: marks are written before what they announce, so a mark may
tell of what has not happened yet, and never the other way round. Sources: SageMaker API reference,
DescribeEndpoint, DescribeEndpointConfig, ListTags.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.aws.errors import Gone, incomplete
from reconciler.aws.registry import versions
from reconciler.aws.rollout import home
from reconciler.aws.rollout.reading import live_of
from reconciler.aws.session import ReadOnly, Session
from reconciler.kinds.rollout.standing import MIDDLE, runs
from reconciler.model.change import Observed, Status
from reconciler.model.value import Json
from reconciler.resources.api import OWNERSHIP, absent
from reconciler.resources.sagemaker import attempt
from reconciler.rollout import marks
from reconciler.rollout.phase import doubt
from reconciler.rollout.values import Marks

MISSING = (absent("ValidationException", r"^Could not find endpoint\b(?! config)"), *home.MISSING)
_SHOWN = ("ProductionVariants", "ShadowProductionVariants", "AsyncInferenceConfig")


def endpoint(session: Session, params: Mapping[str, str]) -> Json:
    """An endpoint by its name: its state, its tags, and the configuration that is gone back to.

    Returns ``{"status": ""}`` where there is none; else also its ``config``, the ``pending`` one,
    its ``variants``, its ``tags``, ``spent`` (the configuration from which AWS went back after the
    last update, or ""), and of the configuration ``base`` its ``content``, nothing where that is
    gone, and whether it is ``ours``. While a rollout runs ``doubt`` says why what is live is no
    step of it, ``lacks`` what is gone of the base, and of a configuration that is gone the one with
    both versions has the content. ``called`` is how configurations of ours begin. ``images`` are
    those of its variants, and with ``versions`` (the ARN of all, which ends with ``*``) those of
    the version on trial.

    Raises:
        AwsError: AWS did not say all of it.
    """
    reader, name = ReadOnly(session, "sagemaker", MISSING), params["endpoint"]
    try:
        body = reader.call("describe_endpoint", {"EndpointName": name})
    except Gone:
        return {"status": ""}
    status, arn = body.get("EndpointStatus"), body.get("EndpointArn")
    if not status or not arn:
        raise incomplete(f"sagemaker.describe_endpoint {name}", "it has no status or no ARN")
    tags = _tags(session, str(arn))
    config = str(body.get("EndpointConfigName") or "")
    pending = str((body.get("PendingDeploymentSummary") or {}).get("EndpointConfigName") or "")
    spent = _spent(body, config, tags)
    running = runs(marks.read(tags), config, pending, spent)
    going = running if running and not running.fault else None
    base = going.base if going else config
    content = _content(reader, base)
    lacks = home.gone(reader, base, files=True) if going else ""
    if going and not content:
        content = _before(_content(reader, going.middle), going.stable)
    return {
        "status": status,
        "config": config,
        "pending": pending,
        "variants": [*(body.get("ProductionVariants") or ())],
        "tags": tags,
        "spent": spent,
        "base": base,
        "content": {key: content[key] for key in _SHOWN if key in content} if content else None,
        "lacks": lacks,
        "doubt": doubt(live_of(body, tags, {})) if going else "",
        "ours": bool(content) and _ours(session, base, params["called"], content, tags),
        "images": sorted(_images(session, body, running, params.get("versions", ""))),
    }


def _images(
    session: Session, body: Mapping[str, Json], running: Marks | None, arns: str
) -> set[str]:
    """What its role pulls: the live variants' images, and the new one's where it is not there yet.

    Source: SageMaker API reference, DeployedImage.
    """
    variants = [*(body.get("ProductionVariants") or ())]
    found = {image for variant in variants for image in _deployed(variant)}
    if running is None or running.fault or sum(any(_deployed(it)) for it in variants) > 1:
        return found
    prefix, (group, _, number) = arns.removesuffix("*"), running.version.rpartition("/")
    if not number or not prefix.endswith(f"/{group}/"):
        return found
    try:
        version, _ = versions.described(session, prefix + number)
    except Gone:
        return found
    return found | {each.image for each in version.containers if each.image}


def _deployed(variant: Mapping[str, Json]) -> Iterator[str]:
    for each in variant.get("DeployedImages") or ():
        if image := each.get("SpecifiedImage") or each.get("ResolvedImage"):
            yield str(image)


def _content(reader: ReadOnly, config: str) -> Mapping[str, Json]:
    """A configuration as AWS describes it; nothing of one that is not there."""
    if not config:
        return {}
    try:
        body = reader.call("describe_endpoint_config", {"EndpointConfigName": config})
    except Gone:
        return {}
    if not body.get("ProductionVariants") or not body.get("EndpointConfigArn"):
        what = f"sagemaker.describe_endpoint_config {config}"
        raise incomplete(what, "it has no variants or no ARN")
    return body


def _before(both: Mapping[str, Json], stable: str) -> dict[str, Json]:
    """A configuration that is gone, by what the one with both versions has of it."""
    variants = [
        {**each, "InitialVariantWeight": 1}
        for each in both.get("ProductionVariants") or ()
        if each.get("VariantName") == stable
    ]
    return {**both, "ProductionVariants": variants} if variants else {}


def _ours(
    session: Session, name: str, called: str, body: Mapping[str, Json], tags: Mapping[str, str]
) -> bool:
    """Whether Moorline made a configuration: by its name, else by its tags."""
    if re.fullmatch(rf"{re.escape(called)}(-{MIDDLE})?-[0-9a-f]{{8}}", name):
        return True
    own = _tags(session, str(body["EndpointConfigArn"]))
    return all(own.get(key) and own.get(key) == tags.get(key) for key in OWNERSHIP[:2])


def _tags(session: Session, arn: str) -> dict[str, str]:
    found = ReadOnly(session, "sagemaker").pages("list_tags", {"ResourceArn": arn}, "Tags")
    return {str(each["Key"]): str(each["Value"]) for each in found}


def _spent(body: Mapping[str, Json], config: str, tags: Mapping[str, str]) -> str:
    """To what the last update of ours was that AWS took, where the endpoint is as before it."""
    last = attempt.read(tags)
    ready = body["EndpointStatus"] == "InService"
    seen = Observed(
        {"EndpointConfigName": config},
        {"LastModifiedTime": body.get("LastModifiedTime")},
        Status.READY if ready else Status.BUSY,
    )
    return str(last.config) if last is not None and last.failed(seen) else ""
