"""`moorline explain` for codes, kinds and fields."""

from __future__ import annotations

import pytest

from reconciler.cli.verbs.explain import meanings
from reconciler.explain import fields
from reconciler.explain.topics import topic
from reconciler.kinds import api as kinds
from reconciler.model.codes import CODES
from reconciler.policy import api as policy
from reconciler.render.text.field import text
from reconciler.specs.migrations import moves, today
from reconciler.specs.moves import Move


def test_every_code_is_explained() -> None:
    for code in (*CODES, *policy.codes()):
        about = topic(code.lower())
        assert about is not None, code
        assert about["code"] == code
        assert about["fix"], code


@pytest.mark.parametrize("kind", kinds.load())
def test_every_kind_says_what_it_is_and_what_it_has(kind: str) -> None:
    about = topic(kind)
    assert about is not None
    assert about["why"]
    assert about["fields"]


@pytest.mark.parametrize(
    ("subject", "field"),
    [
        ("FeatureGroup.online", "expireAfter"),
        ("Rollout.strategy.blueGreen.twoStep", "size"),
        ("Environment.protection", "allow"),
    ],
)
def test_a_field_shows_what_is_in_it(subject: str, field: str) -> None:
    about = topic(subject)
    assert about is not None
    assert field in about["fields"]


def test_a_misspelt_field_is_answered_with_the_nearest() -> None:
    about = topic("Rollout.strategy.bluGreen")
    assert about is not None
    assert "did you mean Rollout.strategy.blueGreen?" in about["error"]


ONLINE = ("spec", "online", "expireAfter")
PATHS = {
    "FeatureGroup.online.expireAfter": ONLINE,
    "FeatureGroup.spec.online.expireAfter": ONLINE,
    "featuregroup.SPEC.Online.EXPIREAFTER": ONLINE,
    "FeatureGroup.name": ("metadata", "name"),
    "FeatureGroup.metadata.name": ("metadata", "name"),
    "FeatureGroup": ("spec",),
    "FeatureGroup.spec": ("spec",),
    "FeatureGroup.metadata": ("metadata",),
    "FeatureGroup.features.customer_id": ("spec", "features", "*"),
    "FeatureGroup.features.*": ("spec", "features", "*"),
    "FeatureGroup.features.customer_id.type": ("spec", "features", "*", "type"),
    "Monitor.alarms": ("spec", "alarms"),
    "Monitor.alarms[0]": ("spec", "alarms", "[]"),
    "Monitor.alarms[]": ("spec", "alarms", "[]"),
    "Monitor.alarms[0].metric": ("spec", "alarms", "[]", "metric"),
    "Monitor.alarms.0.metric": ("spec", "alarms", "[]", "metric"),
    "Monitor.alarms.metric": ("spec", "alarms", "[]", "metric"),
    "Environment.overrides.Rollout/fraud-detector": ("spec", "overrides", "*"),
}


@pytest.mark.parametrize("subject", PATHS)
def test_a_path_may_be_written_as_the_user_sees_it(subject: str) -> None:
    asked = fields.asked(subject)
    assert asked is not None
    assert fields.place(*asked) == PATHS[subject]


@pytest.mark.parametrize(
    ("subject", "near"),
    [
        ("FeatureGroup.onlin", "FeatureGroup.online"),
        ("FeatureGroup.spec.onlin.expireAfter", "FeatureGroup.online"),
        ("FeatureGroup.expireAfter", "FeatureGroup.online.expireAfter"),
        ("FeatureGroup.online.expireAftr", "FeatureGroup.online.expireAfter"),
        ("FeatureGroup.metadata.nam", "FeatureGroup.name"),
        ("Monitor.alarms[0].metrc", "Monitor.alarms[].metric"),
        ("FeatureGroup.online.expireAfter.unit", "lists all"),
        ("FeatureGroup.zzz", "`moorline explain FeatureGroup` lists all"),
    ],
)
def test_what_is_not_there_names_what_is_near(subject: str, near: str) -> None:
    about = topic(subject)
    assert about is not None
    assert near in about["error"]


@pytest.mark.parametrize("move", [each for each in moves() if each.to], ids=str)
def test_an_older_word_is_answered_with_the_one_of_today(move: Move) -> None:
    """Also where the words around it are older ones."""
    path = ".".join(move.at[1:] if move.at[0] == "spec" else move.at)
    about = topic(f"{move.kind or 'Budget'}.{path}", meanings=meanings)
    assert about is not None
    around = ("analysis", "rate"), ("ranges", "min"), ("ranges", "max")
    section = next((each for each, word in around if each in path and path.endswith(word)), "")
    assert f".{move.to}" in about["error"], path
    assert section in about["error"]


