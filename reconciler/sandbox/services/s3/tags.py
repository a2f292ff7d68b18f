"""S3: tags given to CreateBucket, which moto leaves out, and the system's own tags.

A bucket is tagged by the call that makes it, so that it is never without an owner. What begins
with ``aws:`` was written by AWS, such as by CloudFormation: a put may repeat it as it is, and
neither add, change nor remove it. Source: hashicorp/terraform-provider-aws#7323.
"""

from __future__ import annotations

from typing import Any

import xmltodict  # type: ignore[import-untyped]  # has no stubs
from moto.s3.exceptions import DuplicateTagKeys, InvalidTagError
from moto.s3.models import S3Backend
from moto.s3.responses import S3Response

CONFIGURATION = "CreateBucketConfiguration"
SYSTEM = "aws:"
ADDED = "System tags cannot be added/updated by requester"
REMOVED = "System tags cannot be removed by requester"


def install() -> None:
    """Repair CreateBucket."""
    response: Any = S3Response
    backend: Any = S3Backend
    response._bucket_tagging_from_body = _given  # noqa: SLF001  (moto has no public hook here)
    backend.put_bucket_tagging = _keeping(backend.put_bucket_tagging)
    backend.delete_bucket_tagging = _keeping(backend.delete_bucket_tagging)
    put = response._bucket_response_put  # noqa: SLF001  (moto has no public hook here)

    def _bucket_response_put(self: Any, *args: Any) -> Any:  # noqa: ANN401
        answer = put(self, *args)
        if self.body and CONFIGURATION in str(self.body):
            tags = _tags(xmltodict.parse(self.body))
            if tags:
                self.backend.put_bucket_tagging(self.bucket_name, tags)
        return answer

    response._bucket_response_put = _bucket_response_put  # noqa: SLF001  (see above)


def _given(self: Any) -> dict[str, str]:  # noqa: ANN401  (moto's response)
    """The tags of PutBucketTagging, whatever they begin with."""
    found = ((xmltodict.parse(self.body)["Tagging"] or {}).get("TagSet") or {}).get("Tag") or []
    many = found if isinstance(found, list) else [found]
    tags = {tag["Key"]: tag.get("Value") or "" for tag in many}
    if len(tags) < len(many):
        raise DuplicateTagKeys
    return tags


def _keeping(change: Any) -> Any:  # noqa: ANN401  (a method of moto's backend)
    def changed(self: Any, bucket_name: str, tags: dict[str, str] | None = None) -> None:  # noqa: ANN401
        live = self.tagger.get_tag_dict_for_resource(self.get_bucket(bucket_name).arn)
        own = {key: value for key, value in live.items() if key.startswith(SYSTEM)}
        wanted = {key: value for key, value in (tags or {}).items() if key.startswith(SYSTEM)}
        if wanted.items() - own.items():
            raise InvalidTagError(ADDED)
        if own.items() - wanted.items():
            raise InvalidTagError(REMOVED)
        change(self, bucket_name) if tags is None else change(self, bucket_name, tags)

    return changed


def _tags(document: Any) -> dict[str, str]:  # noqa: ANN401  (parsed XML)
    found = ((document.get(CONFIGURATION) or {}).get("Tags") or {}).get("Tag") or []
    many = found if isinstance(found, list) else [found]
    return {tag["Key"]: tag.get("Value") or "" for tag in many}
