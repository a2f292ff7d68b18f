"""A call to an interface: where it may go, what signs it, and what the server says.

Sources: RFC 6749, 4.4 (client credentials); RFC 7617 (basic); Python documentation, "http.client",
"ssl".
"""

import base64
import http.client
import json
import re
import ssl
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

Json = Any
Pair = tuple[str, str]
"""A certificate with its chain, and its key, in PEM."""
MEBI = 1 << 20
WORDS = 2000
"""Characters of a cause."""
EARLY = 60.0
"""Seconds before its end at which a token is no longer used."""


class FaultError(Exception):
    """Why there is no page; the class of each has the name of its error."""


def fault(error: str, cause: str) -> FaultError:
    """A failure of that name: Lambda tells what has asked the name of its class."""
    made: FaultError = type(error, (FaultError,), {})(cause[:WORDS])
    return made


@dataclass(frozen=True)
class Answer:
    """What a server says."""

    status: int
    type: str
    body: bytes


@dataclass(frozen=True)
class Ports:
    """What the function reaches."""

    secret: Callable[[str], str]
    put: Callable[[str, str, bytes], None]
    """Bucket, key, body."""
    send: Callable[..., Answer]
    """As `send`."""
    most: int
    """Bytes of the largest page that there is room for."""
    tokens: dict[str, tuple[str, float]] = field(default_factory=dict)
    clock: Callable[[], float] = time.time


def send(  # noqa: PLR0913 - a call
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    seconds: float,
    most: int,
    pair: Pair | None = None,
) -> Answer:
    """What a server says within a time; of more than `most` bytes, one more than that.

    Raises:
        FaultError: it does not answer, or breaks off.
    """
    parts, ends = urlsplit(url), time.monotonic() + seconds
    line = http.client.HTTPSConnection(
        parts.hostname or "", parts.port, timeout=seconds, context=context(pair)
    )
    try:
        target = f"{parts.path or '/'}{f'?{parts.query}' if parts.query else ''}"
        line.request(method, target, body, {**headers, "Connection": "close"})
        wire: Any = line.sock
        wire.settimeout(max(ends - time.monotonic(), 0.001))
        answer = line.getresponse()
        wanted, found = answer.length, bytearray()
        while wanted is None or len(found) < wanted:
            wire.settimeout(max(ends - time.monotonic(), 0.001))
            part = answer.read1(65_536)
            found += part
            if len(found) > most or not part:
                break
        if wanted is not None and len(found) < min(wanted, most):
            raise fault("Http.Socket", "the server broke off in the middle of its answer")
        return Answer(answer.status, answer.headers.get("Content-Type", ""), bytes(found))
    except (OSError, http.client.HTTPException) as error:
        text = f"{type(error).__name__}: no whole answer within {seconds:g} seconds"
        raise fault("Http.Socket", text) from None
    finally:
        line.close()


def context(pair: Pair | None) -> ssl.SSLContext:
    """How the server is known, and by which certificate this side is.

    Raises:
        FaultError: the secret holds no certificate, or no key that belongs to it.
    """
    made = ssl.create_default_context()
    if pair is None:
        return made
    with tempfile.TemporaryDirectory() as folder:
        chain, key = Path(folder, "chain"), Path(folder, "key")
        for file, text in ((chain, pair[0]), (key, pair[1])):
            file.touch(0o600)
            file.write_text(text)
        try:
            made.load_cert_chain(chain, key, password=lambda: "")
        except (OSError, ValueError):
            text = "the secret holds no certificate with a key that opens it"
            raise fault("Moorline.NoCredential", text) from None
    return made


def address(call: Mapping[str, Json], host: str) -> str:
    """Where a call goes: https, and that host alone.

    Raises:
        FaultError: it would go elsewhere.
    """
    url = call["ApiEndpoint"]
    plain = isinstance(url, str) and re.fullmatch(r"[\x21-\x7e]+", url) and "\\" not in url
    parts = urlsplit(url) if plain else urlsplit("")
    if parts.scheme != "https" or parts.netloc != host:
        raise fault("Http.AccessDenied", f"a page is asked for at https://{host} alone")
    query = urlencode({name: _text(it) for name, it in call.get("QueryParameters", {}).items()})
    whole = parts._replace(fragment="", query="&".join(filter(None, (parts.query, query))))
    return whole.geturl()


def _text(value: Json) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# -- the credential


def held(text: str, member: str) -> str:
    """A credential in a secret.

    Raises:
        FaultError: there is none of that name, or it cannot stand in a call.
    """
    found: Json = text
    if member:
        try:
            found = json.loads(text).get(member)
        except (AttributeError, ValueError):
            found = None
    if not isinstance(found, str) or not found:
        name = f" under {member!r}" if member else ""
        raise fault("Moorline.NoCredential", f"the secret has no text{name}")
    return found


def signed(auth: Mapping[str, Json], ports: Ports, seconds: float) -> tuple[dict[str, str], Json]:
    """Headers that sign a call, and what goes with its line.

    Raises:
        FaultError: there is no credential, or no token for it.
    """
    text = ports.secret(auth["secret"])
    if tls := auth.get("mutualTls"):
        return {}, (held(text, tls["certificate"]), held(text, tls["key"]))
    value = held(text, auth.get("member", ""))
    headers: dict[str, str] = {}
    if key := auth.get("apiKey"):
        headers[key["header"]] = value
    elif basic := auth.get("basic"):
        word = base64.b64encode(f"{basic['username']}:{value}".encode()).decode()
        headers["Authorization"] = f"Basic {word}"
    else:
        headers["Authorization"] = f"Bearer {token(auth['oauth'], value, ports, seconds)}"
    if not all(re.fullmatch(r"[\x20-\x7e]+", each) for each in headers.values()):
        raise fault("Moorline.NoCredential", "the credential has characters that no header has")
    return headers, None


def token(oauth: Mapping[str, Json], value: str, ports: Ports, seconds: float) -> str:
    """A token for a client's credentials, kept until shortly before its end.

    Raises:
        FaultError: none is given out.
    """
    known = str(hash((oauth["endpoint"], oauth["clientId"], value)))
    kept, ends = ports.tokens.get(known, ("", 0.0))
    if ports.clock() < ends - EARLY:
        return kept
    form = {"grant_type": "client_credentials", "client_id": oauth["clientId"]}
    form |= {"client_secret": value, **oauth["body"]}
    body = urlencode(form).encode()
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    answer = ports.send(oauth["method"], oauth["endpoint"], headers, body, seconds, MEBI)
    if answer.status in {429, 500, 502, 503, 504}:
        text = "the server that gives out tokens is busy"
        raise fault(f"Http.StatusCode.{answer.status}", text)
    try:
        said = json.loads(answer.body)
        found, lasts = said["access_token"], float(said.get("expires_in") or 0)
    except (ValueError, TypeError, KeyError, AttributeError):
        found, lasts = None, 0.0
    if answer.status // 100 != 2 or not isinstance(found, str):  # noqa: PLR2004 - success
        raise fault("Moorline.NoCredential", f"no token is given out: status {answer.status}")
    ports.tokens[known] = (found, ports.clock() + lasts)
    return found
