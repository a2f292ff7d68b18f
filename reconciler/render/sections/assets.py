"""Files of the repository that a plan puts into a bucket: what is in each, and that it stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.escape import code
from reconciler.render.markdown.view import View
from reconciler.render.section import Half, Panel, Report, Section, register
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.words import count

TITLE = "Files that go to S3"
STAYS = "They stay there: Moorline removes none, so that what runs or is gone back to has its own."
_KIB, _MIB = 1 << 10, 1 << 20


def size(number: int) -> str:
    """Bytes as people say them: ``532 bytes``, ``4.1 KiB``, ``12.0 MiB``."""
    if number < _KIB:
        return count(number, "byte")
    return f"{number / _KIB:.1f} KiB" if number < _MIB else f"{number / _MIB:.1f} MiB"


def _put(view: View) -> list[Mapping[str, Json]]:
    steps = [entry.step for entry in view.entries if entry.step.get("asset")]
    return sorted(steps, key=lambda step: str(step["asset"]["path"]))


def _line(step: Mapping[str, Json]) -> str:
    asset = step["asset"]
    form = (
        "as it is"
        if asset["form"] == "file"
        else f"{count(asset['files'], 'file')} as {asset['form']}"
    )
    return (
        f"{harmless(asset['path'])}: {form}, {size(asset['size'])}, sha256:{asset['digest'][:12]}…"
    )


def text_step(step: Half, _ink: Ink) -> Iterator[str]:
    """Below its step."""
    if step.get("asset"):
        yield _line(step)


def text(view: View, ink: Ink) -> Iterator[str]:
    """After the steps."""
    if steps := _put(view):
        total = sum(step["asset"]["size"] for step in steps)
        yield ""
        yield f"{ink(TITLE, 'bold')}: {len(steps):,}, {size(total)}. {STAYS}"


def markdown(view: View) -> Part | None:
    """In the comment."""
    blocks = [Block(f"- {code(_line(step))}") for step in _put(view)]
    return Part(f"### {TITLE}\n\n{STAYS}", blocks, len(blocks), "file") if blocks else None


def html(view: View) -> Panel | None:
    """On the page."""
    lines = [_line(step) for step in _put(view)]
    return Panel(TITLE, (*lines, STAYS)) if lines else None


def json(view: View) -> Json:
    """Under `sections`."""
    return [dict(step["asset"]) for step in _put(view)] or None


register(
    Section(
        name="assets",
        report=Report.PLAN,
        order=60,
        text_step=text_step,
        text=text,
        markdown=markdown,
        html=html,
        json=json,
    )
)
