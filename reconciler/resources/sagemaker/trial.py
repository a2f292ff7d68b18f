"""A new version that is on trial on an endpoint: what its tags say of it, and what follows.

The tags `moorline:rollout*` are written before the update that they announce, so a run that is
killed between the two is gone on with. They belong to whoever drives the rollout: no difference in
them is drift, and none makes a saved plan stale.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Set as AbstractSet
from dataclasses import replace

from reconciler.model.change import Change, Observed
from reconciler.model.value import Json, Props
from reconciler.rollout.marks import PREFIX, encode, read
from reconciler.rollout.values import Doing, Marks

CONFIG = "EndpointConfigName"
SPEC = "moorline:spec"
BAD = ("aborted", "rolled-back", "failed")
"""Ways to end after which the same configuration is not tried again by itself."""
WEIGHT = "DesiredWeight"
COUNT = "DesiredInstanceCount"
REVERTED = "the spec asks for the version before again"
UNBEGUN = "failed nothing was started: an apply moved the endpoint in another way"
ALL = 100
"""The weight of what has all traffic, beside 0."""
_APART = re.compile(r"[^A-Za-z0-9-]+")


def tags(props: Props) -> list[Json]:
    """The marks among tags."""
    return [tag for tag in props.get("Tags") or () if tag["Key"].startswith(PREFIX)]


def marked(change: Change) -> list[Json]:
    """The marks that an update writes first, as tags."""
    marks = written(change)
    found = encode(marks) if marks is not None else {}
    return [{"Key": key, "Value": text} for key, text in found.items()]


def quiet(change: Change) -> Props:
    """What else changes is planned without the marks: they move meanwhile, and are not written."""
    if change.touches(CONFIG) or not tags(change.desired):
        return {}
    kept = [tag for tag in change.desired["Tags"] if not tag["Key"].startswith(PREFIX)]
    return {"Tags": kept}


def stamped(method: str, params: Props, now: float) -> Props:
    """Marks with the moment at which they are written, which no plan can know."""
    marks = announced(params) if method == "add_tags" else None
    if marks is None or marks.fault or marks.since:
        return params
    written = encode(replace(marks, since=now)).items()
    others = [tag for tag in params["Tags"] if not tag["Key"].startswith(PREFIX)]
    return {**params, "Tags": [*others, *({"Key": key, "Value": text} for key, text in written)]}


def announced(desired: Props) -> Marks | None:
    """The rollout that desired properties are about."""
    return read({tag["Key"]: tag["Value"] for tag in tags(desired)})


def written(change: Change) -> Marks | None:
    """The marks that come before an update: those of a plan, or of a rollout that it ends.

    A spec that moves no weights may ask for the version before the rollout, such as a revert.
    """
    if (marks := announced(change.desired)) or change.observed is None:
        return marks
    marks = running(change.observed.tags)
    if marks is not None and _unbegun(change, marks):
        return replace(marks, ended=UNBEGUN, since=0.0)
    if marks is None or change.live.get(CONFIG) != marks.middle:
        return None
    if change.desired.get(CONFIG) != marks.base:
        return None
    return replace(marks, doing=Doing.SETTLE, word="abort", why=REVERTED, since=0.0, seen=False)


def _unbegun(change: Change, marks: Marks) -> bool:
    """Whether a rollout was announced and never begun, and the endpoint goes elsewhere now."""
    live = change.live.get(CONFIG)
    moving = change.observed.outputs.get("PendingDeployment") if change.observed else None
    waits = marks.doing is Doing.START and live == marks.base != marks.middle
    return waits and not moving and change.touches(CONFIG)


def running(found: Mapping[str, str] | None) -> Marks | None:
    """The rollout that live tags tell of, if it runs; nothing where they cannot be read."""
    marks = read(found or {})
    return None if marks is None or marks.ended or marks.fault else marks


def named(found: Mapping[str, str]) -> Iterator[str]:
    """Configurations that marks name: none of them goes before the rollout has ended.

    Of marks that cannot be read every word may be one.
    """
    marks = read(found)
    if marks is None or marks.ended:
        return
    if marks.fault:
        texts = (text for key, text in found.items() if key.startswith(PREFIX))
        yield from (word for text in texts for word in _APART.split(text) if word)
        return
    yield from filter(None, (marks.base, marks.middle, marks.target, marks.over))


def held(change: Change) -> str:
    """Why an update must not go past a rollout that runs; "" where it starts, ends or keeps it."""
    marks = running(change.observed.tags) if change.observed else None
    if marks is None or not change.touches(CONFIG) or change.live.get(CONFIG) != marks.middle:
        return ""
    if written(change) is not None:
        return _lacking(change, marks)
    said = f" to version {marks.version}" if marks.version else f" to {marks.target!r}"
    name = (change.observed.tags or {}).get(SPEC, "").partition("/")[2] if change.observed else ""
    same = change.desired.get(CONFIG) == marks.target
    ways = (
        f"`moorline rollout promote --full {name}` ends it with what this asks for, or `abort` goes"
        " back and an apply then starts this"
        if same
        else f"`moorline rollout abort {name}` goes back, and an apply then starts this"
    )
    return (
        f"a rollout{said} runs and is at step {marks.step} of {len(marks.steps)}: this would end it"
        f" unjudged; {ways}; with its canary in the spec again it goes on"
    )


def only(change: Change, names: AbstractSet[str]) -> bool:
    """Whether these variants are what a rollout has put beside the live one, and no others.

    Where it goes, whoever planned that is told of the rollout, or of the traffic that is lost.
    """
    marks = read((change.observed.tags if change.observed else None) or {})
    if marks is None or marks.fault or names != {marks.candidate}:
        return False
    return change.live.get(CONFIG) in {marks.middle, marks.over}


def _lacking(change: Change, marks: Marks) -> str:
    """Why the version before cannot have all traffic back at once; "" where it can."""
    live = change.observed.outputs.get("ProductionVariants") or () if change.observed else ()
    now = next((each.get(COUNT) for each in live if each["VariantName"] == marks.stable), None)
    if not back(change) or not isinstance(now, int) or now >= marks.stable_count:
        return ""
    return (
        f"all traffic would go back to {marks.stable!r}, which has {now} of the"
        f" {marks.stable_count} instances with which it carried it: `moorline rollout abort` gives"
        " it its instances first"
    )


def spent(desired: Props, observed: Observed) -> str:
    """Why the same rollout must not be started again; "" when it may."""
    asked, last = announced(desired), read(observed.tags or {})
    if asked is None or last is None or not last.ended or last.target != asked.target:
        return ""
    how, _, why = last.ended.partition(" ")
    if how not in BAD or observed.props.get(CONFIG) != last.base:
        return ""
    return f"the rollout to {last.target!r} was tried and {how}{': ' if why else ''}{why}"


def back(change: Change) -> list[Json]:
    """The weights by which all traffic goes back first, where a rollout is given up; else none."""
    marks = written(change)
    if marks is None or change.observed is None:
        return []
    given_up = marks.middle if marks.doing is Doing.SETTLE else marks.over
    live = change.observed.outputs.get("ProductionVariants") or ()
    exposed = any(each["VariantName"] != marks.stable and each.get(WEIGHT) for each in live)
    if change.live.get(CONFIG) != given_up or not exposed:
        return []
    return [
        {"VariantName": name, WEIGHT: ALL if name == marks.stable else 0}
        for name in sorted(each["VariantName"] for each in live)
    ]


def unsettled(desired: Props, observed: Observed) -> str:
    """What of the start of a rollout is not as it has to be; "" where all is.

    Who drives it may have moved on to its first step already.
    """
    marks = announced(desired)
    if marks is None or desired.get(CONFIG) != marks.middle:
        return ""
    live = {each["VariantName"]: each for each in observed.outputs.get("ProductionVariants") or ()}
    if {marks.stable, marks.candidate} - live.keys():
        return f"the endpoint is on {marks.middle!r} and lacks a variant of it"
    weights = {name: each.get("CurrentWeight") for name, each in live.items()}
    if None in weights.values():
        return "AWS does not say what share of the traffic the new version has"
    share = weights[marks.candidate] / (sum(weights.values()) or 1)
    now = running(observed.tags) or marks
    moved_on = now.target == marks.target and now.step > marks.step
    if moved_on or math.isclose(share, 0.0, abs_tol=1e-6):
        return ""
    return f"the new version has {share * 100:g} % of the traffic at the start, and not 0 %"


def passing(name: str, live: Props, desired: Props) -> bool:
    """Whether a variant goes because its rollout does: that loses no traffic."""
    before = {tag["Key"]: tag["Value"] for tag in tags(live)}
    marks = announced(desired) or running(before)
    if marks is None or name != marks.candidate:
        return False
    ends = bool(tags(desired)) or desired.get(CONFIG, {}).get(CONFIG) == marks.base
    return ends and live.get(CONFIG) in {marks.middle, marks.over}


def begun(desired: Props) -> str:
    """What an update that is done has only begun; "" of most."""
    marks = announced(desired)
    if marks is None or desired.get(CONFIG) != marks.middle:
        return ""
    version = f" to version {marks.version}" if marks.version else ""
    return f"rollout started{version}: the new version is there and takes no traffic yet"


def of_a_step(marks: Marks, weights: Mapping[str, float]) -> bool:
    """Whether live weights are those of a step that the rollout is at, or on its way to or from.

    Tags of the index lag (AWS_FACTS 6.6), so the step after the one that they name counts too.
    """
    total = sum(weights.values())
    if marks.candidate not in weights or not total:
        return False
    around = marks.steps[max(0, marks.step - 2) : marks.step + 1]
    asked = {0.0, *(step.share for step in around)}
    return any(math.isclose(weights[marks.candidate] / total, each, abs_tol=1e-3) for each in asked)
