"""`moorline validate`: everything that is wrong with the files, found without AWS."""

from __future__ import annotations

import re
from pathlib import Path

import click

from reconciler.cli.project import Exit, Project, environment, folders
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.specs import overlay


@click.command("validate")
@environment
@folders
def command(
    name: str | None, specs: Path, environments: Path, *, as_json: bool, no_color: bool
) -> None:
    """Check specs and environments without talking to AWS.

    All problems of all files are reported in one run, each with its line. Without
    --environment the specs are checked for every environment.
    """
    project = Project(specs, environments, as_json, no_color)
    loaded = project.read()
    chosen = [name] if name else overlay.names(loaded.documents)
    found = list(loaded.diagnostics)
    resources = 0
    seen: set[tuple[str, Span | None, str]] = set()
    for each in chosen:
        problems, count = check(project, each)
        found += [problem for problem in problems if _is_new(problem, each, seen)]
        resources = max(resources, count)
    if not chosen:
        found.append(
            Diagnostic(
                "ENV001",
                f"no environment in {str(environments)!r}",
                help="add environments/NAME.yaml",
            )
        )
    errors = [each for each in found if each.is_error]
    if found or as_json:
        project.show(found)
    if errors:
        raise SystemExit(Exit.ERROR)
    if not as_json:
        names = ", ".join(chosen)
        click.echo(f"{loaded.files} files are right for {names}: up to {resources} resources")


def _is_new(problem: Diagnostic, environment: str, seen: set[tuple[str, Span | None, str]]) -> bool:
    """Whether no earlier environment had it; names differ by environment and account only."""
    message = re.sub(rf"-{re.escape(environment)}-|\b\d{{12}}\b", "-", problem.message)
    key = (problem.code, problem.at, message)
    new = key not in seen
    seen.add(key)
    return new


def check(project: Project, name: str) -> tuple[list[Diagnostic], int]:
    """The findings in one environment, and how many resources it has."""
    from reconciler import compile as compiler  # noqa: PLC0415 - after the arguments are right
    from reconciler.check import problems  # noqa: PLC0415

    documents = project.read().documents
    view, found = overlay.resolve(documents, name)
    if view is None:
        return found, 0
    specs, more = compiler.read(documents, view)
    found = [*found, *more]
    graph, more = compiler.build(specs, view)
    found = [*found, *more]
    return [*found, *problems(graph)], len(graph)
