"""Every fault of a forge: what is tried again, for how long, and what is said in the end."""

from __future__ import annotations

import pytest

from reconciler.forge import findings
from reconciler.forge.api import ForgeError, Secret, Trouble
from reconciler.forge.detect import Place
from reconciler.forge.http import Http, Patience
from reconciler.forge.sticky import Done, Post, upsert
from reconciler.model.codes import CODES

from .conftest import START, Clock, Scene
from .store import TOKEN

MARKER = "<!-- moorline:plan:prod -->"
POST = Post(MARKER, f"{MARKER}\none bucket\n")

PASSING = {
    "a rate limit": ["429:7"],
    "a rate limit that names no time": ["429"],
    "two secondary limits": ["secondary:3", "secondary:3"],
    "an hour that is used up": [f"used-up:{int(START) + 20}"],
    "faults of the server": ["500", "502", "503", "504"],
    "a server that names a time": ["503:11"],
    "a connection that is reset": ["reset", "reset"],
    "an answer that breaks off": ["broken"],
    "a reply that is lost": ["", "reset-after"],
    "an answer that does not come": ["slow"],
    "weather": ["reset", "500", "429:1", "", "502", "reset-after", "500"],
}


@pytest.mark.parametrize("faults", PASSING.values(), ids=PASSING.keys())
def test_it_is_tried_again_after(faults: list[str], scene: Scene) -> None:
    scene.state.faults += faults
    upsert(scene.client(), POST)
    assert [each.body for each in scene.store.notes] == [POST.body]


STAYING = {
    "rate limits": ("429:7", Trouble.LIMITED),
    "secondary limits": ("secondary:5", Trouble.LIMITED),
    "faults of the server": ("500", Trouble.DOWN),
    "resets": ("reset", Trouble.DOWN),
    "broken answers": ("broken", Trouble.DOWN),
    "forbidden": ("forbidden", Trouble.PERMISSION),
    "a fork's token": ("fork", Trouble.PERMISSION),
    "a locked conversation": ("locked", Trouble.LOCKED),
    "a page instead of JSON": ("html", Trouble.REFUSED),
    "JSON of another form": ("odd", Trouble.REFUSED),
    "another address": ("moved:http://127.0.0.1:1/elsewhere", Trouble.REFUSED),
    "a feature that is off": ("gone", Trouble.MISSING),
}


@pytest.mark.parametrize(("fault", "trouble"), STAYING.values(), ids=STAYING.keys())
def test_in_the_end_it_is_said_that_there_are(fault: str, trouble: Trouble, scene: Scene) -> None:
    scene.state.always = fault
    with pytest.raises(ForgeError) as caught:
        upsert(scene.client(), POST)
    assert caught.value.trouble is trouble
    assert scene.clock.at <= 90
    assert len(scene.state.asked) <= 6


@pytest.mark.parametrize("fault", ["fork", "locked", "forbidden"])
def test_reading_may_be_allowed_where_writing_is_not(fault: str, scene: Scene) -> None:
    scene.state.writes = fault
    with pytest.raises(ForgeError):
        upsert(scene.client(), POST)
    assert scene.store.notes == []


def test_a_wrong_token_is_not_tried_again(scene: Scene) -> None:
    with pytest.raises(ForgeError) as caught:
        upsert(scene.client("wrong"), POST)
    assert caught.value.trouble is Trouble.TOKEN
    assert len(scene.state.asked) == 1


def test_a_repository_that_is_not_there(scene: Scene) -> None:
    with pytest.raises(ForgeError) as caught:
        upsert(scene.client(repository="acme/nowhere"), POST)
    assert caught.value.trouble is Trouble.MISSING


def test_a_pause_longer_than_a_command_waits_is_not_waited(scene: Scene) -> None:
    scene.state.always = "429:3600"
    with pytest.raises(ForgeError) as caught:
        upsert(scene.client(), POST)
    assert caught.value.trouble is Trouble.LIMITED
    assert scene.clock.slept == []
    assert "3600 s" in str(caught.value)


