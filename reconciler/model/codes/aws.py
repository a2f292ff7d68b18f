"""Codes about what AWS answers."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 60
CODES = (
    Code(
        "AWS001",
        "access denied",
        "Credentials are missing or expired, or they lack a permission. Nothing is known of what could not be read, so nothing is planned for it.",
        "Log in again, or allow the action that the message names.",
    ),
    Code(
        "AWS002",
        "state unknown",
        "AWS answered with an error that says neither that the resource exists nor that it does not.",
        "Run again; if it stays, look at AWS's own message.",
    ),
    Code(
        "AWS003",
        "wrong account",
        "The credentials are those of another account than the environment's. Nothing was changed.",
        "Use credentials of the environment's account, or correct the environment.",
    ),
    Code(
        "AWS004",
        "not listed yet",
        "The last apply left a resource that neither AWS's listing nor its tag index shows, and its own description does: both follow a change after a while. What the description and the resource's own tags say is taken; the receipt only caused the look.",
        "Nothing. If it stays for more than some minutes, AWS's listing lacks it: look there.",
    ),
)
