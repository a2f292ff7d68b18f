"""Codes about environments, overrides and variables."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 40
CODES = (
    Code(
        "ENV001",
        "unknown environment",
        "No Environment has this name.",
        "Name one that exists, or add environments/NAME.yaml.",
    ),
    Code(
        "ENV002",
        "extends an unknown environment",
        "`extends` names an Environment that does not exist.",
        "Correct the name or remove the line.",
    ),
    Code(
        "ENV003",
        "environments extend each other",
        "Following `extends` leads back to where it started.",
        "Remove one `extends` of the circle.",
    ),
    Code(
        "ENV004",
        "environment incomplete",
        "Neither the environment nor one that it extends says this field.",
        "Add the field here or in an environment that this one extends.",
    ),
    Code(
        "ENV005",
        "variable changes its type",
        "A variable has another type than in the environment that this one extends. Specs that use"
        " it would be valid in one environment only.",
        "Write a value of the same type.",
    ),
    Code(
        "ENV006",
        "override of an unknown spec",
        "`overrides` names a Kind/name that no document declares.",
        "Correct the name or remove the override.",
    ),
    Code(
        "ENV007",
        "unknown variable",
        "A spec uses ${name}, and the environment defines no such variable.",
        "Define it under `variables`; write $${ for a literal ${.",
    ),
    Code(
        "ENV008",
        "variable uses a variable",
        "Values of variables are taken as they are; ${…} inside them is not replaced.",
        "Write the value out.",
    ),
    Code(
        "ENV009",
        "malformed substitution",
        "'${' must be followed by the name of a variable and '}'.",
        "Write ${name}, or $${ for a literal ${.",
    ),
    Code(
        "ENV010",
        "override changes who a spec is",
        "An override may change `spec` and the words in `metadata`, not the version, kind or name.",
        "Override fields below `spec`.",
    ),
    Code(
        "ENV011",
        "reserved variable name",
        "environment, platform, account and region are always defined.",
        "Rename the variable.",
    ),
    Code(
        "ENV012",
        "the environment itself changes",
        "A member of the environment that says where it is, who acts there or what may be lost is not what it was at the base of the change: sandbox, account, region, platform, roles, boundary, receipts, signing, protection or services.",
        "Review it before anything else. `plan --base COMMIT` names what it is compared with.",
    ),
    Code(
        "ENV013",
        "role of another account",
        "A role of the environment, or the policy that caps those of its specs, is in another account than the environment. Moorline could take it, and would then be in the wrong account; often it is inherited by `extends`.",
        "Name the one of this account. `roles: null` works with the credentials that are there.",
    ),
    Code(
        "ENV014",
        "checked without its environment",
        "The environment cannot be used, so specs were checked without it: not its variables, and"
        " no rules and names that depend on where it is.",
        "Mend the environment first, then run the command again.",
    ),
    Code(
        "ENV015",
        "region that nobody knows",
        "No list of AWS's regions has this one. It may be new: AWS adds regions. Or it is a slip,"
        " and every call would end in an address that does not exist. Images of AWS have an account"
        " for each region, so where one is needed this is an error.",
        "Write the region that the message names, or give models an `image` of your own.",
    ),
)
