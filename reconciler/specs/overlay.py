"""What an environment does to the specs: `extends`, overrides and variables.

The result of each step is again a document whose positions point at the line
that set a value, in whichever file that is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from reconciler.kinds import api as kinds
from reconciler.kinds.environment import Environment
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.document import Document
from reconciler.model.value import Json
from reconciler.specs.absent import KIND, absent, framed, parent
from reconciler.specs.merge import patch
from reconciler.specs.shape import shape
from reconciler.specs.substitute import Scalar, substitute, uses
from reconciler.specs.unread import among, misframed
from reconciler.specs.words import did_you_mean, shown

BUILT_IN = ("environment", "platform", "account", "region")
_NEEDED = ("platform", "account", "region")
_WORDS = ("owner", "description", "tags")
_MAY_OVERRIDE = "an override may change spec, metadata.owner, metadata.description, metadata.tags"


@dataclass(frozen=True, slots=True)
class EnvironmentView:
    """An environment with everything it extends laid under it.

    `document` is the merged document, so ``document.at(("spec", "region"))`` is
    the line that sets the region. `chain` names the environments, this one first.
    """

    name: str
    platform: str
    account: str
    region: str
    spec: Environment
    document: Document
    chain: tuple[str, ...]

    @property
    def variables(self) -> Mapping[str, Scalar]:
        """Every name that `${…}` may use."""
        built_in = (self.name, self.platform, self.account, self.region)
        return {**self.spec.variables, **dict(zip(BUILT_IN, built_in, strict=True))}


def names(documents: Iterable[Document]) -> list[str]:
    """The environments that the documents declare."""
    return list(environments(documents))


def resolve(
    documents: Iterable[Document],
    name: str,
    *,
    specs: bool = True,
    lost: Collection[str] = (),
) -> tuple[EnvironmentView | None, list[Diagnostic]]:
    """The environment called `name`, or what keeps it from being used.

    Without `specs` the documents are environments alone, and no override is looked up. `lost` are
    names of what could not be read, which the caller has told: that they are not there is no
    second finding.
    """
    documents = list(documents)
    known = environments(documents)
    if name not in known:
        return None, absent(documents, known, name, lost)
    chain, found = _chain(documents, known, name, lost)
    if not chain:
        return None, found
    frames = [each for step in chain for each in framed(known[step])]
    document = known[chain[-1]]
    for step in reversed(chain[:-1]):
        found += _changed_types(document, known[step])
        document = patch(_unapproved(document), known[step], keep=("spec", "overrides"))
    spec, problems = shape(document, Environment, ("spec",))
    found += [*frames, *problems]
    if spec is None:
        return None, found
    found += [*_incomplete(document), *_variables(document), *_roles(document), *_tags(document)]
    found += _overrides(document, documents, lost) if specs else []
    if any(diagnostic.is_error for diagnostic in found):
        return None, found
    needed = (spec.platform or "", spec.account or "", spec.region or "")
    return EnvironmentView(name, *needed, spec, document, tuple(chain)), found


def apply(document: Document, view: EnvironmentView) -> tuple[Document, list[Diagnostic]]:
    """A spec as it is in an environment: overridden, then substituted."""
    name = _id(document)
    if name is not None and name in view.spec.overrides:
        document = patch(document, view.document, ("spec", "overrides", name))
    return substitute(document, "spec", view.variables, references=_refers(document))


def _refers(document: Document) -> bool:
    """Whether the kind of a document reads references in its texts itself."""
    data = document.data if isinstance(document.data, dict) else {}
    kind = data.get("kind")
    known = kinds.load().get(kind) if isinstance(kind, str) else None
    return known is not None and known.references


def environments(documents: Iterable[Document]) -> dict[str, Document]:
    """The documents that declare environments, by name."""
    found: dict[str, Document] = {}
    for document in documents:
        kind, slash, name = (_id(document) or "").partition("/")
        if kind == KIND and slash and isinstance(document.data.get("spec"), dict):
            found.setdefault(name, document)
    return found


def _id(document: Document) -> str | None:
    data = document.data if isinstance(document.data, dict) else {}
    metadata = data.get("metadata")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    kind = data.get("kind")
    return f"{kind}/{name}" if isinstance(kind, str) and isinstance(name, str) else None


def _chain(
    documents: list[Document], known: Mapping[str, Document], name: str, lost: Collection[str]
) -> tuple[list[str], list[Diagnostic]]:
    """`name` and all it extends, nearest first; nothing where one of them cannot be used."""
    chain = [name]
    while (above := known[chain[-1]].data["spec"].get("extends")) is not None:
        at = known[chain[-1]].at(("spec", "extends"))
        if not isinstance(above, str):
            break  # the wrong type is reported by `shape`
        if above in chain:
            text = f"environments extend each other: {' -> '.join((*chain, above))}"
            return [], [Diagnostic("ENV003", text, at, "remove one `extends` of the circle")]
        if above not in known:
            return [], parent(documents, known, above, lost, at)
        chain.append(above)
    return chain, []


def _unapproved(document: Document) -> Document:
    """An environment to build on: what was approved, or is said of an account, is of there only."""
    spec = {key: value for key, value in document.data["spec"].items() if key != "services"}
    protection = spec.get("protection")
    if isinstance(protection, dict):
        kept = {key: value for key, value in protection.items() if key != "approvals"}
        spec["protection"] = kept
    return replace(document, data={**document.data, "spec": spec})


def _changed_types(base: Document, change: Document) -> list[Diagnostic]:
    before, after = _values(base), _values(change)
    found = []
    for name in sorted(before.keys() & after.keys()):
        old, new = before[name], after[name]
        if new is None or type(old) is type(new) or (type(old) is float and type(new) is int):
            continue
        path = ("spec", "variables", name)
        text = f"the variable {name!r} is {shown(new)}; in {base.at(path)} it is {shown(old)}"
        found.append(Diagnostic("ENV005", text, change.at(path), "keep the type of the variable"))
    return found


def _values(document: Document) -> dict[str, Json]:
    variables = document.data["spec"].get("variables")
    return variables if isinstance(variables, dict) else {}


def _incomplete(document: Document) -> list[Diagnostic]:
    spec = document.data["spec"]
    return [
        Diagnostic(
            "ENV004",
            f"the environment does not say its {name}",
            document.key_at(("spec",)),
            f"add `{name}: …`, or extend an environment that has it",
        )
        for name in _NEEDED
        if spec.get(name) is None
    ]


def _roles(document: Document) -> Iterator[Diagnostic]:
    """Roles of another account: Moorline would take them, and be in the wrong one."""
    spec = document.data["spec"]
    if spec.get("account") is None:
        return  # that is said of it already
    roles = spec.get("roles")
    for name, arn in roles.items() if isinstance(roles, dict) else ():
        own = f":iam::{spec.get('account')}:"
        if name in {"plan", "apply", "approve"} and isinstance(arn, str) and own not in arn:
            text = f"roles.{name} is in another account than the environment ({spec['account']})"
            help_ = "name the role of this account, or write `roles: null` to take none"
            yield Diagnostic("ENV013", text, document.at(("spec", "roles", name)), help_)
    boundary = spec.get("boundary")
    ours = (f":iam::{spec.get('account')}:", ":iam::aws:")
    if isinstance(boundary, str) and not any(each in boundary for each in ours):
        text = f"boundary is in another account than the environment ({spec['account']})"
        help_ = "name a policy of this account or one of AWS's own"
        yield Diagnostic("ENV013", text, document.at(("spec", "boundary")), help_)


def _tags(document: Document) -> Iterator[Diagnostic]:
    """Tags that nothing would get: an environment is no resource."""
    metadata = document.data.get("metadata")
    if isinstance(metadata, dict) and metadata.get("tags"):
        text = "an environment has no tags of its own; those of everything in it are in 'spec'"
        at = document.key_at(("metadata", "tags"))
        yield Diagnostic("SPEC010", text, at, "move them to 'spec.tags'")


def _variables(document: Document) -> list[Diagnostic]:
    found = []
    for name, value in _values(document).items():
        path = ("spec", "variables", name)
        if name in BUILT_IN:
            text = f"the variable {name!r} is always defined"
            found.append(Diagnostic("ENV011", text, document.key_at(path), "rename it"))
        if isinstance(value, str) and uses(value):
            text = f"the variable {name!r} uses another variable"
            help_ = "write the value out; write $${ for a literal ${"
            found.append(Diagnostic("ENV008", text, document.at(path), help_))
    return found


def _overrides(
    document: Document, documents: list[Document], lost: Collection[str]
) -> list[Diagnostic]:
    broken = {*lost, *(name for name, _ in misframed(documents, kinds.load()))}
    known = [name for each in documents if (name := _id(each)) and not name.startswith(KIND + "/")]
    found = []
    for name, change in (document.data["spec"].get("overrides") or {}).items():
        path = ("spec", "overrides", name)
        if name not in known and not among(name.partition("/")[2], broken):
            text = f"override of {name!r}, which no document declares{did_you_mean(name, known)}"
            help_ = "write Kind/name of a spec, or remove the override"
            found.append(Diagnostic("ENV006", text, document.key_at(path), help_))
        wrong = [(key,) for key in change if key not in {"spec", "metadata"}]
        metadata = change.get("metadata")
        if "metadata" in change and not isinstance(metadata, dict):
            wrong.append(("metadata",))
        wrong += [("metadata", key) for key in metadata or () if key not in _WORDS]  # type: ignore[misc]
        for bad in wrong:
            text = f"an override cannot change {'.'.join(bad)!r}"
            found.append(Diagnostic("ENV010", text, document.key_at((*path, *bad)), _MAY_OVERRIDE))
    return found
