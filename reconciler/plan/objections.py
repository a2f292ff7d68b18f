"""What a plan has to say against a change, as findings."""

from __future__ import annotations

from reconciler.model.change import FieldChange, Observed
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Node
from reconciler.model.plan import Step
from reconciler.resources.review import Objection


def unsupported(node: Node, change: FieldChange) -> Diagnostic:
    """A property differs that the adapter cannot set."""
    path = ".".join(change.path)
    return Diagnostic(
        "PLAN003",
        f"{path} of {str(node.address)!r} differs, and Moorline cannot change it",
        change.at or (node.origin.at if node.origin else None),
        "change it by hand, or make the spec say what is live",
        address=node.address,
    )


def stays(node: Node, change: FieldChange) -> Diagnostic:
    """A property differs that no call of AWS changes."""
    path = ".".join(change.path)
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
    at = node.origin.at if node.origin else None
    return Diagnostic(said.code, said.message, at, said.help, said.severity, node.address)


def spent(step: Step, why: str) -> str:
    """Why a step that failed before is refused, and how to get on."""
    what = f"change {step.spec or 'the spec'}"
    return f"{why}; {what}, or apply with `--retry {step.address}`"


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
