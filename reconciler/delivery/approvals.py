"""The third role of an environment: who decides on versions of models, and nothing else. Pure.

Approval, rejection and stages are all one action, `sagemaker:UpdateModelPackage`. The role that
approves has it on versions of our own groups; the role that applies is kept from all three
whatever else it may do, so that a merge alone never approves a model. Both read what a version is
judged by. Source: Service Authorization Reference, Amazon SageMaker, condition keys.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from reconciler.delivery.actions import Grant
from reconciler.delivery.api import Trust, literal
from reconciler.delivery.cloudformation import allow, deny, either, given, slots, sub
from reconciler.delivery.packing import packed
from reconciler.delivery.site import Site, Stage
from reconciler.model.value import Json
from reconciler.resources.api import OWNERSHIP

GROUP = "AWS::SageMaker::ModelPackageGroup"
ROLE = "ApproveRole"
PRINCIPAL = "ApprovePrincipal"
JOBS = "ApproveJobs"
PEOPLE = f"{ROLE}People"
EITHER = "Approves"
"""Conditions: a job takes it, where jobs have no tokens; people do; one of them does."""
_PREFIX = "${AWS::Partition}:sagemaker:${AWS::Region}:${AWS::AccountId}"
_SET = frozenset({"sagemaker:CreateModelPackage", "sagemaker:UpdateModelPackage"})
_DECIDED = {"StringEquals": {"sagemaker:ModelApprovalStatus": ["Approved", "Rejected"]}}
_STAGED = {"Null": {"sagemaker:ModelLifeCycle:stage": "false"}}
_ANYWHERE = frozenset({
    "cloudtrail:LookupEvents", "ecr:DescribeImageScanFindings", "sagemaker:DescribeEndpoint",
    "sagemaker:DescribeEndpointConfig", "sagemaker:DescribeModel",
    "sagemaker:DescribeModelPackage", "sagemaker:ListEndpoints", "sagemaker:ListModelPackages",
})  # fmt: skip
_PAST = frozenset({
    "sagemaker:DescribeHyperParameterTuningJob", "sagemaker:DescribeTrainingJob",
    "sagemaker:ListPipelineExecutionSteps",
})  # fmt: skip
"""Where a version comes from, which `registry status` tells."""
"""What a version is judged by, and what serves it: all of it only looks."""
OBJECTS = (
    "evaluation.json", "statistics.json", "constraints.json", "analysis.json", "signature.json",
    "model.tar.gz",
)  # fmt: skip
"""Figures of a model, its signature, and the file itself: S3 gives checksums to who may read it."""


def there(site: Site, trust: Trust) -> bool:
    """Whether the template has the role: specs make a registry, and somebody may take it."""
    named = any(stage.approve_people for stage in site.stages)
    return GROUP in site.types and bool(not trust.issuer or trust.approve or named)


def parameters(site: Site, trust: Trust) -> dict[str, Json]:
    """Who takes the role, where the CI system has no tokens of its own."""
    if not there(site, trust) or trust.issuer:
        return {}
    text = "ARN of the role in the delivery account that approves models, if any."
    return {PRINCIPAL: {"Type": "String", "Default": "", "Description": text}}


def here(site: Site, trust: Trust) -> str:
    """The condition of the role: somebody takes it in the environment; "" where jobs always do."""
    if trust.approve:
        return ""
    ways = [*([] if trust.issuer else [JOBS]), *([PEOPLE] if _people(site) else [])]
    return ways[0] if len(ways) == 1 else EITHER


def conditions(site: Site, trust: Trust) -> dict[str, Json]:
    """When the role is made: where nobody may take it there is none."""
    if not there(site, trust) or trust.issuer:
        return {}
    found: dict[str, Json] = {JOBS: given({"Ref": PRINCIPAL})}
    if here(site, trust) == EITHER:
        found[EITHER] = {"Fn::Or": [{"Condition": JOBS}, {"Condition": PEOPLE}]}
    return found


def policies(site: Site, trust: Trust) -> dict[str, Json]:
    """What the role may do."""
    if not there(site, trust):
        return {}
    return packed("Decide", [*looks(site), *_decides(site)], [ROLE], site, here(site, trust))


def _people(site: Site) -> bool:
    return any(stage.approve_people for stage in site.stages)


def _decides(site: Site) -> Iterator[Json]:
    own = _beginning(site)
    update = ["sagemaker:UpdateModelPackage"]
    yield allow(update, Resource=sub(f"arn:{_PREFIX}:model-package/{own}*"))
    for name, stage in _naming(site):
        at: list[Json] = [sub(f"arn:{_PREFIX}:model-package/{it}/*") for it in _stated(stage)]
        yield either(name, allow(update, Resource=at))


def kept_off(grants: Iterable[Grant]) -> list[Json]:
    """What keeps the role that applies from deciding, where it may set anything of a version."""
    found = {action for grant in grants for action in grant.actions} & _SET
    if not found:
        return []
    return [deny(found, Resource="*", Condition=each) for each in (_DECIDED, _STAGED)]


def looks(site: Site, known: Collection[str] = ()) -> list[Json]:
    """What a version is judged by, but for the actions that are `known` already.

    Figures in reports are read only where names or tags say that they are ours.
    """
    if GROUP not in site.types:
        return []
    own = _beginning(site)
    at: list[Json] = [sub(f"arn:${{AWS::Partition}}:s3:::{own}*/{name}") for name in OBJECTS]
    keys = sub("arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*")
    tags = dict(zip(OWNERSHIP[:2], (site.platform, {"Ref": "Environment"}), strict=True))
    tagged: dict[str, Json] = {f"aws:ResourceTag/{name}": it for name, it in tags.items()}
    when: Mapping[str, Json] = {
        **tagged,
        "kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"},
    }
    return [
        allow(_ANYWHERE - {*known}, Resource="*"),
        allow(["s3:GetObject"], Resource=at),
        allow(["kms:Decrypt"], Resource=keys, Condition={"StringEquals": when}),
        allow(["kms:Verify"], Resource=keys, Condition={"StringEquals": tagged}),
    ]


def past(site: Site, known: Collection[str]) -> list[Json]:
    """Where versions come from, but for the actions that are `known` already."""
    found = _PAST - {*known}
    return [allow(found, Resource="*")] if found and GROUP in site.types else []


def _beginning(site: Site) -> str:
    return slots(site.platform, f"{site.platform}-${{Environment}}-")["prefix"]


def _naming(site: Site) -> list[tuple[str, Stage]]:
    """The environments whose specs call a group as they like, each with its condition."""
    return [(f"Named{n}", each) for n, each in enumerate(site.stages, 1) if _stated(each)]


def _stated(stage: Stage) -> list[str]:
    return [literal(each.name) for each in stage.stated if each.type == GROUP]
