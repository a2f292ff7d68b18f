"""What is wrong with a `Resource` spec by itself: by the schema of its type, at its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts import Facts, UnknownType, check as schema, facts
from reconciler.kinds.api import Problem
from reconciler.kinds.reference import opened
from reconciler.kinds.resource import links, tags
from reconciler.kinds.resource.functions import CODE as FUNCTION, cure, functions
from reconciler.kinds.resource.spec import AnyResource
from reconciler.model.diagnostic import Severity
from reconciler.model.given import stated
from reconciler.model.value import UNKNOWN, Json, Path

PROPERTIES = ("properties",)
UNKNOWN_TYPE = "RES001"
REFUSED = "RES006"
EMPTY_HANDLER = "RES007"
SENSITIVE = "RES012"
_ON_KEY = frozenset({"additionalProperties", "required", "readOnly"})


def check(spec: AnyResource) -> Iterator[Problem]:
    """Everything about it that needs no other spec."""
    try:
        about = facts(spec.type)
    except UnknownType as unknown:
        help_ = "write AWS::SERVICE::TYPE as CloudFormation's reference has it"
        yield Problem(("type",), str(unknown), help_, UNKNOWN_TYPE)
        return
    found = [*functions(spec.properties, about, ())]
    for path, name in found:
        said = f"{name!r} is a function of CloudFormation, and nothing here would call it"
        help_ = cure(name, _at(spec.properties, path))
        yield Problem((*PROPERTIES, *path), said, help_, FUNCTION, on_key=True)
    yield from links.malformed(spec.properties, PROPERTIES)
    yield from tags.problems(spec.properties, about, PROPERTIES)
    yield from _refused(spec, about, {path[:-1] for path, _ in found})
    yield from _unmarked(spec, about)
    yield from _doubtful(about)


def _unmarked(spec: AnyResource, about: Facts) -> Iterator[Problem]:
    """What is called a secret and is not there: a secret would be shown under another name."""
    for index, text in enumerate(spec.secrets):
        path = tuple(text.split("."))
        at, help_ = ("secrets", str(index)), f"see `moorline explain {about.type}`"
        if not about.knows(path):
            yield Problem(at, f"{about.type} has no property {text!r}", help_, SENSITIVE)
        elif not any(True for _ in _values(spec.properties, path)):
            said = f"nothing is given for {text!r}, so nothing of it is hidden"
            yield Problem(at, said, "correct the path, or remove it", SENSITIVE)


def _values(value: Json, path: Path) -> Iterator[Json]:
    if isinstance(value, list):
        for item in value:
            yield from _values(item, path)
    elif not path:
        yield value
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _values(value[path[0]], path[1:])


def _at(value: Json, path: Path) -> Json:
    for step in path:
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _refused(spec: AnyResource, about: Facts, open_: set[Path]) -> Iterator[Problem]:
    """What the schema of the type does not allow; what is `open_` may be anything."""
    props = {name: UNKNOWN for name in chosen(about) if name not in spec.properties}
    given = _without(opened(spec.properties), (), open_)
    if given is UNKNOWN:  # the whole of it is a function
        return
    found = {
        (each.path, each.kind): each
        for each in schema.problems(spec.type, {**_open(given), **props})
    }
    if (left := stated(given)) != given:  # what has to be there cannot be absent
        more = {name: UNKNOWN for name in chosen(about) if name not in left}
        for each in schema.problems(spec.type, {**left, **more}):
            found.setdefault((each.path, each.kind), each)
    for each in found.values():
        where = ".".join(each.path)
        said = f"{spec.type}{'.' if where else ''}{where}: {each.message}"
        help_ = _help(spec.type, each.path, each.kind)
        on_key = each.kind in _ON_KEY
        yield Problem((*PROPERTIES, *each.path), said, help_, REFUSED, on_key=on_key)


def _open(value: Json) -> Json:
    """With any value in the place of each null: the names must be there, the values are none."""
    if isinstance(value, Mapping):
        return {key: UNKNOWN if it is None else _open(it) for key, it in value.items()}
    return [_open(item) for item in value] if isinstance(value, list) else value


def _without(value: Json, path: Path, open_: set[Path]) -> Json:
    if path in open_:
        return UNKNOWN
    if isinstance(value, Mapping):
        return {key: _without(item, (*path, str(key)), open_) for key, item in value.items()}
    if isinstance(value, list):
        return [_without(item, (*path, str(index)), open_) for index, item in enumerate(value)]
    return value


def _help(type_: str, path: Path, kind: str) -> str:
    where = [name for name in path if not name.isdecimal()]
    if kind in {"additionalProperties", "required"}:
        where = where[:-1] if kind == "additionalProperties" else where
    if kind == "readOnly":
        return (
            f"remove it; other specs may refer to it as '${{ref:Resource/NAME.{'.'.join(where)}}}'"
        )
    return f"see `moorline explain {'.'.join((type_, *where))}`"


def chosen(about: Facts) -> list[str]:
    """Top-level properties that may be the name, which Moorline's convention fills where it is.

    What is missing all the same is found when the rest of the resource is known.
    """
    last = about.type.rpartition("::")[2]
    named = [f"{last}Name", "Name", f"{last}Identifier", f"{last}Id"]
    if len(about.identity) == 1:
        named.append(about.identity[0][0])
    own = about.read_only - about.create_only
    known = set(about.properties)
    return [name for name in dict.fromkeys(named) if name in known and (name,) not in own]


def _doubtful(about: Facts) -> Iterator[Problem]:
    """Handlers that AWS declares and that seem to do nothing."""
    empty = [verb for verb in ("create", "read", "delete") if about.permissions.get(verb) == ()]
    if empty:
        said = f"AWS declares that to {' and '.join(empty)} {about.type} needs no permission at all"
        help_ = "types like that have been seen to fail; try it in a test environment first"
        yield Problem(("type",), said, help_, EMPTY_HANDLER, Severity.WARNING)
