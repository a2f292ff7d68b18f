"""Words that people bring from Terraform, CloudFormation, Kubernetes and SageMaker.

They are not near in spelling to what is written here, so their letters do not find it. `WORDS`
says what a word stands for: the first of its meanings that may be written at the place is meant.
`SENTENCES` says where else to write it, by kind where one kind differs. A word is looked up in
lower case, without hyphens and underscores.
"""

from __future__ import annotations

from collections.abc import Mapping

_TABLE = """
actions: statements
alarm: Monitor
alarmactions: subscribers
alarmconfiguration: existingAlarms analysis
alert: Monitor
algorithmspecification: algorithm
annotations: tags
artifacts: artifact
assumerolepolicy: assumedBy
assumerolepolicydocument: assumedBy
autorollbackconfiguration: analysis onFailure
baketime: bake
bigint: integral
bluegreenupdatepolicy: blueGreen strategy
bool: string
boolean: string
bucket: s3 existing to source DataSource
bucketname: existing s3 to source
budgetlimit: amount
canary: twoStep
canarysize: size
capturemodes: modes
comparisonoperator: above below
container: image model
containerimage: image
contenttypes: contentType
count: instances
cronjob: Training
datacapture: capture
datacaptureconfig: capture
dataset: DataSource
date: string
datetime: string
decimal: fractional
deployment: strategy Rollout
deploymentconfig: strategy
desiredcapacity: instances
desiredcount: instances
disk: volume
docker: image
double: fractional
downtime: traffic
email: emails
emailaddresses: emails
encryption: key
endpoint: Rollout rollout
endpointconfig: serve
env: environment
environmentvariables: environment
envvars: environment
evaluationperiods: for
eventtimefeaturename: eventTime
eventtimestamp: eventTime
expiration: expireAfter
expirationindays: expireAfter
featuredefinitions: features
featuregroupname: featureGroup
featurestore: FeatureGroup
fields: features columns
float: fractional
float32: fractional
float64: fractional
function: functions Resource
glue: glue glueTable
iam: Security
imageuri: image
inferenceservice: Rollout
initialinstancecount: instances
initialsamplingpercentage: sampling
inputdataconfig: inputs
instance: instanceType
instancecount: instances
int: integral
int32: integral
int64: integral
integer: integral integer
job: Training
keepaliveperiodinseconds: keepAlive
kms: key keys
kmskey: key Security
kmskeyarn: key
kmskeyid: key
labels: tags
lambda: functions Resource
lifecycleconfiguration: lifecycle
lifecyclerule: lifecycle
lifecyclerules: lifecycle
limit: amount above atMost
limitamount: amount
linearstepsize: size
logs: history accessLogs
long: integral
machinetype: instanceType
max: maximize
maximum: atMost
maxnumberoftrainingjobs: maxJobs
maxparalleltrainingjobs: maxParallelJobs
maxruntimeinseconds: maxRuntime
maxvalue: atMost
maxwaittimeinseconds: maxWait
memory: inMemory
min: minimize
minimum: atLeast
minreplicas: instances
minvalue: atLeast
model: model Rollout
modeldata: artifact
modeldataurl: artifact
modelpackagegroup: ModelRegistry
modeluri: artifact
notifications: subscribers
number: fractional
objectivemetric: objective
offlinestore: offline
offlinestoreconfig: offline
on: of
onlinestore: online
onlinestoreconfig: online
outputdataconfig: output
parameters: hyperparameters variables
pause: approve
percent: at size sampling
percentage: at sampling size
pipeline: Training
policies: statements
policy: statements
policydocument: statements
policystatement: statements
prefix: path prefix
primarykey: recordId
principal: assumedBy
properties: properties spec
queue: queues Resource
rate: atMost above
receivers: subscribers
recordidentifier: recordId
recordidentifierfeaturename: recordId
registry: registry ModelRegistry
replicas: instances
request: input
resourceconfig: compute
response: output
retention: expireAfter keepRevisions
retentionperiod: expireAfter
role: Security
rollback: onFailure
s3: s3 DataSource
s3bucket: s3 existing to source DataSource
s3prefix: path prefix
s3uri: uri path
samplingpercentage: sampling
schema: columns features
securitygroupids: securityGroups
serverlessconfig: serve
serversideencryption: key
setweight: weight
sns: subscribers monitor
snstopic: monitor subscribers
sqs: queues
stack: Environment platform
stage: Environment environment
stoppingcondition: maxRuntime
storagesize: volume
str: string
subnetids: subnets
subscriptionids: subscribers
subscriptions: subscribers
table: Resource
tag: tags
tagging: tags
threshold: above thresholds
throughputconfig: throughput
timestamp: string eventTime
timeunit: period
topic: monitor
trafficrouting: strategy
trainingimage: image algorithm
trainingjob: Training
trustpolicy: assumedBy
ttl: expireAfter
ttlduration: expireAfter
vars: variables
versioningconfiguration: versioning
volumesize: volume
volumesizeingb: volume
vpc: network
vpcconfig: network
warmpool: keepAlive
webhook: webhooks
workspace: Environment
"""
WORDS: Mapping[str, tuple[str, ...]] = {
    word: tuple(meanings.split())
    for word, _, meanings in (line.partition(": ") for line in _TABLE.split("\n") if line)
}
_ROLE = (
    "leave it out: Moorline makes the role, with exactly what this spec needs;"
    " roles of your own are specs of kind Security"
)
_NAMED = "the name of a spec is `metadata.name`"
_PLACE = "where a platform is, its environment says: `environments/NAME.yaml`"
_LOST = "leave it out: what may be lost, `protection` of the environment says"
_TAGS = "tags of one spec are `metadata.tags`, those of all are `spec.tags` of the environment"
_PRIVATE = "leave it out: buckets are always private, encrypted and owned by the account"
_ORDER = "leave it out: specs name each other, and the order follows from that"
_TYPES = "any AWS type is a spec of kind Resource: `type: AWS::…` and its `properties`"
_WHEN = "what has to hold of a model is `register.when: [{metric: auc, atLeast: 0.9}]`"
SENTENCES: Mapping[str, Mapping[str, str]] = {
    "": {
        "account": _PLACE,
        "accountid": _PLACE,
        "acl": _PRIVATE,
        "annotations": _TAGS,
        "arn": "leave it out: AWS makes the ARN",
        "blockpublicaccess": _PRIVATE,
        "bucket": "a bucket is a spec of kind DataSource, and other specs name that",
        "bucketname": "a bucket is a spec of kind DataSource, and other specs name that",
        "condition": "what differs by environment is in `overrides` of the environment",
        "count": "write one spec for each",
        "createbeforedestroy": "leave it out: Moorline knows what must come first",
        "deletionpolicy": _LOST,
        "deletionprotection": _LOST,
        "dependson": _ORDER,
        "description": "the description of a spec is `metadata.description`",
        "enabled": "leave the section out to turn it off",
        "executionrole": _ROLE,
        "executionrolearn": _ROLE,
        "forcedestroy": _LOST,
        "foreach": "write one spec for each",
        "iamrole": _ROLE,
        "id": _NAMED,
        "labels": _TAGS,
        "lifecycle": _LOST,
        "name": _NAMED,
        "namespace": _PLACE,
        "outputs": "leave it out: specs name each other, and `moorline explain` shows them",
        "owner": "the owner of a spec is `metadata.owner`",
        "parameters": "what differs by environment is in `variables` of the environment",
        "preventdestroy": _LOST,
        "profile": "leave it out: set AWS_PROFILE where you run Moorline",
        "provider": _PLACE,
        "publicaccessblock": _PRIVATE,
        "region": _PLACE,
        "resource": _TYPES,
        "resources": _TYPES,
        "role": _ROLE,
        "rolearn": _ROLE,
        "servicerole": _ROLE,
        "status": "leave it out: `moorline drift` says how it is",
        "tag": _TAGS,
        "tagging": _TAGS,
        "tags": _TAGS,
        "tagsall": _TAGS,
        "type": "what a spec is, `kind` says; " + _TYPES,
        "updatereplacepolicy": _LOST,
    },
    "DataSource": {
        "bucket": "`s3: {}` makes a bucket, `s3: {existing: NAME}` uses one that is there",
        "bucketname": "`s3: {}` makes a bucket, `s3: {existing: NAME}` uses one that is there",
    },
    "Environment": {
        "executionrolearn": "roles that Moorline takes are `roles.plan` and `roles.apply`",
        "profile": "leave it out: set AWS_PROFILE where you run Moorline",
        "provider": "`account` and `region` say where it is",
        "role": "roles that Moorline takes are `roles.plan` and `roles.apply`",
        "rolearn": "roles that Moorline takes are `roles.plan` and `roles.apply`",
        "tag": "tags of all resources are `spec.tags`",
    },
    "Training": {
        "conditions": _WHEN,
        "evaluation": _WHEN,
        "threshold": _WHEN,
    },
}
"""By kind, "" for all of them."""
