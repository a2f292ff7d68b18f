"""What a plan says of a rollout by weights: when which step is, what it needs, what it gives up."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.api import Scope, Severity
from reconciler.kinds.rollout.asked import unapplied
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.standing import Standing
from reconciler.kinds.terms.canary import PATH, steps_of
from reconciler.rollout.values import Marks, Step

_UNITS = (("d", 86400), ("h", 3600), ("m", 60))


def started(scope: Scope, spec: Rollout, marks: Marks, seen: Standing) -> None:
    """When which step is, and which instances are paid for meanwhile."""
    total = long(sum(step.bake for step in marks.steps))
    gated = any(step.gate for step in marks.steps)
    limit = f"; where it waits for a person, it goes back after {long(marks.hold)}" if gated else ""
    scope.problem(
        PATH,
        f"a rollout of {scope.name!r} starts: {course(marks.steps)}; {total} of bakes in all."
        f" `apply` starts it at 0 % and does not wait{limit}",
        help=f"`moorline rollout status {scope.name}` says how far it is",
        code="CANARY001",
        severity=Severity.NOTE,
    )
    live = _count(seen)
    kept = marks.stable_count if live is None else live
    first, last = marks.steps[0].count, max(step.count for step in marks.steps)
    if kept > marks.stable_count:  # somebody has set more, and the steps follow that
        last = max(last, kept)
    kind, wanted = fleet_of(spec).instance_type, fleet_of(spec).instances
    stable = str(seen.fact["content"]["ProductionVariants"][0]["VariantName"])
    scope.problem(
        (*PATH, "steps"),
        f"{stable!r} keeps its {kept} instances until the end; beside them up to {last} more"
        f" ({kind}) are paid for. A second variant makes SageMaker start the stable fleet anew too,"
        f" so at the start {kept + first} new ones run beside the {kept} of now, and at the end"
        f" {wanted} beside {kept + last}",
        help="a rollout needs room in the quota of the instance type",
        code="CANARY002",
        severity=Severity.NOTE,
    )
    if kept > last:
        scope.problem(
            (*PATH, "steps"),
            f"{kept} instances carry the traffic now, and the new version gets all of it on {last}",
            help="raise 'instances', or give the steps 'instances' of their own",
            code="CANARY002",
            severity=Severity.WARNING,
        )


def going_on(scope: Scope, spec: Rollout, marks: Marks, seen: Standing) -> None:
    """That weights and counts are the rollout's, and what it does not take from an edited spec."""
    canary = spec.strategy.canary if spec.strategy else None
    asked = steps_of(canary, fleet_of(spec).instances) if canary else marks.steps
    edited = f"; it keeps the steps it was started with: {course(marks.steps)}"
    anew = "; from this apply on it is judged by the analysis of this spec"
    scope.problem(
        PATH,
        f"a rollout of {scope.name!r}{_version(marks)} is {_at(marks)}, with"
        f" {_shares(seen)}: weights and counts are its own until it has"
        f" ended{edited if asked != marks.steps else ''}"
        f"{anew if unapplied(spec, seen.fact['tags']) else ''}",
        help=f"`moorline rollout status {scope.name}` says more; `abort` ends it",
        code="CANARY003",
        severity=Severity.NOTE,
    )


def _at(marks: Marks) -> str:
    return f"at step {marks.step} of {len(marks.steps)}" if marks.step else "before its first step"


def waiting(scope: Scope, newest: str, running: str) -> None:
    """That a version which was approved meanwhile waits its turn."""
    scope.problem(
        ("model", "version"),
        f"version {newest} is approved and waits: the rollout of version {running} has not ended",
        help=f"the plan after that takes it; `moorline rollout abort {scope.name}` is quicker",
        code="CANARY003",
        severity=Severity.NOTE,
    )


def superseded(scope: Scope, marks: Marks, target: str) -> None:
    """That another version takes the place of the one on trial."""
    scope.problem(
        PATH,
        f"the rollout to {marks.target!r}{_version(marks)} is given up at step {marks.step}: its"
        f" traffic goes back to {marks.base!r} first, then the one to {target!r} starts at 0 %",
        help=f"to end the running one first: `moorline rollout promote|abort {scope.name}`",
        code="CANARY004",
        severity=Severity.WARNING,
    )


def reverted(scope: Scope, marks: Marks) -> None:
    """That the spec asks for what was there before."""
    scope.problem(
        PATH,
        f"the rollout to {marks.target!r}{_version(marks)} is given up at step {marks.step}: the"
        f" spec asks for {marks.base!r} again, and all traffic goes back to it first",
        help=f"`moorline rollout abort {scope.name}` does the same without an apply",
        code="CANARY004",
        severity=Severity.WARNING,
    )


def lacking(scope: Scope, marks: Marks, seen: Standing) -> bool:
    """That the version before could not carry at once what one update would give it."""
    variants = {str(each["VariantName"]): each for each in seen.fact["variants"]}
    now = variants.get(marks.stable, {}).get("DesiredInstanceCount")
    shared = float(variants.get(marks.candidate, {}).get("CurrentWeight") or 0) > 0
    if not shared or not isinstance(now, int) or now >= marks.stable_count:
        return False
    scope.problem(
        PATH,
        f"the rollout to {marks.target!r}{_version(marks)} would be given up, and {marks.stable!r}"
        f" has {now} of the {marks.stable_count} instances with which it carried all traffic",
        help=f"`moorline rollout abort {scope.name}` gives it its instances first; then apply",
        code="CANARY004",
    )
    return True


