"""Answers from before a write, while the sandbox lags: the whole call is put to the old state.

So the errors, the values and IAM's decision are the service's own ones. A write is tried on the
old state first: where that refuses it, AWS would have too; else it takes effect on the state
that there is. A key that was just made, or got another policy, first refuses whoever uses it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from moto.core.model_instances import model_data
from moto.iam.models import AWSManagedPolicy
from moto.s3.models import s3_backends

from reconciler.sandbox import beside
from reconciler.sandbox.door import names, unseen
from reconciler.sandbox.door.faults import READS
from reconciler.sandbox.iam import there
from reconciler.sandbox.protocol.requests import bucket_of
from reconciler.sandbox.state import pickles, snapshot
from reconciler.sandbox.state.lag import Write
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from reconciler.sandbox.door.asked import Asked
    from reconciler.sandbox.protocol import wire
    from reconciler.sandbox.state.lag import Thing

ORDER = 20
REFUSED = 400
TAGGING = "resourcegroupstaggingapi"
GUARDED = {"CreateKey", "PutKeyPolicy"}
"""After these a key's policy takes its time to be known: so many calls on the key are denied."""
UNGUARDED = {"DescribeKey", "ListAliases"}
"""These lag as all reads do: not found, or as before."""
DATA = {"PutObject", "DeleteObject", "DeleteObjects", "CopyObject"}
"""Objects are strongly consistent. Source: S3 User Guide, "Amazon S3 data consistency model"."""
STRONG = {"GetObject", "HeadObject", "ListObjects", "ListObjectsV2"}
"""So are these, but for a bucket that is not there yet. Source: the same, reads and LIST."""


def answer(asked: Asked, onward: Callable[[], wire.Answer]) -> wire.Answer:
    """What `onward` answers, now or as of before a write that is not seen yet."""
    service, operation, sent = asked.service, asked.operation, asked.sent
    lag = WORLD.lag
    if sent is None or not lag.on or operation in DATA:
        return onward()
    lag.passes(WORLD.clock.now())
    asker, (own, used) = f"{service}.{operation}", names.named(service, operation, sent)
    if refused := _elsewhere(asker, used):
        return asked.refused(*refused)
    reading = operation.startswith(READS)
    if service == "kms" and operation not in UNGUARDED and WORLD.lag.denies(own, GUARDED):
        text = f"User is not authorized to perform: kms:{operation} on this resource"
        return asked.refused("AccessDeniedException", text)
    old = _old(service, asker, own, reading=reading)
    if old:
        with _past(old):
            strong = operation in STRONG and there.region(bucket_of(sent)[0])
            found = None if strong else onward()
        if found is not None and (reading or found[0] >= REFUSED):
            return found
    if reading or not names.of(service) or not (reads := lag.of(asker)):
        return onward()
    before = _take(service)
    found = onward()
    if found[0] < REFUSED:
        written = own | names.made(service, found[2])
        lag.wrote(Write(service, operation, written, reads, before, WORLD.clock.now()))
    return found


def _old(service: str, asker: str, own: frozenset[Thing], *, reading: bool) -> list[Write]:
    if own:
        write = WORLD.lag.due(asker, own)
        return [write] if write else []
    if not reading:
        return []
    return WORLD.lag.due_in(asker, names.services() if service == TAGGING else [service])


def _elsewhere(asker: str, used: frozenset[Thing]) -> tuple[str, str] | None:
    """What is said of things that a request uses and does not write."""
    for thing in sorted(used):
        said = unseen.answer(asker, thing[0])
        if said and WORLD.lag.due(f"{asker} of {thing[0]}", [thing]):
            return said
    return None


# -- the state of services


def _take(service: str) -> bytes:
    """The state of a service, in every account and region: moto's, and what is beside moto."""
    found = {
        (account, region): _own(service, backend.__dict__)
        for each in snapshot.instances()
        if each.service_name == service
        for account, regions in each.items()
        for region, backend in regions.items()
    }
    kept = {
        (account, region): backend.state(service)
        for account, regions in beside.backends.items()
        for region, backend in regions.items()
    }
    owners: dict[str, Any] = dict(s3_backends.bucket_accounts) if service == "s3" else {}
    return pickles.dumps((found, kept, owners))


