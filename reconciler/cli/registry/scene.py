"""What the verbs of `moorline registry` share: which registry, its versions, and the way to AWS."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn

from reconciler.aws.errors import AwsError, Denied, Gone
from reconciler.aws.registry import evidence, serving, versions
from reconciler.aws.session import Session
from reconciler.cli.frame.project import Exit, Project
from reconciler.cli.world import live
from reconciler.compile.registries import KIND, Registry, registries
from reconciler.compile.request import Request
from reconciler.facts.availability import table
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.loss import Destruction
from reconciler.registry import Evidence, Policy, Version, policy
from reconciler.registry.decision import Who
from reconciler.render.text import progress
from reconciler.specs.overlay import EnvironmentView

_KEYS = (
    "a policy tells such calls apart by sagemaker:ModelApprovalStatus,"
    " sagemaker:ModelLifeCycle:Stage and sagemaker:ModelLifeCycle:StageStatus"
)


@dataclass(slots=True)
class Scene:
    """One registry of an environment, and the way to it."""

    project: Project
    request: Request
    session: Session
    registry: Registry
    policy: Policy
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    _versions: list[Version] | None = None

    @property
    def view(self) -> EnvironmentView:
        return self.request.view

    @property
    def who(self) -> Who:
        """Who decides: the caller, and who took its role."""
        return Who(self.session.caller, self.session.person)

    def lets(self, address: str) -> bool:
        """Whether the environment lets the history of an address go, today."""
        terms, history = self.request.policy, str(Destruction.HISTORY)
        type_, _, name = address.partition("/")
        return history in terms.allow or any(
            each.covers(Address(type_, name), history) and each.until >= terms.today
            for each in terms.approvals
        )

    def fail(self, code: str, message: str, help_: str = "", exit_: Exit = Exit.ERROR) -> NoReturn:
        """Say why it goes no further, and end."""
        self.project.fail([Diagnostic(code, message, help=help_)], code=exit_)

    def warn(self, code: str, message: str) -> None:
        """Say what else people should know."""
        self.project.show([Diagnostic(code, message, severity=Severity.WARNING)])

    def asked(self, error: AwsError, about: str) -> NoReturn:
        """What AWS refused, and end."""
        if isinstance(error, Gone):
            self.fail("DECISION002", f"{about} was deleted meanwhile", "look at what is left")
        help_ = _KEYS if isinstance(error, Denied) else "run it again; nothing is done twice"
        self.fail("DECISION006", f"{about}: {error}", help_)

    def versions(self, *, anew: bool = False) -> list[Version]:
        """All versions, the newest first. Exits where there is no group, or AWS does not say."""
        if self._versions is None or anew:
            try:
                found = versions.listed(self.session, self.registry.group)
            except AwsError as error:
                self.asked(error, f"the versions of {self.registry.name!r}")
            if found is None:
                text = f"the group {self.registry.group!r} of {self.registry.name!r} is not in AWS"
                self.fail("DECISION002", text, "apply first")
            self._versions = found
        return self._versions

    def version(self, number: int | None) -> Version:
        """The version of a number; without one the newest. Exits where there is none."""
        known = self.versions()
        wanted = [each for each in known if number in {None, each.number}]
        if not wanted:
            named = f"no version {number}" if number is not None else "no version"
            newest = ", ".join(str(each.number) for each in known[:5]) or "none"
            text = f"{self.registry.name!r} has {named} in {self.view.name}"
            self.fail("DECISION002", text, f"the newest are: {newest}")
        return wanted[0]

    def evidence(self, version: Version) -> Evidence:
        """All that a version is judged by. Exits where it is gone or AWS does not say."""
        with progress.reading(terminal=self.project.terminal) as told:
            try:
                return evidence.gather(
                    self.session, version.arn, self.policy, self.versions(), told
                )
            except AwsError as error:
                self.asked(error, f"version {version.number}")

    def served(self, *, all_: bool) -> dict[str, list[str]]:
        """The endpoints by the ARN of what they serve: those of the specs, or all of the region.

        Raises:
            AwsError: AWS did not say all of it.
        """
        with progress.reading(terminal=self.project.terminal) as told:
            if all_:
                return serving.every(self.session, told)
            names = dict.fromkeys(each.endpoint for each in self.registry.deployers)
            return serving.of(self.session, names, told)


def opened(project: Project, environment: str | None, name: str, role: str) -> Scene:
    """The registry that the command line names. Exits where there is none."""
    request = live.request_of(project, environment)
    known = registries(request.specs, request.view)
    short = name.removeprefix(f"{KIND}/")
    if short not in known:
        names = ", ".join(sorted(known)) or "none"
        text = f"no registry is called {name!r} in {request.view.name}"
        project.fail([Diagnostic("DECISION001", text, help=f"there are: {names}")])
    stated = known[short].policy
    rules = policy.read(stated) if stated is not None else Policy()
    session = live.open_session(project, request.view, role)
    session.services = table(request.terms.services)
    return Scene(project, request, session, known[short], rules)
