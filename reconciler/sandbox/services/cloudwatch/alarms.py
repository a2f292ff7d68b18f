"""CloudWatch alarms: pages, whole replacement by PutMetricAlarm, tags only on creation, states."""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult

from reconciler.sandbox.services.cloudwatch import evaluation, series
from reconciler.sandbox.services.sagemaker import deployment, listing
from reconciler.sandbox.state.world import WORLD

DEFAULT_PAGE = 50
MINUTE, HOUR, DAY, WEEK = 60, 3600, 86_400, 604_800
STATE = ("state_value", "state_reason", "state_reason_data", "state_updated_timestamp")
NAMES = {"cloudwatch": frozenset({"AlarmName", "AlarmNames"})}


def install() -> None:
    """Repair alarms."""
    backend: Any = CloudWatchBackend
    response: Any = CloudWatchResponse
    put, delete = backend.put_metric_alarm, backend.delete_alarms
    said = backend.set_alarm_state

    def put_metric_alarm(self: Any, **given: Any) -> Any:  # noqa: ANN401  (moto's backend)
        _check_windows(given)
        old = self.alarms.get(given["name"])
        if old is not None:
            given["tags"] = None  # documented: Tags are ignored on an existing alarm
        alarm = put(self, **given)
        if alarm.actions_enabled is None:
            alarm.actions_enabled = True
        alarm.configuration_updated_timestamp = WORLD.clock.today()
        if old is None:
            alarm.state_value = "INSUFFICIENT_DATA"
            alarm.state_updated_timestamp = WORLD.clock.today()
        else:
            for name in STATE:
                setattr(alarm, name, getattr(old, name))
        evaluation.begin(alarm)
        return alarm

    def delete_alarms(self: Any, alarm_names: list[str]) -> None:  # noqa: ANN401
        for name in alarm_names:
            if name in self.alarms:
                self.tagger.delete_all_tags_for_resource(self.alarms[name].alarm_arn)
        delete(self, alarm_names)

    def set_alarm_state(self: Any, alarm_name: str, *rest: Any) -> None:  # noqa: ANN401
        said(self, alarm_name, *rest)
        alarm = self.alarms[alarm_name]
        alarm.state_updated_timestamp = WORLD.clock.today()
        evaluation.begin(alarm)
        deployment.look(series.endpoints(self), alarm_name)

    backend.set_alarm_state = set_alarm_state
    backend.put_metric_alarm = put_metric_alarm
    backend.delete_alarms = delete_alarms
    response.describe_alarms = _describe_alarms


def _check_windows(given: dict[str, Any]) -> None:
    """What AWS says of periods: their lengths, their sum, and how many of them may count.

    Source: CloudWatch API, PutMetricAlarm: Period, EvaluationPeriods, DatapointsToAlarm.
    """
    period, periods = given.get("period"), given.get("evaluation_periods")
    if period is None or periods is None:
        return  # of a metric that is calculated
    period, periods, needed = int(period), int(periods), given.get("datapoints_to_alarm")
    if period not in (10, 20, 30) and (period < MINUTE or period % MINUTE):
        raise ValidationError("Period must be 10, 20, 30 or a multiple of 60")
    longest = WEEK if period >= HOUR else DAY
    if period * periods > longest:
        text = "Metrics cannot be checked across more than"
        raise ValidationError(f"{text} {longest} seconds (EvaluationPeriods * Period)")
    if needed is not None and not 1 <= int(needed) <= periods:
        raise ValidationError("DatapointsToAlarm must be 1 to EvaluationPeriods")
    if given.get("statistic") and given.get("extended_statistic"):
        raise ValidationError("Statistic and ExtendedStatistic exclude each other")


def _describe_alarms(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
    series.settled(self.cloudwatch_backend)
    evaluation.settle(self.cloudwatch_backend)
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
