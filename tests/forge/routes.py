"""What the local forge answers to which request, as GitHub and GitLab write it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .store import Note, Store, Ticket, number_of

Answer = tuple[int, Any]
NOT_FOUND = (404, {"message": "Not Found"})
NOWHERE = "acme/nowhere"


@dataclass
class Call:
    """A request that a table has found an action for."""

    store: Store
    me: str
    at: list[str]
    asked: dict[str, str]
    body: dict[str, Any]

    @property
    def number(self) -> int:
        return int(self.at[-1])

    @property
    def note(self) -> Note | None:
        return self.store.find(self.number)

    @property
    def ticket(self) -> Ticket | None:
        found = self.store.tickets
        return found[self.number - 1] if 0 < self.number <= len(found) else None


def _app(call: Call) -> bool:
    return call.me.endswith("[bot]")


# -- GitHub


def hub_user(call: Call) -> Answer:
    if _app(call):
        return 403, {"message": "Resource not accessible by integration"}
    return 200, {"login": call.me}


WHEN = "2026-11-23T07:00:00Z"


def hub_graph(call: Call) -> Answer:
    """The two questions that are asked: who am I, and who edited a comment."""
    if "viewer" in call.body["query"]:
        return 200, {"data": {"viewer": {"login": call.me}}}
    note = call.store.find(int(call.body["variables"]["id"].removeprefix("IC_")))
    if note is None:
        return 200, {"data": {"node": None}, "errors": [{"type": "NOT_FOUND"}]}
    name = note.editor.removesuffix("[bot]")
    kind = "Bot" if name != note.editor else "User"
    editor = {"__typename": kind, "login": name} if name else None
    return 200, {"data": {"node": {"lastEditedAt": WHEN if name else None, "editor": editor}}}


def hub_note(note: Note) -> dict[str, Any]:
    url = f"https://github.test/pull/{note.change}#issuecomment-{note.id}"
    user = {"login": note.author, "id": number_of(note.author)}
    found = {"id": note.id, "node_id": f"IC_{note.id}", "user": user}
    return {**found, "body": note.body, "html_url": url}


def hub_notes(call: Call) -> Answer:
    if call.at[0] == NOWHERE:
        return NOT_FOUND
    return 200, [hub_note(each) for each in call.store.of(call.number)]


def hub_say(call: Call) -> Answer:
    if call.at[0] == NOWHERE:
        return NOT_FOUND
    ticket = call.ticket
    if ticket:
        ticket.said.append(call.body["body"])
    return 201, hub_note(call.store.note(call.number, call.me, call.body["body"]))


def hub_edit(call: Call) -> Answer:
    if call.note is None:
        return NOT_FOUND
    call.note.body, call.note.editor = call.body["body"], call.me
    return 200, hub_note(call.note)


def hub_ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "number": ticket.number,
        "user": {"login": ticket.author},
        "title": ticket.title,
        "body": ticket.body,
        "html_url": f"https://github.test/issues/{ticket.number}",
        "state": "closed" if ticket.closed else "open",
        "closed_at": ticket.closed or None,
    }


def hub_tickets(call: Call) -> Answer:
    closed = call.asked["state"] == "closed"
    found = [hub_ticket(each) for each in call.store.labelled(call.asked["labels"], closed=closed)]
    pull = {**hub_ticket(Ticket(99, call.me, "a pull request", "", [])), "pull_request": {}}
    return 200, [pull, *found]


def hub_open(call: Call) -> Answer:
    new = call.body
    return 201, hub_ticket(call.store.ticket(call.me, new["title"], new["body"], new["labels"]))


def hub_change(call: Call) -> Answer:
    ticket, new = call.ticket, call.body
    if ticket is None:
        return NOT_FOUND
    ticket.title, ticket.body = new.get("title", ticket.title), new.get("body", ticket.body)
    if new.get("state") == "open":
        ticket.closed = ""
    elif new.get("state") == "closed":
        call.store.close(ticket)
    return 200, hub_ticket(ticket)


# -- GitLab


def lab_user(call: Call) -> Answer:
    return 200, {"username": call.me}


def lab_job(call: Call) -> Answer:
    return 200, {"user": {"username": call.me}}


def lab_note(note: Note) -> dict[str, Any]:
    author = {"username": note.author, "id": number_of(note.author)}
    return {"id": note.id, "author": author, "body": note.body, "system": note.system}


def lab_graph(call: Call) -> Answer:
    note = call.store.find(int(call.body["variables"]["id"].rpartition("/")[2]))
    if note is None:
        return 200, {"data": {"note": None}}
    editor = {"username": note.editor} if note.editor else None
    when = WHEN if note.editor else None
    return 200, {"data": {"note": {"lastEditedAt": when, "lastEditedBy": editor}}}


def lab_notes(call: Call) -> Answer:
    if call.at[0] == NOWHERE:
        return NOT_FOUND
    return 200, [lab_note(each) for each in call.store.of(call.number)]


def lab_say(call: Call) -> Answer:
    if call.at[0] == NOWHERE:
        return NOT_FOUND
    return 201, lab_note(call.store.note(call.number, call.me, call.body["body"]))


def lab_edit(call: Call) -> Answer:
    if call.note is None:
        return NOT_FOUND
    call.note.body, call.note.editor = call.body["body"], call.me
    return 200, lab_note(call.note)


def remove(call: Call) -> Answer:
    if call.note is None:
        return NOT_FOUND
    call.store.notes.remove(call.note)
    return 204, None


def lab_ticket(ticket: Ticket) -> dict[str, Any]:
    return {
        "iid": ticket.number,
        "author": {"username": ticket.author},
        "title": ticket.title,
        "description": ticket.body,
        "web_url": f"https://gitlab.test/issues/{ticket.number}",
        "state": "closed" if ticket.closed else "opened",
        "closed_at": ticket.closed or None,
    }


def lab_tickets(call: Call) -> Answer:
    closed = call.asked["state"] == "closed"
    found = call.store.labelled(call.asked["labels"], closed=closed)
    return 200, [lab_ticket(each) for each in found]


def lab_open(call: Call) -> Answer:
    new = call.body
    labels = new["labels"].split(",")
    return 201, lab_ticket(call.store.ticket(call.me, new["title"], new["description"], labels))


def lab_change(call: Call) -> Answer:
    ticket, new = call.ticket, call.body
    if ticket is None:
        return NOT_FOUND
    ticket.title = new.get("title", ticket.title)
    ticket.body = new.get("description", ticket.body)
    if new.get("state_event") == "reopen":
        ticket.closed = ""
    elif new.get("state_event") == "close":
        call.store.close(ticket)
    return 200, lab_ticket(ticket)


def lab_remark(call: Call) -> Answer:
    if call.ticket is None:
        return NOT_FOUND
    call.ticket.said.append(call.body["body"])
    return 201, {"id": 1, "author": {"username": call.me}, "body": call.body["body"]}


Table = tuple[tuple[str, str, Callable[[Call], Answer]], ...]
_REPO, _PROJECT = r"/repos/([\w.-]+/[\w.-]+)", r"/projects/([\w.%-]+)"
GITHUB: Table = (
    ("GET", "/user", hub_user),
    ("POST", "/graphql", hub_graph),
    ("GET", rf"{_REPO}/issues/(\d+)/comments", hub_notes),
    ("POST", rf"{_REPO}/issues/(\d+)/comments", hub_say),
    ("PATCH", rf"{_REPO}/issues/comments/(\d+)", hub_edit),
    ("DELETE", rf"{_REPO}/issues/comments/(\d+)", remove),
    ("GET", rf"{_REPO}/issues", hub_tickets),
    ("POST", rf"{_REPO}/issues", hub_open),
    ("PATCH", rf"{_REPO}/issues/(\d+)", hub_change),
)
GITLAB: Table = (
    ("POST", "/graphql", lab_graph),
    ("GET", "/user", lab_user),
    ("GET", "/job", lab_job),
    ("GET", rf"{_PROJECT}/merge_requests/(\d+)/notes", lab_notes),
    ("POST", rf"{_PROJECT}/merge_requests/(\d+)/notes", lab_say),
    ("PUT", rf"{_PROJECT}/merge_requests/\d+/notes/(\d+)", lab_edit),
    ("DELETE", rf"{_PROJECT}/merge_requests/\d+/notes/(\d+)", remove),
    ("GET", rf"{_PROJECT}/issues", lab_tickets),
    ("POST", rf"{_PROJECT}/issues", lab_open),
    ("PUT", rf"{_PROJECT}/issues/(\d+)", lab_change),
    ("POST", rf"{_PROJECT}/issues/(\d+)/notes", lab_remark),
)
