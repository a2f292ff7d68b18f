"""Specs of kind Resource as a template: cfn-lint has nothing to say, and no secret is in it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from reconciler.compile import check, compiler
from reconciler.render.cloudformation.template import template
from reconciler.resources import api as resources
from reconciler.specs import overlay
from reconciler.specs.source import parse

from .linted import problems

SECRET = "def handler(event, context): return 'canary'"
HEAD = "apiVersion: moorline/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nspec:\n"
ENVIRONMENT = '  {platform: acme, account: "123456789012", region: eu-west-1}\n'
SPECS = {
    "events": """
  type: AWS::Kinesis::Stream
  properties:
    ShardCount: 1
    Tags: [{Key: purpose, Value: news}]
""",
    "place": """
  type: AWS::SSM::Parameter
  properties:
    Type: String
    Value: at ${ref:Resource/events.Arn}
    Tags: {purpose: news}
  holds: nothing
""",
    "news": """
  type: AWS::SNS::Topic
  properties: {DisplayName: News}
  holds: nothing
""",
    "runs": """
  type: AWS::IAM::Role
  properties:
    AssumeRolePolicyDocument:
      Version: "2012-10-17"
      Statement:
        - Effect: Allow
          Principal: {Service: lambda.amazonaws.com}
          Action: sts:AssumeRole
""",
    "reads": f"""
  type: AWS::Lambda::Function
  properties:
    Runtime: python3.12
    Handler: index.handler
    Role: ${{ref:Resource/runs.Arn}}
    Code: {{ZipFile: "{SECRET}"}}
    Environment: {{Variables: {{STREAM: "${{ref:Resource/events}}"}}}}
""",
    "slow": """
  type: AWS::CloudWatch::Alarm
  properties:
    ComparisonOperator: GreaterThanThreshold
    EvaluationPeriods: 1
    MetricName: IteratorAge
    Namespace: AWS/Lambda
    Period: 60
    Statistic: Maximum
    Threshold: 1000
    Dimensions: [{Name: FunctionName, Value: "${ref:Resource/reads}"}]
    AlarmActions: ["${ref:Resource/news}"]
""",
}


@cache
def exported() -> tuple[dict[str, Any], list[Any]]:
    text = HEAD.format(kind="Environment", name="test") + ENVIRONMENT
    for name, body in SPECS.items():
        text += "---\n" + HEAD.format(kind="Resource", name=name) + body.lstrip("\n")
    documents = parse(text, "f.yaml").documents
    view, found = overlay.resolve(documents, "test")
    assert view is not None, found
    specs, problems_ = compiler.read(documents, view)
    graph, more = compiler.build(specs, view)
    assert [*problems_, *more, *check.refusals(graph)] == []
    return template(graph, resources.load(), compiler.place_of(view))


def test_cfn_lint_has_nothing_to_say() -> None:
    made, warnings = exported()
    assert warnings == []
    assert problems(made) == []


def test_references_are_functions_of_cloudformation() -> None:
    made = exported()[0]["Resources"]
    by_type = {each["Type"]: each["Properties"] for each in made.values()}
    stream = next(id_ for id_, each in made.items() if each["Type"] == "AWS::Kinesis::Stream")
    where = by_type["AWS::SSM::Parameter"]["Value"]
    assert where == {"Fn::Join": ["", ["at ", {"Fn::GetAtt": [stream, "Arn"]}]]}
    variables = by_type["AWS::Lambda::Function"]["Environment"]["Variables"]
    assert variables == {"STREAM": {"Ref": stream}}


def test_tags_have_the_form_of_the_type() -> None:
    made = exported()[0]["Resources"]
    by_type = {each["Type"]: each["Properties"] for each in made.values()}
    assert by_type["AWS::SSM::Parameter"]["Tags"]["purpose"] == "news"
    assert {"Key": "purpose", "Value": "news"} in by_type["AWS::Kinesis::Stream"]["Tags"]


def test_what_is_never_shown_is_a_parameter() -> None:
    made = exported()[0]
    assert SECRET not in json.dumps(made)
    (parameter,) = made["Parameters"].values()
    assert parameter["NoEcho"] is True


def test_what_holds_something_stays_when_the_stack_goes() -> None:
    kept = {
        each["Type"]: each.get("DeletionPolicy") for each in exported()[0]["Resources"].values()
    }
    assert kept["AWS::Kinesis::Stream"] == "Retain"
    assert kept["AWS::SSM::Parameter"] is kept["AWS::SNS::Topic"] is None
