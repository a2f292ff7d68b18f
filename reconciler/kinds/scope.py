"""The world as one spec sees it while it is compiled.

A scope names resources, gives access to what other specs export, collects the
permissions that workloads need, and remembers which spec line caused what. It
performs no I/O; facts from AWS were looked up before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from reconciler.kinds.lines import OUTSIDE, Lines, Named
from reconciler.kinds.peers import Home, Lacking, LackingError
from reconciler.kinds.served import Served
from reconciler.kinds.statements import Grant, statements_of
from reconciler.model.address import Address
from reconciler.model.asset import Form, Packed
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.graph import NAME_LINE, Node, Origin
from reconciler.model.value import Json, Path, Props, Ref, digest
from reconciler.model.waiting import Waiting


class Place(Protocol):
    """Where the platform lives."""

    @property
    def account(self) -> str: ...
    @property
    def region(self) -> str: ...
    @property
    def partition(self) -> str: ...
    @property
    def platform(self) -> str: ...
    @property
    def environment(self) -> str: ...
    @property
    def prefix(self) -> str: ...


SESSION_SECONDS = 3600
"""How long a workload's session lasts: AWS's default, said so that a change by hand shows."""


@dataclass(frozen=True, slots=True)
class Lookup:
    """A question to AWS that must be answered before a spec can be compiled.

    `what` names a reader in `reconciler.aws.lookups`; `offline` is the answer
    used by commands that do not talk to AWS.
    """

    what: str
    params: tuple[tuple[str, str], ...]
    offline: Json = field(default=None, hash=False, compare=False)


@dataclass(frozen=True, slots=True)
class Admission:
    """A statement for the policy of a resource that another spec makes."""

    to: Address
    policy: str
    """The property that holds the policy."""
    statement: Props


@dataclass(slots=True)
class Role:
    """A workload's identity under construction: who may assume it and what it may do."""

    address: Address
    service: str
    sources: tuple[str, ...] = ()
    statements: list[Grant] = field(default_factory=list)

    @property
    def arn(self) -> Ref:
        return Ref(self.address, "Arn")


def _nobody(_: str) -> Served | None:
    return None


