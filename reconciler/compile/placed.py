"""What an environment names has to be of its account, and of its region's partition. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.partitions import partition_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import texts
from reconciler.policy import elsewhere
from reconciler.policy.partition import CODE, foreign
from reconciler.specs.overlay import EnvironmentView

_ELSEWHERE = frozenset({"overrides", "variables", "tags", "protection"})
"""Members that name nothing here: what they put into specs is checked there."""
_OWNER = 4
"""Which part of an ARN is the account."""


def problems(view: EnvironmentView) -> Iterator[Diagnostic]:
    """One finding for each name of another partition, at its line."""
    here = partition_of(view.region)
    spec = view.document.data["spec"]
    named = {key: value for key, value in spec.items() if key not in _ELSEWHERE}
    for path, text in texts(named):
        for wrong in foreign(text, here):
            told = f"{wrong}, and {view.region!r} is in {here.name!r}"
            at = view.document.at(("spec", *path))
            yield Diagnostic(CODE.code, told, at, f"write it for {here.name!r}")
    yield from _accounts(view)


def _accounts(view: EnvironmentView) -> Iterator[Diagnostic]:
    """The boundary of roles, and the roles that Moorline takes: both are of the account."""
    spec = view.document.data["spec"]
    if wrong := elsewhere.of_account(str(spec.get("boundary") or ""), view.account):
        at = view.document.at(("spec", "boundary"))
        yield Diagnostic(elsewhere.CODE.code, wrong, at, elsewhere.CODE.fix)
    roles = spec.get("roles") or {}
    for name in ("plan", "apply"):
        arn = str(roles.get(name) or "")
        owner = arn.split(":")[_OWNER] if arn.count(":") > _OWNER else view.account
        if owner != view.account:
            told = f"{arn!r} is of the account {owner}, and the environment is of {view.account}"
            help_ = f"name a role of {view.account}: whoever takes it acts in its account"
            at = view.document.at(("spec", "roles", name))
            yield Diagnostic(elsewhere.CODE.code, told, at, help_)
