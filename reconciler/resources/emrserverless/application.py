"""AWS::EMRServerless::Application, by AWS's own handlers while it does not run.

All but a few properties change only while it is CREATED or STOPPED, and it goes only then
(UpdateApplication, DeleteApplication). The handlers do not stop it, and send all that it is with
each change, so that what may change while it is STARTED is refused as well (reported of tags,
cloudformation-coverage-roadmap 2370). So that goes to the service itself, with nothing besides;
and for the rest one that runs no job is stopped first, which needs no start after it where jobs
start it; so it is before it is deleted. Nobody's jobs are ended unasked: a change or a deletion
that meets them is kept out of the plan.
Sources: EMR Serverless API, UpdateApplication, StopApplication, ListJobRuns; user guide,
"Application states".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.model.change import Action, Change, FieldChange, Observed
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.model.value import Json, Props
from reconciler.resources.answers import absent
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare, patches
from reconciler.resources.generic import IDENTIFIER
from reconciler.resources.inflight import identifier
from reconciler.resources.ops import Op
from reconciler.resources.parts import Reader, Request
from reconciler.resources.review import Asking, Foreseeing, Look, Objection, Pending
from reconciler.resources.stages import Stages, Stopped
from reconciler.resources.whole import Whole, members

TYPE = "AWS::EMRServerless::Application"
SERVICE = "emr-serverless"
MEMBERS = {
    "ImageConfiguration": "imageConfiguration",
    "MaximumCapacity": "maximumCapacity",
    "SchedulerConfiguration": "schedulerConfiguration",
}
"""What the service itself changes in any state, by its names. Source: UpdateApplication."""
TAGS = "Tags"
QUIET = frozenset({"CREATED", "STOPPED"})
RUNNING = frozenset({"STARTED"})
GOING = ["SUBMITTED", "PENDING", "SCHEDULED", "RUNNING", "QUEUED"]
GONE = (absent("ResourceNotFoundException"),)
STATE = "state"
STOP = Op("stop_application", {"applicationId": "{ApplicationId}"}, SERVICE)


STATE_WHOLE = Whole(has=members("application.applicationId", "application.state"))
RUNS_WHOLE = Whole(items="jobRuns", each=members("id", "state"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Going:
    """That it has started, and how many jobs it runs: looked at before it is deleted."""

    prop: str = "State"
    last: bool = True

    @property
    def reads(self) -> tuple[str, ...]:
        """None of its own client."""
        return ()

    @property
    def writes(self) -> tuple[str, ...]:
        """None of its own client: `Stages.stopped` names what stops it."""
        return ()

    @property
    def wholes(self) -> Mapping[str, Whole]:
        """See `Resource.beside`."""
        return {}

    def read(self, reader: Reader, key: Props) -> Json:
        """Its id, its state and its jobs; nothing while it does not run."""
        service, named = reader.of(SERVICE, GONE), {"applicationId": key[IDENTIFIER]}
        state = service.call("get_application", named)["application"]["state"]
        if state in QUIET:
            return None
        runs = service.pages("list_job_runs", {**named, "states": GOING}, "jobRuns")
        return {**named, STATE: state, "runs": len(runs)}

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        """It is stopped, where nothing runs on it."""
        if after is None and before and before[STATE] in RUNNING and not before["runs"]:
            named = {"applicationId": before["applicationId"]}
            yield Request(STOP.method, named, bare=True, service=SERVICE)


def stays(observed: Observed) -> str:
    """Why one that runs jobs is not deleted: nobody's jobs are ended unasked."""
    going = observed.props.get(PART.prop) or {}
    return f"it runs {_jobs(going['runs'])}: AWS stops none that does" if going.get("runs") else ""


PART = Going()


def context(change: Change) -> Asking:
    """The state of an application that is to change, and how many jobs it runs."""
    found = yield from _asked(identifier(change, "ApplicationId"))
    return found


def _asked(name: Json) -> Asking:
    key = {"applicationId": name}
    answer = yield Look(SERVICE, "get_application", key, absent=GONE)
    state = answer["application"]["state"] if answer else ""
    if not state or state in QUIET:
        return {STATE: state}
    runs = yield Look(SERVICE, "list_job_runs", {**key, "states": GOING}, "jobRuns", GONE)
    return {STATE: state, "runs": len(runs or ())}


def _at_rest(change: Change) -> bool:
    return change.context.get(STATE, "") in {"", *QUIET}


