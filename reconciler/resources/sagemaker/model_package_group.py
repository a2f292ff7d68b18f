"""AWS::SageMaker::ModelPackageGroup.

The access policy and the tags change in place; the description does not, and a
new group has no versions. A group with versions cannot be deleted.
"""

from reconciler.resources.api import (
    Lifecycle,
    Listing,
    Op,
    Reach,
    Resource,
    Whole,
    absent,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import text
from reconciler.resources.emptied import emptied
from reconciler.resources.parts import Facet
from reconciler.resources.review import Look
from reconciler.resources.sagemaker.service import ADD_TAGS, arn, tagging

NAME = {"ModelPackageGroupName": "{name}"}
GONE = (absent("ValidationException", r"does not exist\.?$"), absent("ResourceNotFound"))

register(
    Resource(
        type="AWS::SageMaker::ModelPackageGroup",
        service="sagemaker",
        aside=Aside(
            needs={"create_model_package_group": (ADD_TAGS,)},
            looks=("sagemaker:ListModelPackages",),
        ),
        reach=Reach.REGIONAL,
        name="ModelPackageGroupName",
        key=NAME,
        read=Op("describe_model_package_group", NAME),
        whole=Whole(
            has=members("CreationTime", "ModelPackageGroupArn", "ModelPackageGroupStatus"),
            same={"ModelPackageGroupName": ("ModelPackageGroupName",)},
        ),
        create=Op("create_model_package_group", NAME),
        delete=Op("delete_model_package_group", NAME),
        absent=GONE,
        transient=(absent("ValidationException", r"(?i)invalid principal"),),
        outputs={"ModelPackageGroupArn": ("ModelPackageGroupArn",)},
        created={"ModelPackageGroupArn": ("ModelPackageGroupArn",)},
        predict={"ModelPackageGroupArn": arn("model-package-group")},
        arn=arn("model-package-group"),
        listings=(
            Listing(
                method="list_model_package_groups",
                at="ModelPackageGroupSummaryList",
                name="ModelPackageGroupName",
                params={"NameContains": "{prefix}", "MaxResults": 100},
                complete=True,
            ),
        ),
        lifecycle=Lifecycle(
            field="ModelPackageGroupStatus",
            ready=codes("Completed"),
            busy=codes("Pending", "InProgress", "Deleting"),
            failed=codes("Failed", "DeleteFailed"),
            empty=codes("Failed"),
        ),
        tags=tagging("model-package-group"),
        parts=(
            # The group was just described, so the only thing a read can miss is the policy:
            # ValidationException "Cannot find resource policy" (AWS_FACTS 6.3).
            Facet(
                prop="ModelPackageGroupPolicy",
                stem="model_package_group_policy",
                answer="ResourcePolicy",
                request="ResourcePolicy",
                codec=text(),
                whole=Whole(policies=members("ResourcePolicy")),
                unset=codes("ValidationException", "ResourceNotFound"),
            ),
        ),
        policies=frozenset({"ModelPackageGroupPolicy"}),
        holds="history",
        pending=emptied(
            lambda name: Look(
                "sagemaker",
                "list_model_packages",
                {"ModelPackageGroupName": name, "MaxResults": 1},
                at="ModelPackageSummaryList",
                absent=GONE,
            ),
            bool,
            "model versions",
            "delete its versions (DeleteModelPackage)",
        ),
        refers=("AWS::IAM::Role", "AWS::KMS::Key"),
    )
)
