"""The marks of a rollout as tags of its endpoint, and back.

All marks are written at once, with a check sum over them, so that marks that are of two minds, or
were changed by hand, are known as such. Values keep to the 256 characters and the alphabet of
AWS's tags: letters, digits, spaces and ``_.:/=+-@`` (Source: SageMaker API reference, Tag). What
else is in a text stands as ``=`` and two hexadecimal digits for each byte.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite

from reconciler.rollout.values import Doing, Marks, Step

PREFIX = "moorline:rollout"
"""Every tag that begins so is a mark: reserved, neither drift nor staleness of a saved plan."""
FORMAT = "1"
LONGEST = 256
"""Characters of a value."""
NAME = 63
"""Characters of a name in SageMaker; four of them and their spaces fit into one value."""
_AT, _CONFIGS, _FLEET = f"{PREFIX}-at", f"{PREFIX}-configs", f"{PREFIX}-fleet"
_LIMITS, _VERSION = f"{PREFIX}-limits", f"{PREFIX}-version"
_WORD, _WHY, _ENDED = f"{PREFIX}-word", f"{PREFIX}-why", f"{PREFIX}-ended"
_STEPS = (f"{PREFIX}-steps", f"{PREFIX}-steps-2")
KEYS = (PREFIX, _AT, _CONFIGS, _ENDED, _FLEET, _LIMITS, *_STEPS, _VERSION, _WHY, _WORD)
"""The keys that are written, always all of them."""
WORDS = frozenset({"", "pause", "hold", "promote", "full", "abort", "failed"})
ENDS = frozenset({"completed", "aborted", "rolled-back", "failed"})
_NONE = "-"
_STRANGE = re.compile(r"[^A-Za-z0-9 _.:/+@-]")
_TOKEN = re.compile(r"[^A-Za-z0-9_.:/+@-]")
_BYTE = re.compile(r"(?:=[0-9A-F]{2})+")
_BROKEN = re.compile(r"=(?:[0-9A-F]?)$")


def encode(marks: Marks) -> dict[str, str]:
    """The tags that say so. Words for people are cut where they do not fit."""
    steps = [*_steps(marks.steps)]
    at = (marks.step, marks.doing, _moment(marks.since), _moment(marks.confirmed), marks.tries,
          "seen" if marks.seen else _NONE, marks.attempt)  # fmt: skip
    configs = (marks.base, marks.middle, marks.target, marks.over)
    fleet = (_token(marks.stable), marks.stable_count, _token(marks.candidate), marks.grown)
    limits = (marks.deadline, marks.hold, _token(marks.on_inconclusive), _token(marks.on_failure),
              len(marks.steps))  # fmt: skip
    found = {
        _AT: _line(at),
        _CONFIGS: _line([_token(each) for each in configs]),
        _ENDED: _text(marks.ended),
        _FLEET: _line(fleet),
        _LIMITS: _line(limits),
        _STEPS[0]: steps[0],
        _STEPS[1]: steps[1],
        _VERSION: _text(marks.version),
        _WHY: _text(marks.why),
        _WORD: _token(marks.word),
    }
    digest = _token(marks.digest)
    return {PREFIX: _line((FORMAT, _sum(found, digest), digest)), **found}


def read(tags: Mapping[str, str]) -> Marks | None:
    """The marks in an endpoint's tags; None where there are none.

    Marks that cannot be read have a `fault` and nothing else.
    """
    found = {key: value for key, value in tags.items() if key.startswith(PREFIX)}
    if not found:
        return None
    try:
        return _read(found)
    except (ValueError, KeyError, IndexError, OverflowError, AttributeError, TypeError) as error:
        return unreadable(_fault(error))


def unreadable(fault: str) -> Marks:
    """Marks of which nothing is known, not even that there is no rollout."""
    return Marks(digest="", step=0, since=0, base="", middle="", target="", version="", steps=(),
                 stable_count=0, fault=fault)  # fmt: skip


class _FaultError(ValueError):
    """What is wrong with tags, in words."""


def _fault(error: Exception) -> str:
    return str(error) if isinstance(error, _FaultError) else "a value in them is not of its form"


def _read(tags: Mapping[str, str]) -> Marks:
    version, _, rest = tags.get(PREFIX, "").partition(" ")
    if version != FORMAT:
        raise _FaultError(f"they have the form {version!r}, and this Moorline reads {FORMAT!r}")
    if lacking := [key for key in KEYS if key not in tags]:
        raise _FaultError(f"{', '.join(lacking)} is not there")
    total, digest = rest.split(" ")
    if total != _sum({key: tags[key] for key in KEYS if key != PREFIX}, digest):
        raise _FaultError("they do not fit together: one was changed by hand, or is of another run")
    step, doing, since, confirmed, tries, seen, attempt = tags[_AT].split(" ")
    base, middle, target, over = map(_plain, tags[_CONFIGS].split(" "))
    stable, count, candidate, grown = tags[_FLEET].split(" ")
    deadline, hold, inconclusive, failure, number = tags[_LIMITS].split(" ")
    steps = tuple(_steps_of(" ".join(tags[key] for key in _STEPS)))
    if len(steps) != _whole(number):
        raise _FaultError(f"{number} steps do not fit into them")
    return Marks(
        digest=_plain(digest),
        step=_whole(step),
        since=_number(since),
        base=base,
        middle=middle,
        target=target,
        version=_plain(tags[_VERSION]),
        steps=steps,
        stable_count=_whole(count),
        doing=Doing(doing),
        confirmed=_number(confirmed),
        tries=_whole(tries),
        seen=seen == "seen",
        word=_known(_plain(tags[_WORD]), WORDS),
        why=_plain(tags[_WHY]),
        ended=_ended(_plain(tags[_ENDED])),
        stable=_plain(stable),
        candidate=_plain(candidate),
        deadline=_whole(deadline),
        hold=_whole(hold),
        on_inconclusive=_plain(inconclusive),
        on_failure=_plain(failure),
        over=over,
        grown=_whole(grown),
        attempt=_whole(attempt),
    )


def _steps(steps: Sequence[Step]) -> Iterator[str]:
    """The steps in two values, as many as fit into them."""
    left = [f"{step.share:.6g}/{step.count}/{step.bake}{'/gate' * step.gate}" for step in steps]
    for _ in _STEPS:
        line = ""
        while left and len(f"{line} {left[0]}") <= LONGEST:
            line = f"{line} {left.pop(0)}".strip()
        yield line or _NONE


def fits(steps: Sequence[Step]) -> bool:
    """Whether marks can hold so many steps; 18 of them always fit."""
    return len([*_steps_of(" ".join(_steps(steps)))]) == len(steps)


def _steps_of(text: str) -> Iterator[Step]:
    for each in text.split():
        if each == _NONE:
            continue
        share, count, bake, *gate = each.split("/")
        if gate not in ([], ["gate"]):
            raise ValueError(each)
        yield Step(_number(share), _whole(count), _whole(bake), gate=bool(gate))


def _sum(tags: Mapping[str, str], digest: str) -> str:
    whole = "\n".join([digest, *(f"{key}={tags[key]}" for key in sorted(tags))])
    return hashlib.sha256(whole.encode()).hexdigest()[:8]


def _line(parts: Sequence[object]) -> str:
    return " ".join(map(str, parts))[:LONGEST]


def _escaped(found: re.Match[str]) -> str:
    return "".join(f"={byte:02X}" for byte in found[0].encode("utf-8", "replace"))


def _token(text: str) -> str:
    """A word without spaces; ``-`` for none."""
    if text == _NONE:
        return "=2D"
    return _whole_bytes(_TOKEN.sub(_escaped, text)[:NAME]) or _NONE


def _text(text: str) -> str:
    """Words, without spaces at their ends, which no tag keeps for sure."""
    inner = _STRANGE.sub(_escaped, " ".join(text.split()))
    if len(inner) > LONGEST:
        inner = f"{_whole_bytes(inner[: LONGEST - 4]).rstrip()} ..."
    return "=2D" if inner == _NONE else inner or _NONE


def _whole_bytes(text: str) -> str:
    return _BROKEN.sub("", text)


def _plain(text: str) -> str:
    if text == _NONE:
        return ""
    return _BYTE.sub(
        lambda found: bytes.fromhex(found[0].replace("=", "")).decode("utf-8", "replace"), text
    )


def _moment(seconds: float) -> str:
    return f"{seconds:.3f}".rstrip("0").rstrip(".") or "0"


def _number(text: str) -> float:
    value = float(text)
    if not isfinite(value):
        raise ValueError(text)
    return value


def _whole(text: str) -> int:
    if not text.isdecimal():
        raise ValueError(text)
    return int(text)


def _known(word: str, words: frozenset[str]) -> str:
    if word not in words:
        raise ValueError(word)
    return word


def _ended(text: str) -> str:
    if text:
        _known(text.partition(" ")[0], ENDS)
    return text
