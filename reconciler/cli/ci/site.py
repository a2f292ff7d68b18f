"""What a repository is delivered as: for the files of a CI system, and for what is left to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from reconciler import __version__
from reconciler.cli.frame.project import Project
from reconciler.delivery.names import names
from reconciler.git import remote
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.secret import Secret
from reconciler.model.value import leaves

if TYPE_CHECKING:
    from reconciler.delivery.api import Provider
    from reconciler.delivery.site import Site
    from reconciler.specs.overlay import EnvironmentView

F = TypeVar("F", bound=Callable[..., Any])
BRANCH = "main"


def options(command: F) -> F:
    """Options that say what is delivered, and by what."""
    for option in (
        click.option(
            "--requirements",
            type=click.Path(path_type=Path, exists=True, dir_okay=False),
            metavar="FILE",
            help="What jobs install, with hashes; it is copied to delivery/requirements.txt.",
        ),
        click.option(
            "--issuer",
            default="",
            metavar="HOST/PATH",
            help="Issuer of the jobs' tokens where it is not the public one, such as your own"
            " server.",
        ),
        click.option(
            "--branch", default="", help="The branch that is applied; else origin's default."
        ),
        click.option("--repository", default="", metavar="OWNER/NAME", help="Else that of origin."),
        click.option(
            "-e",
            "--environment",
            "chosen",
            multiple=True,
            metavar="NAME",
            help="An environment to deliver to; repeat it, first to last. Else all but sandbox"
            " ones, those that others extend first.",
        ),
        click.option(
            "--provider", type=click.Choice(names()), required=True, help="The CI system."
        ),
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class Wanted:
    """What options say; "" and nothing leave it to the files and to Git."""

    provider: str
    environments: tuple[str, ...] = ()
    repository: str = ""
    branch: str = ""
    issuer: str = ""
    requirements: Path | None = None


@dataclass(frozen=True, slots=True)
class Described:
    """A CI system, what it delivers, its files by path, and what will not work well."""

    system: Provider
    site: Site
    files: Mapping[str, str]
    found: list[Diagnostic]


def described(project: Project, wanted: Wanted) -> Described:
    """The whole of it. Exits when an environment, a name or the requirements are wrong."""
    from reconciler.delivery import api, site as sites, write  # noqa: PLC0415 - jinja2 only here
    from reconciler.delivery.requirements import FILE  # noqa: PLC0415

    views = _views(project, wanted.environments)
    stages, found = sites.stages(views, _real(project))
    slug = wanted.repository or sites.repository(remote.origin())
    if not sites.is_slug(slug):
        text = f"{slug!r} is no repository" if slug else "there is no remote called origin"
        help_ = "give `--repository OWNER/NAME`"
        found = [*found, Diagnostic("DELIVERY005", text, None, help_, Severity.WARNING)]
        slug = sites.NOWHERE
    branch = _branch(project, wanted.branch or remote.default_branch() or BRANCH)
    types, made = _made(project, views)
    text, more = _requirements(project, wanted.requirements)
    site = sites.Site(
        platform=views[0].platform,
        stages=tuple(replace(each, **made[each.name]) for each in stages),
        repository=slug,
        branch=branch,
        types=types,
        version=__version__,
        issuer=wanted.issuer.removeprefix("https://").rstrip("/"),
        requirements=sha256(text.encode()).hexdigest() if text else "",
    )
    system = api.load()[wanted.provider]
    files = write.files(system, site) | ({FILE: text} if text else {})
    return Described(system, site, files, [*found, *more])


def _views(project: Project, chosen: tuple[str, ...]) -> list[EnvironmentView]:
    """The environments in order. Exits when one is wrong or none is left."""
    from reconciler.delivery import site as sites  # noqa: PLC0415
    from reconciler.specs import overlay  # noqa: PLC0415

    known = overlay.names(project.read().documents)
    bad = [name for name in chosen or known if not sites.NAME.fullmatch(name)]
    if bad:
        text = f"{bad[0]!r} cannot be the name of an environment"
        project.fail([Diagnostic("DELIVERY001", text, help="use a-z, 0-9 and single hyphens")])
    views = [project.view(name) for name in dict.fromkeys(chosen or known)]
    if not chosen:
        views = sites.in_order(views)
    if not views:
        text = f"no environment to deliver to; there are: {', '.join(known) or 'none'}"
        help_ = "add environments/NAME.yaml, or name a sandbox one with -e"
        project.fail([Diagnostic("DELIVERY001", text, help=help_)])
    return views


def _real(project: Project) -> list[EnvironmentView]:
    """All environments that are in AWS, delivered or not."""
    from reconciler.delivery import site as sites  # noqa: PLC0415
    from reconciler.specs import overlay  # noqa: PLC0415

    every = [project.view(name) for name in overlay.names(project.read().documents)]
    return sites.in_order(every)


def _made(
    project: Project, views: list[EnvironmentView]
) -> tuple[tuple[str, ...], dict[str, dict[str, Any]]]:
    """The AWS types that the specs make in any of these environments, and what each one names.

    That is by environment, as fields of `Stage`: names of its own, where files of the repository
    go, and secrets. Exits on mistakes.
    """
    from reconciler.compile import compiler  # noqa: PLC0415
    from reconciler.compile.rollouts import rollouts  # noqa: PLC0415
    from reconciler.delivery.stated import stated  # noqa: PLC0415

    loaded = project.read()
    types: set[str] = set()
    made: dict[str, dict[str, Any]] = {}
    found = list(loaded.diagnostics)
    for view in views:
        specs, problems = project.checked(view)
        graph, more = compiler.build(specs, view)
        found += [*problems, *more]
        types |= {node.address.type for node in graph}
        known = stated(graph, f"{view.platform}-{view.name}-")
        put = (node.address.name.rpartition("/")[0] for node in graph if node.asset)
        kept = {leaf.arn for node in graph for leaf in leaves(node.props) if type(leaf) is Secret}
        drive = {each.drive for each in rollouts(specs, view).values()} - {""}
        made[view.name] = {
            "stated": tuple(each.address for each in known),
            "assets": next(put, ""),
            "secrets": tuple(sorted(kept)),
            "stepwise": bool(drive),
            "driven": "ci" in drive,
        }
    if any(each.is_error for each in found):
        project.fail([each for each in found if each.is_error])
    return tuple(sorted(types)), made


def _branch(project: Project, branch: str) -> str:
    """The branch. Exits when no file can name it."""
    from reconciler.delivery import site as sites  # noqa: PLC0415

    if not sites.is_branch(branch):
        help_ = "give another with `--branch`"
        project.fail([Diagnostic("DELIVERY006", f"{branch!r} cannot be the branch", help=help_)])
    return branch


def _requirements(project: Project, file: Path | None) -> tuple[str, list[Diagnostic]]:
    """What jobs install from, or that it is nothing with hashes. Exits when it is not whole."""
    if file is None:
        text = "the jobs install Moorline and what it needs by version, without hashes"
        help_ = "give `--requirements FILE`, as `uv pip compile --generate-hashes` makes it"
        return "", [Diagnostic("DELIVERY007", text, None, help_, Severity.WARNING)]
    from reconciler.delivery.requirements import problems  # noqa: PLC0415

    try:
        text = file.read_text(encoding="utf-8")
        wrong = problems(text, __version__)
    except (OSError, UnicodeDecodeError) as error:
        wrong = [str(error)]
    if wrong:
        help_ = "make it anew with a tool that writes hashes, and nothing but packages in it"
        project.fail([Diagnostic("DELIVERY008", f"{file}: {each}", help=help_) for each in wrong])
    return text, []
