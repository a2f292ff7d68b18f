"""When a change of a database lands, and what is lost with a database: said by its tags. Pure.

RDS makes some changes at once and keeps others for the next maintenance window, unless a request
says `ApplyImmediately`; until then a description has the old value, and the new one beside it
under `PendingModifiedValues` (RDS API reference, ModifyDBCluster, ModifyDBInstance). What waits
so is as declared: it is neither a difference nor sent again. What is to land at once has the tag
`moorline:apply-at`, and then it counts as done only when it has landed.

A deletion takes a final snapshot, unless the tag `moorline:final-snapshot` says `skip`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reconciler.model.change import Change, Observed
from reconciler.model.diagnostic import Severity
from reconciler.model.landing import APPLY, NOW, SKIP, SNAPSHOT
from reconciler.model.value import Json, Props
from reconciler.resources.api import Request
from reconciler.resources.review import Objection

PENDING, WINDOW, PROTECTED = "Pending", "Window", "Protected"
"""Outputs: what waits, for which window, and whether RDS refuses a deletion."""
LATEST = 63
"""The longest identifier of a snapshot that RDS and all its engines take."""


def at_once(tags: Json) -> bool:
    """Whether a list of tags asks for changes at once."""
    return any(tag["Key"] == APPLY and tag["Value"] == NOW for tag in tags or ())


def overlaid(answer: Props, names: Mapping[str, str]) -> Props:
    """A description in which what waits for the window has come, unless it is to come at once.

    `names` are the members of `PendingModifiedValues` that are members of the description, by
    what they are called there.
    """
    waits = answer.get("PendingModifiedValues") or {}
    if at_once(answer.get("TagList")):
        return answer
    return {**answer, **{names[key]: it for key, it in waits.items() if key in names}}


def outputs(answer: Props) -> Props:
    """What a plan has to know beside properties."""
    waits = answer.get("PendingModifiedValues") or {}
    kept = {key: "(sensitive)" if "Password" in key else it for key, it in waits.items()}
    return {
        PENDING: {key: it for key, it in sorted(kept.items()) if it not in (None, {}, [])},
        WINDOW: answer.get("PreferredMaintenanceWindow") or "",
        PROTECTED: bool(answer.get("DeletionProtection")),
    }


def modified(method: str, body: Props, change: Change) -> Iterator[Request]:
    """The request of a change; one that only lets land what waits, where that is asked for."""
    now = at_once(change.desired.get("Tags"))
    waits = change.observed.outputs.get(PENDING) if change.observed else None
    if body or (now and waits):
        yield Request(method, {**body, "ApplyImmediately": now})


def exports(before: Json, after: Json) -> Props:
    """Which logs are exported, as the difference that a modification takes."""
    have, want = set(before or ()), set(after or ())
    both = {"EnableLogTypes": sorted(want - have), "DisableLogTypes": sorted(have - want)}
    return {key: item for key, item in both.items() if item}


def version(text: str) -> tuple[int, ...]:
    """The numbers of a version: ``16.4`` and ``8.0.mysql_aurora.3.08.0`` alike."""
    return tuple(int(each) for each in re.findall(r"\d+", text))


def meets(wanted: Json, live: Json, props: Props) -> Json:
    """The live version, where it is the one that is asked for: ``8.0`` is met by ``8.0.39``.

    So is one that RDS has upgraded within the major version, as it was allowed to.
    """
    if not (isinstance(wanted, str) and isinstance(live, str)):
        return wanted
    engine = props.get("Engine")
    upgraded = (
        bool(props.get("AutoMinorVersionUpgrade"))
        and major(engine, live) == major(engine, wanted)
        and version(live) > version(wanted)
    )
    return live if upgraded or live.startswith(f"{wanted}.") else wanted


def major(engine: Json, text: str) -> tuple[int, ...]:
    """The part of a version whose change is a major upgrade: one number since PostgreSQL 10."""
    found = version(text)
    one = "postgres" in str(engine) and found[:1] >= (10,)
    return found[:1] if one else found[:2]


def kept(name: str, observed: Observed) -> Props:
    """How a deletion treats the data: the name of a final snapshot, or that there is none.

    The name has the resource's own id, so no earlier snapshot has it already.
    """
    if (observed.tags or {}).get(SNAPSHOT) == SKIP:
        return {"SkipFinalSnapshot": True}
    own = re.sub(r"[^a-z0-9]", "", str(observed.outputs.get("ResourceId") or "").lower())[-8:]
    ends = f"-final-{own}" if own else "-final"
    stem = name[: LATEST - len(ends)].rstrip("-")
    return {"SkipFinalSnapshot": False, "FinalDBSnapshotIdentifier": f"{stem}{ends}"}


def stays(observed: Observed) -> str:
    """Deletion protection holds for Moorline as for everybody."""
    if not observed.outputs.get(PROTECTED):
        return ""
    return (
        "deletion protection is on; declare it with `DeletionProtection: false`, apply, and go on"
    )


# -- what a plan says


def waiting(change: Change) -> Iterator[Objection]:
    """What of a database waits for its window, and what of this change will."""
    seen = change.observed
    if seen is None:
        return
    now, name = at_once(change.desired.get("Tags")), repr(str(change.address))
    window = seen.outputs.get(WINDOW) or "the next one"
    if (waits := seen.outputs.get(PENDING)) and not now:
        what = ", ".join(sorted(waits))
        text = f"{what} of {name} waits for the maintenance window ({window})"
        help_ = "nothing, or let it land at once with `applyAt: now`"
        yield Objection("DB001", text, help_, Severity.NOTE)


def landing(change: Change, later: frozenset[str], restarts: frozenset[str]) -> Iterator[Objection]:
    """When the changes of this plan land: by the property that differs."""
    if change.observed is None:
        return
    touched = {each.path[0] for each in change.fields}
    name, window = repr(str(change.address)), change.observed.outputs.get(WINDOW) or "the next one"
    stops = sorted(touched & restarts)
    if at_once(change.desired.get("Tags")):
        if stops:
            text = f"{', '.join(stops)} of {name} changes at once, and the database restarts"
            help_ = "apply when nobody needs it, or leave `applyAt` out to wait for the window"
            yield Objection("DB002", text, help_, Severity.WARNING)
        return
    if waits := sorted(touched & later):
        more = "; the database restarts then" if stops else ""
        text = f"{', '.join(waits)} of {name} lands in the maintenance window ({window}){more}"
        yield Objection("DB001", text, "`applyAt: now` lets it land at once", Severity.NOTE)


def backwards(change: Change) -> Iterator[Objection]:
    """Versions do not go back, and storage does not shrink. Source: RDS user guide."""
    name = repr(str(change.address))
    for each in change.fields:
        before, after = each.before, each.after
        both = isinstance(before, str) and isinstance(after, str)
        if each.path == ("EngineVersion",) and both and version(after) < version(before):
            text = f"the engine of {name} is {before}, and RDS does not go back to {after}"
            help_ = f"write {before!r}, or restore a snapshot of before into another database"
            yield Objection("DB003", text, help_)
        storage = each.path == ("AllocatedStorage",) and _number(before) and _number(after)
        if storage and float(after) < float(before):
            text = f"the storage of {name} is {before} GiB, and RDS does not shrink it to {after}"
            yield Objection("DB003", text, f"write {before}, or move the data elsewhere")


def _number(value: Json) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


ENCRYPTION = ("KmsKeyId", "StorageEncrypted")


def encryption(change: Change) -> Iterator[Objection]:
    """Nothing encrypts a live store anew: neither in place nor by making an empty one instead."""
    for each in change.fields:
        if each.path[0] in ENCRYPTION:
            text = (
                f"{each.path[0]} of {str(change.address)!r} is fixed: RDS encrypts a database only"
                " when it is made"
            )
            help_ = (
                "take a snapshot, copy it under the key, restore that into another database, and"
                " switch to it; or make the spec say what is live"
            )
            yield Objection("DB004", text, help_)


def passwords(change: Change) -> Iterator[Objection]:
    """A password of one's own has no place in specs, so AWS's one is not given up."""
    if change.desired.get("ManageMasterUserPassword") is False and change.touches(
        "ManageMasterUserPassword"
    ):
        text = f"the master password of {str(change.address)!r} is AWS's own, and stays so"
        help_ = "remove `ManageMasterUserPassword: false`; a spec holds no password"
        yield Objection("DB005", text, help_)
