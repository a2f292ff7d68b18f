"""Codes about secrets in specs."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 30
CODES = (
    Code(
        "SECRET001",
        "secret in a spec",
        "A spec holds a secret, or something that looks like one. Specs are in Git, where everybody can read them for ever; plans and AWS would show it too. The value is not printed. It is an error when the form or the field's name says what it is, a warning when it is only long and random.",
        "Write a reference such as {{resolve:secretsmanager:NAME}}, and renew the secret if the file was ever committed.",
    ),
)
