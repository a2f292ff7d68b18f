"""kind: Rollout. A model behind an endpoint, and how new versions of it take over.

Models and endpoint configurations are named after their content, so a new
version is a new name and the endpoint's update is the only change of traffic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import (
    Choice,
    Duration,
    Kind,
    Lookup,
    Maybe,
    Problem,
    Reference,
    Role,
    Scope,
    Section,
    Shorthand,
    Size,
    gibibytes,
    register,
    seconds,
)
from reconciler.kinds.terms import deployment
from reconciler.kinds.terms.alarm import (
    ERRORS,
    Errors,
    Latency,
    Level,
    Share,
    Statistic,
    Traffic,
    Watch,
    alarm_props,
    duration_problems,
    level_problems,
    share,
)
from reconciler.kinds.terms.bucket import TYPE as BUCKET
from reconciler.kinds.terms.bucket import bucket_exports, bucket_props
from reconciler.kinds.terms.image import (
    ImageUri,
    InstanceType,
    PythonVersion,
    Wanted,
    framework_image,
)
from reconciler.kinds.terms.key import KeyUse, allow_key, key_arn, report_missing
from reconciler.kinds.terms.location import Location, S3Path, Spot, at, inside
from reconciler.kinds.terms.network import Network
from reconciler.kinds.terms.permissions import (
    allow_base,
    allow_images,
    allow_network,
    allow_read,
    allow_write,
)
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

MODEL = "AWS::SageMaker::Model"
CONFIG = "AWS::SageMaker::EndpointConfig"
ENDPOINT = "AWS::SageMaker::Endpoint"
ALARM = "AWS::CloudWatch::Alarm"
LATEST = "latest-approved"
_VOLUME = (1, 512)
_STARTUP = (60, 3600)
_ENVIRONMENT = 100


class Registered(Section):
    """A version from a model registry."""

    registry: Annotated[str, Reference("ModelRegistry")]
    """The registry that has the version."""
    version: Annotated[int, Field(ge=1)] | Literal["latest-approved"] = LATEST
    """A version number, or the newest one that is approved."""
    environment: Annotated[dict[str, str], Field(max_length=_ENVIRONMENT)] = {}
    """Environment variables of the container, over those of the version. No secrets."""


class Packaged(Section):
    """A model file, and the image that serves it."""

    artifact: Annotated[Location, Shorthand("uri")]
    """The model.tar.gz: a URI, or a DataSource and a path."""
    framework: Maybe[str] = Field(None, examples=["xgboost", "pytorch"])
    """The framework of an image that AWS maintains."""
    version: Maybe[str] = Field(None, examples=["1.7-1"])
    """Its version, in quotes."""
    python: Maybe[PythonVersion] = None
    """Its Python version, where there is a choice."""
    image: Maybe[ImageUri] = None
    """An image of your own, instead of a framework."""
    environment: Annotated[dict[str, str], Field(max_length=_ENVIRONMENT)] = {}
    """Environment variables of the container. No secrets."""


class Realtime(Section):
    """Instances that are always on and answer at once."""

    instance_type: InstanceType
    instances: Annotated[int, Field(ge=1)]
    """How many."""
    variant: Annotated[str, Field(pattern=r"^[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}$")] = "primary"
    """The name of the variant. Guardrails need it to stay the same from version to version."""
    volume: Maybe[Size] = None
    """Disk of each instance, 1 to 512 GiB. By default what the instance type has."""
    download_timeout: Maybe[Duration] = None
    """How long the download of the model may take. 1m to 1h."""
    startup_timeout: Maybe[Duration] = None
    """How long the container may take until it is healthy. 1m to 1h."""


class Serve(Choice):
    """How requests are answered: exactly one way."""

    realtime: Maybe[Realtime] = None


class Expectation(Section):
    """What has to hold while a new version takes over, or it is rolled back."""

    metric: Literal[Latency, Errors, Traffic]
    """A metric of the endpoint."""
    statistic: Maybe[Statistic] = None
    """By default p99 for latencies and the sum for counts."""
    below: Maybe[Level] = None
    """It has to stay below this: a number, or a time such as 250ms for latencies."""
    above: Maybe[Level] = None
    """It has to stay above this."""
    rate: Maybe[Share] = None
    """It has to stay at or below this share of requests, for error metrics."""
    for_: Duration = Field("1m", alias="for")
    """How long it has to be violated, in whole minutes."""


class Capture(Section):
    """Requests and answers kept in S3, for monitoring and retraining."""

    sampling: Annotated[int, Field(ge=0, le=100)]
    """Per cent of the requests."""
    to: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource to write to. By default the endpoint gets a bucket of its own."""
    prefix: Maybe[S3Path] = None
    """Where in the DataSource. By default ``capture/NAME``."""
    modes: Annotated[list[Literal["Input", "Output"]], Field(min_length=1, max_length=2)] = [
        "Input",
        "Output",
    ]
    """What is kept."""


