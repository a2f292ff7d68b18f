"""Credentials that end: renewed, loaded again, or over; and always those of the same one."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from botocore.credentials import Credentials as Fixed, RefreshableCredentials
from botocore.exceptions import CredentialRetrievalError, UnauthorizedSSOTokenError

from reconciler.aws.clock import FakeClock
from reconciler.aws.connect import Credentials, become
from reconciler.aws.errors import DOUBTED, OVER, Denied, Expired, Rejected, over
from reconciler.aws.held import Held, Lasting, lasting_of
from reconciler.aws.lend import LONG, Lender, chains, same
from reconciler.aws.session import Session
from reconciler.aws.token import BEARER, GITHUB, URL, Source

from .fakes import Clients as Scripted, refusal

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/delivery/moorline-apply"
USER = f"arn:aws:iam::{ACCOUNT}:user/ann"
JOB = f"arn:aws:sts::{ACCOUNT}:assumed-role/runner/job-7"


@dataclass
class Aws:
    """STS, and a service that takes what STS lent last; `life` is how long that lasts."""

    caller: str = USER
    life: timedelta = timedelta(hours=1)
    longest: int = 3600
    lent: list[Mapping[str, Any]] = field(default_factory=list)
    dead: set[str] = field(default_factory=set)
    gives: str = ""
    refuses: str = "ExpiredTokenException"
    nameless: bool = False

    def client(self, keys: Callable[[], str]) -> Any:
        return _Client(self, keys)

    def lend(self, given: Mapping[str, Any]) -> dict[str, Any]:
        self.lent.append(given)
        if given["DurationSeconds"] > self.longest:
            text = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
            raise refusal("ValidationError", text)
        owner, name = given["RoleArn"].split(":")[4], given["RoleArn"].rpartition("/")[2]
        who = self.gives or f"arn:aws:sts::{owner}:assumed-role/{name}/{given['RoleSessionName']}"
        key = f"{who} {len(self.lent)}"
        ends = datetime.now(UTC) + self.life
        keys = {"AccessKeyId": key, "SecretAccessKey": "s", "SessionToken": "t"}
        return {"Credentials": {**keys, "Expiration": ends}, "AssumedRoleUser": {"Arn": who}}


@dataclass
class _Client:
    aws: Aws
    keys: Callable[[], str]

    def _signed(self) -> str:
        key = self.keys()
        if key in self.aws.dead:
            raise refusal(self.aws.refuses, "over")
        return key

    def get_caller_identity(self) -> dict[str, str]:
        who = self._signed().partition(" ")[0]
        return {"Account": who.split(":")[4], "Arn": who, "UserId": "A:B"}

    def assume_role(self, **given: Any) -> dict[str, Any]:
        self._signed()
        return self.aws.lend(given)

    def describe(self) -> dict[str, str]:
        if self.aws.nameless and self.keys() in self.aws.dead:
            raise refusal("400", "Bad Request")
        return {"Key": self._signed()}


def clients(aws: Aws) -> Callable[[Credentials], Any]:
    def of(keys: Credentials) -> Any:
        def key() -> str:
            if isinstance(keys, Held):
                return keys.get_frozen_credentials().access_key
            return str(keys["aws_access_key_id"])

        client = aws.client(key)
        return type("Clients", (), {"client": lambda _self, _service: client})()

    return of


def taken(aws: Aws, *, long: bool = False, held: Held | None = None) -> Session:
    """A session as the role."""
    held = held or Held(lambda: Fixed(aws.caller, "s"))
    session = Session(clients(aws)(held), clock=FakeClock(), held=held)
    return become(session, ACCOUNT, ROLE, clients(aws), long=long)


def names(aws: Aws) -> list[str]:
    return [each["RoleSessionName"] for each in aws.lent]


# -- a role that is taken


def test_a_role_is_taken_again_before_its_session_ends_and_nothing_is_noticed() -> None:
    aws = Aws(life=timedelta(minutes=10))  # already in the quarter of an hour before its end
    session = taken(aws)
    first = len(aws.lent)
    aws.life = timedelta(hours=1)
    assert session.send("made", "describe", {})["Key"].startswith(
        f"arn:aws:sts::{ACCOUNT}:assumed-role/moorline-apply/moorline-ann"
    )
    assert len(aws.lent) > first - 1
    count = len(aws.lent)
    session.send("made", "describe", {})
    assert len(aws.lent) == count, "an hour is left now"
    assert set(names(aws)) == {"moorline-ann"}


@pytest.mark.parametrize("code", sorted(OVER | DOUBTED))
def test_what_aws_says_is_over_is_renewed_once_and_sent_again(code: str) -> None:
    aws = Aws(refuses=code)
    session = taken(aws)
    key = session.send("made", "describe", {})["Key"]
    aws.dead.add(key)
    assert session.send("made", "describe", {})["Key"] != key
    assert len(aws.lent) == 2


def test_where_renewing_does_not_help_it_is_over() -> None:
    aws = Aws()
    session = taken(aws)
    key = session.send("made", "describe", {})["Key"]
    aws.dead |= {key, USER}
    with pytest.raises(Expired):
        session.send("made", "describe", {})
    tries = len(aws.lent)
    with pytest.raises(Expired):
        session.send("made", "describe", {})
    assert len(aws.lent) == tries, "not asked again at once"


@pytest.mark.parametrize(
    "other",
    [
        "arn:aws:sts::999922223333:assumed-role/moorline-apply/moorline-ann",
        f"arn:aws:sts::{ACCOUNT}:assumed-role/moorline-plan/moorline-ann",
        USER,
    ],
)
def test_a_role_that_is_renewed_as_another_one_is_refused(other: str) -> None:
    aws = Aws()
    session = taken(aws)
    key = session.send("made", "describe", {})["Key"]
    aws.gives = other
    aws.dead.add(key)
    with pytest.raises(Expired):
        session.send("made", "describe", {})


@pytest.mark.parametrize(
    ("caller", "longest", "asked"),
    [
        (USER, 43200, [43200]),
        (USER, 14400, [43200, 14400]),
        (USER, 3600, [43200, 14400, 3600]),
        (JOB, 43200, [3600]),
    ],
)
def test_a_session_is_asked_for_as_long_as_the_role_allows_and_an_hour_where_it_is_chained(
    caller: str, longest: int, asked: list[int]
) -> None:
    aws = Aws(caller=caller, longest=longest)
    session = taken(aws, long=True)
    assert [each["DurationSeconds"] for each in aws.lent] == asked
    aws.dead.add(session.send("made", "describe", {})["Key"])
    session.send("made", "describe", {})
    assert [each["DurationSeconds"] for each in aws.lent] == [*asked, asked[-1]]


def test_a_plan_asks_for_an_hour() -> None:
    aws = Aws(longest=43200)
    taken(aws)
    assert [each["DurationSeconds"] for each in aws.lent] == [3600]


def test_a_trust_policy_that_says_how_long_is_kept_to() -> None:
    answer = {
        "Credentials": {
            "AccessKeyId": "k",
            "SecretAccessKey": "s",
            "SessionToken": "t",
            "Expiration": datetime.now(UTC) + timedelta(hours=1),
        },
        "AssumedRoleUser": {"Arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/moorline-apply/x"},
    }
    script = Scripted(refusal("AccessDenied", "no"), answer)
    session = Session(script, clock=FakeClock())
    lender = Lender(session, ROLE, "assume_role", dict, durations=LONG)
    lender.credentials()
    assert [params["DurationSeconds"] for _, params in script.only.sent] == [43200, 3600]


# -- the surroundings


def refreshed(*keys: str, life: timedelta = timedelta(minutes=1)) -> RefreshableCredentials:
    """Credentials of a chain that gives one key after the other."""
    left = [*keys]

    def metadata() -> dict[str, str]:
        key = left.pop(0) if len(left) > 1 else left[0]
        ends = datetime.now(UTC) + (life if left[0] != key else timedelta(hours=1))
        return {"access_key": key, "secret_key": "s", "token": "t", "expiry_time": str(ends)}

    return RefreshableCredentials.create_from_metadata(metadata(), metadata, "custom-process")


def test_renewed_credentials_of_the_surroundings_are_looked_at() -> None:
    aws = Aws(caller=JOB)
    held = Held(lambda: refreshed(f"{JOB} 1", f"{JOB} 2"))
    session = taken_as(aws, held)
    assert session.send("made", "describe", {})["Key"] == f"{JOB} 2"


@pytest.mark.parametrize("other", [JOB.replace(ACCOUNT, "999922223333"), USER])
def test_the_surroundings_may_not_become_another_one(other: str) -> None:
    inner = Fixed(f"{JOB} 1", "s", "t")
    session = taken_as(Aws(caller=JOB), Held(lambda: inner))
    session.send("made", "describe", {})
    inner.access_key = f"{other} 2"
    with pytest.raises(Expired) as said:
        session.send("made", "describe", {})
    assert said.value.code == "OtherIdentity"
    with pytest.raises(Expired):
        session.send("made", "describe", {})


def taken_as(aws: Aws, held: Held) -> Session:
    """A session as who is there."""
    return become(
        Session(clients(aws)(held), clock=FakeClock(), held=held), ACCOUNT, None, clients(aws)
    )


def test_who_logs_in_again_meanwhile_is_noticed() -> None:
    there = [f"{JOB} 1"]
    aws = Aws(caller=JOB, dead=set())
    session = taken_as(aws, Held(lambda: Fixed(there[0], "s", "t")))
    aws.dead.add(there[0])
    there[0] = f"{JOB} 2"
    assert session.send("made", "describe", {})["Key"] == f"{JOB} 2"


@pytest.mark.parametrize(
    "error",
    [
        CredentialRetrievalError(provider="custom-process", error_msg="no"),
        UnauthorizedSSOTokenError(),
        RuntimeError(
            "Credentials were refreshed, but the refreshed credentials are still expired."
        ),
        FileNotFoundError("the program is gone"),
        refusal("ExpiredTokenException", "the token of the job is over"),
    ],
    ids=lambda error: type(error).__name__,
)
def test_what_cannot_be_renewed_is_over_if_it_worked_and_missing_if_not(error: Exception) -> None:
    class Broken:
        method, broken = "custom-process", False

        def get_frozen_credentials(self) -> Any:
            if self.broken:
                raise error
            return Fixed(f"{JOB} 1", "s", "t").get_frozen_credentials()

    inner = Broken()
    aws = Aws(caller=JOB)
    session = taken_as(aws, Held(lambda: inner))
    inner.broken = True
    with pytest.raises(Expired):
        session.send("made", "describe", {})
    held = Held(lambda: inner)
    fresh = Session(clients(aws)(held), clock=FakeClock(), held=held)
    with pytest.raises(Denied) as said:
        fresh.send("made", "describe", {})
    assert not isinstance(said.value, Expired)


def test_an_answer_without_a_word_is_looked_into() -> None:
    aws = Aws()
    session = taken(aws)
    key = session.send("made", "describe", {})["Key"]
    aws.dead |= {key, USER}
    aws.nameless = True
    with pytest.raises(Expired):
        session.send("made", "describe", {})
    aws.dead.clear()
    assert session.send("made", "describe", {})
    alone = Session(Scripted({}, refusal("400", "Bad Request"), {}), clock=FakeClock())
    alone.send("made", "describe", {})
    with pytest.raises(Rejected):
        alone.send("made", "describe", {})


def test_credentials_that_never_worked_are_denied_and_not_over() -> None:
    unknown = Denied("made.describe", "UnrecognizedClientException", "")
    assert over(unknown, "made", {"other"}) is unknown, "it may be one region's own"
    assert isinstance(over(unknown, "made", {"made"}), Expired)
    ended = Denied("made.describe", "ExpiredTokenException", "")
    assert over(ended, "made", ()) is ended
    assert isinstance(over(ended, "made", {"other"}), Expired)
    refused = Denied("made.describe", "AccessDeniedException", "")
    assert over(refused, "made", {"made"}) is refused


@pytest.mark.parametrize(
    ("inner", "left"),
    [
        (Fixed("k", "s"), None),
        (Fixed("k", "s", "t"), 3600),
        (refreshed("k"), None),
    ],
    ids=["a user's keys", "keys of a session", "a process"],
)
def test_until_when_credentials_can_be_had(inner: Any, left: float | None) -> None:
    found = lasting_of(inner).left(datetime.now(UTC))
    assert found == (None if left is None else pytest.approx(left, abs=5))


def test_a_session_of_which_the_end_is_written_down_ends_then() -> None:
    ends = datetime.now(UTC) + timedelta(minutes=20)
    inner = RefreshableCredentials("k", "s", "t", ends, dict, "env")
    assert lasting_of(inner) == Lasting(ends)


def test_a_role_can_be_had_as_long_as_what_takes_it() -> None:
    ends = datetime.now(UTC) + timedelta(minutes=20)
    base = Held(lambda: Fixed(f"{USER}", "s"), lambda _: Lasting(ends))
    session = taken(Aws(), held=base)
    assert session.held is not None
    left = session.held.lasting().left(datetime.now(UTC))
    assert left == pytest.approx(3600, abs=5), "its session outlasts what took it"
    session = taken(Aws())
    assert session.held is not None
    assert session.held.lasting() == Lasting()


def test_who_is_the_same() -> None:
    assert same(JOB, JOB.replace("job-7", "job-8"))
    assert not same(JOB, JOB.replace("runner", "walker"))
    assert not same(JOB, JOB.replace(ACCOUNT, "999922223333"))
    assert same(USER, USER)
    assert not same(USER, USER + "e")
    assert (chains(JOB), chains(USER)) == (True, False)


# -- the token of a job


def jwt(exp: float, name: str = "", issuer: str = f"https://{GITHUB}", **more: str) -> str:
    said = {"exp": exp, "iss": issuer, "aud": "sts.amazonaws.com", "sub": name, **more}
    body = base64.urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")
    return f"e30.{body}.c2ln"


class Giver(BaseHTTPRequestHandler):
    """GitHub's address of a job, on this machine."""

    seen: list[tuple[str, str]]
    status = 200

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Authorization"]))
        body = json.dumps({"count": 1, "value": jwt(5_000_000_000, "new")}).encode()
        self.send_response(self.status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        return


@pytest.fixture
def giver() -> Any:
    kind = type("Fresh", (Giver,), {"seen": []})
    with HTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        kind.url = f"http://127.0.0.1:{server.server_port}/token?api-version=2.0"
        yield kind
        server.shutdown()
        thread.join()


NOW = 2_000_000_000.0


def source(path: Path, text: str, **environ: str) -> Source:
    path.write_text(text)
    return Source(str(path), environ, now=lambda: NOW)


def test_github_is_asked_for_a_new_token_where_the_one_of_the_file_is_over(
    tmp_path: Path, giver: Any
) -> None:
    found = source(tmp_path / "t", jwt(NOW - 1), **{URL: giver.url, BEARER: "b"})
    assert found.token() == jwt(5_000_000_000, "new")
    assert giver.seen == [("/token?api-version=2.0&audience=sts.amazonaws.com", "bearer b")]
    assert found.ends() is None


@pytest.mark.parametrize("status", [403, 500])
def test_a_token_that_github_does_not_give_is_said(tmp_path: Path, giver: Any, status: int) -> None:
    giver.status = status
    found = source(tmp_path / "t", jwt(NOW - 1), **{URL: giver.url, BEARER: "b"})
    with pytest.raises(Denied, match=f"HTTP {status}") as said:
        found.token()
    assert "bearer" not in str(said.value)


@pytest.mark.parametrize(
    ("exp", "issuer"),
    [(NOW + 300, f"https://{GITHUB}"), (NOW - 1, "https://oidc.eks.eu-west-1.amazonaws.com/id/1")],
    ids=["it is good still", "it is none of GitHub's"],
)
def test_the_token_of_the_file_is_used_where(tmp_path: Path, exp: float, issuer: str) -> None:
    text = jwt(exp, issuer=issuer)
    assert source(tmp_path / "t", text, **{URL: "http://127.0.0.1:9", BEARER: "b"}).token() == text


def test_a_token_file_is_read_again_each_time(tmp_path: Path) -> None:
    found = source(tmp_path / "t", jwt(NOW + 300, "one"))
    assert found.token() == jwt(NOW + 300, "one")
    (tmp_path / "t").write_text(jwt(NOW + 600, "two"))
    assert found.token() == jwt(NOW + 600, "two")
    assert found.ends() == datetime.fromtimestamp(NOW + 600, UTC)


def test_a_bearer_s_token_goes_over_no_open_line(tmp_path: Path) -> None:
    found = source(tmp_path / "t", jwt(NOW - 1), **{URL: "http://example.com/", BEARER: "b"})
    with pytest.raises(Denied, match="not https"):
        found.token()


def test_a_token_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(Denied, match="NoToken"):
        Source(str(tmp_path / "t"), {}).token()
