"""kind: Resource. One AWS resource of any type, in CloudFormation's own words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.facts import Facts, facts
from reconciler.kinds.api import Kind, Scope, Served, register
from reconciler.kinds.reference import parts
from reconciler.kinds.resource import tags
from reconciler.kinds.resource.check import PROPERTIES, check
from reconciler.kinds.resource.links import WHOLE, Links
from reconciler.kinds.resource.spec import AnyResource
from reconciler.kinds.resource.unshown import hide, unshown
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref, canonical

HOLDS_TAG = "moorline:holds"
DEFAULT = "records"
"""What a resource of a type that nobody here knows counts as holding."""
NOTHING = "nothing"
_IDENTIFIER = "PrimaryIdentifier"
"""The output that is an identifier of several parts in one text."""
_NAME = "RES004"
_HOLDS = "RES008"
_NULL = "RES011"
_REFUSED = "RES006"
LARGEST = 262_144
"""Characters of a document. Source: botocore's model of `cloudcontrol`, `Properties`."""
_SENSITIVE = "RES012"
_TAG = tags.CODE


def types(spec: AnyResource) -> Iterator[tuple[Path, str]]:
    yield ("type",), spec.type


def exports(spec: AnyResource, scope: Scope) -> Mapping[str, Json]:
    """Attributes that AWS sets, the identifier, and what the adapter names besides."""
    served = scope.served(spec.type)
    if served is None:
        return {}
    about = facts(spec.type)
    address = _address(spec, scope, served)
    named = {name: _output(name, about, served) for name in _attributes(about)}
    found: dict[str, Json] = {name: Ref(address, out) for name, out in named.items() if out}
    found |= {name: Ref(address, name) for name in served.outputs}
    if served.name:
        found[served.name] = Ref(address, served.name)
    own = ".".join(about.identity[0]) if len(about.identity) == 1 else _IDENTIFIER
    if own in found:
        found[WHOLE] = found[own]
    return found


def _attributes(about: Facts) -> Iterator[str]:
    for path in sorted({*about.read_only, *about.identity}):
        if "*" not in path:
            yield ".".join(path)


def _output(name: str, about: Facts, served: Served) -> str:
    """What the adapter calls an attribute: an ARN may be `Arn` there and `TopicArn` here."""
    if name in served.outputs or name == served.name:
        return name
    arns = [path for path in about.read_only if len(path) == 1 and path[0].endswith("Arn")]
    return "Arn" if arns == [(name,)] and "Arn" in served.outputs else ""


def build(spec: AnyResource, scope: Scope) -> Iterator[Node]:
    served = scope.served(spec.type)
    if served is None:
        return  # whoever read the spec has said so
    about = facts(spec.type)
    address = _address(spec, scope, served)
    links = Links(scope)
    own = tags.place(about) if served.tags else ""
    props = {
        name: links.filled(value, (*PROPERTIES, name))
        for name, value in spec.properties.items()
        if name != own
    }
    if not served.removes:
        _kept(spec, scope)
    elif (size := len(canonical(spec.properties))) > LARGEST:
        said = f"it is {size:,} bytes long, and AWS takes {LARGEST:,} characters of one resource"
        scope.problem(PROPERTIES, said, help="put what is long into a bucket", code=_REFUSED)
    if served.hides:
        props = hide(props, address, about, spec.secrets)
    elif spec.secrets:
        said = f"{spec.type} is served by Moorline's own adapter, which can hide nothing more"
        scope.problem(("secrets",), said, help="remove it", code=_SENSITIVE)
    if served.tags:
        props[tags.TAGS] = _tags(spec, scope, served, about)
    elif spec.holds is not None:
        _forgotten(spec, scope)
    needs = sorted(links.needs - {address})
    yield scope.node(address, props, lines=_lines(spec, own), depends_on=needs)


def _address(spec: AnyResource, scope: Scope, served: Served) -> Address:
    """The name that the spec gives, word for word, or else the conventional one."""
    if served.inside:
        return _within(spec, scope, served)
    given = spec.properties.get(served.name) if served.name else None
    if not isinstance(given, str) or not given:
        return scope.address(spec.type)
    pieces = parts(given)
    if len(pieces) == 1 and isinstance(pieces[0], str):
        return Address(spec.type, pieces[0])
    scope.problem(
        (*PROPERTIES, served.name),
        f"{served.name!r} is the name of the resource, which has to be known before AWS is asked",
        help="write it out, or leave it to Moorline",
        code=_NAME,
    )
    return scope.address(spec.type)


