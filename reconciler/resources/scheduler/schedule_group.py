"""AWS::Scheduler::ScheduleGroup. Its deletion takes its schedules (DeleteScheduleGroup)."""

from reconciler.resources.cloudcontrol import declare

declare("AWS::Scheduler::ScheduleGroup")
