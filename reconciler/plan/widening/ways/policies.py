"""Policies of IAM's grammar, wherever a type has one: found by their form.

Those of a principal in one property count together, so a statement may move from one to another.
Those at a resource are compared each with itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.access.model import Guard
from reconciler.access.statements import Kind
from reconciler.access.widened import kind_of, public, widened as compared
from reconciler.model.loss import Loss, Opened
from reconciler.model.value import Json, Path
from reconciler.plan.widening.turn import Pair, Turn, access, pairs, policy
from reconciler.secret.names import secretive
from reconciler.secret.redact import redact

NAMES = frozenset({"Statement"})
KEY = "AWS::KMS::Key"
LIMITS = frozenset(
    {
        ("AWS::ApiGateway::RestApi", "Policy"),
        ("AWS::EC2::VPCEndpoint", "PolicyDocument"),
        ("AWS::Transfer::User", "Policy"),
    }
)
"""Where there is no policy, all is let through that others allow. Source: the properties' texts in
CloudFormation's documentation."""
SESSION = "SessionPolicy"
"""It narrows sessions, whatever type has it. Source: IAM User Guide, Session policies."""
GIVES = frozenset({"BucketPolicy", "KeyPolicy", "ModelPackageGroupPolicy", "Policies"})
GIVES |= {"AssumeRolePolicyDocument", "InlinePolicy", "PolicyDocument", "TopicPolicy"}
GIVES |= {"RepositoryPolicyText"}
"""Properties without which nothing is allowed by them."""
_HIDDEN = "(hidden)"


def widened(turn: Turn) -> Iterator[Loss]:
    """What the policies of a change let through that those before did not."""
    for prop in turn.props:
        found = [
            each
            for each in pairs(turn.before.get(prop), turn.after.get(prop), (prop,))
            if policy(each[1]) or policy(each[2])
        ]
        if turn.new:
            yield from (loss for each in found for loss in _new(each, turn))
            continue
        own = [each for each in found if _given(each, turn)]
        yield from _compared((prop,), [it[1] for it in own], [it[2] for it in own], turn)
        for each in found:
            if each not in own:
                yield from _one(each, turn)


def _given(pair: Pair, turn: Turn) -> bool:
    """Whether it is one of the policies of a principal, which count together."""
    path, *both = pair
    return _kind(path, both, turn) is Kind.IDENTITY and not _limits(path, turn)


def _kind(path: Path, documents: Iterable[Json], turn: Turn) -> Kind:
    if path[0] == "AssumeRolePolicyDocument":
        return Kind.TRUST
    if turn.address.type == KEY:
        return Kind.RESOURCE
    return kind_of(*(each for each in documents if policy(each)))


def _limits(path: Path, turn: Turn) -> bool:
    return path[-1] == SESSION or (turn.address.type, path[0]) in LIMITS


def _one(pair: Pair, turn: Turn) -> Iterator[Loss]:
    path, before, after = pair
    if _limits(path, turn) and before is None:
        return
    if after is None and (_limits(path, turn) or not GIVES & {*path}):
        says = f"{'.'.join(path)} is taken away, and what holds without it is not known here"
        yield access([says], path, sure=False)
        return
    yield from _compared(path, [before], [after], turn)


def _compared(path: Path, before: list[Json], after: list[Json], turn: Turn) -> Iterator[Loss]:
    if before == after:
        return
    both = [each for each in (*before, *after) if each is not None]
    if not all(policy(each) for each in both):
        yield access([f"{'.'.join(path)} cannot be read as a policy"], path, sure=False)
        return
    kind = _kind(path, both, turn)
    guard = Guard.KEY if turn.address.type == KEY else Guard.RESOURCE
    site = turn.site(kind, Guard.TRUST if kind is Kind.TRUST else guard)
    one, two = ([each for each in side if each is not None] for side in (before, after))
    if found := compared(one, two, site):
        opens = [
            Opened(it.action, it.resource, it.principal, tuple(_shown(it.context)))
            for it in found.requests
        ]
        yield access(found.says, path, sure=found.certain, opens=opens)


def _shown(context: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for key, value in context.items():
        yield key, _HIDDEN if secretive(key) or redact(value) != value else value


def _new(pair: Pair, turn: Turn) -> Iterator[Loss]:
    """Of what is new, what it opens to everybody."""
    path, _, after = pair
    try:
        said = public(after, _kind(path, [after], turn))
    except ValueError:
        said = tuple(_seems(after))
    if said:
        yield access(said, path, sure=True)


def _seems(document: Json) -> Iterator[str]:
    """By its principals alone, where the rest cannot be read."""
    listed = document["Statement"]
    for each in [listed] if isinstance(listed, dict) else listed:
        if each.get("Effect") == "Allow" and (
            "NotPrincipal" in each or each.get("Principal") in ("*", {"AWS": "*"}, {"AWS": ["*"]})
        ):
            yield "it allows something to anyone"
