"""What a change reaches: along the ways between specs, and only where paths meet."""

from __future__ import annotations

import pytest

from reconciler.model.lineage import Lineage, Reach, Way, as_json, reached

STAGES = {
    "DataSource/raw": "source",
    "DataSource/store": "source",
    "DataPipeline/daily": "pipeline",
    "FeatureGroup/customer": "features",
    "Training/fraud": "training",
    "Training/other": "training",
    "ModelRegistry/fraud": "model",
    "Rollout/live": "endpoint",
}


def chain(write: str = "features", read: str = "features/today") -> Lineage:
    """Raw data to a model, by way of a store that others use too."""
    return Lineage(
        STAGES,
        (
            Way("DataSource/raw", "DataPipeline/daily"),
            Way("DataPipeline/daily", "DataSource/store", path=write),
            Way("DataPipeline/daily", "FeatureGroup/customer"),
            Way("DataSource/store", "Training/other", path=read),
            Way("FeatureGroup/customer", "Training/fraud"),
            Way("Training/fraud", "ModelRegistry/fraud"),
            Way("ModelRegistry/fraud", "Rollout/live"),
        ),
    )


def test_a_change_reaches_all_that_is_made_of_it() -> None:
    found = chain()
    assert found.after("DataSource/raw")[-1] == "Rollout/live"
    assert found.ends("DataSource/raw") == ("ModelRegistry/fraud", "Rollout/live")
    assert found.before("Rollout/live")[0] == "DataSource/raw"
    assert found.ends("Training/other") == ()


@pytest.mark.parametrize(
    ("write", "read", "meets"),
    [
        ("features", "features/today", True),
        ("features/today", "features", True),
        ("features", "features", True),
        ("", "anything", True),
        ("features", "", True),
        ("features", "features2", False),
        ("models/a", "models/b", False),
    ],
)
def test_what_is_written_beside_what_is_read_does_not_reach_it(
    write: str, read: str, meets: bool
) -> None:
    found = chain(write, read).after("DataPipeline/daily")
    assert ("Training/other" in found) is meets
    assert "Training/other" in chain(write, read).after("DataSource/store")


def test_a_circle_ends() -> None:
    there = Way("DataSource/raw", "Training/fraud")
    round_ = Lineage(STAGES, (there, Way(there.target, there.source)))
    assert round_.after("DataSource/raw") == ("Training/fraud",)


def test_only_changes_that_reach_something_are_told() -> None:
    changed = ["FeatureGroup/customer", "Training/other", "Security/keys"]
    assert reached(chain(), changed) == (
        Reach("FeatureGroup/customer", ("ModelRegistry/fraud", "Rollout/live")),
    )


def test_a_lineage_has_the_form_of_a_graph() -> None:
    nodes = as_json(chain())["nodes"]
    assert [node["stage"] for node in nodes][:2] == ["source", "source"]
    (live,) = [node for node in nodes if node["name"] == "live"]
    assert live["needs"] == ["ModelRegistry/fraud"]
