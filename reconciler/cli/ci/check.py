"""`moorline ci check`: which steps of `moorline ci init` are done, as far as that can be seen."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.ci.init import as_json as row
from reconciler.cli.ci.site import Described, Wanted, described, options
from reconciler.cli.frame.options import folders
from reconciler.cli.frame.project import Exit, Project, say
from reconciler.delivery.todo import Found, Spot, State, UntoldError, look
from reconciler.disk import read
from reconciler.model.value import Json

if TYPE_CHECKING:
    from reconciler.aws.session import Session
    from reconciler.forge.http import Http

MOST = 4_000_000
"""Bytes of a file that are read."""
_ABSENT = (
    ("404", ""),
    ("NoSuchBucket", ""),
    ("NoSuchEntity", ""),
    ("NoSuchPublicAccessBlockConfiguration", ""),
    ("ResourceNotFoundException", ""),
    ("ValidationError", "does not exist"),
)
_ACTIONS = {
    "s3.head_bucket": "s3:ListBucket",
    "s3.get_public_access_block": "s3:GetBucketPublicAccessBlock",
}
"""Actions of IAM that are not called like their operation. Source: S3 user guide, "Required
permissions for Amazon S3 API operations"."""
_TOKENS = {"github": "GITHUB_TOKEN or GH_TOKEN", "gitlab": "GITLAB_TOKEN"}
_COLOURS = {State.DONE: "green", State.MISSING: "red", State.UNKNOWN: "yellow"}


