"""A namespace and a workgroup on it."""

from __future__ import annotations

from reconciler.model.value import Ref

from .network import SUBNETS
from .sample import Sample

namespace = Sample(
    "AWS::RedshiftServerless::Namespace",
    "acme-test-sales",
    minimal={"AdminUsername": "moorline", "ManageAdminPassword": True},
    full={
        "AdminUsername": "moorline",
        "ManageAdminPassword": True,
        "DbName": "sales",
        "LogExports": ["userlog"],
        "IamRoles": ["arn:aws:iam::123456789012:role/acme-test-one"],
        "DefaultIamRoleArn": "arn:aws:iam::123456789012:role/acme-test-one",
    },
    edits=(
        {
            "LogExports": ["userlog", "connectionlog"],
            "IamRoles": [],
            "DefaultIamRoleArn": None,
        },
        {
            "IamRoles": [f"arn:aws:iam::123456789012:role/acme-test-{it}" for it in ("one", "two")],
            "DefaultIamRoleArn": "arn:aws:iam::123456789012:role/acme-test-two",
        },
    ),
    costly=True,
)


def config(**values: str) -> list[dict[str, str]]:
    return [{"ParameterKey": key, "ParameterValue": values[key]} for key in sorted(values)]


workgroup = Sample(
    "AWS::RedshiftServerless::Workgroup",
    "acme-test-sales",
    minimal={"NamespaceName": Ref(namespace.address, "NamespaceName")},
    full={
        "NamespaceName": Ref(namespace.address, "NamespaceName"),
        "BaseCapacity": 128,
        "MaxCapacity": 256,
        "ConfigParameters": config(max_query_execution_time="14400", max_return_row_count="1000"),
        "EnhancedVpcRouting": True,
        "Port": 5439,
        "PubliclyAccessible": False,
        "SubnetIds": SUBNETS,
    },
    edits=(
        {
            "BaseCapacity": 512,
            "MaxCapacity": 1024,
            "ConfigParameters": config(max_query_execution_time="7200"),
        },
        {"MaxCapacity": -1},
        {"EnhancedVpcRouting": False, "Port": 5431},
    ),
    needs=(namespace,),
    beyond={"SecurityGroupIds": ["sg-0a1b2c3d"]},
    costly=True,
)
