"""Codes about what a new version of a model is held to."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 34
CODES = (
    Code(
        "ANALYSIS001",
        "comparison that says nothing",
        "A figure is compared with another one that may be nothing, that is always the same, or"
        " that CloudWatch does not keep. What cannot be compared is no verdict, so the rollout"
        " would stand still.",
        "Give 'otherwise', the limit that holds without a comparison; name the variant in a"
        " dimension; or compare with a later time, as the message says.",
    ),
    Code(
        "ANALYSIS002",
        "nobody judges it",
        "SageMaker's guardrails move all traffic by themselves and look at alarms alone. Comparisons,"
        " minimum numbers of requests, needed successes and freeze windows need somebody who looks"
        " at the metrics between two steps.",
        "Use a strategy in which Moorline moves the weights, such as `canary`, or remove it.",
    ),
    Code(
        "ANALYSIS003",
        "step that is over before its check",
        "The measurements that an expectation needs take longer than a step is watched, so the step"
        " would always wait for them, or a violation would never be found in it.",
        "Ask for fewer or shorter measurements, have the steps bake longer, or judge it over all"
        " steps together with `when: background`.",
    ),
)
