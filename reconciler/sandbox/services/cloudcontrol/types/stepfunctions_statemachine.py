"""AWS::StepFunctions::StateMachine, made in moto's Step Functions, so that it can be started."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.sandbox.services.cloudcontrol.mirror import Props, name, pick, retag, taken, text
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.world import WORLD

SET = {
    "EncryptionConfiguration": "encryptionConfiguration",
    "LoggingConfiguration": "loggingConfiguration",
    "TracingConfiguration": "tracingConfiguration",
}


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreateStateMachine; it takes one of that name for the same if it is equal, CC does not."""
    called = name(props, "StateMachineName", WORLD.next_number(), "StateMachine")
    arn = aws.arn("states", f"stateMachine:{called}")
    if read(aws, (arn,)) is not None:
        raise taken(arn)
    made = aws(
        "stepfunctions",
        "CreateStateMachine",
        name=called,
        type=props.get("StateMachineType", "STANDARD"),
        **_given(props),
        tags=[_lower(tag) for tag in props.get("Tags") or ()],
    )
    return (made["stateMachineArn"],)


def _given(props: Props) -> Props:
    definition = text(props.get("DefinitionString") or props.get("Definition") or "{}")
    for key, value in (props.get("DefinitionSubstitutions") or {}).items():
        definition = definition.replace(f"${{{key}}}", str(value))
    blocks = {api: _camel(props[key]) for key, api in SET.items() if props.get(key)}
    return {"definition": definition, "roleArn": props["RoleArn"], **blocks}


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribeStateMachine and its tags."""
    found = aws.look("stepfunctions", "DescribeStateMachine", stateMachineArn=parts[0])
    if found is None:
        return None
    shown: Props = {
        "Arn": found["stateMachineArn"],
        "DefinitionString": found["definition"],
        "Name": found["name"],
        "RoleArn": found["roleArn"],
        "StateMachineName": found["name"],
        "StateMachineType": found.get("type", "STANDARD"),
    }
    shown |= {key: _pascal(found[api]) for key, api in SET.items() if found.get(api)}
    tags = aws("stepfunctions", "ListTagsForResource", resourceArn=parts[0]).get("tags") or []
    named = [{"Key": each["key"], "Value": each["value"]} for each in tags]
    return shown | ({"Tags": named} if named else {})


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """UpdateStateMachine, and tags by calls of their own."""
    given = _given(after)
    if "Definition" not in after and "DefinitionString" not in after:
        given.pop("definition")
    aws("stepfunctions", "UpdateStateMachine", stateMachineArn=parts[0], **given)
    arn = {"resourceArn": parts[0]}
    retag(
        before,
        after,
        lambda put: aws(
            "stepfunctions",
            "TagResource",
            **arn,
            tags=[{"key": key, "value": value} for key, value in put.items()],
        ),
        lambda gone: aws("stepfunctions", "UntagResource", **arn, tagKeys=gone),
    )


def delete(aws: Aws, parts: tuple[str, ...]) -> None:
    """DeleteStateMachine."""
    aws("stepfunctions", "DeleteStateMachine", stateMachineArn=parts[0])


def listed(aws: Aws) -> Iterator[tuple[str, ...]]:
    """ListStateMachines."""
    for each in aws.pages("stepfunctions", "ListStateMachines", "stateMachines"):
        yield (each["stateMachineArn"],)


def _lower(tag: Props) -> Props:
    return pick({"key": tag.get("Key"), "value": tag.get("Value")}, ("key", "value"))


def _camel(value: object) -> object:
    return _renamed(value, str.lower)


def _pascal(value: object) -> object:
    return _renamed(value, str.upper)


def _renamed(value: object, first: object) -> object:
    if isinstance(value, dict):
        return {
            f"{first(key[:1])}{key[1:]}": _renamed(it, first)  # type: ignore[operator]
            for key, it in value.items()
        }
    return [_renamed(it, first) for it in value] if isinstance(value, list) else value
