"""`moorline registry prune`: delete versions that are old, many, and that nothing needs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project, say

if TYPE_CHECKING:
    from reconciler.cli.registry.scene import Scene
    from reconciler.model.value import Json
    from reconciler.registry import Version
    from reconciler.registry.pruning import Pruning


@click.command("prune")
@click.argument("registry", metavar="REGISTRY")
@environment
@click.option("-y", "--yes", is_flag=True, help="Do not ask.")
@folders
def command(
    registry: str,
    name: str | None,
    specs: Path,
    environments: Path,
    *,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Delete versions by what the registry says of `keep`.

    Says of each version whether it goes, and why. What an endpoint serves, what a model is made
    of, what is in Staging or Production, and the latest approved one stay; where AWS does not say
    what is in use, all do. A version that goes loses its history, which the environment has to
    allow. Looks at everything again before it deletes. Exits with 3 when something may not go.
    """
    from reconciler.cli.registry import scene  # noqa: PLC0415 - boto3 is loaded only here

    project = Project(specs, environments, as_json, no_color)
    found = scene.opened(project, name, registry, "apply")
    raise SystemExit(_run(found, yes=yes))


def _run(scene: Scene, *, yes: bool) -> Exit:
    stated = scene.registry.keep
    if stated is None:
        text = f"{scene.registry.name!r} says nothing of how long versions stay"
        scene.fail("DECISION009", text, "add `keep` to it")
    shown = _found(scene, stated)
    data = _data(scene, shown)
    project = scene.project
    if not project.as_json:
        say(_text(data))
    if shown.refused:
        if project.as_json:
            project.print_json({**data, "done": False})
            return Exit.BLOCKED
        help_ = "allow `history` in the environment's protection, or approve an address"
        return scene.fail("DECISION003", "; ".join(shown.refused), help_, Exit.BLOCKED)
    if shown.doomed and not yes:
        if not project.terminal:
            text = "nobody said yes to deleting versions"
            scene.fail("DECISION004", text, "give --yes", Exit.BLOCKED)
        question = f"Delete {len(shown.doomed)} of them in {scene.view.name}?"
        click.confirm(question, abort=True, err=True)
        scene.versions(anew=True)
        if _found(scene, stated).doomed != shown.doomed:
            text = "the versions are not as they were shown"
            scene.fail("DECISION005", text, "look again and decide again", Exit.STALE)
    for version in shown.doomed:
        _delete(scene, version)
    if project.as_json:
        project.print_json({**data, "done": True})
    return Exit.OK


def _found(scene: Scene, stated: Json) -> Pruning:
    from reconciler.aws.errors import AwsError  # noqa: PLC0415
    from reconciler.aws.registry import using  # noqa: PLC0415
    from reconciler.aws.registry.versions import why  # noqa: PLC0415
    from reconciler.registry import pruning  # noqa: PLC0415
    from reconciler.render.text import progress  # noqa: PLC0415

    used: dict[str, str] | None = None
    try:
        with progress.reading(terminal=scene.project.terminal) as told:
            used = using.used(scene.session, told)
    except AwsError as error:
        scene.warn("DECISION006", f"what is in use is not known, so nothing goes: {why(error)}")
    return pruning.prune(scene.versions(), stated, scene.now, used, scene.lets)


def _delete(scene: Scene, version: Version) -> None:
    from reconciler.aws.errors import AwsError  # noqa: PLC0415
    from reconciler.aws.registry import deleting  # noqa: PLC0415

    try:
        still = deleting.delete(scene.session, version)
    except AwsError as error:
        scene.asked(error, f"version {version.number}")
    if still:
        scene.fail("DECISION007", f"version {version.number} was not deleted: {still}")


def _data(scene: Scene, found: Pruning) -> dict[str, Json]:
    from reconciler.cli.registry import said  # noqa: PLC0415

    return {
        **said.place(scene),
        "action": "prune",
        "versions": [
            {"version": each.version.number, "deleted": each.deleted, "why": each.why}
            for each in found.fates
        ],
        "refused": list(found.refused),
    }


def _text(data: dict[str, Json]) -> str:
    lines = [f"prune {data['registry']} ({data['group']}, {data['environment']})", ""]
    for each in data["versions"]:
        sign, word = ("-", "goes") if each["deleted"] else (" ", "stays")
        lines.append(f"  {sign} version {each['version']}  {word}: {each['why']}")
    gone = sum(each["deleted"] for each in data["versions"])
    return "\n".join([*lines, "", f"{gone} of {len(data['versions'])} to delete"])
