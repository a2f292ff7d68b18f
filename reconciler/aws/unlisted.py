"""What neither a listing nor the tag index shows, and a look at the very thing does.

Both follow what was made after a while, and a plan may be made before. What a thing's own
description and tags say is a whole answer about it, so it counts, and is told as a warning: the
rest of the account was seen as it was a moment ago. Source: SageMaker API reference,
"eventually consistent"; Resource Groups Tagging API (AWS_FACTS 6.6).
"""

from __future__ import annotations

from reconciler.aws.errors import incomplete
from reconciler.aws.session import ReadOnly
from reconciler.aws.single import Single
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.resources.api import Resource, fill

CODE = "AWS004"


def told(address: Address) -> Diagnostic:
    """The finding for something that only its own description shows."""
    return Diagnostic(
        CODE,
        "no listing and no tag index shows it yet, and it is there: it was read by its name",
        help="nothing is to do for it; AWS's listings follow within minutes",
        severity=Severity.WARNING,
        address=address,
    )


def made(single: Single, resource: Resource, address: Address) -> str:
    """When something was made that no listing shows, as its listing would say it.

    Which revisions are kept follows from it, so nothing else will do.

    Raises:
        AwsError: it could not be read, or does not say.
    """
    slots = single.slots(resource, address.name, {})
    params = {name: fill(value, slots) for name, value in resource.read.params.items()}
    reader = ReadOnly(single.session, resource.service, resource.absent)
    found = reader.call(resource.read.method, params).get(resource.listings[0].created)
    if not found:
        raise incomplete(str(address), "it does not say when it was made")
    return str(found)
