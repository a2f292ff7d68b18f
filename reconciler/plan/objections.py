"""What a plan has to say against a change, as findings."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Action, Change, FieldChange, Observed
from reconciler.model.diagnostic import Diagnostic, Severity, in_words
from reconciler.model.graph import Node
from reconciler.model.plan import Step
from reconciler.plan.stages import left_stopped, stages, stops
from reconciler.resources.api import Resource
from reconciler.resources.review import Objection


def unsupported(node: Node, change: FieldChange) -> Diagnostic:
    """A property differs that the adapter cannot set."""
    path = in_words(".".join(change.path), change.at)
    return Diagnostic(
        "PLAN003",
        f"{path} of {str(node.address)!r} differs, and Moorline cannot change it",
        change.at or (node.origin.at if node.origin else None),
        "change it by hand, or make the spec say what is live",
        address=node.address,
    )


def stays(node: Node, change: FieldChange) -> Diagnostic:
    """A property differs that no call of AWS changes."""
    path = in_words(".".join(change.path), change.at)
    return Diagnostic(
        "PLAN004",
        f"{path} of {str(node.address)!r} differs, and AWS has no call that changes it",
        change.at or (node.origin.at if node.origin else None),
        "it stays as it is; make the spec say what is live, or recreate the resource yourself",
        Severity.WARNING,
        node.address,
    )


def by_adapter(node: Node, said: Objection) -> Diagnostic:
    """What the type's own adapter has to say."""
    at = node.origin.line_of(said.path) if node.origin else None
    return Diagnostic(said.code, said.message, at, said.help, said.severity, node.address)


def spent(step: Step, why: str) -> str:
    """Why a step that failed before is refused, and how to get on."""
    what = f"change {step.spec or 'the spec'}"
    return f"{why}; {what}, or apply with `--retry {step.address.argument}`"


STUCK = "nothing can be changed in the state that AWS has it in"


def stuck(node: Node, observed: Observed) -> Diagnostic:
    """It is neither usable nor gone, whether or not it differs."""
    return Diagnostic(
        "STATE001",
        f"{str(node.address)!r} is {observed.reason or observed.state}: "
        "it cannot be used, and it is not gone",
        node.origin.at if node.origin else None,
        "see to it in AWS, such as by importing the key material or connecting the key store; "
        "nothing is replaced",
        Severity.WARNING,
        node.address,
    )


def leaving(node: Node, observed: Observed) -> Diagnostic:
    """Somebody scheduled it for deletion, and it can still be had back."""
    return Diagnostic(
        "STATE002",
        f"{str(node.address)!r} is {observed.reason or observed.state}: somebody scheduled its "
        "deletion, and an apply takes that back",
        node.origin.at if node.origin else None,
        "apply to keep it and all that needs it; or remove the spec, and let it go",
        Severity.WARNING,
        node.address,
    )


def staged(node: Node, change: Change, resource: Resource) -> Iterator[Diagnostic]:
    """That a change takes several requests, how long, and what does not work meanwhile."""
    if change.action not in {Action.UPDATE, Action.ADOPT}:
        return
    at, name = node.origin.at if node.origin else None, repr(str(node.address))
    steps, stopped = stages(change, resource), stops(change, resource)
    if len(steps) > 1:
        took = sum(each.seconds for each in steps) + (stopped.seconds if stopped else 0.0)
        about = f", in about {max(1, round(took / 60))} min" if took else ""
        says = "; ".join(each.says for each in steps)
        text = f"{name} changes in {len(steps)} requests, one after the other{about}: {says}"
        help_ = "if an apply ends in between, the next plan has what is left"
        yield Diagnostic("STAGE001", text, at, help_, Severity.NOTE, node.address)
    risks = [*dict.fromkeys(each.risk for each in steps if each.risk)]
    if stopped:
        least = f" (about {max(1, round(stopped.seconds / 60))} min)" if stopped.seconds else ""
        again = "started again" if stopped.start else "starts by itself when something comes"
        risks.append(f"it is stopped for this change and {again}{least}: {stopped.risk}")
    if left_stopped(change, resource):
        text = f"{name} was stopped by an apply that ended before it was started again"
        yield Diagnostic(
            "STAGE003", text, at, "apply: it is started", Severity.WARNING, node.address
        )
    for risk in risks:
        help_ = "apply when nothing needs it, or keep what is there beside what is new"
        yield Diagnostic("STAGE002", f"{name}: {risk}", at, help_, Severity.WARNING, node.address)


def busy(node: Node, observed: Observed) -> Diagnostic:
    """AWS still works on a resource, whether or not it differs."""
    return Diagnostic(
        "PLAN002",
        f"{str(node.address)!r} is busy ({observed.reason or 'AWS is changing it'})",
        node.origin.at if node.origin else None,
        "`apply` waits for it; or plan again when it has settled",
        Severity.WARNING,
        node.address,
    )
