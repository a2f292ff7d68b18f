"""Which CloudFormation types an ML platform may meet: whole services, and parts of the big ones."""

from __future__ import annotations

SERVICES = frozenset(
    """
    AccessAnalyzer ApiGateway ApiGatewayV2 ApplicationAutoScaling Athena AutoScaling
    AutoScalingPlans Backup Batch Bedrock BedrockAgentCore Budgets CE Cassandra CertificateManager
    CloudFormation CloudFront CloudTrail CloudWatch CodeArtifact CodeBuild CodeCommit
    CodeConnections CodeDeploy CodePipeline CodeStarConnections CodeStarNotifications Cognito
    Config DataBrew DataZone DMS DynamoDB EC2 ECR ECS EFS EKS EMR EMRContainers EMRServerless
    ElastiCache ElasticLoadBalancingV2 EventSchemas Events FSx Glue Grafana GuardDuty IAM
    ImageBuilder InspectorV2 KMS Kinesis KinesisAnalyticsV2 KinesisFirehose LakeFormation Lambda
    Logs MSK Macie MWAA MemoryDB Neptune NeptuneGraph Notifications NotificationsContacts
    OpenSearchServerless OpenSearchService Organizations Pipes RAM RDS Redshift RedshiftServerless
    ResourceGroups Rolesanywhere Route53 Route53Resolver S3 S3Express S3Tables S3Vectors SNS SQS
    SSM SSO SageMaker Scheduler SecretsManager SecurityHub ServiceCatalog ServiceDiscovery Signer
    StepFunctions Synthetics Timestream Transfer VpcLattice WAFv2 XRay
    """.split()  # noqa: SIM905 -- a hundred words read better as text
)


def wanted(type_name: str) -> bool:
    """Whether `type_name` belongs to a service of interest."""
    return type_name.split("::")[1] in SERVICES
