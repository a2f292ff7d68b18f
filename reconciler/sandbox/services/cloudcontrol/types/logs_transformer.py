"""AWS::Logs::Transformer: steps come one after the other, whatever the schema says."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(ordered=frozenset({"TransformerConfig"}))
