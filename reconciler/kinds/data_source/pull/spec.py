"""What a spec says about a pull, and what is wrong with it.

Limits are those of Step Functions' HTTP task: 60 seconds and 256 KB an answer, public interfaces
with public certificates, no client certificates; or of the function that asks in its place.
Sources: Step Functions developer guide, "Call HTTPS APIs", "Service quotas"; Lambda developer
guide, "Lambda quotas".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field

from reconciler.kinds.api import Choice, Duration, Maybe, Problem, Reference, Section, seconds
from reconciler.kinds.data_source.pull.auth import TLS, Auth, Word
from reconciler.kinds.terms.location import S3Path
from reconciler.model.value import Path

ANSWER_SECONDS = 60
ANSWER_BYTES = 262_144
FUNCTION_SECONDS = 840
"""Of the 900 that a function may take; the rest is for reading the credential and for landing."""
MEMORY = (256, 10_240)
"""The least and the most MiB of a function that pulls."""
BodyPath = Annotated[str, Field(examples=["$.data", "$.meta.next"])]
"""Where something is in an answer: ``$``, then ``.name``, ``['any name']`` or ``[0]``."""
Header = Annotated[str, Field(max_length=512, examples=["application/json"])]
_PATH = re.compile(r"\$(?:\.[A-Za-z_][A-Za-z0-9_]*|\['[^'\\\x00-\x1f]+'\]|\[[0-9]{1,4}\])*")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,512}")
_TEXT = re.compile(r"[\x20-\x7e]*")
_HOST = re.compile(r"(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{1,62}")
_SET_BY_AWS = frozenset(
    """connection content-length expect forwarded host http2-settings range te trailer
    transfer-encoding upgrade via""".split()  # noqa: SIM905 - reads as words
)
_SIGNS = frozenset({"authorization", "cookie", "proxy-authorization"})


class Cursor(Section):
    """The next page is named by the answer."""

    next: BodyPath
    """Where the cursor of the next page is in an answer; nothing, null or "" there is the end."""
    query: Word
    """The parameter (in GraphQL: the variable) that takes it."""
    has_next: Maybe[BodyPath] = None
    """Where an answer says whether there is a next page, if it does."""


class Link(Section):
    """An answer has the address of the next page."""

    next: BodyPath
    """Where the address is; it has to be of the same host, or AWS refuses the call."""


class Number(Section):
    """Pages have numbers."""

    query: Word = "page"
    """The parameter that takes the number."""
    first: Annotated[int, Field(ge=0, le=1)] = 1
    """The number of the first page."""
    last: Maybe[BodyPath] = None
    """Where an answer says the number of the last page; without it the first empty page ends it."""
    parallel: Annotated[int, Field(ge=1, le=40)] = 1
    """How many pages are asked for at the same time; more than one needs `last`."""


class Offset(Section):
    """Pages begin at a record's number."""

    size: Annotated[int, Field(ge=1, le=10_000)]
    """Records of a page."""
    query: Word = "offset"
    """The parameter that takes the number of records to skip."""


class Single(Section):
    """All of it is in one answer."""


class Pages(Choice):
    """How an answer leads to the next one: exactly one of these."""

    cursor: Maybe[Cursor] = None
    link: Maybe[Link] = None
    number: Maybe[Number] = None
    offset: Maybe[Offset] = None
    single: Maybe[Single] = None
    """``{}``: all of it is in one answer."""


class GraphPages(Choice):
    """How an answer leads to the next one: exactly one of these."""

    cursor: Maybe[Cursor] = None
    single: Maybe[Single] = None
    """``{}``: all of it is in one answer."""


class Landing(Section):
    """Where pages go, each as it came."""

    to: Annotated[str, Reference("DataSource")]
    """A DataSource with `s3`."""
    path: S3Path
    """Where under its prefix; days, runs and pages are below it."""
    by: Literal["machine", "lambda"] = "machine"
    """Who asks for pages and writes them: the state machine itself, which takes 256 KB and waits
    60 seconds; or a function of Moorline's own, for larger pages, slower answers and client
    certificates."""
    memory: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,4}(MiB|GiB)$")] = "1GiB"
    """Memory of the function. A page may have a 32nd of what is left of it beside 96 MiB."""

    @property
    def mebibytes(self) -> int:
        """`memory` in MiB."""
        return int(self.memory[:-3]) * (1024 if self.memory.endswith("GiB") else 1)


class Since(Section):
    """Only what has changed since the last pull that came to its end."""

    query: Word
    """The parameter (in GraphQL: the variable) that takes the time."""
    start: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")]
    """The time that the first pull asks for."""


class Trigger(Section):
    """When pulls begin by themselves."""

    schedule: Annotated[str, Field(examples=["cron(15 2 * * ? *)", "rate(1 hour)"])]
    """``cron(…)`` or ``rate(…)``, as EventBridge Scheduler has them."""
    timezone: str = "UTC"
    """An IANA time zone."""
    state: Literal["active", "paused"] = "active"
    """Whether it starts pulls; `paused` makes it without."""


