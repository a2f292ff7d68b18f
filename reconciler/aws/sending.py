"""Send the calls of steps.

What AWS refuses because it does not see yet what this run has just written, or does not decide
by it yet, is sent again; what AWS may have carried out never is.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import partial

from reconciler.aws import lag
from reconciler.aws.awaiting import Awaiting
from reconciler.aws.ending import StepError
from reconciler.aws.errors import INCOMPLETE, AwsError, Rejected, Retry
from reconciler.aws.fresh import Fresh, Patience
from reconciler.aws.outcomes import Meaning, meaning
from reconciler.aws.outputs import Outputs
from reconciler.aws.session import Session
from reconciler.aws.single import value_at
from reconciler.aws.together import Together
from reconciler.aws.vault import unlocked
from reconciler.model.asset import ChangedError, Packed
from reconciler.model.change import Action, Call
from reconciler.model.event import CallFailed, CallSent, Sink
from reconciler.model.plan import Step
from reconciler.model.texts import texts
from reconciler.model.value import Json, Props, hidden
from reconciler.resources.api import Resource

_DRESSED = frozenset({Meaning.REFUSED, Meaning.DOUBT})
_IAM = frozenset({"AWS::IAM::Role", "AWS::IAM::InstanceProfile", "AWS::IAM::ManagedPolicy"})
"""What spreads slowly, and is refused meanwhile by handlers in whichever words and codes."""
Settle = Callable[[Step, Resource], object]
Assets = Callable[[Packed], bytes]


def _no_assets(asset: Packed) -> bytes:
    raise ChangedError(f"there is no repository to read {asset.path!r} from")


class Sender:
    """Sends calls of a run, and notes down what was written."""

    def __init__(
        self, session: Session, sink: Sink, outputs: Outputs, fresh: Fresh, settle: Settle
    ) -> None:
        """`settle` waits until AWS is done with a resource."""
        self.session = session
        self.sink = sink
        self.outputs = outputs
        self.fresh = fresh
        self.run_id = ""
        """Of which run the tokens are."""
        self._settle = settle
        self.awaiting: Awaiting | None = None
        """Waits for requests that go on."""
        self.together = Together()
        self.assets: Assets = _no_assets
        """Reads the bytes of what is put."""

    def send(self, step: Step, resource: Resource, call: Call) -> bool:
        """Send one call; False when it was carried out and its answer was not whole.

        Raises:
            AwsError: AWS did not do it.
            StepError: interrupted while it was waited for, or a secret is not as planned.
        """
        params = self.outputs.sent(call.params)
        if step.asset and call.method != resource.delete.method:
            params = {**params, resource.packed: self._bytes(step.asset)}
        params = resource.pending.stamped(call.method, params, self.session.wall())
        unshown = [text for each in hidden(call.params) for _, text in texts(each.value)]
        if self.outputs.undoes(step.address, call.method, params):
            return True
        params, kept = unlocked(self.session, params)
        unshown += kept
        before = (clock := self.session.clock).now()
        patience = Patience(self.session, self.sink, step)
        whole, tried = True, 0
        while True:
            try:
                answer = self._once(step, resource, call, params)
            except AwsError as error:
                error.without(unshown)
                tried += self.session.tried
                if error.code == INCOMPLETE and not call.outputs and not resource.operation:
                    answer, whole = {}, False
                elif self._passes(step, resource, call, error, patience):
                    continue
                else:
                    spent = clock.now() - before
                    self.sink(CallFailed(step.id, call, before, spent, tried, error.code))
                    raise
            else:
                tried += self.session.tried
            break
        outputs = {name: value_at(answer, path) for name, path in call.outputs.items()}
        self.outputs.remember(step.address, outputs)
        self.outputs.answered(step.address, call.method, answer)
        self.fresh.wrote(step.address, call, resource)
        self.sink(CallSent(step.id, call, before, clock.now() - before, tried))
        return whole

    def _bytes(self, asset: Packed) -> bytes:
        """What is put, which must be what was planned.

        Raises:
            StepError: it is not.
        """
        help_ = "apply from the checkout that was planned, or plan again and review what changed"
        try:
            data = self.assets(asset)
        except ChangedError as error:
            raise StepError("ASSET008", f"{error}; nothing was put", help_) from error
        if hashlib.sha256(data).hexdigest() != asset.digest:
            text = f"{asset.path!r} is not what was planned; nothing was put"
            raise StepError("ASSET008", text, help_)
        return data

    def send_with_others(self, step: Step, resource: Resource, call: Call) -> None:
        """Send a call of a deletion, in one request with the same of others that are at it now.

        Raises:
            AwsError: AWS did not do it.
        """
        if not (resource.together and call.method == resource.delete.method):
            self.send(step, resource, call)
            return
        params, member = self.outputs.resolved(call.params), resource.together

        def several(names: list[str]) -> object:
            return self.session.send(call.service, call.method, {**params, member: names})

        before, clock = self.session.clock.now(), self.session.clock
        alone = partial(self.send, step, resource, call)
        if self.together.ask(resource.type, params[member], alone, several) is None:
            self.fresh.wrote(step.address, call, resource)
            self.sink(CallSent(step.id, call, before, clock.now() - before, 1))

    def _once(self, step: Step, resource: Resource, call: Call, params: Props) -> Json:
        operation = resource.operation
        if self.awaiting and operation and call.method in operation.methods:

            def send(attempt: int) -> Mapping[str, Json]:
                return self._sent(step, resource, call, params, f" {attempt}")

            return self.awaiting.carried(step, resource, operation, call, send)
        return self._sent(step, resource, call, params)

    def _sent(
        self, step: Step, resource: Resource, call: Call, params: Props, attempt: str = ""
    ) -> Mapping[str, Json]:
        return self.session.send(
            call.service,
            call.method,
            params,
            subject=step.address.name,
            absent=resource.absent if step.action is Action.DELETE else (),
            transient=resource.transient,
            # a second create call would make a second resource where AWS chooses the id
            repeatable=not (resource.found_by_tag and call.method == resource.create.method),
            token=f"{self.run_id} {step.id}{attempt}",
        )

    def _passes(
        self, step: Step, resource: Resource, call: Call, error: AwsError, patience: Patience
    ) -> bool:
        """Whether a refusal comes of our own writes, and was waited for."""
        if lag.forbidden(error):
            if self.fresh.is_lasting(call):
                return False
            until = self.fresh.rights(step, call, error.message)
            if until and not patience.waits(until, f"{error.code}: the rights are spreading"):
                self.fresh.lasting(call)
                return False
            return bool(until)
        sure = isinstance(error, Rejected) or (isinstance(error, Retry) and not error.unclear)
        lifecycle, shows = resource.lifecycle, self.fresh.shows(step.address)
        if sure and lifecycle and shows and lag.working(error, resource):
            until = shows + lifecycle.timeout
            if patience.waits(until, f"{error.code}: still at the last change"):
                self._settle(step, resource)
                return True
            return False
        if not isinstance(error, Rejected):
            return False
        return patience.waits(self._hidden(step, resource, error), f"{error.code}: not seen yet")

    def _hidden(self, step: Step, resource: Resource, error: AwsError) -> float:
        """Until when a refusal may come of something that AWS does not show yet, or still shows."""
        self.fresh.recall()
        concerned = self.fresh.concerned(step, None, error.message)
        if resource.generic and error.ended and meaning(error.code) in _DRESSED:
            until = self.fresh.allows(*(each for each in concerned if each.type in _IAM))
            if until:
                return until
        if lag.unseen(error, resource):
            return self.fresh.shows(*concerned)
        if not lag.exists(error):
            return 0.0
        if step.action is Action.DELETE:  # what was detached from it, or used it
            return max(self.fresh.shows(step.address), self.fresh.gone(*concerned))
        return self.fresh.gone(step.address)
