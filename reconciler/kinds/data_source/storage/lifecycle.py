"""How long objects stay, and where: the lifecycle rules of a bucket, for all of it and by path.

A rule of S3 holds for all that begins with its prefix, and no rule takes another's objects out. So
what is kept for good lies where no rule above it removes anything. Source: S3 user guide, "Managing
the lifecycle of objects" (order of days; minimum days of the infrequent classes) and "Examples of
S3 Lifecycle configurations" (overlapping rules: the shorter expiry counts).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from reconciler.kinds.api import Days, Maybe, Path, Problem, Section, days
from reconciler.model.value import Json, Props

Archive: TypeAlias = Literal["standardIa", "oneZoneIa", "glacierIr", "glacier", "deepArchive"]
CLASSES = {
    "standardIa": "STANDARD_IA",
    "oneZoneIa": "ONEZONE_IA",
    "glacierIr": "GLACIER_IR",
    "glacier": "GLACIER",
    "deepArchive": "DEEP_ARCHIVE",
}
_INFREQUENT = frozenset({"standardIa", "oneZoneIa"})
_EARLIEST = 30
"""S3 keeps objects this many days before they may move to an infrequent class."""
Folder = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9!_.'()=-]([A-Za-z0-9!_.'()/=-]*[A-Za-z0-9!_.'()=-])?$",
        max_length=900,
        examples=["raw", "labels/settled"],
    ),
]


class Retention(Section):
    """How long objects stay under one path."""

    expire_after: Maybe[Days] = None
    """Objects are removed this long after they were written."""
    archive_after: Maybe[Days] = None
    """Objects move to cheaper storage this long after they were written."""
    archive_to: Archive = "glacierIr"
    """The cheaper storage class. From ``glacier`` and ``deepArchive`` objects have to be restored
    before they can be read, which takes hours."""
    noncurrent_expire_after: Maybe[Days] = None
    """Old versions are removed this long after they were replaced or deleted."""
    noncurrent_archive_after: Maybe[Days] = None
    """Old versions move to that cheaper storage this long after they were replaced or deleted."""


class Kept(Retention):
    """How long objects stay under a path, or that nothing there is ever removed."""

    hold: bool = False
    """Whether objects here stay for good, such as for a court: a spec that would remove them is
    refused."""


class Lifecycle(Retention):
    """When objects are archived and removed."""

    tiering: bool = False
    """Whether S3 moves objects by how often they are read (Intelligent-Tiering): to a cheaper
    class after 30 days without a read, and back on the first one, at once and without a fee for
    reading."""
    abort_uploads_after: Days = "7d"
    """Parts of uploads that never finished are removed after this long."""
    paths: Annotated[dict[Folder, Kept], Field(max_length=200)] = Field(default_factory=dict)
    """What holds under a path in the bucket, besides all this. Where both remove something, the
    shorter time counts."""


def check(rules: Lifecycle, path: Path) -> Iterator[Problem]:
    """Days that S3 refuses, and rules that would remove what is to stay."""
    yield from _check_days(rules, path)
    if rules.tiering and rules.archive_after is not None:
        help_ = "remove one of the two; tiering has a cheap class of its own"
        text = "tiering moves objects by itself, and nothing else can move them too"
        yield Problem((*path, "tiering"), text, help_)
    for name, each in rules.paths.items():
        here = (*path, "paths", name)
        yield from _check_days(each, here)
        if rules.tiering and each.archive_after is not None:
            text = "tiering moves all objects of the bucket by itself"
            yield Problem((*here, "archiveAfter"), text, "remove it, or 'tiering'")
        if each.hold:
            yield from _check_hold(rules, name, each, here)


def _check_days(rules: Retention, path: Path) -> Iterator[Problem]:
    pairs = (
        ("archive_after", "expire_after", "objects"),
        ("noncurrent_archive_after", "noncurrent_expire_after", "old versions"),
    )
    for move, remove, what in pairs:
        archive, expire = getattr(rules, move), getattr(rules, remove)
        if archive is None:
            continue
        here = (*path, Retention.model_fields[move].alias or move)
        if rules.archive_to in _INFREQUENT and days(archive) < _EARLIEST:
            text = f"{what} move to {rules.archive_to} after {_EARLIEST} days at the earliest"
            yield Problem(here, text, f"use {_EARLIEST}d or more")
        if expire is not None and days(expire) <= days(archive):
            yield Problem(here, f"{what} expire before they are archived", "archive them sooner")


def _check_hold(rules: Lifecycle, name: str, kept: Kept, path: Path) -> Iterator[Problem]:
    """Nothing may remove what is held: neither the path itself, nor what is above or below it."""
    for field in ("expire_after", "noncurrent_expire_after"):
        alias = Retention.model_fields[field].alias or field
        if getattr(kept, field) is not None:
            yield Problem((*path, alias), "what is held is never removed", "remove it, or 'hold'")
        if getattr(rules, field) is not None:
            text = f"{alias} of the whole bucket removes what is held under {name!r}"
            help_ = f"say {alias} for the other paths under 'paths', and not for all"
            yield Problem((*path, "hold"), text, help_)
        for other, each in rules.paths.items():
            meets = f"{other}/".startswith(f"{name}/") or f"{name}/".startswith(f"{other}/")
            if other != name and meets and getattr(each, field) is not None:
                text = f"{alias} of {other!r} removes what is held under {name!r}"
                yield Problem((*path, "hold"), text, "hold something else, or remove that")


def rules_of(lifecycle: Lifecycle) -> Iterator[Props]:
    """The rules as CloudFormation has them, one for each thing that happens."""
    if lifecycle.tiering:
        step = {"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}
        yield {"Id": "tiering", "Status": "Enabled", "Transitions": [step]}
    yield from _rules(lifecycle, "", "")
    for name, each in sorted(lifecycle.paths.items()):
        yield from _rules(each, f"-{name}", f"{name}/")
    after = {"DaysAfterInitiation": days(lifecycle.abort_uploads_after)}
    yield {"Id": "uploads", "Status": "Enabled", "AbortIncompleteMultipartUpload": after}


def _rules(of: Retention, suffix: str, prefix: str) -> Iterator[Props]:
    where: dict[str, Json] = {"Prefix": prefix} if prefix else {}
    on = {"Status": "Enabled", **where}
    class_ = CLASSES[of.archive_to]
    if of.archive_after is not None:
        step = {"StorageClass": class_, "TransitionInDays": days(of.archive_after)}
        yield {"Id": f"archive{suffix}", **on, "Transitions": [step]}
    if of.expire_after is not None:
        yield {"Id": f"expire{suffix}", **on, "ExpirationInDays": days(of.expire_after)}
    if of.noncurrent_archive_after is not None:
        step = {"StorageClass": class_, "TransitionInDays": days(of.noncurrent_archive_after)}
        yield {"Id": f"noncurrent-archive{suffix}", **on, "NoncurrentVersionTransitions": [step]}
    if of.noncurrent_expire_after is not None:
        after = {"NoncurrentDays": days(of.noncurrent_expire_after)}
        yield {"Id": f"noncurrent{suffix}", **on, "NoncurrentVersionExpiration": after}


FIELDS = {
    "archive": "archiveAfter",
    "expire": "expireAfter",
    "noncurrent-archive": "noncurrentArchiveAfter",
    "noncurrent": "noncurrentExpireAfter",
}


def lines(lifecycle: Lifecycle, at: Path) -> Mapping[Path, Path]:
    """The line behind each rule."""
    rule = ("LifecycleConfiguration", "Rules")
    found: dict[Path, Path] = {
        ("LifecycleConfiguration",): at,
        (*rule, "tiering"): (*at, "tiering"),
        (*rule, "uploads"): (*at, "abortUploadsAfter"),
    }
    found |= {(*rule, id_): (*at, field) for id_, field in FIELDS.items()}
    for name in lifecycle.paths:
        here = (*at, "paths", name)
        found |= {(*rule, f"{id_}-{name}"): (*here, field) for id_, field in FIELDS.items()}
    return found
