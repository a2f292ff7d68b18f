"""Codes about databases: when a change of one lands, and what their services never do."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 76
CODES = (
    Code(
        "DB001",
        "waits for the maintenance window",
        "The service keeps a change of a database for its next maintenance window. Until then the live value is the old one; that is neither drift nor sent again.",
        "Nothing. To let it land with the apply, write `applyAt: now` for the store.",
    ),
    Code(
        "DB002",
        "a database restarts",
        "The change is to land at once, and the database restarts for it: connections are cut.",
        "Apply when nobody needs it, or leave `applyAt` out, so that it waits for the maintenance window.",
    ),
    Code(
        "DB003",
        "does not go back",
        "The spec asks for an older version of the engine or for less storage than the live database has. No service goes back.",
        "Make the spec say what is live, or restore a snapshot of before into another database.",
    ),
    Code(
        "DB004",
        "fixed when it was made",
        "What differs can be chosen only when a database is made. Making a new one in its place would lose what it holds, so Moorline does not.",
        "Make another database beside it, move the data by a snapshot or an export, switch to it and remove the old spec.",
    ),
    Code(
        "DB005",
        "a password of one's own",
        "The service makes and keeps the master password of the database, and the spec asks to end that. A spec, a plan and a receipt hold no password.",
        "Leave the password to the service.",
    ),
)
