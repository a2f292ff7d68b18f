"""EventBridge Scheduler: schedules fire on the clock, and deliver as their role may."""
