"""The token of a CI system or a cluster, with which a role is taken without other credentials.

It is read from its file each time. A job of GitHub wrote it there once, and it is good for five
minutes; GitHub gives another one to whoever has the job's own address and token for that.
Source: GitHub, "OpenID Connect reference", "Methods for requesting the OIDC token".
"""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlsplit

import urllib3

from reconciler.aws.errors import Denied
from reconciler.model.value import Json

URL, BEARER = "ACTIONS_ID_TOKEN_REQUEST_URL", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"
AUDIENCE = "sts.amazonaws.com"
GITHUB, GITHUB_SERVER = "token.actions.githubusercontent.com", "/_services/token"
"""Who signs GitHub's tokens: its own host, or this path of a server of one's own."""
EARLY = 30.0
"""Seconds before its end from which on a token is not used."""
REWRITTEN = "/var/run/secrets/"
"""Below it Kubernetes writes a new token in time."""
CONNECT, READ, TRIES = 10.0, 30.0, 4
_LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
WHAT = "token for AWS"

Ask = Callable[[str, str], bytes]
"""An address and a bearer's token to the answer's body; raises `Denied`."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the token is from. `now` gives seconds since the epoch."""

    path: str
    environ: Mapping[str, str]
    now: Callable[[], float] = time.time
    ask: Ask | None = None

    def token(self) -> str:
        """A token that is still good, where one can be had; else the one of the file.

        Raises:
            Denied: there is none, or GitHub gives no other one.
        """
        text = self._file()
        said = claims(text)
        if not self._over(said) or not self._gives(said):
            return text
        audience = said.get("aud")
        audience = audience if isinstance(audience, str) else AUDIENCE
        url = f"{self.environ[URL]}&audience={quote(audience, safe='')}"
        body = (self.ask or _ask)(url, self.environ[BEARER])
        try:
            return str(json.loads(body)["value"])
        except (ValueError, KeyError, TypeError):
            raise Denied(WHAT, "NoToken", "GitHub's answer has no token in it") from None

    def ends(self) -> datetime | None:
        """When the last token ends that can be had; nothing where there is always another one."""
        said = claims(self._file())
        exp = said.get("exp")
        renewed = self._gives(said) or self.path.startswith(REWRITTEN)
        if renewed or not isinstance(exp, int | float):
            return None
        return datetime.fromtimestamp(exp, UTC)

    def _file(self) -> str:
        try:
            return Path(self.path).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            raise Denied(WHAT, "NoToken", f"{self.path}: {error}") from None

    def _over(self, said: Mapping[str, Json]) -> bool:
        exp = said.get("exp")
        return isinstance(exp, int | float) and exp - EARLY <= self.now()

    def _gives(self, said: Mapping[str, Json]) -> bool:
        """Whether it is a token of GitHub's, and this is a job that may ask for others."""
        issuer = urlsplit(str(said.get("iss", "")))
        theirs = issuer.hostname == GITHUB or issuer.path.startswith(GITHUB_SERVER)
        return theirs and bool(self.environ.get(URL) and self.environ.get(BEARER))


def claims(token: str) -> Mapping[str, Json]:
    """What a token says of itself, unchecked; nothing where it is none."""
    try:
        part = token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _ask(url: str, bearer: str) -> bytes:
    parts = urlsplit(url)
    if parts.scheme != "https" and parts.hostname not in _LOCAL:
        raise Denied(WHAT, "NoToken", f"{URL} is not https")
    timeout = urllib3.Timeout(connect=CONNECT, read=READ)
    retries = urllib3.Retry(TRIES - 1, redirect=0, backoff_factor=0.5, status_forcelist=(502, 503))
    pool: urllib3.PoolManager = urllib3.PoolManager(timeout=timeout, retries=retries)
    headers = {"Authorization": f"bearer {bearer}", "Accept": "application/json"}
    try:
        answer = pool.request("GET", url, headers=headers)
    except urllib3.exceptions.HTTPError as error:
        text = f"GitHub was asked for another one: {type(error).__name__}"
        raise Denied(WHAT, "NoToken", text) from None
    if answer.status != 200:  # noqa: PLR2004 - HTTP's word for yes
        raise Denied(WHAT, "NoToken", f"GitHub was asked for another one: HTTP {answer.status}")
    return answer.data
