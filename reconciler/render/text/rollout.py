"""How a rollout stands, for people: its steps, the variants, the analysis, and what is next.

From the JSON of the commands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.value import Json
from reconciler.render.vocabulary import interval
from reconciler.render.vocabulary.ink import Ink, cells, harmless
from reconciler.render.vocabulary.rollout import (
    beside,
    ending,
    finding,
    share,
    steps,
    told,
    traffic,
    verb,
)
from reconciler.render.vocabulary.words import count

__all__ = ["history", "line", "news", "planned", "status", "table", "told"]

Row = Mapping[str, Json]
_STYLES = {
    "aborted": "red",
    "aborting": "red",
    "ambiguous": "alarm",
    "done": "green",
    "failed": "alarm",
    "held": "yellow",
    "idle": "dim",
    "in-progress": "cyan",
    "paused": "yellow",
    "rolled-back": "red",
}
_STILL = frozenset({"wait", "hold"})
_RESTS = frozenset({"idle", "done", "aborted", "rolled-back"})
"""States in which nothing is guarded by its alarms."""
_SIGNS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "waiting": ("…", "dim")}


def status(found: Row, *, color: bool) -> str:
    """One rollout in full."""
    ink = Ink(color)
    word = str(found["status"])
    head = f"{ink(harmless(found['endpoint']), 'bold')} ({harmless(found['environment'])})"
    lines = [f"{head}  {ink(word, _STYLES.get(word, ''))}  {beside(found)}".rstrip()]
    if found["version"] and found["target"]:
        lines.append(f"  to {harmless(found['version'])}: {harmless(found['target'])}")
    lines += _asked(found)
    if found["steps"]:
        lines.append(f"  {steps(found['steps'])}")
    lines += _variants(found["variants"])
    lines += _findings(found["findings"], ink)
    for each in ((found.get("detail") or {}).get("test") or {}).get("challengers", {}).values():
        lines += [f"    {line}" for line in interval.lines(each["course"])]
    told_of = " ".join(str(each["name"]) for each in found["findings"])
    silent = [name for name, state in found["alarms"].items() if state != "OK"]
    silent = [name for name in silent if name not in told_of]
    if word not in _RESTS:
        lines += [f"  alarm {harmless(name)}: {_alarm(found['alarms'][name])}" for name in silent]
    if found["frozen"]:
        lines.append(f"  frozen: {harmless(found['frozen'])}")
    if found["lacks"]:
        lines.append(f"  {ink('no way back', 'alarm')}: {harmless(found['lacks'])} is gone")
    if found["moving_to"]:
        lines.append(f"  AWS moves it to {harmless(found['moving_to'])}")
    if found["reason"]:
        lines.append(f"  AWS says: {harmless(found['reason'])}")
    if found["ended"]:
        lines.append(f"  {'the last one ' * (word == 'idle')}ended: {ending(found['ended'])}")
    lines.append(f"  {ink('next', 'bold')}  {'nothing' if found['ended'] else line(found)}")
    return "\n".join(lines)


def _asked(found: Row) -> Iterator[str]:
    """What the spec asks for, where that is not what is on trial, or nobody knows."""
    asked = found.get("asked")
    if not asked:
        return
    version = f"{harmless(asked['version'])}: " if asked["version"] else ""
    said = f"asks for {version}{harmless(asked['target'])}"
    blind = "" if asked["heeded"] else "; AWS goes on with what the last apply gave it"
    yield f"  spec: {harmless(asked['unsure']) or said}{blind}"


def _alarm(state: Json) -> str:
    return harmless(str(state)) if state else "there is no such alarm"


def _variants(rows: Sequence[Row]) -> Iterator[str]:
    width = max((cells(harmless(each["name"])) for each in rows), default=0)
    for each in rows:
        name = harmless(each["name"])
        now, asked = share(each["share"]), share(each["asked_share"])
        traffic = now if now == asked else f"{now} → {asked}"
        fleet, wanted = each["count"], each["asked_count"]
        shown = "? instances" if fleet is None else count(fleet, "instance")
        fleet_ = shown if fleet == wanted or wanted is None else f"{shown} → {wanted}"
        doing = f"  {harmless(each['status'])}" if each["status"] else ""
        yield f"  {name}{' ' * (width - cells(name))}  {traffic:<14}  {fleet_}{doing}"


def _findings(rows: Sequence[Row], ink: Ink) -> Iterator[str]:
    for each in rows:
        sign, style = _SIGNS.get(str(each["verdict"]), ("?", "yellow"))
        yield f"  {ink(sign, style)} {finding(each)}"


def planned(found: Row) -> str:
    """What is about to be sent: ``weigh primary 75 %, candidate 25 %``."""
    next_ = found["next"] or {}
    parts = [f"{harmless(name)} {share(value)}" for name, value in next_.get("shares", {}).items()]
    parts += [
        f"{harmless(name)} {count(number, 'instance')}"
        for name, number in next_.get("counts", {}).items()
    ]
    parts += [f"to {harmless(next_['config'])}"] if next_.get("config") else []
    act = str(next_.get("act", "nothing"))
    return " ".join([verb(act), ", ".join(parts)]).strip()


def line(found: Row) -> str:
    """What is next, why and when."""
    next_ = found["next"]
    if not next_:
        return harmless(str(found["why"]))
    when = f" until {next_['until']}" if next_["until"] and next_["act"] in _STILL else ""
    return f"{planned(found)}{when}: {harmless(str(next_['why']))}"


def table(rows: Sequence[Row], *, color: bool) -> str:
    """One line for each rollout."""
    ink = Ink(color)
    if not rows:
        return (
            "no spec has a rollout that goes step by step (`advance --all`: with `drive: ci`), and"
            " none runs without its spec"
        )
    names = [harmless(each["rollout"]) for each in rows]
    width = max(map(cells, names))
    out = []
    for name, each in zip(names, rows, strict=True):
        word = str(each["status"])
        shown = ink(f"{word:<11}", _STYLES.get(word, ""))
        said = "; ".join(filter(None, (beside(each), line(each))))
        out.append(f"{name}{' ' * (width - cells(name))}  {shown}  {said}")
    return "\n".join(out)


def history(rows: Sequence[Row], *, color: bool) -> str:
    """What was done, the newest first: when, by whom, what, how it ended."""
    ink = Ink(color)
    if not rows:
        return "no receipt tells of this endpoint"
    out = []
    for each in rows:
        how = "" if each["result"] == "done" else ink(f"  {harmless(each['result'])}", "alarm")
        code = f" {harmless(each['code'])}" if each["code"] else ""
        out.append(f"{each['at']}  {harmless(each['who'])}  {harmless(each['what'])}{how}{code}")
    return "\n".join(out)


def news(found: Row) -> str:
    """How it stands in one line, for who follows it: phase, traffic, analysis."""
    bad = [each for each in found["findings"] if each["verdict"] == "failed"]
    said = f"; {harmless(bad[0]['name'])}: {harmless(bad[0]['said'])}" if bad else ""
    return f"{told(found)}: {traffic(found)}{said}"
