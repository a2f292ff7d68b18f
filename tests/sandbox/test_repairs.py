"""Where moto differs from AWS in the other services, and the sandbox does not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .conformance import refused

if TYPE_CHECKING:
    from reconciler.sandbox.inprocess import Sandbox

HERE = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
TAGS = [{"Key": "owner", "Value": "risk"}]


def arns(aws: Sandbox, region: str = "eu-west-1", **filters: Any) -> list[str]:
    client = aws.client("resourcegroupstaggingapi", region=region)
    found = client.get_resources(**filters)["ResourceTagMappingList"]
    return [item["ResourceARN"] for item in found]


def test_a_new_bucket_has_todays_defaults(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="new-bucket", **HERE)
    bucket = {"Bucket": "new-bucket"}
    (rule,) = s3.get_bucket_encryption(**bucket)["ServerSideEncryptionConfiguration"]["Rules"]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}
    assert rule["BucketKeyEnabled"] is False
    access = s3.get_public_access_block(**bucket)["PublicAccessBlockConfiguration"]
    assert set(access.values()) == {True}
    (ownership,) = s3.get_bucket_ownership_controls(**bucket)["OwnershipControls"]["Rules"]
    assert ownership == {"ObjectOwnership": "BucketOwnerEnforced"}


def test_a_bucket_may_be_tagged_by_its_creation(aws: Sandbox) -> None:
    configuration = HERE["CreateBucketConfiguration"] | {"Tags": TAGS}
    aws.client("s3").create_bucket(Bucket="new-bucket", CreateBucketConfiguration=configuration)
    assert aws.client("s3").get_bucket_tagging(Bucket="new-bucket")["TagSet"] == TAGS
    assert arns(aws) == ["arn:aws:s3:::new-bucket"]


def test_lifecycle_rules_are_read_back_as_they_were_put(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="new-bucket", **HERE)
    noncurrent = {"NoncurrentDays": 5, "NewerNoncurrentVersions": 2}
    both = {"Prefix": "y/", "ObjectSizeGreaterThan": 10, "Tags": [{"Key": "k", "Value": "v"}]}
    rules = [
        {
            "ID": "a",
            "Status": "Enabled",
            "Filter": {"Prefix": ""},
            "Expiration": {"Days": 3},
            "NoncurrentVersionExpiration": noncurrent,
        },
        {
            "ID": "b",
            "Status": "Disabled",
            "Filter": {"And": both},
            "Transitions": [{"Days": 30, "StorageClass": "STANDARD_IA"}],
        },
    ]
    given = {"Rules": rules}
    s3.put_bucket_lifecycle_configuration(Bucket="new-bucket", LifecycleConfiguration=given)
    assert s3.get_bucket_lifecycle_configuration(Bucket="new-bucket")["Rules"] == rules
    s3.delete_bucket_lifecycle(Bucket="new-bucket")
    get = s3.get_bucket_lifecycle_configuration
    refused("NoSuchLifecycleConfiguration", "", get, Bucket="new-bucket")


def test_the_bucket_key_of_an_encryption_is_read_back(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="new-bucket", **HERE)
    rule = {
        "ApplyServerSideEncryptionByDefault": {
            "SSEAlgorithm": "aws:kms",
            "KMSMasterKeyID": "alias/data",
        },
        "BucketKeyEnabled": True,
    }
    given = {"Rules": [rule]}
    s3.put_bucket_encryption(Bucket="new-bucket", ServerSideEncryptionConfiguration=given)
    found = s3.get_bucket_encryption(Bucket="new-bucket")["ServerSideEncryptionConfiguration"]
    assert found == given
    s3.delete_bucket_encryption(Bucket="new-bucket")
    (rule,) = s3.get_bucket_encryption(Bucket="new-bucket")["ServerSideEncryptionConfiguration"][
        "Rules"
    ]
    assert rule["ApplyServerSideEncryptionByDefault"] == {"SSEAlgorithm": "AES256"}


def test_buckets_are_listed_by_prefix_and_in_pages(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    for name in ("a-3", "a-1", "b-1", "a-2"):
        s3.create_bucket(Bucket=name + "-bucket", **HERE)
    first = s3.list_buckets(Prefix="a-", MaxBuckets=2)
    token = first["ContinuationToken"]
    rest = s3.list_buckets(Prefix="a-", MaxBuckets=2, ContinuationToken=token)
    names = [[item["Name"] for item in page["Buckets"]] for page in (first, rest)]
    assert names == [["a-1-bucket", "a-2-bucket"], ["a-3-bucket"]]
    assert "ContinuationToken" not in rest
    assert first["Buckets"][0]["BucketRegion"] == "eu-west-1"


def deny(**more: Any) -> str:
    resources = ["arn:aws:s3:::new-bucket", "arn:aws:s3:::new-bucket/*"]
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement | more]})


def test_a_tls_only_policy_locks_nobody_out_but_a_plain_denial_does(aws: Sandbox) -> None:
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="new-bucket", **HERE)
    tls_only = deny(Condition={"Bool": {"aws:SecureTransport": "false"}})
    s3.put_bucket_policy(Bucket="new-bucket", Policy=tls_only)
    s3.put_object(Bucket="new-bucket", Key="k", Body=b"x")
    assert json.loads(s3.get_bucket_policy(Bucket="new-bucket")["Policy"]) == json.loads(tls_only)
    s3.put_bucket_policy(Bucket="new-bucket", Policy=deny())
    refused("AccessDenied", "", s3.get_object, Bucket="new-bucket", Key="k")


def test_the_tagging_api_is_paged_and_covers_our_types(aws: Sandbox) -> None:
    aws.client("s3").create_bucket(Bucket="new-bucket", **HERE)
    aws.client("s3").put_bucket_tagging(Bucket="new-bucket", Tagging={"TagSet": TAGS})
    aws.client("sns").create_topic(Name="alerts", Tags=TAGS)
    aws.client("kms").create_key(Tags=[{"TagKey": "owner", "TagValue": "risk"}])
    alarm(aws, "high", Tags=TAGS)
    aws.client("iam").create_role(RoleName="r", AssumeRolePolicyDocument="{}", Tags=TAGS)
    aws.client("sns").create_topic(Name="untagged")
    types = [arn.split(":")[2] for arn in arns(aws)]
    assert types == ["cloudwatch", "kms", "s3", "sns"]
    client = aws.client("resourcegroupstaggingapi")
    pages = client.get_paginator("get_resources").paginate(PaginationConfig={"PageSize": 1})
    sizes = [len(page["ResourceTagMappingList"]) for page in pages]
    assert sizes == [1, 1, 1, 1]


def test_the_tagging_api_shows_a_bucket_in_its_own_region_only(aws: Sandbox) -> None:
    aws.client("s3").create_bucket(Bucket="new-bucket", **HERE)
    aws.client("s3").put_bucket_tagging(Bucket="new-bucket", Tagging={"TagSet": TAGS})
    assert (arns(aws), arns(aws, "us-east-1")) == (["arn:aws:s3:::new-bucket"], [])


def test_a_hundred_resources_with_many_tags_fit_on_one_page(aws: Sandbox) -> None:
    many = [{"Key": f"k{number}", "Value": "v"} for number in range(5)]
    for number in range(101):
        aws.client("sns").create_topic(Name=f"t{number}", Tags=many)
    assert len(arns(aws, ResourcesPerPage=100)) == 100


def alarm(aws: Sandbox, name: str, **more: Any) -> None:
    given = {
        "AlarmName": name,
        "Namespace": "AWS/SageMaker",
        "MetricName": "Invocations",
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Period": 60,
        "Threshold": 5.0,
        "Statistic": "Sum",
    }
    aws.client("cloudwatch").put_metric_alarm(**(given | more))


def test_alarms_come_in_pages_by_prefix_and_by_name(aws: Sandbox) -> None:
    client = aws.client("cloudwatch")
    for name in ("a2", "a1", "b1", "a3"):
        alarm(aws, name)
    pages = client.get_paginator("describe_alarms").paginate(
        AlarmNamePrefix="a", PaginationConfig={"PageSize": 2}
    )
    names = [[item["AlarmName"] for item in page["MetricAlarms"]] for page in pages]
    assert names == [["a1", "a2"], ["a3"]]
    named = client.describe_alarms(AlarmNames=["b1", "nope"])["MetricAlarms"]
    assert [item["AlarmName"] for item in named] == ["b1"]


def test_putting_an_alarm_again_replaces_it_whole_but_for_tags_and_state(aws: Sandbox) -> None:
    client = aws.client("cloudwatch")
    alarm(aws, "high", AlarmDescription="old", TreatMissingData="notBreaching", Tags=TAGS)
    (first,) = client.describe_alarms()["MetricAlarms"]
    assert (first["StateValue"], first["ActionsEnabled"]) == ("INSUFFICIENT_DATA", True)
    client.set_alarm_state(AlarmName="high", StateValue="ALARM", StateReason="test")
    alarm(aws, "high", Threshold=9.0, Tags=[{"Key": "new", "Value": "x"}])
    (shown,) = client.describe_alarms()["MetricAlarms"]
    assert (shown["Threshold"], shown["StateValue"]) == (9.0, "ALARM")
    assert {"AlarmDescription", "TreatMissingData"} & shown.keys() == set()
    assert client.list_tags_for_resource(ResourceARN=shown["AlarmArn"])["Tags"] == TAGS


def test_a_deleted_alarm_takes_its_tags_with_it(aws: Sandbox) -> None:
    alarm(aws, "high", Tags=TAGS)
    aws.client("cloudwatch").delete_alarms(AlarmNames=["high"])
    alarm(aws, "high")
    assert arns(aws) == []


def test_a_new_key_has_a_usage_and_a_spec(aws: Sandbox) -> None:
    shown = aws.client("kms").create_key()["KeyMetadata"]
    assert (shown["KeyUsage"], shown["KeySpec"]) == ("ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT")


@pytest.mark.parametrize(("given", "days"), [({}, 365), ({"RotationPeriodInDays": 180}, 180)])
def test_rotation_tells_its_period(aws: Sandbox, given: dict[str, int], days: int) -> None:
    client = aws.client("kms")
    key = {"KeyId": client.create_key()["KeyMetadata"]["KeyId"]}
    before = client.get_key_rotation_status(**key)
    assert (before["KeyRotationEnabled"], "RotationPeriodInDays" in before) == (False, False)
    client.enable_key_rotation(**key, **given)
    after = client.get_key_rotation_status(**key)
    assert (after["KeyRotationEnabled"], after["RotationPeriodInDays"]) == (True, days)


def test_a_key_pending_deletion_refuses_changes_until_cancelled(aws: Sandbox) -> None:
    client = aws.client("kms")
    key = {"KeyId": client.create_key()["KeyMetadata"]["KeyId"]}
    client.schedule_key_deletion(**key, PendingWindowInDays=7)
    state = client.describe_key(**key)["KeyMetadata"]
    assert (state["KeyState"], "DeletionDate" in state) == ("PendingDeletion", True)
    for change in (client.enable_key, client.enable_key_rotation, client.schedule_key_deletion):
        refused("KMSInvalidStateException", "pending deletion", change, **key)
    target = {"AliasName": "alias/data", "TargetKeyId": key["KeyId"]}
    refused("KMSInvalidStateException", "pending deletion", client.create_alias, **target)
    client.cancel_key_deletion(**key)
    client.enable_key(**key)
    assert client.describe_key(**key)["KeyMetadata"]["KeyState"] == "Enabled"


def test_aliases_move_and_come_in_pages(aws: Sandbox) -> None:
    client = aws.client("kms")
    keys = [client.create_key()["KeyMetadata"]["KeyId"] for _ in range(2)]
    for number in range(5):
        client.create_alias(AliasName=f"alias/a{number}", TargetKeyId=keys[0])
    refused(
        "AlreadyExistsException",
        "",
        client.create_alias,
        AliasName="alias/a0",
        TargetKeyId=keys[1],
    )
    client.update_alias(AliasName="alias/a0", TargetKeyId=keys[1])
    assert client.describe_key(KeyId="alias/a0")["KeyMetadata"]["KeyId"] == keys[1]
    first = client.list_aliases(KeyId=keys[0], Limit=3)
    rest = client.list_aliases(KeyId=keys[0], Limit=3, Marker=first["NextMarker"])
    names = [[item["AliasName"] for item in page["Aliases"]] for page in (first, rest)]
    assert names == [["alias/a1", "alias/a2", "alias/a3"], ["alias/a4"]]
    assert (first["Truncated"], rest["Truncated"]) == (True, False)


def test_a_mail_subscription_waits_for_confirmation(aws: Sandbox) -> None:
    client = aws.client("sns")
    topic = client.create_topic(Name="alerts", Attributes={"KmsMasterKeyId": "alias/data"})
    arn = topic["TopicArn"]
    given = {"TopicArn": arn, "Protocol": "email", "Endpoint": "a@example.com"}
    assert client.subscribe(**given)["SubscriptionArn"] == "pending confirmation"
    queue = "arn:aws:sqs:eu-west-1:123456789012:q"
    client.subscribe(TopicArn=arn, Protocol="sqs", Endpoint=queue)
    found = client.list_subscriptions_by_topic(TopicArn=arn)["Subscriptions"]
    by_protocol = {item["Protocol"]: item["SubscriptionArn"] for item in found}
    assert by_protocol["email"] == "PendingConfirmation"
    assert by_protocol["sqs"].startswith(arn)
    assert client.get_topic_attributes(TopicArn=arn)["Attributes"]["KmsMasterKeyId"] == "alias/data"


def test_a_topic_is_created_again_only_with_the_same_settings(aws: Sandbox) -> None:
    client = aws.client("sns")
    given = {"Name": "alerts", "Attributes": {"KmsMasterKeyId": "alias/data"}, "Tags": TAGS}
    same = {client.create_topic(**given)["TopicArn"] for _ in range(2)}
    assert same == {client.create_topic(Name="alerts")["TopicArn"]}
    other_tags = {"Name": "alerts", "Tags": [{"Key": "owner", "Value": "fraud"}]}
    refused("InvalidParameter", "already exists", client.create_topic, **other_tags)
    other_key = {"Name": "alerts", "Attributes": {"KmsMasterKeyId": "alias/other"}}
    refused("InvalidParameter", "already exists", client.create_topic, **other_key)


def test_a_trust_policy_that_is_no_json_is_refused(aws: Sandbox) -> None:
    client = aws.client("iam")
    create, change = client.create_role, client.update_assume_role_policy
    code = "MalformedPolicyDocument"
    refused(code, "", create, RoleName="r", AssumeRolePolicyDocument="no json")
    create(RoleName="r", AssumeRolePolicyDocument="{}")
    refused(code, "", change, RoleName="r", PolicyDocument="no json")


def test_the_account_overview_shows_roles_whole_and_in_pages(aws: Sandbox) -> None:
    client = aws.client("iam")
    trust = {"Version": "2012-10-17", "Statement": []}
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    managed = client.create_policy(PolicyName="p", PolicyDocument=policy)["Policy"]["Arn"]
    for number in range(3):
        role = {"RoleName": f"role-{number}"}
        client.create_role(**role, AssumeRolePolicyDocument=json.dumps(trust), Tags=TAGS)
        client.put_role_policy(**role, PolicyName="inline", PolicyDocument=policy)
        client.attach_role_policy(**role, PolicyArn=managed)
    pages = client.get_paginator("get_account_authorization_details").paginate(
        Filter=["Role"], PaginationConfig={"PageSize": 2}
    )
    details = [page["RoleDetailList"] for page in pages]
    assert [len(page) for page in details] == [2, 1]
    role = details[0][0]
    assert role["AssumeRolePolicyDocument"] == trust
    assert role["Tags"] == TAGS
    assert role["AttachedManagedPolicies"] == [{"PolicyName": "p", "PolicyArn": managed}]
    (inline,) = role["RolePolicyList"]
    assert inline == {"PolicyName": "inline", "PolicyDocument": json.loads(policy)}


def test_amazons_managed_policies_exist(aws: Sandbox) -> None:
    client = aws.client("iam")
    client.create_role(RoleName="r", AssumeRolePolicyDocument="{}")
    arn = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    client.attach_role_policy(RoleName="r", PolicyArn=arn)
    assert client.get_policy(PolicyArn=arn)["Policy"]["AttachmentCount"] == 1


def test_who_asks_is_who_the_trail_says(aws: Sandbox) -> None:
    sts = aws.client("sts")
    assert "moto" not in sts.get_caller_identity()["Arn"]


def test_ids_of_zones_begin_as_awss_do(aws: Sandbox) -> None:
    for number in range(5):
        made = aws.client("route53").create_hosted_zone(Name="e.com", CallerReference=str(number))
        assert made["HostedZone"]["Id"].startswith("/hostedzone/Z")
