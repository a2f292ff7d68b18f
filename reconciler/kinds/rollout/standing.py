"""How an endpoint stands when its rollout is compiled, and whether a new version is on trial there.

Asked of AWS only where weights are moved: what is live decides what the new version is put beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.kinds.api import Lookup, Scope
from reconciler.kinds.rollout.spec import Registered, Rollout
from reconciler.kinds.terms.canary import NAME
from reconciler.model.value import Json
from reconciler.rollout.marks import read
from reconciler.rollout.values import Doing, Live, Marks

CONFIG, ENDPOINT = "AWS::SageMaker::EndpointConfig", "AWS::SageMaker::Endpoint"
MIDDLE = "middle"
"""What is in the name of a configuration with both versions."""
_GONE = frozenset({"", "Deleting", "Failed"})
"""States of an endpoint that is made anew: nothing of it is gone on with."""


@dataclass(frozen=True, slots=True)
class Standing:
    """A live endpoint, and the rollout that runs on it."""

    fact: Json
    running: Marks | None
    last: Marks | None = None
    """What its marks say, of whichever rollout."""

    @property
    def config(self) -> str:
        return str(self.fact["config"])

    @property
    def pending(self) -> str:
        """The configuration that AWS is moving it to, or ""."""
        return str(self.fact["pending"])

    @property
    def alone(self) -> bool:
        """Whether one version is live and at rest, so that nothing runs whatever marks say."""
        names = [str(each["VariantName"]) for each in self.fact["variants"]]
        rests = self.fact["status"] == "InService" and not self.pending
        return rests and len(names) == 1 and names != [NAME]


def lookup(spec: Rollout, scope: Scope) -> Lookup:
    """The question how the endpoint stands. Offline nothing is there, so it is made whole."""
    names = [("endpoint", scope.address(ENDPOINT).name), ("called", scope.address(CONFIG).name)]
    if isinstance(spec.model, Registered):
        versions = scope.export("ModelRegistry", spec.model.registry, "packageArns")
        names.append(("versions", str(versions)))
    return Lookup("endpoint", tuple(names), {"status": ""})


def as_read(live: Live, tags: Mapping[str, str]) -> Json:
    """What a driver has read, as an answer to that question: what says whether one runs."""
    said = {"status": live.status, "config": live.config, "pending": live.pending}
    return {**said, "tags": dict(tags), "spent": ""}


def weighed(spec: Rollout) -> bool:
    """Whether Moorline moves the weights of a rollout."""
    return spec.strategy is not None and spec.strategy.canary is not None


def standing(spec: Rollout, scope: Scope) -> Standing | None:
    """The live endpoint; nothing where there is none, it failed, or no weights are moved.

    Raises:
        LookupError: AWS did not say.
    """
    if not weighed(spec):
        return None
    fact = scope.fact(lookup(spec, scope))
    if fact is None:
        raise LookupError(scope.address(ENDPOINT).name)
    if fact["status"] in _GONE:
        return None
    marks = read(fact["tags"])
    where = (str(fact["config"]), str(fact["pending"]), str(fact["spent"]))
    return Standing(fact, runs(marks, *where), marks)


def images(spec: Rollout, scope: Scope) -> tuple[str, ...]:
    """Images of all versions that serve now, or are on trial: their role goes on pulling them."""
    try:
        seen = standing(spec, scope)
    except LookupError:
        return ()
    return tuple(seen.fact.get("images") or ()) if seen is not None else ()


def runs(marks: Marks | None, config: str, pending: str, spent: str) -> Marks | None:
    """The marks of a rollout that is not over, by what is live as well.

    `spent` is the configuration to which AWS took the last update and went back from it. A driver
    that was stopped may not have written down yet how a rollout ended.
    """
    if marks is None or marks.ended:
        return None
    if marks.fault or pending:
        return marks
    back = marks.word in {"abort", "failed"} or marks.doing is Doing.SETTLE
    if config == marks.target or (config == marks.base and (back or spent == marks.middle)):
        return None
    return marks
