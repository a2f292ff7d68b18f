"""`moorline run`: what it refuses before it asks AWS for anything."""

from __future__ import annotations

import pytest
from sweeps import LONG

from .folder import Folder
from .mistakes import environment, spec

TRAINING = """\
  algorithm: {framework: xgboost, version: "1.7-1"}
  compute: {instanceType: ml.m5.large}
  inputs: {train: {source: ledger, path: in}}
  output: {to: ledger}
"""
MORE = [
    (("retry", "Training/fraud"), 3, "RUN005"),
    (("run", "Training/frodo", "--yes"), 1, "there are: Training/fraud"),
    (("stop", "DataSource/ledger", "--yes"), 1, "RUN001"),
]
PLACE = '  platform: acme\n  account: "123456789012"\n  region: eu-west-1\n'


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    made = Folder(tmp_path_factory.mktemp("run"))
    made.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    made.write("specs/fraud.yaml", spec("Training", "fraud", TRAINING))
    made.write("environments/prod.yaml", environment("prod", PLACE))
    return made


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("run", "Training/fraud"), 3, "RUN005"),
        *(MORE if LONG else []),
    ],
)
def test_nobody_said_yes_or_nothing_runs(
    folder: Folder, arguments: tuple[str, ...], code: int, says: str
) -> None:
    result = folder.run(*arguments, "-e", "prod", expect=code)
    assert says in result.text
