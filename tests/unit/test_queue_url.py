"""What the ARN of a tag page says of how AWS's handlers call a resource."""

import pytest

from reconciler.resources.api import lookup
from reconciler.resources.generic import IDENTIFIER

AT = "eu-west-1:123456789012"
ASKED = {
    (
        "AWS::SQS::Queue",
        f"arn:aws:sqs:{AT}:failed",
    ): f"https://sqs.{AT.replace(':', '.amazonaws.com/')}/failed",
    ("AWS::SQS::Queue", "arn:aws-cn:sqs:cn-north-1:123456789012:a"): (
        "https://sqs.cn-north-1.amazonaws.com.cn/123456789012/a"
    ),
    ("AWS::DynamoDB::Table", f"arn:aws:dynamodb:{AT}:table/t"): "t",
    ("AWS::Kinesis::Stream", f"arn:aws:kinesis:{AT}:stream/s"): "s",
    ("AWS::StepFunctions::StateMachine", f"arn:aws:states:{AT}:stateMachine:m"): (
        f"arn:aws:states:{AT}:stateMachine:m"
    ),
}


@pytest.mark.parametrize(("asked", "first"), ASKED.items(), ids=lambda each: str(each)[:60])
def test_the_first_thing_asked_for_is_the_right_one(asked: tuple[str, str], first: str) -> None:
    type_, arn = asked
    resource = lookup(type_)
    assert resource is not None
    assert resource.generic is not None
    assert resource.generic.by_arn(arn)[0][IDENTIFIER] == first
