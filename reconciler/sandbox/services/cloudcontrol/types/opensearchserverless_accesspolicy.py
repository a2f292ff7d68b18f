"""AWS::OpenSearchServerless::AccessPolicy refuses an update that changes nothing (CC17)."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(idle_refused=True)
