"""What a pipeline is made of: a machine, when it starts, what it runs, where its failures go."""

from __future__ import annotations

from reconciler.model.value import Ref

from .sample import IMAGE, Sample, statement, trust

TRUST = trust("states.amazonaws.com")
TRUST["Statement"][0]["Principal"] = {
    "Service": [f"{each}.amazonaws.com" for each in ("glue", "lambda", "scheduler", "states")]
}
LOGS = [
    "logs:CreateLogDelivery",
    "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies",
    "logs:GetLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:UpdateLogDelivery",
]
runner = Sample(
    "AWS::IAM::Role",
    "acme-test-runner",
    minimal={"AssumeRolePolicyDocument": TRUST},
    full={
        "AssumeRolePolicyDocument": TRUST,
        "Policies": [
            {
                "PolicyName": "moorline",
                "PolicyDocument": statement(
                    Action=[*LOGS, "states:StartExecution", "events:Put*"], Resource="*"
                ),
            }
        ],
    },
)
RUNNER = Ref(runner.address, "Arn")
MACHINE = '{"StartAt":"done","States":{"done":{"Type":"Succeed"}}}'
OTHER = '{"StartAt":"end","States":{"end":{"Type":"Succeed"}}}'
logs = Sample(
    "AWS::Logs::LogGroup",
    "acme-test-runs",
    minimal={},
    full={"RetentionInDays": 90},
    edits=({"RetentionInDays": 30}, {"RetentionInDays": 365}),
)
queue = Sample(
    "AWS::SQS::Queue",
    "acme-test-failed",
    minimal={},
    full={"MessageRetentionPeriod": 1209600, "VisibilityTimeout": 60},
    edits=({"MessageRetentionPeriod": 345600}, {"VisibilityTimeout": 30}),
)
machine = Sample(
    "AWS::StepFunctions::StateMachine",
    "acme-test-clean",
    minimal={"DefinitionString": MACHINE, "RoleArn": RUNNER},
    full={"DefinitionString": MACHINE, "RoleArn": RUNNER, "StateMachineType": "STANDARD"},
    edits=({"DefinitionString": OTHER},),
    breaks=({"StateMachineType": "EXPRESS"},),
    needs=(runner,),
)
group = Sample(
    "AWS::Scheduler::ScheduleGroup", "acme-test-clean", minimal={}, full={}, edits=(), breaks=()
)
ARN = Ref(machine.address, "Arn")
TARGET = {"Arn": ARN, "RoleArn": RUNNER, "Input": "{}"}
IN = {"GroupName": Ref(group.address, "Name")}
LEAST = {
    **IN,
    "ScheduleExpression": "rate(6 hours)",
    "FlexibleTimeWindow": {"Mode": "OFF"},
    "Target": {"Arn": ARN, "RoleArn": RUNNER},
}
schedule = Sample(
    "AWS::Scheduler::Schedule",
    "acme-test-clean/acme-test-nightly",
    minimal=LEAST,
    full={
        **IN,
        "Description": "Every night.",
        "ScheduleExpression": "cron(15 2 * * ? *)",
        "ScheduleExpressionTimezone": "Europe/Berlin",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
        "State": "DISABLED",
        "Target": TARGET,
    },
    edits=(
        {"ScheduleExpression": "cron(15 3 * * ? *)"},
        {"State": "ENABLED"},
        {"ScheduleExpressionTimezone": "UTC"},
    ),
    needs=(runner, group, machine),
)
job = Sample(
    "AWS::Glue::Job",
    "acme-test-clean",
    minimal={"Role": RUNNER, "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/clean.py"}},
    full={
        "Role": RUNNER,
        "Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": "s3://b/clean.py"},
        "GlueVersion": "5.0",
        "WorkerType": "G.1X",
        "NumberOfWorkers": 2,
        "ExecutionProperty": {"MaxConcurrentRuns": 2},
        "DefaultArguments": {"--job-language": "python"},
        "Timeout": 60,
    },
    edits=(
        {"NumberOfWorkers": 4},
        {"Command": {"Name": "glueetl", "PythonVersion": "3", "ScriptLocation": "s3://b/d.py"}},
        {"DefaultArguments": {"--job-language": "python", "--in": "s3://b/in"}},
    ),
    needs=(runner,),
)
workgroup = Sample(
    "AWS::Athena::WorkGroup",
    "acme-test-clean",
    minimal={},
    full={
        "State": "ENABLED",
        "WorkGroupConfiguration": {
            "EnforceWorkGroupConfiguration": True,
            "ResultConfiguration": {"OutputLocation": "s3://b/results"},
        },
    },
    edits=({"State": "DISABLED"},),
)
rule = Sample(
    "AWS::Events::Rule",
    "acme-test-new",
    minimal={"EventPattern": {"source": ["aws.s3"]}},
    full={
        "EventPattern": {"source": ["aws.s3"], "detail-type": ["Object Created"]},
        "State": "ENABLED",
        "Targets": [{"Id": "machine", "Arn": ARN, "RoleArn": RUNNER}],
    },
    edits=({"State": "DISABLED"}, {"EventPattern": {"source": ["aws.sagemaker"]}}),
    needs=(runner, machine),
)
function = Sample(
    "AWS::Lambda::Function",
    "acme-test-score",
    minimal={"Role": RUNNER, "PackageType": "Image", "Code": {"ImageUri": IMAGE}},
    full={
        "Role": RUNNER,
        "PackageType": "Image",
        "Code": {"ImageUri": IMAGE},
        "Description": "Scores.",
        "MemorySize": 512,
        "Timeout": 60,
        "Environment": {"Variables": {"LEVEL": "info"}},
        "LoggingConfig": {"LogFormat": "JSON", "LogGroup": "acme-test-runs"},
    },
    edits=(
        {"MemorySize": 1024},
        {"Code": {"ImageUri": IMAGE.replace(":1", ":2")}, "Description": "Scores better."},
        {"Description": "Scores all."},
        {"Environment": {"Variables": {"LEVEL": "debug"}}},
    ),
    needs=(runner, logs),
)
application = Sample(
    "AWS::EMRServerless::Application",
    "acme-test-clean",
    minimal={"Type": "SPARK", "ReleaseLabel": "emr-7.5.0"},
    full={
        "Type": "SPARK",
        "ReleaseLabel": "emr-7.5.0",
        "Architecture": "X86_64",
        "MaximumCapacity": {"Cpu": "16 vCPU", "Memory": "64 GB"},
        "AutoStopConfiguration": {"Enabled": True, "IdleTimeoutMinutes": 15},
    },
    edits=(
        {"ReleaseLabel": "emr-7.6.0"},
        {"MaximumCapacity": {"Cpu": "32 vCPU", "Memory": "128 GB"}},
    ),
    breaks=({"Type": "HIVE"},),
)
