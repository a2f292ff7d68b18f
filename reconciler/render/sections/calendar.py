"""What disappears when: of everything that a plan makes or changes, by its day.

Each line says what was so before where that changes: how much longer something stays, or how much
sooner it goes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from typing import Any

from reconciler.model.value import Json
from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.escape import code, prose
from reconciler.render.markdown.view import View, many
from reconciler.render.section import Panel, Report, Section, register
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.resources.api import lookup
from reconciler.resources.calendar import GONE, Calendar, Day, nothing

TITLE = "What disappears when"
_MOST = 12
"""Lines at the terminal."""
_HOURS = 24


def entries(view: View) -> list[dict[str, Json]]:
    """One entry for each thing that happens, by day; what does not change is told of new ones."""
    found = [each for entry in view.entries for each in _of(entry.step)]
    return sorted(found, key=lambda it: (it["days"], it["name"], it["what"], it["deed"]))


def _of(step: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    resource = lookup(step["type"])
    told: Calendar = resource.calendar if resource else nothing
    if told is nothing or step["action"] == "delete":
        return
    after = {_key(each): each for each in told(step["desired"])}
    new = step["action"] in {"create", "replace"}
    before = after if new else {_key(it): it for it in told(_before(step, resource))}
    for key in {**before, **after}:
        one, other = before.get(key), after.get(key)
        if new or one != other:
            yield _entry(step, one, other, new=new)


def _key(day: Day) -> tuple[str, str]:
    return day.what, day.deed


def _entry(
    step: Mapping[str, Json], before: Day | None, after: Day | None, *, new: bool
) -> dict[str, Json]:
    day = after or before
    assert day is not None  # noqa: S101 - one of the two is there
    found: dict[str, Json] = {
        "type": step["type"],
        "name": step["name"],
        "what": day.what,
        "deed": day.deed if after else "stays",
        "days": day.after,
        "since": day.since,
    }
    return found if new else {**found, "was": before.after if before and after else None}


def _before(step: Mapping[str, Json], resource: Any) -> Mapping[str, Json]:  # noqa: ANN401
    """What is live, as far as differences tell: each taken back in what is desired."""
    props = deepcopy(dict(step["desired"]))
    for field in step["fields"]:
        _put(props, [str(part) for part in field["path"]], field["before"], resource.keyed)
    return props


def _put(props: Any, path: list[str], value: Json, keyed: Mapping[str, Any]) -> None:  # noqa: ANN401
    """Set a value at a path; a part may be the key of an item of a list."""
    here, gone = props, []
    for part in path[:-1]:
        gone.append(part)
        if isinstance(here, list):
            here = next((it for it in here if part in _names(it)), None)
        else:
            inner = here.get(part) if isinstance(here, dict) else None
            if inner is None and isinstance(here, dict):
                inner = here[part] = [] if ".".join(gone) in keyed else {}
            here = inner
    last = path[-1] if path else ""
    if isinstance(here, dict):
        here[last] = value
        if value is None:
            del here[last]
    elif isinstance(here, list):
        here[:] = [it for it in here if last not in _names(it)]
        here += [value] if isinstance(value, dict) else []


def _names(item: Json) -> tuple[Json, ...]:
    return (item.get("Id"), item.get("FeatureName")) if isinstance(item, Mapping) else ()


def said(each: Mapping[str, Json]) -> str:
    """``objects under 'raw/' are removed 90 days after they were written (was 30)``."""
    what, since = each["what"], str(each["since"])
    many_ = not what.startswith("what")
    if each["deed"] == "stays":
        return f"{what} {'are' if many_ else 'is'} not {_deed(GONE)} any more, and stay"
    was = each.get("was")
    now = f"{what} {'are' if many_ else 'is'} {_deed(each['deed'])} {_days(each['days'])}"
    told = f"{now} after {since.replace('it was', 'they were') if many_ else since}"
    if "was" not in each:
        return told
    if was is None:
        return f"{told} (until now: never)"
    more = abs(each["days"] - was)
    return f"{told} (until now: {_days(was)}; {_days(more)} {_longer(each, was)})"


def _longer(each: Mapping[str, Json], was: float) -> str:
    return "longer" if each["days"] > was else "sooner"


def _deed(deed: str) -> str:
    return GONE if deed == GONE else f"moved {deed}"


def _days(number: float) -> str:
    if number < 1:
        hours = number * _HOURS
        return many(round(hours), "hour") if hours >= 1 else many(round(hours * 60), "minute")
    return many(round(number) if float(number).is_integer() else round(number, 1), "day")  # type: ignore[arg-type]


def markdown(view: View) -> Part | None:
    found = entries(view)
    blocks = [Block(f"- {code(each['name'], 200)}: {prose(said(each), 400)}") for each in found]
    return Part(f"### {TITLE}", blocks, len(found), "entry") if found else None


def text(view: View, ink: Ink) -> Iterator[str]:
    found = entries(view)
    if not found:
        return
    yield ""
    yield f"  {ink(TITLE, 'bold')}"
    shown = found if view.full else found[:_MOST]
    for each in shown:
        yield f"      {harmless(each['name'])}: {harmless(said(each))}"
    if more := len(found) - len(shown):
        yield f"      … and {more} more, with --verbose"


def html(view: View) -> Panel | None:
    lines = tuple(f"{harmless(it['name'])}: {harmless(said(it))}" for it in entries(view))
    return Panel(TITLE, lines) if lines else None


def data(view: View) -> Json:
    found = entries(view)
    return found or None


register(
    Section(
        name="calendar",
        report=Report.PLAN,
        order=46,
        budget=3_000,
        markdown=markdown,
        text=text,
        html=html,
        json=data,
    )
)