def _light(change: Change) -> bool:
    """Whether only what changes in any state does."""
    touched = {each.path[0] for each in change.fields} - {TAGS}
    return all(each in MEMBERS and change.desired.get(each) for each in touched)


def review(change: Change) -> Iterable[FieldChange | Objection]:
    """Why a change of one that has started has to wait."""
    if not _at_rest(change) and not _light(change):
        yield from _objections(change)


def _objections(change: Change) -> Iterator[Objection]:
    state, runs = change.context[STATE], change.context.get("runs", 0)
    starts = (change.live.get("AutoStartConfiguration") or {}).get("Enabled", True)
    if state in RUNNING and not runs and starts:
        return  # it is stopped first
    what = f" and runs {_jobs(runs)}" if runs else ""
    if state in RUNNING and not runs:
        what = " and no job would start it again"
    text = f"{change.address.name!r} is {state}{what}: AWS changes it only when it is stopped"
    help_ = (
        "it stops by itself when no job has come for a while; plan again then, or stop it:"
        " `aws emr-serverless stop-application`, which refuses while jobs run"
    )
    yield Objection("GOING003", text, help_, Severity.ERROR)


def _jobs(count: int) -> str:
    return "a job" if count == 1 else f"{count} jobs"


def foresee(step: Step, _: Graph) -> Foreseeing:
    """That a deletion is refused while it runs jobs, or is on its way from state to state."""
    if step.action is Action.CREATE or not (name := _named(step)):
        return ()
    found = yield from _asked(name)
    state, runs = found[STATE], found.get("runs", 0)
    if not state or state in QUIET or (state in RUNNING and not runs):
        return ()  # it is stopped first, where it has to be
    what = f" and runs {_jobs(runs)}" if runs else ""
    text = f"{step.address.name!r} is {state}{what}: AWS deletes it only when it is stopped"
    help_ = "wait until its jobs have ended, or cancel them, and plan again"
    return (Objection("GOING004", text, help_, Severity.WARNING),)


def _named(step: Step) -> Json:
    """The identifier by which a step deletes it."""
    return next((it.params["Identifier"] for it in step.calls if "Identifier" in it.params), None)


def update(change: Change) -> Iterator[Request]:
    """While it runs, what may change then by calls of the service; else a patch."""
    if _at_rest(change) or not _light(change):
        yield from patches(TYPE, change)
        return
    touched = [prop for prop in MEMBERS if change.touches(prop)]
    body = {MEMBERS[prop]: _lower(change.desired[prop]) for prop in touched}
    key = {"applicationId": identifier(change, "ApplicationId")}
    if body:
        yield Request("update_application", {**key, **body}, bare=True, service=SERVICE)
    if change.touches(TAGS):
        yield from _retagged(change, {"resourceArn": identifier(change, "Arn")})


def _retagged(change: Change, key: Props) -> Iterator[Request]:
    want = {each["Key"]: each["Value"] for each in change.desired.get(TAGS) or ()}
    have = dict(change.observed.tags or {}) if change.observed else {}
    new = {name: text for name, text in sorted(want.items()) if have.get(name) != text}
    gone = sorted(name for name in have if name not in want and not name.startswith("aws:"))
    if new:
        yield Request("tag_resource", {**key, "tags": new}, bare=True, service=SERVICE)
    if gone:
        yield Request("untag_resource", {**key, "tagKeys": gone}, bare=True, service=SERVICE)


def _lower(value: Json) -> Json:
    """A value by the service's own names."""
    if isinstance(value, dict):
        return {name[0].lower() + name[1:]: _lower(it) for name, it in value.items()}
    return value


declare(
    TYPE,
    aside=Aside(
        looks=("emr-serverless:GetApplication", "emr-serverless:ListJobRuns"),
    ),
    pending=Pending(context=context, review=review, foresee=foresee, stays=stays),
    parts=(PART,),
    beside={(SERVICE, "get_application"): STATE_WHOLE, (SERVICE, "list_job_runs"): RUNS_WHOLE},
    refers=("AWS::KMS::Key", "AWS::Logs::LogGroup"),
    transient=(
        absent("InvalidRequest", r"Current status: STOPPING"),
        absent("GeneralServiceException", r"Current status: STOPPING"),
    ),
    stages=Stages(
        stopped=Stopped(
            running=RUNNING,
            stop=STOP,
            told=STATE,
            free=frozenset({*MEMBERS, TAGS}),
            seconds=60.0,
            risk="a job that comes meanwhile waits until it has started",
        )
    ),
    update=update,
)
