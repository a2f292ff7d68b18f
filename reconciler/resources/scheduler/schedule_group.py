"""AWS::Scheduler::ScheduleGroup, by calls of its own.

Its tags say whose the schedules in it are, which have none. Its deletion takes its schedules
(DeleteScheduleGroup), asynchronously.
"""

from reconciler.resources.api import (
    Lifecycle,
    Listing,
    Op,
    Reach,
    Resource,
    Tagging,
    Whole,
    absent,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import takes

KEY = {"Name": "{name}"}
ARN = "arn:{partition}:scheduler:{region}:{account}:schedule-group/{name}"
TAGGED = {"ResourceArn": ARN}
GONE = (absent("ResourceNotFoundException"),)

register(
    Resource(
        type="AWS::Scheduler::ScheduleGroup",
        service="scheduler",
        reach=Reach.REGIONAL,
        name="Name",
        key=KEY,
        read=Op("get_schedule_group", KEY),
        whole=Whole(
            has=members("Name", "Arn", "State"),
            same={"Name": ("Name",)},
            words={"State": frozenset({"ACTIVE", "DELETING"})},
        ),
        create=Op("create_schedule_group", KEY),
        delete=Op("delete_schedule_group", KEY),
        absent=GONE,
        outputs={"Arn": ("Arn",), "Name": ("Name",)},
        created={"Arn": ("ScheduleGroupArn",)},
        predict={"Arn": ARN, "Name": "{name}"},
        arn=ARN,
        limit=64,
        root=takes("Name", "Arn"),
        lifecycle=Lifecycle(
            field="State",
            ready=frozenset({"ACTIVE"}),
            busy=frozenset({"DELETING"}),
            poll=2.0,
            timeout=600.0,
        ),
        vanishes=True,
        listings=(
            Listing(
                method="list_schedule_groups",
                at="ScheduleGroups",
                name="Name",
                params={"NamePrefix": "{prefix}", "MaxResults": 100},
                codec=takes("Name"),
                created="CreationDate",
                complete=True,
                gone={"State": frozenset({"DELETING"})},
            ),
        ),
        tags=Tagging(
            add=Op("tag_resource", TAGGED),
            remove=Op("untag_resource", TAGGED),
            read=Op("list_tags_for_resource", TAGGED),
        ),
        aside=Aside(
            needs={
                "create_schedule_group": ("scheduler:TagResource",),
                "delete_schedule_group": ("scheduler:DeleteSchedule",),
            },
        ),
    )
)
