"""Our own short words for each kind of pydantic error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import ErrorDetails

from reconciler.model.value import Json, Path
from reconciler.specs import cures, forms
from reconciler.specs.annotation import Annotation, bare, choices, fields, is_model, pattern
from reconciler.specs.migrations import today
from reconciler.specs.words import closest, did_you_mean, listed, shown


@dataclass(frozen=True, slots=True)
class Complaint:
    """What is wrong with the value at `path`, or with its key if `on_key`.

    `missing` names the field that a missing-field complaint is about, `unknown` that of an
    unknown one, and `meant` the field that it was probably meant to be.
    """

    code: str
    path: Path
    message: str
    help: str = ""
    on_key: bool = False
    missing: str = ""
    meant: str = ""
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """Where an error points: what is there, and what the model has there.

    `about` is the description of the field, `elsewhere` where a field of this name belongs;
    `needed` says that it cannot be left out.
    """

    path: Path
    annotation: Annotation
    siblings: tuple[str, ...]
    value: Json
    about: str = ""
    elsewhere: str = ""
    needed: bool = False


_TYPES = {
    "int": "an integer",
    "float": "a number",
    "decimal": "a number",
    "bool": "a boolean",
    "string": "a text",
    "dict": "a mapping",
    "mapping": "a mapping",
    "model": "a mapping",
    "model_attributes": "a mapping",
    "dataclass": "a mapping",
    "list": "a list",
    "tuple": "a list",
    "set": "a list",
    "frozen_set": "a list",
    "date": "a date, as in 2026-11-23",
    "datetime": "a time, as in 2026-11-23T14:00:00Z",
    "none_required": "nothing",
}
_LONG = 60
FIX = "`moorline fix` rewrites it, and whatever else is in older words"
_LIMITS = {
    "greater_than": ("gt", "more than {}"),
    "greater_than_equal": ("ge", "at least {}"),
    "less_than": ("lt", "less than {}"),
    "less_than_equal": ("le", "at most {}"),
    "multiple_of": ("multiple_of", "a multiple of {}"),
}
_LENGTHS = {
    "string_too_short": ("min_length", "at least {} characters", len),
    "string_too_long": ("max_length", "at most {} characters", len),
    "too_short": ("min_length", "at least {} entries", len),
    "too_long": ("max_length", "at most {} entries", len),
}


def complain(error: ErrorDetails, target: Target) -> Complaint:
    """Put one pydantic error into words."""
    kind = error["type"]
    if kind in _SPECIAL:
        return _SPECIAL[kind](error, target)
    context = error.get("ctx", {})
    value = error["input"]
    if kind in _LIMITS:
        key, words = _LIMITS[kind]
        text = f"must be {words.format(context.get(key))}, is {value}"
        return Complaint("SPEC014", target.path, text, "change the value")
    if kind in _LENGTHS:
        return _length(kind, context, value, target)
    expected = type_words(kind)
    if not expected:
        return _other(error, target)
    if expected == "a text" and (form := forms.of(shape := pattern(target.annotation) or ".")):
        return _unformed(form, shape, value, target.path)
    help_ = cures.cure([target.annotation], value, needed=target.needed)
    return wrong_type(expected, value, target.path, help_)


def type_words(kind: str) -> str:
    """What a wrong-type error of pydantic expected; empty for other errors."""
    if kind == "int_from_float":
        return _TYPES["int"]
    for end in ("_type", "_parsing", "_from_datetime_parsing", ""):
        if kind.endswith(end) and (name := kind.removesuffix(end)) in _TYPES:
            return _TYPES[name]
    return ""


def wrong_type(expected: str, value: Json, path: Path, help_: str = "") -> Complaint:
    """A value of one type where another is expected; `help_` says what to write, if known."""
    word = value.lower() if isinstance(value, str) else ""
    if expected == "a boolean" and word in cures.TRUE + cures.FALSE:
        meant = "true" if word in cures.TRUE else "false"
        reads = f"YAML 1.2 reads {value!r} as text; write {meant}"
        return Complaint("SPEC013", path, f"expected a boolean; {reads}", f"write {meant}")
    message = f"expected {expected}, got {shown(value)}"
    return Complaint("SPEC013", path, message, help_ or cures.of(expected, value))


def _unformed(form: forms.Form, pattern: str, value: Json, path: Path) -> Complaint:
    """A value that is no text, where a text of a shape is expected."""
    cure = "write a value, or remove the line" if value is None else forms.cure(pattern, value)
    return Complaint("SPEC013", path, f"expected {form.noun}, got {shown(value)}", cure)


def _length(kind: str, context: dict[str, Any], value: Json, target: Target) -> Complaint:
    key, words, measure = _LENGTHS[kind]
    limit = context.get(key)
    phrase = words.format(limit)
    if limit == 1:
        phrase = phrase.replace("characters", "character").replace("entries", "entry")
    actual = measure(value) if isinstance(value, str | list | dict) else "more"
    return Complaint(
        "SPEC015", target.path, f"must have {phrase}, has {actual}", "change the value"
    )


def _missing(error: ErrorDetails, target: Target) -> Complaint:
    name = str(error["loc"][-1])
    return Complaint(
        "SPEC011",
        target.path[:-1],
        f"the field {name!r} is missing",
        f"add `{name}: …` ({describe(target.annotation)})",
        on_key=True,
        missing=name,
    )


def _unknown(error: ErrorDetails, target: Target) -> Complaint:
    name = str(error["loc"][-1])
    known = target.siblings
    help_ = f"fields here are {listed(sorted(known), 'and')}" if known else "remove it"
    meant = closest(name, known) or ""
    if target.elsewhere and not meant:
        help_ = f"{target.elsewhere}: check the indentation"
    text = f"unknown field {name[:60]!r}{did_you_mean(name, known)}"
    path = (*target.path[:-1], name)
    if now := today(name, known, top=len(path) == 1, path=path):
        text = f"unknown field {name!r}; it is {listed([repr(each) for each in now])} now"
        return Complaint("SPEC010", path, text, FIX, on_key=True, meant=now[0])
    unknown = "" if target.elsewhere else name
    return Complaint("SPEC010", path, text, help_, on_key=True, meant=meant, unknown=unknown)


def _choice(error: ErrorDetails, target: Target) -> Complaint:
    allowed = choices(target.annotation)
    return choice(allowed, error["input"], target.path, str(error.get("ctx", {}).get("expected")))


def choice(allowed: list[Json], value: Json, path: Path, expected: str = "") -> Complaint:
    """A value outside a closed list."""
    names = [item if isinstance(item, str) else shown(item) for item in allowed]
    options = listed(names) if names else expected
    if isinstance(value, str):
        text = f"unknown value {value[:60]!r}{did_you_mean(value, names)}"
        return Complaint("SPEC012", path, text, f"write {options}")
    if value in (True, False) and set(names) & {"on", "off", "yes", "no"}:
        return Complaint("SPEC012", path, f"got {shown(value)}", f"write {options}")
    text = f"expected {options}, got {shown(value)}"
    if len(options) > _LONG:
        text = f"{shown(value)} is not one of the choices"
    return Complaint("SPEC012", path, text, f"write {options}")


def _on_key(error: ErrorDetails) -> bool:
    """Whether the fault is in a key of a mapping, not in its value."""
    return error["loc"][-1:] == ("[key]",)


def _pattern(error: ErrorDetails, target: Target) -> Complaint:
    wanted = error.get("ctx", {}).get("pattern", "")
    form, value = forms.of(wanted), error["input"]
    text = f"{shown(value)} is not {form.noun if form else 'of the right form'}"
    if isinstance(value, str) and not value.strip():
        text = "the text is blank"
    help_ = forms.cure(wanted, value) or target.about.rstrip(".") or "write a text"
    return Complaint("SPEC016", target.path, text, help_, _on_key(error))


def _tag_missing(error: ErrorDetails, target: Target) -> Complaint:
    name = str(error.get("ctx", {}).get("discriminator", "")).strip("'")
    if not isinstance(error["input"], dict):
        return wrong_type("a mapping", error["input"], target.path)
    return Complaint(
        "SPEC011",
        target.path,
        f"the field {name!r} is missing",
        f"add `{name}: …`, which says what kind of entry this is",
        on_key=True,
    )


def _tag_unknown(error: ErrorDetails, target: Target) -> Complaint:
    context = error.get("ctx", {})
    name = str(context.get("discriminator", "")).strip("'")
    tags = [tag.strip().strip("'") for tag in str(context.get("expected_tags", "")).split(",")]
    value = error["input"].get(name) if isinstance(error["input"], dict) else None
    return choice(list(tags), value, (*target.path, name))


def _raised(error: ErrorDetails, target: Target) -> Complaint:
    reason = error.get("ctx", {}).get("error")
    text = str(reason) if reason is not None and str(reason) else error["msg"]
    message, _, help_ = text.partition("\n")
    return Complaint("SPEC019", target.path, message, help_ or "change the value", _on_key(error))


def _exactly_one(error: ErrorDetails, target: Target) -> Complaint:
    """The error of `kinds.api.Choice`: none of its members is given, or several are."""
    names = list(fields(target.annotation))
    given = [name for name in error["input"] if name in names]
    if len(given) > 1:
        text = f"{given[0]!r} and {given[1]!r} cannot stand together"
        help_ = f"keep exactly one of {listed(names)}"
        return Complaint("SPEC017", (*target.path, given[1]), text, help_, on_key=True)
    text = f"exactly one of {listed(names)} is needed here"
    return Complaint("SPEC017", target.path, text, f"add `{names[0]}: …`", on_key=True)


def _other(error: ErrorDetails, target: Target) -> Complaint:
    text = error["msg"]
    text = text.replace("Input should be", "must be", 1).replace("Value should be", "must be", 1)
    text = f"{text[:1].lower()}{text[1:]}"
    return Complaint("SPEC019", target.path, text, f"it is {shown(error['input'])}")


_SPECIAL: dict[str, Callable[[ErrorDetails, Target], Complaint]] = {
    "choice": _exactly_one,
    "missing": _missing,
    "extra_forbidden": _unknown,
    "literal_error": _choice,
    "enum": _choice,
    "string_pattern_mismatch": _pattern,
    "union_tag_not_found": _tag_missing,
    "union_tag_invalid": _tag_unknown,
    "value_error": _raised,
    "assertion_error": _raised,
}


def describe(annotation: Annotation) -> str:
    """What is expected, in a few words."""
    whole, annotation = annotation, bare(annotation)
    if found := choices(annotation):
        return listed([str(item) for item in found])
    if is_model(annotation):
        needed = [name for name, info in fields(annotation).items() if info.is_required()]
        return f"a mapping with {listed(needed, 'and')}" if needed else "a mapping"
    if form := forms.of(pattern(whole) or "."):
        return f"{form.noun} such as {forms.written(form.example)}"
    simple = {str: "a text", int: "an integer", float: "a number", bool: "a boolean"}
    origin = getattr(annotation, "__origin__", annotation)
    if origin is dict:
        return "a mapping"
    if origin in {list, tuple, set, frozenset}:
        return "a list"
    return simple.get(annotation, "a value")