def baseless(scope: Scope, base: str, why: str, *, running: bool) -> None:
    """That nobody could go back from the new version."""
    once = "deploy once with `strategy: {allAtOnce: {}}`, or move the endpoint back by hand"
    first = f"put it back, or end the running one: `moorline rollout promote --full {scope.name}`"
    scope.problem(
        PATH,
        f"the endpoint of {scope.name!r} runs on {base!r}, and no rollout can go back to that:"
        f" {why}",
        help=first if running else once,
        code="CANARY005",
    )


def homeless(scope: Scope, gone: str, *, again: bool) -> None:
    """That what the running rollout goes back to was deleted, and whether this plan makes it."""
    if again:
        text = "this plan makes it again, by what the live configuration says of it"
        help_ = f"then `moorline rollout resume {scope.name}`, where it is held"
    else:
        text = "what was in it is not known, so nobody could go back; it gets no more traffic"
        help_ = (
            "put it back: apply the specs as they were before (`git revert`), or restore the file;"
            f" or `moorline rollout promote --full {scope.name}`, which needs no way back"
        )
    scope.problem(
        PATH,
        f"{gone} is gone, which the way back of the rollout of {scope.name!r} needs: {text}",
        help=help_,
        code="CANARY008",
        severity=Severity.WARNING,
    )


def ambiguous(scope: Scope, seen: Standing, marks: Marks) -> None:
    """That the endpoint is on none of the configurations that its marks name, or nobody can say."""
    if marks.fault:
        _unreadable(scope, marks.fault)
        return
    scope.problem(
        PATH,
        f"the marks of {scope.name!r} tell of a rollout from {marks.base!r} to {marks.target!r},"
        f" and the endpoint is on {seen.config!r}: somebody else has moved it",
        help=f"`moorline rollout abort {scope.name}` goes back to what was there before",
        code="CANARY006",
    )


def strange(scope: Scope, seen: Standing) -> None:
    """That what is live is no step of the rollout that runs; nothing where it is one."""
    if not seen.fact["doubt"]:
        return
    scope.problem(
        PATH,
        f"nobody can say how far the rollout of {scope.name!r} is: {seen.fact['doubt']}",
        help="put it back by hand; or `moorline rollout abort"
        f" {scope.name}` goes back to what was there before",
        code="CANARY006",
        severity=Severity.WARNING,
    )


def leftover(scope: Scope, why: str, *, rests: bool) -> None:
    """That an endpoint with one version has marks that nobody can read: they hold up a new one."""
    scope.problem(
        PATH,
        f"the marks of {scope.name!r} cannot be read: {why}. One version is live, so no rollout"
        f" runs{'; the next one would not start' if rests else ''}",
        help=f"`moorline rollout abort {scope.name}` marks it as ended, and moves nothing",
        code="CANARY006",
        severity=Severity.WARNING if rests else Severity.ERROR,
    )


def _unreadable(scope: Scope, why: str) -> None:
    scope.problem(
        PATH,
        f"the marks of {scope.name!r} cannot be read, so nobody can say whether one runs: {why}",
        help="put the tags `moorline:rollout*` of the endpoint back (CloudTrail has AddTags and"
        " DeleteTags), or move it to one version in AWS; then"
        f" `moorline rollout abort {scope.name}`",
        code="CANARY006",
    )


def unasked(endpoint: str) -> tuple[str, str]:
    """Why a spec waits, and for what."""
    return f"AWS did not say how {endpoint!r} stands", "plan again when it can be read"


def busy(scope: Scope, seen: Standing) -> None:
    """A rollout starts from what is at rest."""
    why = f"AWS is moving its endpoint from {seen.config!r} to {seen.pending!r}"
    if not seen.pending:
        why = f"AWS is still making its endpoint with {seen.config!r}"
    scope.problem(
        PATH,
        f"{scope.name!r} waits: {why}",
        help="plan again when it has settled",
        code="CANARY007",
        severity=Severity.WARNING,
    )
    scope.defer(why, "plan again when it has settled")


def course(steps: Iterable[Step]) -> str:
    """When which share is where, such as ``5 % at once (1 instance, 10m), 50 % after 10m …``."""
    said, at = [], 0
    for step in steps:
        some = f"{step.count} instance{'s' if step.count > 1 else ''}"
        when = f"after {long(at)}" if at else "first"
        waits = ", then it waits for `promote`" if step.gate else ""
        said.append(f"{step.share * 100:g} % {when} ({some}, {long(step.bake)}{waits})")
        at += step.bake
    return ", ".join(said)


def long(seconds: int) -> str:
    """Seconds as specs have them: ``10m``, ``1h30m``."""
    said = ""
    for unit, size in _UNITS:
        if seconds >= size:
            said += f"{seconds // size}{unit}"
            seconds %= size
    return f"{said}{seconds}s" if seconds or not said else said


def _shares(seen: Standing) -> str:
    """The live shares of the traffic, such as ``5 % on 'candidate'``."""
    weights = {
        str(each["VariantName"]): float(each.get("CurrentWeight") or 0)
        for each in seen.fact["variants"]
    }
    total = sum(weights.values()) or 1.0
    return ", ".join(f"{weights[name] / total * 100:g} % on {name!r}" for name in sorted(weights))


def _version(marks: Marks) -> str:
    return f" (version {marks.version})" if marks.version else ""


def _count(seen: Standing) -> int | None:
    """Instances that the version before is asked to have now."""
    variants = {str(each["VariantName"]): each for each in seen.fact["variants"]}
    stable = seen.fact["content"]["ProductionVariants"][0]["VariantName"]
    found = variants.get(str(stable), {}).get("DesiredInstanceCount")
    return found if isinstance(found, int) else None
