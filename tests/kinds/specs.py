"""One rich spec of each kind, and a world that has all of them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Lookup
from reconciler.model.value import Json

from .world import World

SECURITY = """
keys:
  data: {description: Card data., rotation: 180d, deletionWindow: 7d}
  alerts:
    description: Messages.
    users:
      accounts: ["210987654321"]
      services: [cloudwatch.amazonaws.com, budgets.amazonaws.com, events.amazonaws.com]
roles:
  deploy:
    description: GitHub Actions on the main branch.
    assumedBy:
      oidc:
        provider: token.actions.githubusercontent.com
        subject: repo:acme/ml-platform:ref:refs/heads/main
    statements:
      - actions: [sagemaker:DescribeEndpoint]
        resources: ["*"]
        conditions: {StringEquals: {"aws:RequestedRegion": eu-west-1}}
  ingest:
    description: A function that puts records.
    assumedBy: {service: lambda.amazonaws.com}
    statements:
      - actions: ["logs:*"]
        resources: ["arn:aws:logs:eu-west-1:123456789012:log-group:/aws/lambda/*"]
  scoring:
    description: The authorization service.
    assumedBy: {service: ecs-tasks.amazonaws.com}
    managedPolicies: ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
    boundary: arn:aws:iam::123456789012:policy/boundary
    maxSession: 4h
  analyst:
    description: Fraud analysts.
    assumedBy: {account: "210987654321"}
    statements:
      - {effect: deny, actions: ["sagemaker:Update*"], resources: ["*"]}
"""
LOGS = "s3: {receivesAccessLogs: true, versioning: false, lifecycle: {expireAfter: 400d}}"
RAW = """
s3:
  prefix: authorizations
  key: {security: platform, key: data}
  accessLogs: {to: logs, path: raw-access}
  lifecycle:
    archiveAfter: 90d
    archiveTo: glacier
    expireAfter: 730d
    noncurrentExpireAfter: 30d
    abortUploadsAfter: 3d
format: parquet
columns:
  transaction_id: string
  card_token: {type: string, description: Token of the card., sensitive: true}
"""
ARTIFACTS = "s3: {}"
LABELS = "s3: {existing: acme-disputes-settled, prefix: settled}"
CLICKS_LAKE = """
s3: {prefix: clicks, key: {security: platform, key: data}}
format: parquet
schema: {}
columns: {click_id: string, shop: string, amount: "decimal(12,2)", day: string}
partitions: {by: {day: {date: {}}}, layout: "{day}"}
"""
SHOPS_LAKE = """
s3: {prefix: shops}
format: parquet
schema: {in: clicks-lake}
columns: {click_id: string, shop: string, amount: "decimal(12,2)", day: string}
partitions: {by: {shop: {given: true}, day: {date: {}}}}
"""
CLICKS = """
kinesis:
  shards: 4
  retention: 7d
  recordSize: 2048
  key: {security: platform, key: data}
  readers: [scoring, audit]
  deliver: {to: clicks-lake, every: 1m, buffer: 64, errors: failed/clicks}
columns: {click_id: string, shop: string, amount: "decimal(12,2)"}
"""
VIEWS = """
kinesis:
  existing: acme-page-views
  deliver: {to: shops-lake, partitionBy: {shop: .shop.id}}
"""
ORDERS_LAKE = """
s3: {prefix: orders}
format: parquet
schema: {}
columns:
  order_id: string
  customer: string
  amount: decimal(12,2)
  placed: timestamp
  tags: array<string>
  address: struct<street:string,zip:int>
  ends: bigint
  snapshot: string
partitions: {by: {snapshot: {date: {}}}}
"""
ORDERS = """
dynamodb:
  partitionKey: order_id
  indexes:
    by-customer: {partitionKey: customer, sortKey: placed}
    by-amount: {partitionKey: customer, sortKey: amount, has: [tags]}
  stream: newAndOld
  key: {security: platform, key: data}
  expireBy: ends
columns:
  order_id: string
  customer: string
  amount: decimal(12,2)
  placed: timestamp
  tags: array<string>
  address: struct<street:string,zip:int>
  ends: bigint
