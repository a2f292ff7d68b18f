"""GitLab's REST API, version 4, for notes of a merge request and issues.

A job's own token (CI_JOB_TOKEN) is taken where there is no other; most versions of GitLab
do not let it write notes, and answer 401 or 403.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from reconciler.forge.api import LIMIT, Comment, ForgeError, Issue, Secret, Trouble, account
from reconciler.forge.http import Clock, Http, Patience
from reconciler.model.value import Json

_EDITOR = "query($id: NoteID!) { note(id: $id) { lastEditedAt lastEditedBy { username } } }"
"""REST says when a note was changed, but not by whom. An account that is gone is null."""


class GitLab:
    """One project, by id or path, and one merge request of it where `change` is given."""

    limit = LIMIT

    def __init__(  # noqa: PLR0913 - what a forge is made of
        self,
        api: str,
        repository: str,
        token: Secret,
        *,
        job_token: bool = False,
        change: int | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
        ca_file: str = "",
    ) -> None:
        headers = {"JOB-TOKEN" if job_token else "PRIVATE-TOKEN": token.reveal()}
        self._http = Http(api, headers, patience=patience, clock=clock, ca_file=ca_file)
        self._project = f"projects/{quote(repository, safe='')}"
        self._notes = f"{self._project}/merge_requests/{change}/notes"
        self._job = job_token
        self._me = ""

    def me(self) -> str:
        if not self._me:
            data = self._http.send("GET", "job" if self._job else "user").data
            user = data.get("user") if self._job and isinstance(data, dict) else data
            self._me = str(_part(user, "username"))
        return self._me

    # -- comments

    def comments(self) -> list[Comment]:
        found = self._http.pages(f"{self._notes}?sort=asc&order_by=created_at&per_page=100")
        notes = [_comment(each) for each in found if not each.get("system")]
        return sorted(notes, key=lambda each: each.id)

    def edited_by(self, comment: Comment) -> str:
        root = self._http.base.removesuffix("/v4")
        asked = {"query": _EDITOR, "variables": {"id": f"gid://gitlab/Note/{comment.id}"}}
        note = _part(_part(self._http.send("POST", f"{root}/graphql", asked).data, "data"), "note")
        if not isinstance(note, dict) or note.keys() != {"lastEditedAt", "lastEditedBy"}:
            raise ForgeError(Trouble.REFUSED, "GitLab", "the answer does not say who edited it")
        if note["lastEditedAt"] is None and note["lastEditedBy"] is None:
            return ""
        return str(_part(note["lastEditedBy"] or {"username": "ghost"}, "username"))

    def create_comment(self, body: str) -> Comment:
        made = _comment(self._http.send("POST", self._notes, {"body": body}).data)
        self._me = self._me or made.author
        return made

    def update_comment(self, id_: int, body: str) -> Comment:
        return _comment(self._http.send("PUT", f"{self._notes}/{id_}", {"body": body}).data)

    def delete_comment(self, id_: int) -> None:
        self._http.send("DELETE", f"{self._notes}/{id_}")

    # -- issues

    def issues(self, label: str, *, closed: bool = False) -> list[Issue]:
        asked = {"labels": label, "state": "closed" if closed else "opened", "per_page": 100}
        asked |= {"order_by": "updated_at" if closed else "created_at"}
        asked |= {"sort": "desc" if closed else "asc"}
        found = self._http.pages(f"{self._project}/issues?{urlencode(asked)}")
        return [_issue(each) for each in found]

    def create_issue(self, title: str, body: str, label: str) -> Issue:
        new = {"title": title, "description": body, "labels": label}
        made = _issue(self._http.send("POST", f"{self._project}/issues", new).data)
        self._me = self._me or made.author
        return made

    def update_issue(self, number: int, title: str, body: str, *, reopen: bool = False) -> Issue:
        new = {"title": title, "description": body}
        new |= {"state_event": "reopen"} if reopen else {}
        return _issue(self._http.send("PUT", f"{self._project}/issues/{number}", new).data)

    def close_issue(self, number: int) -> None:
        self._http.send("PUT", f"{self._project}/issues/{number}", {"state_event": "close"})

    def comment_on_issue(self, number: int, body: str) -> None:
        self._http.send("POST", f"{self._project}/issues/{number}/notes", {"body": body})


def _comment(data: Json) -> Comment:
    text, by = str(data.get("body") or ""), account(data.get("author"))
    return Comment(int(_part(data, "id")), _author(data), text, author_id=by)


def _issue(data: Json) -> Issue:
    closed = str(data.get("closed_at") or "") if _part(data, "state") == "closed" else ""
    return Issue(
        int(_part(data, "iid")),
        _author(data),
        str(data.get("description") or ""),
        str(data.get("title") or ""),
        str(data.get("web_url") or ""),
        closed,
    )


def _author(data: Json) -> str:
    author = data.get("author")
    return str(author.get("username") or "") if isinstance(author, dict) else ""


def _part(data: Json, key: str) -> Json:
    """A part that an answer must have."""
    if not isinstance(data, dict) or data.get(key) is None:
        raise ForgeError(Trouble.REFUSED, "GitLab", f"the answer has no {key!r}")
    return data[key]