class Rollout(Section):
    """A model behind an endpoint, and how new versions of it take over."""

    model: Registered | Packaged
    """What is served."""
    serve: Serve
    """How requests are answered."""
    strategy: Maybe[deployment.Strategy] = None
    """How a new version takes over. By default all at once."""
    analysis: Annotated[list[Expectation], Field(max_length=10)] = []
    """What has to hold while a new version takes over."""
    on_failure: Literal["rollback", "none"] = "rollback"
    """Whether a violated analysis brings the old version back."""
    capture: Maybe[Capture] = None
    """Whether requests and answers are kept."""
    key: Maybe[KeyUse] = None
    """The key for the disks of the instances."""
    keep_revisions: Annotated[int, Field(ge=1, le=20)] = 1
    """How many models and configurations are kept for a way back, the live one included."""
    network_isolation: bool = False
    """Whether the container is kept from any network call."""
    network: Maybe[Network] = None
    """A VPC to run in."""


def check(spec: Rollout) -> Iterator[Problem]:
    if isinstance(spec.model, Packaged):
        yield from _check_packaged(spec.model)
    realtime = _realtime(spec)
    serve = ("serve", "realtime")
    if realtime.volume and not _VOLUME[0] <= gibibytes(realtime.volume) <= _VOLUME[1]:
        yield Problem((*serve, "volume"), "a disk has 1 to 512 GiB", "use 512GiB or less")
    timeouts = {
        "downloadTimeout": realtime.download_timeout,
        "startupTimeout": realtime.startup_timeout,
    }
    for name, limit in timeouts.items():
        if limit and not _STARTUP[0] <= seconds(limit) <= _STARTUP[1]:
            yield Problem((*serve, name), "this timeout is 1m to 1h", "use 1m to 1h")
    if spec.strategy is not None:
        alarms = len(spec.analysis) if spec.on_failure == "rollback" else 0
        yield from deployment.problems(spec.strategy, realtime.instances, alarms)
    if spec.capture and spec.capture.prefix and spec.capture.to is None:
        yield Problem(("capture", "prefix"), "a prefix needs a DataSource", "add 'to'")
    yield from _check_analysis(spec)


def _check_packaged(model: Packaged) -> Iterator[Problem]:
    yield from model.artifact.problems(("model", "artifact"))
    if (model.image is None) == (model.framework is None):
        yield Problem(("model",), "a model file needs one image", "give 'framework' or 'image'")
    if model.framework is not None and model.version is None:
        yield Problem(("model", "framework"), "a framework has a version", 'add `version: "…"`')
    for name in ("version", "python"):
        if model.image is not None and getattr(model, name) is not None:
            yield Problem(("model", name), "an image has its own version", f"remove {name!r}")


