"""Codes about who may do what once something new is made."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 91
CODES = (
    Code(
        "ACCESS001",
        "new resource that lets in another account",
        "The policy of something that is to be made names principals of other accounts. Nobody had this access before, so it needs no permission; a reader of the plan should see it.",
        "Nothing, if that is meant. Else take the account out of the spec.",
    ),
    Code(
        "ACCESS002",
        "new policy that allows everything",
        "The policy of a role or another principal that is to be made allows all actions, or all of a service, on every resource.",
        "Name the actions and the resources that it needs.",
    ),
)
