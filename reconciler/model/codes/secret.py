"""Codes about secrets in specs."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 30
CODES = (
    Code(
        "SECRET001",
        "secret in a spec",
        "A spec holds a secret, or something that looks like one. Specs are in Git, where everybody can read them for ever; plans and AWS would show it too. The value is not printed. It is an error when the form or the field's name says what it is, a warning when it is only long and random.",
        "Give the ARN or the name of the secret as a plain value and let the code that needs it read it with its role; renew the secret if the file was ever committed. A reference such as {{resolve:…}} is no way out: nobody would resolve it (SECRET002).",
    ),
    Code(
        "SECRET003",
        "a secret cannot be read",
        "A resource needs a value that stands in Secrets Manager, and there is no such secret, it holds no text, or its JSON has no such member. Nothing was sent. The value is shown nowhere.",
        "Make the secret, put the credential into it, or correct its name or member in the spec; then plan again.",
    ),
    Code(
        "SECRET004",
        "a secret was rotated since the plan",
        "A plan says with which version of a secret a resource is made or updated. That version is not the current one any more, so what would be sent is not what was reviewed, or would not work.",
        "Plan again, and apply that.",
    ),
    Code(
        "SECRET005",
        "AWS keeps a copy of a secret",
        "A resource takes a credential and no reference to one, such as an EventBridge connection. Apply reads it from Secrets Manager, sends it, and keeps it nowhere; AWS keeps a copy of its own.",
        "Nothing is to be done. Whoever may read AWS's copy (events!connection/…) may read the credential.",
    ),
)
