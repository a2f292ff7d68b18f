"""One read of AWS's own handler in place of several of a service, for parts of one resource.

The answer counts where all of the resource is as declared. Of what is to change, and of what
cannot be compared yet, the same parts are read by calls of their own. What the answer leaves out
is read so in any case: handlers leave out what they may not see. Where it cannot be had, all parts
are, as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.graph import Node
from reconciler.model.value import Json
from reconciler.plan.live import Live
from reconciler.resources.api import Resource
from reconciler.resources.cloudcontrol.builder import SERVICE
from reconciler.resources.cloudcontrol.document import parsed
from reconciler.resources.cloudcontrol.events import READ
from reconciler.resources.generic import IDENTIFIER

WORTH = 4
"""Parts from which on it is no slower: AWS takes about a quarter as many reads of documents in a
second as of S3. Source: `facts.rates`, both guesses."""


class Documents:
    """Reads documents for one plan."""

    def __init__(self, session: Session, single: Single, resources: Mapping[str, Resource]) -> None:
        self._session = session
        self._single = single
        self._resources = resources
        self.known: dict[Address, frozenset[str]] = {}
        """Of which resources a document has told, and which properties."""
        self._refused: set[str] = set()
        """Types of which none is asked for any more: no rights, no such API here, or no answer."""

    def told(
        self, resource: Resource, address: Address, wanted: Collection[str]
    ) -> dict[str, Json]:
        """The wanted properties that the document of one resource has; none where it has none."""
        asked = resource.aside.document & {*wanted}
        if len(asked) < WORTH or resource.type in self._refused:
            return {}
        params = {"TypeName": resource.type, IDENTIFIER: address.name}
        try:
            answer = ReadOnly(self._session, SERVICE).call(READ, params)
        except Gone:
            return {}
        except AwsError:
            self._refused.add(resource.type)
            return {}
        found = parsed(answer["ResourceDescription"]["Properties"]) or {}
        if found.get(resource.name) != address.name:
            return {}
        kept = {prop: found[prop] for prop in sorted(asked) if found.get(prop)}
        if kept:
            self.known[address] = frozenset(kept)
        return kept

    def confirmed(self, live: Live, node: Node) -> Observed:
        """What was observed, with what a document told of it by calls of its own.

        Raises:
            AwsError: they could not be read.
        """
        resource, seen = self._resources[node.address.type], live.found[node.address]
        assert seen is not None  # noqa: S101 - a document has told of it
        reader = ReadOnly(self._session, resource.service, resource.absent)
        slots = self._single.slots(resource, node.address.name, seen.outputs)
        own = self._single.parts(reader, resource, self.known[node.address], slots)
        return replace(seen, props={**seen.props, **own})
