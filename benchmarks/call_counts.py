"""Requests of a platform's life: plan from empty, apply, plan, update, destroy.

The two mixes of the reference (`BENCHMARKS.md`), made by hand as its kit does, and the example
platform. Calls are counted exactly and are the same on every machine; the embedded sandbox runs
in this process, on its own clock.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from reconciler.aws.apply import apply
from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.observe import observe
from reconciler.aws.session import Session
from reconciler.cli.frame.checked import repository
from reconciler.cli.frame.project import Project
from reconciler.cli.world.live import request_of
from reconciler.compile.compiler import place_of
from reconciler.engine import make_plan
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.event import CallSent, Event, StepFailed, StepFinished, StepWaiting
from reconciler.model.graph import Graph, Node, build_graph
from reconciler.model.plan import Plan
from reconciler.model.policy import Policy
from reconciler.model.value import Json, JsonText, Props, Ref, digest, put
from reconciler.plan.order import plan
from reconciler.resources import api
from reconciler.resources.api import HOLDS_TAG, OWNERSHIP, REGION_TAG, Place, Reach, fill
from reconciler.sandbox.inprocess import Sandbox, sandbox

UNITS = 1000
FULL = "BucketNotEmpty"
"""How the bucket of access logs ends a destroy: S3 writes into it meanwhile."""
ACCOUNT = "123456789012"
BUCKET = "arn:aws:s3:::bench-bucket"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/bench-exec"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "sagemaker.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}
ALL = Policy(allow=frozenset({"records", "traffic", "keys", "history"}))
MIXES = {
    "common": ("bucket", "bucket", "role", "topic", "alarm"),
    "SageMaker": (
        *("model", "config", "endpoint") * 2,
        *("bucket", "role", "alarm", "pipeline"),
    ),
}
BARS = {
    "common": {"create": 3.0, "plan": 1.05, "delete": 2.0},
    "SageMaker": {"create": 1.75, "plan": 0.55, "delete": 2.0},
    "example": {"plan": 1.5},
}
"""The most requests for each resource, waiting left out: for 1,000 of a mix, for the example."""
DATA_BAR = 1.2
"""The same for those of the example's resources that are of `DATA`."""
DATA = frozenset(
    {
        "Athena",
        "DynamoDB",
        "EMRServerless",
        "Events",
        "Glue",
        "Kinesis",
        "KinesisFirehose",
        "Lambda",
        "Logs",
        "MSK",
        "RAM",
        "RDS",
        "RedshiftServerless",
        "SQS",
        "Scheduler",
        "StepFunctions",
    }
)
"""Services whose types came with the data layer, besides the assets: the reference's part C."""
ASSET = "Moorline::S3::Asset"
EXAMPLE = Path(__file__).parent.parent


