"""What the steps of a run have made: their outputs, put into the calls of later steps."""

from __future__ import annotations

import threading
from collections.abc import Mapping

from reconciler.aws.ending import StepError
from reconciler.model.address import Address
from reconciler.model.value import Json, Props, Ref, resolve, reveal
from reconciler.resources.api import Place, Resource, fill

_REMOVES = ("delete_", "deregister_", "schedule_", "unsubscribe")
"""How methods begin that remove what one of their parameters names."""


def _is_arn(value: Json) -> bool:
    return isinstance(value, str) and value.startswith("arn:")


class Outputs:
    """Outputs by resource, shared by the threads of a run."""

    def __init__(self, resources: Mapping[str, Resource], place: Place) -> None:
        self._resources = resources
        self._place = place
        self._known: dict[Address, dict[str, Json]] = {}
        self._answered: dict[Address, set[str]] = {}
        self._lock = threading.Lock()

    def of(self, address: Address) -> Props:
        """What is known of one resource."""
        with self._lock:
            return dict(self._known.get(address, {}))

    def remember(self, address: Address, outputs: Props) -> None:
        """Take what a call or a look gave; what it did not give stays as it is."""
        known = {name: value for name, value in outputs.items() if value is not None}
        with self._lock:
            self._known.setdefault(address, {}).update(known)

    def answered(self, address: Address, method: str, answer: Mapping[str, Json]) -> None:
        """Take the ARNs that AWS named when it was asked to make something."""
        if not method.startswith(_REMOVES):
            arns = {value for value in answer.values() if _is_arn(value)}
            with self._lock:
                self._answered.setdefault(address, set()).update(arns)

    def undoes(self, address: Address, method: str, params: Props) -> bool:
        """Whether a call would remove what AWS has just named in answer to another of its step.

        One with further parameters takes something off it, such as a tag.

        It is what was asked for then, whatever it was taken for: SNS answers a request for a
        subscription that is there with that one.
        """
        with self._lock:
            made = self._answered.get(address, set())
        alone = bool(params) and all(_is_arn(value) and value in made for value in params.values())
        return method.startswith(_REMOVES) and alone

    def resolved(self, value: Json, *, partly: bool = False) -> Json:
        """A value with outputs in place of references; with `partly` open ones are left.

        Raises:
            StepError: the plan has this step before the one it needs.
        """
        return resolve(value, self._if_known if partly else self._value)

    def sent(self, params: Props) -> Props:
        """Parameters as they are sent: with outputs, and with what is never shown.

        Raises:
            StepError: as `resolved`, or a hidden value is not at hand.
        """
        try:
            known: Props = self.resolved(reveal(params))
        except LookupError as lacking:
            raise StepError("RES009", f"the value of {lacking.args[0]} is not at hand") from lacking
        return known

    def _if_known(self, ref: Ref) -> Json:
        try:
            return self._value(ref)
        except StepError:
            return ref

    def _value(self, ref: Ref) -> Json:
        known = self.of(ref.target)
        if ref.output in known:
            return known[ref.output]
        resource = self._resources[ref.target.type]
        slots = self._place.slots(ref.target.name)
        for follows in (resource.named, resource.predict):
            if ref.output in follows:
                return fill(follows[ref.output], slots)
        message = f"{ref.output} of {str(ref.target)!r} is not known yet"
        raise StepError("APPLY009", message)
