"""The specs that the engine tests plan with; each test changes a word of one."""

from __future__ import annotations

from .platform import join, spec

ACCOUNT = "123456789012"
SECURITY = spec("Security", "core", "{keys: {data: {description: Card data., rotation: 180d}}}")
RAW = spec("DataSource", "raw", "{s3: {lifecycle: {expireAfter: 90d}}}")
CUSTOMER = spec(
    "FeatureGroup",
    "customer",
    """
  recordId: id
  eventTime: ts
  features: {id: string, ts: string, n: integral}
  online: {expireAfter: 30d}
  offline: {format: iceberg}
""",
)
REGISTRY = spec("ModelRegistry", "fraud", "{artifacts: {source: raw, path: models}}")
ROLLOUT = spec(
    "Rollout",
    "scorer",
    """
  model:
    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1
    artifact: s3://team-models/models/1.tar.gz
  serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 2}}
""",
)
LATEST = spec(
    "Rollout",
    "scorer",
    """
  model: {registry: fraud, version: latestApproved}
  serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 2}}
""",
)
WATCH = spec(
    "Monitor",
    "watch",
    """
  rollout: scorer
  alarms: [{metric: ModelLatency, above: 250ms}]
  subscribers: {queues: ["arn:aws:sqs:eu-west-1:123456789012:oncall"]}
""",
)
BUDGET = spec(
    "Budget",
    "month",
    "{amount: 100, thresholds: [{at: 80%}], subscribers: {emails: [a@example.com]}}",
)
SERVING = join(RAW, ROLLOUT)
EVERYTHING = join(SECURITY, RAW, CUSTOMER, REGISTRY, ROLLOUT, WATCH, BUDGET)

ENDPOINT = "AWS::SageMaker::Endpoint/acme-dev-scorer"
GROUP = "AWS::SageMaker::FeatureGroup/acme-dev-customer-v1"
BUCKET = "AWS::S3::Bucket/acme-dev-raw-123456789012"
ROLE = "AWS::IAM::Role/acme-dev-scorer-hosting"


def name(address: str) -> str:
    return address.partition("/")[2]
