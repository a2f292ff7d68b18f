"""`moorline ci report`: the drift of an environment to an issue, an object or a topic."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.ci import options
from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.value import Json

if TYPE_CHECKING:
    from reconciler.cli.ci.aws import Object, Topic
    from reconciler.forge.detect import Wanted
    from reconciler.forge.drift import Report

ISSUE = "issue"
_FILE = click.Path(path_type=Path, exists=True, dir_okay=False, allow_dash=True)


@click.command("report")
@click.argument("file", required=False, type=_FILE, metavar="[DRIFT_JSON]")
@environment
@click.option(
    "--to",
    "targets",
    multiple=True,
    required=True,
    metavar="TARGET",
    help="`issue`, `s3://BUCKET/KEY` or `sns:ARN`. May be repeated.",
)
@click.option(
    "--markdown",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Text to use instead of Moorline's short list, such as of `drift --format markdown`.",
)
@click.option("--link", default="", metavar="URL", help="Address of the complete artefact.")
@options.forge
@folders
def command(
    file: Path | None,
    name: str | None,
    targets: tuple[str, ...],
    markdown: Path | None,
    link: str,
    provider: str | None,
    repository: str,
    api_url: str,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Report the drift of an environment to people, once for each finding.

    DRIFT_JSON is what `moorline drift --json` prints; `-`, or none, is standard input. An
    issue is made, edited in place, closed when the drift is gone and opened again when it
    returns within 30 days. An object has the latest report. A topic hears of what is new.
    The same places drifting again are not reported again.
    """
    project = Project(specs, environments, as_json, no_color)
    places = _targets(project, targets)
    data, report = _read(project, file, name)
    body = _body(report, markdown, link)
    told = Told(project, report)
    if ISSUE in targets:
        told.issue(options.wanted(provider, repository, api_url), body)
    if places:
        told.aws(places, data, body)
    told.tell()
    failed = any(each.is_error for each in told.found)
    raise SystemExit(Exit.ERROR if failed else Exit.OK)


@dataclass(slots=True)
class Told:
    """What was told to whom."""

    project: Project
    report: Report
    rows: list[dict[str, str]] = field(default_factory=list)
    found: list[Diagnostic] = field(default_factory=list)

    def issue(self, options: Wanted, body: str) -> None:
        """Keep the issue of the environment."""
        from reconciler.forge import issue  # noqa: PLC0415
        from reconciler.forge.api import ForgeError  # noqa: PLC0415 - urllib3 only to post
        from reconciler.forge.detect import detect  # noqa: PLC0415
        from reconciler.forge.findings import finding, open_forge  # noqa: PLC0415

        place, found = detect(os.environ, options, change=False)
        if place is None:
            self.found += found
            return
        try:
            outcome = issue.upsert(open_forge(place), self.report, datetime.now(UTC), body)
        except ForgeError as error:
            failed = finding(error, place, issue=True)
            self.found.append(replace(failed, severity=Severity.ERROR))
        else:
            self.rows.append({"to": ISSUE, "done": str(outcome.done), "url": outcome.url})

    def aws(self, places: list[Object | Topic], data: Mapping[str, Json], body: str) -> None:
        """Send it to AWS, in the environment's account."""
        from reconciler.cli.ci.aws import Object, Topic, deliver  # noqa: PLC0415
        from reconciler.cli.world import live  # noqa: PLC0415 - boto3 is loaded only here

        view = self.project.view(self.report.environment)
        session = live.open_session(self.project, view, "plan")
        delivery = deliver(session, self.report, data, body)
        objects = [each for each in places if isinstance(each, Object)]
        delivery.send(objects, [each for each in places if isinstance(each, Topic)])
        self.rows += [{"to": each.to, "done": each.done, "url": ""} for each in delivery.done]
        self.found += delivery.found

    def tell(self) -> None:
        """Print what was done."""
        report = self.report
        if self.project.as_json:
            from reconciler.render.text import diagnostics  # noqa: PLC0415 - only for machines

            self.project.print_json(
                {
                    "environment": report.environment,
                    "drifted": report.number,
                    "fingerprint": report.fingerprint,
                    "reported": self.rows,
                    "diagnostics": diagnostics.as_json(self.found),
                }
            )
            return
        self.project.show(self.found)
        for row in self.rows:
            click.echo(f"{report.environment}: {row['to']} {row['done']} {row['url']}".rstrip())


def _targets(project: Project, texts: tuple[str, ...]) -> list[Object | Topic]:
    """The targets in AWS. Exits when one is none."""
    others = [text for text in texts if text != ISSUE]
    if not others:
        return []
    from reconciler.cli.ci.aws import target  # noqa: PLC0415 - boto3 only for AWS

    places = [(text, target(text)) for text in others]
    wrong = [text for text, place in places if place is None]
    if wrong:
        help_ = "write `issue`, `s3://BUCKET/KEY` or `sns:ARN`"
        project.fail([Diagnostic("CI014", f"{text!r} is no target", help=help_) for text in wrong])
    return [place for _, place in places if place is not None]


def _read(
    project: Project, file: Path | None, name: str | None
) -> tuple[Mapping[str, Json], Report]:
    """The report. Exits when it is none, so that a failed look closes no issue."""
    from reconciler.forge import drift  # noqa: PLC0415
    from reconciler.render.vocabulary import actor, words  # noqa: PLC0415

    if file is None and sys.stdin.isatty():
        raise click.UsageError("name a file of `drift --json`, or give one on standard input")
    raw = sys.stdin.buffer.read() if file is None or str(file) == "-" else file.read_bytes()
    try:
        data = json.loads(raw)
        report = drift.read(data, name, who=actor.by, origins=words.origins)
    except ValueError as error:
        help_ = "make it with `moorline drift -e NAME --json`; no issue was touched"
        project.fail([Diagnostic("CI013", f"this is no drift report: {error}", help=help_)])
    return data, report


def _body(report: Report, markdown: Path | None, link: str) -> str:
    from reconciler.forge import drift  # noqa: PLC0415

    given = markdown.read_text(encoding="utf-8", errors="replace") if markdown else ""
    return given or drift.body(report, link)
