"""What the roles may do with files of the repository in S3: one folder, and nothing of data.

Both read them back; who applies puts them, and nobody removes one. S3 gives a checksum of what a
key seals to who may use the key (S3 API, HeadObject.ChecksumMode).
"""

from __future__ import annotations

from reconciler.delivery.cloudformation import allow, either, fact, policy
from reconciler.delivery.site import Site
from reconciler.model.value import Json
from reconciler.resources.api import OWNERSHIP

_THROUGH = {"kms:ViaService": {"Fn::Sub": "s3.${AWS::Region}.amazonaws.com"}}


def put(site: Site) -> bool:
    """Whether any environment has such files."""
    return any(stage.assets for stage in site.stages)


def policies(site: Site) -> dict[str, Json]:
    """The managed policies by their names in the template."""
    if not put(site):
        return {}
    at = {"Fn::Sub": ["arn:${AWS::Partition}:s3:::${Assets}/*", {"Assets": fact("Assets")}]}
    keys = {"Fn::Sub": "arn:${AWS::Partition}:kms:${AWS::Region}:${AWS::AccountId}:key/*"}
    tags = dict(zip(OWNERSHIP[:2], (site.platform, {"Ref": "Environment"}), strict=True))
    ours = {f"aws:ResourceTag/{key}": value for key, value in tags.items()}
    found = {}
    for name, roles, action, key in (
        ("AssetsRead", ["PlanRole", "ApplyRole"], "s3:GetObject", "kms:Decrypt"),
        ("AssetsWrite", ["ApplyRole"], "s3:PutObject", "kms:GenerateDataKey"),
    ):
        sealed = allow([key], Resource={"Ref": "AssetsKey"}, Condition={"StringEquals": _THROUGH})
        statements: list[Json] = [
            allow([action], Resource=at),
            allow([key], Resource=keys, Condition={"StringEquals": {**ours, **_THROUGH}}),
            either("AssetsSealed", sealed),
        ]
        found[name] = policy(statements, roles, "Assets")
    return found
