"""What types of Glue share: how they are tagged, and how they say that something is not there.

Source: Glue API reference, GetTags, TagResource; Service Authorization Reference, "AWS Glue".
"""

from __future__ import annotations

from reconciler.resources.api import Op, Tagging, absent

GONE = (absent("EntityNotFoundException"),)
TAG = "glue:TagResource"
"""What a creation with tags needs besides its own action."""


def arn(kind: str, name: str = "{name}") -> str:
    """The template of the ARN of a kind of resource, such as ``database``."""
    return "arn:{partition}:glue:{region}:{account}:" + f"{kind}/{name}"


def tagging(kind: str, name: str = "{name}", *, indexed: bool = True) -> Tagging:
    """Tags are an object, by ARN."""
    resource = {"ResourceArn": arn(kind, name)}
    return Tagging(
        add=Op("tag_resource", resource),
        remove=Op("untag_resource", resource),
        read=Op("get_tags", resource),
        tags="TagsToAdd",
        keys="TagsToRemove",
        mapped=True,
        indexed=indexed,
    )


def lower(name: str) -> str:
    """A name as the catalog keeps it: lower case, and without hyphens, which queries must quote."""
    return name.lower().replace("-", "_")
