"""Ask CloudTrail who changed what differs: one look-up for each drifted resource.

Two calls a second and region are allowed, and a look-up has one attribute: the name of
the resource. When it is denied or fails, nothing more is asked, and the plan stands.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import islice

from reconciler.aws.errors import AwsError, Denied
from reconciler.aws.session import Attempts, ReadOnly, Session
from reconciler.drift import actor
from reconciler.drift.actor import Scene
from reconciler.drift.sighting import Sighting, sighting
from reconciler.model.actor import Actor, unknown
from reconciler.model.plan import Plan, Step
from reconciler.model.receipt import Receipt
from reconciler.model.value import Json
from reconciler.resources import api as resources
from reconciler.resources.api import Resource

SERVICE = "cloudtrail"
IN_PLAN = 10
"""Resources that a plan looks up; a drift report looks up all."""
PAGE = 50
PAGES = 4
"""Pages of one look-up in a drift report: reads are in the history too."""
PATIENCE = Attempts(most=3, first_pause=1.0, longest_pause=4.0)
DENIED = "no permission to look"
FAILED = "CloudTrail could not be read"
Told = Callable[[str, int, int], None]


@dataclass(slots=True)
class Trail:
    """CloudTrail's event history, until it says no."""

    session: Session
    scene: Scene
    pages: int = 1
    trouble: str = ""
    """Why nothing more is asked."""

    def who(self, step: Step, since: str) -> Actor:
        """Who made a step necessary."""
        resource = resources.load()[step.address.type]
        if self.trouble:
            return unknown(self.trouble)
        scene = replace(self.scene, since=since)
        try:
            return self._who(step, resource, scene)
        except Denied:
            self.trouble = DENIED
        except AwsError:
            self.trouble = FAILED
        return unknown(self.trouble)

    def _who(self, step: Step, resource: Resource, scene: Scene) -> Actor:
        subject = actor.subject(step, resource, scene.place)
        if not subject:
            return unknown("its id is not known any more")
        region = actor.region_of(resource, scene.place)
        here = region == scene.place.region
        reader = ReadOnly(self._patient(), SERVICE if here else f"{SERVICE}@{region}")
        params: dict[str, Json] = {
            "LookupAttributes": [{"AttributeKey": "ResourceName", "AttributeValue": subject}],
            "MaxResults": PAGE,
        }
        if scene.since:
            params["StartTime"] = _moment(scene.since)
        seen: list[Sighting] = []
        found = unknown(actor.NOTHING)
        for _ in range(self.pages):
            body = reader.call("lookup_events", params)
            seen += [each for item in body.get("Events") or () if (each := sighting(item))]
            token = body.get("NextToken")
            found = actor.name(step, seen, resource, scene, complete=not token)
            if found.why != actor.MORE or not token:
                break
            params["NextToken"] = token
        return found

    def _patient(self) -> Session:
        """The same session with less patience: nobody waits a minute for a name."""
        return replace(self.session, attempts=PATIENCE)


def named(  # noqa: PLR0913 - what differs, and what is known of it
    plan: Plan,
    session: Session,
    scene: Scene,
    last: Receipt | None,
    *,
    most: int | None = IN_PLAN,
    told: Told = lambda _what, _done, _all: None,
) -> Plan:
    """The same plan with who made its steps necessary. Asks nothing when nothing drifted.

    At `most` so many steps are looked up, and none for which somebody is named already.
    """
    asked = (step for step in actor.doubtful(plan, missing=most is None) if step.by is None)
    steps = [*islice(asked, most)]
    if not steps:
        return plan
    scene = replace(scene, settled=last.ended or last.started if last else "")
    trail = Trail(session, scene, pages=PAGES if most is None else 1)
    found: dict[str, Actor] = {}
    for done, step in enumerate(steps, 1):
        found[step.id] = trail.who(step, actor.since(step, last))
        told("CloudTrail", done, len(steps))
    return replace(
        plan,
        steps=tuple(replace(step, by=found.get(step.id, step.by)) for step in plan.steps),
        observed_calls=session.total,
    )


def _moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
