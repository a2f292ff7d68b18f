"""What a drift report says to a forge: its fingerprint, a title and a text. Pure.

Starts from the JSON of `moorline drift --json`. The fingerprint is of where things drifted,
not of the values, so a value that moves every night is one finding.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.forge.api import LIMIT
from reconciler.model.contrast import stacked
from reconciler.model.value import Json, digest

STAYS = "PLAN004"
"""Found by `drift` where a resource stays as it is although it differs."""
_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._]|-(?!-)){0,62}")
_LINK = re.compile(r"https?://[^\s<>]+")
_CODE = re.compile(r"[A-Z]{2,12}[0-9]{3}")
_VALUE = 80
_TICKS = re.compile(r"`+")
_MARKS = {"unknown": "(known after apply)", "sensitive": "(sensitive)"}


@dataclass(frozen=True, slots=True)
class Report:
    """The drift of one environment. Without `fingerprint` there is none."""

    environment: str
    fingerprint: str
    number: int
    """How many resources drifted."""
    lines: tuple[str, ...] = ()
    """Each resource in Markdown."""
    origins: str = ""
    """How many differ for which reason, in words."""

    @property
    def drifted(self) -> bool:
        return bool(self.fingerprint)

    @property
    def title(self) -> str:
        many = "resource differs" if self.number == 1 else "resources differ"
        more = f" ({self.origins})" if self.origins else ""
        return f"Drift in {self.environment}: {self.number} {many} from the specs{more}"


def read(
    data: Json,
    environment: str | None = None,
    *,
    who: Callable[[Json], str] = lambda _: "",
    origins: Callable[[Mapping[str, int]], str] = lambda _: "",
) -> Report:
    """The report in a document of `drift --json`, which must be of an environment if one is given.

    `who` says the actor of an entry (its `by`) in words, `origins` how many differ for which
    reason (its `origins`).

    Raises:
        ValueError: it is none, or the look at AWS failed.
    """
    if not (isinstance(data, dict) and isinstance(data.get("drifted"), list)):
        raise ValueError("it is not what `moorline drift --json` prints")  # noqa: TRY004 - content
    rows = data.get("diagnostics") or []
    found = [each for each in rows if isinstance(each, dict)]
    name = data.get("environment")
    if not named(name):
        raise ValueError("it names no environment")
    if environment not in {None, name}:
        raise ValueError(f"it is of environment {name!r}, not of {environment!r}")
    if failed := [each for each in found if each.get("severity") == "error"]:
        raise ValueError(f"it has errors: {codes(failed)}")
    stays = [each for each in found if each.get("code") == STAYS and not _told(each, data)]
    try:
        places = sorted({*_places(data["drifted"]), *(_stay(each) for each in stays)})
        order = [*(data.get("origins") or {})]
        entries = sorted(data["drifted"], key=lambda each: _rank(each, order))
        lines = [line for entry in entries for line in _entry(entry, who)]
        groups = origins(_numbers(data.get("origins")))
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"a part of it has another form: {error}") from error
    lines += [f"- {code(str(each.get('address') or ''))} {code(each['message'])}" for each in stays]
    print_ = digest([list(place) for place in places], 16) if places else ""
    number = len({place[:2] for place in places})
    return Report(str(name), print_, number, tuple(lines), groups)


def _rank(entry: Mapping[str, Json], order: Sequence[str]) -> int:
    """The place of an entry's group; older reports have none."""
    return order.index(entry["origin"]) if entry.get("origin") in order else len(order)


def _numbers(counts: Json) -> dict[str, int]:
    found = counts if isinstance(counts, dict) else {}
    return {str(each): number for each, number in found.items() if isinstance(number, int)}


def _told(finding: Mapping[str, Json], data: Mapping[str, Json]) -> bool:
    """Whether a resource that stays as it is stands among what drifted; older reports lack it."""
    listed = {f"{each.get('type')}/{each.get('name')}" for each in data.get("drifted") or ()}
    return str(finding.get("address")) in listed


