"""What may be said of objects in S3, and what S3 would refuse."""

from __future__ import annotations

from typing import Any

import pytest

from .world import World, named, problems

BUCKET, ROLE = "AWS::S3::Bucket", "AWS::IAM::Role"


def paths(text: str) -> list[str]:
    return sorted(".".join(each.path).removeprefix("s3.") for each in problems("DataSource", text))


def life(text: str) -> list[str]:
    found = paths(f"s3: {{lifecycle: {{{text}}}}}")
    return [each.removeprefix("lifecycle.") for each in found]


@pytest.mark.scenario("D68")
@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("archiveAfter: 90d, expireAfter: 60d", ["archiveAfter"]),
        ("archiveAfter: 60d, expireAfter: 60d", ["archiveAfter"]),
        ("archiveAfter: 60d, expireAfter: 61d", []),
        ("archiveAfter: 15d, archiveTo: standardIa", ["archiveAfter"]),
        ("archiveAfter: 29d, archiveTo: oneZoneIa", ["archiveAfter"]),
        ("archiveAfter: 15d, archiveTo: glacier", []),
        (
            "noncurrentArchiveAfter: 15d, noncurrentExpireAfter: 10d",
            ["noncurrentArchiveAfter"],
        ),
        (
            "noncurrentArchiveAfter: 15d, archiveTo: standardIa",
            ["noncurrentArchiveAfter"],
        ),
        ("paths: {raw: {archiveAfter: 9d, expireAfter: 9d}}", ["paths.raw.archiveAfter"]),
        ("tiering: true, archiveAfter: 90d", ["tiering"]),
        ("tiering: true, paths: {raw: {archiveAfter: 90d}}", ["paths.raw.archiveAfter"]),
        ("tiering: true, paths: {raw: {expireAfter: 90d}}", []),
    ],
)
def test_days_that_s3_refuses(text: str, wrong: list[str]) -> None:
    assert life(text) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("paths: {court: {hold: true}}", []),
        ("paths: {court: {hold: true, archiveAfter: 90d}}", []),
        ("paths: {court: {hold: true}, raw: {expireAfter: 9d}}", []),
        ("paths: {court: {hold: true}, courts: {expireAfter: 9d}}", []),
        ("expireAfter: 9d, paths: {court: {hold: true}}", ["paths.court.hold"]),
        ("noncurrentExpireAfter: 9d, paths: {court: {hold: true}}", ["paths.court.hold"]),
        ("paths: {court: {hold: true, expireAfter: 9d}}", ["paths.court.expireAfter"]),
        ("paths: {court: {hold: true}, court/a: {expireAfter: 9d}}", ["paths.court.hold"]),
        ("paths: {a/court: {hold: true}, a: {expireAfter: 9d}}", ["paths.a/court.hold"]),
    ],
)
def test_what_is_held_is_removed_by_no_rule(text: str, wrong: list[str]) -> None:
    assert life(text) == wrong


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("s3: {versioning: false, lock: {releaseAfter: 9d}}", ["lock"]),
        ("s3: {versioning: false, replication: {to: b}}", ["replication"]),
        ("s3: {replication: {}}", ["replication"]),
        ("s3: {replication: {to: b, existing: acme-b}}", ["replication"]),
        ('s3: {replication: {to: b, account: "210987654321"}}', ["replication.account"]),
        ("s3: {existing: acme-a, lock: {releaseAfter: 9d}}", ["lock"]),
        ("{s3: {}, format: csv, compression: snappy}", ["compression"]),
        ("{s3: {}, compression: gzip}", ["compression"]),
        ("{s3: {}, format: parquet, compression: zstd}", []),
        ("{s3: {}, format: other, compression: zlib}", []),
    ],
)
def test_what_does_not_go_together(text: str, wrong: list[str]) -> None:
    assert paths(text) == wrong


def built(text: str, **more: str) -> tuple[dict[str, Any], World]:
    platform = World({("DataSource", "a"): text, **{("DataSource", k): v for k, v in more.items()}})
    nodes = platform.build("DataSource", "a")
    return dict(named(nodes, BUCKET)[0].props), platform


def test_rules_by_path_have_their_own_names_and_prefixes() -> None:
    props, _ = built("s3: {lifecycle: {tiering: true, paths: {raw: {expireAfter: 9d}}}}")
    rules = {rule["Id"]: rule for rule in props["LifecycleConfiguration"]["Rules"]}
    assert [*rules] == ["tiering", "expire-raw", "uploads"]
    assert rules["expire-raw"]["Prefix"] == "raw/"
    assert rules["tiering"]["Transitions"] == [
        {"StorageClass": "INTELLIGENT_TIERING", "TransitionInDays": 0}
    ]


def test_copies_in_another_account_belong_to_it_and_outlive_what_they_are_of() -> None:
    props, platform = built(
        's3: {replication: {existing: acme-copy, account: "210987654321", path: raw}}'
    )
    (rule,) = props["ReplicationConfiguration"]["Rules"]
    assert rule["Destination"]["AccessControlTranslation"] == {"Owner": "Destination"}
    assert rule["DeleteMarkerReplication"] == {"Status": "Disabled"}
    (role,) = named(platform.build("DataSource", "a"), ROLE)
    allowed = {
        action
        for statement in role.props["Policies"][0]["PolicyDocument"]["Statement"]
        for action in statement["Action"]
    }
    assert "s3:ReplicateObject" in allowed
    assert "s3:ReplicateDelete" not in allowed


def test_objects_under_a_key_are_copied_under_a_key() -> None:
    keys = "keys: {data: {description: K.}}"
    key = "key: {security: s, key: data}"
    specs = {
        ("Security", "s"): keys,
        ("DataSource", "a"): f"s3: {{{key}, replication: {{existing: acme-copy}}}}",
    }
    platform = World(specs)
    platform.build("DataSource", "a")
    assert [found.message for found in platform.found] == [
        "objects under a key are copied under a key too, and none is given"
    ]
