"""`moorline schema`: the JSON Schemas of spec files, for editors and other tools."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconciler.cli.frame.completing import kinds as complete_kinds
from reconciler.cli.frame.examples import epilog
from reconciler.cli.frame.project import Exit, Project
from reconciler.disk import write as disk
from reconciler.model.diagnostic import Diagnostic

UNION = "moorline"
CATALOG = "catalog.json"


@click.command("schema", epilog=epilog("schema"))
@click.argument("name", metavar="[KIND]", default=UNION, shell_complete=complete_kinds)
@click.option("--list", "listing", is_flag=True, help="List the schemas instead.")
@click.option(
    "--write",
    "folder",
    metavar="FOLDER",
    type=click.Path(path_type=Path, file_okay=False),
    help="Write all schemas into a folder instead, with a catalogue; those there are renewed.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def command(name: str, *, listing: bool, folder: Path | None, as_json: bool) -> None:
    """Print the JSON Schema of a kind; without KIND, the one of all kinds.

    It is for documents as they are written, before `${variables}` are replaced. Editors
    find it by a line above each document: `# yaml-language-server: $schema=FILE`.
    """
    from reconciler.facts.files import schemas  # noqa: PLC0415 - after the arguments are right

    known = {path.stem: path for path in sorted((schemas() / "kinds").glob("*.json"))}
    if listing:
        _list(known, as_json=as_json)
    elif folder:
        _write(known, schemas() / CATALOG, folder, as_json=as_json)
    elif name in known:
        click.echo(known[name].read_text(encoding="utf-8"), nl=False)
    else:
        _unknown(name, list(known), as_json=as_json)


def _list(known: dict[str, Path], *, as_json: bool) -> None:
    about = {
        name: json.loads(path.read_bytes()).get("description", "") for name, path in known.items()
    }
    if as_json:
        click.echo(json.dumps(about, indent=2))
        return
    width = max(map(len, about))
    for name, said in about.items():
        click.echo(f"{name:<{width}}  {said}")


def _write(known: dict[str, Path], catalog: Path, folder: Path, *, as_json: bool) -> None:
    sources = {f"kinds/{path.name}": path for path in known.values()} | {CATALOG: catalog}
    written = []
    try:
        for name, source in sources.items():
            target = folder / name
            disk.replace(target, source.read_bytes(), within=folder)
            written.append(target.as_posix())
    except OSError as error:
        text = f"cannot write {str(folder)!r}: {error.strerror or error}"
        Project(Path(), Path(), as_json).fail([Diagnostic("CLI012", text)])
    if as_json:
        click.echo(json.dumps({"written": written}, indent=2))
    else:
        click.echo(f"{len(written)} files in {folder}")


def _unknown(name: str, known: list[str], *, as_json: bool) -> None:
    from reconciler.specs.words import did_you_mean  # noqa: PLC0415 - only for a slip of the keys

    text = f"no schema is called {name!r}{did_you_mean(name, known)}"
    found = Diagnostic("CLI011", text, help=f"schemas are {', '.join(known)}")
    Project(Path(), Path(), as_json).fail([found], code=Exit.ERROR)
