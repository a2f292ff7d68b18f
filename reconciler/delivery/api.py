"""What the file of a CI system needs: how it is registered, and how templates become files.

Templates hold `[[ value ]]`, so that `${{ … }}` and `${…}` of CI systems and shells stand
for themselves. A value goes through a filter that quotes it for its place; no value is
ever put into the text of a shell step.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from reconciler.delivery.shell import STEPS
from reconciler.delivery.site import Site, Stage

ROLES = "delivery/aws-roles.yaml"


@dataclass(frozen=True, slots=True)
class Trust:
    """Who may take the roles of an environment.

    With an `issuer` (host and path) it is a job with a token of it whose `sub` is one of
    these patterns; ``{environment}`` and ``{repository}`` are filled in. Else it is a role
    that the person who makes the stack names.
    """

    issuer: str = ""
    audience: str = "sts.amazonaws.com"
    plan: tuple[str, ...] = ()
    apply: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provider:
    """A CI system. `files` maps a path in the repository to its template."""

    name: str
    says: str
    files: Mapping[str, str]
    trust: Callable[[Site], Trust]
    next_steps: tuple[str, ...] = ()
    """What is left to do by hand; shown after writing."""


REGISTRY: dict[str, Provider] = {}


def register(provider: Provider) -> Provider:
    """Add a CI system.

    Raises:
        ValueError: there is one of this name.
    """
    if REGISTRY.setdefault(provider.name, provider) is not provider:
        raise ValueError(f"{provider.name} is registered twice")
    return provider


@cache
def load() -> Mapping[str, Provider]:
    """Import every provider's file once and return them by name."""
    package = importlib.import_module("reconciler.delivery.providers")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(REGISTRY.items()))


def write(provider: Provider, site: Site) -> dict[str, str]:
    """The files of a CI system, by path."""
    from reconciler.delivery import roles  # noqa: PLC0415 - compiles the graphs

    templates = _templates()
    made = {
        path: templates.get_template(f"{provider.name}/{template}").render(site=site)
        for path, template in provider.files.items()
    }
    made[ROLES] = roles.template(site, provider.trust(site))
    return made


def _templates() -> Environment:
    env = Environment(  # noqa: S701 - no HTML is made; each value is quoted for its place
        loader=PackageLoader("reconciler.delivery"),
        undefined=StrictUndefined,
        variable_start_string="[[",
        variable_end_string="]]",
        block_start_string="[%",
        block_end_string="%]",
        comment_start_string="[#",
        comment_end_string="#]",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    env.filters |= {
        "quoted": quoted,
        "single": single,
        "groovy": groovy,
        "glob": glob,
        "pattern": pattern,
        "expression": expression,
    }
    env.globals["step"] = STEPS.__getitem__
    env.globals["chosen"] = chosen
    return env


def quoted(value: object) -> str:
    """A scalar or list of YAML: JSON is YAML."""
    return json.dumps(value)


def single(text: str) -> str:
    """A text that is JSON itself, as a scalar of YAML."""
    return "'{}'".format(text.replace("'", "''"))


def pattern(branch: str) -> str:
    """A branch as a regular expression of CodeBuild over the whole reference."""
    return f"^refs/heads/{re.escape(branch)}$"


def glob(branch: str) -> str:
    """A branch as a pattern of GitHub that matches nothing else."""
    plain = "".join(f"\\{char}" if char in r"*?+[]!\\" else char for char in branch)
    return quoted(plain)


def groovy(value: str) -> str:
    """A string of Groovy in which nothing is put in place of anything."""
    safe = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")
    return f"'{safe}'"


def expression(value: str) -> str:
    """A string inside an expression of GitHub."""
    return "'{}'".format(value.replace("'", "''"))


def chosen(stages: Iterable[Stage], attribute: str) -> str:
    """The expression of GitHub that gives an attribute of the environment that was chosen."""
    known = json.dumps({stage.name: getattr(stage, attribute) for stage in stages})
    return f"${{{{ fromJSON({expression(known)})[inputs.environment] }}}}"
