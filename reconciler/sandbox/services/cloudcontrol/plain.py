"""SageMaker's types whose properties are the parameters of their calls, with the same names."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.mirror import (
    Props,
    changed,
    listed as tag_list,
    name,
    pick,
    retag,
    taken,
)
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.state.world import WORLD


@dataclass(frozen=True, slots=True)
class Plain:
    """One such type."""

    noun: str
    """`Model` in CreateModel."""
    kind: str
    """`model` in the ARN."""
    given: tuple[str, ...]
    """Properties that are parameters of its creation, but for name and tags."""
    made: tuple[str, ...] = ()
    """What is read besides."""
    by_arn: bool = True
    """Whether the identifier is the ARN; else it is the name."""
    status: str = ""
    """The member that says whether it is ready."""
    busy: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    summaries: str = ""
    """Where a listing has its items; empty is the usual place."""

    @property
    def key(self) -> str:
        """The parameter with the name."""
        return f"{self.noun}Name"

    def named(self, parts: tuple[str, ...]) -> Props:
        """The name, as a parameter."""
        return {self.key: parts[0].rpartition("/")[2]}

    def arn(self, aws: Aws, parts: tuple[str, ...]) -> str:
        """The ARN of one."""
        return aws.arn("sagemaker", f"{self.kind}/{parts[0].rpartition('/')[2]}")

    def create(self, aws: Aws, props: Props) -> tuple[str, ...]:
        """Make one, and say what it is called."""
        called = name(props, self.key, WORLD.next_number(), self.noun)
        parts = (self.arn(aws, (called,)),) if self.by_arn else (called,)
        if self.describe(aws, parts) is not None:
            raise taken(parts[0])
        given = pick(props, self.given) | self.false(props)
        tags = {"Tags": props["Tags"]} if props.get("Tags") else {}
        aws("sagemaker", f"Create{self.noun}", **{self.key: called}, **given, **tags)
        return parts

    def false(self, props: Props) -> Props:
        """Values that are given, and are false or none."""
        return {key: props[key] for key in self.given if props.get(key) in (False, 0)}

    def describe(self, aws: Aws, parts: tuple[str, ...]) -> Props | None:
        """What SageMaker says of one; an ARN of another place or kind names nothing here."""
        if self.by_arn and parts[0] != self.arn(aws, parts):
            return None
        return aws.look("sagemaker", f"Describe{self.noun}", **self.named(parts))

    def read(self, aws: Aws, parts: tuple[str, ...]) -> Props | None:
        """What is described, and the tags."""
        found = self.describe(aws, parts)
        if found is None:
            return None
        shown = pick(found, (self.key, f"{self.noun}Arn", *self.given, *self.made))
        shown |= self.false(found)
        if not self.by_arn and f"{self.noun}Arn" not in self.made:
            shown.pop(f"{self.noun}Arn", None)
        tags = aws("sagemaker", "ListTags", ResourceArn=self.arn(aws, parts))["Tags"]
        return shown | ({"Tags": tags} if tags else {})

    def retag(self, aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
        """AddTags and DeleteTags."""
        arn = {"ResourceArn": self.arn(aws, parts)}
        retag(
            before,
            after,
            lambda put: aws("sagemaker", "AddTags", **arn, Tags=tag_list(put)),
            lambda gone: aws("sagemaker", "DeleteTags", **arn, TagKeys=gone),
        )

    def delete(self, aws: Aws, parts: tuple[str, ...]) -> None:
        """Delete one."""
        aws("sagemaker", f"Delete{self.noun}", **self.named(parts))

    def listed(self, aws: Aws) -> Iterator[tuple[str, ...]]:
        """All of them."""
        items = self.summaries or f"{self.noun}s"
        for each in aws.pages("sagemaker", f"List{self.noun}s", items):
            called = (str(each[self.key]),)
            yield (self.arn(aws, called),) if self.by_arn else called

    def works(self, aws: Aws, parts: tuple[str, ...], operation: str) -> bool:
        """Whether the handler has to wait still.

        Raises:
            Broken: it has come to a bad end.
        """
        found = self.describe(aws, parts)
        if found is None:
            return False
        status = str(found.get(self.status, ""))
        if status in self.failed:
            reason = str(found.get("FailureReason") or f"{parts[0]} is {status}")
            raise Broken("GeneralServiceException", reason, parts[0])
        return operation == "delete" or status in self.busy

    def dates(self, shown: Props) -> Props:
        """Times as the registry has them."""
        return {
            key: value.isoformat() if hasattr(value, "isoformat") else value
            for key, value in shown.items()
        }


def refuse(before: Props, after: Props, *fixed: str) -> None:
    """What no call changes, whatever the schema says.

    Raises:
        Broken: NotUpdatable.
    """
    for each in fixed:
        if changed(before, after, each):
            raise Broken("NotUpdatable", f"{each} cannot be changed.")
