"""What an A/B test makes: a model for each variant, one configuration with all, and its mark.

The configuration starts with all traffic on the control. Whoever drives the test opens it to the
weights of the spec, after all variants serve; so other weights are no other configuration, and a
new configuration takes the live weights over (AWS_FACTS 1.3: by the names of variants).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.kinds.api import Problem, Role, Scope, percent, seconds
from reconciler.kinds.rollout.serve import fleet_of
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.variant import model_of
from reconciler.kinds.terms import abtest
from reconciler.kinds.terms.abtest import PATH, AbTest
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref, digest
from reconciler.rollout import trialmarks
from reconciler.rollout.abtest import Trial
from reconciler.rollout.sequential import Design
from reconciler.rollout.values import Live

WHOLE = 100
"""The weight of what has all traffic, beside 0."""


@dataclass(frozen=True, slots=True)
class Tested:
    """The content of the configuration, the models in it, and the mark of the endpoint."""

    content: Props
    models: tuple[Node, ...]
    marks: Mapping[str, str]


def test_of(spec: Rollout) -> AbTest | None:
    """The test of a rollout, if it is one."""
    return spec.strategy.ab_test if spec.strategy is not None else None


def weights_of(spec: Rollout) -> dict[str, str]:
    """The share of each variant of a test; nothing where there is none."""
    test = test_of(spec)
    return {name: each.weight for name, each in test.variants.items()} if test else {}


def check(spec: Rollout) -> Iterator[Problem]:
    """Faults between a test and the rest of its spec."""
    test = test_of(spec)
    if test is None:
        return
    yield from abtest.problems(test)
    own, name = abtest.control(test), fleet_of(spec).variant
    if own and own != name:
        text = (
            f"the variant with the model of the rollout is {own!r}, and `serve` calls it {name!r}"
        )
        help_ = f"call it {name!r} here: the live variant then stays, with its metrics"
        yield Problem((*PATH, "variants", own), text, help_, on_key=True)
    if spec.drive == "aws":
        text = "the function in AWS drives canaries, and no tests"
        yield Problem(("drive",), text, "use ci or cli", "AB002")
    if spec.analysis:
        text = "a test is judged by its own metric, and nothing rolls it back"
        help_ = "remove it; roll the model out by a canary first, which is judged by it"
        yield Problem(("analysis",), text, help_, "AB002")
    if spec.autoscale is not None:
        text = "the variants of a test keep their instances, and an autoscaler has one variant"
        yield Problem(("autoscale",), text, "remove it while the test runs", "AB002")


def tested(spec: Rollout, content: Props, role: Role, scope: Scope) -> Tested | None:
    """The test in place of the one variant of `content`; nothing where a model has to wait."""
    test = test_of(spec)
    if test is None:
        return Tested(content, (), {})
    base: Props = content["ProductionVariants"][0]
    own, made = abtest.control(test), dict[str, Node]()
    for name, each in test.variants.items():
        if each.model is None:
            continue
        node = model_of(spec, each.model, _path(name, "model"), role, scope)
        if node is None:
            return None
        made[name] = node
    variants = [
        {
            **base,
            "VariantName": name,
            "ModelName": Ref(made[name].address, "ModelName")
            if name in made
            else base["ModelName"],
            "InitialInstanceCount": test.variants[name].instances or base["InitialInstanceCount"],
            "InitialVariantWeight": WHOLE if name == own else 0,
        }
        for name in sorted(test.variants)
    ]
    weights = {name: percent(each.weight) / 100 for name, each in test.variants.items()}
    models = {name: node.address.name for name, node in made.items()}
    models[own] = str(base["ModelName"].target.name)
    marks = trialmarks.asked(f"{rules(test)}.{digest(models, 8)}", weights)
    own_model = base["ModelName"].target
    nodes = {node.address: node for node in made.values() if node.address != own_model}
    return Tested({**content, "ProductionVariants": variants}, tuple(nodes.values()), marks)


def lines(spec: Rollout, found: Mapping[Path, Path]) -> Mapping[Path, Path]:
    """Which field is behind which property of the configuration."""
    test = test_of(spec)
    if test is None:
        return found
    more: dict[Path, Path] = {}
    for index, name in enumerate(sorted(test.variants)):
        at = ("ProductionVariants", str(index))
        each = test.variants[name]
        more[at] = _path(name)
        more[(*at, "ModelName")] = _path(name, "model") if each.model else ("model",)
    return {**found, **more}


def rules(test: AbTest) -> str:
    """The digest of all but the models, the weights and what happens at the end."""
    told = {
        "control": abtest.control(test),
        "metric": [test.namespace or abtest.SAGEMAKER, test.metric, abtest.more_is_better(test)],
        "rule": [test.requests, test.effect or "", test.confidence, seconds(test.max_runtime)],
        "variants": sorted(test.variants),
    }
    return digest(told, 8)


def asked(spec: Rollout, live: Live, tags: Mapping[str, str]) -> Trial | str:
    """The test that an endpoint has by its mark, with the rules of the spec; or why it has none."""
    test = test_of(spec)
    if test is None:
        return "the spec has no test"
    found = trialmarks.wanted(tags, [each.name for each in live.variants])
    if found is None or found[1].keys() != test.variants.keys():
        return "the test of the spec is not applied"
    if found[0].partition(".")[0] != rules(test):
        return "the spec has other rules than the test that is applied: apply it first"
    effect = percent(test.effect) / 100 if test.effect else 0.0
    design = Design(
        least=test.requests,
        longest=float(seconds(test.max_runtime)),
        effect=effect,
        alpha=round(1 - percent(test.confidence) / 100, 9),
        more=abtest.more_is_better(test),
    )
    return Trial(
        config=live.config,
        control=abtest.control(test),
        weights=found[1],
        design=design,
        promotes=test.on_winner == "promote",
        digest=found[0],
    )


def counted(spec: Rollout) -> tuple[str, str]:
    """The namespace and the name of the metric that counts."""
    test = test_of(spec)
    if test is None:
        raise AssertionError
    return test.namespace or abtest.SAGEMAKER, test.metric


def names(spec: Rollout) -> list[Json]:
    """The variants, the control first."""
    test = test_of(spec)
    if test is None:
        return [fleet_of(spec).variant]
    own = abtest.control(test)
    return [own, *sorted(test.variants.keys() - {own})]


def _path(name: str, *more: str) -> Path:
    return (*PATH, "variants", name, *more)
