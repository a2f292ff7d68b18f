"""kind: Security. Encryption keys, and roles for people, pipelines and other services.

Roles of workloads are not written here: each kind compiles its own.
"""

from collections.abc import Iterator, Mapping

from reconciler.facts.principals import apart, vouched
from reconciler.kinds.api import Kind, Named, Scope, days, register, seconds
from reconciler.kinds.security.check import check
from reconciler.kinds.security.spec import IamRole, Key, KeyUsers, Security, Statement
from reconciler.kinds.security.trust import trust
from reconciler.kinds.terms.name import named
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props, Ref

KEY, ROLE = "AWS::KMS::Key", "AWS::IAM::Role"


def names(spec: Security) -> Iterator[Named]:
    for name, key in spec.keys.items():
        yield from named(KEY, key.aws_name, suffix=name, at=("keys", name))
    for name, role in spec.roles.items():
        yield from named(ROLE, role.aws_name, suffix=name, at=("roles", name))


def exports(spec: Security, scope: Scope) -> Mapping[str, Json]:
    return {
        "keys": {name: Ref(scope.address(KEY, name), "Arn") for name in spec.keys},
        "aliases": {
            name: scope.arn("kms", f"alias/{scope.address(KEY, name).name.removeprefix('alias/')}")
            for name, key in spec.keys.items()
            if key.usage == "signing"
        },
        "keyServices": {name: key.users.services for name, key in spec.keys.items()},
        "roles": {name: Ref(scope.address(ROLE, name), "Arn") for name in spec.roles},
    }


def build(spec: Security, scope: Scope) -> Iterator[Node]:
    for name, key in spec.keys.items():
        yield _key(name, key, scope)
    for name, role in spec.roles.items():
        yield _role(name, role, scope)


def _key(name: str, key: Key, scope: Scope) -> Node:
    here = ("keys", name)
    encrypts = key.usage == "encryption"
    return scope.node(
        scope.address(KEY, name),
        {
            "Description": key.description,
            "Enabled": True,
            "EnableKeyRotation": True if encrypts else ...,
            "RotationPeriodInDays": days(key.rotation) if encrypts else ...,
            "PendingWindowInDays": days(key.deletion_window),
            "KeySpec": "SYMMETRIC_DEFAULT" if encrypts else "ECC_NIST_P256",
            "KeyUsage": "ENCRYPT_DECRYPT" if encrypts else "SIGN_VERIFY",
            "MultiRegion": False,
            "KeyPolicy": {
                "Version": "2012-10-17",
                "Statement": [*_key_statements(key.users, scope, encrypts=encrypts)],
            },
        },
        lines={
            (): here,
            ("Description",): (*here, "description"),
            ("RotationPeriodInDays",): (*here, "rotation"),
            ("PendingWindowInDays",): (*here, "deletionWindow"),
            ("KeyPolicy",): (*here, "users"),
        },
    )


def _key_statements(users: KeyUsers, scope: Scope, *, encrypts: bool) -> Iterator[Props]:
    """The account decides by IAM policy; AWS refuses a key that nobody could administer."""
    own = scope.arn("iam", "root", regional=False)
    yield _allow("Administration", {"AWS": own}, ["kms:*"])
    if users.accounts:
        roots = [f"arn:{scope.place.partition}:iam::{account}:root" for account in users.accounts]
        use = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey*"]
        if not encrypts:
            use = ["kms:DescribeKey", "kms:GetPublicKey", "kms:Verify"]
        yield _allow("OtherAccounts", {"AWS": sorted(roots)}, use)
    use = ["kms:Decrypt", "kms:GenerateDataKey*"]
    pinned, others = apart(users.services)
    if pinned:
        statement = _allow("Services", {"Service": pinned}, use)
        yield {**statement, **vouched(pinned[0], scope.place.account)}
    if others:
        yield _allow("OtherServices", {"Service": others}, use)


def _allow(sid: str, principal: Props, actions: list[str]) -> Props:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": "*",
    }


def _role(name: str, role: IamRole, scope: Scope) -> Node:
    here = ("roles", name)
    if role.boundary and scope.boundary and role.boundary != scope.boundary:
        text = f"the environment caps every role with {scope.boundary!r}"
        scope.problem((*here, "boundary"), text, help="leave 'boundary' out")
    document = {"Version": "2012-10-17", "Statement": [_statement(s) for s in role.statements]}
    return scope.node(
        scope.address(ROLE, name),
        {
            "Description": role.description,
            "AssumeRolePolicyDocument": trust(role.assumed_by, scope),
            "ManagedPolicyArns": sorted(role.managed_policies),
            "MaxSessionDuration": seconds(role.max_session),
            "PermissionsBoundary": role.boundary or scope.boundary,
            "Policies": [{"PolicyName": "moorline", "PolicyDocument": document}]
            if role.statements
            else [],
        },
        lines={
            (): here,
            ("Description",): (*here, "description"),
            ("AssumeRolePolicyDocument",): (*here, "assumedBy"),
            ("ManagedPolicyArns",): (*here, "managedPolicies"),
            ("MaxSessionDuration",): (*here, "maxSession"),
            ("PermissionsBoundary",): (*here, "boundary"),
            ("Policies",): (*here, "statements"),
        },
    )


def _statement(statement: Statement) -> Props:
    out: dict[str, Json] = {
        "Effect": statement.effect.capitalize(),
        "Action": sorted(statement.actions),
        "Resource": sorted(statement.resources),
    }
    return {**out, "Condition": statement.conditions} if statement.conditions else out


register(
    Kind(
        name="Security",
        model=Security,
        summary="Encryption keys, and roles that belong to no single workload.",
        check=check,
        build=build,
        named=names,
        exports=exports,
        example="""\
keys:
  data:
    description: Card data at rest.
    rotation: 180d
roles:
  deploy:
    description: GitHub Actions on the main branch.
    assumedBy:
      oidc:
        provider: token.actions.githubusercontent.com
        subject: repo:acme/ml-platform:ref:refs/heads/main
    statements:
      - actions: [sagemaker:DescribeEndpoint]
        resources: ["*"]
""",
    )
)
