"""What a repository names is a regular file inside it; anything else is a finding, not a read."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sweeps import met

from reconciler.cli.main import main
from reconciler.disk import read
from reconciler.disk.place import RefusedError
from reconciler.model.receipt import Receipt, ReceiptError, Result as Ended, to_bytes
from reconciler.receipts.local import LocalStore
from reconciler.specs.encoding import MAX_BYTES
from reconciler.specs.load import load
from tests.cli.folder import Folder

from .repository import CLOUD, FILES, SECRET, Repository, make

PLACES = {"among the specs": "specs/x.yaml", "among the environments": "environments/x.yaml"}
COMMANDS = {
    "validate": ["validate", "--format", "sarif"],
    "validate as text": ["validate"],
    "compile": ["compile", "-e", "dev"],
    "plan": ["plan", "-e", "dev", "--offline", "--format", "markdown"],
    "history": ["history", "-e", "dev"],
    "ci init": ["ci", "init", "--provider", "github"],
}
RECEIPT = Receipt("1", "dev", "acme", "1", "eu-west-1", "alice", "", "", "", Ended.DONE)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = make(tmp_path)
    monkeypatch.chdir(made.path)
    return made


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


def codes(*arguments: str) -> set[str]:
    said = run(*arguments, "--json")
    return {found["code"] for found in json.loads(said.stdout)["diagnostics"]}


@pytest.mark.parametrize(("way", "place"), met(FILES, PLACES))
def test_it_is_a_finding(way: str, place: str, repository: Repository) -> None:
    put, code = FILES[way]
    put(repository, repository.path / PLACES[place])
    said = run("validate", "--json")
    found = {each["code"] for each in json.loads(said.stdout)["diagnostics"]}
    assert (found - {"ENV006"}, SECRET in said.output) == ({code}, False)


def all_at_once(repository: Repository) -> None:
    for number, (put, _) in enumerate(FILES.values()):
        folder = repository.path / f"specs/{number}"
        folder.mkdir()
        for step in ("step.yaml", "pipe"):
            (repository.path / step).unlink(missing_ok=True)
        put(repository, folder / "x.yaml")


@pytest.mark.parametrize("command", COMMANDS)
def test_no_command_hangs_or_tells_what_is_there(command: str, repository: Repository) -> None:
    all_at_once(repository)
    said = run(*COMMANDS[command])
    assert SECRET not in said.output
    assert "fault of Moorline" not in said.output


def test_a_new_process_does_not_hang_either(tmp_path: Path) -> None:
    repository = make(tmp_path)
    all_at_once(repository)
    said = repository.folder.run("validate", "--json", expect=1)
    assert set(said.codes) == {"YAML021", "YAML025", "YAML026"}
    assert SECRET not in said.text


@pytest.mark.parametrize(("way", "name"), met(FILES, ["environments", "specs"]))
def test_the_folder_itself_may_be_none(way: str, name: str, repository: Repository) -> None:
    (repository.path / name).rename(repository.path / "before")
    FILES[way][0](repository, repository.path / name)
    said = run("validate")
    assert (said.exit_code, SECRET in said.output) == (1, False)
    assert "fault of Moorline" not in said.output


def test_a_folder_that_the_user_names_may_be_anywhere(repository: Repository) -> None:
    (repository.path / "specs").rename(repository.outside / "specs")
    (repository.path / "specs").symlink_to(repository.outside / "specs")
    assert "YAML025" in codes("validate")
    assert run("validate", "--specs", "specs").exit_code == 0
    assert run("validate", "--specs", str(repository.outside / "specs")).exit_code == 0
    (repository.path / "one").symlink_to(repository.outside / "specs/ledger.yaml")
    assert run("validate", "--specs", "one").exit_code == 0


def test_a_folder_that_the_user_names_is_not_left_by_its_links(repository: Repository) -> None:
    (repository.outside / "specs").mkdir()
    (repository.outside / "specs/x.yaml").symlink_to(repository.outside / "secret.yaml")
    said = run("validate", "--specs", str(repository.outside / "specs"))
    assert ("YAML025" in said.output, SECRET in said.output) == (True, False)


@pytest.mark.parametrize(
    "target", ["../shared/a.yaml", "ledger.yaml", "/proc/self/cwd/shared/a.yaml"]
)
def test_a_link_inside_the_project_is_followed(target: str, repository: Repository) -> None:
    text = (repository.path / "specs/ledger.yaml").read_text().replace("ledger", "more")
    repository.folder.write("shared/a.yaml", text)
    (repository.path / "specs/x.yaml").symlink_to(target)
    assert run("validate").exit_code == 0


def test_a_pipe_that_the_user_names_is_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    writer = threading.Thread(target=(tmp_path / "pipe").write_text, args=("a: 1\n",))
    writer.start()
    loaded = load([tmp_path / "pipe"])
    writer.join()
    assert [document.data for document in loaded.documents] == [{"a": 1}]


def test_no_more_is_read_than_the_limit(repository: Repository) -> None:
    repository.folder.write("specs/x.yaml", "#" * (MAX_BYTES + 10))
    assert codes("validate") == {"YAML014"}
    path = repository.path / "specs/x.yaml"
    assert len(read.head(path, within=repository.path, most=10)) == 10
    with pytest.raises(RefusedError, match="larger than 10 bytes"):
        read.whole(path, within=repository.path, most=10)


# -- receipts


@pytest.mark.parametrize(("way", "name"), met(FILES, ["1.json", "lease"]))
def test_a_receipt_or_lease_that_is_no_file(way: str, name: str, repository: Repository) -> None:
    folder = repository.path / ".moorline/receipts/dev"
    folder.mkdir(parents=True)
    FILES[way][0](repository, folder / name)
    before = repository.untouched()
    said = run("plan", "-e", "dev", "--offline")
    more = run("history", "-e", "dev")
    assert SECRET not in said.output + more.output
    assert "fault of Moorline" not in said.output + more.output
    assert more.exit_code in ({0, 1} if name == "1.json" else {0})
    assert repository.untouched() == before


@pytest.mark.parametrize("where", ["{outside}", "../outside", "link", "/", "link/folder"])
def test_an_environment_may_not_name_a_folder_elsewhere(where: str, repository: Repository) -> None:
    (repository.path / "link").symlink_to(repository.outside)
    place = where.format(outside=repository.outside)
    (repository.outside / "dev").mkdir()
    (repository.outside / "dev/1.json").write_bytes(to_bytes(RECEIPT))
    body = f'{CLOUD}  receipts: {{directory: "{place}"}}\n'
    text = (repository.path / "environments/dev.yaml").read_text()
    repository.folder.write("environments/dev.yaml", text.replace(CLOUD, body))
    said = run("history", "-e", "dev", "--json")
    assert said.exit_code == 1
    assert "leads out of the project" in said.output
    store = LocalStore(Path(place) / "dev", within=Path())
    before = repository.untouched()
    for attempt in (store.ids, lambda: store.begin(RECEIPT), lambda: store.write(RECEIPT)):
        with pytest.raises(ReceiptError, match="leads out of the project"):
            attempt()
    assert repository.untouched() == before


def test_an_environment_may_name_a_folder_of_the_project(repository: Repository) -> None:
    store = LocalStore(repository.path / "var/receipts/dev", within=Path())
    store.begin(RECEIPT)
    store.write(RECEIPT)
    assert (store.ids(), store.latest()) == (["1"], RECEIPT)


def test_a_shell_that_completes_waits_for_no_pipe(tmp_path: Path) -> None:
    folder: Folder = make(tmp_path).folder
    os.mkfifo(folder.path / "environments/x.yaml")
    assert folder.run("completion", "bash", expect=0)
