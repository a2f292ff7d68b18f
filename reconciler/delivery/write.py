"""How templates become the files of a CI system.

Templates hold `[[ value ]]`, so that `${{ … }}` and `${…}` of CI systems and shells stand
for themselves. A value goes through a filter that quotes it for its place; no value is
ever put into the text of a shell step.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from reconciler.delivery import roles
from reconciler.delivery.api import Inline, Provider
from reconciler.delivery.names import ROLES
from reconciler.delivery.pins import action
from reconciler.delivery.shell import STEPS
from reconciler.delivery.site import Site, Stage

__all__ = ["ROLES", "files"]


def files(provider: Provider, site: Site) -> dict[str, str]:
    """The files of a CI system, by path; one whose template says nothing here is not written."""
    templates = _templates()
    rendered = {
        path: _template(templates, provider.name, template).render(site=site)
        for path, template in provider.files.items()
    }
    made = {path: text for path, text in rendered.items() if text.strip()}
    made[ROLES] = roles.template(site, provider.trust(site))
    return made


def _template(templates: Environment, folder: str, template: str | Inline) -> Template:
    if isinstance(template, Inline):
        return templates.from_string(template.text)
    return templates.get_template(f"{folder}/{template}")


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
    env.globals |= {"chosen": chosen, "action": action}
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
