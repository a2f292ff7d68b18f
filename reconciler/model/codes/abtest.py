"""Codes about tests of versions side by side, and about shadows."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 64
CODES = (
    Code(
        "AB001",
        "no share of the requests",
        "An A/B test is decided on counts out of requests. CloudWatch keeps sums and percentiles of other metrics, and no variance, so nobody could say how sure a difference of two means is.",
        "Test an error metric, or a metric of your own that counts requests. Bound a latency by the `analysis` of a canary. What needs the rows themselves is judged by an evaluation in a Training, on what `capture` keeps.",
    ),
    Code(
        "AB002",
        "not beside a test",
        "The variants of a test are compared with each other while nothing else moves them: neither an analysis that takes one back nor an autoscaler that belongs to one variant.",
        "Remove it while the test runs.",
    ),
    Code(
        "SHADOW001",
        "no shadow here",
        "SageMaker takes exactly one production and one shadow variant, on instances that are always on, of a model with one container, and not on Inf1. It refuses all else, or sends nothing to it.",
        "Serve `realtime` on other instances, and have one variant and one shadow. A test or a canary has to end before a shadow can start.",
    ),
    Code(
        "SHADOW002",
        "a shadow runs",
        "A version gets copies of requests. The production variant gives all answers, and those of the shadow reach nobody.",
        "Compare the two with `moorline rollout status`. To go on, make the shadow's model that of the rollout and its strategy a canary.",
    ),
    Code(
        "SHADOW003",
        "answers of a shadow are not kept",
        "The metrics of a shadow tell how fast it is and how often it fails, and nothing of what it answers. A capture keeps the answers of both variants.",
        "Add `capture` to the Rollout, and compare what it keeps.",
    ),
)
