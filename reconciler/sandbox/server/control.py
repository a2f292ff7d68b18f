"""The control API of a running sandbox, under /moorline/: JSON in, JSON out.

ping, status, reset, clock, outcome, endpoints, traffic, scale, faults, handlers, machines,
trainings, lag, throttling, iam, account, snapshot and stop. What changes something is no GET,
since any web page can make a browser send one.
"""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from moto.core.resource_tagging import TaggableResourcesMixin
from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.home import place
from reconciler.sandbox.iam import roles
from reconciler.sandbox.inprocess import MOTO_CONFIG
from reconciler.sandbox.services.cloudtrail import trail as cloudtrail
from reconciler.sandbox.services.sagemaker import autoscaling, steering as ends
from reconciler.sandbox.services.sagemaker.runs import noted
from reconciler.sandbox.services.sagemaker.store import records
from reconciler.sandbox.services.stepfunctions import steering
from reconciler.sandbox.state import snapshot
from reconciler.sandbox.state.handlers import Fault
from reconciler.sandbox.state.rules import Rule
from reconciler.sandbox.state.trainings import Script
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PREFIX = "/moorline/"
CHANGING = {"reset", "scale", "snapshot", "stop"}


class Control:
    """What the control API can do to this process."""

    def __init__(
        self, *, state: Path, account: str, region: str, stop: Callable[[], None], speed: float
    ) -> None:
        """`stop` ends the server soon after the answer was sent."""
        self.port = 0
        self._state = state
        self._account, self._region = account, region
        self._stop = stop
        self._speed = speed
        self._started = self._used = time.monotonic()

    @property
    def unused(self) -> float:
        """Seconds since somebody used the sandbox; to ask for its status is no use of it."""
        return time.monotonic() - self._used

    def used(self) -> None:
        """Somebody uses the sandbox."""
        self._used = time.monotonic()

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """The HTTP status and the JSON document for a request."""
        if path == f"{PREFIX}ping":  # asked by every command, so without waiting for the lock
            return 200, {"pid": os.getpid(), "began": WORLD.began}
        name = path.removeprefix(PREFIX).strip("/")
        operation = getattr(self, f"_{name}_", None)
        if operation is None:
            return 404, {"error": f"No {path}; see reconciler/sandbox/server/control.py."}
        if name in CHANGING and method != "POST":
            return 405, {"error": f"{method} {path}; send a POST."}
        try:
            given = json.loads(body) if body else {}
            with WORLD.lock:
                found: dict[str, Any] = operation(method, given)
        except (KeyError, TypeError, ValueError) as mistake:
            return 400, {"error": f"{type(mistake).__name__}: {mistake}"}
        return 200, found

    def prepare(self) -> None:
        """Set the server's own speed, at start and after a reset."""
        WORLD.clock.configure(speed=self._speed)

    def _status_(self, _method: str, _given: dict[str, Any]) -> dict[str, Any]:
        return {
            "pid": os.getpid(),
            "port": self.port,
            "account": self._account,
            "region": self._region,
            "state": str(self._state),
            "resources": dict(sorted(resources().items())),
            "calls": dict(sorted(WORLD.calls.items())),
            "clock": WORLD.clock.state(),
            "uptime": round(time.monotonic() - self._started, 3),
        }

    def _reset_(self, _method: str, _given: dict[str, Any]) -> dict[str, Any]:
        for service in snapshot.instances():
            service.reset()
        WORLD.reset()
        self.prepare()
        (self._state / snapshot.FILE).unlink(missing_ok=True)
        return {"reset": True}

    def _clock_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method == "POST":
            names = {"mode", "speed", "poll_step"} & given.keys()
            WORLD.clock.configure(**{name: given[name] for name in names})
            WORLD.clock.advance(float(given.get("advance", 0)))
            for name, seconds in given.get("durations", {}).items():
                if name not in WORLD.durations.__dataclass_fields__:
                    msg = f"no duration {name!r}"
                    raise ValueError(msg)
                setattr(WORLD.durations, name, float(seconds))
        return WORLD.clock.state()

    def _outcome_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method == "POST":
            WORLD.outcomes.script(given["name"], given["mode"], given.get("reason", ""))
        if method == "DELETE":
            WORLD.outcomes.clear()
        return {"outcomes": WORLD.outcomes.state()}

    def _endpoints_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """What AWS does to endpoints: `maintain` for so many seconds, or `out` of service."""
        if method == "POST":
            for name, seconds in given.get("maintain", {}).items():
                ends.maintain(self._account, self._region, name, float(seconds))
            for name, out in given.get("out", {}).items():
                ends.stop(self._account, self._region, name, out=bool(out))
            for kind, name in given.get("vanish", {}).items():
                ends.vanish(self._account, self._region, kind, name)
        return {"endpoints": ends.statuses(self._account, self._region)}

    def _traffic_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """Requests of endpoints, how models answer, and what CloudWatch says of it."""
        if method == "POST":
            ends.traffic(self._account, self._region, given)
        if method == "DELETE":
            WORLD.traffic.clear()
        return WORLD.traffic.state()

    def _scale_(self, _method: str, given: dict[str, Any]) -> dict[str, Any]:
        backend = sagemaker_backends[self._account][self._region]
        endpoints, count = records(backend, "endpoint"), int(given["count"])
        autoscaling.scale(endpoints, given["endpoint"], given["variant"], count)
        cloudtrail.scaled(given["endpoint"], given["variant"], count, self._region)
        return {"scaled": count}

    def _faults_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        if method == "POST":
            WORLD.rules.add(Rule(**given))
        if method == "DELETE":
            WORLD.rules.clear()
        return {"faults": WORLD.rules.state()}

    def _throttling_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """What share of AWS's rates it takes, zero for no limit, and how fast seconds pass."""
        buckets = WORLD.buckets
        if method == "POST":
            buckets.set(float(given["share"]))
        refused = dict(sorted(buckets.refused.items()))
        return {"share": buckets.share, "pace": WORLD.clock.speed, "refused": refused}

    def _handlers_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """What goes wrong with Cloud Control, how its types behave, and what was counted."""
        handlers = WORLD.handlers
        if method == "POST":
            faults = [Fault(**each) for each in given.get("faults", ())]
            for type_, changes in given.get("habits", {}).items():
                handlers.change(type_, **changes)
            handlers.faults += faults
        if method == "DELETE":
            handlers.clear()
        return handlers.state()

    def _machines_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """Scripts of states, hosts of APIs, and the jobs of a run that its caller does himself."""
        if method == "POST":
            steering.steer(given)
        if method == "DELETE":
            WORLD.machines.clear()
        found = WORLD.machines.state()
        found |= {"jobs": steering.jobs(given["jobs"])} if "jobs" in given else {}
        return found | ({"notes": _notes(given["notes"])} if "notes" in given else {})

    def _trainings_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """What jobs of SageMaker meet: metrics, files, failures by the name of a step or a job."""
        if method == "POST":
            WORLD.trainings.scripts += [Script(**each) for each in given["scripts"]]
        if method == "DELETE":
            WORLD.trainings.clear()
        return WORLD.trainings.state()

    def _lag_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """How many reads after a write are stale: a number, or numbers by service.Operation."""
        if method == "POST":
            WORLD.lag.configure(given["reads"])
        if method == "DELETE":
            WORLD.lag.clear()
        return WORLD.lag.state()

    def _iam_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """Whether IAM is enforced, roles by ARN, and in how many seconds which keys end."""
        if method == "POST":
            mode = given.get("mode", WORLD.iam)
            if mode not in {"enforced", "off"}:
                raise ValueError(mode)
            WORLD.iam = mode
            WORLD.iam_lag = float(given.get("lag", WORLD.iam_lag))
            for arn, role in given.get("roles", {}).items():
                roles.put(arn, role["policies"], role.get("trust"))
            WORLD.iam_stamps |= given.get("stamps", {})
            for key, seconds in given.get("ended", {}).items():
                WORLD.ended[key] = WORLD.clock.now() + float(seconds)
        return {"mode": WORLD.iam, "lag": WORLD.iam_lag, "stamps": WORLD.iam_stamps}

    def _account_(self, method: str, given: dict[str, Any]) -> dict[str, Any]:
        """Whether the account is new to the services that AWS has closed to new accounts."""
        if method == "POST":
            WORLD.newcomer = bool(given["newcomer"])
            WORLD.uses = frozenset(given.get("uses", ()))
        return {"newcomer": WORLD.newcomer, "uses": sorted(WORLD.uses)}

    def _snapshot_(self, _method: str, _given: dict[str, Any]) -> dict[str, Any]:
        return {"backends": snapshot.save(self._state / snapshot.FILE, place.key())}

    def _stop_(self, _method: str, _given: dict[str, Any]) -> dict[str, Any]:
        self._stop()
        return {"stopping": True}


def _notes(execution: str) -> list[dict[str, str]]:
    """What was not done in a run of a machine or of a pipeline."""
    return [*steering.notes(execution), *noted.notes(execution)]


def resources() -> Counter[str]:
    """How many resources of each type exist, in all accounts and regions."""
    found: Counter[str] = Counter()
    for service in snapshot.instances():
        for regions in service.values():
            for backend in regions.values():
                if isinstance(backend, TaggableResourcesMixin):
                    found.update(item.resource_type for item in backend.iter_tagged_resources())
                if service.service_name == "iam":
                    found["iam:role"] += len(backend.roles)
    return +found


def configure_moto() -> None:
    """The same switches that the in-process sandbox uses."""
    from moto.core.config import default_user_config  # noqa: PLC0415  (moto's own late import)

    config: Any = default_user_config
    config.update(MOTO_CONFIG)
