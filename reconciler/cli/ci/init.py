"""`moorline ci init`: the files with which a CI system delivers this repository."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler import __version__
from reconciler.cli.frame.options import folders
from reconciler.cli.frame.project import Project
from reconciler.delivery.names import names
from reconciler.disk import place, read, write as disk
from reconciler.git import remote
from reconciler.model.diagnostic import Diagnostic, Severity

if TYPE_CHECKING:
    from reconciler.delivery.api import Provider
    from reconciler.delivery.site import Site
    from reconciler.specs.overlay import EnvironmentView

BRANCH = "main"


@click.command("init")
@click.option("--provider", type=click.Choice(names()), required=True, help="The CI system.")
@click.option(
    "-e",
    "--environment",
    "chosen",
    multiple=True,
    metavar="NAME",
    help="An environment to deliver to; repeat it, first to last. Else all but sandbox ones,"
    " those that others extend first.",
)
@click.option("--repository", default="", metavar="OWNER/NAME", help="Else that of origin.")
@click.option("--branch", default="", help="The branch that is applied; else origin's default.")
@click.option(
    "--issuer",
    default="",
    metavar="HOST/PATH",
    help="Issuer of the jobs' tokens where it is not the public one, such as your own server.",
)
@click.option(
    "--requirements",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="What jobs install, with hashes; it is copied to delivery/requirements.txt.",
)
@click.option("--force", is_flag=True, help="Write over files that have other content.")
@click.option("--dry-run", is_flag=True, help="Say what would be written, and write nothing.")
@folders
def command(
    provider: str,
    chosen: tuple[str, ...],
    repository: str,
    branch: str,
    issuer: str,
    requirements: Path | None,
    specs: Path,
    environments: Path,
    *,
    force: bool,
    dry_run: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Write the files with which a CI system delivers this repository.

    A pull request is validated, planned and commented; a merge is applied to one
    environment after the other, each only with the plan that was reviewed; drift is
    reported every morning. Also writes delivery/aws-roles.yaml, the CloudFormation template
    of the roles that the jobs take. Run it in the top folder of the repository.
    """
    from reconciler.delivery import api, site as sites, write  # noqa: PLC0415 - jinja2 only here
    from reconciler.delivery.requirements import FILE  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    views = _views(project, chosen)
    stages, found = sites.stages(views, _real(project))
    slug = repository or sites.repository(remote.origin())
    if not sites.is_slug(slug):
        text = f"{slug!r} is no repository" if slug else "there is no remote called origin"
        help_ = "give `--repository OWNER/NAME`"
        found = [*found, Diagnostic("DELIVERY005", text, None, help_, Severity.WARNING)]
        slug = sites.NOWHERE
    branch = _branch(project, branch or remote.default_branch() or BRANCH)
    wanted, more = _requirements(project, requirements)
    site = sites.Site(
        platform=views[0].platform,
        stages=stages,
        repository=slug,
        branch=branch,
        types=_types(project, views),
        version=__version__,
        issuer=issuer.removeprefix("https://").rstrip("/"),
        requirements=sha256(wanted.encode()).hexdigest() if wanted else "",
    )
    system = api.load()[provider]
    files = write.files(system, site) | ({FILE: wanted} if wanted else {})
    done = _write(project, files, force=force, dry=dry_run)
    _tell(project, system, site, done, [*found, *more])


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


def _types(project: Project, views: list[EnvironmentView]) -> tuple[str, ...]:
    """The AWS types that the specs make in any of these environments. Exits on mistakes."""
    from reconciler.compile import compiler  # noqa: PLC0415

    loaded = project.read()
    types: set[str] = set()
    found = list(loaded.diagnostics)
    for view in views:
        specs, problems = compiler.read(loaded.documents, view, loaded.unread)
        graph, more = compiler.build(specs, view)
        found += [*problems, *more]
        types |= {node.address.type for node in graph}
    if any(each.is_error for each in found):
        project.fail([each for each in found if each.is_error])
    return tuple(sorted(types))


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


def _write(project: Project, files: Mapping[str, str], *, force: bool, dry: bool) -> dict[str, str]:
    """Write all files or none; answers what became of each. Exits when one is in the way."""
    with _told(project):
        done = {path: _state(Path(path), text) for path, text in sorted(files.items())}
    in_the_way = [path for path, state in done.items() if state == "changed"]
    if in_the_way and not force:
        help_ = "look at the difference in Git, and give --force to write it anew"
        project.fail(
            [
                Diagnostic("DELIVERY002", f"{path} is there with other content", help=help_)
                for path in in_the_way
            ]
        )
    with _told(project):
        for path, state in done.items():
            if state != "unchanged" and not dry:
                disk.replace(Path(path), files[path].encode(), within=Path())
    return done


@contextmanager
def _told(project: Project) -> Iterator[None]:
    """Exits when a file cannot be written."""
    try:
        yield
    except OSError as error:
        text = f"cannot write {str(error.filename)!r}: {error.strerror}"
        project.fail([Diagnostic("CLI012", text, help="all files are written in this folder")])


def _state(path: Path, text: str) -> str:
    """What is there. A link is never what would be written, wherever it leads.

    Raises:
        OutsideError: its folder is outside of this one.
    """
    if not place.lies_in(path.parent, Path()):
        raise place.OutsideError(path)
    if not os.path.lexists(path):
        return "new"
    body = text.encode()
    with suppress(OSError):  # a folder, a pipe, a file that may not be read
        if not path.is_symlink() and read.head(path, within=Path(), most=len(body) + 1) == body:
            return "unchanged"
    return "changed"


def _tell(
    project: Project,
    system: Provider,
    site: Site,
    done: Mapping[str, str],
    found: list[Diagnostic],
) -> None:
    if project.as_json:
        from reconciler.render.text import diagnostics  # noqa: PLC0415 - only for machines

        project.print_json(
            {
                "provider": system.name,
                "environments": list(site.names),
                "repository": site.repository,
                "branch": site.branch,
                "files": [{"path": path, "state": state} for path, state in done.items()],
                "next": list(system.next_steps),
                "diagnostics": diagnostics.as_json(found),
            }
        )
        return
    project.show(found)
    for path, state in done.items():
        click.echo(f"{state:<10} {path}")
    click.echo(f"\n{system.says}: {' → '.join(site.names)} from {site.branch!r}. Now:")
    for step in system.next_steps:
        click.echo(f"  - {step}")
