"""What a shell is offered: names of environments, addresses, kinds and what `explain` takes.

A completion never fails: what cannot be read offers nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click

from reconciler.cli.frame.project import Project


def environments(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of environments, for `-e`."""
    return _starting(_environments(context), incomplete)


def addresses(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Addresses of the environment that is named so far, or else of all of them."""
    named = context.params.get("name")
    return _starting(_addresses(context, [named] if named else _environments(context)), incomplete)


def kinds(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Names of schemas."""
    from reconciler.facts.files import schemas  # noqa: PLC0415 - only where it is asked for

    return _starting((path.stem for path in (schemas() / "kinds").glob("*.json")), incomplete)


def subjects(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
    """What `explain` takes: kinds, codes, AWS types and addresses."""
    if "/" in incomplete:
        return addresses(context, parameter, incomplete)
    if "::" not in incomplete and not "AWS::".startswith(incomplete or "-"):
        from reconciler.model.codes import CODES  # noqa: PLC0415 - only where it is asked for
        from reconciler.policy import api as policy  # noqa: PLC0415

        codes = (*CODES, *policy.codes())
        return kinds(context, parameter, incomplete) + _starting(codes, incomplete)
    from reconciler.facts import known_types  # noqa: PLC0415 - only where it is asked for

    known = {*known_types(), *addresses(context, parameter, incomplete)}
    return _starting(known, incomplete) + kinds(context, parameter, incomplete)


def _starting(names: Iterable[str], incomplete: str) -> list[str]:
    return sorted(name for name in names if name.startswith(incomplete))


def _project(context: click.Context) -> Project:
    given = context.params
    specs, places = (given.get(name) or Path(name) for name in ("specs", "environments"))
    return Project(specs, places)


def _environments(context: click.Context) -> list[str]:
    from reconciler.specs import overlay  # noqa: PLC0415 - only where it is asked for

    with context.scope(cleanup=False):
        return overlay.names(_project(context).read_environments().documents)


def _addresses(context: click.Context, names: Iterable[Any]) -> set[str]:
    from reconciler.compile import compiler  # noqa: PLC0415 - only where it is asked for
    from reconciler.specs import overlay  # noqa: PLC0415

    with context.scope(cleanup=False):
        project = _project(context)
        documents = project.read().documents
    found: set[str] = set()
    for name in names:
        view, _ = overlay.resolve(documents, name)
        if view is not None:
            graph, _ = compiler.build(project.checked(view)[0], view)
            found |= {str(node.address) for node in graph}
    return found
