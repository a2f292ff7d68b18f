"""`moorline ci init`: the files with which a CI system delivers this repository."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.ci.site import Wanted, described, options
from reconciler.cli.frame.options import folders
from reconciler.cli.frame.project import Project
from reconciler.disk import place, read, write as disk
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from reconciler.cli.ci.site import Described
    from reconciler.delivery.todo import Todo
    from reconciler.model.value import Json


@click.command("init")
@options
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
    from reconciler.delivery.steps import steps  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    wanted = Wanted(provider, chosen, repository, branch, issuer, requirements)
    whole = described(project, wanted)
    done = _write(project, whole.files, force=force, dry=dry_run)
    _tell(project, whole, done, steps(whole.system, whole.site, whole.files))


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
    project: Project, whole: Described, done: Mapping[str, str], todos: Sequence[Todo]
) -> None:
    system, site = whole.system, whole.site
    if project.as_json:
        from reconciler.render.text import diagnostics  # noqa: PLC0415 - only for machines

        project.print_json(
            {
                "provider": system.name,
                "environments": list(site.names),
                "repository": site.repository,
                "branch": site.branch,
                "files": [{"path": path, "state": state} for path, state in done.items()],
                "next": [as_json(each) for each in todos],
                "diagnostics": diagnostics.as_json(whole.found),
            }
        )
        return
    project.show(whole.found)
    for path, state in done.items():
        click.echo(f"{state:<10} {path}")
    click.echo(f"\n{system.says}: {' → '.join(site.names)} from {site.branch!r}. Now:")
    for number, each in enumerate(todos, 1):
        click.echo(f"\n{shown(number, each)}")
    click.echo(f"\n# `moorline ci check --provider {system.name}` says which of them are done.")


def shown(number: int, todo: Todo) -> str:
    """A step as lines of a shell: what it is stands in remarks, so that all of it can be pasted."""
    lines = [f"# {number}. {todo.says}"]
    lines += [f"#    as: {todo.where}"] if todo.where else []
    lines += [f"#    {line}" for line in todo.write.splitlines()]
    return "\n".join([*lines, *todo.commands])


def as_json(todo: Todo) -> dict[str, Json]:
    """A step for machines."""
    return {
        "id": todo.id,
        "says": todo.says,
        "where": todo.where,
        "commands": list(todo.commands),
        "write": todo.write,
    }
