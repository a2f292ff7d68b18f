"""What stands in front of an endpoint: interfaces, load balancers, names of hosts."""

from __future__ import annotations

from moto.route53.models import route53_backends

from reconciler.model.value import Join, Ref

from .network import SUBNETS
from .sample import PLACE, Sample

ZONE, HOST = "Z0123456789ABCDEFGHIJ", "api.example.com"
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:acme-test-score"
LOGS = "arn:aws:logs:eu-west-1:123456789012:log-group:acme-test-score"
CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/0d3b4a2e-0000-4000-8000-000000000000"
FORMAT = '{"id":"$context.requestId"}'


def zone() -> None:
    """Put the zone into the sandbox, past its door."""
    backend = route53_backends[PLACE.account][PLACE.partition]
    backend.create_hosted_zone(
        name="example.com",
        private_zone=False,
        caller_reference=f"sandbox:{ZONE}",
        vpcid=None,
        vpcregion=None,
        comment="",
    )


api = Sample(
    "AWS::ApiGatewayV2::Api",
    "acme-test-score",
    minimal={"ProtocolType": "HTTP"},
    full={
        "ProtocolType": "HTTP",
        "Description": "Scores.",
        "DisableExecuteApiEndpoint": False,
        "CorsConfiguration": {"AllowOrigins": ["https://example.com"], "MaxAge": 60},
    },
    edits=({"Description": "All scores."}, {"DisableExecuteApiEndpoint": True}),
)
OF = {"ApiId": Ref(api.address, "ApiId")}
integration = Sample(
    "AWS::ApiGatewayV2::Integration",
    "acme-test-score",
    minimal={**OF, "IntegrationType": "AWS_PROXY", "IntegrationUri": FUNCTION},
    full={
        **OF,
        "IntegrationType": "AWS_PROXY",
        "IntegrationUri": FUNCTION,
        "PayloadFormatVersion": "2.0",
        "TimeoutInMillis": 29000,
    },
    edits=({"TimeoutInMillis": 10000},),
    needs=(api,),
    costly=True,
)
JWT = {"Issuer": "https://id.example.com", "Audience": ["acme"]}
authorizer = Sample(
    "AWS::ApiGatewayV2::Authorizer",
    "acme-test-score",
    minimal={
        **OF,
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": JWT,
    },
    full={
        **OF,
        "AuthorizerType": "JWT",
        "IdentitySource": ["$request.header.Authorization"],
        "JwtConfiguration": JWT,
    },
    edits=({"JwtConfiguration": {**JWT, "Audience": ["acme", "partners"]}},),
    needs=(api,),
    costly=True,
)
route = Sample(
    "AWS::ApiGatewayV2::Route",
    "acme-test-score",
    minimal={**OF, "RouteKey": "POST /invocations"},
    full={
        **OF,
        "RouteKey": "POST /invocations",
        "Target": Join(("integrations/", Ref(integration.address, "IntegrationId"))),
        "AuthorizationType": "AWS_IAM",
    },
    edits=({"AuthorizationType": "NONE"},),
    needs=(api, integration),
    costly=True,
)
stage = Sample(
    "AWS::ApiGatewayV2::Stage",
    "acme-test-score",
    minimal={**OF, "StageName": "$default"},
    full={
        **OF,
        "StageName": "$default",
        "AutoDeploy": True,
        "AccessLogSettings": {"DestinationArn": LOGS, "Format": FORMAT},
        "DefaultRouteSettings": {"ThrottlingRateLimit": 100, "ThrottlingBurstLimit": 200},
    },
    edits=({"DefaultRouteSettings": {"ThrottlingRateLimit": 10, "ThrottlingBurstLimit": 20}},),
    needs=(api,),
    costly=True,
)
HOSTED = [{"CertificateArn": CERTIFICATE, "EndpointType": "REGIONAL"}]
domain = Sample(
    "AWS::ApiGatewayV2::DomainName",
    HOST,
    minimal={"DomainNameConfigurations": HOSTED},
    full={"DomainNameConfigurations": [{**HOSTED[0], "SecurityPolicy": "TLS_1_2"}]},
    edits=({"DomainNameConfigurations": [{**HOSTED[0], "IpAddressType": "dualstack"}]},),
)
mapping = Sample(
    "AWS::ApiGatewayV2::ApiMapping",
    "acme-test-score",
    minimal={**OF, "DomainName": Ref(domain.address, "DomainName"), "Stage": "$default"},
    full={
        **OF,
        "DomainName": Ref(domain.address, "DomainName"),
        "Stage": "$default",
        "ApiMappingKey": "v1",
    },
    needs=(api, stage, domain),
    costly=True,
)
permission = Sample(
    "AWS::Lambda::Permission",
    "acme-test-score",
    minimal={
        "FunctionName": FUNCTION,
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
    },
    full={
        "FunctionName": FUNCTION,
        "Action": "lambda:InvokeFunction",
        "Principal": "apigateway.amazonaws.com",
        "SourceArn": "arn:aws:execute-api:eu-west-1:123456789012:abc/*",
    },
)
balancer = Sample(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    "acme-test-score",
    minimal={"Type": "application", "Scheme": "internal", "Subnets": SUBNETS[:2]},
    full={
        "Type": "application",
        "Scheme": "internal",
        "Subnets": SUBNETS[:2],
        "SecurityGroups": ["sg-0a1b2c3d"],
        "IpAddressType": "ipv4",
    },
    edits=({"Subnets": SUBNETS}, {"SecurityGroups": ["sg-0b1b2c3d"]}),
)
CHECKED = {"HealthCheckEnabled": True, "HealthCheckPath": "/health"}
group = Sample(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "acme-test-score",
    minimal={"TargetType": "lambda"},
    full={
        "TargetType": "lambda",
        **CHECKED,
        "HealthCheckIntervalSeconds": 35,
    },
    edits=({"HealthCheckIntervalSeconds": 60},),
    beyond={"Targets": [{"Id": FUNCTION}]},  # once the function lets the load balancers in
)
other = Sample(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    "acme-test-other",
    minimal={"TargetType": "lambda"},
    full={"TargetType": "lambda"},
)


