"""What state machines do step by step, and the schedules and rules that start them."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.access.workloads.site import Site, Thing, Work, name_of, takes
from reconciler.access.workloads.tasks import Task, done
from reconciler.access.workloads.written import definition, inside, known

STATES, SCHEDULER = "states.amazonaws.com", "scheduler.amazonaws.com"
EVENTS = "events.amazonaws.com"
_TRUST = "Step Functions developer guide, Prevent cross-service confused deputy issue"
_LOGS = "Step Functions developer guide, Logging using CloudWatch Logs, IAM policies"
_TAKEN = "EventBridge Scheduler user guide, Confused deputy prevention: the group is the source"
_STARTS = "EventBridge Scheduler user guide, Execution role of a schedule with StartExecution"
_RULES = "EventBridge user guide, Using IAM roles: targets that take one"
_LETTERS = "EventBridge Scheduler user guide, Configuring a dead-letter queue"
DELIVERY = tuple(
    f"logs:{each}"
    for each in (
        "CreateLogDelivery", "DeleteLogDelivery", "DescribeResourcePolicies", "GetLogDelivery",
        "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery",
    )
)  # fmt: skip


def machines(site: Site) -> Iterator[Work]:
    """Each machine as its role, and each schedule and target of a rule as its own."""
    for machine in site.of("StateMachine"):
        yield from _machine(site, machine)
    for schedule in site.of("Schedule"):
        if schedule.type.startswith("AWS::Scheduler"):
            yield from _schedule(site, schedule)
    for rule in site.of("Rule"):
        if rule.type.startswith("AWS::Events"):
            yield from _rule(site, rule)


def held(site: Site) -> frozenset[str]:
    """The ARNs of the roles that machines, schedules and rules have, which say who takes them."""
    found = {str(each.props.get("RoleArn")) for each in site.of("StateMachine")}
    found |= {
        str(target["RoleArn"])
        for rule in site.of("Rule")
        for target in rule.props.get("Targets") or ()
        if target.get("RoleArn")
    }
    for schedule in site.of("Schedule"):
        found.add(str((schedule.props.get("Target") or {}).get("RoleArn")))
    return frozenset(found)


def _machine(site: Site, machine: Thing) -> Iterator[Work]:
    role = str(machine.props["RoleArn"])
    yield takes(site, role, _TRUST, site.arn("states", f"stateMachine:{machine.name}"), STATES)
    if machine.props.get("LoggingConfiguration"):
        call = site.call(role, "logs.DescribeLogGroups")
        yield Work(name_of(role), call, _LOGS, besides=DELIVERY)
    states = [*inside(definition(machine.props))]
    at = known(states)
    for state in states:
        resource, params = str(state.get("Resource", "")), state.get("Parameters")
        if ":states:::" in resource:
            what = resource.rpartition(":states:::")[2]
            task = Task(site, role, machine, what, params or {}, at)
            yield from done(task, state)


def _schedule(site: Site, schedule: Thing) -> Iterator[Work]:
    """A schedule takes its role for its group, starts its machine, and keeps what it could not."""
    target = schedule.props["Target"]
    role, group = str(target["RoleArn"]), str(schedule.props.get("GroupName") or "default")
    yield takes(site, role, _TAKEN, site.arn("scheduler", f"schedule-group/{group}"), SCHEDULER)
    yield from _starts(site, role, str(target["Arn"]), _STARTS)
    if letters := (target.get("DeadLetterConfig") or {}).get("Arn"):
        yield site.does(role, _LETTERS, "sqs.SendMessage", QueueUrl=_address(site, str(letters)))


def _rule(site: Site, rule: Thing) -> Iterator[Work]:
    """A rule takes the role of each target that has one, and starts what that is."""
    for target in rule.props.get("Targets") or ():
        if target.get("RoleArn"):
            role = str(target["RoleArn"])
            yield takes(site, role, _RULES, "", EVENTS)
            yield from _starts(site, role, str(target["Arn"]), _RULES)


def _starts(site: Site, role: str, target: str, source: str) -> Iterator[Work]:
    """A run of a machine or of a pipeline of SageMaker."""
    if ":stateMachine:" in target:
        yield site.does(role, source, "stepfunctions.StartExecution", stateMachineArn=target)
    elif ":pipeline/" in target:
        name = {"PipelineName": target.rpartition("/")[2]}
        yield site.does(role, source, "sagemaker.StartPipelineExecution", **name)


def _address(site: Site, queue: str) -> str:
    """The address of a queue by its ARN."""
    account, name = queue.split(":")[4:6]
    return f"https://sqs.{site.region}.amazonaws.com/{account}/{name}"
