"""Codes about plans without AWS."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 80
CODES = (
    Code(
        "OFFLINE001",
        "AWS was not asked",
        "The plan compares the specs with what the last receipt says was left, or with nothing where there is no receipt. What changed in AWS since then is not in it.",
        "Take it as a preview. Plan with credentials before anything is applied.",
    ),
    Code(
        "OFFLINE002",
        "left out offline",
        "What this spec makes depends on an answer of AWS, such as the newest approved model, so it was not compared.",
        "Plan with credentials to see it.",
    ),
)
