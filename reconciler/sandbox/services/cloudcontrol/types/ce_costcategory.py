"""AWS::CE::CostCategory: each rule is read back with its type (CC19)."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(within={"Rules": {"Type": "REGULAR"}})
