"""Codes about types that AWS's own handlers serve."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 95
CODES = (
    Code(
        "CLOUD001",
        "cannot tell whether it is as declared",
        "AWS gives a value back in another form, and nothing says whether it means the same. It is neither changed nor replaced because of that.",
        "Write the value as AWS shows it, or look at the resource yourself.",
    ),
    Code(
        "CLOUD002",
        "may exist",
        "AWS chooses the id of the resource, and no name, tag, listing or request tells whether it was made before. Nothing is made, because it could be the second one.",
        "Look at the resources of that type in AWS: delete what is left over, or adopt it.",
    ),
    Code(
        "CLOUD003",
        "what the type cannot do",
        "AWS's handlers for this type lack something: updates, listings, or tags.",
        "Nothing is to be done: plan and drift go by it.",
    ),
    Code(
        "CLOUD004",
        "AWS would refuse any update",
        "An update is applied to what AWS reads, and the whole must fit its schema. What it reads does not, or lacks what it needs and cannot read.",
        "Declare the property that is named, or set it in AWS.",
    ),
    Code(
        "CLOUD005",
        "tags stay as they are",
        "The tags of the resource are not as declared, and AWS does not change the tags of this type.",
        "Recreate the resource yourself if its tags matter.",
    ),
    Code(
        "CLOUD006",
        "somebody else is at work on it",
        "AWS works on a request of somebody else for the same resource, and did not end in time.",
        "Find out who it is by the request token, then apply again.",
    ),
)
