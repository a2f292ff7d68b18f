"""AWS::EMRServerless::Application, by AWS's own handlers.

All but a few properties change only while it is CREATED or STOPPED (UpdateApplication), and the
handlers do not stop it. It stops by itself when no job has come for a while. So a change of one
that has started is kept out of the plan, with what it runs: nobody's jobs are ended unasked.
Sources: EMR Serverless API, UpdateApplication, ListJobRuns; user guide, "Application states".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.model.change import Change, FieldChange
from reconciler.model.diagnostic import Severity
from reconciler.resources.answers import absent
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.inflight import identifier
from reconciler.resources.review import Asking, Look, Objection, Pending

SERVICE = "emr-serverless"
ANY_STATE = frozenset({"ImageConfiguration", "MaximumCapacity", "SchedulerConfiguration", "Tags"})
"""What changes in any state. Source: UpdateApplication."""
QUIET = frozenset({"CREATED", "STOPPED"})
GOING = ["SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "QUEUED"]
GONE = (absent("ResourceNotFoundException"),)


def context(change: Change) -> Asking:
    """The state of an application that is to change, and how many jobs it runs."""
    if {each.path[0] for each in change.fields} <= ANY_STATE:
        return {}
    key = {"applicationId": identifier(change, "ApplicationId")}
    found = yield Look(SERVICE, "get_application", key, "application", GONE)
    state = found.get("state", "") if isinstance(found, dict) else ""
    if not state or state in QUIET:
        return {}
    runs = yield Look(SERVICE, "list_job_runs", {**key, "states": GOING}, "jobRuns", GONE)
    return {"state": state, "runs": len(runs or ())}


def review(change: Change) -> Iterable[FieldChange | Objection]:
    """Why a change of one that has started has to wait."""
    yield from _objections(change)


def _objections(change: Change) -> Iterator[Objection]:
    state, runs = change.context.get("state"), change.context.get("runs", 0)
    if not state:
        return
    what = f"and runs {runs} job{'s' if runs != 1 else ''}" if runs else "and runs no job"
    text = f"{change.address.name!r} is {state} {what}: AWS changes it only when it is stopped"
    help_ = (
        "it stops by itself when no job has come for a while; plan again then, or stop it:"
        " `aws emr-serverless stop-application`, which refuses while jobs run"
    )
    yield Objection("RUN003", text, help_, Severity.ERROR)


declare(
    "AWS::EMRServerless::Application",
    aside=Aside(looks=("emr-serverless:GetApplication", "emr-serverless:ListJobRuns")),
    pending=Pending(context=context, review=review),
    refers=("AWS::KMS::Key", "AWS::Logs::LogGroup"),
)