"""
EXPORT = """
  export: {to: orders-lake, schedule: "cron(15 2 * * ? *)", timezone: Europe/Berlin}
"""
LIMITS = """
dynamodb:
  partitionKey: card
  sortKey: at
  localIndexes: {by-sum: sum}
  capacity: {read: 5, write: 2}
  indexes: {by-at: {partitionKey: at, has: keys, capacity: {read: 1, write: 1}}}
  recovery: false
  infrequentAccess: true
  deletionProtection: true
columns: {card: binary, at: bigint, sum: double}
"""
RULES = "dynamodb: {existing: acme-rules}"
CUSTOMER = """
version: 2
recordId: customer_id
eventTime: event_time
features:
  customer_id: string
  event_time: string
  txn_count_7d: {type: integral, description: Transactions in the last 7 days.}
  avg_amount_30d: fractional
online: {expireAfter: 30d, key: {security: platform, key: data}}
offline: {format: iceberg, to: raw, path: features/customer}
throughput: {read: 100, write: 50}
"""
VELOCITY = """
recordId: card
eventTime: at
features: {card: string, at: fractional, attempts_10m: integral}
online: {expireAfter: 2h, storage: inMemory}
"""
HISTORY = """
recordId: card
eventTime: at
features: {card: string, at: fractional}
offline: {format: glue, glueTable: false}
"""
REGISTRY = """
artifacts: {source: artifacts, path: models}
readers: ["210987654321", "210987654320"]
approval: {approvers: [fraud-risk], note: AUC by country.}
"""
TUNING = """
algorithm: {framework: xgboost, version: "1.7-1"}
inputs:
  train: {source: raw, path: train, contentType: text/csv}
  validation: {source: raw, path: validation, contentType: text/csv, mode: fastFile}
compute:
  instanceType: ml.m5.2xlarge
  volume: 1TiB
  maxRuntime: 2h
  spot: {maxWait: 4h}
checkpoints: true
output: {to: artifacts, path: models/fraud}
key: {security: platform, key: data}
hyperparameters: {objective: binary:logistic, num_round: 400, scale_pos_weight: 480.5}
tune:
  objective: {metric: "validation:auc", goal: maximize}
  maxJobs: 20
  maxParallelJobs: 3
  earlyStopping: true
  ranges:
    integer: {max_depth: {atLeast: 4, atMost: 10}}
    continuous: {eta: {atLeast: 0.02, atMost: 0.4, scaling: logarithmic}}
    categorical: {tree_method: [hist, approx]}
log: {experiments: {}}
register:
  registry: fraud
  when: [{metric: "validation:auc", atLeast: 0.93}]
  instanceTypes: [ml.c6i.xlarge]
"""
SCRIPT = """
algorithm: {framework: pytorch, version: "2.3", python: py311}
code:
  source: artifacts
  path: code/risk-4f2c9e1.tar.gz
  entryPoint: src/train.py
  commit: 4f2c9e1
inputs:
  customers: {featureGroup: customer}
  labels: {source: labels, contentType: text/csv, distribution: shardedByS3Key}
compute: {instanceType: ml.g5.xlarge, instances: 2, keepAlive: 1h}
output: {to: artifacts, path: models/risk}
hyperparameters: {epochs: 30, amp: true, optimizer: adam}
environment: {LOG_LEVEL: info}
metrics: {"train:loss": "loss=([0-9.]+)", loss: "val_loss=([0-9.]+)"}
register:
  registry: fraud
  when: [{metric: loss, atMost: 0.2}]
  approval: automatic
  inference: {framework: pytorch, version: "2.3"}
  contentTypes: [application/json]
  responseTypes: [application/json]
  instanceTypes: [ml.c6i.xlarge, ml.c6i.2xlarge]
