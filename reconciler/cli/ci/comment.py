"""`moorline ci comment`: a plan as one comment on a pull or merge request.

A forge that does not take the comment does not fail the plan: the text is in the step
summary or on standard output, and a finding says so.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.ci import options
from reconciler.cli.frame.options import environment
from reconciler.cli.frame.project import Exit, Project
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.value import Json

if TYPE_CHECKING:
    from reconciler.forge.detect import Place
    from reconciler.forge.sticky import Outcome

SUMMARY = "GITHUB_STEP_SUMMARY"
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)
_MAKE = "make it with `moorline plan -e NAME -o FILE`, and look at what that command says"


@click.command("comment")
@click.argument("files", nargs=-1, type=_FILE, metavar="[PLAN_FILE]...")
@environment
@click.option("--change", type=click.IntRange(1), help="Number of the pull or merge request.")
@options.forge
@click.option("--link", default="", metavar="URL", help="Address of the complete artefact.")
@click.option("--dry-run", is_flag=True, help="Print the comment and post nothing.")
@click.option("--strict", is_flag=True, help="Exit with 1 when a comment could not be posted.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def command(
    files: tuple[Path, ...],
    name: str | None,
    change: int | None,
    provider: str | None,
    repository: str,
    api_url: str,
    link: str,
    *,
    dry_run: bool,
    strict: bool,
    as_json: bool,
) -> None:
    """Keep one comment with the plan on a pull or merge request.

    PLAN_FILE is what `moorline plan -o` writes or `moorline plan --json` prints; `-`, or
    none, is standard input. Each environment has one comment, which is edited in place. A
    plan without changes makes none. The full text also goes to the step summary.
    """
    project = Project(Path(), Path(), as_json)
    notes = [_note(project, data, name, link) for data in _inputs(files)]
    if dry_run:
        bodies = [{"environment": each.environment, "body": each.body} for each in notes]
        if as_json:
            project.print_json({"comments": bodies})
        else:
            click.echo("\n".join(each.body for each in notes), nl=False)
        return
    said = Said(project, notes)
    said.summarise()
    said.post(_place(said, options.wanted(provider, repository, api_url, change)))
    said.tell()
    raise SystemExit(Exit.ERROR if strict and said.failed else Exit.OK)


@dataclass(frozen=True, slots=True)
class Note:
    """One plan in the words of a comment."""

    environment: str
    marker: str
    body: str
    full: str
    quiet: bool


@dataclass(slots=True)
class Said:
    """What was done with the notes of a run."""

    project: Project
    notes: Sequence[Note]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    found: list[Diagnostic] = field(default_factory=list)
    summary: str = ""

    @property
    def failed(self) -> list[Note]:
        return [each for each in self.notes if each.environment not in self.outcomes]

    def summarise(self) -> None:
        """Add the full texts to the step summary, where there is one."""
        path = os.environ.get(SUMMARY, "")
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8", errors="replace") as file:
                file.writelines(f"{each.full.rstrip()}\n\n" for each in self.notes)
        except OSError as error:
            text = f"the step summary {path!r} could not be written: {error.strerror}"
            help_ = "the text is on standard output"
            self.found.append(Diagnostic("CI016", text, help=help_, severity=Severity.WARNING))
        else:
            self.summary = path

    def post(self, place: Place) -> None:
        """Post every note; a forge that is down is asked once."""
        from reconciler.forge.api import ForgeError  # noqa: PLC0415 - urllib3 only to post
        from reconciler.forge.findings import LATER, finding, open_forge  # noqa: PLC0415
        from reconciler.forge.sticky import Post, TooLongError, upsert  # noqa: PLC0415

        where = "in the step summary" if self.summary else "on standard output"
        for note in self.notes:
            post = Post(note.marker, note.body, quiet=note.quiet, run=place.run)
            try:
                self.outcomes[note.environment] = upsert(open_forge(place), post)
            except TooLongError as error:
                self.found.append(Diagnostic("CI010", f"{error}; its text is {where}"))
            except ForgeError as error:
                found = finding(error, place)
                self.found.append(replace(found, message=f"{found.message}; its text is {where}"))
                if found.code in LATER:
                    return

    def tell(self) -> None:
        """Print what was done, and the text of what could not be posted."""
        if self.project.as_json:
            self.project.print_json(self._json())
            return
        self.project.show(self.found)
        for note in self.notes:
            outcome = self.outcomes.get(note.environment)
            if outcome is not None:
                text = f"{note.environment}: comment {outcome.done} {outcome.url}"
                click.echo(text.rstrip())
            elif not self.summary:
                click.echo(note.full)

    def _json(self) -> Json:
        from reconciler.render.text import diagnostics  # noqa: PLC0415 - only for machines

        return {
            "comments": [self._row(note) for note in self.notes],
            "summary": self.summary,
            "diagnostics": diagnostics.as_json(self.found),
        }

    def _row(self, note: Note) -> Json:
        outcome = self.outcomes.get(note.environment)
        if outcome is None:
            return {"environment": note.environment, "done": "failed", "body": note.body}
        done = {"done": str(outcome.done), "url": outcome.url, "removed": outcome.removed}
        return {"environment": note.environment, **done}


def _place(said: Said, options: object) -> Place:
    """Where to post. Exits when that is not known; the summary is written by then."""
    from reconciler.forge.detect import Wanted, detect  # noqa: PLC0415

    assert isinstance(options, Wanted)  # noqa: S101 - narrows the type
    place, found = detect(os.environ, options, change=True)
    if place is None:
        said.project.fail([*said.found, *found])
    return place


# -- plans


def _inputs(files: tuple[Path, ...]) -> Iterator[bytes]:
    for path in files or (Path("-"),):
        if str(path) != "-":
            yield path.read_bytes()
        elif sys.stdin.isatty():
            raise click.UsageError("name a plan file, or give one on standard input")
        else:
            yield sys.stdin.buffer.read()


def _note(project: Project, data: bytes, name: str | None, link: str) -> Note:
    """The words for a plan. Exits when it is none."""
    from reconciler.render import formats  # noqa: PLC0415
    from reconciler.render.comment import comment  # noqa: PLC0415

    plan, found = read(data)
    if plan is not None and name not in {None, plan["environment"]}:
        text = f"the plan is of environment {plan['environment']!r}, not of {name!r}"
        found = [Diagnostic("CI011", text, help="leave `-e` away, or give the right plan")]
    if plan is None or found:
        project.fail(found)
    context = formats.Context(link=link)
    return Note(
        plan["environment"],
        comment.marker(plan["environment"], "plan"),
        formats.document("markdown", plan, context),
        comment.full(plan, context),
        comment.quiet(plan),
    )


def read(data: bytes) -> tuple[Mapping[str, Json] | None, list[Diagnostic]]:
    """The JSON of the plan in a plan file or in what `plan --json` printed, or what is wrong."""
    from reconciler.forge import drift  # noqa: PLC0415
    from reconciler.model import plan as plans  # noqa: PLC0415
    from reconciler.planfile import file as planfile  # noqa: PLC0415

    try:
        body = json.loads(data)
    except ValueError:
        return None, [Diagnostic("CI011", "it is not JSON", help=_MAKE)]
    inner = body.get("plan") if isinstance(body, dict) else None
    whole = isinstance(inner, dict)
    plan = inner if whole else body
    if not isinstance(plan, dict):
        return None, [Diagnostic("CI011", "it is not a plan", help=_MAKE)]
    others = [*(_other(body, planfile.FORMAT) if whole else ()), *_other(plan, plans.FORMAT)]
    if others:
        return None, others[:1]  # the form of the file, or else of the plan in it
    if whole:
        file, found = planfile.unpack(data)
        if file is None:
            return None, found
    with suppress(KeyError, TypeError, ValueError, AttributeError, IndexError):
        whole = plans.plan_to_json(plans.plan_from_json(plan)).keys() <= plan.keys()
        if whole and drift.named(plan["environment"]):
            return plan, []
    rows = plan.get("diagnostics")
    said = [each for each in rows if isinstance(each, dict)] if isinstance(rows, list) else []
    codes = drift.codes(said) or "parts of it are missing or have another form"
    return None, [Diagnostic("CI011", f"it is not a plan: {codes}", help=_MAKE)]


def _other(body: Mapping[str, Json], known: int) -> list[Diagnostic]:
    from reconciler.model.format import other  # noqa: PLC0415

    version = body.get("format_version")
    if not other(version, known):
        return []
    text = f"the plan has format {version}; this Moorline knows {known}"
    help_ = "use the same version of Moorline in the job that plans and in the one that comments"
    return [Diagnostic("CI012", text, help=help_)]
