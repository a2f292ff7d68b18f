"""Files of the repository that specs name: what they become, and who says what is wrong."""

from __future__ import annotations

import pytest

from reconciler.kinds.packs import packs
from reconciler.model.asset import Form, Packed
from tests.kinds.world import World, named, problems

TYPE = "Moorline::S3::Asset"
BUCKET = "acme-test-artifacts-123456789012"
TRAINING = """\
algorithm: {framework: sklearn, version: "1.2-1"}
code: {CODE}
inputs: {train: {source: artifacts, path: data}}
compute: {instanceType: ml.m5.large}
output: {to: artifacts}
"""


def training(code: str) -> str:
    return TRAINING.replace("CODE", code)


def world(code: str, **more: object) -> World:
    specs = {
        ("DataSource", "artifacts"): "s3: {prefix: kept}",
        ("Training", "fraud"): training(code),
    }
    return World(specs, **more)  # type: ignore[arg-type]


def test_a_folder_becomes_an_object_that_is_there_before_whoever_reads_it() -> None:
    packed = Packed("training", Form.TAR, "ab" * 32, 5000, 2, ("lib/x.py", "train.py"))
    it = world("folder: training, entryPoint: train.py", packed={"training": packed})
    nodes = it.build_all()
    assert not it.found
    (asset,) = named(nodes, TYPE)
    key = f"kept/assets/{'ab' * 32}.tar.gz"
    assert asset.address.name == f"{BUCKET}/{key}"
    assert asset.props["Checksum"] == f"sha256:{'ab' * 32}"
    assert asset.asset == packed
    (pipeline,) = named(nodes, "AWS::SageMaker::Pipeline")
    assert asset.address in pipeline.needs
    assert key in str(pipeline.props)
    assert {str(need) for need in asset.needs} == {f"AWS::S3::Bucket/{BUCKET}"}


def test_who_runs_may_read_what_an_earlier_run_was_started_with() -> None:
    it = world("folder: train.py, entryPoint: train.py")
    roles = named(it.build_all(), "AWS::IAM::Role")
    assert sum("/kept/assets/*" in str(role.props) for role in roles) == 1


def test_a_script_that_is_not_in_the_folder_is_told_with_those_that_are() -> None:
    packed = Packed("training", Form.TAR, "ab" * 32, 5000, 2, ("fit.py", "README.md"))
    it = world("folder: training, entryPoint: train.py", packed={"training": packed})
    it.build_all()
    (found,) = it.found
    assert "no 'train.py' in 'training'" in found.message
    assert found.help == "it has 'fit.py'"


@pytest.mark.parametrize(
    ("code", "says"),
    [
        ("entryPoint: train.py", "give 'folder', or 'source' and 'path'"),
        ("folder: x, source: artifacts, path: y, entryPoint: t.py, commit: abcdef0", "give"),
        ("source: artifacts, commit: abcdef0, entryPoint: train.py", "'source' needs a 'path'"),
        ("folder: x, path: y, entryPoint: train.py", "'path' belongs to 'source'"),
        ("folder: x, commit: abcdef0, entryPoint: train.py", "'commit' belongs to 'source'"),
        (f"folder: x, digest: 'sha256:{'0' * 64}', entryPoint: t.py", "'digest' belongs"),
        ("source: artifacts, path: y, entryPoint: train.py", "pinned"),
    ],
)
def test_members_that_do_not_go_together(code: str, says: str) -> None:
    assert any(says in each.message for each in problems("Training", training(code)))


def test_marked_fields_are_found_wherever_they_are() -> None:
    it = world("folder: train.py, entryPoint: train.py")
    model = it.model("Training", "fraud")
    assert [*packs(model)] == [(("code", "folder"), "train.py", Form.TAR)]
