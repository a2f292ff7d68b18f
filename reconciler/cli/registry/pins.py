"""`--write`: pin the version in the specs that deploy from a registry, all files or none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from reconciler.cli.registry.scene import Scene
from reconciler.cli.world.keep import Files
from reconciler.drift.pin import Pin, pin
from reconciler.drift.splice import Edit, SpliceError, spliced
from reconciler.specs import overlay

SPEC = "spec"


@dataclass(slots=True)
class Pins:
    """What is to be written. `files` are as they were read."""

    made: list[Pin] = field(default_factory=list)
    files: Files = field(default_factory=Files)

    def lines(self) -> list[str]:
        """Each edit, and where it is."""
        return [
            f"{each.at}: {each.before} → {each.after}" if each.before else
            f"{each.at}: + {each.after}"
            for each in self.made
        ]  # fmt: skip

    def write(self) -> None:
        """Write them.

        Raises:
            OSError: a file cannot be written; then none was.
        """
        edits: dict[str, list[Edit]] = {}
        for each in self.made:
            edits.setdefault(each.edit.site.file, []).append(each.edit)
        self.files.write(
            {file: spliced(self.files.text(file), found) for file, found in edits.items()}
        )


def pins(scene: Scene, number: int) -> Pins:
    """The edits that pin a version. Exits where nothing deploys it or a place cannot be edited."""
    found = Pins()
    if not scene.registry.deployers:
        text = f"no spec of {scene.view.name} deploys from {scene.registry.name!r}"
        scene.fail("DECISION008", text, "leave --write away")
    for each in scene.registry.deployers:
        document = each.spec.envelope.document
        try:
            made = pin(document, (SPEC, *each.path), number, scene.view, found.files.text)
        except SpliceError as error:
            help_ = f"write `version: {number}` there by hand"
            scene.fail("DECISION008", f"{each.spec.id}: {error}", help_)
        if made is not None and made.edit not in {known.edit for known in found.made}:
            found.made.append(made)
    return found


def sharing(scene: Scene, found: Pins) -> Iterator[str]:
    """Who gets a pin besides: a line of a spec is every environment's."""
    others = [each for each in overlay.names(scene.project.loaded.documents)
              if each != scene.view.name]  # fmt: skip
    shared = sorted({each.at.file for each in found.made if each.at.file != _own(scene)})
    if shared and others:
        yield (
            f"{', '.join(shared)} is read by {', '.join(others)} too; to pin one environment alone,"
            " say the version by a variable of it"
        )


def _own(scene: Scene) -> str:
    return scene.view.document.file
