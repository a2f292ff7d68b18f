"""Codes about resources of any type, as the kind `Resource` has them."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 25
CODES = (
    Code(
        "RES001",
        "unknown resource type",
        "AWS's published schemas have no such type, as far as this version of Moorline knows them.",
        "Write the type as CloudFormation's reference has it; a type that is newer than this"
        " version needs a newer one.",
    ),
    Code(
        "RES002",
        "type that nothing serves",
        "AWS has schemas for types that its Cloud Control API cannot create, read or delete, and"
        " Moorline has no adapter of its own for this one.",
        "Make it elsewhere, and give its name or ARN as a plain value.",
    ),
    Code(
        "RES003",
        "function of CloudFormation",
        "Ref, Fn::GetAtt, Fn::Sub and the like, and their short forms such as !Ref, are resolved by"
        " CloudFormation in a stack. Moorline calls the services themselves, which take them for"
        " the value.",
        "Write ${ref:KIND/NAME.Output} for a value of another spec, alone or inside a text, and"
        " ${account}, ${region} or another variable for the rest.",
    ),
    Code(
        "RES004",
        "reference that is none",
        "A reference is ${ref:KIND/NAME.Output}, stands in a value, and is not of its own spec."
        " Names of properties, the name of the resource and its tags are plain text.",
        "Write it in that form; write $${ for a literal ${.",
    ),
    Code(
        "RES005",
        "output that is not there",
        "The other spec has no output of this name, or one that does not fit here.",
        "Pick one of the outputs in the help.",
    ),
    Code(
        "RES006",
        "property that AWS would refuse",
        "The property does not fit the schema that AWS publishes for the type: its name, its type,"
        " its values, its limits, or that only AWS sets it.",
        "Change it as the message says; `moorline explain AWS::SERVICE::TYPE` lists what there is.",
    ),
    Code(
        "RES007",
        "type that may not work",
        "AWS declares handlers for the type and no permission that they need. Such handlers have"
        " been seen to fail whatever they are asked.",
        "Try it in a test environment first.",
    ),
    Code(
        "RES008",
        "what it holds cannot be said",
        "What a resource holds is a tag on it, so that it is protected after its spec is gone. A"
        " type without tags cannot carry it, and a type that Moorline knows to hold something"
        " holds it always.",
        "Remove the field; to let one resource go, add an approval for its address.",
    ),
    Code(
        "RES009",
        "hidden value not at hand",
        "A plan file says where a value stands that AWS never gives back, not what it is. Apply"
        " takes it from the specs, if its digest shows that it is the one that was reviewed.",
        "Set MOORLINE_SECRET_KEY to the same secret for plan and apply, and make the plan again.",
    ),
    Code(
        "RES010",
        "cannot tell whether a value is as declared",
        "AWS takes the value and never gives it back. Only a digest of what was last sent tells"
        " whether it is still the declared one; receipts hold it where MOORLINE_SECRET_KEY is set.",
        "Set MOORLINE_SECRET_KEY to a secret of its own, the same for everybody who plans and"
        " applies. The next change of the resource sends the value again.",
    ),
    Code(
        "RES011",
        "null for a type with an adapter of its own",
        "Null says of a property that it is to be absent, for types that AWS's own handlers serve."
        " What removes a property of the others is known to Moorline's adapter alone.",
        "Write the value that it is to have, or an empty one.",
    ),
    Code(
        "RES012",
        "secret property that is not there",
        "What `secrets` names is hidden in every output. It has to be a property of the type that"
        " the spec gives a value, and of a type that AWS's own handlers serve: else a secret would"
        " be shown although the spec says that it is hidden.",
        "Correct the path: names of properties joined by dots, without numbers of items.",
    ),
)
