"""Groups of schedules: in the tagging API, and missing where nobody has made them.

Source: EventBridge Scheduler API, CreateSchedule, GetSchedule: ResourceNotFoundException also says
that the group does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from moto.core.resource_tagging import TaggableResourcesMixin, TaggedResource
from moto.scheduler.exceptions import ScheduleGroupNotFound
from moto.scheduler.models import EventBridgeSchedulerBackend


def install() -> None:
    """Repair groups."""
    backend: Any = EventBridgeSchedulerBackend
    backend.SERVICE_NAMESPACE = "scheduler"
    backend.__bases__ = (*backend.__bases__, TaggableResourcesMixin)
    for name in ("create_schedule", "get_schedule", "update_schedule", "delete_schedule"):
        setattr(backend, name, _grouped(getattr(backend, name)))
    backend.iter_tagged_resources = _tagged


def _grouped(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same operation, which says that a group is missing."""

    def asked(self: Any, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - moto's backend
        group = named.get("group_name", given[0] if given else None) or "default"
        if group not in self.schedule_groups:
            raise ScheduleGroupNotFound(group)
        return call(self, *given, **named)

    return asked


def _tagged(self: Any) -> Iterator[TaggedResource]:  # noqa: ANN401 - moto's backend
    for group in self.schedule_groups.values():
        told = self.tagger.get_tag_dict_for_resource(group.arn)
        if told:
            yield TaggedResource(group.arn, told, "scheduler:schedule-group")
