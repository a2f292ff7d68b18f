"""The schemas in yaml-language-server, the program behind YAML in VS Code and Neovim.

`moorline init` names a schema in each file; the catalogue names one for all files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.kinds.api import load
from reconciler.scaffold import files
from schemas.generate import catalog

from .language_server import Editor, editor, missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "it is there")
ROOT = Path(__file__).parents[2]
MODELINE = "# yaml-language-server: $schema=../schemas/moorline.json\n"
KINDS = sorted(load())
HEAD = "apiVersion: moorline/v1\nkind: FeatureGroup\nmetadata: {name: x}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `moorline init` writes."""
    folder = tmp_path_factory.mktemp("edited")
    for name, text in files.files(files.Answers("acme", parts=(*files.PARTS,))).items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    return folder


@pytest.fixture(scope="module")
def edited(folder: Path) -> Iterator[Editor]:
    with editor(folder) as client:
        yield client


def test_nothing_is_wrong_with_what_init_writes(folder: Path, edited: Editor) -> None:
    for path in sorted([*folder.glob("specs/*.yaml"), *folder.glob("environments/*.yaml")]):
        name = path.relative_to(folder).as_posix()
        assert edited.problems(name, path.read_text()) == []


@pytest.mark.parametrize(
    ("text", "offered"),
    [
        ("|", {"apiVersion", "kind", "metadata", "spec"}),
        ("apiVersion: |", {"moorline/v1"}),
        ("apiVersion: moorline/v1\nkind: |", set(KINDS)),
        ("kind: Rollout\nspec:\n  |", {"model", "serve", "strategy", "analysis"}),
        ("kind: Monitor\nspec:\n  |", {"rollout", "alarms", "subscribers"}),
        (f"{HEAD}spec:\n  online:\n    |", {"expireAfter", "storage", "key"}),
        (f"{HEAD}spec:\n  online:\n    storage: |", {"standard", "inMemory"}),
        (f"{HEAD}spec:\n  features:\n    a: |", {"string", "integral", "fractional"}),
        (f"{HEAD}spec:\n  features:\n    a:\n      |", {"type", "description"}),
        ("kind: Environment\nspec:\n  protection:\n    allow: [|]", {"records", "traffic"}),
    ],
    ids=[
        "an empty file", "the version", "the kinds", "fields of a rollout", "fields of a monitor",
        "fields further in", "values", "the short form of a feature", "its long form",
        "values in a list",
    ],
)  # fmt: skip
def test_it_offers(edited: Editor, text: str, offered: set[str]) -> None:
    assert offered <= {*edited.complete("specs/new.yaml", MODELINE + text)}


def test_the_kinds_are_offered_and_nothing_else(edited: Editor) -> None:
    text = f"{MODELINE}apiVersion: moorline/v1\nkind: |"
    assert edited.complete("specs/new.yaml", text) == KINDS


def test_a_word_is_explained(edited: Editor) -> None:
    text = f"{MODELINE}{HEAD}spec:\n  record|Id: a\n"
    assert "identifies a record" in edited.hover("specs/new.yaml", text)


GROUP = (
    "spec:\n  recordId: id\n  eventTime: at\n"
    "  features: {id: string, at: string, a: {type: integral}}\n  online: {expireAfter: 30d}\n"
)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("integral", "intgral", (8, 48)),
        ("expireAfter", "expireAfte", (9, 12)),
        ("30d", "30 days", (9, 25)),
        ("  eventTime: at\n", "", (5, 1)),
        ("kind: FeatureGroup", "kind: FeaturGroup", (3, 7)),
        ("name: x", "name: X", (4, 18)),
    ],
    ids=["a value", "a field", "a duration", "a field that is missing", "a kind", "a name"],
)
def test_a_mistake_is_shown_where_it_is(
    edited: Editor, old: str, new: str, place: tuple[int, int]
) -> None:
    text = f"{MODELINE}{HEAD}{GROUP}"
    assert text.count(old) == 1
    found = edited.problems("specs/new.yaml", text.replace(old, new))
    assert [(line, column) for line, column, _ in found] == [place]


@pytest.mark.parametrize("place", ["spec: {}", "spec:\n  online: {expireAfter: '${ttl}'}"])
def test_variables_are_no_mistakes(edited: Editor, place: str) -> None:
    wrong = edited.problems("specs/new.yaml", f"{MODELINE}{HEAD}{place}\n")
    assert all("Missing property" in message for _, _, message in wrong)


SECOND = f"{HEAD}{GROUP}".replace("expireAfter", "expireAfte")
FIRST = "apiVersion: moorline/v1\nkind: DataSource\nmetadata: {name: a}\nspec: {s4: 1}\n"
TWO = f"{FIRST}---\n{SECOND}"


def test_each_document_of_a_file_takes_a_line_of_its_own(edited: Editor) -> None:
    text = f"{MODELINE}{FIRST}---\n{MODELINE}{SECOND}"
    found = edited.problems("specs/new.yaml", text)
    assert {line for line, *_ in found} == {5, 15}


def test_the_catalogue_is_for_all_documents_without_any_line(folder: Path) -> None:
    """As an editor reads it: each address becomes one beside the catalogue."""
    read = json.loads((ROOT / "schemas/catalog.json").read_bytes())
    told = {
        (ROOT / "schemas" / each["url"]).as_uri(): each["fileMatch"] for each in read["schemas"]
    }
    with editor(folder, schemas=told) as client:
        found = client.problems("specs/deep/new.yaml", TWO)
        assert {line for line, *_ in found} == {4, 13}
        assert client.complete("environments/new.yaml", "kind: |") == KINDS
        assert client.problems("elsewhere/new.yaml", TWO) == []


def test_every_schema_is_in_the_catalogue_and_there() -> None:
    found = catalog.catalog()["schemas"]
    listed = {each["url"] for each in found}
    there = {f"kinds/{path.name}" for path in (ROOT / "schemas/kinds").glob("*.json")}
    assert listed == there
    assert all(each["name"] and each["description"] for each in found)
    assert sum(bool(each["fileMatch"]) for each in found) == 1


def test_the_catalogue_is_what_make_schemas_would_write() -> None:
    assert catalog.FILE.read_bytes() == catalog.content()
