"""Whether an update of a rollout keeps live instances, or takes those of its configuration.

Back at the base it keeps them: they are what carries the traffic. At the target they are kept where
an autoscaler has set them, or where more serve than any step has (`rollout.fleet`); else the count
of the configuration holds. Either way it never ends with fewer than the configuration begins with
because somebody scaled in meanwhile.
Sources: SageMaker API reference, UpdateEndpoint (RetainAllVariantProperties); AWS_FACTS 1.3;
Application Auto Scaling API reference, DescribeScalableTargets.
"""

from __future__ import annotations

from dataclasses import replace

from reconciler.aws.errors import AwsError
from reconciler.aws.rollout.reading import Reading
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.rollout.values import Act, Live, RolloutAction

DIMENSION = "sagemaker:variant:DesiredInstanceCount"


def decided(session: Session, reading: Reading, action: RolloutAction) -> RolloutAction:
    """The action with what its update does to instances; others as they are.

    Raises:
        AwsError: AWS did not say who owns the count, on the way to the target.
    """
    marks = reading.live.marks
    if marks is None or action.act not in {Act.FINISH, Act.SETTLE} or action.retains:
        return action
    now = _instances(reading.live, marks.stable)
    if action.act is Act.SETTLE:
        kept = now is not None and (now >= marks.stable_count or now >= _least(session, action))
    else:
        owned = now is not None and bool(targets(session, reading.name, marks.stable))
        kept = owned and now is not None and now >= _begins(session, action.config)
    return replace(action, retains=kept)


def _instances(live: Live, name: str) -> int | None:
    """The instances that a variant is asked to have, which are what is retained."""
    found = next((each for each in live.variants if each.name == name), None)
    return found.asked_count if found is not None else None


def _least(session: Session, action: RolloutAction) -> int:
    """With how many the base begins. Nobody who goes back is stopped by not being told."""
    try:
        return _begins(session, action.config)
    except AwsError:
        return 0


def _begins(session: Session, config: str) -> int:
    asked = {"EndpointConfigName": config}
    body = ReadOnly(session, "sagemaker").call("describe_endpoint_config", asked)
    counts = [each.get("InitialInstanceCount") for each in body.get("ProductionVariants") or ()]
    return max((each for each in counts if isinstance(each, int)), default=0)


def targets(session: Session, endpoint: str, variant: str) -> list[Json]:
    """The scalable targets of a variant's instances, as AWS describes them: one or none.

    Raises:
        AwsError: AWS did not say.
    """
    asked = {
        "ServiceNamespace": "sagemaker",
        "ResourceIds": [f"endpoint/{endpoint}/variant/{variant}"],
        "ScalableDimension": DIMENSION,
    }
    reader = ReadOnly(session, "application-autoscaling")
    return reader.pages("describe_scalable_targets", asked, "ScalableTargets")
