"""A bucket whose policy lets objects travel without TLS, and what it would take.

Every bucket that a kind makes denies plain HTTP, and S3 encrypts what it keeps in any case. A kind
that does not is refused unless the environment approves wider access to this bucket by its address,
with a reason and a day; one that is written property by property is warned of. Where a policy is
not known yet it is said so. Source: S3 user guide,
"Security best practices", enforce encryption of data in transit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.loss import Destruction
from reconciler.model.value import Json, Ref
from reconciler.policy.api import Grounds, Ruled, register

BUCKET, POLICY = "AWS::S3::Bucket", "BucketPolicy"
_APART = "AWS::S3::BucketPolicy"
_ALL = frozenset({"s3:*", "*"})
_KEY = "aws:securetransport"
_OPERATORS = frozenset({"Bool", "BoolIfExists"})
CODE = Code(
    "GRAPH038",
    "objects may travel without TLS",
    "Nothing in the policy of a bucket denies requests without TLS, so what is in it may be read"
    " and changed on its way.",
    "Deny `s3:*` on the bucket and its objects to `*` where `aws:SecureTransport` is `false`, as"
    " every DataSource does. If it has to be so, approve `access` for the bucket's address in the"
    " environment, with a reason and a day: that is the waiver.",
)


def find(graph: Graph, grounds: Grounds) -> Iterator[Diagnostic]:
    """One finding for each bucket that does not deny plain HTTP."""
    apart = _apart(graph)
    for node in graph:
        if node.address.type != BUCKET:
            continue
        told = _denies(node.props.get(POLICY))
        if told is None:
            yield _finding(node, "nobody can tell before the apply whether", Severity.WARNING)
        elif not told and node.address.name not in apart and not _waived(node, grounds):
            yield _finding(node, "nothing says that", _severity(node))


register(Ruled(CODE, find))


def _severity(node: Node) -> Severity:
    """Who writes every property means what it leaves out; a kind promises to leave out nothing."""
    plain = node.origin is not None and node.origin.spec.startswith("Resource/")
    return Severity.WARNING if plain else Severity.ERROR


def _waived(node: Node, grounds: Grounds) -> bool:
    policy = grounds.policy
    return any(
        each.covers(node.address, Destruction.ACCESS) and each.until >= policy.today
        for each in policy.approvals
    )


def _apart(graph: Graph) -> set[str]:
    """Buckets whose policy is a resource of its own that denies it."""
    found: set[str] = set()
    for node in graph:
        if node.address.type == _APART and _denies(node.props.get("PolicyDocument")):
            bucket = node.props.get("Bucket")
            found.add(bucket.target.name if isinstance(bucket, Ref) else str(bucket))
    return found


def _denies(policy: Json) -> bool | None:
    """Whether a policy denies every request without TLS; None where that is not known yet."""
    if policy is None:
        return False
    if not isinstance(policy, Mapping):
        return None
    statements = policy.get("Statement") or ()
    listed = [statements] if isinstance(statements, Mapping) else statements
    return any(_denial(each) for each in listed if isinstance(each, Mapping))


def _denial(statement: Mapping[str, Json]) -> bool:
    """Whether it denies everybody everything but over TLS, of the bucket's objects at least."""
    if statement.get("Effect") != "Deny" or not _everybody(statement.get("Principal")):
        return False
    if not _ALL & {str(each) for each in _many(statement.get("Action"))}:
        return False
    resources = _many(statement.get("Resource"))
    objects = any(str(each) == "*" or str(each).endswith("/*") for each in resources)
    when = statement.get("Condition")
    if not objects or not isinstance(when, Mapping) or len(when) != 1:
        return False
    ((operator, condition),) = when.items()
    return operator in _OPERATORS and _plain(condition)


def _plain(condition: Json) -> bool:
    if not isinstance(condition, Mapping) or len(condition) != 1:
        return False
    ((key, value),) = condition.items()
    values = [str(each).lower() for each in _many(value)]
    return str(key).lower() == _KEY and values == ["false"]


def _everybody(principal: Json) -> bool:
    if isinstance(principal, Mapping):
        return "*" in _many(principal.get("AWS"))
    return bool(principal == "*")


def _many(value: Json) -> Sequence[Json]:
    if value is None:
        return ()
    return value if isinstance(value, list | tuple) else (value,)


def _finding(node: Node, says: str, severity: Severity) -> Diagnostic:
    at = node.origin.line_of((POLICY,)) if node.origin else None
    text = f"{says} requests to {node.address.name!r} need TLS"
    return Diagnostic(CODE.code, text, at, CODE.fix, severity, node.address)
