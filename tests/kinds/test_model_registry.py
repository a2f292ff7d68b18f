"""What a registry compiles to: who reads, who approves, who moves, who is told."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from itertools import product
from typing import Any

import pytest
from access.offline import Offline

from reconciler.access.calls import asked
from reconciler.access.decide import decide
from reconciler.access.model import Named, Policies
from reconciler.access.request import Call
from reconciler.kinds.model_registry import guard, live
from reconciler.kinds.model_registry.told import pattern
from reconciler.kinds.scope import Lookup
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Props, to_json
from reconciler.registry import Comparison, Policy, Stage, Threshold, approval, read
from reconciler.registry.stage import NEXT, STATUS

from .specs import SECURITY, world
from .world import World, named, problems, spec_of

RISK = "arn:aws:iam::123456789012:role/teams/model-risk"
SIGNED = SECURITY.replace("keys:\n", "keys:\n  models: {description: Signs., usage: signing}\n", 1)
FULL = f"""
artifacts: {{source: artifacts, path: models, immutable: true}}
signing: {{key: {{security: platform, key: models}}}}
readers: ["210987654321", "012345678901", "123456789012"]
repositories: [serve]
existingRepositories: ["arn:aws:ecr:eu-west-1:123456789012:repository/other"]
approval:
  approvers: [fraud-risk, "{RISK}"]
  expireAfter: 90d
  subscribers: {{emails: [risk@example.com]}}
  delivery: arn:aws:codepipeline:eu-west-1:123456789012:deliver
policy:
  when:
    - {{metric: auc, atLeast: 0.95}}
    - {{metric: auc, notWorseThan: production, tolerance: 0.5%}}
  origins: [commit]
  scan: high
stages:
  production: {{movers: ["{RISK}"]}}
card: {{purpose: Finds fraud., uses: Payments., risk: medium, version: 12, status: approved}}
"""
SERVE = """
type: AWS::ECR::Repository
properties:
  RepositoryName: serve
  RepositoryPolicyText:
    Version: "2012-10-17"
    Statement:
      - {Sid: Own, Effect: Deny, Principal: "*", Action: "ecr:DeleteRepository"}
