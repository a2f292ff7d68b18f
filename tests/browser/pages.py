"""Plans to make pages of: one like a real day's, one full of attacks, and large ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from render import plans

from reconciler.model.address import Address
from reconciler.model.change import Cause, Effect, FieldChange
from reconciler.model.diagnostic import Diagnostic, Severity, Span
from reconciler.model.loss import Loss
from reconciler.model.plan import Plan, Step
from reconciler.model.value import Ref
from reconciler.render.formats import Context

ROOT = Path(__file__).parents[2]
SOURCES = {
    str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "specs").rglob("*.yaml"))
}
ROLLOUT, RAW = "specs/rollout/fraud-detector.yaml", "specs/data/transactions.yaml"
CUSTOMER, MERCHANT = "specs/features/customer.yaml", "specs/features/merchant.yaml"
TRAINING, ALERTS = "specs/models/fraud-training.yaml", "specs/monitoring/fraud-detector.yaml"
HOSTILE = "</script><script>document.title=1</script><!--<img src=x onerror=alert(1)>\u2028&amp;"
HANDS = {"class": "human", "name": "alice", "via": "console", "at": "2026-11-20 14:02Z"}


def at(file: str, words: str) -> Span:
    """The first line of a spec that has these words."""
    lines = SOURCES[file].splitlines()
    number = next(number for number, line in enumerate(lines, 1) if words in line)
    return Span(file, number, 3)


def id_of(type_: str, name: str, half: str = "") -> str:
    return f"AWS::{type_}/acme-prod-{name}{half}"


def day() -> Plan:
    """A new model goes live, a feature is added, a retention is cut, a feature changes its type."""
    return plans.plan(*_data(), *_features(), *_rollout(), *_training(), **_around())


def _around() -> dict[str, Any]:
    waits = Diagnostic(
        "PLAN010",
        "Monitor/fraud-drift is deferred: the endpoint has captured nothing yet",
        Span(ALERTS, 9, 3),
        "nothing it owns is changed until then",
        Severity.WARNING,
    )
    return {"diagnostics": (waits,), "observed_calls": 31, "unchanged": 58}


def _data() -> list[Step]:
    where = at(RAW, "expireAfter")
    loss = Loss("records", "removes objects older than 30 days", ("LifecycleConfiguration",))
    rule = "LifecycleConfiguration/Rules/expire/ExpirationInDays"
    cut = plans.updated(
        "S3::Bucket",
        "acme-prod-transactions-123456789012",
        plans.changed(rule, 730, 30, at=where),
        at=at(RAW, "spec:"),
        spec="DataSource/transactions",
        destroys="records",
        losses=(loss,),
        refused="environments/prod.yaml does not allow loss of records",
    )
    role = plans.updated(
        "IAM::Role",
        "acme-prod-fraud-hosting",
        plans.changed("Policies", *_policies(), at=at(ROLLOUT, "model:")),
        at=at(ROLLOUT, "spec:"),
        spec="Rollout/fraud-detector",
    )
    return [cut, role]


def _policies() -> tuple[Any, Any]:
    def statement(prefix: str) -> dict[str, Any]:
        arn = f"arn:aws:s3:::acme-prod-artifacts-123456789012/{prefix}/*"
        return {"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": [arn]}

    def policy(*prefixes: str) -> list[Any]:
        document = {"Version": "2012-10-17", "Statement": [statement(each) for each in prefixes]}
        return [{"PolicyName": "read", "PolicyDocument": document}]

    return policy("models/12"), policy("models/12", "models/13")


def _features() -> list[Step]:
    added = plans.changed(
        "FeatureDefinitions/country",
        None,
        {"FeatureName": "country", "FeatureType": "String"},
        Effect.APPEND_ONLY,
        at(CUSTOMER, "features:"),
    )
    customer = plans.updated(
        "SageMaker::FeatureGroup",
        "acme-prod-customer-v2",
        added,
        at=at(CUSTOMER, "spec:"),
        spec="FeatureGroup/customer",
    )
    retyped = plans.changed(
        "FeatureDefinitions/onboarded_days/FeatureType",
        "String",
        "Integral",
        Effect.REPLACE,
        at(MERCHANT, "onboarded_days"),
    )
    loss = Loss("records", "its records are lost", allowed=True)
    merchant = plans.replaced(
        "SageMaker::FeatureGroup",
        "acme-prod-merchant-v1",
        retyped,
        removal={"destroys": "records", "losses": (loss,)},
        at=at(MERCHANT, "spec:"),
        spec="FeatureGroup/merchant",
    )
    return [customer, *merchant]


def _rollout() -> list[Step]:
    model, config = id_of("SageMaker::Model", "fraud-9c8d2f"), "acme-prod-fraud-51ab07"
    role = id_of("IAM::Role", "fraud-hosting")
    start, serve = at(ROLLOUT, "spec:"), at(ROLLOUT, "instanceType")
    common: dict[str, Any] = {"at": start, "spec": "Rollout/fraud-detector"}
    image = "763104351884.dkr.ecr.eu-west-1.amazonaws.com/xgboost:1.7-1"
    made = plans.made(
        "SageMaker::Model",
        "acme-prod-fraud-9c8d2f",
        needs=(role,),
        desired={
            "ModelName": "acme-prod-fraud-9c8d2f",
            "ExecutionRoleArn": Ref(Address("AWS::IAM::Role", "acme-prod-fraud-hosting"), "Arn"),
            "EnableNetworkIsolation": True,
            "PrimaryContainer": {"Image": image, "Environment": {"WORKERS": "4"}},
            "Tags": [{"Key": "owner", "Value": "fraud-team"}],
        },
        **common,
    )
    variant = {"VariantName": "primary", "InstanceType": "ml.c6i.2xlarge"}
    fleet = {"EndpointConfigName": config, "ProductionVariants": [variant]}
    configured = plans.made(
        "SageMaker::EndpointConfig", config, needs=(model,), desired=fleet, **common
    )
    endpoint = plans.updated(
        "SageMaker::Endpoint",
        "acme-prod-fraud",
        plans.changed("EndpointConfigName", "acme-prod-fraud-77e0c1", config, at=start),
        plans.changed("Variants/primary/InstanceType", "ml.c6i.xlarge", "ml.c6i.2xlarge", at=serve),
        needs=(configured.id,),
        **common,
    )
    retired = plans.removed(
        "SageMaker::EndpointConfig",
        "acme-prod-fraud-1d4e90",
        plans.Reason.SUPERSEDED,
        spec="Rollout/fraud-detector",
        after=("AWS::SageMaker::Endpoint",),
    )
    return [made, configured, endpoint, *_alarms(endpoint.id), retired]


def _alarms(endpoint: str) -> list[Step]:
    latency = plans.updated(
        "CloudWatch::Alarm",
        "acme-prod-fraud-oncall-model-latency-p99",
        plans.changed("Threshold", 150000.0, 120000.0, at=at(ROLLOUT, "ModelLatency")),
        at=at(ALERTS, "spec:"),
        spec="Monitor/fraud-oncall",
        needs=(endpoint,),
    )
    topic = plans.step(
        "SNS::Topic",
        "acme-prod-fraud-oncall",
        plans.Action.ADOPT,
        plans.Reason.ADOPTED,
        plans.changed("Tags/moorline:platform", None, "acme"),
        at=at(ALERTS, "spec:"),
        spec="Monitor/fraud-oncall",
    )
    return [topic, replace(latency, needs=(endpoint, topic.id))]


def _training() -> list[Step]:
    changed = plans.changed(
        "PipelineDefinition",
        '{"Version":"2020-12-01","Steps":[{"Name":"tune","Arguments":{"num_round":"400"}}]}',
        '{"Version":"2020-12-01","Steps":[{"Name":"tune","Arguments":{"num_round":"600"}}]}',
        at=at(TRAINING, "rounds"),
    )
    groups = ("customer-v2", "merchant-v1")
    return [
        plans.updated(
            "SageMaker::Pipeline",
            "acme-prod-fraud-training",
            changed,
            plans.changed("Tags/cost-centre", "fraud-4711", "fraud-4712"),
            at=at(TRAINING, "spec:"),
            spec="Training/fraud",
            needs=tuple(id_of("SageMaker::FeatureGroup", each) for each in groups),
        )
    ]


def drifted() -> tuple[Plan, Context]:
    """What the night did: by hand, by AWS and by the autoscaler."""
    threshold = FieldChange(
        ("Threshold",), 400000.0, 250000.0, Effect.IN_PLACE, at(ROLLOUT, "ModelLatency"), Cause.HAND
    )
    logs = FieldChange(("LoggingConfiguration",), None, {"Prefix": "raw/"}, Effect.IN_PLACE)
    alarm = plans.updated(
        "CloudWatch::Alarm",
        "acme-prod-fraud-latency",
        threshold,
        at=at(ROLLOUT, "analysis:"),
        spec="Rollout/fraud-detector",
    )
    bucket = plans.updated("S3::Bucket", "acme-prod-raw", logs, at=at(RAW, "spec:"))
    gone = plans.made("SNS::Topic", "acme-prod-alerts", at=at(ALERTS, "spec:"), cause=Cause.HAND)
    moved = FieldChange(
        ("DesiredInstanceCount",), 6, 2, Effect.IN_PLACE, at(ROLLOUT, "instances"), Cause.AUTOSCALER
    )
    owned = plans.step(
        "SageMaker::Endpoint",
        "acme-prod-fraud",
        plans.Action.NONE,
        plans.Reason.IN_SYNC,
        moved,
        at=at(ROLLOUT, "spec:"),
    )
    context = Context(sources=SOURCES, drift=True, owned=plans.data(owned)["steps"])
    return plans.plan(alarm, bucket, gone), context


def hostile() -> tuple[Plan, Context]:
    """Markup in every text that a user, or AWS, can choose."""
    here = Span(f"specs/{HOSTILE}.yaml", 2, 1)
    one = plans.updated(
        "SNS::Topic",
        HOSTILE,
        plans.changed(HOSTILE, HOSTILE, {HOSTILE: [HOSTILE]}, at=here),
        at=here,
        spec=HOSTILE,
        refused=HOSTILE,
        destroys="records",
        losses=(Loss("records", HOSTILE),),
    )
    finding = Diagnostic("PLAN001", HOSTILE, here, HOSTILE, Severity.WARNING)
    made = plans.plan(one, diagnostics=(finding,), commit=HOSTILE)
    text = f"kind: x\nname: {HOSTILE}\n"
    made = replace(made, environment=HOSTILE, region=HOSTILE)
    return made, Context(sources={here.file: text}, link="javascript:alert(1)")


def large(number: int) -> Plan:
    """Many changes, each a little different, in chains of eight."""
    steps: list[Step] = []
    for index in range(number):
        name = f"acme-prod-{index:05}"
        here = Span(CUSTOMER, 1 + index % 20, 1)
        needs = (steps[-1].id,) if index % 8 else ()
        fields = (
            plans.changed("Threshold", index, index + 1, at=here),
            plans.changed("Dimensions/Name", "before", {"Name": name, "Value": "v" * 20}),
            plans.changed("Tags/owner", None, f"team-{index % 7}"),
        )
        kind = ("CloudWatch::Alarm", "SNS::Topic", "SageMaker::Model")[index % 3]
        if index % 4:
            steps.append(plans.updated(kind, name, *fields, at=here, needs=needs))
        else:
            desired = {
                "Name": name,
                "Definition": {"Steps": [{"Name": "train"}] * 6},
                "Size": index,
            }
            steps.append(plans.made(kind, name, desired=desired, at=here, needs=needs))
    return plans.plan(*steps)
