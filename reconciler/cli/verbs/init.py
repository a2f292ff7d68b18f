"""`moorline init`: a platform to start from, asked for on a terminal or given by options."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.frame.examples import epilog
from reconciler.cli.frame.project import Project
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from reconciler.scaffold.files import Answers

PARTS = ("features", "rollout", "monitoring", "budget")
NEXT = ("moorline validate", "moorline plan -e local", "moorline apply -e local")
ABOUT = {
    "environments/dev.yaml": "the first account; copy it for staging and prod",
    "environments/local.yaml": "the embedded sandbox, which needs no account",
    "specs/data.yaml": "a bucket",
    "specs/customer.yaml": "a feature group, online and offline",
    "specs/scorer.yaml": "a model behind an endpoint",
    "specs/oncall.yaml": "alarms and who hears of them",
    "specs/budget.yaml": "what it may cost",
    "schemas/moorline.json": "completion and checks in editors, without the internet",
    ".pre-commit-config.yaml": "validate before each commit",
    ".gitignore": "leaves .moorline/ out of Git",
}
QUESTIONS = {
    "platform": "Platform, the first part of every resource name",
    "account": "AWS account of the environment 'dev'; the sandbox does not use it",
    "region": "AWS region",
    "features": "A feature group?",
    "rollout": "An endpoint with a model?",
    "monitoring": "Alarms on the endpoint?",
    "budget": "A monthly budget?",
    "email": "Who is told, by e-mail",
}
USUAL = {"account": "123456789012", "region": "eu-west-1", "email": "ml-team@example.com"}


def _parts(
    _context: click.Context, _option: click.Parameter, text: str | None
) -> tuple[str, ...] | None:
    if text is None:
        return None
    words = tuple(filter(None, (word.strip() for word in text.split(","))))
    for word in words:
        if word not in PARTS:
            raise click.BadParameter(f"{word!r} is none of {', '.join(PARTS)}")
    return words


@click.command("init", epilog=epilog("init"))
@click.argument("folder", type=click.Path(path_type=Path), default=Path())
@click.option("--platform", metavar="NAME", help="Its name; by default that of the folder.")
@click.option("--account", metavar="ID", help="AWS account of the environment 'dev': 12 digits.")
@click.option("--region", metavar="REGION", help="AWS region, as in eu-west-1.")
@click.option(
    "--with",
    "parts",
    metavar="PARTS",
    callback=_parts,
    help="What to include, with commas: features, rollout, monitoring, budget."
    " By default features,rollout.",
)
@click.option("--email", metavar="ADDRESS", help="Who hears of alarms and of the budget.")
@click.option("--yes", is_flag=True, help="Ask nothing; take the default for what is not given.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines; ask nothing.")
def command(folder: Path, *, yes: bool, as_json: bool, **given: Any) -> None:  # noqa: ANN401 - options
    """Start a platform in FOLDER: specs, two environments, editor and pre-commit set-up.

    It asks on a terminal, and takes the options elsewhere. The environment `local` runs on the
    embedded sandbox, so `moorline plan -e local` works at once. Nothing is overwritten: when
    a file is in the way, all that are in the way are listed and nothing is written.
    """
    from reconciler.scaffold import files, write  # noqa: PLC0415 - after the arguments are right

    project = Project(Path(), Path(), as_json)
    everything = files.files(files.Answers("x", parts=PARTS))
    if found := write.conflicts(folder, everything):
        project.fail([_in_the_way(folder, found)])
    asks = sys.stdin.isatty() and not (yes or as_json)
    answers = _answers(project, folder, given, asks=asks)
    made = files.files(answers)
    try:
        ignores = write.write(folder, made)
    except OSError as error:
        text = f"cannot write {str(error.filename or folder)!r}: {error.strerror or error}"
        project.fail([Diagnostic("CLI012", text, help="nothing was written")])
    names = [*made, *([files.IGNORED] if ignores else [])]
    steps = [*([] if folder == Path() else [f"cd {shlex.quote(str(folder))}"]), *NEXT]
    if as_json:
        project.print_json({"folder": str(folder), "files": names, "next": steps})
    else:
        _tell(folder, names, steps)


def _in_the_way(folder: Path, found: list[str]) -> Diagnostic:
    text = f"{len(found)} in the way in {str(folder)!r}: {', '.join(found)}"
    return Diagnostic("CLI010", text, help="name another folder; nothing was written")


def _answers(project: Project, folder: Path, given: dict[str, Any], *, asks: bool) -> Answers:
    from reconciler.scaffold import files  # noqa: PLC0415 - after the arguments are right

    usual = {**USUAL, "platform": _named_after(folder)}
    if asks:
        click.echo(
            "A platform is a folder of specs and of environments. Enter takes [the default]."
        )
    texts: dict[str, str] = {}
    for what in files.FORMS:
        texts[what] = given[what] or (_ask(what, usual[what]) if asks else usual[what])
        if wrong := files.fault(what, texts[what]):
            project.fail([Diagnostic("CLI013", wrong)])
    parts = given["parts"]
    if parts is None:
        parts = _chosen(files.USUAL) if asks else files.USUAL
    asks_whom = asks and {"monitoring", "budget"} & {*parts} and not given["email"]
    email = _ask("email", usual["email"]) if asks_whom else given["email"] or usual["email"]
    if not re.fullmatch(r"[^\s@\"\\]+@[^\s@\"\\]+", email):
        project.fail([Diagnostic("CLI013", f"{email!r} is no e-mail address")])
    return files.Answers(**texts, parts=parts, email=email)


def _named_after(folder: Path) -> str:
    """The folder's name as that of a platform, or a usual one."""
    from reconciler.scaffold import files  # noqa: PLC0415 - after the arguments are right

    name = re.sub(r"[^a-z0-9]+", "-", folder.resolve().name.lower())[:20].strip("-")
    return "acme" if files.fault("platform", name) else name


def _ask(what: str, usual: str) -> str:
    from reconciler.scaffold import files  # noqa: PLC0415 - after the arguments are right

    def right(text: str) -> str:
        wrong = files.fault(what, text) if what in files.FORMS else ""
        if wrong:
            raise click.UsageError(wrong)
        return text

    return str(click.prompt(QUESTIONS[what], default=usual, value_proc=right))


def _chosen(usual: tuple[str, ...]) -> tuple[str, ...]:
    """What is wanted; alarms are only asked for where there is an endpoint."""
    chosen: list[str] = []
    for part in PARTS:
        if part == "monitoring" and "rollout" not in chosen:
            continue
        if click.confirm(QUESTIONS[part], default=part in usual):
            chosen.append(part)
    return tuple(chosen)


def _tell(folder: Path, names: list[str], steps: list[str]) -> None:
    where = "this folder" if folder == Path() else str(folder)
    click.echo(f"A platform in {where}:\n")
    width = max(map(len, names))
    for name in names:
        click.echo(f"  {name:<{width}}  {ABOUT.get(name, '')}".rstrip())
    click.echo("\nNext:\n")
    for step in steps:
        click.echo(f"  {step}")
