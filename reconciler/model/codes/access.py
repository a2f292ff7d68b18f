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
    Code(
        "ACCESS003",
        "statement of a policy that goes",
        "A policy is written as a whole. The live one lets somebody in by a statement that no spec has: somebody else wrote it, or it has left the spec. The apply takes it away, and who relied on it is refused from then on.",
        "Say it in a spec, if it is to stay; else tell those it served.",
    ),
)