def body(report: Report, link: str = "") -> str:
    """The text of the issue, cut at a line where a forge takes no more."""
    lead = (
        f"AWS is not as the specs of {code(report.environment)} say."
        " `moorline plan` shows the way back; change the specs to keep it as it is."
    )
    head = [lead, "", *([f"{report.origins}.", ""] if report.origins else [])]
    tail = ["", f"Complete report: <{link}>"] if _LINK.fullmatch(link) else []
    room = LIMIT - 1_000 - sum(len(line) + 1 for line in (*head, *tail))
    shown: list[str] = []
    for line in report.lines:
        room -= len(line) + 1
        if room < 0:
            shown.append(f"- … and more: {report.number} resources differ in all")
            break
        shown.append(line)
    return "\n".join([*head, *shown, *tail])


def codes(found: Sequence[Mapping[str, Json]]) -> str:
    """The codes of findings; what is none is not repeated to a terminal or a log."""
    texts = (str(each.get("code")) for each in found)
    return ", ".join(text if _CODE.fullmatch(text) else "?" for text in texts)


def named(name: Json) -> bool:
    """Whether it may be the name of an environment."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def code(text: str) -> str:
    """A text in a code span, in which nothing of it is Markdown, HTML or a mention."""
    plain = "".join(char if char.isprintable() else " " for char in text).strip()
    longest = max((len(run) for run in _TICKS.findall(plain)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{fence}{pad}{plain}{pad}{fence}" if plain else "`(empty)`"


def _places(drifted: Sequence[Mapping[str, Json]]) -> Iterator[tuple[str, ...]]:
    for entry in drifted:
        head = (str(entry["type"]), str(entry["name"]), str(entry["kind"]))
        if entry["kind"] != "changed" or not entry["fields"]:
            yield head
        else:
            for field in entry["fields"]:
                yield (*head, *map(str, field["path"]))


def _stay(found: Mapping[str, Json]) -> tuple[str, ...]:
    type_, _, name = str(found.get("address") or "").partition("/")
    return (type_, name, "stays")


def _entry(entry: Mapping[str, Json], who: Callable[[Json], str]) -> Iterator[str]:
    at = entry.get("at") or {}
    where = " " + code(f"{at['file']}:{at['line']}") if at else ""
    why = f" {_word(entry['origin'])}:" if entry.get("origin") else ""
    word = f"**{_word(entry['kind'])}**"
    yield f"-{why} {word} {code(entry['type'])} {code(entry['name'])}{where}"
    if actor := who(entry.get("by")):
        yield f"  - {code(actor)}"
    if keep := str(entry.get("keep") or ""):
        yield f"  - keep it: {code(keep)}"
    if entry["kind"] == "changed":
        for field in _read(entry["fields"]):
            cause = field.get("cause") or ""
            why = f" ({_word(cause)})" if cause not in {"", "unknown"} else ""
            was, now = _brief(field["declared"], field["live"])
            yield f"  - {code(_path(field))}: declared {was}, live {now}{why}"


def _word(text: str) -> str:
    return re.sub(r"[^A-Za-z ]", " ", text)


def _read(fields: Sequence[Mapping[str, Json]]) -> Iterator[Mapping[str, Json]]:
    """Differences as people read them: both sides of a list in which members moved are one."""
    seen = set()
    for field in fields:
        listed = field.get("list") or {}
        path = tuple(map(str, listed.get("path", ())))
        if not listed:
            yield field
        elif path not in seen and "before" in listed:
            sides = {"declared": listed["after"], "live": listed["before"]}
            yield {**field, **sides, "path": list(path)}
        seen.add(path)


def _path(field: Mapping[str, Json]) -> str:
    """``Statement.Sid=Read.Action``: members of lists by what they are known by."""
    known = {each["at"]: each["by"] for each in field.get("members") or ()}
    return ".".join(
        ",".join(f"{key}={value}" for key, value in known[at].items()) if at in known else str(step)
        for at, step in enumerate(field["path"])
    )


def _brief(declared: Json, live: Json) -> tuple[str, str]:
    """Both sides in code, shortened where they are the same."""
    found = stacked(_text(declared), _text(live), _VALUE)
    sides = ((found.one, declared), (found.other, live))
    one, other = (code(text) if _quoted(value) else text for text, value in sides)
    return one, other


def _quoted(value: Json) -> bool:
    """Whether it is a value, and not something that is said of one."""
    return value is not None and not (isinstance(value, dict) and value.keys() == {"$mark"})


def _text(value: Json) -> str:
    if isinstance(value, dict) and len(value) == 1 and "$mark" in value:
        return _MARKS.get(str(value["$mark"]), "(hidden)")
    return json.dumps(value, ensure_ascii=False, sort_keys=True) if value is not None else "nothing"
