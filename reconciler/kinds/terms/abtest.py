"""Versions of a model side by side, until it is known which of them is better.

What is compared is a share of the requests: CloudWatch keeps sums and percentiles of a metric, and
no variance, without which nobody knows how sure a mean is. What such a share says is decided by
`reconciler.rollout.sequential`.
"""

from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Problem, Section, Share, percent, seconds
from reconciler.kinds.terms.alarm import ERRORS, HOST, LATENCIES
from reconciler.kinds.terms.metric import MetricName, Namespace
from reconciler.kinds.terms.model import Packaged, Registered
from reconciler.model.value import Path

PATH: Path = ("strategy", "abTest")
SAGEMAKER = "AWS/SageMaker"
VariantName: TypeAlias = Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")]
_ALL = 100
_LEAST_CONFIDENCE, _MOST_CONFIDENCE = 80, 99.9
_LONGEST = 90 * 86_400
"""Seconds of a test. CloudWatch keeps points of five minutes for 63 days and of an hour for 455;
no test of a model takes longer than a season. Source: CloudWatch user guide, "Metrics retention".
"""
_SHORTEST = 3600
_NEAR = 1e-6


class AbVariant(Section):
    """One of the versions."""

    weight: Share
    """Its share of the traffic. All of them together are 100%."""
    model: Maybe[Registered | Packaged] = None
    """What it serves. Exactly one variant has no model of its own: it serves that of the rollout,
    and the others are compared with it."""
    instances: Maybe[Annotated[int, Field(ge=1)]] = None
    """How many instances it has. By default as many as the rollout says, as the winner may come to
    take all traffic."""


class AbTest(Section):
    """Versions side by side, until it is known which is better, or that none is."""

    variants: Annotated[dict[VariantName, AbVariant], Field(min_length=2, max_length=10)]
    """The versions, by the names of their variants."""
    metric: MetricName
    """What counts, out of all requests: an error metric of the endpoint, or a metric of your own in
    a `namespace`, with the dimensions EndpointName and VariantName and a sum of requests."""
    namespace: Maybe[Namespace] = None
    """The namespace of a metric of your own."""
    goal: Maybe[Literal["maximize", "minimize"]] = None
    """Whether more of it is better. By default errors are minimized, all else is maximized."""
    requests: Annotated[int, Field(ge=100, le=1_000_000_000)] = 1000
    """How many requests each variant has to have before anything is said."""
    effect: Maybe[Share] = None
    """The smallest difference of the shares that matters, such as 0.5%: one that is surely smaller
    ends the test without a winner. By default any difference matters."""
    confidence: Share = "95%"
    """How many tests of versions that are alike name no winner, however often one looks."""
    max_runtime: Duration = "14d"
    """When the test ends, whatever is known. 1h to 90d."""
    on_winner: Literal["hold", "promote"] = "hold"
    """What happens when one is better: `hold` leaves the weights as they are until somebody says
    `moorline rollout promote`, and `promote` gives it all traffic."""


def control(test: AbTest) -> str:
    """The variant that the others are compared with; "" where that is not one."""
    found = [name for name, each in test.variants.items() if each.model is None]
    return found[0] if len(found) == 1 else ""


def more_is_better(test: AbTest) -> bool:
    """Whether the variant with more of the metric wins."""
    return test.goal == "maximize" if test.goal else test.metric not in ERRORS


def problems(test: AbTest) -> Iterator[Problem]:
    """Faults between the fields of a test."""
    yield from _variants(test)
    yield from _metric(test)
    longest = seconds(test.max_runtime)
    if not _SHORTEST <= longest <= _LONGEST:
        yield Problem((*PATH, "maxRuntime"), "a test takes 1h to 90d", "use 1h to 90d")
    if not _LEAST_CONFIDENCE <= percent(test.confidence) <= _MOST_CONFIDENCE:
        text = "a confidence is 80% to 99.9%"
        yield Problem((*PATH, "confidence"), text, "use 80% to 99.9%; 95% is usual")
    if test.effect is not None and not 0 < percent(test.effect) < _ALL:
        text = "the smallest difference that matters is above 0% and below 100%"
        yield Problem((*PATH, "effect"), text, "use a share such as 0.5%, or remove it")


def _variants(test: AbTest) -> Iterator[Problem]:
    here = (*PATH, "variants")
    own = sorted(name for name, each in test.variants.items() if each.model is None)
    if len(own) != 1:
        said = ", ".join(own) if own else "none"
        text = f"exactly one variant serves the model of the rollout, here {said}"
        yield Problem(here, text, "give each of the others a `model`, and that one none")
    whole = sum(percent(each.weight) for each in test.variants.values())
    if abs(whole - _ALL) > _NEAR:
        yield Problem(here, f"weights add up to 100%, here {whole:g}%", "change them")
    for name, each in test.variants.items():
        if not percent(each.weight):
            text = "a variant without traffic is compared with nothing"
            yield Problem((*here, name, "weight"), text, "give it a share, or remove it")


def _metric(test: AbTest) -> Iterator[Problem]:
    if test.namespace is not None:
        if test.namespace.startswith("AWS/"):
            text = f"{test.namespace} is a namespace of AWS"
            help_ = "leave it out for the endpoint's own metrics"
            yield Problem((*PATH, "namespace"), text, help_)
        return
    if test.metric in ERRORS:
        return
    if test.metric in LATENCIES | HOST or test.metric.endswith(("Latency", "Utilization")):
        text = (
            f"{test.metric} is no share of the requests, and CloudWatch keeps no variance of it: "
            "nobody could say how sure a difference is"
        )
        help_ = (
            "bound it with a canary's `analysis`, or compare rows that `capture` keeps, by an"
            " evaluation in a Training; a test takes errors, or a metric of your own in a"
            " `namespace`"
        )
        yield Problem((*PATH, "metric"), text, help_, "AB001")
        return
    text = f"the endpoint has no error metric {test.metric!r}"
    help_ = f"use {', '.join(sorted(ERRORS))}, or give the `namespace` of a metric of your own"
    yield Problem((*PATH, "metric"), text, help_)
