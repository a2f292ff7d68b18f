"""What Moorline asks of a forge, and what can go wrong there.

Nothing here knows GitHub or GitLab, and nothing speaks HTTP. A token is held by
`Secret`, which no message and no `repr` gives away.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from reconciler.model.value import Json

LIMIT = 65_536
"""Characters that GitHub takes in a comment or an issue; GitLab takes more."""


class Secret:
    """A token. It is told on purpose only, with `reveal`."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value.strip()

    def reveal(self) -> str:
        return self._value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __repr__(self) -> str:
        return "Secret(hidden)"


class Trouble(StrEnum):
    """Why a forge did not do as asked, named by who has to act."""

    DOWN = "down"
    """It cannot be reached or fails: later."""
    LIMITED = "limited"
    """It asks to slow down for longer than a command may wait: later."""
    TOKEN = "token"  # noqa: S105 - the name of a trouble
    """It does not know the token."""
    PERMISSION = "permission"
    """The token may not do this."""
    MISSING = "missing"
    """There is no such thing, or the token may not see it."""
    LOCKED = "locked"
    """A person has locked the conversation."""
    REFUSED = "refused"
    """It takes the request for wrong, or its answer makes no sense."""


class ForgeError(Exception):
    """A request that came to nothing, after all tries. Its text has no secret in it."""

    def __init__(self, trouble: Trouble, what: str, why: str) -> None:
        super().__init__(f"{what}: {why}")
        self.trouble = trouble


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment on a change request. A higher id is a younger comment."""

    id: int
    author: str
    body: str
    url: str = ""
    author_id: int = 0
    """The number of the account, which stays when its name goes to somebody else."""
    node: str = ""
    """What GitHub's GraphQL calls it."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One issue. `closed` is when, as ``2026-11-23T07:00:00Z``; "" while it is open."""

    number: int
    author: str
    body: str
    title: str = ""
    url: str = ""
    closed: str = ""


def account(user: Json) -> int:
    """The number of an account in an answer; 0 when it has none."""
    number = user.get("id") if isinstance(user, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else 0


class Comments(Protocol):
    """The comments of one change request. Every method raises `ForgeError`."""

    def me(self) -> str:
        """The name that comments of this token carry."""
        ...

    def comments(self) -> list[Comment]:
        """All of them, oldest first."""
        ...

    def edited_by(self, comment: Comment) -> str:
        """Who changed it last, "" when nobody did; people with rights may change any comment."""
        ...

    def create_comment(self, body: str) -> Comment: ...

    def update_comment(self, id_: int, body: str) -> Comment: ...

    def delete_comment(self, id_: int) -> None: ...


class Issues(Protocol):
    """The issues of one repository. Every method raises `ForgeError`."""

    def me(self) -> str:
        """The name that issues of this token carry."""
        ...

    def issues(self, label: str, *, closed: bool = False) -> list[Issue]:
        """All open ones with a label, oldest first; or the closed ones, latest change first."""
        ...

    def create_issue(self, title: str, body: str, label: str) -> Issue: ...

    def update_issue(self, number: int, title: str, body: str, *, reopen: bool = False) -> Issue:
        """Give it a new text, and open it again when it is closed."""
        ...

    def close_issue(self, number: int) -> None: ...

    def comment_on_issue(self, number: int, body: str) -> None: ...


class Forge(Comments, Issues, Protocol):
    """Both."""
