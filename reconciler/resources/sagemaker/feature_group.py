"""AWS::SageMaker::FeatureGroup.

Features can be appended to a live group, a TTL or throughput can be retuned, and
a standard store becomes one of the second version. Every other edit needs a new
group, which loses the online store; the offline data in S3 and its Glue table
stay behind in any case (AWS_FACTS 2).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Change
from reconciler.model.value import Json, Props
from reconciler.resources.api import (
    Lifecycle,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Settling,
    Whole,
    absent,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.calendar import Day
from reconciler.resources.codecs import Codec
from reconciler.resources.narrow import Narrowing
from reconciler.resources.review import Pending
from reconciler.resources.sagemaker.feature_metadata import FEATURE, Metadata
from reconciler.resources.sagemaker.feature_review import foresee, review
from reconciler.resources.sagemaker.service import ADD_TAGS, PASS_ROLE, SPREADING, arn, tagging

NAME = {"FeatureGroupName": "{name}"}
MOST = 100
"""Features that one request may add."""
ONLINE = "OnlineStoreConfig"
SECOND = "Standard_V2"
EVENT = "their event time"
SECONDS = {"Seconds": 1, "Minutes": 60, "Hours": 3600, "Days": 86400, "Weeks": 604800}


def update(change: Change) -> Iterator[Request]:
    """SageMaker takes one kind of update per request, each when the one before has ended.

    The throughput comes last: it is the one that AWS may refuse for a day. A TTL is taken away by
    one without unit and value. Source: UpdateFeatureGroup.
    """
    added = change.appended("FeatureDefinitions", key="FeatureName")
    for first in range(0, len(added), MOST):
        yield Request("update_feature_group", {"FeatureAdditions": added[first : first + MOST]})
    if online := _online(change):
        yield Request("update_feature_group", {ONLINE: online})
    if throughput := change.wanted("ThroughputConfig"):
        yield Request("update_feature_group", throughput)


def _online(change: Change) -> dict[str, Json]:
    """What of the online store changes; a part that does not is left out."""
    if not change.touches(ONLINE):
        return {}
    want, have = change.desired.get(ONLINE) or {}, change.live.get(ONLINE) or {}
    found: dict[str, Json] = {}
    if "TtlDuration" in want and (want["TtlDuration"] or {}) != (have.get("TtlDuration") or {}):
        found["TtlDuration"] = want["TtlDuration"] or {}
    if want.get("StorageType") == SECOND and have.get("StorageType", "Standard") != SECOND:
        found["StorageType"] = SECOND
    return found


def _create(body: Json) -> Json:
    """A TTL that is not wanted is left out."""
    online = body.get("OnlineStoreConfig")
    if not online or online.get("TtlDuration"):
        return body
    kept = {key: value for key, value in online.items() if key != "TtlDuration"}
    return {**body, "OnlineStoreConfig": kept}


def _read(answer: Json) -> Json:
    """No online store is one that is off, so that taking a live one away shows as a difference."""
    if not isinstance(answer, Mapping) or (answer.get(ONLINE) or {}).get("EnableOnlineStore"):
        return answer
    return {**answer, ONLINE: {"EnableOnlineStore": False}}


def shorter(before: Json, after: Json) -> str:
    """A time to live that is shorter, or that there was none of."""
    if _seconds(after) >= _seconds(before):
        return ""
    unit = after["Unit"].lower()
    unit = unit[:-1] if after["Value"] == 1 else unit
    return f"records older than {after['Value']} {unit} leave the online store"


def calendar(props: Props) -> Iterator[Day]:
    """Records leave the online store after their time to live; the history keeps them."""
    ttl = (props.get(ONLINE) or {}).get("TtlDuration")
    if ttl:
        yield Day("records of the online store", _seconds(ttl) / SECONDS["Days"], since=EVENT)


def _seconds(ttl: Json) -> float:
    return ttl["Value"] * SECONDS[ttl["Unit"]] if ttl else float("inf")


register(
    Resource(
        type="AWS::SageMaker::FeatureGroup",
        service="sagemaker",
        aside=Aside(
            needs={"create_feature_group": (ADD_TAGS, PASS_ROLE)}, looks=("glue:GetTable",)
        ),
        reach=Reach.REGIONAL,
        name="FeatureGroupName",
        key=NAME,
        read=Op("describe_feature_group", NAME),
        whole=Whole(
            has=members(
                "CreationTime",
                "EventTimeFeatureName",
                "FeatureDefinitions",
                "FeatureGroupArn",
                "FeatureGroupStatus",
                "RecordIdentifierFeatureName",
            ),
            one_of=(ONLINE, "OfflineStoreConfig"),
            same={"FeatureGroupName": ("FeatureGroupName",)},
        ),
        create=Op("create_feature_group", NAME),
        delete=Op("delete_feature_group", NAME),
        absent=(absent("ResourceNotFound"),),
        transient=(
            *SPREADING,
            absent("ValidationException", r"Invalid S3Uri provided"),
            absent("ValidationException", r"(?i)update.* in progress|being updated"),
            absent("ResourceInUse", r"(?i)updat"),
        ),
        outputs={"FeatureGroupArn": ("FeatureGroupArn",)},
        created={"FeatureGroupArn": ("FeatureGroupArn",)},
        predict={"FeatureGroupArn": arn("feature-group")},
        arn=arn("feature-group"),
        limit=64,
        root=Codec(decode=_read),
        body=Codec(encode=_create),
        paged={"FeatureDefinitions": "NextToken"},
        listings=(
            Listing(
                method="list_feature_groups",
                at="FeatureGroupSummaries",
                name="FeatureGroupName",
                params={"NameContains": "{prefix}", "MaxResults": 100},
            ),
        ),
        lifecycle=Lifecycle(
            field="FeatureGroupStatus",
            ready=codes("Created"),
            busy=codes("Creating", "Deleting"),
            failed=codes("CreateFailed", "DeleteFailed"),
            empty=codes("CreateFailed"),
            settles=(
                Settling(
                    path="LastUpdateStatus.Status",
                    busy=codes("InProgress"),
                    failed=codes("Failed"),
                ),
            ),
            usual=120.0,  # tables of both stores; a guess
        ),
        vanishes=True,
        tags=tagging("feature-group"),
        append_only={"FeatureDefinitions": "FeatureName"},
        keyed={"FeatureDefinitions": FEATURE, "FeatureMetadata": FEATURE},
        parts=(Metadata(),),
        defaults={
            f"{ONLINE}.StorageType": "Standard",
            "OfflineStoreConfig.DisableGlueTableCreation": False,
            "OfflineStoreConfig.TableFormat": "Glue",
            "ThroughputConfig.ThroughputMode": "OnDemand",
        },
        apart=frozenset({ONLINE, "ThroughputConfig", "FeatureMetadata"}),
        pending=Pending(review=review, foresee=foresee),
        holds="records",
        calendar=calendar,
        narrows=(Narrowing(path=f"{ONLINE}.TtlDuration", destroys="records", lost=shorter),),
        refers=("AWS::Glue::Database", "AWS::IAM::Role", "AWS::KMS::Key", "AWS::S3::Bucket"),
        update=update,
    )
)