def forward(first: int, second: int) -> list[dict[str, object]]:
    """All of a forward, with its weights."""
    groups = [
        {"TargetGroupArn": Ref(group.address, "TargetGroupArn"), "Weight": first},
        {"TargetGroupArn": Ref(other.address, "TargetGroupArn"), "Weight": second},
    ]
    return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]


NOTHING = [{"Type": "fixed-response", "FixedResponseConfig": {"StatusCode": "404"}}]
listener = Sample(
    "AWS::ElasticLoadBalancingV2::Listener",
    "acme-test-score",
    minimal={
        "LoadBalancerArn": Ref(balancer.address, "LoadBalancerArn"),
        "Port": 80,
        "Protocol": "HTTP",
        "DefaultActions": NOTHING,
    },
    full={
        "LoadBalancerArn": Ref(balancer.address, "LoadBalancerArn"),
        "Port": 443,
        "Protocol": "HTTPS",
        "Certificates": [{"CertificateArn": CERTIFICATE}],
        "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "DefaultActions": forward(70, 30),
    },
    edits=({"DefaultActions": forward(100, 0)}, {"DefaultActions": NOTHING}),
    needs=(balancer, group, other),
    costly=True,
)
WHERE = [{"Field": "path-pattern", "PathPatternConfig": {"Values": ["/invocations"]}}]
rule = Sample(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    "acme-test-score",
    minimal={
        "ListenerArn": Ref(listener.address, "ListenerArn"),
        "Priority": 10,
        "Conditions": WHERE,
        "Actions": forward(100, 0),
    },
    full={
        "ListenerArn": Ref(listener.address, "ListenerArn"),
        "Priority": 10,
        "Conditions": WHERE,
        "Actions": forward(70, 30),
    },
    edits=({"Actions": forward(0, 100)}, {"Priority": 20}),
    needs=(balancer, group, other, listener),
    costly=True,
)
PROBE = {
    "Type": "HTTPS",
    "FullyQualifiedDomainName": "abc.execute-api.eu-west-1.amazonaws.com",
    "ResourcePath": "/health",
}
check = Sample(
    "AWS::Route53::HealthCheck",
    "acme-test-score",
    minimal={"HealthCheckConfig": PROBE},
    full={"HealthCheckConfig": {**PROBE, "RequestInterval": 30, "FailureThreshold": 3}},
    edits=(
        {"HealthCheckConfig": {**PROBE, "RequestInterval": 30, "FailureThreshold": 5}},
        {"HealthCheckConfig": {**PROBE, "RequestInterval": 30, "FailureThreshold": 3, "Port": 443}},
    ),
)
RECORD = {
    "HostedZoneId": ZONE,
    "Name": HOST,
    "Type": "CNAME",
    "SetIdentifier": "acme-test-score",
    "TTL": "60",
    "HealthCheckId": Ref(check.address, "HealthCheckId"),
}
record = Sample(
    "AWS::Route53::RecordSet",
    "acme-test-score",
    minimal={**RECORD, "Weight": 0, "ResourceRecords": ["one.example.com"]},
    full={**RECORD, "Failover": "PRIMARY", "ResourceRecords": ["one.example.com"]},
    edits=({"ResourceRecords": ["two.example.com"]}, {"TTL": "30"}),
    needs=(check,),
    costly=True,
)
