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
)
