"""A load balancer in front of an endpoint: a target group and a function for each variant.

An endpoint cannot be a target (ELB API reference, CreateTargetGroup: instances, addresses,
functions, load balancers). So each group has a function that asks for its variant, and the weights
of the one rule decide. A driver finds that rule by its tag, and the groups by theirs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Scope, percent
from reconciler.kinds.rollout.expose.front import ENDPOINT, front, function, let_in
from reconciler.kinds.rollout.expose.spec import Balancer, Domain
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

ELB = "AWS::ElasticLoadBalancingV2::"
BALANCER, GROUP, LISTENER, RULE = (
    f"{ELB}LoadBalancer",
    f"{ELB}TargetGroup",
    f"{ELB}Listener",
    f"{ELB}ListenerRule",
)
FIREWALL = "AWS::EC2::SecurityGroup"
SPLIT_TAG, VARIANT_TAG = "moorline:split", "moorline:variant"
TEST_TAG = "moorline:split-by"
"""On a rule that follows a test, which opens its variants and closes them."""
FRONT_TAG = "moorline:front"
CANDIDATE = "candidate"
AT: Path = ("expose", "balancer")
NOWHERE: Props = {"IpProtocol": "-1", "CidrIp": "127.0.0.1/32"}
POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"
PRIORITY, PER_CENT = 10, 100


def shares_of(balancer: Balancer, serving: str, tested: Mapping[str, str]) -> dict[str, int]:
    """Weights at rest, by variant; a test, whose shares `tested` has, is opened by its driver."""
    if tested:
        return {name: PER_CENT if name == serving else 0 for name in tested}
    if balancer.shares:
        return {name: round(percent(share)) for name, share in balancer.shares.items()}
    return {serving: PER_CENT, CANDIDATE: 0}


def build(
    balancer: Balancer,
    domain: Domain | None,
    shares: Mapping[str, int],
    scope: Scope,
    *,
    tested: bool,
) -> Iterator[Node]:
    """The load balancer, its listener and rule, and for each variant a group and a function."""
    port = 443 if domain else 80
    yield from front(scope, tuple(shares))
    yield _firewall(balancer, port, scope)
    yield scope.node(
        scope.address(BALANCER),
        {
            "Type": "application",
            "Scheme": "internet-facing" if balancer.public else "internal",
            "Subnets": list(balancer.network.subnets),
            "SecurityGroups": [Ref(scope.address(FIREWALL, "balancer"), "GroupId")],
            "IpAddressType": "ipv4",
        },
        lines={(): AT, ("Subnets",): (*AT, "network", "subnets"), ("Scheme",): (*AT, "public")},
    )
    for variant in shares:
        yield from _group(variant, scope)
    yield from _listening(shares, domain, port, scope, tested=tested)


def _firewall(balancer: Balancer, port: int, scope: Scope) -> Node:
    rules: list[Json] = []
    for each in sorted(set(balancer.network.clients)):
        base = {"IpProtocol": "tcp", "FromPort": port, "ToPort": port}
        if each.startswith("sg-"):
            rules.append({**base, "SourceSecurityGroupId": each})
        else:
            rules.append({**base, "CidrIpv6" if ":" in each else "CidrIp": each})
    return scope.node(
        scope.address(FIREWALL, "balancer"),
        {
            "GroupDescription": f"In front of {scope.name}",
            "VpcId": balancer.network.vpc,
            "SecurityGroupIngress": rules,
            "SecurityGroupEgress": [NOWHERE],
        },
        lines={(): AT, ("SecurityGroupIngress",): (*AT, "network", "clients")},
    )


def _group(variant: str, scope: Scope) -> Iterator[Node]:
    """A function is registered only once the load balancers may invoke it."""
    address = scope.address(GROUP, variant)
    source = scope.arn("elasticloadbalancing", f"targetgroup/{address.name}/*")
    permission = let_in(scope, variant, "elasticloadbalancing.amazonaws.com", source)
    yield permission
    yield scope.node(
        address,
        {
            "TargetType": "lambda",
            "Targets": [{"Id": Ref(function(scope, variant), "Arn")}],
            "HealthCheckEnabled": True,
            "HealthCheckPath": "/health",
            "HealthCheckIntervalSeconds": 60,
            "HealthCheckTimeoutSeconds": 30,
            "HealthyThresholdCount": 2,
            "UnhealthyThresholdCount": 3,
            "Matcher": {"HttpCode": "200"},
            "Tags": [{"Key": VARIANT_TAG, "Value": variant}],
        },
        lines={(): AT},
        depends_on=[permission.address],
    )


def _listening(
    shares: Mapping[str, int], domain: Domain | None, port: int, scope: Scope, *, tested: bool
) -> Iterator[Node]:
    """The rule comes after the endpoint: nothing asks for a variant that is not there yet."""
    listener, endpoint = scope.address(LISTENER), scope.address(ENDPOINT).name
    secure: dict[str, Json] = {"Protocol": "HTTP"}
    if domain is not None:
        certificate = [{"CertificateArn": domain.certificate}]
        secure = {"Protocol": "HTTPS", "SslPolicy": POLICY, "Certificates": certificate}
    nothing = {"StatusCode": "404", "ContentType": "application/json", "MessageBody": "{}"}
    yield scope.node(
        listener,
        {
            "LoadBalancerArn": Ref(scope.address(BALANCER), "LoadBalancerArn"),
            "Port": port,
            **secure,
            "DefaultActions": [{"Type": "fixed-response", "FixedResponseConfig": nothing}],
        },
        lines={(): AT, ("Certificates",): ("expose", "domain", "certificate")},
    )
    groups = [
        {
            "TargetGroupArn": Ref(scope.address(GROUP, variant), "TargetGroupArn"),
            "Weight": shares[variant],
        }
        for variant in sorted(shares)
    ]
    yield scope.node(
        scope.address(RULE),
        {
            "ListenerArn": Ref(listener, "ListenerArn"),
            "Priority": PRIORITY,
            "Conditions": [
                {"Field": "path-pattern", "PathPatternConfig": {"Values": ["/invocations"]}},
                {
                    "Field": "http-request-method",
                    "HttpRequestMethodConfig": {"Values": ["POST"]},
                },
            ],
            "Actions": [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}],
            "Tags": [
                {"Key": SPLIT_TAG, "Value": endpoint},
                *([{"Key": TEST_TAG, "Value": "test"}] if tested else ()),
            ],
        },
        lines={(): AT, ("Actions",): (*AT, "shares")},
        depends_on=[scope.address(ENDPOINT)],
    )
