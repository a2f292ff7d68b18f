"""Codes about a step of an apply."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 100
CODES = (
    Code(
        "APPLY001",
        "changed since the plan",
        "A resource is not as it was when the plan was made. Its step and what depends on it were not carried out.",
        "Plan again and review what moved.",
    ),
    Code(
        "APPLY002",
        "AWS refused",
        "AWS did not do what a step asked for.",
        "Correct what AWS's message names, then apply again.",
    ),
    Code(
        "APPLY003",
        "exists and is not ours",
        "The resource to make exists already and does not carry our ownership tags.",
        "Rename the spec, or take the resource over with --adopt.",
    ),
    Code(
        "APPLY004",
        "vanished",
        "A resource was gone while a step waited for it.",
        "Find out who deleted it, then apply again.",
    ),
    Code(
        "APPLY005",
        "failed on AWS",
        "AWS reports that the resource failed, with its reason.",
        "Correct the reason; the next apply replaces the failed resource.",
    ),
    Code(
        "APPLY006",
        "took too long",
        "A resource is still not settled after the longest time its type may take.",
        "Apply again: it goes on where AWS is.",
    ),
    Code(
        "APPLY007",
        "not what was asked",
        "AWS reports success, but the live resource is not the one that was asked for, such as after a rolled-back endpoint update.",
        "Look at the reason, then plan again: the change is pending.",
    ),
    Code(
        "APPLY008",
        "as before",
        "AWS accepted a change, and the live resource still has the old value.",
        "Plan again; report it if it stays.",
    ),
    Code(
        "APPLY009",
        "fault of Moorline",
        "A step stopped for a reason that Moorline does not know.",
        "Report it, with the message.",
    ),
    Code(
        "APPLY010",
        "interrupted",
        "The run was interrupted while a step waited for AWS, which goes on by itself.",
        "Apply again: it goes on where AWS is.",
    ),
    Code(
        "APPLY011",
        "tried before",
        "The same update was sent before and did not hold, which the plan could not know yet, for instance because AWS was still at it.",
        "Plan again: it says why the update failed. Change the spec, or apply with --retry.",
    ),
)
