"""Reaching a host: the local server that was named for it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeVar
from urllib.parse import urlsplit

import requests

from reconciler.sandbox.protocol.loopback import is_loopback
from reconciler.sandbox.services.stepfunctions.execution import Failure
from reconciler.sandbox.state.world import WORLD

SOCKET = "States.Http.Socket"
Taken = TypeVar("Taken")


def raw(  # noqa: PLR0913  (a call)
    method: str, url: str, headers: Mapping[str, str], body: bytes | None, limit: float, most: int
) -> tuple[int, str, bytes]:
    """The status, the type and the body of an answer, of the body no more than one too many.

    Raises:
        Failure: the server cannot be reached, or does not answer in time.
    """
    return asked(method, url, headers, body, limit, lambda answer: _plainly(answer, most))


def _plainly(answer: requests.Response, most: int) -> tuple[int, str, bytes]:
    found = b""
    for chunk in answer.iter_content(65_536):
        found += chunk
        if len(found) > most:
            break
    return answer.status_code, answer.headers.get("Content-Type", ""), found


def asked(  # noqa: PLR0913  (a call)
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    limit: float,
    take: Callable[[requests.Response], Taken],
) -> Taken:
    """What `take` makes of an answer.

    Raises:
        Failure: the server cannot be reached, or does not answer in time.
    """
    parts = urlsplit(url)
    home = WORLD.machines.hosts.get(parts.netloc) or WORLD.machines.hosts.get(parts.hostname or "")
    if home is None or not is_loopback(home):
        text = f"{parts.hostname}: no local server stands for this host in the sandbox."
        raise Failure(SOCKET, text)
    target = f"{home.rstrip('/')}{parts.path}{f'?{parts.query}' if parts.query else ''}"
    try:
        with requests.Session() as session, _plain(session).request(
            method, target, headers={**headers, "Host": parts.netloc}, data=body, timeout=limit,
            allow_redirects=False, stream=True,
        ) as answer:  # fmt: skip
            return take(answer)
    except requests.RequestException as broken:
        text = f"{type(broken).__name__}: the server did not answer within {limit:g} seconds."
        raise Failure(
            SOCKET, text if isinstance(broken, requests.Timeout) else str(broken)
        ) from None


def _plain(session: requests.Session) -> requests.Session:
    session.trust_env = False  # no proxy and no .netrc of whoever runs the sandbox
    return session
