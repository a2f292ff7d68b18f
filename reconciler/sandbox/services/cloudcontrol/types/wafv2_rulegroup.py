"""AWS::WAFv2::RuleGroup: both halves of a pair are read, and refused; empties likewise."""

from __future__ import annotations

from reconciler.sandbox.state.handlers import Habits

_MATCH = "Rules/Statement/ByteMatchStatement"
HABITS = Habits(
    twins={f"{_MATCH}/SearchString": f"{_MATCH}/SearchStringBase64"}, empties={"Description": ""}
)