def test_the_pause_is_the_one_that_was_asked_for(scene: Scene) -> None:
    scene.state.faults += ["429:7", "503:11"]
    upsert(scene.client(), POST)
    assert scene.clock.slept == [7, 11]


def test_pauses_without_a_wish_grow(scene: Scene) -> None:
    scene.state.always = "500"
    with pytest.raises(ForgeError):
        upsert(scene.client(), POST)
    assert scene.clock.slept == sorted(scene.clock.slept)
    assert len(scene.clock.slept) == 5


def test_a_forge_that_nobody_listens_at_is_down() -> None:
    client = Http("http://127.0.0.1:9/api", {}, patience=Patience(tries=3), clock=Clock())
    with pytest.raises(ForgeError) as caught:
        client.send("GET", "user")
    assert caught.value.trouble is Trouble.DOWN


def test_a_reply_that_is_lost_leaves_no_double(scene: Scene) -> None:
    scene.state.faults += ["", "reset-after"]
    assert upsert(scene.client(), POST).done in {Done.CREATED, Done.UPDATED}
    assert len(scene.store.notes) == 1


# -- what must not happen with a token


@pytest.mark.parametrize(
    "address",
    [
        pytest.param("http://github.example.com/api/v3", id="an address without TLS"),
        pytest.param("ftp://github.example.com", id="another protocol"),
        pytest.param("https://user:password@github.example.com", id="an address with a password"),
        pytest.param("github.example.com", id="no address"),
    ],
)
def test_no_token_is_sent_to(address: str) -> None:
    with pytest.raises(ForgeError) as caught:
        Http(address, {})
    assert caught.value.trouble is Trouble.REFUSED
    assert "password" not in str(caught.value)


def test_links_to_other_hosts_are_asked_of_ours(scene: Scene) -> None:
    """The local GitHub names `forge.invalid` in its links."""
    scene.state.page = 1
    for _ in range(3):
        scene.store.note(7, "alice", "x")
    assert len(scene.client().comments()) == 3


def test_a_redirect_within_the_forge_is_followed(scene: Scene) -> None:
    api = getattr(scene.server, scene.provider)
    path = "repos/acme/fraud" if scene.provider == "github" else "projects/acme%2Ffraud"
    kind = "issues/7/comments" if scene.provider == "github" else "merge_requests/7/notes"
    scene.state.faults.append(f"moved:{api}/{path}/{kind}")
    assert scene.client(repository="acme/old").comments() == []


@pytest.mark.parametrize("fault", [*(fault for fault, _ in STAYING.values()), "echo", "slow"])
def test_no_error_tells_the_token(fault: str, scene: Scene) -> None:
    scene.state.always = fault
    client = scene.client(patience=Patience(tries=2, connect=1, read=0.1))
    with pytest.raises(ForgeError) as caught:
        upsert(client, POST)
    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert all(TOKEN not in repr(each) + str(each) for each in chain)


def test_the_token_is_in_one_header_only(scene: Scene) -> None:
    upsert(scene.client(), POST)
    assert not any(TOKEN in each for each in scene.state.asked)
    name = "authorization" if scene.provider == "github" else "private-token"
    for headers in scene.state.seen:
        assert [key for key, value in headers.items() if TOKEN in value] == [name]


def test_a_place_does_not_show_its_token() -> None:
    place = Place("github", "https://api.github.com", "a/b", Secret(TOKEN))
    assert TOKEN not in repr(place)


@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("provider", ["github", "gitlab"])
@pytest.mark.parametrize("issue", [True, False], ids=["issue", "comment"])
def test_every_trouble_has_a_code_and_says_what_to_do(
    trouble: Trouble, provider: str, *, issue: bool
) -> None:
    place = Place(provider, "https://forge.test", "a/b", Secret(TOKEN))
    found = findings.finding(ForgeError(trouble, "GET /x", "HTTP 403"), place, issue=issue)
    assert found.code in CODES
    assert found.help
    if trouble is Trouble.PERMISSION and provider == "github":
        assert ("issues: write" if issue else "pull-requests: write") in found.help