network: {subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d]}
encryptTraffic: true
"""
OWN_IMAGE = """
algorithm: {image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/train:1"}
inputs: {train: {source: artifacts, path: train}}
compute: {instanceType: ml.m5.large}
output: {to: artifacts}
"""
DETECTOR = """
model: {registry: fraud, version: latest-approved, environment: {THRESHOLD: "0.8"}}
serve:
  realtime:
    instanceType: ml.c6i.xlarge
    instances: 4
    volume: 50GiB
    downloadTimeout: 10m
    startupTimeout: 5m
strategy:
  blueGreen:
    twoStep: {size: 25%, bake: 10m}
    terminationWait: 15m
    existingAlarms: [upstream-payments]
analysis:
  - {metric: ModelLatency, statistic: p99, below: 250ms, for: 2m}
  - {metric: Invocation5XXErrors, atMost: 1%}
  - {metric: Invocations, above: 10}
keepRevisions: 3
capture: {sampling: 100%, to: raw}
key: {security: platform, key: data}
"""
FALLBACK = """
model:
  framework: sklearn
  version: "1.2-1"
  artifact: {source: artifacts, path: fallback/model.tar.gz}
serve: {realtime: {instanceType: ml.c6i.large, instances: 1, variant: small}}
capture: {sampling: 10%, modes: [output]}
networkIsolation: true
network: {subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d]}
"""
MONITOR = """
rollout: fraud-detector
requiresCapture: true
key: {security: platform, key: alerts}
alarms:
  - {metric: ModelLatency, above: 400ms, for: 10m}
  - {metric: Invocation5XXErrors, above: 1%}
  - {metric: Invocations, below: 1, for: 2h, missingData: breaching}
  - {metric: CPUUtilization, above: 320%}
subscribers:
  emails: [oncall@acme.example]
  queues: ["arn:aws:sqs:eu-west-1:123456789012:alerts"]
  functions: ["arn:aws:lambda:eu-west-1:123456789012:function:page"]
  webhooks: ["https://events.example/enqueue"]
"""
BUDGET = """
amount: 4000
period: quarterly
thresholds: [{at: 80%}, {at: 100%, of: forecasted}]
subscribers: {emails: [ml@acme.example], monitor: oncall}
"""
DAILY = """
amount: 99.5
period: daily
covers: account
thresholds: [{at: 100%}]
subscribers: {emails: [ml@acme.example]}
"""
AVAILABILITY = """
services:
  sagemaker-neo:
    title: SageMaker Neo
    status: sunset
    since: "2027-01-31"
    until: "2028-01-31"
    reference: https://docs.aws.amazon.com/sagemaker/latest/dg/neo.html
    replacement: the compiler of the framework
    touches:
      - {type: "AWS::SageMaker::CompilationJob"}
      - {type: "AWS::SageMaker::*", member: "*", values: ["*-neo:*"], proves: false}
      - {type: "AWS::SageMaker::Model", member: Neo, unless: {Off: true}}
    calls: [sagemaker.create_compilation_job]
    messages: [compiles for nobody]
    refusesReads: false
    isVersion: false
"""

NEWS = """
type: AWS::SNS::Topic
properties:
  DisplayName: News of ${ref:ModelRegistry/fraud.group}
  KmsMasterKeyId: ${ref:Security/platform.keys.alerts}
  Tags: [{Key: purpose, Value: news}]
holds: nothing
"""
OUTBOX = """
type: AWS::S3::Bucket
properties:
  BucketName: acme-outbox
  LoggingConfiguration:
    DestinationBucketName: ${ref:DataSource/logs.bucket}
    LogFilePrefix: $${literal}/
  NotificationConfiguration:
    TopicConfigurations:
      - {Event: "s3:ObjectCreated:*", Topic: "${ref:Resource/news}"}
"""
NIGHTLY = """
trigger: {schedule: cron(15 2 * * ? *), timezone: Europe/Berlin}
steps:
  - name: find
    query: {sql: SELECT 1}
    writes: {results: {source: raw, path: found}}
"""
PHASES = """
algorithm: {framework: sklearn, version: "1.2-1"}
code: {source: artifacts, path: code/churn.tar.gz, entryPoint: train.py, commit: 4f2c9e1}
parameters: {depth: 6, flavour: plain, rate: 0.1}
prepare:
  framework: sklearn
  code: models/split.py
  outputs: [train, test]
  arguments: {share: "{parameters.rate}", seed: 7}
