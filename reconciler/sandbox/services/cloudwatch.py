"""CloudWatch alarms: pages, whole replacement by PutMetricAlarm, tags only on creation."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from reconciler.sandbox.services.sagemaker import listing

DEFAULT_PAGE = 50
STATE = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp")


def install() -> None:
    """Repair alarms."""
    backend: Any = CloudWatchBackend
    response: Any = CloudWatchResponse
    put, delete = backend.put_metric_alarm, backend.delete_alarms

    def put_metric_alarm(self: Any, **given: Any) -> Any:  # noqa: ANN401  (moto's backend)
        old = self.alarms.get(given["name"])
        if old is not None:
            given["tags"] = None  # documented: Tags are ignored on an existing alarm
        alarm = put(self, **given)
        if alarm.actions_enabled is None:
            alarm.actions_enabled = True
        if old is None:
            alarm.state_value = "INSUFFICIENT_DATA"
        else:
            for name in STATE:
                setattr(alarm, name, getattr(old, name))
        return alarm

    def delete_alarms(self: Any, alarm_names: list[str]) -> None:  # noqa: ANN401
        for name in alarm_names:
            if name in self.alarms:
                self.tagger.delete_all_tags_for_resource(self.alarms[name].alarm_arn)
        delete(self, alarm_names)

    backend.put_metric_alarm = put_metric_alarm
    backend.delete_alarms = delete_alarms
    response.describe_alarms = _describe_alarms


def _describe_alarms(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
    names = self._get_param("AlarmNames") or []
    prefix = self._get_param("AlarmNamePrefix") or ""
    state = self._get_param("StateValue")
    action = self._get_param("ActionPrefix") or ""
    types = self._get_param("AlarmTypes") or ["MetricAlarm"]
    page_token = self._get_param("NextToken")
    size = int(self._get_param("MaxRecords") or DEFAULT_PAGE)
    after = str(listing.content_of(page_token)) if page_token else ""
    found = [
        alarm
        for alarm in sorted(self.cloudwatch_backend.alarms.values(), key=lambda item: item.name)
        if alarm.name > after
        and alarm.name.startswith(prefix)
        and (not names or alarm.name in names)
        and state in (None, alarm.state_value)
        and (not action or any(arn.startswith(action) for arn in alarm.alarm_actions))
        and ("MetricAlarm" if alarm.rule is None else "CompositeAlarm") in types
    ]
    chosen = found[:size]
    answer: dict[str, Any] = {
        "MetricAlarms": [alarm for alarm in chosen if alarm.rule is None],
        "CompositeAlarms": [alarm for alarm in chosen if alarm.rule is not None],
    }
    if len(found) > size:
        answer["NextToken"] = listing.token(chosen[-1].name)
    return ActionResult(answer)