def _check_analysis(spec: Rollout) -> Iterator[Problem]:
    names: set[str] = set()
    for index, rule in enumerate(spec.analysis):
        path = ("analysis", str(index))
        limits = (("below", rule.below), ("above", rule.above), ("rate", rule.rate))
        given = [name for name, value in limits if value is not None]
        if len(given) != 1:
            help_ = "give one of 'below', 'above', 'rate'"
            yield Problem(path, "an expectation has one limit", help_)
            continue
        if rule.rate is not None and rule.metric not in ERRORS:
            help_ = f"use it with one of {', '.join(sorted(ERRORS))}"
            yield Problem((*path, "rate"), f"{rule.metric} has no rate", help_)
        if rule.rate is not None and rule.statistic is not None:
            yield Problem((*path, "statistic"), "a rate is an average", "remove 'statistic'")
        for name, level in (("below", rule.below), ("above", rule.above)):
            if level is not None:
                yield from level_problems(rule.metric, level, (*path, name))
        yield from duration_problems(seconds(rule.for_), (*path, "for"))
        if (name := _alarm_name(rule)) in names:
            yield Problem(path, "this expectation is here twice", "remove one of them")
        names.add(name)


def lookups(spec: Rollout, scope: Scope) -> Iterator[Lookup]:
    if isinstance(spec.model, Registered):
        yield _lookup(spec.model, scope)


def _lookup(model: Registered, scope: Scope) -> Lookup:
    group = scope.export("ModelRegistry", model.registry, "groupName")
    number = model.version if isinstance(model.version, int) else 1
    arn = scope.arn("sagemaker", f"model-package/{group}/{number}")
    params = (("group", group), ("version", str(model.version)))
    return Lookup("model-package", params, {"arn": arn, "version": number})


def exports(spec: Rollout, scope: Scope) -> Mapping[str, Json]:
    endpoint = scope.address(ENDPOINT)
    spot = _capture_spot(spec.capture, scope) if spec.capture is not None else None
    return {
        "endpoint": Ref(endpoint, "EndpointName"),
        "endpointName": endpoint.name,
        "variants": [_realtime(spec).variant],
        "captures": spec.capture is not None and spec.capture.sampling > 0,
        "uri": spot.uri if spot else None,
        "bucketArn": spot.bucket if spot else None,
        "keyArn": spot.key if spot else None,
    }


def build(spec: Rollout, scope: Scope) -> Iterator[Node]:
    report_missing(spec.key, scope, ("key",))
    role = scope.role("hosting", "sagemaker.amazonaws.com", (scope.arn("sagemaker", "*"),))
    container = _container(spec, role, scope)
    if container is None:
        return
    model_props = _model(spec, container, role)
    model = scope.versioned(MODEL, model_props)
    keep = spec.keep_revisions
    lines = {("PrimaryContainer",): ("model",), ("VpcConfig",): ("network",)}
    yield scope.node(model, model_props, lines=lines, keep=keep)
    config_props = _config(spec, model, scope)
    config = scope.versioned(CONFIG, config_props)
    yield scope.node(config, config_props, lines=_CONFIG_LINES, keep=keep)
    if spec.capture is not None and spec.capture.to is None:
        yield _own_bucket(spec, scope)
    _grants(spec, role, scope)
    yield from scope.role_nodes()
    alarms = [*_alarms(spec, scope)]
    yield from alarms
    yield _endpoint(spec, config, [node.address for node in alarms], scope)


def _realtime(spec: Rollout) -> Realtime:
    """The one way to serve there is today; further ways become further members of `Serve`."""
    if spec.serve.realtime is None:  # a choice has exactly one member
        raise AssertionError
    return spec.serve.realtime


def _container(spec: Rollout, role: Role, scope: Scope) -> Props | None:
    """The container of the model; nothing when AWS has no version to serve yet."""
    if isinstance(spec.model, Registered):
        return _registered(spec.model, role, scope)
    model, instance_type = spec.model, _realtime(spec).instance_type
    uri = model.image or framework_image(
        Wanted("inference", instance_type),
        scope,
        ("model", "framework"),
        name=model.framework or "",
        version=model.version or "",
        python=model.python,
    )
    spot = at(model.artifact, scope)
    allow_images(scope, role, [uri])
    allow_read(scope, role, spot)
    return {"Image": uri, "ModelDataUrl": spot.uri, **_environment(model.environment)}


