"""Codes about one spec: its frame, its fields, its values."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 20
CODES = (
    Code(
        "SPEC001",
        "not a spec",
        "Every document is a mapping with apiVersion, kind, metadata and spec.",
        "Write these four, or keep other YAML files out of the spec folders.",
    ),
    Code(
        "SPEC002",
        "unknown apiVersion",
        "This version of Moorline reads moorline/v1.",
        "Write `apiVersion: moorline/v1`.",
    ),
    Code(
        "SPEC003",
        "unknown kind",
        "No spec kind has this name.",
        "Pick a kind from the list; `moorline explain` lists what each is for.",
    ),
    Code(
        "SPEC004",
        "name not allowed",
        "Names become part of AWS resource names, which take few characters.",
        "Use 1 to 40 of a-z, 0-9 and single '-', with a letter first and no '-' at the end.",
    ),
    Code(
        "SPEC005",
        "spec declared twice",
        "Two documents have the same kind and name, so they would fight over the same resources.",
        "Rename or remove one of the two.",
    ),
    Code(
        "SPEC010",
        "unknown field",
        "The kind has no such field at this level. Unknown fields are refused, because a misspelt"
        " one would be ignored.",
        "Correct the name; check the level of indentation.",
    ),
    Code(
        "SPEC011",
        "field missing",
        "A required field is not there.",
        "Add it; `moorline explain KIND` describes it.",
    ),
    Code(
        "SPEC012",
        "value not in the list",
        "The field takes one of a closed list of values.",
        "Write one of the values in the message.",
    ),
    Code(
        "SPEC013",
        "wrong type",
        "The value has another type than the field takes. Only true and false are booleans (YAML"
        " 1.2): yes, no, on and off are text. Quoted numbers are text.",
        "Add or remove quotes, or write the type that is expected.",
    ),
    Code(
        "SPEC014",
        "number out of range",
        "The number is outside what the field, or AWS, allows.",
        "Write a number within the limit of the message.",
    ),
    Code(
        "SPEC015",
        "wrong length",
        "The text or the list is too short or too long.",
        "Keep to the limit of the message.",
    ),
    Code(
        "SPEC016",
        "wrong form",
        "The text does not have the form that the field requires.",
        "Follow the form given in the help.",
    ),
    Code(
        "SPEC017",
        "exactly one needed",
        "The fields exclude each other, and one of them is required.",
        "Keep exactly one of them.",
    ),
    Code(
        "SPEC019",
        "value refused",
        "The value has the right type and still makes no sense; the message says why.",
        "Change the value as the message says.",
    ),
    Code(
        "SPEC020",
        "fields that do not go together",
        "Each field is right alone, and together they make no sense; the message says why.",
        "Change one of the fields as the message says.",
    ),
    Code(
        "SPEC021",
        "reference to an unknown spec",
        "A field names another spec, and no document declares it.",
        "Correct the name, or add the missing spec.",
    ),
    Code(
        "SPEC030",
        "spec does not fit the platform",
        "The spec is right alone and does not fit what other specs or AWS say.",
        "Change it as the message says.",
    ),
    Code(
        "SPEC031",
        "permission that cannot be compiled",
        "A registry does not say where its model files are, or says that they are elsewhere, so no"
        " role can be allowed to read exactly them.",
        "Add or correct the place in one of the two specs, as the message says.",
    ),
    Code(
        "SPEC040",
        "field that changes nothing",
        "AWS takes the value and does nothing with it; the message says why.",
        "Remove the field, or change what makes it idle.",
    ),
    Code(
        "SPEC041",
        "work that is lost when it is interrupted",
        "A spot instance is taken away at any time. A job that keeps no checkpoints then begins"
        " anew, is paid for again, and may never end within its time.",
        "Add `checkpoints: true` and write checkpoints to `/opt/ml/checkpoints`, or leave 'spot'"
        " out.",
    ),
    Code(
        "SPEC042",
        "cache in which a step is never found",
        "A step is found in the cache by its arguments. One of them is another in each execution,"
        " so the step, and all that use its outputs, are run each time; the message says which.",
        "Read the history of features as of a fixed day, or keep no checkpoints; or leave it, if"
        " other steps are found.",
    ),
)
