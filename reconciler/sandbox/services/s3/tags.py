"""S3: tags given to CreateBucket, which moto leaves out.

A bucket is tagged by the call that makes it, so that it is never without an owner.
"""

from __future__ import annotations

from typing import Any

import xmltodict  # type: ignore[import-untyped]  # has no stubs
from moto.s3.responses import S3Response

CONFIGURATION = "CreateBucketConfiguration"


def install() -> None:
    """Repair CreateBucket."""
    response: Any = S3Response
    put = response._bucket_response_put  # noqa: SLF001  (moto has no public hook here)

    def _bucket_response_put(self: Any, *args: Any) -> Any:  # noqa: ANN401
        answer = put(self, *args)
        if self.body and CONFIGURATION in str(self.body):
            tags = _tags(xmltodict.parse(self.body))
            if tags:
                self.backend.put_bucket_tagging(self.bucket_name, tags)
        return answer

    response._bucket_response_put = _bucket_response_put  # noqa: SLF001  (see above)


def _tags(document: Any) -> dict[str, str]:  # noqa: ANN401  (parsed XML)
    found = ((document.get(CONFIGURATION) or {}).get("Tags") or {}).get("Tag") or []
    many = found if isinstance(found, list) else [found]
    return {tag["Key"]: tag.get("Value") or "" for tag in many}
