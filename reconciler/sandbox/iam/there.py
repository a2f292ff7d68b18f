"""What IAM looks at of the sandbox's resources: their tags, owners, keys and policies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.core.base_backend import BackendDict
from moto.core.resource_tagging import TaggableResourcesMixin
from moto.s3.models import FakeDeleteMarker

from reconciler.access.model import Guard, Named
from reconciler.sandbox.iam import principals

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

PARTS = 6
"""Of an ARN: arn, partition, service, region, account, resource."""
BUCKET_POLICY = "bucket policy"
BESIDE = "moorline-beside"
"""Where `sandbox.beside` keeps what moto lacks."""
SAGEMAKER = "moorline_records"
"""Where `services.sagemaker` keeps its records."""
GROUP = "model-package-group"
GROUP_POLICY = "model package group policy"
BUDGETS = "moorline_budgets"
"""Where `services.budgets` keeps them."""


class There:
    """`reconciler.access`'s World, over moto's backends."""

    def tags(self, arn: str, /) -> Mapping[str, str]:
        _, partition, service, region, account, resource = arn.split(":", PARTS - 1)
        name = resource.rpartition("/")[2]
        if service == "s3":
            return {}  # IAM sees them only where a bucket has attribute-based control switched on
        if service == "iam":
            found = principals.role_of(name, account, partition)
            return {each["Key"]: each["Value"] for each in found.tags or ()} if found else {}
        if service == "budgets":
            return _budget_tags(account, partition, name)
        items = (
            item
            for backend in _backends(service, account, region or partition)
            if isinstance(backend, TaggableResourcesMixin)
            for item in backend.iter_tagged_resources()
        )
        return next((item.tags for item in items if item.arn == arn), {})

    def owner(self, arn: str, /) -> str:
        name = arn.rpartition(":")[2].partition("/")[0]
        return next((account for account, each in _buckets() if each.name == name), "")

    def key(self, name: str, region: str, account: str, /) -> str:
        found = _key(name, region, account)
        return str(found.arn) if found else ""

    def aliases(self, key: str, /) -> Iterable[str]:
        found = _key_of(key)
        return tuple(found.aliases) if found else ()

    def role(self, name: str, account: str, /) -> str:
        found = principals.role_of(name, account)
        return str(found.arn) if found else ""

    def boundary(self, role: str, /) -> str:
        found = principals.role(role)
        return str((found and found.permissions_boundary_arn) or "")

    def workgroup(self, query: str, /) -> str:
        for each in list(BackendDict._instances):  # type: ignore[misc]  # noqa: SLF001
            if each.service_name == BESIDE:
                for regions in [*each.values()]:
                    for backend in [*regions.values()]:
                        found = backend.kept("athena", "query").get(query)
                        if found is not None:
                            return str(found.data["WorkGroup"])
        return ""

    def version(self, arn: str, /) -> Mapping[str, Any]:
        found = _recorded(arn, "model-package")
        return found.data if found else {}

    def encryption(self, arn: str, /) -> str:
        service = arn.split(":")[2]
        if service == "s3":
            name = arn.rpartition(":")[2].partition("/")[0]
            bucket = next((each for _, each in _buckets() if each.name == name), None)
            return _bucket_key(bucket) if bucket is not None else ""
        return ""


def policy(arn: str) -> tuple[Named | None, Guard]:
    """The policy at a resource, and how it takes part."""
    parts = arn.split(":", PARTS - 1)
    if len(parts) < PARTS:
        return None, Guard.RESOURCE
    service, resource = parts[2], parts[5]
    if service == "s3":
        bucket = resource.partition("/")[0]
        found = next((each.policy for _, each in _buckets() if each.name == bucket), None)
        text = found.decode() if isinstance(found, bytes) else found
        return (principals.named(BUCKET_POLICY, text) if text else None), Guard.RESOURCE
    if service == "kms" and resource.startswith("key/"):
        key = _key_of(arn)
        return (principals.named("key policy", key.policy) if key else None), Guard.KEY
    if service == "sns":
        for backend in _backends("sns", parts[4], parts[3]):
            if topic := backend.topics.get(arn):
                return principals.named("topic policy", topic.policy), Guard.RESOURCE
    if service == "sagemaker" and (group := _group(resource)):
        found = _recorded(":".join([*parts[:5], f"model-package-group/{group}"]), GROUP)
        text = found.extra.get("policy") if found else None
        return (principals.named(GROUP_POLICY, text) if text else None), Guard.RESOURCE
    return None, Guard.RESOURCE


def _group(resource: str) -> str:
    """The group whose policy is asked: of it, and of each of its versions."""
    kind, _, name = resource.partition("/")
    return name.partition("/")[0] if kind in {GROUP, "model-package"} else ""


def _recorded(arn: str, kind: str) -> Any:  # noqa: ANN401  (a record of `services.sagemaker`)
    """What is kept of a model package or its group, nothing where there is none."""
    _, _, _, region, account, resource = arn.split(":", PARTS - 1)
    for backend in _backends("sagemaker", account, region):
        kept = backend.__dict__.get(SAGEMAKER, {}).get(kind, {})
        return kept.get(resource.partition("/")[2])
    return None


def holds(bucket: str, key: str) -> bool:
    """Whether a bucket has an object of a key now."""
    found = next((each for _, each in _buckets() if each.name == bucket), None)
    kept = found.keys.get(key) if found is not None else None
    return kept is not None and not isinstance(kept, FakeDeleteMarker)


def etag(uri: str) -> str:
    """The ETag of an object, empty where there is none."""
    name, _, key = uri.removeprefix("s3://").partition("/")
    if not holds(name, key):
        return ""
    found = next(each for _, each in _buckets() if each.name == name)
    return str(found.keys[key].etag).strip('"')


def region(bucket: str) -> str:
    """Where a bucket is, empty where there is none."""
    return next((str(each.region_name) for _, each in _buckets() if each.name == bucket), "")


def trust(arn: str) -> Named | None:
    """The trust policy of a role, nothing where there is no such role."""
    found = principals.held(arn)
    return found.trust if found else None


def _backends(service: str, account: str, region: str) -> Iterator[Any]:
    for each in list(BackendDict._instances):  # type: ignore[misc]  # noqa: SLF001
        if each.service_name == service and account in each and region in each[account]:
            yield each[account][region]


def _buckets() -> Iterator[tuple[str, Any]]:
    for each in list(BackendDict._instances):  # type: ignore[misc]  # noqa: SLF001
        if each.service_name == "s3":
            for account, partitions in [*each.items()]:
                for backend in [*partitions.values()]:
                    yield from ((account, bucket) for bucket in [*backend.buckets.values()])


def _budget_tags(account: str, partition: str, name: str) -> Mapping[str, str]:
    for backend in _backends("budgets", account, partition):
        found = backend.__dict__.get(BUDGETS, {}).get(name)
        if found:
            tags: dict[str, str] = found.tags
            return tags
    return {}


def _bucket_key(bucket: Any) -> str:  # noqa: ANN401  (moto's bucket)
    rules = (bucket.encryption or {}).get("Rule") or {}
    rule = rules[0] if isinstance(rules, list) else rules
    name = (rule.get("ApplyServerSideEncryptionByDefault") or {}).get("KMSMasterKeyID") or ""
    return str(name)


def _kms(arn: str) -> Any:  # noqa: ANN401  (moto's backend)
    parts = arn.split(":", PARTS - 1)
    return next(_backends("kms", parts[4], parts[3]), None)


def _key_of(arn: str) -> Any:  # noqa: ANN401  (moto's key)
    backend = _kms(arn)
    return backend.keys.get(arn.rpartition("/")[2]) if backend else None


def _key(name: str, region: str, account: str) -> Any:  # noqa: ANN401  (moto's key)
    """A key by id, ARN, alias or an alias's ARN."""
    if name.startswith("arn:"):
        _, _, _, region, account, name = name.split(":", PARTS - 1)
    backend = next(_backends("kms", account, region), None)
    if backend is None:
        return None
    if name.startswith("alias/"):
        return next((key for key in backend.keys.values() if name in key.aliases), None)
    return backend.keys.get(name.removeprefix("key/"))