@dataclass(slots=True, kw_only=True)
class Scope:
    """See the module docstring. `spans` finds a spec line by its path inside `spec`."""

    kind: str
    name: str
    owner: str
    place: Place
    naming: Callable[[str, str, str], Address]
    """Type, conventional name and content digest ("" for none) to address."""
    spans: Callable[[Path], Span]
    peer: Callable[[str, str], Mapping[str, Json | Lacking]]
    """What the spec of a kind and name exports."""
    served: Callable[[str], Served | None] = _nobody
    """What the adapter of a type knows; nothing where nothing serves it."""
    description: str = ""
    """What the spec is for, in its metadata."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """The user's own tags, in its metadata."""
    own: Mapping[tuple[str, str], Named] = field(default_factory=dict)
    """Names that the user chose, by type and suffix."""
    boundary: str = ""
    """The policy that caps every role here, or nothing."""
    facts: Mapping[Lookup, Json] | None = None
    """Answers to lookups; nothing when working offline."""
    packed: Mapping[tuple[str, Form], Packed] = field(default_factory=dict)
    """What the spec names of the repository; see `terms.asset`."""
    home: Home | None = None
    available: bool = False
    """Whether the environment has to stay available while a zone or an instance fails."""
    made: dict[Address, Node] = field(default_factory=dict)
    """What comes into the graph besides what `build` answers: assets."""
    roles: dict[str, Role] = field(default_factory=dict)
    admissions: list[Admission] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)
    imageless: list[str] = field(default_factory=list)
    """Images of AWS that are wanted and of which nobody knows where the region has them."""
    deferred: Waiting | None = None

    def address(self, type_: str, suffix: str = "") -> Address:
        """The address of this spec's resource of a type; `suffix` tells several apart."""
        if (own := self.own.get((type_, suffix))) is not None:
            return Address(type_, own.name)
        return self.naming(type_, "-".join(filter(None, (self.name, suffix))), "")

    def versioned(self, type_: str, props: Props, suffix: str = "") -> Address:
        """An address whose name carries the digest of the content."""
        base = "-".join(filter(None, (self.name, suffix)))
        return self.naming(type_, base, digest(props, 8))

    def node(
        self,
        address: Address,
        props: Props,
        *,
        lines: Mapping[Path, Path] | None = None,
        depends_on: Iterable[Address] = (),
        keep: int = 1,
    ) -> Node:
        """A node of this spec. Properties that are `...` are left out.

        `lines` maps a property path to the path inside `spec` that causes it.
        """
        tagged: dict[Path, Path] = {
            ("Tags", key): (OUTSIDE, "metadata", "tags", key) for key in self.tags
        }
        own = [each for each in self.own.values() if Address(each.type, each.name) == address]
        named: dict[Path, Path] = {NAME_LINE: own[0].path} if own else {}
        fields = Lines({**tagged, **named, **(lines or {})}, self.spans)
        origin = Origin(f"{self.kind}/{self.name}", self.spans(()), fields)
        kept = {key: value for key, value in props.items() if value is not ...}
        return Node(address, kept, tuple(depends_on), origin, keep)

    def export(self, kind: str, name: str, what: str) -> Json:
        """A value that another spec exports.

        Raises:
            KeyError: that spec exports no such value, which is a fault of the kind file.
            LackingError: that spec cannot give it; the compiler makes it a finding where the
                other one is named.
        """
        return self.given(kind, name, self.peer(kind, name)[what])

    def given(self, kind: str, name: str, found: Json | Lacking) -> Json:
        """What another spec exports, itself or inside of a value.

        Raises:
            LackingError: that spec cannot give it.
        """
        if isinstance(found, Lacking):
            raise LackingError(kind, name, found)
        return found

    def fact(self, lookup: Lookup) -> Json:
        """The answer to a lookup: nothing when AWS has none, its offline form without AWS."""
        return lookup.offline if self.facts is None else self.facts.get(lookup)

    def defer(self, why: str, todo: str) -> None:
        """Say that this spec cannot be compiled yet; what it owns will be left alone.

        `todo` is what somebody has to do, as an order: ``upload it``.
        """
        self.deferred = Waiting(f"{self.kind}/{self.name}", why, todo)

    def problem(
        self,
        path: Path,
        message: str,
        *,
        help: str = "",  # noqa: A002 - the diagnostic's own word
        code: str = "SPEC030",
        severity: Severity = Severity.ERROR,
    ) -> None:
        """Report a fault that only shows when the spec meets the rest of the platform."""
        self.problems.append(Diagnostic(code, message, self.spans(path), help, severity))

    def role(self, purpose: str, service: str, sources: Iterable[str] = ()) -> Role:
        """The role of a workload, made once per purpose.

        `service` is a service principal; `sources` limits ``aws:SourceArn`` (patterns) and
        pins the account. Give none where AWS does not document that the service sends it.
        """
        if purpose not in self.roles:
            address = self.address("AWS::IAM::Role", purpose)
            self.roles[purpose] = Role(address, service, tuple(sources))
        return self.roles[purpose]

    def grant(
        self,
        role: Role,
        actions: Iterable[str],
        *,
        on: Iterable[Json],
        when: Props | None = None,
    ) -> None:
        """Allow a role some actions on some resources (ARNs, references or joins)."""
        role.statements.append((tuple(sorted(actions)), tuple(on), when or {}))

    def admit(self, arn: Json, policy: str, statement: Props) -> None:
        """Add a statement to the policy of what has an ARN; an ARN in plain text is not ours."""
        if isinstance(arn, Ref):
            self.admissions.append(Admission(arn.target, policy, statement))

    def role_nodes(self) -> Iterator[Node]:
        """The roles this spec asked for, with least-privilege inline policies."""
        for purpose in sorted(self.roles):
            role = self.roles[purpose]
            statements = [*statements_of(role.statements)]
            document = {"Version": "2012-10-17", "Statement": statements}
            policies = [{"PolicyName": "moorline", "PolicyDocument": document}]
            yield self.node(
                role.address,
                {
                    "Description": f"{self.kind} {self.name}: {purpose}",
                    "AssumeRolePolicyDocument": self._trust(role),
                    "Policies": policies if statements else [],
                    "ManagedPolicyArns": [],
                    "MaxSessionDuration": SESSION_SECONDS,
                    "PermissionsBoundary": self.boundary or ...,
                },
            )

    def _trust(self, role: Role) -> Props:
        statement: dict[str, Json] = {
            "Effect": "Allow",
            "Principal": {"Service": role.service},
            "Action": "sts:AssumeRole",
        }
        if role.sources:
            statement["Condition"] = {
                "StringEquals": {"aws:SourceAccount": self.place.account},
                "ArnLike": {"aws:SourceArn": sorted(role.sources)},
            }
        return {"Version": "2012-10-17", "Statement": [statement]}

    def arn(self, service: str, resource: str, *, regional: bool = True) -> str:
        """An ARN in this place; `resource` is what follows the account id."""
        region = self.place.region if regional else ""
        return f"arn:{self.place.partition}:{service}:{region}:{self.place.account}:{resource}"
