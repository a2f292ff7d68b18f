"""Credentials by reference: the name of a secret, never what is in it.

Where AWS takes a value and no reference, apply reads the value and sends it. Which version of the
secret that is follows from the plan's own look, so a rotation is a change like any other.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Lookup, Maybe, Scope, Section
from reconciler.model.secret import Secret

SecretName = Annotated[
    str,
    Field(
        pattern=r"^(arn:aws[a-z-]*:secretsmanager:[a-z0-9-]+:[0-9]{12}:secret:)?[A-Za-z0-9/_+=.@-]{1,512}$",
        examples=["partners/scheme"],
    ),
]
"""The name or the ARN of a secret in Secrets Manager."""
Member = Annotated[str, Field(pattern=r"^[^\x00-\x1f:{}]{1,128}$", examples=["token"])]
"""A member of the JSON object that a secret holds."""


class Credential(Section):
    """Where a credential is kept."""

    secret_name: SecretName
    """The secret in Secrets Manager, by its name or ARN; what is in it stands nowhere else."""
    member: Maybe[Member] = None
    """The member of its JSON object that is meant; without it, all of its text."""


def lookup(name: str) -> Lookup:
    """The question which version of a secret is the current one."""
    return Lookup("secret", (("secret", name),), {"arn": name, "version": "", "deleted": False})


def secret(credential: Credential, scope: Scope) -> Secret | None:
    """The reference to a credential; nothing where the spec has to wait for it."""
    name = credential.secret_name
    fact = scope.fact(lookup(name))
    if fact is None or fact["deleted"]:
        why = "is about to be deleted" if fact else "is not there"
        do = "restore it" if fact else "make it, and put the credential into it"
        scope.defer(f"the secret {name!r} {why}", do)
        return None
    if not fact["version"] and scope.facts is not None:
        scope.defer(f"the secret {name!r} holds nothing", "put the credential into it")
        return None
    return Secret(fact["arn"], credential.member or "", fact["version"])