@click.command("check")
@options
@click.option("--api-url", default="", metavar="URL", help="Address of the forge's API.")
@folders
def command(
    provider: str,
    chosen: tuple[str, ...],
    repository: str,
    branch: str,
    issuer: str,
    requirements: Path | None,
    api_url: str,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Say which steps of `moorline ci init` are done. Reads only.

    Give it the options that `ci init` was given. It looks at the files, at AWS with the
    credentials of this shell (run it again with those of each account), and at the forge
    with GITHUB_TOKEN or GITLAB_TOKEN. What these may not see is "cannot tell", with the
    permission that would tell; it is never taken for done or for missing. Exits with 0 when
    all is done, with 2 when something is missing, with 3 when nothing is known to be missing
    but something cannot be told.
    """
    from reconciler.delivery.steps import steps  # noqa: PLC0415 - only where it is used

    project = Project(specs, environments, as_json, no_color)
    wanted = Wanted(provider, chosen, repository, branch, issuer, requirements)
    whole = described(project, wanted)
    looker = Looker(_sessions(), *_forge(whole, api_url))
    found = [look(each, looker) for each in steps(whole.system, whole.site, whole.files)]
    counts = Counter(each.state for each in found)
    if as_json:
        project.print_json(_json(whole, found, counts))
    else:
        say(_text(found, counts, color=project.color))
    raise SystemExit(code(counts))


def code(counts: Mapping[State, int]) -> Exit:
    """What the numbers come to."""
    if counts.get(State.MISSING):
        return Exit.CHANGES
    return Exit.BLOCKED if counts.get(State.UNKNOWN) else Exit.OK


@dataclass(slots=True)
class Looker:
    """Reads files, AWS and the forge for checks. `Reader` of `delivery.todo`."""

    session: Callable[[str], Session]
    """A session in a region; raises what AWS refuses."""
    http: Http | None
    why: str
    """Why there is no way to the forge."""
    _known: dict[str, tuple[Session, str]] = field(default_factory=dict)

    def file(self, path: str) -> str | None:
        """The text of a file below this folder."""
        try:
            return read.head(Path(path), within=Path(), most=MOST).decode()
        except (OSError, UnicodeDecodeError):
            return None

    def aws(self, where: Spot, service: str, method: str, params: Mapping[str, Json]) -> Json:
        """The answer of one read; None where AWS says that there is no such thing.

        Raises:
            UntoldError: these credentials are of another account, or may not read it.
        """
        from reconciler.aws.errors import AwsError, Denied, Gone  # noqa: PLC0415 - boto3
        from reconciler.aws.session import ReadOnly  # noqa: PLC0415
        from reconciler.resources.api import absent  # noqa: PLC0415

        session = self._in(where)
        gone = [absent(name, text) for name, text in _ABSENT]
        try:
            return ReadOnly(session, service, gone).call(method, params)
        except Gone:
            return None
        except Denied as error:
            raise UntoldError(str(error), _action(session, service, method)) from None
        except AwsError as error:
            raise UntoldError(str(error)) from None

    def _in(self, where: Spot) -> Session:
        from reconciler.aws.errors import AwsError  # noqa: PLC0415 - boto3
        from reconciler.aws.session import ReadOnly  # noqa: PLC0415

        if where.region not in self._known:
            try:
                session = self.session(where.region)
                who = ReadOnly(session, "sts").call("get_caller_identity", {})
            except AwsError as error:
                raise UntoldError(f"there are no credentials that AWS takes: {error}") from None
            self._known[where.region] = session, str(who["Account"])
        session, account = self._known[where.region]
        if where.account not in {"", account}:
            text = f"these credentials are of account {account}, not {where.account}"
            raise UntoldError(text, f"credentials of account {where.account}")
        return session

    def forge(self, path: str, permission: str) -> Json:
        """One document; None where the forge says that there is none.

        Raises:
            UntoldError: there is no token, it may not read it, or the forge did not say.
        """
        from reconciler.forge.api import ForgeError, Trouble  # noqa: PLC0415 - urllib3

        http = self._http(permission)
        try:
            return http.send("GET", path).data
        except ForgeError as error:
            if error.trouble is Trouble.MISSING:
                return None
            raise _untold(error, permission) from None

    def forge_list(self, path: str, permission: str) -> list[Json]:
        """All items.

        Raises:
            UntoldError: there is no token, it may not read it, or the forge did not say.
        """
        from reconciler.forge.api import ForgeError  # noqa: PLC0415 - urllib3

        http = self._http(permission)
        try:
            return list(http.pages(path))
        except ForgeError as error:
            raise _untold(error, permission) from None

    def _http(self, permission: str) -> Http:
        if self.http is None:
            raise UntoldError(self.why, permission)
        return self.http


def _untold(error: Exception, permission: str) -> UntoldError:
    from reconciler.forge.api import ForgeError, Trouble  # noqa: PLC0415 - urllib3

    trouble = error.trouble if isinstance(error, ForgeError) else None
    mine = trouble in {Trouble.PERMISSION, Trouble.TOKEN, Trouble.MISSING}
    return UntoldError(str(error), permission if mine else "")


def _action(session: Session, service: str, method: str) -> str:
    """The action of IAM that a read needs."""
    if known := _ACTIONS.get(f"{service}.{method}"):
        return known
    meta = session.clients.client(service).meta
    return f"{service}:{meta.method_to_api_mapping[method]}"


def _sessions() -> Callable[[str], Session]:
    """Sessions with the credentials of this shell, whatever their account."""

    def opened(region: str) -> Session:
        from reconciler.aws.clients import BotoClients  # noqa: PLC0415 - boto3
        from reconciler.aws.clock import RealClock  # noqa: PLC0415
        from reconciler.aws.lend import HOUR, ambient  # noqa: PLC0415
        from reconciler.aws.session import Session  # noqa: PLC0415

        clock = RealClock()
        held = ambient(region, clock, os.environ, (HOUR,))
        return Session(BotoClients(region, credentials=held), clock=clock, held=held)

    return opened


def _forge(whole: Described, api_url: str) -> tuple[Http | None, str]:
    """A way to the forge of the repository, or why there is none."""
    from reconciler.delivery.changes import http_of  # noqa: PLC0415 - urllib3
    from reconciler.forge.api import ForgeError  # noqa: PLC0415
    from reconciler.forge.detect import PROVIDERS, Wanted as Forge, detect  # noqa: PLC0415

    name, site = whole.system.name, whole.site
    if name not in PROVIDERS:
        return None, "which forge has the repository is not known here"
    own = f"https://{site.issuer}/api/v4" if name == "gitlab" and site.issuer else ""
    wanted = Forge(name, site.repository, None, api_url or own)
    place, _ = detect(os.environ, wanted, change=False)
    if place is None:
        return None, f"there is no token: {_TOKENS[name]} is not set"
    try:
        return http_of(place), ""
    except ForgeError as error:
        return None, str(error)


def _json(whole: Described, found: list[Found], counts: Mapping[State, int]) -> dict[str, Json]:
    return {
        "provider": whole.system.name,
        "environments": list(whole.site.names),
        "repository": whole.site.repository,
        "branch": whole.site.branch,
        "summary": {str(state): counts.get(state, 0) for state in State},
        "steps": [
            {
                **row(each.todo),
                "state": str(each.state),
                "why": each.why,
                "permission": each.permission,
            }
            for each in found
        ],
    }


def _text(found: list[Found], counts: Mapping[State, int], *, color: bool) -> str:
    from reconciler.render.vocabulary.ink import Ink, harmless  # noqa: PLC0415 - only for people

    ink = Ink(color)
    lines: list[str] = []
    for each in found:
        state = ink(f"{each.state:<12}", _COLOURS[each.state])
        lines.append(f"{state} {harmless(each.todo.says)}")
        if each.why:
            lines.append(f"             {harmless(each.why)}")
        if each.todo.where and each.state is not State.DONE:
            lines.append(f"             as: {harmless(each.todo.where)}")
        if each.permission:
            lines.append(f"             it would tell: {harmless(each.permission)}")
    said = ", ".join(f"{counts[state]} {state}" for state in State if counts.get(state))
    more = "; `moorline ci init` with the same options shows the commands"
    return "\n".join([*lines, "", f"{said}{more if counts.get(State.MISSING) else ''}."])