class Mix:
    """The units of a mix as nodes of a graph."""

    def __init__(self, kinds: tuple[str, ...], place: Place, changed: frozenset[int]) -> None:
        self.kinds = kinds
        self.place = place
        self.changed = changed
        self.nodes: list[Node] = []
        self.last: dict[str, Address] = {}

    def graph(self, units: int) -> Graph:
        for index in range(units):
            kind = self.kinds[index % len(self.kinds)]
            self.last[kind] = getattr(self, kind)(f"{index:05d}", index)
        graph, problems = build_graph(self.nodes)
        assert not problems, problems[:1]
        return graph

    def _add(
        self, type_: str, name: str, props: dict[str, Any], *, content: bool = False
    ) -> Address:
        name += f"-{digest(props, 8)}" if content else ""
        address = Address(f"AWS::{type_}", self.place.prefix + name)
        resource = api.load()[address.type]
        slots = self.place.slots(address.name)
        for prop, template in resource.named.items():
            props = put(props, prop, fill(template, slots))
        owner = (self.place.platform, self.place.environment, "Bench/bench")
        tags = {"team": "ml", "env": "bench", **dict(zip(OWNERSHIP, owner, strict=False))}
        tags |= {HOLDS_TAG: resource.holds} if resource.holds else {}
        tags |= {REGION_TAG: self.place.region} if resource.reach is not Reach.REGIONAL else {}
        props["Tags"] = [{"Key": key, "Value": tags[key]} for key in sorted(tags)]
        self.nodes.append(Node(address, props))
        return address

    def bucket(self, name: str, _index: int) -> Address:
        rule = {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
        props = {
            "BucketEncryption": {"ServerSideEncryptionConfiguration": [rule]},
            "VersioningConfiguration": {"Status": "Enabled"},
        }
        return self._add("S3::Bucket", f"bucket-{name}", props)

    def role(self, name: str, _index: int) -> Address:
        statement = {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:ListBucket"],
            "Resource": [
                f"arn:aws:s3:::bench-bucket-{name}",
                f"arn:aws:s3:::bench-bucket-{name}/*",
            ],
        }
        document = {"Version": "2012-10-17", "Statement": [statement]}
        policies = [{"PolicyName": "inline", "PolicyDocument": document}]
        props = {"AssumeRolePolicyDocument": TRUST, "Policies": policies}
        return self._add("IAM::Role", f"role-{name}", props)

    def topic(self, name: str, _index: int) -> Address:
        return self._add("SNS::Topic", f"topic-{name}", {})

    def alarm(self, name: str, index: int) -> Address:
        props = {
            "MetricName": "Invocations",
            "Namespace": "AWS/SageMaker",
            "Statistic": "Sum",
            "Period": 300,
            "EvaluationPeriods": 1,
            "Threshold": 91 if index in self.changed else 80,
            "ComparisonOperator": "GreaterThanThreshold",
            "AlarmDescription": "bench alarm",
        }
        return self._add("CloudWatch::Alarm", f"alarm-{name}", props)

    def model(self, name: str, _index: int) -> Address:
        container = {
            "Image": f"{ACCOUNT}.dkr.ecr.eu-west-1.amazonaws.com/x:1",
            "ModelDataUrl": f"s3://bench/model-{name}.tar.gz",
            "Environment": {"LOG": "1"},
        }
        props = {"ExecutionRoleArn": ROLE, "PrimaryContainer": container}
        return self._add("SageMaker::Model", f"model-{name}", props, content=True)

    def config(self, name: str, _index: int) -> Address:
        variant = {
            "VariantName": "v1",
            "ModelName": Ref(self.last["model"], "ModelName"),
            "InitialInstanceCount": 1,
            "InitialVariantWeight": 1,
            "InstanceType": "ml.m5.large",
        }
        props = {"ProductionVariants": [variant]}
        return self._add("SageMaker::EndpointConfig", f"config-{name}", props, content=True)

    def endpoint(self, name: str, _index: int) -> Address:
        props = {"EndpointConfigName": Ref(self.last["config"], "EndpointConfigName")}
        return self._add("SageMaker::Endpoint", f"endpoint-{name}", props)

    def pipeline(self, name: str, _index: int) -> Address:
        body = JsonText({"Version": "2020-12-01", "Steps": []})
        props = {
            "PipelineDisplayName": f"bench-pipeline-{name}",
            "RoleArn": ROLE,
            "PipelineDefinition": {"PipelineDefinitionBody": body},
        }
        return self._add("SageMaker::Pipeline", f"pipeline-{name}", props)


@dataclass
class Counting(Session):
    """A session that also counts by what is asked about: the service, method and type."""

    asked: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def _once(self, service: str, method: str, params: Props) -> Mapping[str, Json]:
        with self._lock:
            self.asked[service, method, str(params.get("TypeName", ""))] += 1
        return super()._once(service, method, params)


@dataclass(slots=True)
class Tally:
    """What there is of each type, and what an unchanged plan asks, by service, method and type."""

    resources: Counter[str] = field(default_factory=Counter)
    asked: Counter[tuple[str, str, str]] = field(default_factory=Counter)

    def data(self) -> tuple[int, int]:
        """Requests for resources of the data layer, and how many resources these are."""
        known = {type_: each for type_, each in api.load().items() if _is_data(type_)}
        own = {each.service for each in known.values() if not each.generic} - {"s3"}
        calls = sum(
            times
            for (service, method, type_), times in self.asked.items()
            if service in own or _is_data(type_) or method == known[ASSET].read.method
        )
        return calls, sum(each for type_, each in self.resources.items() if _is_data(type_))


def _is_data(type_: str) -> bool:
    return type_ == ASSET or (type_.startswith("AWS::") and type_.split("::")[1] in DATA)


Planned = Callable[[Session, str], tuple[Plan, Place]]
PHASES = ("plan from empty", "create", "plan", "plan a change", "change", "delete")


def life(
    aws: Sandbox, planned: Planned, tally: Tally | None = None
) -> Iterator[tuple[str, int, int, int, int]]:
    """Each phase: its requests, how many of them write, its polls, and its resources."""
    tally = tally or Tally()
    for phase in PHASES:
        clock = FakeClock()
        session = Counting(aws, clock=clock, limiter=Limiter(clock, unlimited=True))
        if phase == "delete":
            emptied(aws)
        made, place = planned(session, phase)
        events: list[Event] = []
        if phase in {"create", "change", "delete"}:
            files = repository(EXAMPLE).data
            apply(made, session, api.load(), place, events.append, assets=files)
            failed = [each for each in events if isinstance(each, StepFailed)]
            failed = [each for each in failed if FULL not in each.message]
            assert not failed, failed[:2]
        wrote = sum(isinstance(each, CallSent) for each in events)
        polls = sum(isinstance(each, StepWaiting) for each in events)
        polls += sum(isinstance(each, StepFinished) and _works(each) for each in events)
        addresses = {step.address for step in made.steps}
        count = len(addresses) if events else made.unchanged
        if phase == "create":
            tally.resources = Counter(address.type for address in addresses)
        if phase == "plan":
            tally.asked = session.asked
        yield phase, session.total, wrote, polls, count


def emptied(aws: Sandbox) -> None:
    """Take what services have written out of the buckets, which are not deleted otherwise."""
    s3 = aws.client("s3")
    for bucket in s3.list_buckets()["Buckets"]:
        for found in s3.list_object_versions(Bucket=bucket["Name"]).get("Versions", ()):
            key, version = found["Key"], found["VersionId"]
            s3.delete_object(Bucket=bucket["Name"], Key=key, VersionId=version)
        for found in s3.list_objects_v2(Bucket=bucket["Name"]).get("Contents", ()):
            s3.delete_object(Bucket=bucket["Name"], Key=found["Key"])


def _works(event: StepFinished) -> bool:
    """Whether AWS was at work on it, so that the last look was one that waited."""
    resource = api.load()[event.address.type]
    if event.action is Action.DELETE:
        return resource.vanishes
    lifecycle = resource.lifecycle
    return lifecycle is not None and any(not word.startswith("Delet") for word in lifecycle.busy)


def mix(name: str, units: int) -> Planned:
    """Plans of a mix by hand; of the change, a hundredth is another alarm."""
    place = Place(ACCOUNT, "eu-west-1", "bench", "x")
    alarms = [index for index in range(units) if MIXES[name][index % len(MIXES[name])] == "alarm"]

    def planned(session: Session, phase: str) -> tuple[Plan, Place]:
        changed = frozenset(alarms[: units // 100] if "change" in phase else ())
        size = 0 if phase == "delete" else units
        graph = Mix(MIXES[name], place, changed).graph(size)
        live, found = observe(session, graph, api.load(), place)
        draft = plan(graph, live, api.load(), place, ALL)
        assert not found, found[:2]
        assert not (bad := [each for each in draft.diagnostics if each.is_error]), bad[:2]
        made = Plan("x", "bench", ACCOUNT, place.region, tuple(draft.steps), draft.unchanged)
        return made, place

    return planned


def example() -> Planned:
    """Plans of the example platform in its sandbox environment; its change is a new tag."""
    project = Project(EXAMPLE / "specs", EXAMPLE / "environments")

    def planned(session: Session, phase: str) -> tuple[Plan, Place]:
        request = request_of(project, "local", destroy=phase == "delete")
        if "change" in phase:
            spec = request.view.spec
            tags = {**spec.tags, "cost-centre": "another"}
            spec = spec.model_copy(update={"tags": tags})
            request = replace(request, view=replace(request.view, spec=spec))
        request = replace(request, policy=replace(request.policy, allow=ALL.allow))
        made = make_plan(request, session, lambda *_: None)
        return made, place_of(request.view)

    return planned


def given(aws: Sandbox, units: int) -> None:
    """What the mixes only name: a role, and the files of models."""
    trust = json.dumps(TRUST)
    aws.client("iam").create_role(RoleName="bench-exec", AssumeRolePolicyDocument=trust)
    allow = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [allow]})
    aws.client("iam").put_role_policy(
        RoleName="bench-exec", PolicyName="all", PolicyDocument=document
    )
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    aws.client("s3").create_bucket(Bucket="bench", **where)
    for index in range(units):
        aws.client("s3").put_object(Bucket="bench", Key=f"model-{index:05d}.tar.gz", Body=b"x")


def main() -> None:
    """Print the counts; exits with 1 where one is over its bar."""
    units = int(sys.argv[1]) if sys.argv[1:] else UNITS
    over: list[str] = []
    tally = Tally()
    for name, planned in (*((name, mix(name, units)) for name in MIXES), ("example", example())):
        with sandbox() as aws:
            if name in MIXES:
                given(aws, units)
            for phase, total, wrote, polls, count in life(aws, planned, tally):
                whole = units >= UNITS or name not in MIXES
                bar = BARS.get(name, {}).get(phase) if whole else None
                if bar and total - polls > bar * count:
                    over.append(f"{name}, {phase}: {total - polls}, over {bar * count:.0f}")
                each = f"{(total - polls) / count:.2f} each" if count else ""
                print(
                    f"{name:10} {phase:16} {total:6} calls, {wrote:5} of them write,"
                    f" {polls:4} waited; {count:5} resources {each}",
                    flush=True,
                )
    calls, count = tally.data()
    print(f"of the example, data layer: {calls} calls, {count} resources {calls / count:.2f} each")
    if calls > DATA_BAR * count:
        over.append(f"data layer: {calls}, over {DATA_BAR * count:.0f}")
    for (service, method, type_), times in sorted(tally.asked.items()):
        print(f"{times:6} {service}.{method} {type_}".rstrip())
    if over:
        raise SystemExit("\n".join(over))


if __name__ == "__main__":
    main()
