"""Codes about feature groups."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 73
CODES = (
    Code(
        "FEATURE001",
        "a feature cannot be removed or retyped",
        "A feature group is live with a feature that the spec does not have, or has with another type. SageMaker adds features to a group and never removes or changes one; a new group of the same name would lose the online records, so none is made, whatever the environment allows.",
        "Say the feature in the spec as it is live. Or raise `version`: a new group is made beside this one, which goes on under `earlier` until nobody uses it.",
    ),
    Code(
        "FEATURE002",
        "the table of the history is in the way, or missing",
        "A feature group that makes its table in the Glue catalog cannot be made where a table of that name is, and one that uses yours needs it. AWS takes the request and only says so later, as CreateFailed.",
        "Name another table, drop the one that is left of an earlier group, or make the one that is missing.",
    ),
    Code(
        "FEATURE003",
        "what stays of a feature group",
        "Deleting a feature group deletes the records of its online store at once. The files of the history in S3 and the table in the Glue catalog stay, and cost storage.",
        "Nothing is needed. Delete what stays yourself if nobody needs it: a new group that names the same table could not be made.",
    ),
    Code(
        "FEATURE004",
        "on demand once a day",
        "A feature group goes back from provisioned capacity to capacity on demand once in 24 hours. AWS does not tell when it last did.",
        "Apply; if AWS refuses it, apply again when 24 hours have gone by. What else changes is made before it.",
    ),
)
