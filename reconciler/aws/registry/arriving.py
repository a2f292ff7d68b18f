"""New versions of models that a plan deploys: judged before anything is made, and told as such.

Only what is deployed anew is looked at, so a plan without a new version asks nothing. A version
that its registry's policy does not let by is an error; what cannot be read counts as that only
where the policy asks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from reconciler.aws.errors import AwsError
from reconciler.aws.registry import evidence, serving, versions
from reconciler.aws.session import Session
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.step import Step
from reconciler.model.succession import Succession
from reconciler.model.value import Json
from reconciler.registry import (
    Evidence,
    Fact,
    Outcome,
    Policy,
    Purpose,
    Row,
    approval,
    judge,
    policy,
)
from reconciler.registry.decision import name_of
from reconciler.registry.version import APPROVED

MODEL = "AWS::SageMaker::Model"
CODE = "MODEL006"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a spec takes its versions from, and what serves them."""

    registry: str
    group: str
    endpoint: str
    policy: Mapping[str, Json] | None


def look(
    session: Session, steps: Iterable[Step], sources: Mapping[str, Source]
) -> tuple[tuple[Succession, ...], list[Diagnostic]]:
    """What takes over, and why it may not; `sources` are by spec."""
    found: list[Succession] = []
    problems: list[Diagnostic] = []
    for step in steps:
        source = sources.get(step.spec)
        arn = _version(step)
        if source is None or not arn or step.action not in {Action.CREATE, Action.REPLACE}:
            continue
        told, wrong = _one(session, step, source, arn)
        problems += wrong
        if told is not None:
            found.append(told)
    return tuple(found), problems


def _version(step: Step) -> str:
    """The version that a step makes a model of, "" where it makes none."""
    if step.address.type != MODEL:
        return ""
    primary = step.desired.get("PrimaryContainer")
    named = primary.get("ModelPackageName") if isinstance(primary, Mapping) else None
    return named if isinstance(named, str) else ""


def _one(
    session: Session, step: Step, source: Source, arn: str
) -> tuple[Succession | None, list[Diagnostic]]:
    rules = policy.read(source.policy) if source.policy is not None else Policy()
    served: list[str] | None
    try:
        served = [*serving.of(session, [source.endpoint])]
    except AwsError:
        served = None
    if served is not None and arn in served:
        return None, []  # the same version in another setting
    try:
        known = versions.listed(session, source.group) if rules.comparisons else None
        seen = evidence.gather(session, arn, rules, known)
    except AwsError as error:
        text = f"the version that {step.spec} deploys cannot be judged: {versions.why(error)}"
        return None, [Diagnostic(CODE, text, step.at, _HELP, address=step.address)]
    now = datetime.fromtimestamp(session.wall(), tz=UTC)
    held = [*judge(rules, seen, now, Purpose.DEPLOY).held()]
    problems = [_problem(step, source, seen, row, rules) for row in held]
    return _told(session, step, source, seen, served, rules), problems


_HELP = "`moorline registry check` shows all of it; approve it anew, or deploy another version"


def _problem(step: Step, source: Source, seen: Evidence, row: Row, rules: Policy) -> Diagnostic:
    """A rule that does not let it by. Unknown is no reason where no policy asks for it."""
    name = f"version {seen.version.number} of registry {source.registry!r}"
    text = f"{step.spec} may not deploy {name}: {row.rule}: wanted {row.wanted}, found {row.found}"
    idle = row.outcome is Outcome.UNKNOWN and row.rule.startswith("model file") and not rules.signed
    unasked = row.rule == "approval" and not (rules.approvers or rules.lasts)
    severity = Severity.WARNING if idle or unasked else Severity.ERROR
    return Diagnostic(CODE, text, step.at, _HELP, severity, step.address)


def _told(  # noqa: PLR0913 - what is known of it
    session: Session,
    step: Step,
    source: Source,
    seen: Evidence,
    served: list[str] | None,
    rules: Policy,
) -> Succession:
    """What takes over from what."""
    doubts = [] if served is not None else ["what is served now"]
    prefix = seen.version.arn.rpartition("/")[0]
    same = [each for each in served or () if each.rpartition("/")[0] == prefix]
    before = same[0] if len(same) == 1 else ""
    old: Fact[Mapping[str, float]] = evidence.figures_of(session, before) if before else Fact(None)
    doubts += [f"its metrics: {seen.metrics.unknown}"] if seen.metrics.unknown else []
    doubts += [f"the metrics before: {old.unknown}"] if old.unknown else []
    given = seen.granted.value
    by, until = "", ""
    if seen.version.approval == APPROVED:
        by = name_of(given.by) if given else "unknown"
        until = _until(seen, rules)
    return Succession(
        spec=step.spec,
        registry=source.registry,
        after=seen.version.number,
        before=_number(before),
        by=by,
        until=until,
        metrics=dict(_pairs(old.value or {}, seen.metrics.value or {}, rules)),
        unknown="; ".join(doubts),
    )


def _until(seen: Evidence, rules: Policy) -> str:
    try:
        ends = approval.end(seen.granted.value, rules) if seen.granted.value else None
    except ValueError:
        return ""
    return ends.isoformat(timespec="seconds") if ends else ""


MOST = 3
"""Figures that are told where no policy names any."""


def _pairs(
    old: Mapping[str, float], new: Mapping[str, float], rules: Policy
) -> Iterator[tuple[str, tuple[float | None, float]]]:
    """The figures that the policy looks at; without one the first few by name."""
    names = [each.metric for each in rules.thresholds]
    names += [each.metric for each in rules.comparisons]
    asked = [each for each in dict.fromkeys(names) if each in new]
    for name in asked or sorted(new)[:MOST]:
        yield name, (old.get(name), new[name])


def _number(arn: str) -> int | None:
    last = arn.rpartition("/")[2]
    return int(last) if last.isdigit() else None