"""
BESIDE = {("Security", "platform"): SIGNED, ("Resource", "serve"): SERVE}
GROUP = "acme-test-fraud"
ARN = f"arn:aws:sagemaker:eu-west-1:123456789012:model-package/{GROUP}/13"


def platform(registry: str = FULL, facts: Mapping[Lookup, Any] | None = None) -> World:
    return world({("ModelRegistry", "fraud"): registry, **BESIDE}, facts)


@cache
def nodes() -> tuple[Node, ...]:
    return tuple(platform().build("ModelRegistry", "fraud"))


@cache
def document() -> Props:
    (group,) = named(nodes(), "AWS::SageMaker::ModelPackageGroup")
    found: Props = group.props["ModelPackageGroupPolicy"]
    return found


def test_the_policy_that_others_judge_by_is_exported() -> None:
    said = platform().peer("ModelRegistry", "fraud")
    assert read(said["policy"]) == Policy(
        thresholds=(Threshold("auc", "atLeast", 0.95),),
        comparisons=(Comparison("auc", tolerance=0.005, relative=True),),
        lineage=("commit",),
        scan="HIGH",
        signed=True,
        signed_by=("arn:aws:kms:eu-west-1:123456789012:alias/acme-test-platform-models",),
        approvers=(RISK,),
        lasts=90 * 86400,
    )
    assert to_json(said["signs"]) == {"$ref": ["AWS::KMS::Key", "acme-test-platform-models", "Arn"]}


# -- who reads


@pytest.mark.scenario("T32")
def test_readers_are_other_accounts_each_once_and_zeros_stay() -> None:
    allowed = [each for each in document()["Statement"] if each["Effect"] == "Allow"]
    for statement in allowed:
        assert statement["Principal"]["AWS"] == [
            "arn:aws:iam::012345678901:root",
            "arn:aws:iam::210987654321:root",
        ]
    own = platform('readers: ["123456789012"]').build("ModelRegistry", "fraud")
    assert own[0].props["ModelPackageGroupPolicy"] == {}


@pytest.mark.scenario("T32")
def test_an_account_that_is_there_twice_is_said() -> None:
    (found,) = problems("ModelRegistry", 'readers: ["210987654321", "210987654321"]')
    assert found.path == ("readers", "1")


def test_whoever_reads_needs_the_images_too() -> None:
    there = platform()
    there.build("ModelRegistry", "fraud")
    (found,) = [each for each in there.found if each.code == "MODEL002"]
    assert found.severity is Severity.WARNING
    assert "repository/other" in found.message
    assert "ecr:BatchGetImage" in found.help
    (repository,) = named(platform().build_all(), "AWS::ECR::Repository")
    own, pull = repository.props["RepositoryPolicyText"]["Statement"]
    assert own["Sid"] == "Own"
    assert "ecr:BatchGetImage" in pull["Action"]
    assert pull["Principal"] == {
        "AWS": ["arn:aws:iam::012345678901:root", "arn:aws:iam::210987654321:root"]
    }


def test_a_repository_without_a_policy_gets_one_and_another_resource_is_none() -> None:
    bare = "type: AWS::ECR::Repository\nproperties: {RepositoryName: serve}"
    there = world({("ModelRegistry", "fraud"): FULL, **BESIDE, ("Resource", "serve"): bare})
    (repository,) = named(there.build_all(), "AWS::ECR::Repository")
    assert len(repository.props["RepositoryPolicyText"]["Statement"]) == 1
    topic = "type: AWS::SNS::Topic\nproperties: {DisplayName: x}"
    other = world({("ModelRegistry", "fraud"): FULL, **BESIDE, ("Resource", "serve"): topic})
    other.build("ModelRegistry", "fraud")
    assert "is no repository" in " ".join(each.message for each in other.found)


# -- who approves and moves: the policy of the group against calls


def answer(operation: str, role: str, now: str = "", **params: Any) -> bool:
    """Whether IAM lets a role with every right do it."""
    held = {ARN: {"ModelLifeCycle": {"Stage": now, "StageStatus": "x"}}} if now else {}
    session = f"arn:aws:sts::123456789012:assumed-role/{role.rpartition('/')[2]}/ana"
    called = Call("sagemaker", operation, params, "eu-west-1", "123456789012", session)

    class There(Offline):
        def role(self, _name: str, _account: str) -> str:
            return role

    all_rights = Named(
        "admin",
        {"Version": "2012-10-17",
         "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}},
    )  # fmt: skip
    policies = Policies(identity=(all_rights,), resource=Named("group", document()))
    questions = asked(called, There(versions=held))
    return all(decide(each, policies).allowed for each in questions)


OTHER = "arn:aws:iam::123456789012:role/admin"


@pytest.mark.parametrize(
    ("role", "params", "allowed"),
    [
        (RISK, {"ModelApprovalStatus": "Approved"}, True),
        (OTHER, {"ModelApprovalStatus": "Approved"}, False),
        (OTHER, {"ModelApprovalStatus": "Rejected"}, True),
        (OTHER, {"CustomerMetadataProperties": {approval.BY: OTHER}}, False),
        (OTHER, {"CustomerMetadataProperties": {approval.EXPIRES: "2099-01-01"}}, False),
        (OTHER, {"CustomerMetadataProperties": {"team": "x"}}, True),
        (OTHER, {"CustomerMetadataPropertiesToRemove": ["team", approval.EXPIRES]}, False),
        (OTHER, {"CustomerMetadataPropertiesToRemove": ["team"]}, True),
        (RISK, {"CustomerMetadataPropertiesToRemove": [*approval.KEYS]}, True),
    ],
)
def test_only_approvers_approve_whatever_else_others_may(
    role: str, params: dict[str, Any], allowed: bool
) -> None:
    assert answer("UpdateModelPackage", role, ModelPackageArn=ARN, **params) is allowed


@pytest.mark.parametrize("role", [RISK, OTHER])
def test_nobody_registers_what_is_approved_but_an_approver(role: str) -> None:
    params = {"ModelPackageGroupName": GROUP, "ModelApprovalStatus": "Approved"}
    assert answer("CreateModelPackage", role, **params) is (role == RISK)


@pytest.mark.scenario("T59")
@pytest.mark.parametrize(("now", "to"), [*product(["", *Stage], Stage)])
def test_iam_refuses_the_jumps_that_the_tool_refuses(now: str, to: Stage) -> None:
    cycle = {"Stage": to.value, "StageStatus": STATUS[to]}
    before = Stage(now) if now else Stage.DEVELOPMENT
    legal = to is before or to in NEXT[before]
    mine = answer("UpdateModelPackage", RISK, now, ModelPackageArn=ARN, ModelLifeCycle=cycle)
    assert mine is legal
    theirs = answer("UpdateModelPackage", OTHER, now, ModelPackageArn=ARN, ModelLifeCycle=cycle)
    assert theirs is (legal and to is not Stage.PRODUCTION)


@pytest.mark.scenario("T59")
@pytest.mark.parametrize("stage", ["production", "QA", "Production"])
def test_a_version_is_made_in_no_later_and_no_other_stage(stage: str) -> None:
    params = {"ModelPackageGroupName": GROUP}
    cycle = {"Stage": stage, "StageStatus": "Approved"}
    assert not answer("CreateModelPackage", RISK, **params, ModelLifeCycle=cycle)
    assert answer("CreateModelPackage", RISK, **params)


def test_words_for_people_forbid_nothing() -> None:
    spec = platform("approval: {approvers: [fraud-risk]}").model("ModelRegistry", "fraud")
    assert [*guard.statements(spec, ARN)] == []


# -- who is told


def matches(wanted: Any, found: Any) -> bool:
    """EventBridge's decision, as far as the pattern goes. Source: its user guide, "$or"."""
    if isinstance(wanted, list):
        values = found if isinstance(found, list) else [found]
        return any(
            found is not None if each == {"exists": True} else found is None
            if each == {"exists": False} else each in values
            for each in wanted
        )  # fmt: skip
    return all(
        any(matches(each, found) for each in value)
        if key == "$or" else matches(value, (found or {}).get(key))
        for key, value in wanted.items()
    )  # fmt: skip


