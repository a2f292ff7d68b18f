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
    Code(
        "CLOUD007",
        "left out of the spec, and still there",
        "The last apply set the property and no spec mentions it any more. What no spec mentions is left alone, so it stays as it is.",
        "Write null for the property to have it removed, or the value that it is to have.",
    ),
    Code(
        "CLOUD008",
        "a change of what no spec mentions",
        "After the last apply AWS showed another value, or none, of a property that no spec mentions. Somebody may have set it by hand, or AWS itself.",
        "Look at it; declare the property to have it as it should be.",
    ),
    Code(
        "CLOUD010",
        "set in AWS, and nobody knows by whom",
        "AWS shows properties that no spec mentions, and no receipt says what was there after the last apply. They may be AWS's own defaults.",
        "Nothing is to be done. Keep receipts: then later changes of what no spec mentions are told.",
    ),
    Code(
        "CLOUD011",
        "type that the region does not offer",
        "AWS's handlers for the type are not in this region, or lack what is needed to make and read it. AWS offers types by region, and changes that.",
        "Take the spec out of this environment, or use another region.",
    ),
)
