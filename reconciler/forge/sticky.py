"""One comment on a change request, found by its marker and edited in place.

Ours is a comment by the token's own user that starts with the marker; a person who quotes
it has written something else. Forges have no conditional writes, so two runs at once may
both make a comment: each looks again after making one, the oldest stays with the newest
text, the others go. The oldest is never deleted, so one always remains, and what a killed
run leaves is put right by the next one. Which text is newest is told by the number of the
CI run, kept at the end of the comment; without numbers it is that of who comes later.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from reconciler.forge.api import LIMIT, Comment, Comments, ForgeError, Trouble

ROUNDS = 5
_RUN = re.compile(r"\s*<!-- moorline:run (\d{1,20}) -->\s*\Z")


class Done(StrEnum):
    """What became of a comment."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SILENT = "silent"
    """There is nothing to say and nothing was said before."""
    OLDER = "older"
    """The comment there is of a newer run, and stays."""


@dataclass(frozen=True, slots=True)
class Post:
    """What is to be said. `body` starts with `marker`."""

    marker: str
    body: str
    quiet: bool = False
    """Nothing has to be said, unless it takes back what was said before."""
    run: int = 0
    """The number of the CI run; a higher one is newer. 0 is not known."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was done, and where it is read."""

    done: Done
    url: str = ""
    removed: int = 0
    """Doubles that were deleted."""


class TooLongError(Exception):
    """A text that no forge takes. Nothing was sent."""

    def __init__(self, length: int) -> None:
        super().__init__(f"the comment has {length} characters, {LIMIT} are taken")


def upsert(forge: Comments, post: Post) -> Outcome:
    """Have one comment that says it.

    Raises:
        TooLongError: nothing was sent.
        ForgeError: the forge did not do it.
    """
    if len(post.body) > LIMIT:
        raise TooLongError(len(post.body))
    text = _stamped(post)
    made = False
    for _ in range(ROUNDS):
        ours = _ours(forge, post.marker)
        if not ours:
            if made:  # the list lags behind; the next run clears doubles up
                return Outcome(Done.CREATED)
            if post.quiet:
                return Outcome(Done.SILENT)
            forge.create_comment(text)
            made = True
            continue
        outcome = _settle(forge, post, ours, made=made)
        if outcome is not None:
            return outcome
        made = False
    raise ForgeError(Trouble.DOWN, "the comment", "it changes all the time")


def _settle(forge: Comments, post: Post, ours: Sequence[Comment], *, made: bool) -> Outcome | None:
    """Leave the oldest with the newest text; nothing when it was deleted meanwhile."""
    keep, doubles = ours[0], ours[1:]
    said = max((_run(each.body), each.id) for each in ours)
    newer = post.run and said[0] > post.run
    text = next(each.body for each in ours if each.id == said[1]) if newer else _stamped(post)
    differs = _plain(keep.body) != _plain(text)
    if differs:
        try:
            forge.update_comment(keep.id, text)
        except ForgeError as error:
            if error.trouble is Trouble.MISSING:
                return None
            raise
    for each in doubles:
        _delete(forge, each)
    if newer:
        done = Done.OLDER
    elif made:
        done = Done.CREATED if len(ours) == 1 else Done.UPDATED
    else:
        done = Done.UPDATED if differs else Done.UNCHANGED
    return Outcome(done, keep.url, len(doubles))


def _ours(forge: Comments, marker: str) -> list[Comment]:
    """Our comments, oldest first. Who we are is asked only where it matters."""
    found = [each for each in forge.comments() if each.body.startswith(marker)]
    if not found:
        return []
    me = forge.me()
    return sorted((each for each in found if each.author == me), key=lambda each: each.id)


def _delete(forge: Comments, comment: Comment) -> None:
    try:
        forge.delete_comment(comment.id)
    except ForgeError as error:
        if error.trouble is not Trouble.MISSING:  # the other run was faster
            raise


def _stamped(post: Post) -> str:
    """The text with the number of the run, where there is room for it."""
    text = f"{post.body.rstrip()}\n\n<!-- moorline:run {post.run} -->\n"
    return text if post.run and len(text) <= LIMIT else post.body


def _run(body: str) -> int:
    found = _RUN.search(body)
    return int(found[1]) if found else 0


def _plain(body: str) -> str:
    """The text as it is compared: a forge may change line ends, and the stamp says nothing."""
    return _RUN.sub("", body.replace("\r\n", "\n")).strip()
