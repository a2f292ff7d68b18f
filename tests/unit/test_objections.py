"""What a plan says against a change, word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from reconciler.model.change import Action, Effect, FieldChange, Reason, Status
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.graph import Node
from reconciler.model.plan import Step
from reconciler.plan import objections
from reconciler.resources.review import Objection

from .fakes import address, live, node

BASE = address("base")
NODE = node(BASE)
BARE = Node(BASE, {})
SPEC, LINE = Span("specs.yaml", 1, 1), Span("specs.yaml", 7, 3)
WAITS = "`apply` waits for it; or plan again when it has settled"


def field(at: Span | None = None) -> FieldChange:
    return FieldChange(("Size", "Most"), 1, 2, Effect.UNSUPPORTED, at)


def told(code: str, message: str, help_: str, at: Any = SPEC, **more: Any) -> Diagnostic:
    return Diagnostic(code, message, at, help_, address=BASE, **more)


def unsupported(at: Span | None) -> Diagnostic:
    message = "Size.Most of 'M::Base/acme-dev-x' differs, and Moorline cannot change it"
    return told("PLAN003", message, "change it by hand, or make the spec say what is live", at)


def stays(at: Span | None) -> Diagnostic:
    message = "Size.Most of 'M::Base/acme-dev-x' differs, and AWS has no call that changes it"
    help_ = "it stays as it is; make the spec say what is live, or recreate the resource yourself"
    return told("PLAN004", message, help_, at, severity=Severity.WARNING)


def busy(why: str, at: Span | None = SPEC) -> Diagnostic:
    message = f"'M::Base/acme-dev-x' is busy ({why})"
    return told("PLAN002", message, WAITS, at, severity=Severity.WARNING)


SAID = Objection("MADE001", "it cannot be", "do without", Severity.NOTE)
BUSY = live(status=Status.BUSY, reason="Updating")
FINDINGS: dict[str, tuple[Callable[[], Diagnostic], Diagnostic]] = {
    "unsupported, by its line": (
        lambda: objections.unsupported(NODE, field(LINE)),
        unsupported(LINE),
    ),
    "unsupported, by its spec": (lambda: objections.unsupported(NODE, field()), unsupported(SPEC)),
    "unsupported, without a spec": (
        lambda: objections.unsupported(BARE, field()),
        unsupported(None),
    ),
    "as it is, by its line": (lambda: objections.stays(NODE, field(LINE)), stays(LINE)),
    "as it is, by its spec": (lambda: objections.stays(NODE, field()), stays(SPEC)),
    "as it is, without a spec": (lambda: objections.stays(BARE, field()), stays(None)),
    "what the adapter says": (
        lambda: objections.by_adapter(NODE, SAID),
        told("MADE001", "it cannot be", "do without", severity=Severity.NOTE),
    ),
    "what the adapter says, without a spec": (
        lambda: objections.by_adapter(BARE, SAID),
        told("MADE001", "it cannot be", "do without", None, severity=Severity.NOTE),
    ),
    "busy with what AWS says": (lambda: objections.busy(NODE, BUSY), busy("Updating")),
    "busy with something": (lambda: objections.busy(NODE, live()), busy("AWS is changing it")),
    "busy, without a spec": (lambda: objections.busy(BARE, BUSY), busy("Updating", None)),
}


@pytest.mark.parametrize(("say", "expected"), FINDINGS.values(), ids=FINDINGS)
def test_a_resource_is(say: Callable[[], Diagnostic], expected: Diagnostic) -> None:
    assert say() == expected


@pytest.mark.parametrize(("spec", "named"), [("Kind/x", "Kind/x"), ("", "the spec")])
def test_a_step_that_failed_before_says_how_to_get_on(spec: str, named: str) -> None:
    step = Step("id", BASE, Action.UPDATE, Reason.DIFFERS, spec=spec)
    assert objections.spent(step, "it was rolled back") == (
        f"it was rolled back; change {named}, or apply with `--retry M::Base/acme-dev-x`"
    )
