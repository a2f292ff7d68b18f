"""What services do without a role of ours, roles of other services, and readers elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from reconciler.access.workloads.machines import held
from reconciler.access.workloads.pipelines import registered
from reconciler.access.workloads.site import Site, Thing, Work, place, pull, sender, takes

_ALARM = "SNS developer guide, Example cases for Amazon SNS access control: CloudWatch alarms"
_BUDGET = "Cost Management user guide, Creating an Amazon SNS topic for budget notifications"
_ACCESS = "S3 user guide, Enabling Amazon S3 server access logging"
_READER = "SageMaker developer guide, Deploy a model version from a different account"
_LAMBDA = "Lambda developer guide, AWSLambdaBasicExecutionRole"
_TAKEN = "IAM user guide, Create a role to delegate permissions to an AWS service"


def others(site: Site) -> Iterator[Work]:
    """Alarms, budgets, access logs, roles that other services take, and readers."""
    yield from _alarms(site)
    yield from _budgets(site)
    yield from _access_logs(site)
    for role in site.of("Role"):
        yield from _taken(site, role)
    for group in site.of("ModelPackageGroup"):
        yield from _readers(site, group)


def _alarms(site: Site) -> Iterator[Work]:
    service = "cloudwatch.amazonaws.com"
    for alarm in site.of("Alarm"):
        says = sender(site, service, site.arn("cloudwatch", f"alarm:{alarm.name}"))
        for name in ("AlarmActions", "OKActions", "InsufficientDataActions"):
            for at in alarm.props.get(name) or ():
                if ":sns:" in str(at):
                    publish = {"TopicArn": str(at), "context": says}
                    yield site.does(service, _ALARM, "sns.Publish", **publish)


def _budgets(site: Site) -> Iterator[Work]:
    service = "budgets.amazonaws.com"
    for budget in site.of("Budget"):
        own = site.arn("budgets", f"budget/{budget.name}", regional=False)
        says = sender(site, service, own)
        for each in budget.props.get("NotificationsWithSubscribers") or ():
            for subscriber in each["Subscribers"]:
                if subscriber["SubscriptionType"] == "SNS":
                    publish = {"TopicArn": str(subscriber["Address"]), "context": says}
                    yield site.does(service, _BUDGET, "sns.Publish", **publish)


def _access_logs(site: Site) -> Iterator[Work]:
    service = "logging.s3.amazonaws.com"
    for bucket in site.of("Bucket"):
        logging = bucket.props.get("LoggingConfiguration") or {}
        if target := logging.get("DestinationBucketName"):
            says = sender(site, service, f"arn:{site.partition}:s3:::{bucket.name}")
            key = f"{logging.get('LogFilePrefix', '')}2030-01-01-00-00-00-0"
            put = {"Bucket": str(target), "Key": key, "context": says}
            yield site.does(service, _ACCESS, "s3.PutObject", **put)


def _taken(site: Site, role: Thing) -> Iterator[Work]:
    """A service takes a role that people wrote; a function logs with it, under its own name.

    A function that is none of the resources is taken to be called like its role. A role with
    policies kept elsewhere may get its permissions from them.
    """
    own = site.arn("iam", f"role/{role.name}", regional=False)
    for service in _services(role.props["AssumeRolePolicyDocument"]):
        if service != "sagemaker.amazonaws.com" and own not in held(site):
            at = site.arn(service.split(".")[0], "any")
            yield takes(site, own, _TAKEN, at, service)
        ours = any(each.props.get("Role") == own for each in site.of("Function"))
        elsewhere = role.props.get("ManagedPolicyArns")
        if service == "lambda.amazonaws.com" and not ours and not elsewhere:
            group = f"/aws/lambda/{role.name}"
            stream = {"logGroupName": group, "logStreamName": "2030/01/01/0"}
            yield site.does(own, _LAMBDA, "logs.CreateLogGroup", logGroupName=group)
            yield site.does(own, _LAMBDA, "logs.CreateLogStream", **stream)
            yield site.does(own, _LAMBDA, "logs.PutLogEvents", **stream)


def _services(trust: Any) -> list[str]:  # noqa: ANN401 - a policy
    found = []
    for statement in trust["Statement"]:
        principal = statement["Principal"]
        named = principal.get("Service", ()) if isinstance(principal, dict) else ()
        found += [named] if isinstance(named, str) else list(named)
    return found


def _readers(site: Site, group: Thing) -> Iterator[Work]:
    """Accounts that a group's policy names deploy its versions: they need model and image too."""
    policy = group.props.get("ModelPackageGroupPolicy") or {}
    roots = {
        str(root)
        for statement in policy.get("Statement") or ()
        for root in statement["Principal"]["AWS"]
    }
    for root in sorted(roots):
        role = root.replace(":root", ":role/reader")
        own = site.arn("sagemaker", f"model-package-group/{group.name}")
        version = site.arn("sagemaker", f"model-package/{group.name}/1")
        yield site.does(
            role, _READER, "sagemaker.DescribeModelPackageGroup", ModelPackageGroupName=own
        )
        yield site.does(role, _READER, "sagemaker.DescribeModelPackage", ModelPackageName=version)
        for each in registered(site, group.name):
            bucket, key = place(each.artifact)
            yield site.does(role, _READER, "s3.GetObject", Bucket=bucket, Key=key)
            for work in pull(site, role, each.image):
                yield Work(work.by, work.call, _READER)