@pytest.mark.parametrize(
    ("subject", "near"),
    [
        ("FeatureGroup.ttl", "FeatureGroup.online.expireAfter"),
        ("FeatureGroup.online.ttl", "FeatureGroup.online.expireAfter"),
        ("Rollout.canary", "Rollout.strategy.blueGreen.twoStep"),
        ("DataSource.metadata.labels", "DataSource.metadata.tags"),
        ("Rollout.instance_count", "Rollout.serve.realtime.instances"),
    ],
)
def test_a_word_of_somebody_else_is_answered_with_ours(subject: str, near: str) -> None:
    about = topic(subject, meanings=meanings)
    assert about is not None
    assert near in about["error"]


@pytest.mark.parametrize("kind", kinds.load())
def test_every_field_is_found_by_its_own_path_and_has_words(kind: str) -> None:
    for entry in fields.entries(kind):
        about = topic(f"{kind}.{entry['path']}")
        assert about is not None
        assert about["meanings"], entry["path"]
        for width in (60, 100, 120):
            shown = text(about, width=width).splitlines()
            example = shown.index("  example") if "  example" in shown else -1
            assert example > 0 or len(about["meanings"]) > 1
            assert f"{kind}." in shown[0]
            assert any(line.strip().startswith("becomes") for line in shown)


def test_an_answer_keeps_to_the_width() -> None:
    about = topic("FeatureGroup.online.expireAfter")
    assert about is not None
    lines = text(about, width=60).splitlines()
    assert max(map(len, lines[: lines.index("  example")])) <= 60


@pytest.mark.parametrize("subject", ["FeatureGroup.kind", "Rollout.apiVersion"])
def test_the_frame_of_a_document_is_explained(subject: str) -> None:
    about = topic(subject)
    assert about is not None
    assert about["why"]


@pytest.mark.parametrize("subject", ["Nope", "", "../aws/x", "AWS::S3::Bucket", "SPEC999"])
def test_anything_else_has_no_answer(subject: str) -> None:
    assert topic(subject) is None


OLD_WORDS = {
    "FeatureGroup.online.ttl": "FeatureGroup.online has no field 'ttl'; it is "
    "FeatureGroup.online.expireAfter now",
    "FeatureGroup.spec.offline.source": "FeatureGroup.offline has no field 'source'; it is "
    "FeatureGroup.offline.to now",
    "Environment.protection.approvals[0].loses": "Environment.protection.approvals[] has no field "
    "'loses'; it is Environment.protection.approvals[].allows now",
    "Monitor.subscriptions": "Monitor has no field 'subscriptions'; it is Monitor.subscribers now",
    "DataSource.metadata.labels": "DataSource.metadata has no field 'labels'; it is "
    "DataSource.metadata.tags now",
}


@pytest.mark.parametrize(("subject", "said"), OLD_WORDS.items(), ids=OLD_WORDS)
def test_an_older_word_is_answered_with_todays(subject: str, said: str) -> None:
    about = topic(subject, lambda word, known, top: today(word, known, top=top))
    assert about is not None
    assert about["error"] == said


def test_every_older_word_is_known_where_it_stood() -> None:
    """By the table of the migrations itself."""
    for move in moves():
        kinds_ = [move.kind] if move.kind else ["FeatureGroup"]
        at = [each for each in move.at if each != "*"]
        if not move.to or move.beside or set(at) & {"integer", "continuous", "rate"}:
            continue
        path = ".".join((kinds_[0], *move.at))
        about = topic(path, lambda word, known, top: today(word, known, top=top))
        assert about is not None
        assert " now" in about.get("error", " now"), path


@pytest.mark.parametrize(
    ("subject", "said"),
    [
        ("Environment.variables.retention", "becomes      whatever refers to it, as ${NAME}"),
        ("Environment.variables.retention", "changes whatever refers to it"),
        ("Environment.variables", "becomes      whatever refers to it, as ${NAME}"),
        ("Environment.region", "becomes      where everything is made"),
        ("Environment.account", "becomes      where everything is made"),
        ("Environment.platform", "a part of what everything is called"),
        ("Environment.region", "means another place"),
    ],
)
def test_what_all_the_rest_depends_on_says_so(subject: str, said: str) -> None:
    about = topic(subject)
    assert about is not None
    assert said in text(about)
    assert "nothing in AWS" not in text(about)
