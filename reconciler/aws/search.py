"""Look for what an earlier try made and nobody has named: by its tags, or by what was asked for."""

from __future__ import annotations

from reconciler.aws.ending import StepError
from reconciler.aws.errors import incomplete
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Props
from reconciler.plan.diff import TAGS
from reconciler.resources.api import NAME_TAG, OWNERSHIP, Resource
from reconciler.resources.generic import Ambiguous, Underway

LOOK = "look at them in AWS, delete what is left over, and apply again"


def is_searched(resource: Resource) -> bool:
    """Whether a resource of this type is looked for before it is made: no name of it collides."""
    return bool(resource.find or (resource.generic and resource.generic.found != "name"))


def search(
    session: Session, resource: Resource, desired: Props, reader: ReadOnly | None = None
) -> Props | None:
    """How to read what was made before with these properties; nothing where nothing was.

    A `reader` remembers listings, for who looks for many at one time.

    Raises:
        StepError: several may be it.
        AwsError: it could not be found out.
    """
    reader = reader or ReadOnly(session, resource.service)
    if resource.generic:
        try:
            mine = frozenset(session.requested)
            return resource.generic.seek(reader, desired, mine, session.wall())
        except Ambiguous as error:
            raise StepError("CLOUD002", f"it may exist: {error}", LOOK) from error
        except Underway as error:
            raise incomplete(f"{resource.service} {resource.type}", str(error)) from error
    tags = {tag["Key"]: tag["Value"] for tag in desired.get(TAGS) or ()}
    ours = {key: tags[key] for key in (*OWNERSHIP, NAME_TAG) if key in tags}
    return resource.find(reader, ours) if resource.find and ours else None
