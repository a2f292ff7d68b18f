"""AWS::Kinesis::Stream: what it takes where nothing is said. Source: CreateStream."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(defaults={"RetentionPeriodHours": 24, "MaxRecordSizeInKiB": 1024})
