"""Codes about decisions on versions of models."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 59
CODES = (
    Code(
        "DECISION001",
        "no such registry",
        "The command line names a registry that no spec of this environment makes.",
        "Name one of those that the message lists.",
    ),
    Code(
        "DECISION002",
        "no such version",
        "The registry has no version of that number here, or its group is not in AWS yet. A number that was deleted is never given again.",
        "`moorline registry status NAME` lists the versions.",
    ),
    Code(
        "DECISION003",
        "refused by policy",
        "The registry's policy, or the order of the stages, does not allow the decision: a rule failed, something that a rule needs could not be read, or whoever decides may not. What could not be read counts neither for nor against the version, so it lets nothing by.",
        "The message names each rule with what it wants and what was found. Mend that, or change the policy in Git, where it is reviewed.",
    ),
    Code(
        "DECISION004",
        "a decision that has to be confirmed",
        "The plan of the decision was shown, and nobody was there to say yes.",
        "Give --yes.",
    ),
    Code(
        "DECISION005",
        "the evidence is another one now",
        "What the version is judged by is not what it was when it was shown: a report, a model file, a scan, the version in Production or the policy has changed meanwhile. Nothing was decided.",
        "Look at the new evidence and decide again; `--evidence DIGEST` holds a decision to what was looked at.",
    ),
    Code(
        "DECISION006",
        "AWS did not do it",
        "AWS refused the decision, or did not say what became of it. Where permissions are missing the message has the condition keys by which a policy may tell such calls apart.",
        "The message has AWS's reason; run the command again, which goes on where it ended.",
    ),
    Code(
        "DECISION007",
        "not as was asked",
        "The version was looked at again after the decision and is not as was asked: somebody else decided at the same time, or AWS kept less than it was given.",
        "`moorline registry status NAME VERSION` says how it stands and who decided.",
    ),
    Code(
        "DECISION008",
        "cannot be pinned",
        "The version cannot be written into the files: no spec of this environment deploys from the registry, or the place where the version is said cannot be edited without doubt.",
        "Write `version: NUMBER` there by hand.",
    ),
    Code(
        "DECISION009",
        "all versions stay",
        "The registry does not say how many of its versions stay, so none is deleted.",
        "Add `keep`, with `versions`, `age` or both, to the registry.",
    ),
)
