"""Codes about receipts, the lease and going back."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 120
CODES = (
    Code(
        "RECEIPT001",
        "receipt not written",
        "An apply was carried out and its receipt could not be kept. What it did stands.",
        "Bring in the file that the message names, with moorline history --add FILE, or leave it: nothing needs it.",
    ),
    Code(
        "RECEIPT002",
        "receipts cannot be read",
        "Earlier receipts could not be read, so a plan cannot say what a difference comes from, or a command that is about receipts cannot go on.",
        "Correct what the message names. Plan and apply work without receipts.",
    ),
    Code(
        "RECEIPT003",
        "no such receipt",
        "No receipt has this id, or several begin with it, or there is none at all.",
        "Copy the id from moorline history.",
    ),
    Code(
        "RECEIPT004",
        "nothing to resume",
        "--resume goes on with the plan of a last apply that failed, was killed or handed over, and the last apply did none of this, or left neither receipt nor note.",
        "Apply without --resume.",
    ),
    Code(
        "RECEIPT005",
        "receipts cannot be written",
        "Before its first write, an apply writes down what it means to do. That failed, so its receipt could not be kept either. Nothing was changed.",
        "Correct what the message names, such as the folder or bucket of the receipts or the permissions on it.",
    ),
    Code(
        "RECEIPT006",
        "not a receipt of this environment",
        "The file that is to be brought in is a receipt of another platform, environment, account or region, or the note of an apply that has not ended. Nothing was kept.",
        "Name the environment that the receipt is of.",
    ),
    Code(
        "RECEIPT007",
        "one receipt is damaged",
        "One of the receipts that history lists could not be read. The others are shown, and nothing else depends on it: plan and apply need only the newest, and that only to say what a difference comes from.",
        "Get the file that the message names from a backup or from an older version of the object; or remove it.",
    ),
    Code(
        "LEASE001",
        "someone else applies",
        "Another apply of this environment is under way. Nothing was changed.",
        "Wait for it, by hand or with --wait. A lease whose owner has died is free a few minutes later.",
    ),
    Code(
        "LEASE002",
        "no lease",
        "The lease of this environment could not be taken, so it cannot be said that nobody else applies. Nothing was changed.",
        "Correct what the message names, such as the bucket of the receipts or the permissions on it.",
    ),
    Code(
        "LEASE003",
        "lease lost",
        "The lease could not be renewed or was taken over while an apply ran. The apply finished what was in flight and stopped.",
        "Apply again: it goes on from what is live.",
    ),
    Code(
        "REVERT001",
        "cannot go back there",
        "The receipt names no commit that this repository has, its files were changed after the commit, or the commit was for another account, region or platform.",
        "Name another receipt, fetch the commit, or revert the commit in Git and apply.",
    ),
)
