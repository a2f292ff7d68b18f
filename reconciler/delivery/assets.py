"""What the roles may do with files of the repository in S3: one folder, and nothing of data.

Both read them back; who applies puts them, and nobody removes one. S3 gives a checksum of what a
key seals to who may use the key (S3 API, HeadObject.ChecksumMode).
"""

from __future__ import annotations

from reconciler.delivery.cloudformation import allow, either, fact
from reconciler.delivery.site import Site
from reconciler.model.value import Json
from reconciler.resources.api import OWNERSHIP

_THROUGH = {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"}}


def put(site: Site) -> bool:
    """Whether any environment has such files."""
    return any(stage.assets for stage in site.stages)


def statements(site: Site, action: str, key: str) -> list[Json]:
    """What an action on files and one on the keys that seal them are allowed on."""
    if not put(site):
        return []
    at = {"Fn::Sub": ["arn:${AWS::Partition}:s3:::${Assets}/*", {"Assets": fact("Assets")}]}
    keys = {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"}
    tags = dict(zip(OWNERSHIP[:2], (site.platform, {"Ref": "Environment"}), strict=True))
    ours = {f"aws:ResourceTag/{name}": value for name, value in tags.items()}
    sealed = allow([key], Resource={"Ref": "AssetsKey"}, Condition={"StringEquals": _THROUGH})
    found: list[Json] = [
        allow([action], Resource=at),
        allow([key], Resource=keys, Condition={"StringEquals": {**ours, **_THROUGH}}),
        either("AssetsSealed", sealed),
    ]
    return [either("Assets", each) for each in found]
