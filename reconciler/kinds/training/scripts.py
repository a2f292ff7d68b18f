"""Phases that run a script of the user's: their image, how they begin, what they are told."""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.kinds.api import Scope
from reconciler.kinds.terms.analysis import FRAMEWORK, VERSION
from reconciler.kinds.terms.asset import Asset, bytes_of
from reconciler.kinds.terms.image import Custom, FrameworkImage, Wanted, framework_image
from reconciler.kinds.training import tools
from reconciler.kinds.training.phases import Runs
from reconciler.kinds.training.spec import Training
from reconciler.kinds.training.told import filled
from reconciler.model.value import Json, Path


def begun(
    runs: Runs, spec: Training, scope: Scope, at: Path
) -> tuple[Asset, str, tuple[Json, ...]]:
    """The script, the image, and the words that start the one in the other.

    Raises:
        ValueError: there is no script, which `check` has said.
    """
    if runs.code is None:
        raise ValueError("a phase that runs a script has one")
    found = bytes_of(runs.code, scope, (*at, "code"))
    return found, image(runs, spec, scope, at), tools.entry(found)


def image(runs: Runs, spec: Training, scope: Scope, at: Path) -> str:
    """The image of a phase: said, or that of the training where it is of the same framework."""
    if runs.image is not None:
        return runs.image
    own = spec.algorithm
    if isinstance(own, Custom) and runs.framework is None:
        return own.image
    name = runs.framework or ("" if isinstance(own, Custom) else own.framework)
    same = not isinstance(own, Custom) and own.framework == name
    version = runs.version or (VERSION if name == FRAMEWORK else None)
    python = runs.python
    if same and not isinstance(own, Custom) and runs.version is None:
        version, python = own.version, python or own.python
    if version is None:
        text = f"nothing says which version of {name or 'which framework'}"
        scope.problem((*at, "framework"), text, help="add 'framework' and 'version'")
        return tools.image(scope, runs, at)
    asked = FrameworkImage(name, version, python)
    wanted = Wanted("training", runs.instance_type)
    return framework_image(asked, wanted, scope, (*at, "framework"))


def arguments(runs: Runs) -> tuple[Json, ...]:
    """The arguments of its script."""
    return tuple(
        each for name, value in runs.arguments.items() for each in (f"--{name}", filled(value))
    )


def environment(runs: Runs) -> dict[str, Json]:
    """Its environment variables."""
    return {name: filled(value) for name, value in runs.environment.items()}


def lines(at: Path, inputs: Iterable[Path]) -> dict[Path, Path]:
    """The lines behind its image, its arguments and its inputs; of each input its own."""
    app: Path = ("Arguments", "AppSpecification")
    found: dict[Path, Path] = {
        (*app, "ImageUri"): (*at, "framework"),
        (*app, "ContainerEntrypoint"): (*at, "code"),
        (*app, "ContainerArguments"): (*at, "arguments"),
        ("Arguments", "Environment"): (*at, "environment"),
        ("Arguments", "ProcessingOutputConfig", "Outputs"): (*at, "outputs"),
    }
    for index, here in enumerate(inputs):
        found["Arguments", "ProcessingInputs", str(index)] = here
    return found
