"""What a feature group's offline store does, and who puts and gets records."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.access.workloads.site import Site, Thing, Work, place, sealed, takes

_STORE = "SageMaker developer guide, AWS managed policy AmazonSageMakerFeatureStoreAccess"
_TRUST = (
    "SageMaker developer guide, Cross-service confused deputy prevention, names no feature store:"
    " nothing may be sent"
)
_RECORDS = "SageMaker API, OnlineStoreSecurityConfig.KmsKeyId: data plane operations"
_ENDPOINT = "SageMaker API, InvokeEndpoint"


def features(site: Site) -> Iterator[Work]:
    """Offline stores, and the online stores' callers."""
    for group in site.of("FeatureGroup"):
        offline = group.props.get("OfflineStoreConfig") or {}
        if offline:
            yield from _offline(site, group)
    for role in site.of("Role"):
        yield from _callers(site, site.arn("iam", f"role/{role.name}", regional=False))


def _offline(site: Site, group: Thing) -> Iterator[Work]:
    role, store = str(group.props["RoleArn"]), group.props["OfflineStoreConfig"]
    yield takes(site, role, _TRUST)
    s3 = store["S3StorageConfig"]
    bucket, prefix = place(str(s3["S3Uri"]))
    stem = f"{prefix}/{site.account}/sagemaker/{site.region}/offline-store/{group.name}-0"
    stem = stem.lstrip("/")
    own = sealed(s3.get("KmsKeyId"))
    yield site.does(role, _STORE, "s3.GetBucketAcl", Bucket=bucket)
    data = {"Bucket": bucket, "Key": f"{stem}/data/0.parquet", "ACL": "bucket-owner-full-control"}
    yield site.does(role, _STORE, "s3.PutObject", **data, **own)
    if store.get("TableFormat") != "Iceberg":
        return
    metadata = {"Bucket": bucket, "Key": f"{stem}/metadata/0.json"}
    yield site.does(role, _STORE, "s3.GetObject", **metadata)
    table = {"DatabaseName": "sagemaker_featurestore"}
    name = f"{group.name.replace('-', '_')}_0"
    yield site.does(role, _STORE, "glue.GetTable", **table, Name=name)
    yield site.does(role, _STORE, "glue.UpdateTable", **table, TableInput={"Name": name})


def _callers(site: Site, role: str) -> Iterator[Work]:
    """Whoever may put or get a record has to be able to use the key it is under."""
    name = role.rsplit("/", 1)[1]
    for group in site.of("FeatureGroup"):
        if (group.props.get("OnlineStoreConfig") or {}).get("EnableOnlineStore"):
            at = {"FeatureGroupName": group.name}
            for operation, params in (
                ("PutRecord", at),
                ("GetRecord", at),
                ("DeleteRecord", at),
                ("BatchGetRecord", {"Identifiers": [at]}),
            ):
                method = f"sagemaker-featurestore-runtime.{operation}"
                call = site.call(role, method, **params)
                yield Work(name, call, _RECORDS, meant=call)
    for endpoint in site.of("Endpoint"):
        call = site.call(role, "sagemaker-runtime.InvokeEndpoint", EndpointName=endpoint.name)
        yield Work(name, call, _ENDPOINT, meant=call)