@pytest.mark.scenario("T27")
@pytest.mark.parametrize(
    ("detail", "fires"),
    [
        ({"ModelApprovalStatus": "PendingManualApproval"}, False),
        ({"UpdatedModelPackageFields": ["ModelApprovalStatus"]}, True),
        ({"UpdatedModelPackageFields": ["CustomerMetadataProperties", "ModelApprovalStatus"]},
         True),
        ({"UpdatedModelPackageFields": ["ApprovalDescription"]}, False),
        ({"UpdatedModelPackageFields": ["ModelLifeCycle"]}, False),
        ({"ModelPackageGroupName": "other"}, False),
        ({"ModelApprovalStatus": "Rejected",
          "UpdatedModelPackageFields": ["ModelApprovalStatus"]}, False),
        ({}, True),  # registered as approved
    ],
)  # fmt: skip
def test_an_approval_is_told_and_nothing_else_is(detail: dict[str, Any], fires: bool) -> None:
    event = {
        "source": "aws.sagemaker",
        "detail-type": "SageMaker Model Package State Change",
        "detail": {"ModelPackageGroupName": GROUP, "ModelApprovalStatus": "Approved", **detail},
    }
    assert matches(pattern(GROUP), event) is fires


@pytest.mark.scenario("T27")
def test_the_rule_tells_and_starts_the_delivery_and_deploys_nothing() -> None:
    (rule,) = named(nodes(), "AWS::Events::Rule")
    assert rule.props["EventPattern"] == pattern(GROUP)
    assert [each["Id"] for each in rule.props["Targets"]] == ["told", "delivery"]
    (role,) = named(nodes(), "AWS::IAM::Role")
    (statement,) = role.props["Policies"][0]["PolicyDocument"]["Statement"]
    assert statement["Action"] == ["codepipeline:StartPipelineExecution"]
    quiet = platform("approval: {approvers: [fraud-risk]}").build("ModelRegistry", "fraud")
    assert named(quiet, "AWS::Events::Rule") == []


# -- files that nobody overwrites


