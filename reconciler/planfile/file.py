"""The plan file: what was reviewed, in the one byte form that apply takes. Pure.

It binds a plan to a moment, a commit and a place, under a digest over all but
the signature. Nothing here reads a clock, a disk or AWS: the moment is passed
in, signing is in `signature`, and when a file may not be applied is in `stale`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import orjson

from reconciler.model import format as formats, plan as plans
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan, plan_from_json, plan_to_json
from reconciler.model.value import Json, canonical, digest
from reconciler.planfile.signature import Signature

FORMAT = 4
"""Of the only form that is read: a plan is made again sooner than an older form is understood."""
TIME = "%Y-%m-%dT%H:%M:%SZ"
HEAD = ("environment", "platform", "account", "region")
"""What a file says of its place, once more than its plan."""
AGAIN = "make the plan again with `moorline plan -o FILE`, review it, and apply that file"


@dataclass(frozen=True, slots=True)
class PlanFile:
    """A plan and what it is bound to. `created` and `expires` are in UTC, in whole seconds."""

    plan: Plan
    created: datetime
    expires: datetime
    commit: str = ""
    """The full id of the commit, "" when the plan was made outside a repository."""
    signature: Signature | None = None
    specs: Mapping[str, str] = field(default_factory=dict)
    """The digest of every spec (``Kind/name``) that the plan was made from; for the receipt."""

    @property
    def digest(self) -> str:
        """Over everything but the signature."""
        return digest(_body(self))


def make(
    plan: Plan,
    *,
    now: datetime,
    lifetime: float,
    commit: str = "",
    specs: Mapping[str, str] | None = None,
) -> PlanFile:
    """The file of a plan that was made `now` and may be applied for `lifetime` seconds."""
    created = now.astimezone(UTC).replace(microsecond=0)
    expires = created + timedelta(seconds=lifetime)
    return PlanFile(plan, created, expires, commit, specs=specs or {})


def signed(file: PlanFile, signature: Signature) -> PlanFile:
    """The file with a signature."""
    return replace(file, signature=signature)


def pack(file: PlanFile) -> bytes:
    """The bytes of a file: one form, so the same plan at the same moment is the same file."""
    return canonical(
        {**_body(file), "digest": file.digest, "signature": _signature_to_json(file.signature)}
    )


def unpack(data: bytes) -> tuple[PlanFile | None, list[Diagnostic]]:
    """The file in some bytes, or why they are not one that may be trusted."""
    try:
        body = orjson.loads(data)
    except ValueError:
        return None, [_changed("it is not JSON")]
    if not isinstance(body, dict) or not isinstance(body.get("plan"), dict):
        return None, [_changed("it is not a plan file")]
    if other := _other(body):
        return None, [other]
    rest = {key: item for key, item in body.items() if key not in {"digest", "signature"}}
    if body.get("digest") != digest(rest) or canonical(body) != data:
        return None, [_changed("its bytes do not match its digest")]
    try:
        file = _file(body)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError):
        return None, [_changed("parts of it are missing or have another form")]
    whole = _body(file).keys() == rest.keys() and file.plan.digest == body["plan"].get("digest")
    if not whole or any(rest[key] != body["plan"].get(key) for key in HEAD):
        return None, [_changed("its parts contradict each other")]
    return file, []


def _changed(how: str) -> Diagnostic:
    return Diagnostic("STALE001", f"the plan file is not as it was written: {how}", help=AGAIN)


def _other(body: Json) -> Diagnostic | None:
    for version, known in (
        (body.get("format_version"), FORMAT),
        (body["plan"].get("format_version"), plans.FORMAT),
    ):
        if formats.other(version, known):
            text = f"the plan file has format {version}; this Moorline knows {known}"
            help_ = "apply it with the Moorline that made it" if version > known else AGAIN
            return Diagnostic("STALE002", text, help=help_)
    return None


# -- the JSON form


def _body(file: PlanFile) -> dict[str, Json]:
    """Everything that the digest covers."""
    return {
        "format_version": FORMAT,
        "specs": dict(file.specs),
        "created": f"{file.created:{TIME}}",
        "expires": f"{file.expires:{TIME}}",
        "commit": file.commit,
        "plan": plan_to_json(file.plan),
        **{key: getattr(file.plan, key) for key in HEAD},
    }


def _file(body: Json) -> PlanFile:
    if type(body["format_version"]) is not int or body["format_version"] != FORMAT:  # True is 1
        raise ValueError(body["format_version"])
    return PlanFile(
        plan=plan_from_json(body["plan"]),
        created=_time(body["created"]),
        expires=_time(body["expires"]),
        commit=_text(body["commit"]),
        signature=_signature_from_json(body["signature"]),
        specs=_texts(body["specs"]),
    )


def _time(text: str) -> datetime:
    return datetime.strptime(text, TIME).replace(tzinfo=UTC)


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise TypeError(type(value).__name__)
    return value


def _texts(value: Json) -> dict[str, str]:
    return {_text(key): _text(item) for key, item in value.items()}


def _signature_to_json(signature: Signature | None) -> Json:
    if signature is None:
        return None
    return {"algorithm": signature.algorithm, "key": signature.key, "value": signature.value}


def _signature_from_json(data: Json) -> Signature | None:
    if data is None:
        return None
    known = Signature(_text(data["algorithm"]), _text(data["value"]), _text(data["key"]))
    if _signature_to_json(known) != data:
        raise ValueError("more than a signature")
    return known