def _registered(model: Registered, role: Role, scope: Scope) -> Props | None:
    fact = scope.fact(_lookup(model, scope))
    if fact is None:
        scope.defer(
            f"registry {model.registry!r} has no approved version yet"
            if model.version == LATEST
            else f"registry {model.registry!r} has no version {model.version}"
        )
        return None
    allow_images(scope, role, fact.get("images") or ())
    if scope.export("ModelRegistry", model.registry, "uri") is not None:
        allow_read(scope, role, inside(scope, "ModelRegistry", model.registry, tree=True))
    else:
        scope.problem(
            ("model", "registry"),
            f"registry {model.registry!r} does not say where its model files are",
            help="add 'artifacts' to it, so that the endpoint may read them",
            code="SPEC031",
            severity=Severity.WARNING,
        )
    return {"ModelPackageName": fact["arn"], **_environment(model.environment)}


def _environment(variables: Mapping[str, str]) -> Props:
    return {"Environment": dict(variables)} if variables else {}


def _model(spec: Rollout, container: Props, role: Role) -> Props:
    props: dict[str, Json] = {
        "PrimaryContainer": container,
        "ExecutionRoleArn": role.arn,
        "EnableNetworkIsolation": spec.network_isolation,
    }
    return {**props, "VpcConfig": spec.network.props()} if spec.network is not None else props


_VARIANT, _SERVE = ("ProductionVariants", "0"), ("serve", "realtime")
_CONFIG_LINES: Mapping[Path, Path] = {
    ("ProductionVariants",): _SERVE,
    (*_VARIANT, "ModelName"): ("model",),
    (*_VARIANT, "VariantName"): (*_SERVE, "variant"),
    (*_VARIANT, "InstanceType"): (*_SERVE, "instanceType"),
    (*_VARIANT, "InitialInstanceCount"): (*_SERVE, "instances"),
    (*_VARIANT, "VolumeSizeInGB"): (*_SERVE, "volume"),
    ("DataCaptureConfig",): ("capture",),
    ("DataCaptureConfig", "InitialSamplingPercentage"): ("capture", "sampling"),
    ("DataCaptureConfig", "DestinationS3Uri"): ("capture", "to"),
    ("KmsKeyId",): ("key",),
}


def _config(spec: Rollout, model: Address, scope: Scope) -> Props:
    realtime = _realtime(spec)
    variant: dict[str, Json] = {
        "VariantName": realtime.variant,
        "ModelName": Ref(model, "ModelName"),
        "InstanceType": realtime.instance_type,
        "InitialInstanceCount": realtime.instances,
        "InitialVariantWeight": 1,
    }
    if realtime.volume is not None:
        variant["VolumeSizeInGB"] = gibibytes(realtime.volume)
    if realtime.download_timeout is not None:
        variant["ModelDataDownloadTimeoutInSeconds"] = seconds(realtime.download_timeout)
    if realtime.startup_timeout is not None:
        variant["ContainerStartupHealthCheckTimeoutInSeconds"] = seconds(realtime.startup_timeout)
    props: dict[str, Json] = {"ProductionVariants": [variant]}
    if spec.capture is not None:
        props["DataCaptureConfig"] = _capture(spec.capture, scope)
    key = key_arn(spec.key, scope)
    return {**props, "KmsKeyId": key} if key is not None else props


def _capture(capture: Capture, scope: Scope) -> Props:
    spot = _capture_spot(capture, scope)
    props: dict[str, Json] = {
        "EnableCapture": capture.sampling > 0,
        "InitialSamplingPercentage": capture.sampling,
        "DestinationS3Uri": spot.uri,
        "CaptureOptions": [{"CaptureMode": mode} for mode in capture.modes],
        "CaptureContentTypeHeader": {
            "CsvContentTypes": ["text/csv"],
            "JsonContentTypes": ["application/json"],
        },
    }
    return {**props, "KmsKeyId": spot.key} if spot.key is not None else props


