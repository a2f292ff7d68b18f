"""The repository's own platform, and an edit of nearly everything it declares."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path

from engine.platform import TODAY

from reconciler.assets.repository import Repository
from reconciler.cli.frame.checked import checked
from reconciler.compile import compiler
from reconciler.compile.request import Request
from reconciler.compile.spec import Spec
from reconciler.model.address import Address
from reconciler.model.document import Document
from reconciler.specs import overlay
from reconciler.specs.source import parse

from .edits import EDITS
from .scene import Scene

ROOT = Path(__file__).parents[2]
REGISTRY = "acme-local-fraud"
ARTIFACTS = "acme-local-artifacts-123456789012"
MODEL_FILES = ("fallback/2026-09-14/model.tar.gz", "fallback/2026-11-02/model.tar.gz")
"""What the other rollout serves, before and after the edits; nobody makes it but a team."""
SETTLED = "acme-disputes-dev-settled"
"""A bucket of another team beside it, which nothing may touch."""


class Example(Scene):
    """The repository's own platform, in its sandbox environment."""

    environment = "local"
    expected: frozenset[str] = frozenset(
        {"CANARY003", "CLOUD010", "PLAN010", "PLACE006", "STATE003", "STATE004"}
    )
    """A rollout waits for an approved model, another one for its file, a source for its secret, and
    nobody has confirmed an address. The models are there from `release` on. No receipt says what
    AWS filled in of the log groups. What is not empty is not deleted. An update puts a new version
    beside the live one and is done with that: who drives the rollout goes on."""
    edited = False

    @property
    def repository(self) -> Repository:
        return Repository(ROOT)

    def request(
        self,
        *,
        adopt: Iterable[Address] = (),
        retry: Iterable[Address] = (),
        destroy: bool = False,
    ) -> Request:
        view, read = _read(self.environment, edited=self.edited)
        policy = compiler.policy_of(view, today=TODAY, adopt=frozenset(adopt))
        policy = replace(policy, retry=frozenset(retry))
        return Request(read, view, policy, destroy=destroy)


@cache
def _read(environment: str, *, edited: bool) -> tuple[overlay.EnvironmentView, tuple[Spec, ...]]:
    """What they say, with the files that they name, read once: no test changes any of it."""
    files = documents(edited=edited)
    view, found = overlay.resolve(files, environment)
    assert view is not None, found
    read, found = checked(files, view, (), Repository(ROOT))
    assert found == [], found
    return view, read


@cache
def documents(*, edited: bool = False) -> tuple[Document, ...]:
    """The example's files, as they are or with every edit."""
    files = sorted([*ROOT.glob("specs/**/*.yaml"), *ROOT.glob("environments/*.yaml")])
    texts = {str(file.relative_to(ROOT)): file.read_text() for file in files}
    if edited:
        assert EDITS.keys() <= texts.keys()
        texts |= {name: _edited(texts[name], name) for name in EDITS}
    read = [parse(text.encode(), name) for name, text in texts.items()]
    return tuple(document for each in read for document in each.documents)


def _edited(text: str, name: str) -> str:
    for old, new in EDITS[name]:
        assert text.count(old) == 1, (name, old)
        text = text.replace(old, new)
    return text
