"""What policies are called after their metrics: each by a name of its own."""

from __future__ import annotations

import re

from reconciler.kinds.rollout.autoscale import Custom, Stepped, Target

WOKEN = "wake"
_WORDS = re.compile(r"(?<=[a-z])(?=[A-Z0-9])|(?<=[A-Z])(?=[A-Z][a-z])")


def named(metric: str | Custom) -> str:
    """A metric as CloudWatch calls it."""
    return metric if isinstance(metric, str) else metric.metric


def followed(rule: Target) -> str:
    """The policy of a figure that is held."""
    return _words(named(rule.metric))


def stepped(rule: Stepped) -> str:
    """The policy of instances that come or go beyond a level."""
    return f"{_words(named(rule.metric))}-{'above' if rule.above is not None else 'below'}"


def _words(name: str) -> str:
    """``invocations-per-instance``; what is neither a letter nor a digit is a gap."""
    return re.sub(r"[^a-z0-9]+", "-", _WORDS.sub("-", name).lower()).strip("-")
