"""AWS::SSMContacts::Plan: who is called first comes first, whatever the schema says."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(ordered=frozenset({"Stages"}))
