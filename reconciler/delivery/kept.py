"""Who may look at and read the secrets that specs name: just those, in their environment. Pure.

Source: Secrets Manager user guide, "Secret encryption and decryption": a decryption's context has
the secret's ARN.
"""

from __future__ import annotations

from reconciler.delivery.cloudformation import allow, either
from reconciler.delivery.site import Site, Stage
from reconciler.model.value import Json


def stages(site: Site) -> list[tuple[str, Stage]]:
    """The environments whose specs name secrets, each with its condition."""
    return [(f"Keeps{index}", each) for index, each in enumerate(site.stages, 1) if each.secrets]


def looks(site: Site) -> list[Json]:
    """Who plans looks which version is current."""
    return [
        either(name, allow(["secretsmanager:DescribeSecret"], Resource=_all(stage)))
        for name, stage in stages(site)
    ]


def opens(site: Site) -> list[Json]:
    """Who applies reads the value as well."""
    found: list[Json] = []
    for name, stage in stages(site):
        at = _all(stage)
        through = {"kms:ViaService": [f"secretsmanager.{stage.region}.amazonaws.com"]}
        when = {"StringLike": {**through, "kms:EncryptionContext:SecretARN": at}}
        reads = allow(["secretsmanager:GetSecretValue"], Resource=at)
        unseals = allow(["kms:Decrypt"], Resource="*", Condition=when)
        found += [either(name, reads), either(name, unseals)]
    return found


def _all(stage: Stage) -> list[Json]:
    return [_arn(each, stage) for each in stage.secrets]


def _arn(name: str, stage: Stage) -> str:
    """The ARN pattern of a secret: six characters behind its name are AWS's."""
    if name.startswith("arn:"):
        return name
    where = f"arn:{stage.partition}:secretsmanager:{stage.region}:{stage.account}"
    return f"{where}:secret:{name}-??????"
