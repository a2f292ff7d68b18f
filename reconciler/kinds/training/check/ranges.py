"""What a search varies: ranges that are not empty, and fit how they are spread.

Limits: SageMaker developer guide, Resource limits for automatic model tuning and Define
hyperparameter ranges (hyperparameters in all; SageMaker adds one of its own); SageMaker API,
ContinuousParameterRange and IntegerParameterRange, ScalingType.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Path, Problem
from reconciler.kinds.training.check.names import builtin
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.told import names
from reconciler.kinds.training.tuning import Continuous, Integers, Ranges

_MOST = 30
_ALL = 99
"""Fixed and varied, beside the one that SageMaker adds."""
KINDS = ("integer", "continuous", "categorical")


def check(spec: Training) -> Iterator[Problem]:
    """Problems of the ranges."""
    if spec.tune is None:
        return
    ranges, path = spec.tune.ranges, ("tune", "ranges")
    count = sum(len(getattr(ranges, kind)) for kind in KINDS)
    if not count:
        yield Problem(path, "there is nothing to vary", "add a range")
    if count > _MOST:
        text = f"tuning varies {_MOST} hyperparameters at most, here are {count}"
        yield Problem(path, text, "fix some of them")
    elif count + len(spec.hyperparameters) > _ALL:
        text = f"{count + len(spec.hyperparameters)} hyperparameters, fixed and varied"
        yield Problem(("hyperparameters",), text, f"a search has {_ALL} at most")
    yield from _once(spec, ranges, path)
    for kind in ("integer", "continuous"):
        for name, span in getattr(ranges, kind).items():
            yield from _range(name, span, (*path, kind, name))
    for name, values in ranges.categorical.items():
        yield from _values(name, values, (*path, "categorical", name))


def _once(spec: Training, ranges: Ranges, path: Path) -> Iterator[Problem]:
    """A hyperparameter is fixed, or varied in one way, whichever of its names is used."""
    known = builtin(spec)

    def called(name: str) -> str:
        return name if known is None else known.called(name)

    fixed = {called(name): name for name in spec.hyperparameters}
    varied: dict[str, str] = {}
    for kind in KINDS:
        for name in getattr(ranges, kind):
            here, whole = (*path, kind, name), called(name)
            if whole in varied:
                other = varied[whole]
                also = "" if other == name else f", also called {other!r},"
                text = f"{name!r}{also} is varied twice"
                yield Problem(here, text, "keep it in one range", on_key=True)
            if whole in fixed:
                also = "" if fixed[whole] == name else f", as {fixed[whole]!r},"
                text = f"{name!r} is fixed in 'hyperparameters'{also} and varied here"
                yield Problem(here, text, "remove one of the two", on_key=True)
            varied.setdefault(whole, name)


def _range(name: str, span: Integers | Continuous, path: Path) -> Iterator[Problem]:
    least, most = span.at_least, span.at_most
    if least > most:
        text = f"the range {least} to {most} is upside down"
        yield Problem((*path, "atMost"), text, "swap the two")
    elif least == most:
        text = f"the range {least} to {most} is empty"
        help_ = f"raise 'atMost', or write `{name}: {least}` in 'hyperparameters'"
        yield Problem((*path, "atMost"), text, help_)
    elif span.scaling == "logarithmic" and least <= 0:
        text = "a logarithmic range is above 0"
        yield Problem((*path, "atLeast"), text, "raise 'atLeast', or choose another scaling")
    elif span.scaling == "reverseLogarithmic":
        inside = least >= 0 and most < 1
        if isinstance(span, Integers) or not inside:
            text = "reverse logarithmic scaling is for numbers from 0 to below 1"
            yield Problem((*path, "scaling"), text, "choose another scaling")


def _values(name: str, values: tuple[str, ...], path: Path) -> Iterator[Problem]:
    if len(values) == 1:
        text = f"{values[0]!r} is no choice"
        help_ = f"add a value, or write `{name}: {values[0]}` in 'hyperparameters'"
        yield Problem((*path, "0"), text, help_)
    for index, value in enumerate(values):
        if found := next(names(value), ""):
            text = f"a search has no parameters: {found!r} would be tried as it is written"
            yield Problem((*path, str(index)), text, "write a value")
        if value in values[:index]:
            yield Problem((*path, str(index)), f"{value!r} is here twice", "remove it")