def _own(service: str, content: dict[str, Any]) -> dict[str, Any]:
    """Without AWS's own policies, of which there are 1,600, always the same."""
    if service != "iam":
        return content
    own = {**content, "managed_policies": _ours(content), "aws_managed_policies": []}
    return {**own, "account_summary": None}  # it holds the backend itself


def _ours(content: dict[str, Any]) -> dict[str, Any]:
    found = content["managed_policies"].items()
    return {arn: each for arn, each in found if not isinstance(each, AWSManagedPolicy)}


def _with_aws(old: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    aws = {k: v for k, v in now["managed_policies"].items() if isinstance(v, AWSManagedPolicy)}
    both = {**aws, **old["managed_policies"]}
    shared = {key: now[key] for key in ("account_summary", "aws_managed_policies")}
    return {**old, **shared, "managed_policies": both}


@contextmanager
def _past(writes: Iterable[Write]) -> Iterator[None]:
    """The services of these writes as they were before them, until the block ends."""
    outcomes = WORLD.outcomes.state()
    kept: list[tuple[Any, dict[str, Any]]] = []
    numbers = _made()
    owners = dict(s3_backends.bucket_accounts)
    try:
        for write in writes:
            state, others, owned = _loaded(write)
            for backend, then in (*_moto(write.service, state), *_beside(write.service, others)):
                kept.append((backend, backend.__dict__))
                backend.__dict__ = then
            if write.service == "s3":
                _owners(owned)
        yield
    finally:
        for backend, now in reversed(kept):
            backend.__dict__ = now
        _owners(owners)
        WORLD.outcomes.restore(outcomes)
        _forget(numbers)


def _moto(service: str, state: dict[Any, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Moto's backends of a service, each with what it held."""
    for each in snapshot.instances():
        if each.service_name != service:
            continue
        for account, regions in each.items():
            for region, backend in regions.items():
                old = state.get((account, region))
                if old and service == "iam":
                    old = _with_aws(old, backend.__dict__)
                yield backend, old or type(backend)(region, account).__dict__


def _beside(service: str, state: dict[Any, Any]) -> Iterator[tuple[Any, dict[str, Any]]]:
    """What is beside moto, each with what it held of a service; its others are as they are."""
    for account, regions in beside.backends.items():
        for region, backend in regions.items():
            yield backend, backend.as_of(service, state.get((account, region), {}))


def _made() -> list[tuple[Any, int]]:
    """How many objects of each class moto has noted down."""
    found: list[Any] = [each for models in model_data.values() for each in models.values()]
    return [(each, len(each.instances_tracked)) for each in found]


def _forget(numbers: Iterable[tuple[Any, int]]) -> None:
    """Let go of the objects of an old state: moto keeps every one that there ever was.

    Each stale read makes those of a whole service, so a long life would end in a process that
    takes minutes to let go of them.
    """
    for model, number in numbers:
        del model.instances_tracked[number:]


def _owners(found: dict[str, Any]) -> None:
    s3_backends.bucket_accounts.clear()
    s3_backends.bucket_accounts.update(found)


def _loaded(write: Write) -> tuple[dict[Any, Any], dict[Any, Any], dict[str, Any]]:
    """The state before a write; AWS's own policies are shared, and keep their count of users."""
    counts = {policy: policy.attachment_count for policy in _shared(write.service)}
    found: tuple[dict[Any, Any], dict[Any, Any], dict[str, Any]] = pickles.loads(write.before)
    for policy, count in counts.items():
        policy.attachment_count = count
    return found


def _shared(service: str) -> Iterator[Any]:
    for each in snapshot.instances():
        if service == "iam" == each.service_name:
            for regions in each.values():
                for backend in regions.values():
                    found: Any = backend
                    for policy in found.managed_policies.values():
                        if isinstance(policy, AWSManagedPolicy):
                            yield policy