def _within(spec: AnyResource, scope: Scope, served: Served) -> Address:
    """What is in something is called by that, a slash, and its own name."""
    said = Links(scope).filled(_at(spec.properties, served.inside), PROPERTIES)
    parent = said.target.name if isinstance(said, Ref) else said
    if not isinstance(parent, str) or not parent:
        text = f"{served.inside!r} names what the resource is in, which has to be known"
        help_ = "write it out, or refer to the spec that makes it"
        scope.problem((*PROPERTIES, served.inside.partition(".")[0]), text, help=help_, code=_NAME)
        parent = scope.place.prefix
    if served.between:
        parent = f"{parent}/{_at(spec.properties, served.between)}"
    own = _at(spec.properties, served.leaf)
    leaf = own if isinstance(own, str) and own else scope.address(spec.type).name
    return Address(spec.type, f"{parent}/{leaf}")


def _at(tree: Json, path: str) -> Json:
    for step in path.split("."):
        tree = tree.get(step) if isinstance(tree, Mapping) else None
    return tree


def _tags(spec: AnyResource, scope: Scope, served: Served, about: Facts) -> list[Json]:
    found = {
        tag.key: "".join(each for each in parts(tag.value) if isinstance(each, str))
        for tag in tags.given(spec.properties, about)
        if isinstance(tag.key, str) and isinstance(tag.value, str)
    }
    for tag in tags.given(spec.properties, about):
        if isinstance(tag.key, str) and tag.key in scope.tags:
            said = f"the tag {tag.key!r} is in 'metadata.tags' too"
            scope.problem((*PROPERTIES, *tag.at), said, help="remove one of the two", code=_TAG)
    if spec.holds == NOTHING and served.holds:
        said = f"every {spec.type} holds {served.holds}, whatever a spec says"
        scope.problem(("holds",), said, help="remove it", code=_HOLDS)
    elif held := spec.holds or ("" if served.known else DEFAULT):
        found[HOLDS_TAG] = held
    return [{"Key": key, "Value": value} for key, value in found.items()]


def _kept(spec: AnyResource, scope: Scope) -> None:
    """Nulls of a type that Moorline has calls for: what removes a value is known to its adapter."""
    found: dict[Path, Path] = {}
    _each(spec.properties, (), found)
    for path, at in found.items():
        if _value(spec.properties, path) is None:
            said = f"{spec.type} is served by Moorline's own adapter, which takes no null"
            help_ = "write the value that it is to have, or an empty one: '', [] or {}"
            scope.problem(at, said, help=help_, code=_NULL)


def _value(tree: Json, path: Path) -> Json:
    for step in path:
        tree = tree[int(step)] if isinstance(tree, list) else tree[step]
    return tree


def _forgotten(spec: AnyResource, scope: Scope) -> None:
    """Where there are no tags, nothing tells later what the spec said."""
    if spec.holds in (DEFAULT, scope.served(spec.type).holds):  # type: ignore[union-attr]
        return
    said = f"{spec.type} has no tags, so what it holds is forgotten with its spec"
    help_ = f"remove it: the resource counts as holding {DEFAULT}; an approval lets it go"
    scope.problem(("holds",), said, help=help_, code=_HOLDS)


def _lines(spec: AnyResource, own: str) -> dict[Path, Path]:
    """Every property to the line it is written in."""
    found: dict[Path, Path] = {}
    _each(spec.properties, (), found)
    if own in spec.properties:
        about = facts(spec.type)
        for tag in tags.given(spec.properties, about):
            found[tags.TAGS, str(tag.key)] = (*PROPERTIES, *tag.at)
        found[(tags.TAGS,)] = (*PROPERTIES, own)
    found[tags.TAGS, HOLDS_TAG] = ("holds",)
    return found


def _each(value: Json, path: Path, found: dict[Path, Path]) -> None:
    if path:
        found[path] = (*PROPERTIES, *path)
    if isinstance(value, Mapping):
        for key, item in value.items():
            _each(item, (*path, str(key)), found)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            _each(item, (*path, str(index)), found)


register(
    Kind(
        name="Resource",
        model=AnyResource,
        summary="One AWS resource of any type, with the properties that CloudFormation has for it.",
        check=check,
        build=build,
        exports=exports,
        types=types,
        hidden=unshown,
        references=True,
        example="""\
type: AWS::SSM::Parameter
properties:
  Type: String
  Value: eu
  Description: Where scores of the fraud platform are kept.
holds: nothing
""",
    )
)
