"""`moorline failover`: who would answer for a name, were a region to fail. It only looks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reconciler.model.value import Json
    from reconciler.rollout.answers import Answer, Member


@click.command("failover")
@environment
@folders
def command(
    name: str | None,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Show which region answers for each name, and which would, were others to fail.

    Nothing is changed: it reads the records of the name, of all regions, and what their health
    checks say now.
    """
    from reconciler.aws import failover  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.aws.errors import AwsError  # noqa: PLC0415
    from reconciler.cli.world import live  # noqa: PLC0415
    from reconciler.model.diagnostic import Diagnostic  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    request = live.request_of(project, name)
    session = live.open_session(project, request.view, "plan")
    told: list[Json] = []
    for spec in request.specs:
        expose = getattr(spec.model, "expose", None)
        if expose is None or expose.failover is None or expose.domain is None:
            continue
        host = expose.domain.name
        try:
            found = failover.members(session, expose.failover.zone, host)
        except AwsError as error:
            project.fail(
                [
                    Diagnostic(
                        "AWS002",
                        f"{host}: {error}",
                        help="see that the zone is right and may be read",
                    )
                ]
            )
        told.append({"name": host, "type": "A", "spec": spec.id, **drill(found)})
    if as_json:
        say(json.dumps({"failover": told}, indent=2))
    else:
        for each in told:
            say(text(each))
        if not told:
            say("no rollout here answers for a name together with other regions")
    raise SystemExit(Exit.OK)


def drill(members: Sequence[Member]) -> dict[str, Json]:
    """Who answers now, without each one, and without all of them."""
    from reconciler.rollout.answers import answering  # noqa: PLC0415

    if not members:
        return {"members": [], "now": None, "without": []}
    ids = [each.id for each in members]
    fallen = [[each] for each in ids] + ([ids] if len(ids) > 1 else [])
    now = answering(members)
    return {
        "members": [{"id": it.id, "healthy": it.healthy, "watched": it.guarded} for it in members],
        "now": _said(now),
        "without": [{"fallen": each, **_said(answering(members, each))} for each in fallen],
    }


def _said(found: Answer) -> dict[str, Json]:
    return {
        "answers": dict(found.shares),
        "why": found.why,
        "failOpen": found.open,
        "sure": found.sure,
    }


def text(told: Json) -> str:
    """A name in a few lines."""
    head = f"{told['name']} {told['type']}"
    if told["now"] is None:
        return f"{head}: nobody answers, it has no record yet"
    lines = [f"{head}: {_who(told['now'])}"]
    for each in told["without"]:
        fallen = "all" if len(each["fallen"]) > 1 else each["fallen"][0]
        lines.append(f"  without {fallen}: {_who(each)}")
    blind = [it["id"] for it in told["members"] if not it["watched"]]
    lines += [f"  nothing watches {each}: it answers whatever happens" for each in blind]
    return "\n".join(lines)


def _who(said: Json) -> str:
    shares = said["answers"]
    who = ", ".join(
        name if len(shares) == 1 else f"{name} {share:.0%}" for name, share in shares.items()
    )
    doubt = "" if said["sure"] else " (Route 53 does not say of all whether they are healthy)"
    return f"{who}, {said['why']}{doubt}"