def test_registered_files_are_written_once_and_never_deleted() -> None:
    bucket = next(
        node
        for node in platform().build_all()
        if node.address.name == "acme-test-artifacts-123456789012"
    )
    statements = bucket.props["BucketPolicy"]["Statement"]
    policy = Named("bucket", {"Version": "2012-10-17", "Statement": statements})

    def may(operation: str, key: str, **params: Any) -> bool:
        params = {"Bucket": bucket.address.name, "Key": key, **params}
        called = Call("s3", operation, params, "eu-west-1", "123456789012", OTHER)
        rights = Named("admin", {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}})
        policies = Policies(identity=(rights,), resource=policy)
        owner = {f"arn:aws:s3:::{bucket.address.name}": "123456789012"}
        return all(decide(each, policies).allowed for each in asked(called, Offline(owners=owner)))

    file, other = "models/registered/ab/model.tar.gz", "models/fraud/output/model.tar.gz"
    assert not may("PutObject", file)
    assert may("PutObject", file, IfNoneMatch="*")
    assert may("PutObject", other)
    assert not may("CopyObject", file, CopySource={"Bucket": "b", "Key": "k"})
    assert may("CreateMultipartUpload", file)
    assert may("UploadPart", file, PartNumber=1, UploadId="u")
    assert not may("CompleteMultipartUpload", file, UploadId="u")
    assert may("CompleteMultipartUpload", file, UploadId="u", IfNoneMatch="*")
    assert not may("DeleteObject", file)
    assert not may("DeleteObject", file, VersionId="v")
    assert may("DeleteObject", other)


# -- the card, and what is live


def versions(**stages: str) -> dict[Lookup, Any]:
    summaries = [
        {
            "ModelPackageArn": f"arn:v/{number[1:]}",
            "ModelPackageGroupName": GROUP,
            "ModelPackageVersion": int(number[1:]),
            "ModelPackageStatus": "Completed",
            "ModelLifeCycle": {"Stage": stage, "StageStatus": "Approved"},
        }
        for number, stage in stages.items()
    ]
    return {Lookup(live.LOOKUP, (("group", GROUP),)): summaries}


def codes(**stages: str) -> dict[str, str]:
    there = platform(facts=versions(**stages))
    there.build("ModelRegistry", "fraud")
    return {each.code: each.message for each in there.found if each.code != "MODEL002"}


def test_a_card_for_another_version_than_production_has_is_stale() -> None:
    assert codes(v12="Production", v13="Staging") == {}
    assert codes() == {}
    assert "version 13 is in production" in codes(v12="Archived", v13="Production")["MODEL003"]


@pytest.mark.scenario("T58")
def test_two_versions_in_production_are_said_and_a_foreign_stage_too() -> None:
    assert "versions 12 and 13" in codes(v12="Production", v13="Production")["MODEL004"]
    assert "'production'" in codes(v12="production")["MODEL004"]


def test_a_card_says_what_the_spec_says() -> None:
    (card,) = named(nodes(), "AWS::SageMaker::ModelCard")
    content = card.props["Content"]
    assert card.props["ModelCardStatus"] == "Approved"
    assert content["ModelOverview"]["ModelOwner"] == "fraud-team"
    assert content["IntendedUses"]["RiskRating"] == "Medium"
    details = content["AdditionalInformation"]["CustomDetails"]
    assert details["requires_0"] == "auc atLeast 0.95"
    assert "BusinessDetails" not in content


# -- what contradicts itself


