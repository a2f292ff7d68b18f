"""A version is pinned in the files, and everything else in them stays as it is."""

from __future__ import annotations

import pytest

from reconciler.drift.pin import pin
from reconciler.drift.splice import SpliceError, spliced
from reconciler.model.document import Document
from reconciler.specs import overlay
from reconciler.specs.overlay import EnvironmentView
from reconciler.specs.source import parse

FILE, ENV = "specs/r.yaml", "environments/prod.yaml"
HEAD = "apiVersion: moorline/v1\nkind: Rollout\nmetadata: {name: r}\nspec:\n"
PROD = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: prod}
spec:
  platform: acme
  account: "123456789012"
  region: eu-west-1
  variables: {fraud: latest-approved, other: 3} # who deploys what
"""


def read(text: str) -> Document:
    (found,) = parse(text, FILE).documents
    return found


def view(text: str = PROD) -> EnvironmentView:
    found, problems = overlay.resolve(list(parse(text, ENV).documents), "prod", specs=False)
    assert found is not None, problems
    return found


def pinned(text: str, number: int = 13, env: str = PROD) -> dict[str, str]:
    texts = {FILE: text, ENV: env}
    made = pin(read(text), ("spec", "model"), number, view(env), texts.__getitem__)
    if made is None:
        return {}
    return {made.at.file: spliced(texts[made.at.file], [made.edit])}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("  model: {registry: fraud, version: latest-approved} # why\n",
         "  model: {registry: fraud, version: 13} # why\n"),
        ("  model: {registry: fraud} # why\n", "  model: {registry: fraud, version: 13} # why\n"),
        ("  model:\n    registry: fraud # the one\n    version: 12 # since May\n",
         "  model:\n    registry: fraud # the one\n    version: 13 # since May\n"),
        ("  model:\n    registry: fraud # the one\n  serve: {}\n",
         "  model:\n    registry: fraud # the one\n    version: 13\n  serve: {}\n"),
        ("  model:\r\n    registry: fraud\r\n",
         "  model:\r\n    registry: fraud\n    version: 13\r\n"),
        ("  model:\n    registry: fraud", "  model:\n    registry: fraud\n    version: 13"),
    ],
)  # fmt: skip
def test_only_the_version_changes(before: str, after: str) -> None:
    assert pinned(HEAD + before) == {FILE: HEAD + after}


def test_what_is_pinned_already_stays() -> None:
    assert pinned(HEAD + "  model: {registry: fraud, version: 13}\n") == {}


def test_a_variable_of_the_environment_is_what_changes() -> None:
    text = HEAD + '  model: {registry: fraud, version: "${fraud}"}\n'
    assert pinned(text) == {ENV: PROD.replace("fraud: latest-approved", "fraud: 13")}


@pytest.mark.parametrize("said", ['"v${fraud}"', '"${nobody}"', '"${environment}"'])
def test_what_cannot_be_written_without_doubt_is_said(said: str) -> None:
    with pytest.raises(SpliceError):
        pinned(HEAD + f"  model: {{registry: fraud, version: {said}}}\n")