inputs:
  train: {featureGroup: customer, query: sql/train.sql, asOf: "2026-11-01T06:00:00Z"}
  labels:
    featureGroup: history
    asOf: "2026-10-01"
    contentType: text/csv
    query: {sql: "SELECT * FROM {table} WHERE event_time <= {asOf}", maxScan: 10GiB}
compute: {instanceType: ml.m5.xlarge}
output: {to: artifacts, path: models/churn}
key: {security: platform, key: data}
hyperparameters: {max_depth: "{parameters.depth}", kind: "{parameters.flavour}", rounds: 100}
environment: {FLAVOUR: "{parameters.flavour}"}
evaluate:
  code: models/evaluate.py
  data: prepare.test
  metrics: [auc, recall, cost]
register:
  registry: fraud
  when:
    - {metric: auc, atLeast: 0.9}
    - {metric: auc, notWorseThan: production}
    - {metric: cost, notWorseThan: production, goal: minimize}
  instanceTypes: [ml.c6i.xlarge]
baseline:
  data: prepare.train
  columns: [churned, age_band, spend]
  label: churned
  quality: {}
  bias: {facet: age_band, favoured: adult}
cache: 30d
log: {mlflow: "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/acme"}
retries: 2
maxParallel: 10
trigger:
  schedule: cron(0 4 ? * MON *)
  timezone: Europe/Berlin
  newData: {dataPipeline: nightly}
  approval: {registry: fraud}
  parameters: {depth: 8}
network: {subnets: [subnet-0a1b2c3d], securityGroups: [sg-0a1b2c3d]}
"""
SCORED = """
algorithm: {framework: linear-learner, version: "1"}
inputs: {train: {source: raw, path: train, contentType: text/csv}}
compute: {instanceType: ml.m5.xlarge}
output: {to: artifacts, path: models/scored}
key: {security: platform, key: data}
evaluate:
  data: {source: raw, path: test}
  metrics: [auc, recall]
  threshold: 0.4
register:
  registry: fraud
  when: [{metric: recall, above: 0.5}]
  instanceTypes: [ml.c6i.xlarge]
"""
ALL: Mapping[tuple[str, str], str] = {
    ("Availability", "aws"): AVAILABILITY,
    ("Security", "platform"): SECURITY,
    ("DataSource", "logs"): LOGS,
    ("DataSource", "raw"): RAW,
    ("DataSource", "artifacts"): ARTIFACTS,
    ("DataSource", "labels"): LABELS,
    ("DataSource", "clicks-lake"): CLICKS_LAKE,
    ("DataSource", "shops-lake"): SHOPS_LAKE,
    ("DataSource", "clicks"): CLICKS,
    ("DataSource", "views"): VIEWS,
    ("DataSource", "orders-lake"): ORDERS_LAKE,
    ("DataSource", "orders"): ORDERS,
    ("DataSource", "limits"): LIMITS,
    ("DataSource", "rules"): RULES,
    ("FeatureGroup", "customer"): CUSTOMER,
    ("FeatureGroup", "velocity"): VELOCITY,
    ("FeatureGroup", "history"): HISTORY,
    ("ModelRegistry", "fraud"): REGISTRY,
    ("DataPipeline", "nightly"): NIGHTLY,
    ("Training", "fraud"): TUNING,
    ("Training", "risk"): SCRIPT,
    ("Training", "own-image"): OWN_IMAGE,
    ("Training", "churn"): PHASES,
    ("Training", "scored"): SCORED,
    ("Rollout", "fraud-detector"): DETECTOR,
    ("Rollout", "fallback"): FALLBACK,
    ("Monitor", "oncall"): MONITOR,
    ("Budget", "quarter"): BUDGET,
    ("Budget", "day"): DAILY,
    ("Resource", "news"): NEWS,
    ("Resource", "outbox"): OUTBOX,
}


def world(
    changes: Mapping[tuple[str, str], str] | None = None,
    facts: Mapping[Lookup, Json] | None = None,
) -> World:
    """All specs, some of them replaced."""
    return World({**ALL, **(changes or {})}, facts)