def _capture_spot(capture: Capture, scope: Scope) -> Spot:
    path = capture.prefix or f"capture/{scope.name}"
    if capture.to is not None:
        return inside(scope, "DataSource", capture.to, path, tree=True)
    own = bucket_exports(scope.address(BUCKET, "capture"))
    uri = text("s3://", own["bucket"], f"/{path}")
    return Spot(uri, own["bucketArn"], text(own["bucketArn"], f"/{path}/*"), None)


def _own_bucket(spec: Rollout, scope: Scope) -> Node:
    address = scope.address(BUCKET, "capture")
    return scope.node(address, bucket_props(scope, address), lines={(): ("capture",)})


def _grants(spec: Rollout, role: Role, scope: Scope) -> None:
    group = f"/aws/sagemaker/Endpoints/{scope.address(ENDPOINT).name}"
    allow_base(scope, role, group, "/aws/sagemaker/Endpoints")
    if spec.capture is not None:
        allow_write(scope, role, _capture_spot(spec.capture, scope))
    allow_key(scope, role, key_arn(spec.key, scope), volumes=True)
    if spec.network is not None:
        allow_network(scope, role)


def _watch(rule: Expectation) -> Watch:
    """The alarm that fires when an expectation is violated."""
    length = seconds(rule.for_)
    if rule.rate is not None:
        return Watch(rule.metric, "average", "GreaterThan", share(rule.rate), length)
    level = rule.below if rule.below is not None else rule.above
    if level is None:  # `check` reports an expectation without a limit
        raise AssertionError
    side = "GreaterThanOrEqualTo" if rule.below is not None else "LessThanOrEqualTo"
    return Watch(rule.metric, rule.statistic, side, level, length)


def _alarm_name(rule: Expectation) -> str:
    watch = _watch(rule)
    low = "-low" if watch.comparison.startswith("Less") else ""
    return f"rollback-{watch.name}{low}"


def _alarms(spec: Rollout, scope: Scope) -> Iterator[Node]:
    """They exist before the endpoint changes, and send no messages: that is a Monitor's part."""
    if spec.on_failure != "rollback":
        return
    for index, rule in enumerate(spec.analysis):
        path = ("analysis", str(index))
        limit = next(name for name in ("below", "above", "rate") if getattr(rule, name) is not None)
        level = getattr(rule, limit)
        props = alarm_props(
            _watch(rule),
            endpoint=scope.address(ENDPOINT).name,
            variant=_realtime(spec).variant,
            description=f"Rolls {scope.name} back: {rule.metric} must hold {limit} {level}",
            notify=[],
        )
        lines = {(): path, ("Threshold",): (*path, limit), ("EvaluationPeriods",): (*path, "for")}
        yield scope.node(scope.address(ALARM, _alarm_name(rule)), props, lines=lines)


def _endpoint(spec: Rollout, config: Address, alarms: list[Address], scope: Scope) -> Node:
    """Counts and weights come from the configuration, so that the spec is what is live."""
    names = [Ref(address, "AlarmName") for address in alarms]
    strategy = spec.strategy or deployment.Strategy.model_construct()
    return scope.node(
        scope.address(ENDPOINT),
        {
            "EndpointConfigName": Ref(config, "EndpointConfigName"),
            "DeploymentConfig": deployment.deployment_props(strategy, names),
            "RetainAllVariantProperties": False,
            "RetainDeploymentConfig": False,
        },
        lines={("EndpointConfigName",): ("model",), ("DeploymentConfig",): ("strategy",)},
    )


register(
    Kind(
        name="Rollout",
        model=Rollout,
        summary="A model behind an endpoint, and how new versions of it take over.",
        check=check,
        lookups=lookups,
        build=build,
        exports=exports,
        example="""\
model: {registry: fraud, version: latest-approved}
serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 4}}
strategy:
  blueGreen:
    canary: {size: {percent: 25}, bake: 10m}
    terminationWait: 10m
analysis:
  - {metric: ModelLatency, statistic: p99, below: 250ms}
  - {metric: Invocation5XXErrors, rate: 1%}
onFailure: rollback
keepRevisions: 3
capture: {sampling: 100}
""",
    )
)