@pytest.mark.parametrize(
    ("spec", "path"),
    [
        ("policy: {}", ("policy",)),
        ("policy: {when: [{metric: auc}]}", ("policy", "when", "0")),
        ("policy: {when: [{metric: auc, above: 1, below: 2}]}", ("policy", "when", "0")),
        ("policy: {when: [{metric: auc, above: 1, notWorseThan: production}]}",
         ("policy", "when", "0")),
        ("policy: {when: [{metric: auc, above: 1, tolerance: 1%}]}",
         ("policy", "when", "0", "tolerance")),
        ("policy: {when: [{metric: auc, above: 1, goal: minimize}]}",
         ("policy", "when", "0", "goal")),
        ("policy: {when: [{metric: auc, notWorseThan: production, tolerance: -0.1}]}",
         ("policy", "when", "0", "tolerance")),
        ("policy: {metadata: {'moorline:sha256': ''}}",
         ("policy", "metadata", "moorline:sha256")),
        ("approval: {approvers: ['arn:aws:iam::123456789012:role/*']}",
         ("approval", "approvers", "0")),
        ("approval: {approvers: ['arn:aws:iam::123456789012:role/${aws:username}']}",
         ("approval", "approvers", "0")),
        ("approval: {approvers: ['arn:aws:sts::123456789012:assumed-role/x/y']}",
         ("approval", "approvers", "0")),
        ("signing: {key: {security: platform, key: models}}", ("signing",)),
        ("repositories: [serve]", ("repositories",)),
        ("existingRepositories: ['arn:aws:ecr:eu-west-1:123456789012:repository/x']",
         ("existingRepositories",)),
    ],
)  # fmt: skip
def test_contradictions(spec: str, path: tuple[str, ...]) -> None:
    assert [each.path for each in problems("ModelRegistry", spec)] == [path]


def test_a_key_that_encrypts_signs_nothing_and_one_that_signs_does_not_rotate() -> None:
    there = platform(FULL.replace("key: models}", "key: data}"))
    there.build("ModelRegistry", "fraud")
    assert "encrypts, and signs nothing" in " ".join(each.message for each in there.found)
    (found,) = problems("Security", "keys: {s: {description: x, usage: signing, rotation: 180d}}")
    assert found.path == ("keys", "s", "rotation")


def test_only_a_bucket_of_ours_can_forbid_to_overwrite() -> None:
    there = world(
        {
            ("ModelRegistry", "fraud"): "artifacts: {source: artifacts, immutable: true}",
            ("DataSource", "artifacts"): "s3: {existing: acme-models}",
        }
    )
    there.build("ModelRegistry", "fraud")
    assert [each.at.file for each in there.found if each.at] == [
        "ModelRegistry/fraud/artifacts/immutable"
    ]


# -- trainings that register here


def registering(registry: str) -> tuple[World, Any]:
    there = world({("ModelRegistry", "fraud"): registry, **BESIDE})
    made = there.build("Training", "risk")
    (pipeline,) = named(made, "AWS::SageMaker::Pipeline")
    body = to_json(pipeline.props["PipelineDefinition"]["PipelineDefinitionBody"])["$text"]
    return there, {"nodes": made, "steps": body["Steps"]}


def steps_of(found: list[Any]) -> dict[str, Any]:
    every = {each["Name"]: each for each in found}
    for each in found:
        for branch in ("IfSteps", "ElseSteps"):
            every |= steps_of(each["Arguments"].get(branch) or [])
    return every


def test_a_training_registers_the_sealed_file_and_only_its_own_role_may_seal() -> None:
    _, found = registering(FULL)
    steps = steps_of(found["steps"])
    container = steps["Register"]["Arguments"]["InferenceSpecification"]["Containers"][0]
    path = {name: each["Std:JsonGet"]["Path"] for name, each in container.items()
            if name.startswith("ModelData")}  # fmt: skip
    assert path == {"ModelDataUrl": "uri", "ModelDataETag": "etag"}
    assert "Seal" in steps["Register"]["DependsOn"]
    assert "moorline:sha256" in steps["Register"]["Arguments"]["CustomerMetadataProperties"]
    assert "CacheConfig" not in steps["Seal"]
    arguments = steps["Seal"]["Arguments"]["AppSpecification"]["ContainerArguments"]
    assert {"--artifact", "--key", "--to"} <= {it for it in arguments if isinstance(it, str)}
    signers = [
        node.address.name
        for node in named(found["nodes"], "AWS::IAM::Role")
        if "kms:Sign" in str(node.props["Policies"])
    ]
    assert signers == ["acme-test-risk-seal"]
    assert steps["Seal"]["Arguments"]["RoleArn"]["$ref"][1] == "acme-test-risk-seal"


def test_without_immutable_files_a_training_registers_what_it_trained() -> None:
    _, found = registering("artifacts: {source: artifacts, path: models}")
    steps = steps_of(found["steps"])
    assert "Seal" not in steps
    container = steps["Register"]["Arguments"]["InferenceSpecification"]["Containers"][0]
    assert "Get" in container["ModelDataUrl"]
    assert "ModelDataETag" not in container


