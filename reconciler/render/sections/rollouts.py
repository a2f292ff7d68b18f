"""How rollouts go step by step: those that run, the one that a plan starts, and their metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.escape import code
from reconciler.render.markdown.view import View
from reconciler.render.section import Panel, Report, Section, register
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.rollout import (
    beside,
    ending,
    finding,
    steps,
    timeline,
    traffic,
    verb,
)

TITLE = "Rollouts"
_STYLES = {"in-progress": "cyan", "done": "green", "paused": "yellow", "held": "yellow"}


def _found(view: View) -> list[Mapping[str, Json]]:
    return [*view.plan.get("rollouts", ())]


def head(each: Mapping[str, Json]) -> str:
    """``in-progress: step 2 of 5, baking; primary 75 %, candidate 25 %``."""
    if each["status"] == "starts":
        return f"starts: {timeline(each['steps'])}"
    shown = "; ".join(filter(None, (beside(each), traffic(each))))
    return f"{each['status']}: {shown}" if shown else str(each["status"])


def lines(each: Mapping[str, Json]) -> Iterator[str]:
    """What follows the first line: the way, why it is where it is, and what the metrics say."""
    if each["status"] != "starts" and each["steps"]:
        yield steps(each["steps"])
    if each["ended"]:
        yield ending(str(each["ended"]))
    elif each["because"] and str(each["because"]) not in str((each["next"] or {}).get("why")):
        yield harmless(str(each["because"]))
    for one in each["findings"]:
        yield f"{one['verdict']}: {finding(one)}"
    next_ = each["next"] or {}
    if next_.get("why"):
        still = next_["until"] and next_["act"] in {"wait", "hold"}
        when = f" until {next_['until']}" if still else ""
        yield f"next: {verb(str(next_['act']))}{when}: {harmless(str(next_['why']))}"


def markdown(view: View) -> Part | None:
    found = _found(view)
    blocks = [Block(_block(each)) for each in found]
    return Part(f"### {TITLE}", blocks, len(found), "rollout") if found else None


def _block(each: Mapping[str, Json]) -> str:
    more = "".join(f"\n  - {code(line, 300)}" for line in lines(each))
    return f"- {code(each['rollout'], 200)} {code(head(each), 400)}{more}"


def text(view: View, ink: Ink) -> Iterator[str]:
    found = _found(view)
    if not found:
        return
    yield ""
    yield f"  {ink(TITLE, 'bold')}"
    for each in found:
        style = _STYLES.get(str(each["status"]), "")
        yield f"      {harmless(each['rollout'])}  {ink(harmless(head(each)), style)}"
        yield from (f"        {line}" for line in lines(each))


def html(view: View) -> Panel | None:
    shown: list[str] = []
    for each in _found(view):
        shown.append(f"{harmless(each['rollout'])}: {harmless(head(each))}")
        shown += [f"  {harmless(line)}" for line in lines(each)]
    return Panel(TITLE, tuple(shown)) if shown else None


def data(view: View) -> Json:
    return _found(view) or None


for _report in Report:
    register(
        Section(
            name="rollouts",
            report=_report,
            order=44,
            budget=3_000,
            markdown=markdown,
            text=text,
            html=html,
            json=data,
        )
    )
