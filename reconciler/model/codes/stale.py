"""Codes about a plan file that is not to be applied."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 110
CODES = (
    Code(
        "STALE001",
        "changed file",
        "A plan file is not as `moorline plan -o` wrote it: a byte differs, or it is no plan file at all. Nothing was changed.",
        "Make the plan again, review it, and apply that file.",
    ),
    Code(
        "STALE002",
        "another format",
        "A plan file was written by a newer or an older Moorline, in a form that this one does not read. Nothing was changed.",
        "Make the plan again with this version, or apply it with the one that made it.",
    ),
    Code(
        "STALE003",
        "expired",
        "A plan file is older than plansExpireAfter of its environment allows, or an approval that it rests on has ended. Nothing was changed.",
        "Make the plan again and review it; plansExpireAfter in the environment says how long a plan may be applied.",
    ),
    Code(
        "STALE004",
        "another place",
        "A plan file is of another platform, environment, account or region than the one it is applied in. Nothing was changed.",
        "Apply it where it was made for, or make a plan for here.",
    ),
    Code(
        "STALE005",
        "another commit",
        "A plan file was made at another commit than the one that is to be applied, or the one or the other is not known. Nothing was changed.",
        "Make the plan at the commit that is applied.",
    ),
    Code(
        "STALE006",
        "not to be applied",
        "The plan in a file has errors or steps that the environment's protection refuses. Nothing was changed.",
        "Do what the plan asked for, then make it again.",
    ),
    Code(
        "STALE007",
        "not signed",
        "A plan file has no signature where the environment, or a key that was given, demands one. Nothing was changed.",
        "Sign the plan where it is made, with the key of the environment's signing or with MOORLINE_PLAN_KEY.",
    ),
    Code(
        "STALE008",
        "wrong signature",
        "The signature of a plan file was not made with the key that plans are signed with here, or there is no key to check it with. Nothing was changed.",
        "Find out who made the file; make the plan again where the key is.",
    ),
    Code(
        "STALE009",
        "moved since the plan",
        "A resource that a plan file touches is not as it was when the plan was made. Nothing was changed.",
        "Make the plan again and review what moved.",
    ),
    Code(
        "STALE010",
        "no use of the key",
        "A plan could not be signed, or its signature could not be checked, because the key cannot be used. Nothing was changed.",
        "Correct the key that the message names, or allow kms:Sign to who plans and kms:Verify to who applies.",
    ),
    Code(
        "STALE011",
        "the plan file has what does not follow from its changes",
        "The calls or the losses of a step are not those that its change and the live resource give. A plan file carries no permission, so whoever wrote it cannot add to it.",
        "Make the plan again, review it, and apply that file.",
    ),
    Code(
        "STALE012",
        "planning again gives another plan",
        "The plan file is not signed, so it was planned again from the specs before the first write, and what came out is not what the file says.",
        "Make the plan again and review it, or sign plan files.",
    ),
)
