"""A local forge for a test, and clients of it that never sleep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from reconciler.forge.api import Secret
from reconciler.forge.github import GitHub
from reconciler.forge.gitlab import GitLab
from reconciler.forge.http import Patience

from . import server
from .store import TOKEN, Store

PROVIDERS = ("github", "gitlab")
QUICK = Patience(tries=6, seconds=90, connect=2, read=0.25)
START = 1_795_000_000.0


@dataclass
class Clock:
    """Sleeping moves it on and takes no time."""

    at: float = 0.0
    slept: list[float] = field(default_factory=list)

    def now(self) -> float:
        return self.at

    def time(self) -> float:
        return START + self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += seconds


@dataclass
class Scene:
    """One forge, its client's clock and what it keeps."""

    provider: str
    server: server.Running
    clock: Clock

    @property
    def store(self) -> Store:
        return getattr(self.server.state, self.provider)

    @property
    def state(self) -> server.State:
        return self.server.state

    def client(self, token: str = TOKEN, **more: Any) -> GitHub | GitLab:
        api, repository = getattr(self.server, self.provider), more.pop("repository", "acme/fraud")
        made = GitHub if self.provider == "github" else GitLab
        known = {"change": 7, "patience": QUICK, "clock": self.clock} | more
        return made(api, repository, Secret(token), **known)


@pytest.fixture
def forge_server() -> Iterator[server.Running]:
    with server.running() as found:
        yield found


@pytest.fixture(params=PROVIDERS)
def scene(request: pytest.FixtureRequest, forge_server: server.Running) -> Scene:
    return Scene(request.param, forge_server, Clock())
