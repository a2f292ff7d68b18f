"""Read what AWS's own handlers serve: how it is addressed, and in which order that can be known.

One that has a name is read by it. One that AWS named is found by its tags, whose page has an ARN;
what an ARN stands for is a guess until it was read and its tags are those. Else it is looked for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from reconciler.aws.ending import StepError
from reconciler.aws.errors import AwsError, Rejected, incomplete
from reconciler.aws.search import search
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single
from reconciler.aws.survey import Survey
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Props, Ref, from_json, references, resolve
from reconciler.plan.diff import TAGS, compare
from reconciler.plan.live import Live, Orphan, owned
from reconciler.plan.order import known
from reconciler.resources.api import NAME_TAG, OWNERSHIP, TYPE_TAG, Resource
from reconciler.resources.cloudcontrol.builder import SERVICE
from reconciler.resources.cloudcontrol.seek import NOT_IT
from reconciler.resources.generic import PRIMARY


def levels(graph: Graph, resources: Mapping[str, Resource]) -> Iterator[list[Node]]:
    """What can be read at once: what is addressed by an output of another comes after that.

    So does what has no tags and is whose the other one is.
    """
    left = {node.address: node for node in graph}
    while left:
        now = [node for node in left.values() if not _waits(node, resources, left)]
        now = now or list(left.values())  # a circle, which the graph has refused
        yield now
        for node in now:
            del left[node.address]


def _waits(node: Node, resources: Mapping[str, Resource], left: Mapping[Address, Node]) -> bool:
    resource = resources[node.address.type]
    if resource.generic is None:
        return False
    targets = {ref.target for ref in references(node.props)} - {node.address}
    return any(
        target in left and (resource.tags is None or not _named(ref, resources))
        for ref in references(node.props)
        if (target := ref.target) in targets
    )


def _named(ref: Ref, resources: Mapping[str, Resource]) -> bool:
    resource = resources[ref.target.type]
    return ref.output in resource.named or ref.output in resource.predict


class Addressed:
    """Reads resources of such types, for a plan."""

    def __init__(  # noqa: PLR0913 - what is read with, and what is known of before
        self,
        session: Session,
        single: Single,
        resources: Mapping[str, Resource],
        left: frozenset[Address],
        applied: Mapping[Address, Props],
        begun: frozenset[Address],
        going: Graph,
    ) -> None:
        """`left` is what the last apply left, `applied` what it asked for; `begun` may be done.

        `going` is what specs declare and is to go.
        """
        self.going = going
        self.session = session
        self.left = left
        self.applied = applied
        self.begun = begun
        self.findings: list[Diagnostic] = []
        self.reader = ReadOnly(session, SERVICE)
        self.single = single
        self.resources = resources

    def node(self, node: Node, live: Live, survey: Survey) -> Observed | None:
        """A declared resource; nothing where it is absent.

        Raises:
            AwsError: its state could not be found out.
        """
        resource = self.resources[node.address.type]
        place = self.single.place
        props = resolve(node.props, lambda ref: known(ref, live, self.resources, place))
        unread = any(ref.target in live.unknown for ref in references(node.props))
        if unread and resource.generic and resource.generic.key(props) is None:
            raise incomplete(str(node.address), "what it is addressed by could not be read")
        seen = self._read(node.address, resource, props, survey)
        if seen and resource.tags is None and self._is_ours(node, props, live, seen):
            return replace(seen, tags=self._owner())
        return seen

    def _is_ours(self, node: Node, props: Props, live: Live, seen: Observed) -> bool:
        """Whose a thing without tags is: by its name, by what it is part of, or by a receipt."""
        resource, name = self.resources[node.address.type], node.address.name
        called = bool(resource.name) and seen.props.get(resource.name) == name
        if (called and name.startswith(self.single.place.prefix)) or node.address in self.left:
            return True
        if node.address in self.begun and not compare(node.address, props, seen, resource).fields:
            return True
        parts = (live.found.get(ref.target) for ref in references(node.props))
        return any(each and (each.tags or {}).items() >= self._owner().items() for each in parts)

    def _owner(self) -> dict[str, str]:
        """The tags that say whose something is, for what cannot carry them."""
        place = self.single.place
        values = (place.platform, place.environment, place.region)
        return dict(zip((OWNERSHIP[0], OWNERSHIP[1], OWNERSHIP[3]), values, strict=True))

    def orphan(self, address: Address, survey: Survey, live: Live) -> Orphan | None:
        """A resource that is ours and that nothing declares; nothing where it is gone.

        `live` is what was read before, which its spec may refer to. Where nothing tells whether
        it is there, `findings` says so.

        Raises:
            AwsError: its state could not be found out.
        """
        resource, node = self.resources[address.type], self.going.nodes.get(address)
        props = self._known_of(address, survey, live)
        seen = self._read(address, resource, props, survey)
        if seen is None:
            if not self._proven(resource, props, survey.keys.get(address, ())):
                self.findings.append(_left(address))
            return None
        if resource.tags is None:
            told = address in self.left or (node and self._is_ours(node, props, live, seen))
            if not told:
                self.findings.append(_unsaid(address))
                return None
            seen = replace(seen, tags=self._owner())
        if not owned(seen, self.single.place, resource):
            return None
        spec = node.origin.spec if node and node.origin else ""
        seen = self.single.going(resource, address, seen)
        return Orphan(address, seen, (seen.tags or {}).get(OWNERSHIP[2], spec))

    def _known_of(self, address: Address, survey: Survey, live: Live) -> Props:
        """All that says how something may be addressed: its spec, the last receipt, its tags."""
        resource, node = self.resources[address.type], self.going.nodes.get(address)
        # a receipt has the JSON forms of what it hides or did not know: they address nothing
        props = dict(from_json(dict(self.applied.get(address, {}))))
        if node:
            place = self.single.place
            props |= resolve(node.props, lambda ref: known(ref, live, self.resources, place))
        if resource.name:
            props.setdefault(resource.name, address.name)
        usual = {**self._owner(), NAME_TAG: address.name, TYPE_TAG: address.type}
        tags = survey.index.get(address) or usual
        return {**props, TAGS: [{"Key": key, "Value": tags[key]} for key in sorted(tags)]}

    @staticmethod
    def _proven(resource: Resource, props: Props, arns: Collection[str]) -> bool:
        """Whether what was not found is not there: it was asked for by all that it can be by."""
        generic = resource.generic
        assert generic is not None  # noqa: S101 - the caller's choice
        if generic.key(props) is not None or generic.proves(props):
            return True
        return generic.single and any(generic.by_arn(arn) for arn in arns)

    def _read(
        self, address: Address, resource: Resource, props: Props, survey: Survey
    ) -> Observed | None:
        assert resource.generic is not None  # noqa: S101 - the caller's choice
        tags = survey.index.get(address)
        if key := resource.generic.key(props):
            return self.single.read(resource, address, props, tags=tags, key=key)
        found = self._by_tag(address, resource, props, survey)
        if len(found) > 1:
            raise Rejected(str(address), "Ambiguous", f"{len(found)} resources carry its tags")
        if found:
            return next(iter(found.values()))
        try:
            key = search(self.session, resource, props, self.reader)
        except StepError as error:
            raise Rejected(str(address), "Ambiguous", str(error)) from error
        return self.single.read(resource, address, props, tags=tags, key=key) if key else None

    def _by_tag(
        self, address: Address, resource: Resource, props: Props, survey: Survey
    ) -> dict[str, Observed]:
        """What the ARNs of the tag pages lead to, and has those tags itself."""
        found: dict[str, Observed] = {}
        for arn in survey.keys.get(address, ()):
            for key in resource.generic.by_arn(arn) if resource.generic else ():
                try:
                    seen = self.single.read(resource, address, props, key=key)
                except AwsError as error:
                    if error.code in NOT_IT:
                        continue
                    raise
                if seen and _is(seen, address, survey.index.get(address)):
                    found[str(seen.outputs.get(PRIMARY))] = seen
                    break
        return found


def _left(address: Address) -> Diagnostic:
    text = "may exist: a receipt, its tags or its spec name it, and nothing tells how AWS calls it"
    return _stays(address, text, "look at it in AWS, and delete it by hand if it is to go")


def _unsaid(address: Address) -> Diagnostic:
    text = "stays: something is there as its spec has it, and nothing says that Moorline made it"
    return _stays(address, text, "its type has no tags; delete it by hand if it is to go")


def _stays(address: Address, text: str, help_: str) -> Diagnostic:
    said = f"{str(address)!r} {text}"
    return Diagnostic("CLOUD002", said, help=help_, severity=Severity.WARNING, address=address)


def _is(seen: Observed, address: Address, index: Mapping[str, str] | None) -> bool:
    """Whether its own tags name it; where it shows none, those of the index count."""
    tags = seen.tags if seen.tags is not None else index or {}
    return tags.get(NAME_TAG) == address.name and tags.get(TYPE_TAG) == address.type
