"""Codes about live resources that are neither simply there nor simply gone."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 75
CODES = (
    Code(
        "STATE001",
        "neither usable nor gone",
        "AWS has a resource in a state in which nothing can be done with it, such as a key without its material or one whose key store is not connected. It is not replaced, since only it can read what it encrypted; a change of it is refused meanwhile.",
        "Do in AWS what the state asks for, such as importing the key material or connecting the key store; then plan again.",
    ),
    Code(
        "STATE002",
        "scheduled for deletion",
        "Somebody has scheduled the deletion of a resource that the specs declare. AWS still has it, so the plan takes the deletion back and makes nothing new: what only it can read stays readable.",
        "Apply before the day that the message names. To let it go instead, remove its spec.",
    ),
    Code(
        "STATE003",
        "subscription not confirmed",
        "An address was subscribed to a topic and has not confirmed that it wants to be. Until then it is told nothing, and it cannot be unsubscribed either: AWS forgets it after some days.",
        "Confirm it by the link in the message that AWS sent to the address.",
    ),
    Code(
        "STATE004",
        "not empty",
        "AWS deletes some things only when nothing is in them: a bucket without objects, old versions and delete markers, a group without model versions. Moorline empties nothing, since nobody could take that back. Such a step is refused, and the apply ends with exit code 3 before its first write.",
        "Empty it yourself when nobody needs what is in it, then run the same command again. Or keep it: declare it as before.",
    ),
)
