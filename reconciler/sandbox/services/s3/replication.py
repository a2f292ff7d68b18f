"""S3: replication as it was given, which moto answers with half of; and what it needs.

Both buckets need versioning, and it cannot be suspended while a configuration is there. Source: S3
API, PutBucketReplication, PutBucketVersioning (InvalidBucketState); user guide, "Requirements and
considerations for replication".
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import xmltodict  # type: ignore[import-untyped]  # has no stubs
from moto.s3.exceptions import S3ClientError
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

GIVEN = "moorline_replication"
NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"


def install() -> None:
    """Repair PutBucketReplication, its counterpart and PutBucketVersioning."""
    backend: Any = S3Backend
    response: Any = S3Response
    put, get = backend.put_bucket_replication, response.get_bucket_replication
    version = backend.put_bucket_versioning

    def put_bucket_replication(self: Any, bucket_name: str, replication: dict[str, Any]) -> None:  # noqa: ANN401
        rules = replication["Rule"]
        rules = rules if isinstance(rules, list) else [rules]
        if not self.get_bucket(bucket_name).is_versioned:
            raise refused("Versioning must be 'Enabled' on the bucket to apply a replication")
        for rule in rules:
            name = str(rule["Destination"]["Bucket"]).rpartition(":")[2]
            there = self.buckets.get(name)  # of another account it does not say
            if there is not None and not there.is_versioned:
                raise refused("Destination bucket must have versioning enabled.")
        put(self, bucket_name, replication)
        setattr(self.get_bucket(bucket_name), GIVEN, deepcopy(replication))

    def get_bucket_replication(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        answer = get(self)  # raises when there is none
        given = getattr(self.backend.get_bucket(self.bucket_name), GIVEN, None)
        if not given:
            return answer
        kept = {key: value for key, value in given.items() if not key.startswith("@")}
        document = {"ReplicationConfiguration": {"@xmlns": NAMESPACE, **kept}}
        return 200, {"content-type": "application/xml"}, xmltodict.unparse(document)

    def put_bucket_versioning(self: Any, bucket_name: str, status: str) -> None:  # noqa: ANN401
        live = getattr(self.get_bucket(bucket_name), "replication", None)
        if live and status == "Suspended":
            raise refused(
                "A replication configuration is present on this bucket, so you cannot change the"
                " versioning state. To change the versioning state, first delete the replication"
                " configuration.",
                "InvalidBucketState",
            )
        version(self, bucket_name, status)

    backend.put_bucket_replication = put_bucket_replication
    backend.put_bucket_versioning = put_bucket_versioning
    response.get_bucket_replication = get_bucket_replication


def refused(text: str, code: str = "InvalidRequest") -> S3ClientError:
    """A refusal, as S3 has it."""
    return S3ClientError(code, text)