# -- the reader's side

SHARED = "arn:aws:sagemaker:eu-west-1:210987654321:model-package-group/fraud"
READER = f"""
existing: {SHARED}
artifacts:
  source: labels
  existingKey: arn:aws:kms:eu-west-1:210987654321:key/1234
"""


def reader(facts: Mapping[Lookup, Any] | None = None) -> World:
    return world({("ModelRegistry", "fraud"): READER}, facts)


def test_a_group_that_is_shared_is_named_by_its_arn_and_never_made() -> None:
    there = reader()
    assert there.build("ModelRegistry", "fraud") == []
    said = there.peer("ModelRegistry", "fraud")
    assert (said["groupName"], said["group"]) == (SHARED, SHARED)
    assert said["packageArns"] == "arn:aws:sagemaker:eu-west-1:210987654321:model-package/fraud/*"
    (asked,) = there.lookups("Rollout", "fraud-detector")
    assert dict(asked.params)["group"] == SHARED
    assert asked.offline["arn"] == "arn:aws:sagemaker:eu-west-1:210987654321:model-package/fraud/1"


def test_a_reader_s_role_may_use_the_owner_s_key() -> None:
    there = reader()
    roles = named(there.build("Rollout", "fraud-detector"), "AWS::IAM::Role")
    assert any("arn:aws:kms:eu-west-1:210987654321:key/1234" in str(it.props) for it in roles)


@pytest.mark.scenario("T71")
@pytest.mark.parametrize(("answer_", "codes_"), [(None, ["MODEL007"]), ([], [])])
def test_no_version_yet_is_not_the_same_as_no_such_group(answer_: Any, codes_: list[str]) -> None:
    there = reader({Lookup(live.LOOKUP, (("group", SHARED),)): answer_})
    there.build("ModelRegistry", "fraud")
    assert [each.code for each in there.found] == codes_


@pytest.mark.parametrize(
    "more",
    [
        'readers: ["210987654320"]', "keep: {versions: 3}", "awsName: x",
        "stages: {}", "card: {purpose: x, uses: y}",
        "repositories: [serve]",
    ],
)  # fmt: skip
def test_what_only_the_owner_says(more: str) -> None:
    (found,) = problems("ModelRegistry", f"existing: {SHARED}\n{more}")
    assert found.path == (more.partition(":")[0],)


def test_how_long_versions_stay_is_said_in_some_way() -> None:
    (found,) = problems("ModelRegistry", "keep: {}")
    assert found.path == ("keep",)
    keep = platform("keep: {versions: 3, age: 30d}").peer("ModelRegistry", "fraud")["keep"]
    assert keep == {"versions": 3, "age": 30 * 86400, "shared": False}


@pytest.mark.parametrize("end", ["*", "a?b", "${aws:username}"])
@pytest.mark.parametrize(
    "spec",
    [
        "stages: {{production: {{movers: ['arn:aws:iam::123456789012:role/{end}']}}}}",
        "existingRepositories: ['arn:aws:ecr:eu-west-1:123456789012:repository/{end}']",
        "artifacts: {{source: s, existingKey: 'arn:aws:kms:eu-west-1:123456789012:key/{end}'}}",
        "approval: {{approvers: [a], delivery: 'arn:aws:codepipeline:x:123456789012:{end}'}}",
    ],
)
def test_no_pattern_gets_into_a_policy(spec: str, end: str) -> None:
    model, found = spec_of("ModelRegistry", spec.format(end=end))
    assert model is None
    assert found


def test_a_registration_that_iam_would_refuse_is_said_before() -> None:
    there, _ = registering(FULL)
    assert [each.at.file for each in there.found if each.at and each.is_error] == [
        "Training/risk/register/approval"
    ]
    other = world({("ModelRegistry", "fraud"): READER})
    other.build("Training", "risk")
    assert "Training/risk/register/registry" in {it.at.file for it in other.found if it.at}


def test_what_is_put_elsewhere_anyway_may_be_trained_anywhere() -> None:
    there, _ = registering(FULL.replace("path: models", "path: others"))
    assert "SPEC031" not in {each.code for each in there.found}
