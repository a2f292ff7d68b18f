"""`moorline fix`: specs in older words, rewritten in today's."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.frame.options import folders
from reconciler.cli.frame.project import Exit, Project
from reconciler.disk import read, write
from reconciler.disk.place import RefusedError, lies_in
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.value import Json
from reconciler.specs.encoding import MAX_BYTES
from reconciler.specs.migrations import moves
from reconciler.specs.rewrite import Left, Rewritten, rewrite

CODE = "CLI014"
_BOM = "\ufeff"


@click.command("fix")
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if there is anything to do.")
@folders
def command(specs: Path, environments: Path, *, check: bool, as_json: bool, no_color: bool) -> None:
    """Rewrite specs and environments from older words to today's.

    Comments, layout and everything else stay as they are. What cannot be changed without doubt
    is left and named with its line. A file is written whole or not at all, and only where it
    really lies in this folder.
    """
    project = Project(specs, environments, as_json, no_color)
    texts, found = _texts(project)
    made = rewrite(texts, moves())
    changed = {name: each for name, each in made.items() if each.done}
    if not check:
        found += [problem for name, each in changed.items() for problem in _write(name, each)]
    left = [_left(each) for file in made.values() for each in file.left]
    unread = [_unread(name) for name, each in made.items() if each.unread]
    found += [*left, *unread]
    if as_json:
        project.print_json(_json(changed, found, written=not check))
    else:
        _tell(changed, check=check, whole=not found)
        project.show(found)
    if any(each.is_error for each in found) or (check and (changed or found)):
        raise SystemExit(Exit.ERROR)


def _texts(project: Project) -> tuple[dict[str, str], list[Diagnostic]]:
    """The text of every file that is in UTF-8 and really lies in the project, by its name."""
    texts: dict[str, str] = {}
    found: list[Diagnostic] = []
    for path in project.files():
        name = path.as_posix()
        try:
            texts[name] = read.whole(path, within=Path(), most=MAX_BYTES).decode()
        except RefusedError as error:
            found.append(_refused(name, error))
        except (OSError, UnicodeDecodeError):
            found.append(_unread(name))
    return texts, found


def _write(name: str, file: Rewritten) -> list[Diagnostic]:
    path = Path(name)
    try:
        if path.is_symlink() or not lies_in(path, Path()):
            raise RefusedError(path, "it is a link: fix the file that it leads to")
        write.replace(path, file.text.encode(), within=Path())
    except OSError as error:
        return [_refused(name, error)]
    return []


def _refused(name: str, error: OSError) -> Diagnostic:
    text = f"{name!r} is not rewritten: {error.strerror or error}"
    return Diagnostic(CODE, text, Span(name, 1, 1), "run `moorline fix` where the file lies")


def _left(each: Left) -> Diagnostic:
    text = f"{each.what} is left as it is: {each.why}"
    return Diagnostic(CODE, text, each.at, "change it by hand", Severity.WARNING)


def _unread(name: str) -> Diagnostic:
    text = f"{name!r} cannot be read, so nobody knows what is in it"
    help_ = "`moorline validate` says what is wrong with it"
    return Diagnostic(CODE, text, Span(name, 1, 1), help_, Severity.WARNING)


def _json(changed: dict[str, Rewritten], found: list[Diagnostic], *, written: bool) -> Json:
    from reconciler.render.text import diagnostics  # noqa: PLC0415 - only when it is asked for

    files = [
        {
            "file": name,
            "changes": [
                {"line": done.at.line, "before": done.before, "after": done.after}
                for done in each.done
            ],
        }
        for name, each in sorted(changed.items())
    ]
    return {"written": written, "files": files, "diagnostics": diagnostics.as_json(found)}


def _tell(changed: dict[str, Rewritten], *, check: bool, whole: bool) -> None:
    for name, each in sorted(changed.items()):
        for done in sorted(each.done, key=lambda done: done.at.line):
            after = f" → {done.after}" if done.after else " is taken away around its member"
            click.echo(f"{name}:{done.at.line}  {done.before}{after}")
    count = sum(len(each.done) for each in changed.values())
    if not changed:
        click.echo("every spec is in today's words" if whole else "nothing to rewrite")
        return
    files = f"{len(changed)} file{'s' if len(changed) > 1 else ''}"
    verb = "to make" if check else "made"
    click.echo(f"{count} change{'s' if count > 1 else ''} {verb} in {files}")
