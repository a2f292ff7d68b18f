"""What a FeatureGroup says of its event time, its table and whom it is shared with."""

from __future__ import annotations

import pytest

from .world import World, named, problems, spec_of

TIME = "recordId: id\neventTime: at\nonline: {storage: inMemory}\nfeatures: {id: string%s}"


@pytest.mark.scenario("D07")
@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (", at: string", []),
        (", at: fractional", []),
        (", at: integral", ["features.at"]),
        (", at: {type: string, collection: list}", ["features.at.collection"]),
        (", At: string", ["eventTime"]),
        ("", ["eventTime"]),
    ],
)
def test_an_event_time_is_one_text_or_fraction_of_the_features(at: str, wrong: list[str]) -> None:
    found = problems("FeatureGroup", TIME % at)
    assert [".".join(each.path) for each in found] == wrong


@pytest.mark.scenario("D06")
@pytest.mark.parametrize("name", ["My_Features", "my-features", "", "a.b", "a b"])
@pytest.mark.parametrize("field", ["table", "database"])
def test_a_table_has_a_name_that_athena_reads(field: str, name: str) -> None:
    names = {"table": "customer", "database": "features", field: f'"{name}"'}
    catalog = f"{{database: {names['database']}, table: {names['table']}}}"
    text = f"{TIME % ', at: string'}\noffline: {{catalog: {catalog}}}"
    spec, found = spec_of("FeatureGroup", text)
    assert spec is None
    assert [each.at.line for each in found if each.at] == [5]


OWN = "arn:aws:iam::123456789012:role/science"
OTHER = "arn:aws:iam::210987654321:role/science"


@pytest.mark.parametrize(
    ("share", "shared"),
    [
        (f"teams: {{s: '{OWN}'}}", None),
        ("accounts: ['123456789012']", None),
        (f"teams: {{s: '{OTHER}'}}", [OTHER]),
        ("accounts: ['210987654321']", ["210987654321"]),
    ],
)
def test_who_is_in_the_account_needs_a_role_and_no_share(
    share: str, shared: list[str] | None
) -> None:
    text = f"{TIME % ', at: string'}\nshare: {{{share}}}"
    nodes = World({("FeatureGroup", "g"): text}).build("FeatureGroup", "g")
    found = named(nodes, "AWS::RAM::ResourceShare")
    assert [node.props["Principals"] for node in found] == ([shared] if shared else [])
    assert all(node.props["AllowExternalPrincipals"] is False for node in found)
    assert len(named(nodes, "AWS::IAM::Role")) == 1
