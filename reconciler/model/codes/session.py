"""Codes about the credentials of a run and how long they last."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 65
CODES = (
    Code(
        "SESSION001",
        "the credentials end first",
        "What an apply would wait for takes longer than these credentials last, and they are not renewed. An apply with the same ones would hand over in the middle of a wait: AWS goes on, and somebody has to see later how it ended.",
        "Apply with credentials that are renewed (a role that is taken, IAM Identity Center, a token file that is written again), or with a session that is longer; or apply, log in again afterwards, and let `moorline apply --resume` finish.",
    ),
    Code(
        "SESSION002",
        "handed over",
        "The credentials ended while AWS was at work, and no others could be had. Nothing new was begun. AWS goes on by itself; how it ends is not known yet and can be seen from what is live.",
        "Log in again and run `moorline apply --resume`, which waits for what is still under way, verifies what has arrived, and says what has not. `moorline drift` only looks.",
    ),
)
