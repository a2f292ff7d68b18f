"""What a forge keeps: comments and issues, and who may write them. No HTTP."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import UTC, datetime

from reconciler.forge.api import LIMIT, Comment, ForgeError, Issue, Trouble

TOKEN = "forge-token-canary-8c1f2e7d9a"
"""The token of the bot."""
BOT = "moorline[bot]"
PERSON = "alice"


@dataclass
class Note:
    id: int
    change: int
    author: str
    body: str
    system: bool = False
    editor: str = ""


def number_of(name: str) -> int:
    """The number of an account."""
    return 1_000 + sum(name.encode())


@dataclass
class Ticket:
    number: int
    author: str
    title: str
    body: str
    labels: list[str]
    closed: str = ""
    said: list[str] = field(default_factory=list)


@dataclass
class Store:
    """Ids grow with time, over all change requests."""

    notes: list[Note] = field(default_factory=list)
    tickets: list[Ticket] = field(default_factory=list)
    lock: threading.RLock = field(default_factory=threading.RLock)
    _id: int = 100

    def note(self, change: int, author: str, body: str, *, system: bool = False) -> Note:
        with self.lock:
            self._id += 1
            made = Note(self._id, change, author, body, system)
            self.notes.append(made)
            return made

    def ticket(self, author: str, title: str, body: str, labels: list[str]) -> Ticket:
        with self.lock:
            made = Ticket(len(self.tickets) + 1, author, title, body, labels)
            self.tickets.append(made)
            return made

    def of(self, change: int) -> list[Note]:
        with self.lock:
            return [each for each in self.notes if each.change == change]

    def find(self, id_: int) -> Note | None:
        with self.lock:
            return next((each for each in self.notes if each.id == id_), None)

    def labelled(self, label: str, *, closed: bool) -> list[Ticket]:
        with self.lock:
            return [t for t in self.tickets if label in t.labels and bool(t.closed) == closed]

    def close(self, ticket: Ticket, when: str = "") -> None:
        ticket.closed = when or f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


class Direct:
    """A forge without HTTP, on a store; for one change request."""

    def __init__(self, store: Store, change: int = 7, me: str = BOT) -> None:
        self.store, self.change, self._me = store, change, me
        self.calls: list[str] = []

    def me(self) -> str:
        return self._me

    def comments(self) -> list[Comment]:
        self.calls.append("list")
        return [Comment(n.id, n.author, n.body, f"#{n.id}") for n in self.store.of(self.change)]

    def edited_by(self, comment: Comment) -> str:
        return self._found(comment.id).editor

    def create_comment(self, body: str) -> Comment:
        self.calls.append("create")
        assert len(body) <= LIMIT
        made = self.store.note(self.change, self._me, body)
        return Comment(made.id, made.author, made.body, f"#{made.id}")

    def update_comment(self, id_: int, body: str) -> Comment:
        self.calls.append("update")
        note = self._found(id_)
        note.body, note.editor = body, self._me
        return Comment(note.id, note.author, note.body, f"#{id_}")

    def delete_comment(self, id_: int) -> None:
        self.calls.append("delete")
        self.store.notes.remove(self._found(id_))

    def _found(self, id_: int) -> Note:
        note = self.store.find(id_)
        if note is None:
            raise ForgeError(Trouble.MISSING, "comment", "404")
        return note

    def issues(self, label: str, *, closed: bool = False) -> list[Issue]:
        self.calls.append("issues")
        found = self.store.labelled(label, closed=closed)
        return [Issue(t.number, t.author, t.body, t.title, f"#{t.number}", t.closed) for t in found]

    def create_issue(self, title: str, body: str, label: str) -> Issue:
        self.calls.append("create")
        made = self.store.ticket(self._me, title, body, [label])
        return Issue(made.number, made.author, made.body, title, f"#{made.number}")

    def update_issue(self, number: int, title: str, body: str, *, reopen: bool = False) -> Issue:
        self.calls.append("update")
        ticket = self.store.tickets[number - 1]
        ticket.title, ticket.body = title, body
        ticket.closed = "" if reopen else ticket.closed
        return Issue(number, ticket.author, body, title, f"#{number}", ticket.closed)

    def close_issue(self, number: int) -> None:
        self.calls.append("close")
        self.store.close(self.store.tickets[number - 1])

    def comment_on_issue(self, number: int, body: str) -> None:
        self.calls.append("say")
        self.store.tickets[number - 1].said.append(body)
