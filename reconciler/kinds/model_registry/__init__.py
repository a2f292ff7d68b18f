"""kind: ModelRegistry. The versions of one model, and who may use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import DESCRIPTION, Kind, Lookup, Named, Scope, register, seconds
from reconciler.kinds.model_registry import card, existing, fixed, guard, live, share, told
from reconciler.kinds.model_registry.check import check
from reconciler.kinds.model_registry.judged import policy
from reconciler.kinds.model_registry.spec import ModelRegistry
from reconciler.kinds.terms.key import report_missing
from reconciler.kinds.terms.location import inside
from reconciler.kinds.terms.name import named
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

TYPE = "AWS::SageMaker::ModelPackageGroup"


def names(spec: ModelRegistry) -> Iterator[Named]:
    yield from named(TYPE, spec.aws_name)
    if spec.card is not None:
        yield from named(card.TYPE, spec.card.aws_name, at=("card",))


def exports(spec: ModelRegistry, scope: Scope) -> Mapping[str, Json]:
    group = scope.address(TYPE)
    found: dict[str, Json] = {
        "group": Ref(group, "ModelPackageGroupName"),
        "groupName": group.name,
        "groupArn": scope.arn("sagemaker", f"model-package-group/{group.name}"),
        "packageArns": scope.arn("sagemaker", f"model-package/{group.name}/*"),
        **(existing.names(spec.existing) if spec.existing is not None else {}),
        "policy": policy(spec, scope).data(),
        "keep": _keep(spec, scope),
        "immutable": spec.artifacts is not None and spec.artifacts.immutable,
        "signs": _signs(spec, scope),
        **dict.fromkeys(("uri", "bucketArn", "keyArn", "prefix")),
    }
    if spec.artifacts is None:
        return found
    spot = inside(scope, "DataSource", spec.artifacts.source, spec.artifacts.path or "")
    base = scope.export("DataSource", spec.artifacts.source, "prefix")
    prefix = "/".join(filter(None, (base, spec.artifacts.path)))
    key = spec.artifacts.existing_key or spot.key
    where = {"uri": spot.uri, "bucketArn": spot.bucket, "keyArn": key, "prefix": prefix}
    return {**found, **where}


def _keep(spec: ModelRegistry, scope: Scope) -> Json:
    """As `registry.pruning` takes it; nothing where all versions stay."""
    if spec.keep is None:
        return None
    age = seconds(spec.keep.age) if spec.keep.age is not None else 0
    shared = bool(share.readers(spec, scope))
    return {"versions": spec.keep.versions or 0, "age": age, "shared": shared}


def _signs(spec: ModelRegistry, scope: Scope) -> Json:
    """The ARN of the key that signs."""
    if spec.signing is None:
        return None
    use = spec.signing.key
    return scope.export("Security", use.security, "keys").get(use.key)


def lookups(spec: ModelRegistry, scope: Scope) -> Iterator[Lookup]:
    yield from live.lookups(spec, spec.existing or scope.address(TYPE).name)


def build(spec: ModelRegistry, scope: Scope) -> Iterator[Node]:
    given = exports(spec, scope)  # also where nobody asks: what cannot hold models is said here
    group = scope.address(TYPE)
    if spec.existing is not None:
        existing.report(spec.existing, live.known(spec, spec.existing, scope), scope)
        return
    _report_key(spec, scope)
    share.open_files(spec, given, scope)
    share.open_images(spec, scope)
    fixed.protect(spec, given, scope)
    known = live.known(spec, group.name, scope)
    live.report(known, scope)
    yield scope.node(
        group,
        {
            "ModelPackageGroupDescription": scope.description or ...,
            "ModelPackageGroupPolicy": _policy(spec, given, scope),
        },
        lines={
            ("ModelPackageGroupDescription",): DESCRIPTION,
            ("ModelPackageGroupPolicy",): ("readers",) if spec.readers else ("approval",),
        },
    )
    yield from told.build(spec, group.name, scope)
    yield from card.build(spec, group.name, known, scope)


def _policy(spec: ModelRegistry, given: Mapping[str, Json], scope: Scope) -> Props:
    """Readers see the group and its versions, and make models of them; only some decide."""
    versions = given["packageArns"]
    found = [*share.statements(spec, given["groupArn"], versions, scope)]
    found += guard.statements(spec, versions)
    return {"Version": "2012-10-17", "Statement": found} if found else {}


def _report_key(spec: ModelRegistry, scope: Scope) -> None:
    """A key that encrypts signs nothing."""
    if spec.signing is None:
        return
    use = spec.signing.key
    report_missing(use, scope, ("signing", "key"))
    keys = scope.export("Security", use.security, "keys")
    if use.key in keys and use.key not in scope.export("Security", use.security, "aliases"):
        scope.problem(
            ("signing", "key", "key"),
            f"key {use.key!r} of Security {use.security!r} encrypts, and signs nothing",
            help="name a key whose 'usage' is 'signing'",
        )


register(
    Kind(
        name="ModelRegistry",
        model=ModelRegistry,
        summary="The versions of one model, and who may use them.",
        check=check,
        lookups=lookups,
        build=build,
        named=names,
        exports=exports,
        stage="model",
        example="""\
readers: ["210987654321"]
approval:
  approvers: [fraud-risk, "arn:aws:iam::123456789012:role/model-risk"]
  note: AUC and false positives by segment.
  expireAfter: 90d
policy:
  when:
    - {metric: auc, atLeast: 0.95}
    - {metric: auc, notWorseThan: production, tolerance: 0.5%}
  origins: [commit, execution]
stages:
  production: {movers: ["arn:aws:iam::123456789012:role/model-risk"]}
keep: {versions: 20, age: 365d}
card:
  purpose: Probability that a card transaction is fraudulent.
  uses: Scoring card payments at authorization.
  risk: medium
""",
    )
)
