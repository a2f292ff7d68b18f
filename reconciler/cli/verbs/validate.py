"""`moorline validate`: everything that is wrong with the files, found without AWS."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.ci.named import unknown
from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project, say
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.value import Json
from reconciler.secret.redact import redact
from reconciler.specs import absent, overlay
from reconciler.specs.load import without_garbage_collection

if TYPE_CHECKING:
    from reconciler.cli.world.since import Since


@click.command("validate")
@environment
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "junit"]),
    default="text",
    show_default=True,
    help="How to say it: for people, or for machines. --json is the same as --format json.",
)
@click.option(
    "--base",
    metavar="COMMIT",
    default="",
    help="Also say what the edits since a commit break for those who read the data. 'auto' is "
    "the commit that a change starts from, as CI says, else the one before.",
)
@folders
def command(
    name: str | None,
    form: str,
    base: str,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Check specs and environments without talking to AWS.

    All problems of all files are reported in one run, each with its line. Without
    --environment the specs are checked for every environment. SARIF is for code
    scanning, JUnit for test reports; both are on standard output.
    """
    form = "json" if as_json else form
    project = Project(specs, environments, form == "json", no_color)
    loaded = project.read()
    chosen = [name] if name else overlay.names(loaded.documents)
    found = list(loaded.diagnostics)
    resources = 0
    seen: set[tuple[str, Span | None, str]] = set()
    by_environment: dict[str, list[Diagnostic]] = {}
    usable = False
    since = _since(project, base)
    for each in chosen:
        with without_garbage_collection(last=True):
            problems, count = check(project, each)
        if since is not None and count is not None:
            problems += since.problems(each)
        found += [problem for problem in problems if _is_new(problem, each, seen)]
        by_environment[each] = [*loaded.diagnostics, *problems]
        usable = usable or count is not None
        resources = max(resources, count or 0)
    if not usable:
        found = _without(project, chosen, found[len(loaded.diagnostics) :])
        by_environment = dict.fromkeys(chosen, found)
    if form in {"sarif", "junit"}:
        click.echo(_document(form, project, found, by_environment or {"files": found}), nl=False)
    elif found or form == "json":
        project.show(found)
    if any(each.is_error for each in found):
        raise SystemExit(Exit.ERROR)
    if form == "text":
        names = ", ".join(chosen)
        say(f"{loaded.files} files are right for {names}: up to {resources} resources")


def _since(project: Project, base: str) -> Since | None:
    """The specs of the commit that was asked for."""
    if not base:
        return None
    from reconciler.cli.world.since import Since  # noqa: PLC0415 - only when it is asked for

    return Since(project, base)


def _document(
    form: str,
    project: Project,
    found: list[Diagnostic],
    by_environment: Mapping[str, list[Diagnostic]],
) -> str:
    """The findings for machines that read neither text nor our own JSON."""
    from reconciler.render.text import diagnostics  # noqa: PLC0415 - only when it is asked for

    def data(found: list[Diagnostic]) -> list[dict[str, Json]]:
        return diagnostics.as_json(_clean(each, project.loaded.hidden) for each in found)

    if form == "sarif":
        from reconciler import __version__  # noqa: PLC0415
        from reconciler.render.machine import sarif  # noqa: PLC0415

        return sarif.of(data(found), __version__, str(project.environments))
    from reconciler.render.machine import junit  # noqa: PLC0415

    suites = {name: data(each) for name, each in by_environment.items()}
    return junit.of_environments(suites, project.loaded.sources)


def _clean(found: Diagnostic, hidden: Collection[str]) -> Diagnostic:
    """A finding without secrets, whoever put them into it."""
    message, help_ = redact(found.message, hidden), redact(found.help, hidden)
    return replace(found, message=message, help=help_)


def _is_new(problem: Diagnostic, environment: str, seen: set[tuple[str, Span | None, str]]) -> bool:
    """Whether no earlier environment had it; names differ by environment and account only."""
    message = re.sub(rf"-{re.escape(environment)}-|\b\d{{12}}\b", "-", problem.message)
    key = (problem.code, problem.at, message)
    new = key not in seen
    seen.add(key)
    return new


def _without(project: Project, chosen: list[str], causes: list[Diagnostic]) -> list[Diagnostic]:
    """The findings where no environment can be used: its faults, then those of the specs."""
    loaded = project.read()
    if not chosen:
        causes = absent.broken(loaded.documents)
    if not (chosen or causes or project.blamed()):
        where = str(project.environments)
        help_ = "add environments/NAME.yaml"
        causes = [Diagnostic("ENV001", f"no environment in {where!r}", help=help_)]
    return project.without(chosen[0] if len(chosen) == 1 else "", causes)


def check(project: Project, name: str) -> tuple[list[Diagnostic], int | None]:
    """The findings in one environment, and how many resources it has; None if it is unusable."""
    from reconciler.compile import compiler  # noqa: PLC0415 - after the arguments are right
    from reconciler.compile.check import problems  # noqa: PLC0415
    from reconciler.compile.request import Request  # noqa: PLC0415
    from reconciler.plan.approvals import ended  # noqa: PLC0415

    loaded = project.read()
    view, found = overlay.resolve(loaded.documents, name, lost=loaded.unread)
    if view is None:
        return found, None
    specs, more = project.checked(view)
    found = [*found, *more]
    graph, more = compiler.build(specs, view)
    found = [*found, *more]
    policy = compiler.policy_of(view, today=datetime.now(UTC).date())
    terms = Request(specs, view, policy).terms
    found += [*ended(policy), *problems(graph, terms), *unknown(graph, view)]
    return found, len(graph)
