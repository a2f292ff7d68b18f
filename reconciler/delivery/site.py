"""What delivery files are made from: a repository and its environments in order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.resources.place import Place
from reconciler.specs.overlay import EnvironmentView

NAME = re.compile(r"[a-z](?:-?[a-z0-9])*")
"""Names of environments stand in files of CI systems; nothing in them is special anywhere."""
NOWHERE = "OWNER/REPOSITORY"
_REMOTE = re.compile(r"^(?:[a-z+]+://)?(?:[^@/]+@)?([^:/]+)(?::\d+)?[:/](.+?)(?:\.git)?/?$")
_SLUG = re.compile(r"[\w.-]+(?:/[\w.-]+)+")


@dataclass(frozen=True, slots=True)
class Stage:
    """One environment on the way."""

    name: str
    account: str
    region: str
    partition: str
    plan_role: str
    apply_role: str
    sandbox: bool = False
    bucket: str = ""
    """Where receipts are kept, "" for a folder."""
    prefix: str = ""
    signing: str = ""
    """The key that plans are signed with."""
    first: bool = False
    plan_people: tuple[str, ...] = ()
    """ARN patterns of who may take the roles besides the jobs."""
    apply_people: tuple[str, ...] = ()
    approve_role: str = ""
    """Who decides on versions of models."""
    approve_people: tuple[str, ...] = ()
    boundary: str = ""
    """The policy that caps every role that the specs make."""
    file: str = ""
    """Where the environment is written."""
    named: bool = True
    """Whether the environment names both roles; else they are called as the files call them."""
    siblings: tuple[str, ...] = ()
    """What names of other environments in the account begin with, where it is as this one's own:
    `acme-dev-2-` for `dev`."""
    assets: str = ""
    """Bucket and folder of files of the repository, "" where no spec names one."""
    stated: tuple[Address, ...] = ()
    """What its specs call otherwise than `PLATFORM-ENVIRONMENT-…`."""
    begun: tuple[Address, ...] = ()
    """How names of a type begin that is written otherwise, where nobody lists them."""
    secrets: tuple[str, ...] = ()
    """The secrets that its specs name, by name or ARN."""
    stepwise: bool = False
    """Whether a rollout of its specs goes step by step, by weights that Moorline moves."""
    driven: bool = False
    """Whether jobs of CI drive one: its spec says `drive: ci`."""

    @property
    def gated(self) -> bool:
        """Whether a person says yes before each apply."""
        return not self.first


@dataclass(frozen=True, slots=True)
class Site:
    """A repository: where it is, and what its branch is applied to, first to last."""

    platform: str
    stages: tuple[Stage, ...]
    repository: str = NOWHERE
    branch: str = "main"
    types: tuple[str, ...] = ()
    """The AWS types that the specs make."""
    version: str = ""
    """Of Moorline, for the jobs."""
    issuer: str = ""
    """Host and path of the OIDC issuer, where it is not the provider's public one."""
    requirements: str = ""
    """The SHA-256 of delivery/requirements.txt, which jobs install from; "" without hashes."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(stage.name for stage in self.stages)

    @property
    def driven(self) -> tuple[Stage, ...]:
        """The stages whose rollouts jobs drive, every few minutes."""
        return tuple(stage for stage in self.stages if stage.driven)

    @property
    def real(self) -> tuple[Stage, ...]:
        """The stages that are in AWS."""
        return tuple(stage for stage in self.stages if not stage.sandbox)


def stages(
    views: Sequence[EnvironmentView], known: Sequence[EnvironmentView] = ()
) -> tuple[tuple[Stage, ...], list[Diagnostic]]:
    """The stages for environments in order, and what will not work well there.

    `known` are all environments that there are, those that are not delivered included.
    """
    found: list[Diagnostic] = []
    for view in views:
        if not view.spec.sandbox:
            found += _lacks(view)
    others = (*views, *known)
    made = (_stage(view, others, first=not index) for index, view in enumerate(views))
    return tuple(made), found


def siblings(view: EnvironmentView, others: Iterable[EnvironmentView]) -> tuple[str, ...]:
    """What the names of others' resources begin with that could be this environment's too."""
    own = f"{view.platform}-{view.name}-"
    here = (other for other in others if other.account == view.account)
    begin = {f"{other.platform}-{other.name}-" for other in here}
    return tuple(sorted(each for each in begin - {own} if each.startswith(own)))


def _stage(view: EnvironmentView, others: Iterable[EnvironmentView], *, first: bool) -> Stage:
    place = Place(view.account, view.region, view.platform, view.name)
    partition = place.partition
    here = f"arn:{partition}:iam::{view.account}:role/{role_name(view.platform, view.name)}"
    receipts, signing = view.spec.receipts, view.spec.signing
    return Stage(
        view.name,
        view.account,
        view.region,
        partition,
        view.spec.roles.plan or f"{here}-plan",
        view.spec.roles.apply or f"{here}-apply",
        plan_people=view.spec.roles.people.plan,
        apply_people=view.spec.roles.people.apply,
        approve_role=view.spec.roles.approve or f"{here}-approve",
        approve_people=view.spec.roles.people.approve,
        sandbox=view.spec.sandbox,
        bucket=(receipts and receipts.bucket) or "",
        prefix=(receipts and receipts.prefix) or "",
        signing=signing.key if signing else "",
        first=first,
        boundary=view.spec.boundary or "",
        file=view.document.file,
        named=bool(view.spec.roles.plan and view.spec.roles.apply),
        siblings=siblings(view, others),
    )


def role_name(platform: str, environment: str) -> str:
    """How roles are called, but for `-plan`, `-apply` or `-approve`, where none is named."""
    return f"moorline-{platform}-{environment}"


def _lacks(view: EnvironmentView) -> Iterable[Diagnostic]:
    at = view.document.key_at(("spec",))
    if view.spec.receipts is None or view.spec.receipts.bucket is None:
        text = f"receipts of {view.name!r} are kept in a folder, which ends with each job"
        help_ = "set `receipts: {bucket: …}`; leases, history, --resume and revert need it"
        yield Diagnostic("DELIVERY003", text, at, help_, Severity.WARNING)
    if not (view.spec.roles.plan and view.spec.roles.apply):
        name = role_name(view.platform, view.name)
        text = f"{view.name!r} does not name its roles; the files take {name}-plan and -apply"
        help_ = "set `roles: {plan: …, apply: …}` and run this again"
        yield Diagnostic("DELIVERY004", text, at, help_, Severity.WARNING)


def in_order(views: Iterable[EnvironmentView]) -> list[EnvironmentView]:
    """Environments to deliver to: those that others build on come first."""
    real = [view for view in views if not view.spec.sandbox]
    return sorted(real, key=lambda view: (len(view.chain), view.name))


def repository(remote: str) -> str:
    """OWNER/NAME in the address of a Git remote, "" when it has none."""
    found = _REMOTE.match(remote.strip())
    slug = found[2].strip("/") if found else ""
    return slug if _SLUG.fullmatch(slug) else ""


_BRANCH = re.compile(
    r"(?!.*(?:\.\.|//|@\{|/\.|\.lock(?:/|$)|[/.]$))[^\x00-\x20\x7f~^:?*\[\\/][^\x00-\x20\x7f~^:?*\[\\]*"
)
"""What Git takes, but for names that begin with a point or are `@`."""


def is_branch(text: str) -> bool:
    """Whether a text is a branch to Git, and to every CI system the same one.

    CodePipeline fills ``#{…}`` in and has no way to write it; CodeBuild takes ``pr/7`` for a
    pull request.
    """
    odd = text.startswith((".", "-")) or text == "@" or "#{" in text
    return bool(_BRANCH.fullmatch(text)) and not odd and not re.fullmatch(r"pr/\d+", text)


def is_slug(text: str) -> bool:
    """Whether a text can be the name of a repository."""
    return bool(_SLUG.fullmatch(text))