class Pull(Section):
    """What REST and GraphQL have in common."""

    url: str = Field(examples=["https://api.partner.example/v1/chargebacks"])
    """The address, with https. Parameters belong into `query`."""
    auth: Auth
    """What calls are signed with, by reference to a secret."""
    headers: dict[str, Header] = Field(default_factory=dict)
    """Further headers that are no secret."""
    items: BodyPath = "$"
    """Where the list of records is in an answer."""
    requires: Maybe[tuple[str, ...]] = None
    """Columns that each record has to have; by default all that are declared."""
    since: Maybe[Since] = None
    trigger: Maybe[Trigger] = None
    """Without it, a pull is started by `moorline run`."""
    land: Landing
    timeout: Duration = "60s"
    """How long an answer may take: 60s at most, with `by: lambda` 14m."""
    retries: Annotated[int, Field(ge=0, le=10)] = 6
    """How often a page is asked for again after 429, 5xx, or no answer, each time later."""
    most: Annotated[int, Field(ge=1, le=1_000_000)] = 10_000
    """Pages after which a pull is given up: it may be going round in circles."""


def check_pull(pull: Pull, at: Path, columns: Mapping[str, object]) -> Iterator[Problem]:
    """What is wrong with a pull, whichever it is."""
    yield from _address(pull.url, (*at, "url"))
    yield from _auth(pull.auth, (*at, "auth"))
    for name, value in pull.headers.items():
        yield from _header(name, value, (*at, "headers", name))
    yield from body_path(pull.items, (*at, "items"))
    yield from _landing(pull, at)
    for index, name in enumerate(pull.requires or ()):
        if name not in columns:
            help_ = "declare it under 'columns'"
            yield Problem((*at, "requires", str(index)), f"there is no column {name!r}", help_)


def _landing(pull: Pull, at: Path) -> Iterator[Problem]:
    """What the machine, or the function, can do."""
    wait, here = seconds(pull.timeout), (*at, "timeout")
    if pull.land.by == "lambda":
        if wait > FUNCTION_SECONDS:
            yield Problem(here, "a function waits 14m for an answer at the most", "use 14m or less")
        if not MEMORY[0] <= pull.land.mebibytes <= MEMORY[1]:
            text = "a function that pulls has 256MiB to 10GiB of memory"
            yield Problem((*at, "land", "memory"), text, "choose a size between them")
        return
    if wait > ANSWER_SECONDS:
        text = f"AWS waits {ANSWER_SECONDS} seconds for an answer at the most"
        help_ = "use 60s or less, and smaller pages, or let a function ask: `land: {by: lambda}`"
        yield Problem(here, text, help_)
    if "memory" in pull.land.model_fields_set:
        help_ = "remove it, or write `by: lambda` beside it"
        yield Problem((*at, "land", "memory"), "'memory' is a function's", help_)
    if pull.auth.mutual_tls is not None:
        help_ = "let a function present it: `land: {by: lambda}`"
        yield Problem((*at, "auth", "mutualTls"), TLS, help_)


def site_of(url: str) -> str:
    """The host of an address, with its port."""
    return urlsplit(url).netloc


def body_path(text: str, at: Path) -> Iterator[Problem]:
    """Whether a path in an answer can be read."""
    if not _PATH.fullmatch(text):
        help_ = "write `$`, then `.name`, `['any name']` or `[0]`, as in `$.data.items`"
        yield Problem(at, f"{text!r} is no path that leads to one place in an answer", help_)


def _address(url: str, at: Path) -> Iterator[Problem]:
    """https, a host, and nothing in it that belongs elsewhere."""
    if not _TEXT.fullmatch(url) or any(each in url for each in ' "*<>\\^`{|}'):
        yield Problem(at, "an address has no such characters", "encode them as %XX")
        return
    try:
        parts, port = urlsplit(url), urlsplit(url).port
    except ValueError:
        yield Problem(at, "this is no address", "write https://HOST/PATH")
        return
    if parts.scheme != "https":
        help_ = "write https://…; the credential would go over the line for all to read"
        yield Problem(at, "Step Functions calls https alone", help_)
    elif parts.username is not None or parts.password is not None or "@" in parts.netloc:
        yield Problem(at, "a credential stands in the address", "give it by 'auth'")
    elif not _HOST.fullmatch((parts.hostname or "").lower()):
        yield Problem(at, "the address has no public host", "write https://HOST/PATH")
    elif parts.query or parts.fragment or url.endswith(("?", "#")):
        yield Problem(at, "parameters stand in the address", "give them by 'query'")
    elif port is not None and port not in range(1, 65536):
        yield Problem(at, "there is no such port")


def _auth(auth: Auth, at: Path) -> Iterator[Problem]:
    if auth.api_key is not None and not _HEADER.fullmatch(auth.api_key.header):
        yield Problem((*at, "apiKey", "header"), "this is no name of a header")
    if auth.oauth is not None:
        yield from _address(auth.oauth.endpoint, (*at, "oauth", "endpoint"))
        for name, value in auth.oauth.body.items():
            if not _TEXT.fullmatch(value) or not _HEADER.fullmatch(name):
                yield Problem((*at, "oauth", "body", name), "it has characters that AWS refuses")


def _header(name: str, value: str, at: Path) -> Iterator[Problem]:
    lower = name.lower()
    if not _HEADER.fullmatch(name):
        yield Problem(at, f"{name!r} is no name of a header", on_key=True)
    elif not _TEXT.fullmatch(value):
        help_ = "a header is one line of printable ASCII"
        yield Problem(at, "its value would end the header", help_)
    elif lower in _SIGNS:
        help_ = "give it by 'auth', from a secret"
        yield Problem(at, f"{name!r} signs a call", help_, on_key=True)
    elif lower in _SET_BY_AWS or lower.startswith(("x-amz", "x-forwarded")):
        help_ = "remove it; pages are asked for by 'pages'"
        yield Problem(at, f"AWS sets {name!r} itself", help_, on_key=True)
