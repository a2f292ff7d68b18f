"""Scale-in that an apply held while two versions shared the traffic: released when that is over.

Held is what carries our tag, so what a person suspended stays suspended. It is released before the
end is marked, and again by whoever finds the end unmarked. What AWS does not let us do keeps no
rollout from its end: it is told, and the next apply does it.
Sources: Application Auto Scaling API reference, RegisterScalableTarget (what is not given stays),
DescribeScalableTargets, ListTagsForResource, UntagResource.
"""

from __future__ import annotations

from reconciler.aws.errors import Denied, Expired, Rejected
from reconciler.aws.rollout.reading import Reading
from reconciler.aws.rollout.retaining import targets
from reconciler.aws.rollout.sending import Hear, heard, unwritten
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.change import Call
from reconciler.model.value import Json
from reconciler.rollout.marks import read
from reconciler.rollout.values import RolloutAction

SERVICE = "application-autoscaling"
HELD = "moorline:rollout-held"
"""As `model.scaling` has it, which the function lacks."""
_IN = "DynamicScalingInSuspended"
_KEY = ("ServiceNamespace", "ResourceId", "ScalableDimension")


def ends(action: RolloutAction) -> str:
    """The variant that stays, where an action marks the end of a rollout; else ""."""
    marks = read(action.marks)
    return marks.stable if marks is not None and marks.ended else ""


def release(session: Session, reading: Reading, variant: str, hear: Hear) -> str:
    """Let the autoscaler of a variant take instances away again; what could not be done, in words.

    Raises:
        Expired: the credentials are over.
        MovedError: somebody has written marks meanwhile, such as an apply that holds it anew.
        AwsError: AWS does not answer now.
    """
    resource, suspended = f"endpoint/{reading.name}/variant/{variant}", True
    try:
        for target in targets(session, reading.name, variant):
            suspended = bool((target.get("SuspendedState") or {}).get(_IN))
            if HELD in _tags(session, target):
                unwritten(session, reading)
                _released(session, target, hear)
    except Expired:
        raise
    except (Denied, Rejected) as error:
        text = f"scale-in of {resource} may stay suspended until the next apply: {error}"
        return text if suspended else ""
    return ""


def _tags(session: Session, target: Json) -> Json:
    asked = {"ResourceARN": target["ScalableTargetARN"]}
    return ReadOnly(session, SERVICE).call("list_tags_for_resource", asked).get("Tags") or {}


def _released(session: Session, target: Json, hear: Hear) -> None:
    """The tag goes last: until then whoever comes next finds it."""
    state = target.get("SuspendedState") or {}
    if state.get(_IN):
        asked = {**{name: target[name] for name in _KEY}, "SuspendedState": {**state, _IN: False}}
        heard(session, Call(SERVICE, "register_scalable_target", asked), hear)
    tag = {"ResourceARN": target["ScalableTargetARN"], "TagKeys": [HELD]}
    heard(session, Call(SERVICE, "untag_resource", tag), hear)
