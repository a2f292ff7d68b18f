"""AWS::Glue::Schema, by calls of its own: with its newest version.

A definition is fixed with the first version, and a new one is a version more
(RegisterSchemaVersion), never another schema. So `SchemaDefinition` is the newest version's here,
and CloudFormation gets it as an AWS::Glue::SchemaVersion. A definition that means the same as a
registered one is that version.
UpdateSchema needs the number of a version beside a mode: that of the checkpoint; it looks at no
older version again. A mode that takes more is set before a new version, one that takes less
after it. A version that fails AWS's own check is there all the same, with the state FAILURE: then
the definition counts as not there.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from reconciler.facts.avro import fields
from reconciler.facts.evolution import edits, refused, way_out
from reconciler.model.change import Change, Effect, FieldChange, Observed
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, JsonText, Props
from reconciler.resources.api import (
    Companion,
    Detail,
    Lifecycle,
    Op,
    Reach,
    Request,
    Resource,
    Settling,
    Whole,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec
from reconciler.resources.glue.service import GONE, TAG, arn, tagging
from reconciler.resources.review import Asking, Look, Objection, Pending

NAME = "{parent}/{leaf}"
KEY = {"SchemaId": {"RegistryName": "{parent}", "SchemaName": "{leaf}"}}
DEFINITION, LATEST = "SchemaDefinition", "LatestVersion"
EARLIER = "Earlier"
FAILED = "FAILURE"
INCOMPATIBLE, UNCHECKED = "SCHEMA001", "SCHEMA002"


def _decode(answer: Json) -> dict[str, Any]:
    found = {
        "Name": answer["SchemaName"],
        "Registry": {"Name": answer["RegistryName"]},
        "Arn": answer["SchemaArn"],
        **{key: answer[key] for key in ("Compatibility", "DataFormat") if key in answer},
        "Description": answer.get("Description", ""),
        "CheckpointVersion": {"VersionNumber": answer.get("SchemaCheckpoint")},
        "Latest": answer.get("LatestSchemaVersion"),
    }
    version = answer.get(LATEST) or {}
    if version.get("Status") != FAILED and DEFINITION in version:
        found[DEFINITION] = meaning(version[DEFINITION])
    return found


def meaning(text: Json) -> Json:
    """A definition in the one form that all of its spellings have."""
    if isinstance(text, JsonText):
        text = text.document if isinstance(text.document, str) else json.dumps(text.document)
    if not isinstance(text, str):
        return text
    try:
        return json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"))
    except ValueError:
        return " ".join(text.split())


def _encode(props: Props) -> dict[str, Any]:
    taken = ("Compatibility", "DataFormat", "Description", DEFINITION)
    return {key: props[key] for key in taken if props.get(key) not in (None, "")}


def update(change: Change) -> Iterator[Request]:
    """What loosens goes before a new version, what tightens after it."""
    first, text = loosens(change), change.desired.get(DEFINITION)
    if first:
        yield from _mode(change)
    if change.touches(DEFINITION) and text and not change.context.get(EARLIER):
        yield Request("register_schema_version", {DEFINITION: text})
    if not first:
        yield from _mode(change)


def _mode(change: Change) -> Iterator[Request]:
    found: dict[str, Json] = {}
    if change.touches("Compatibility"):
        number = change.observed.outputs.get("Checkpoint") if change.observed else None
        known = {"VersionNumber": number} if isinstance(number, int) else {"LatestVersion": True}
        found |= {"Compatibility": change.desired["Compatibility"], "SchemaVersionNumber": known}
    if change.touches("Description"):
        found["Description"] = change.desired.get("Description") or ""
    if found:
        yield Request("update_schema", found)


def loosens(change: Change) -> bool:
    """Whether the new mode takes more than the live one."""
    ranks = {"DISABLED": 3, "FULL": 2, "BACKWARD": 1, "FORWARD": 1, "NONE": 0}

    def rank(mode: Json) -> float:
        name = str(mode).removesuffix("_ALL")
        return ranks.get(name, 2) + (0.5 if str(mode).endswith("_ALL") else 0.0)

    after = rank(change.desired.get("Compatibility"))
    return after < rank(change.live.get("Compatibility"))


def context(change: Change) -> Asking:
    """Whether the definition is a version already, where it is not the newest."""
    text = change.desired.get(DEFINITION)
    if not change.touches(DEFINITION) or not isinstance(text, str):
        yield from ()
        return {}
    base, _, leaf = change.address.name.rpartition("/")
    asked = {"SchemaId": {"RegistryName": base, "SchemaName": leaf}, DEFINITION: text}
    found = yield Look("glue", "get_schema_by_definition", asked, absent=GONE)
    return {EARLIER: bool(found) and found.get("Status") == "AVAILABLE"}


def review(change: Change) -> Iterable[FieldChange | Objection]:
    """Which columns a new version breaks, and what a new mode leaves unchecked."""
    if change.observed is None:
        return
    if change.touches(DEFINITION):
        yield from _versions(change)
    if change.touches("Compatibility"):
        mode, live = change.desired.get("Compatibility"), change.live.get("Compatibility")
        order = "before" if loosens(change) else "after"
        more = f"; it is set {order} the new version" if change.touches(DEFINITION) else ""
        text = f"the mode goes from {live} to {mode}: versions that exist are not checked again"
        help_ = "read the versions that consumers still use, if the new mode is to hold for them"
        yield Objection(UNCHECKED, text + more, help_, Severity.NOTE)


def _versions(change: Change) -> Iterator[Objection]:
    live, latest = change.live.get(DEFINITION), change.observed and change.observed.outputs
    if change.context.get(EARLIER):
        newest = (latest or {}).get("Latest")
        text = f"the definition is registered as an earlier version; the newest stays {newest}"
        help_ = "consumers find it by its id; to make it the newest, let it differ in something"
        yield Objection(UNCHECKED, text, help_, Severity.NOTE)
        return
    if live is None:
        return
    mode = str(change.desired.get("Compatibility") or change.live.get("Compatibility") or "NONE")
    before, after = fields(live), fields(meaning(change.desired.get(DEFINITION)))
    if before is None or after is None:
        return
    broken = refused(edits(before, after), mode)
    if broken:
        told = "; ".join(map(str, broken))
        number = (latest or {}).get("Latest")
        text = f"the registry has version {number}, and {mode} takes no such edit of it: {told}"
        known = {each.name for each in after}
        first = next((each.column for each in broken if each.column in known), "")
        path = (DEFINITION, first) if first else (DEFINITION,)
        yield Objection(INCOMPATIBLE, text, way_out(broken), path=path)


def verify(desired: Props, observed: Observed) -> str:
    """AWS took the definition and then found that it does not fit the versions before it."""
    if desired.get(DEFINITION) is None or observed.props.get(DEFINITION) is not None:
        return ""
    return "the new version has the state FAILURE: AWS's registry does not take the definition"


register(
    Resource(
        type="AWS::Glue::Schema",
        service="glue",
        reach=Reach.REGIONAL,
        name="",
        derived={"Name": "{leaf}", "Registry.Name": "{parent}"},
        key=KEY,
        read=Op("get_schema", KEY),
        whole=Whole(
            has=members(
                "SchemaName", "SchemaArn", "RegistryName", "DataFormat", "SchemaStatus"
            ),
            same={
                "SchemaId.RegistryName": ("RegistryName",),
                "SchemaId.SchemaName": ("SchemaName",),
            },
        ),
        details=(
            Detail(
                method="get_schema_version",
                into=LATEST,
                params={**KEY, "SchemaVersionNumber": {"LatestVersion": True}},
                unset=codes("EntityNotFoundException"),
                whole=Whole(has=members("SchemaVersionId", "Status")),
            ),
        ),
        create=Op(
            "create_schema",
            {"RegistryId": {"RegistryName": "{parent}"}, "SchemaName": "{leaf}"},
        ),
        delete=Op("delete_schema", KEY),
        absent=GONE,
        outputs={"Checkpoint": ("CheckpointVersion", "VersionNumber"), "Latest": ("Latest",)},
        predict={"Arn": arn("schema", NAME), "Name": "{leaf}"},
        arn=arn("schema", "{name}"),
        limit=511,
        root=Codec(decode=_decode),
        body=Codec(encode=_encode),
        lifecycle=Lifecycle(
            field="SchemaStatus",
            ready=codes("AVAILABLE"),
            busy=codes("PENDING", "DELETING"),
            settles=(Settling(path=f"{LATEST}.Status", busy=codes("PENDING", "DELETING")),),
            poll=2.0,
        ),
        vanishes=True,
        tags=tagging("schema"),
        companions=(
            Companion(
                DEFINITION,
                "AWS::Glue::SchemaVersion",
                {
                    "Schema": {"RegistryName": "{parent}", "SchemaName": "{leaf}"},
                    DEFINITION: "{value}",
                },
            ),
        ),
        effects={DEFINITION: Effect.IN_PLACE},
        documents=frozenset({DEFINITION}),
        aside=Aside(needs={"create_schema": (TAG,)}, verified="the version's own state"),
        holds="history",
        refers=("AWS::Glue::Registry",),
        update=update,
        verify=verify,
        pending=Pending(context=context, review=review),
    )
)
