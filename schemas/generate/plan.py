"""Writes the schemas of what Moorline prints and keeps: a plan, a drift report, a plan file.

They are strict: every key of ours is listed, required and described, so a
consumer's code generator has nothing to guess. Values of AWS properties are
free but for the marks that stand for what a plan cannot or must not show.

    python -m schemas.generate.plan
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeAlias

from reconciler.model import plan as plans
from reconciler.model.actor import ActorKind
from reconciler.model.asset import Form
from reconciler.model.change import Action, Cause, Effect, Reason
from reconciler.model.diagnostic import Severity
from reconciler.model.loss import Destruction
from reconciler.model.origin import Origin
from reconciler.model.value import FORMS, Mark
from reconciler.planfile import file as planfile
from reconciler.planfile.signature import KMS, LOCAL
from reconciler.rollout.values import Act, Verdict

Schema: TypeAlias = dict[str, Any]
FOLDER = Path(__file__).parents[1]
BASE = "https://moorline.dev/schemas/"
DIALECT = "https://json-schema.org/draft/2020-12/schema"
KINDS = ("changed", "missing", "undeclared", "superseded", "failed", "foreign")
TIME = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$"


def text(about: str, **more: Any) -> Schema:  # noqa: ANN401 - keywords of a schema
    return {"description": about, "type": "string", **more}


def number(about: str, least: int = 0) -> Schema:
    return {"description": about, "type": "integer", "minimum": least}


def flag(about: str) -> Schema:
    return {"description": about, "type": "boolean"}


def one_of(about: str, words: Iterable[str | StrEnum]) -> Schema:
    return {"description": about, "enum": [str(word) for word in words]}


def many(about: str, items: Schema) -> Schema:
    return {"description": about, "type": "array", "items": items}


def ref(name: str, about: str = "") -> Schema:
    return {**({"description": about} if about else {}), "$ref": f"#/$defs/{name}"}


def maybe(name: str, about: str) -> Schema:
    return {"description": about, "anyOf": [ref(name), {"type": "null"}]}


def closed(about: str, properties: Schema, optional: Iterable[str] = ()) -> Schema:
    """An object of which all keys are known."""
    left_out = set(optional)
    return {
        "description": about,
        "type": "object",
        "additionalProperties": False,
        "required": [name for name in properties if name not in left_out],
        "properties": properties,
    }


READ: Schema = {
    "spec": ref("written", "The field of the spec that decides it, where there is one."),
    "members": many("Members of lists that the path leads through.", ref("member")),
    "list": ref("list", "The list that it is in, where its members do not keep their places."),
}
"""How people read a difference; its path names places, in the form in which both are compared."""


def _mark(name: str, about: str, body: Schema) -> Schema:
    return closed(about, {name: body})


def _values() -> dict[str, Schema]:
    """Values of AWS properties, in which marks may stand anywhere."""
    word = {"type": "string"}
    triple = {
        "type": "array",
        "prefixItems": [
            text("The CloudFormation type."),
            text("The physical name."),
            text("The name of the output, such as Arn."),
        ],
        "items": False,
        "minItems": 3,
    }
    marks = {
        "reference": _mark("$ref", "An output of another resource, not known yet.", triple),
        "join": _mark(
            "$join",
            "A text put together from literals and references.",
            {"type": "array", "items": {"anyOf": [word, ref("value")]}},
        ),
        "text": _mark("$text", "A document that AWS takes as JSON text, as data.", ref("value")),
        "hidden": _mark(
            "$hidden",
            "A value that is sent and never shown: type and name of its resource, and its path.",
            {"type": "array", "items": word, "minItems": 3},
        ),
        "secret": _mark(
            "$secret",
            "Where a value is kept that is never shown: a secret's ARN, a member of its JSON, and"
            " the id of a version; of what is live, the last alone.",
            {"type": "array", "items": word, "minItems": 3, "maxItems": 3},
        ),
        "mark": _mark(
            "$mark",
            "A value that a plan cannot or must not show.",
            {"enum": [mark.name.lower() for mark in Mark]},
        ),
        "map": _mark(
            "$map",
            "A user's own object whose one key could be taken for a mark.",
            {
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1,
                "propertyNames": {"enum": sorted(FORMS)},
                "additionalProperties": ref("value"),
            },
        ),
    }
    mark_like = {
        "minProperties": 1,
        "maxProperties": 1,
        "propertyNames": {"enum": sorted(FORMS)},
    }
    plain = {"type": "object", "additionalProperties": ref("value"), "not": mark_like}
    scalar = {"type": ["null", "boolean", "number", "string"]}
    items = {"type": "array", "items": ref("value")}
    options = [scalar, items, plain, *(ref(name) for name in marks)]
    value = {"description": "Any JSON; an object with one $-key is a mark.", "anyOf": options}
    return {"value": value, **marks}


def _common() -> dict[str, Schema]:
    place = {
        "file": text("Path as it was given, from the folder that the command ran in."),
        "line": number("From 1.", 1),
        "column": number("From 1, in characters.", 1),
    }
    finding = {
        "code": text("Stable; `moorline explain CODE` says what it means."),
        "severity": one_of("Only an error stops a command.", Severity),
        "message": text("For people; may change between versions."),
        "help": text("What to do, empty when there is nothing to add."),
        "at": maybe("span", "Where, null when it lies in no file."),
        "address": {"description": "TYPE/NAME of a resource.", "type": ["string", "null"]},
    }
    who = {
        "class": one_of("What kind of actor it is.", ActorKind),
        "name": text("Who, empty when not known."),
        "via": text("Through what, such as the console."),
        "at": text("When (ISO time, UTC), empty when not known."),
        "why": text("What the answer rests on, or why nobody can be named."),
    }
    return {
        "actor": closed("Who changed a live resource, as far as CloudTrail tells.", who),
        "span": closed("A place in a file.", place),
        "diagnostic": closed("A finding.", finding),
        "path": many("Property names; items of lists by key or number.", {"type": "string"}),
        **_values(),
    }


def _read() -> dict[str, Schema]:
    """The parts of `READ`."""
    written = {
        "path": ref("path", "The field, in the document in which it is written."),
        "at": ref("span", "Where it stands."),
        "value": {"description": "What is written; left out unless it is a single value."},
        "back": {"description": "What it would say for the live value to be declared, if known."},
    }
    member = {
        "at": number("Which part of the path it is, from 0."),
        "by": {
            "description": "What identifies it among the members of its list, and the values.",
            "type": "object",
            "additionalProperties": True,
        },
    }
    listed = {
        "path": ref("path", "The list. All else stands at the first difference in it."),
        "by": many("What its members are known by.", {"type": "string"}),
        "before": ref("value", "What is live, as far as it is asked for."),
        "after": ref("value", "What is declared."),
    }
    return {
        "written": closed("A field of a spec.", written, optional=("value", "back")),
        "member": closed("A member of a list.", member),
        "list": closed("Both sides of a list.", listed, optional=("by", "before", "after")),
    }


def _plan_parts() -> dict[str, Schema]:
    approval = {
        "address": text("TYPE/NAME; a * at the end stands for any rest."),
        "allows": one_of("The class that it permits.", Destruction),
        "why": text("The reason that was given."),
        "by": text("Who approved."),
        "until": text("The last day (UTC) on which it holds.", format="date"),
        "at": maybe("span", "The line of the environment that has it."),
    }
    loss = {
        "destroys": one_of("The class of loss, or access where somebody may do more.", Destruction),
        "says": text("What is lost, or who may do what, in words."),
        "path": ref("path", "The property; empty for the whole resource."),
        "allowed": flag("The environment allows the class."),
        "approval": maybe("approval", "What permits it, where the class is not allowed."),
        "opens": many(
            "Of wider access: requests that are allowed then and not now; left out when there is"
            " none.",
            ref("opened"),
        ),
    }
    opened = {
        "action": text("The IAM action."),
        "resource": text("The ARN that it is asked on, or * for an action without one."),
        "principal": text("Who asks; empty for whoever has the policy."),
        "context": {
            "description": "Values of condition keys without which it is not allowed.",
            "type": "object",
            "additionalProperties": {"type": "string"},
        },
    }
    field = {
        "cause": one_of("Where the difference comes from, as far as receipts tell.", Cause),
        "path": ref("path"),
        "before": ref("value", "What is live; null when there is nothing."),
        "after": ref("value", "What is declared; null when there is to be nothing."),
        "effect": one_of("What changing it does to the resource.", Effect),
        "at": maybe("span", "The line of the spec that causes it."),
        **READ,
    }
    outputs = {
        "description": "Names for parts of the answer, each with the way to it.",
        "type": "object",
        "additionalProperties": {"type": "array", "items": {"type": "string"}},
    }
    params = {
        "description": "As boto3 takes them; marks are filled in when they are known.",
        "type": "object",
        "additionalProperties": ref("value"),
    }
    call = {
        "service": text("The boto3 service."),
        "method": text("The boto3 method."),
        "params": params,
        "outputs": outputs,
    }
    return {
        "approval": closed("A class of change that somebody approved, at an address.", approval),
        "opened": closed("A request that AWS would allow after the step.", opened),
        "loss": closed("One thing that a step loses or opens.", loss, optional=("opens",)),
        "field": closed("One property that differs.", field, optional=READ),
        **_read(),
        "call": closed("One AWS request.", call),
        "step": _step(),
    }


def _step() -> Schema:
    ids = {"type": "string"}
    desired = {
        "description": "The properties to reach, in CloudFormation names; empty when it goes.",
        "type": "object",
        "additionalProperties": ref("value"),
    }
    return closed(
        "One resource's part of a plan. A replacement has a second step for its old half.",
        {
            "cause": one_of("Why the whole resource is there or not.", Cause),
            "by": maybe("actor", "Who made it necessary; null when nobody was looked up."),
            "instead": many(
                "For people: how a new revision differs from the one it takes the place of.",
                ref("field"),
            ),
            "id": text("TYPE/NAME, with #delete at the end where it removes."),
            "type": text("The CloudFormation type."),
            "name": text("The physical name."),
            "action": one_of("What is done.", Action),
            "reason": one_of("Why.", Reason),
            "spec": text("Kind/name of the spec it comes from, empty when there is none."),
            "at": maybe("span", "The spec's line."),
            "detail": text("AWS's own reason, where it reports the resource as failed."),
            "destroys": text("The class of what is lost, empty when nothing is."),
            "loses": text("What is lost, in words."),
            "widens": text("Who may do more, or may, in words; empty when nobody may."),
            "refused": text("Why it may not run, empty when it may."),
            "retry": flag("It failed before and was asked for again."),
            "approval": maybe("approval", "The first approval that lets it run."),
            "losses": many("Each thing that is lost or opened.", ref("loss")),
            "needs": many("Ids of steps that must be done before.", ids),
            "after": many("Types all of whose steps must be done before.", ids),
            "loose": many("Of needs: what this runs without; left out when there is none.", ids),
            "guard": text("Digest of what was observed, empty when nothing may be there."),
            "sent": {
                "description": "Keyed digests of values that are never shown, by dotted path; left"
                " out when there are none, or no key.",
                "type": "object",
                "minProperties": 1,
                "additionalProperties": {"type": "string"},
            },
            "asset": closed(
                "What of the repository it puts; left out where it puts nothing.",
                {
                    "path": text("The file or folder, from the platform's folder."),
                    "form": one_of("What is made of it.", Form),
                    "digest": text("SHA-256 of the bytes that are put, in hexadecimal digits."),
                    "size": {"description": "Bytes that are put.", "type": "integer"},
                    "files": {"description": "Files in it.", "type": "integer"},
                },
            ),
            "fields": many("The properties that differ.", ref("field")),
            "calls": many("The requests, in order.", ref("call")),
            "desired": desired,
        },
        optional=("loose", "sent", "asset"),
    )


def _sections() -> Schema:
    return {
        "description": "What sections of the report add, by name; left out when there is none.",
        "type": "object",
        "minProperties": 1,
    }


def _plan(more: Mapping[str, Schema] | None = None) -> Schema:
    counted = [action for action in Action if action is not Action.NONE]
    about = "Changes that an apply carries out with the action"
    counts = {str(action): number(f"{about} {action}.") for action in counted}
    summary = {
        **counts,
        "changes": number("All changes, whatever becomes of them."),
        "unchanged": number("Resources that are as declared."),
        "destructive": number("Changes that lose something, refused or not."),
        "widening": number("Changes that let somebody do more, refused or not."),
        "refused": number("Changes that may not be made; none of the plan is then applied."),
        "held": number("Changes that wait for a refused one."),
        "calls_made": number("Requests that it took to make the plan."),
        "calls_planned": number("Requests that an apply will send, waits and checks not counted."),
    }
    version = {"description": "The version of this form.", "const": plans.FORMAT}
    return closed(
        "What an apply will do in one environment.",
        {
            "format_version": version,
            **_head(),
            "commit": text("The commit, cut; empty outside of a repository."),
            "digest": text("Identifies what will be done, whatever caused it.", pattern=_hex(64)),
            "steps": many("In an order in which they can be done.", ref("step")),
            "summary": closed("Numbers of changes; a replacement is one.", summary),
            "diagnostics": many("What was found on the way.", ref("diagnostic")),
            "waiting": many("Specs for which something else has to be done first.", _waiting()),
            "reaches": many("Which models and endpoints the changes reach.", _reach()),
            "versions": many("Which versions of models take over.", _succession()),
            "rollouts": many("How rollouts that go step by step stand.", _rollout()),
            **(more or {}),
        },
        optional=("reaches", "versions", "rollouts", *(more or ())),
    )


def _reach() -> Schema:
    return closed(
        "A changed spec, and what is learned or served from it.",
        {
            "spec": text("`Kind/name`."),
            "reaches": many("Models and endpoints.", text("`Kind/name`.")),
        },
    )


def _succession() -> Schema:
    figure = {"description": "A figure.", "type": ["number", "null"]}
    pair = {**many("Before and after.", figure), "minItems": 2, "maxItems": 2}
    about = "By name: what the version before has, if it is known, and the new one."
    return closed(
        "A new version that is deployed.",
        {
            "spec": text("`Kind/name` of what serves it."),
            "registry": text("The ModelRegistry that has it."),
            "before": {
                "description": "The version that is served now; null where none is, or nobody"
                " knows.",
                "type": ["integer", "null"],
            },
            "after": number("The version that is deployed.", 1),
            "by": text("Who approved it; empty where nobody did."),
            "until": text("When the approval ends, in UTC; empty where it does not."),
            "metrics": {"description": about, "type": "object", "additionalProperties": pair},
            "unknown": text("What could not be found out of it."),
        },
    )


def _rollout() -> Schema:
    """One rollout, as `rollout.shown` has it."""
    share = {"description": "A part of the traffic, 0 to 1; null where nobody said.",
             "type": ["number", "null"]}  # fmt: skip
    whole = {"description": "Instances; null where nobody said.", "type": ["integer", "null"]}
    step = closed(
        "A step.",
        {
            "share": {"description": "The candidate's part of the traffic.", "type": "number"},
            "count": number("Its instances."),
            "bake": number("Seconds that it is watched."),
            "gate": flag("Whether a person has to say promote."),
            "state": one_of("How far it is.", ("done", "now", "next")),
        },
    )
    variant = closed(
        "A live variant.",
        {
            "name": text("Its name."),
            "share": share,
            "asked_share": share,
            "count": whole,
            "asked_count": whole,
            "status": text("In AWS's word, empty when it has none."),
        },
    )
    figure = {"description": "A figure.", "type": ["number", "null"]}
    finding = closed(
        "What one expectation says.",
        {
            "name": text("Of the expectation or the alarm."),
            "verdict": one_of("What it says.", Verdict),
            "said": text("In words."),
            "looks": many("Each measurement in words.", text("One.")),
            "points": many("Each measurement.", figure),
        },
    )
    by_name = {"description": "By variant.", "type": "object"}
    after = closed(
        "The one next thing.",
        {
            "act": one_of("What is done.", Act),
            "why": text("Why, in words."),
            "shares": {**by_name, "additionalProperties": share},
            "counts": {**by_name, "additionalProperties": whole},
            "config": text("Where the endpoint moves, empty when it does not."),
            "marks": {"description": "Tags that are written.", "type": "object",
                      "additionalProperties": text("A value.")},
            "until": text("When it is looked at again, empty when it is not."),
            "then": text("The phase that it leads to, empty where it stays."),
        },
    )  # fmt: skip
    words = {
        "rollout": "The name of its spec.",
        "environment": "Where it is.",
        "endpoint": "Its name in AWS.",
        "at": "When it was looked at, UTC.",
        "status": "One word: starts, idle, in-progress, paused, held, done, aborting, aborted,"
        " rolled-back, failed or ambiguous.",
        "phase": "The phase of the state machine.",
        "why": "Why it is there.",
        "since": "Since when that is announced which is done now, UTC; empty when nothing is.",
        "version": "The version that takes over, in words.",
        "base": "The configuration before.",
        "middle": "The one with both variants.",
        "target": "The one that stays.",
        "word": "What a person, or what happened, last said; empty when nobody did.",
        "because": "Why it is held or goes back.",
        "ended": "How it ended, empty while it runs.",
        "endpoint_status": "In AWS's word.",
        "config": "The live configuration.",
        "moving_to": "Where AWS moves it, empty when it does not.",
        "reason": "AWS's reason of a failure.",
        "frozen": "The freeze window that it is, empty for none.",
        "lacks": "What is gone that the way back needs, empty for nothing.",
        "verdict": "What the analysis says.",
    }
    return closed(
        "A rollout that runs, has ended, or is started by this plan.",
        {
            **{name: text(about) for name, about in words.items()},
            "step": number("The step that is announced or live, 0 before the first."),
            "attempt": number("1 for the first rollout to this target."),
            "steps": many("All of them.", step),
            "variants": many("Those that are live.", variant),
            "alarms": {"description": "The state of each alarm by name, empty when it is gone.",
                       "type": "object", "additionalProperties": text("A state.")},
            "findings": many("What was found.", finding),
            "detail": {"description": "What a strategy tells besides, as an A/B test does.",
                       "type": "object", "additionalProperties": True},
            "next": {"anyOf": [after, {"type": "null"}],
                     "description": "What is next; null where nothing runs."},
        },
    )  # fmt: skip


def _waiting() -> Schema:
    return closed(
        "A spec that cannot be compiled yet, or a part of one.",
        {
            "spec": text("`Kind/name`."),
            "why": text("What it waits for."),
            "todo": text("What somebody has to do before the next apply."),
            "whole": flag("Nothing of it is made or changed; else only what needs that is not."),
        },
    )


def _head() -> dict[str, Schema]:
    return {
        "environment": text("The environment's name."),
        "platform": text("The platform's name."),
        "account": text("The AWS account."),
        "region": text("The AWS region."),
    }


def _hex(digits: int) -> str:
    return f"^[0-9a-f]{{{digits}}}$"


def plan() -> Schema:
    """What `moorline plan --json` prints."""
    body = _plan({"sections": _sections()})
    return _whole("plan", "A plan", body, {**_common(), **_plan_parts()})


def drift() -> Schema:
    """What `moorline drift --json` prints."""
    field = {
        "path": ref("path"),
        "declared": ref("value", "What the specs say; null when they say nothing."),
        "live": ref("value", "What AWS has; null when it has nothing."),
        "at": maybe("span", "The line of the spec."),
        "cause": one_of("Where the difference comes from.", Cause),
        **READ,
    }
    drifted = {
        "origin": one_of("Why it differs, as far as that is known.", Origin),
        "type": text("The CloudFormation type."),
        "name": text("The physical name."),
        "kind": one_of("How it differs as a whole.", KINDS),
        "action": one_of("What an apply would do.", Action),
        "spec": text("Kind/name of the spec it comes from, empty when there is none."),
        "at": maybe("span", "The spec's line."),
        "destroys": text("The class of what an apply would lose, empty when nothing."),
        "widens": text("Who may do more after an apply, or may; empty when nobody may."),
        "refused": text("Why an apply would not do it, empty when it would."),
        "cause": one_of("Why the whole resource is there or not.", Cause),
        "by": maybe("actor", "Who did it; null when nobody was looked up."),
        "fields": many("The properties that differ.", ref("field")),
    }
    ways = {
        "keep": text("The command that takes the live values into the specs, or empty."),
        "revert": text("The command that makes it as the specs say, or empty."),
    }
    head = {name: part for name, part in _head().items() if name != "platform"}
    report = {
        **head,
        "origins": closed(
            "How many resources differ for which reason; what is owned by another does not.",
            {str(each): number(f"Resources of the origin {each}.") for each in Origin},
        ),
        "drifted": many("Resources that differ from the specs.", ref("drifted")),
        "owned": many("What an autoscaler or a rollout moves by right.", ref("owned")),
        "unchanged": number("Resources that are as declared."),
        "calls": number("AWS requests that it took."),
        "diagnostics": many("What was found on the way.", ref("diagnostic")),
        "sections": _sections(),
    }
    parts = {
        "field": closed("One property that differs.", field, optional=READ),
        **_read(),
        "drifted": closed("One resource that differs.", {**drifted, **ways}),
        "owned": closed("One resource that differs by right.", drifted),
    }
    body = closed("Where AWS is not as the specs say.", report, optional=("sections",))
    return _whole("drift", "A drift report", body, {**_common(), **parts})


def plan_file() -> Schema:
    """What `moorline plan -o FILE` writes."""
    specs = {
        "description": "The digest of every spec, by Kind/name. Files of format 1 have none.",
        "type": "object",
        "additionalProperties": {"type": "string"},
    }
    signature = {
        "algorithm": one_of("HMAC with a shared secret, or a key in AWS KMS.", (LOCAL, KMS)),
        "key": text("Alias or ARN in KMS, empty for a shared secret."),
        "value": text("In base64."),
    }
    versions = {"description": "The version of this form.", "const": planfile.FORMAT}
    body = closed(
        "A plan that was reviewed, with what it is bound to. Its bytes are canonical JSON.",
        {
            "format_version": versions,
            "specs": specs,
            "created": text("When it was made, UTC.", pattern=TIME),
            "expires": text("From when on it is not applied any more, UTC.", pattern=TIME),
            "commit": text("The full id of the commit, empty outside of a repository."),
            "plan": ref("plan"),
            **_head(),
            "digest": text("SHA-256 over all but itself and the signature.", pattern=_hex(64)),
            "signature": maybe("signature", "Who made it; null when it is not signed."),
        },
    )
    parts = {"plan": _plan(), "signature": closed("A signature over the digest.", signature)}
    return _whole("planfile", "A plan file", body, {**_common(), **_plan_parts(), **parts})


def _whole(name: str, title: str, body: Schema, parts: dict[str, Schema]) -> Schema:
    lead = {"$schema": DIALECT, "$id": f"{BASE}{name}.json", "title": title}
    return {**lead, **body, "$defs": dict(sorted(parts.items()))}


def files() -> Iterator[tuple[str, bytes]]:
    """Every file's name and content."""
    for name, schema in (("plan", plan()), ("drift", drift()), ("planfile", plan_file())):
        content = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        yield f"{name}.json", content.encode()


def main() -> None:
    """Write every file."""
    for name, content in files():
        (FOLDER / name).write_bytes(content)
        print(f"{len(content):,} bytes in {FOLDER / name}")


if __name__ == "__main__":
    main()
