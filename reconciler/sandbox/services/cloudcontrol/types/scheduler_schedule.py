"""AWS::Scheduler::Schedule: on, unless it says otherwise; what is placed first comes first."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(
    defaults={"State": "ENABLED", "GroupName": "default", "ScheduleExpressionTimezone": "UTC"},
    ordered=frozenset({"Target/EcsParameters/PlacementStrategy"}),
)
