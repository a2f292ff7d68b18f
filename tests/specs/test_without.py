"""Specs are checked in the same round when their environment cannot be used."""

from __future__ import annotations

import pytest

from reconciler.compile import compiler
from reconciler.compile.without import report
from reconciler.model.diagnostic import Diagnostic, ordered
from reconciler.model.document import Document
from reconciler.specs import overlay
from reconciler.specs.source import parse
from reconciler.specs.unread import names

GOOD = """\
platform: shop
account: "123456789012"
region: eu-west-1
variables: {retention: 30d, model: xgboost}
"""
RAW = "s3: {}"


def document(file: str, kind: str, name: str, body: str) -> Document:
    lines = "".join(f"  {line}\n" for line in body.splitlines())
    text = f"apiVersion: moorline/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n{lines}"
    (found,) = parse(text, file).documents
    return found


def environment(body: str, name: str = "dev", kind: str = "Environment") -> Document:
    return document(f"environments/{name}.yaml", kind, name, body)


def source(body: str = RAW, name: str = "raw", kind: str = "DataSource") -> Document:
    return document(f"specs/{name}.yaml", kind, name, body)


def group(ttl: str, to: str = "raw") -> Document:
    body = (
        "recordId: id\neventTime: at\nfeatures: {id: string, at: string}\n"
        f"online:\n  expireAfter: {ttl}\noffline: {{to: {to}}}"
    )
    return source(body, "customer", "FeatureGroup")


def told(*documents: Document, name: str = "dev", lost: tuple[str, ...] = ()) -> list[Diagnostic]:
    view, causes = overlay.resolve(documents, name, lost=lost)
    assert view is None
    return report(documents, name, causes, lost)


def where(found: list[Diagnostic]) -> list[tuple[str, str]]:
    return [(each.code, each.at.file if each.at else "") for each in found]


BROKEN = {
    "an account without quotes": environment(GOOD.replace('"', "")),
    "a misspelt field": environment(GOOD.replace("region", "regoin")),
    "a misspelt kind": environment(GOOD, kind="Enviroment"),
    "a region of no partition": environment(GOOD.replace("eu-west-1", "xx-west-1")),
    "no account": environment(GOOD.replace('account: "123456789012"\n', "")),
    "an override of nothing": environment(GOOD + "overrides: {DataSource/x: {spec: {}}}\n"),
    "variables that are none": environment(GOOD.replace("30d", "[30d]")),
    "another version": environment(GOOD + "plansExpireAfter: soon\n"),
}


@pytest.mark.parametrize("what", BROKEN)
def test_the_environment_comes_first_and_then_the_specs(what: str) -> None:
    found = told(BROKEN[what], source("s3: {versioning: yes}"), group("30 days"))
    files = [file for _, file in where(found)]
    assert files[0] == "environments/dev.yaml"
    assert files[-1] == ""
    assert found[-1].code == "ENV014"
    assert set(files[1:-1]) - {"environments/dev.yaml"} == {
        "specs/customer.yaml",
        "specs/raw.yaml",
    }


@pytest.mark.parametrize("what", BROKEN)
def test_a_right_spec_has_no_finding(what: str) -> None:
    found = told(BROKEN[what], source(), group("${retention}"))
    assert {file for _, file in where(found)} == {"environments/dev.yaml", ""}


def test_what_only_the_environment_says_is_no_fault_of_a_spec() -> None:
    lost = tuple(names("environments/dev.yaml", "kind: Environment\nmetadata: {name: dev"))
    found = told(source("s3: {lifecycle: {expireAfter: '${days}'}}"), group("${x}"), lost=lost)
    assert where(found) == [("ENV014", "")]


def test_a_secret_and_a_malformed_variable_are_certain() -> None:
    found = told(
        BROKEN["an account without quotes"],
        source("s3: {lifecycle: {expireAfter: '${a b}'}}"),
    )
    assert ("ENV009", "specs/raw.yaml") in where(found)


def test_overrides_that_can_be_read_are_laid_over() -> None:
    patch = "overrides: {DataSource/raw: {spec: {s3: {versioning: true}}}}\n"
    broken = environment(GOOD.replace('"', "") + patch)
    found = told(broken, source("s3: {versioning: yes}"))
    assert {file for _, file in where(found)} == {"environments/dev.yaml", ""}


def test_variables_of_its_own_are_known_and_what_they_say_counts() -> None:
    broken = environment(GOOD.replace('"', "").replace("30d", "30 days"))
    found = told(broken, source(), group("${retention}"))
    assert ("SPEC016", "specs/customer.yaml") in where(found)


def test_an_environment_that_extends_a_broken_one_is_told_by_that() -> None:
    documents = (
        environment(GOOD, kind="Enviroment"),
        environment("extends: dev", "prod"),
        source(),
    )
    found = told(*documents, name="prod")
    assert where(found) == [("SPEC003", "environments/dev.yaml"), ("ENV014", "")]


def test_a_circle_of_extensions_ends() -> None:
    found = told(environment("extends: b", "dev"), environment("extends: dev", "b"), source())
    assert found[0].code == "ENV003"


def test_a_file_with_another_name_inside_is_shown() -> None:
    documents = (document("environments/dev.yaml", "Environment", "development", GOOD), source())
    found = told(*documents)
    assert found[0].code == "ENV001"
    assert found[0].at is not None
    assert found[0].at.file == "environments/dev.yaml"


@pytest.mark.parametrize("kind", ["DataSource", "Enviroment", "Nothing"])
def test_a_name_in_a_broken_frame_is_not_missed(kind: str) -> None:
    """A reference and an override lead to what is there and cannot be told."""
    dev = environment(GOOD + "overrides: {DataSource/raw: {spec: {s3: {versioning: false}}}}\n")
    broken = source(kind="DataSorce" if kind == "DataSource" else kind)
    documents = [dev, broken, group("30d")]
    view, found = overlay.resolve(documents, "dev")
    assert view is not None, found
    assert where(compiler.read(documents, view)[1]) == [("SPEC003", "specs/raw.yaml")]


def test_a_name_in_a_file_that_cannot_be_parsed_is_not_missed() -> None:
    text = 'kind: DataSource\nmetadata: {name: "raw"}\nspec: {s3: {'
    lost = names("specs/anything.yaml", text)
    dev = environment(GOOD + "overrides: {DataSource/raw: {spec: {s3: {versioning: false}}}}\n")
    documents = [dev, group("30d")]
    view, _ = overlay.resolve(documents, "dev", lost=lost)
    assert view is not None
    assert compiler.read(documents, view, lost)[1] == []
    assert [each.code for each in compiler.read(documents, view)[1]] == ["SPEC021"]


def test_causes_come_before_all_others_and_asides_after() -> None:
    found = [Diagnostic("B", "", turn=1), Diagnostic("C", ""), Diagnostic("D", "", turn=-1)]
    assert [each.code for each in ordered(found)] == ["D", "C", "B"]


def test_the_inside_of_a_spec_is_checked_although_its_metadata_is_wrong() -> None:
    dev = environment(GOOD)
    text = (
        "apiVersion: moorline/v1\nkind: DataSource\n"
        "metadata: {name: Raw_Data, labels: {a: b}}\nspec: {bucket: x}\n"
    )
    (wrong,) = parse(text, "specs/raw.yaml").documents
    view, _ = overlay.resolve([dev, wrong], "dev")
    assert view is not None
    specs, found = compiler.read([dev, wrong], view)
    assert specs == ()
    assert [each.code for each in found] == ["SPEC004", "SPEC010", "SPEC010"]
