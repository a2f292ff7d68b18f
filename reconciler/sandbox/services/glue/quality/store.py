"""Objects of the sandbox's S3 by URI, as a job sees them."""

from __future__ import annotations

from collections.abc import Iterator

from moto.s3.models import S3Backend, s3_backends

from reconciler.facts.partitions import partition_of


def _backend(account: str, region: str) -> S3Backend:
    found: S3Backend = s3_backends[account][partition_of(region).name]
    return found


def _parts(uri: str) -> tuple[str, str]:
    bucket, _, key = uri.removeprefix("s3://").removeprefix("s3a://").partition("/")
    return bucket, key


def read(uri: str, account: str, region: str) -> Iterator[bytes]:
    """What is in the objects below a place, in the order of their keys; hidden ones left out.

    Raises:
        FileNotFoundError: there is no such bucket.
    """
    name, prefix = _parts(uri)
    bucket = _backend(account, region).buckets.get(name)
    if bucket is None:
        raise FileNotFoundError(f"there is no bucket {name}")
    for key in sorted(bucket.keys.keys()):
        inside = key.startswith(prefix)
        if inside and not any(part.startswith(("_", ".")) for part in key.split("/")):
            found = bucket.keys[key]
            if found.value:
                yield bytes(found.value)


def write(uri: str, body: bytes, account: str, region: str) -> None:
    """Put an object.

    Raises:
        FileNotFoundError: there is no such bucket.
    """
    name, key = _parts(uri)
    backend = _backend(account, region)
    if name not in backend.buckets:
        raise FileNotFoundError(f"there is no bucket {name}")
    backend.put_object(name, key, body)
