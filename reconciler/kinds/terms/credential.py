"""Credentials by reference: the name of a secret, never what is in it.

Where AWS takes a value and no reference, apply reads the value and sends it. Which version of the
secret that is follows from the plan's own look, so a rotation is a change like any other.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Lookup, Maybe, Scope, Section
from reconciler.model.secret import Secret
from reconciler.model.value import Json

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
    offline = {"arn": name, "version": "", "deleted": False, "asked": False, "key": ""}
    return Lookup("secret", (("secret", name),), offline)


def secret(credential: Credential, scope: Scope) -> Secret | None:
    """The reference to a credential; nothing where the spec has to wait for it."""
    fact = known(credential.secret_name, scope)
    return None if fact is None else Secret(fact["arn"], credential.member or "", fact["version"])


def known(name: str, scope: Scope) -> Json:
    """What is known of a secret, as `lookup` asks; nothing where the spec has to wait for it."""
    fact = scope.fact(lookup(name))
    if why := _lacks(fact):
        scope.defer(f"the secret {name!r} {why[0]}", why[1])
        return None
    return fact


def _lacks(fact: Json) -> tuple[str, str] | None:
    """Why a secret cannot be used, and what is to be done."""
    if fact is None:  # a finding says why
        return "could not be looked at", "let the role that plans ask about it"
    if not fact["arn"]:
        return "is not there", "make it, and put the credential into it"
    if fact["deleted"]:
        return "is about to be deleted", "restore it"
    if fact["asked"] and not fact["version"]:
        return "holds nothing", "put the credential into it"
    return None
