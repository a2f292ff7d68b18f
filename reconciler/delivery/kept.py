"""Who may look at and read the secrets that specs name: just those, in their environment. Pure.

Source: Secrets Manager user guide, "Secret encryption and decryption": a decryption's context has
the secret's ARN.
"""

from __future__ import annotations

from reconciler.delivery.cloudformation import allow
from reconciler.delivery.packing import packed
from reconciler.delivery.site import Site, Stage
from reconciler.model.value import Json


def stages(site: Site) -> list[tuple[str, Stage]]:
    """The environments whose specs name secrets, each with its condition."""
    return [(f"Keeps{index}", each) for index, each in enumerate(site.stages, 1) if each.secrets]


def policies(site: Site) -> dict[str, Json]:
    """Who plans looks which version is current; who applies reads the value as well."""
    found: dict[str, Json] = {}
    for name, stage in stages(site):
        at = [_arn(each, stage) for each in stage.secrets]
        through = {"kms:ViaService": [f"secretsmanager.{stage.region}.amazonaws.com"]}
        when = {"StringLike": {**through, "kms:EncryptionContext:SecretARN": at}}
        looks = allow(["secretsmanager:DescribeSecret"], Resource=at)
        reads = allow(["secretsmanager:GetSecretValue"], Resource=at)
        opens = allow(["kms:Decrypt"], Resource="*", Condition=when)
        found |= packed(f"{name}Read", [looks], ["PlanRole", "ApplyRole"], site, name)
        found |= packed(f"{name}Open", [reads, opens], ["ApplyRole"], site, name)
    return found


def _arn(name: str, stage: Stage) -> str:
    """The ARN pattern of a secret: six characters behind its name are AWS's."""
    if name.startswith("arn:"):
        return name
    where = f"arn:{stage.partition}:secretsmanager:{stage.region}:{stage.account}"
    return f"{where}:secret:{name}-??????"
