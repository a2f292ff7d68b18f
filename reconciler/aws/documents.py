"""One read of AWS's own handler in place of several of a service, for parts of one resource.

The answer counts where it is as declared. Where it is not, `confirm` asks the service itself, and
what it leaves out is read by its own call in any case: handlers leave out what they may not see.
Where it cannot be had, all parts are read by their own calls, as if it did not exist.
"""

from __future__ import annotations

from collections.abc import Collection

from reconciler.aws.errors import AwsError, Gone
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.resources.api import Resource
from reconciler.resources.cloudcontrol.builder import SERVICE
from reconciler.resources.cloudcontrol.document import parsed
from reconciler.resources.cloudcontrol.events import READ
from reconciler.resources.generic import IDENTIFIER

WORTH = 2
"""Parts from which on it takes fewer calls."""


class Documents:
    """Reads documents for one plan."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._refused: set[str] = set()
        """Types of which none is asked for any more: no rights, no such API here, or no answer."""

    def told(self, resource: Resource, name: str, wanted: Collection[str]) -> dict[str, Json]:
        """The wanted properties that the document of one resource has; none where it has none."""
        asked = resource.aside.document & {*wanted}
        if len(asked) < WORTH or resource.type in self._refused:
            return {}
        params = {"TypeName": resource.type, IDENTIFIER: name}
        try:
            answer = ReadOnly(self._session, SERVICE).call(READ, params)
        except Gone:
            return {}
        except AwsError:
            self._refused.add(resource.type)
            return {}
        found = parsed(answer["ResourceDescription"]["Properties"]) or {}
        if found.get(resource.name) != name:
            return {}
        return {prop: found[prop] for prop in sorted(asked) if found.get(prop)}
