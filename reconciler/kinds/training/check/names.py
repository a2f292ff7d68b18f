"""Which algorithm trains, and names that it keeps for itself.

Containers of AWS read hyperparameters that begin with ``sagemaker_`` as orders to themselves.
Source: SageMaker Training Toolkit, params; SageMaker Python SDK, estimator.Framework. Lengths:
SageMaker API, HyperParameters, TrainingEnvironmentMap and
HyperParameterTrainingJobEnvironmentMap.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.algorithms import Algorithm, algorithm
from reconciler.facts.distribution import ways
from reconciler.kinds.api import Path, Problem
from reconciler.kinds.terms.image import Custom
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.told import plain

_RESERVED = ("sagemaker_", "_tuning_objective_metric")
_VALUE, _KEY, _VARIABLE = 2500, 256, 512
_TUNED_VARIABLES = 48
_SCRIPTED = frozenset({"sklearn", "huggingface"})
"""Frameworks that run nothing but scripts, besides those that share work in some way."""


def builtin(spec: Training) -> Algorithm | None:
    """What is known of the built-in algorithm that trains; nothing for scripts and own images."""
    if isinstance(spec.algorithm, Custom) or spec.code is not None:
        return None
    return algorithm(spec.algorithm.framework)


def check(spec: Training) -> Iterator[Problem]:
    """Names and lengths that are not taken."""
    yield from _script(spec)
    for name, value in spec.hyperparameters.items():
        path: Path = ("hyperparameters", name)
        if name.startswith(_RESERVED) or (name == "mp_parameters" and _parallel(spec)):
            text = f"{name!r} is Moorline's, or the container's own"
            help_ = "remove it; 'code' and 'distribution' say such things"
            yield Problem(path, text, help_, on_key=True)
        if not 0 < len(name) <= _KEY:
            text = f"a name has 1 to {_KEY} characters, this one {len(name)}"
            yield Problem(path, text, "shorten it", on_key=True)
        if len(plain(value)) > _VALUE:
            text = f"a value has {_VALUE} characters at most, this one {len(plain(value)):,}"
            yield Problem(path, text, "give it as a file in an input")
    for ranges in () if spec.tune is None else (spec.tune.ranges,):
        for kind in ("integer", "continuous", "categorical"):
            for name in getattr(ranges, kind):
                if name.startswith(_RESERVED):
                    path = ("tune", "ranges", kind, name)
                    text = f"{name!r} is Moorline's, or the container's own"
                    yield Problem(path, text, "remove it", on_key=True)
    yield from _variables(spec)


def _parallel(spec: Training) -> bool:
    shared = spec.compute.distribution
    return shared is not None and shared.model_parallel is not None


def _variables(spec: Training) -> Iterator[Problem]:
    for name, value in spec.environment.items():
        if len(value) > _VARIABLE:
            text = f"a value has {_VARIABLE} characters at most, this one {len(value):,}"
            yield Problem(("environment", name), text, "give it as a file in an input")
    room = _TUNED_VARIABLES - (2 if spec.code is not None else 0)
    if spec.tune is not None and len(spec.environment) > room:
        text = f"the jobs of a search take {room} variables, here are {len(spec.environment)}"
        yield Problem(("environment",), text, "give some of them as hyperparameters")


def _script(spec: Training) -> Iterator[Problem]:
    """A framework runs a script, a built-in algorithm none."""
    if isinstance(spec.algorithm, Custom):
        return
    name, path = spec.algorithm.framework, ("algorithm", "framework")
    known = algorithm(name) is not None
    if spec.code is None and not known and (name in _SCRIPTED or ways(name)):
        yield Problem(path, f"{name} trains by a script, and there is none", "add 'code'")
    if spec.code is not None and known and not ways(name):
        text = f"{name} is a built-in algorithm, and runs no script"
        yield Problem(("code",), text, "remove it, or name a framework such as pytorch")
