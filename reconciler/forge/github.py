"""GitHub's REST API, version 2022-11-28, for comments and issues.

The token of a job belongs to an app and may not read ``/user``; GraphQL's ``viewer``
tells its name.
"""

from __future__ import annotations

from urllib.parse import quote, urlencode

from reconciler.forge.api import LIMIT, Comment, ForgeError, Issue, Secret, Trouble, account
from reconciler.forge.http import Clock, Http, Patience
from reconciler.model.value import Json

BOT = "[bot]"
_EDITOR = """\
query($id: ID!) {
  node(id: $id) { ... on IssueComment { lastEditedAt editor { __typename login } } }
}"""
"""REST says when a comment was changed, but not by whom. An account that is gone is null."""


class GitHub:
    """One repository, and one pull request of it where `change` is given."""

    limit = LIMIT

    def __init__(  # noqa: PLR0913 - what a forge is made of
        self,
        api: str,
        repository: str,
        token: Secret,
        *,
        change: int | None = None,
        patience: Patience | None = None,
        clock: Clock | None = None,
    ) -> None:
        headers = {
            "Accept": "application/vnd.github+json",
            "Authorization": f"Bearer {token.reveal()}",
            "X-GitHub-Api-Version": "2022-11-28",
        }
        self._http = Http(api, headers, patience=patience, clock=clock)
        self._repo = f"repos/{quote(repository, safe='/')}"
        self._change = change
        self._me = ""

    def me(self) -> str:
        if not self._me:
            try:
                self._me = str(_dig(self._http.send("GET", "user").data, "login"))
            except ForgeError as error:
                if error.trouble not in {Trouble.PERMISSION, Trouble.MISSING}:
                    raise
                self._me = self._app()
        return self._me

    def _app(self) -> str:
        login = str(_dig(self._graph("query{viewer{login}}"), "data", "viewer", "login"))
        return login if login.endswith(BOT) else login + BOT

    def _graph(self, query: str, **variables: Json) -> Json:
        root = self._http.base.removesuffix("/v3")
        asked = {"query": query, **({"variables": variables} if variables else {})}
        return self._http.send("POST", f"{root}/graphql", asked).data

    # -- comments

    def comments(self) -> list[Comment]:
        path = f"{self._repo}/issues/{self._change}/comments?per_page=100"
        return sorted(map(_comment, self._http.pages(path)), key=lambda each: each.id)

    def edited_by(self, comment: Comment) -> str:
        node = _dig(self._graph(_EDITOR, id=comment.node), "data", "node")
        if not isinstance(node, dict) or node.keys() != {"lastEditedAt", "editor"}:
            raise ForgeError(Trouble.REFUSED, "GitHub", "the answer does not say who edited it")
        if node["lastEditedAt"] is None:
            return ""
        editor = node["editor"] or {"login": "ghost", "__typename": "User"}
        login = str(_dig(editor, "login"))
        app = editor.get("__typename") == "Bot" and not login.endswith(BOT)
        return login + BOT if app else login

    def create_comment(self, body: str) -> Comment:
        path = f"{self._repo}/issues/{self._change}/comments"
        made = _comment(self._http.send("POST", path, {"body": body}).data)
        self._me = self._me or made.author
        return made

    def update_comment(self, id_: int, body: str) -> Comment:
        path = f"{self._repo}/issues/comments/{id_}"
        return _comment(self._http.send("PATCH", path, {"body": body}).data)

    def delete_comment(self, id_: int) -> None:
        self._http.send("DELETE", f"{self._repo}/issues/comments/{id_}")

    # -- issues

    def issues(self, label: str, *, closed: bool = False) -> list[Issue]:
        asked = {"labels": label, "state": "closed" if closed else "open", "per_page": 100}
        asked |= {"sort": "updated" if closed else "created"}
        asked |= {"direction": "desc" if closed else "asc"}
        found = self._http.pages(f"{self._repo}/issues?{urlencode(asked)}")
        return [_issue(each) for each in found if "pull_request" not in each]

    def create_issue(self, title: str, body: str, label: str) -> Issue:
        new = {"title": title, "body": body, "labels": [label]}
        made = _issue(self._http.send("POST", f"{self._repo}/issues", new).data)
        self._me = self._me or made.author
        return made

    def update_issue(self, number: int, title: str, body: str, *, reopen: bool = False) -> Issue:
        new = {"title": title, "body": body, **({"state": "open"} if reopen else {})}
        return _issue(self._http.send("PATCH", f"{self._repo}/issues/{number}", new).data)

    def close_issue(self, number: int) -> None:
        new = {"state": "closed", "state_reason": "completed"}
        self._http.send("PATCH", f"{self._repo}/issues/{number}", new)

    def comment_on_issue(self, number: int, body: str) -> None:
        self._http.send("POST", f"{self._repo}/issues/{number}/comments", {"body": body})


def _comment(data: Json) -> Comment:
    number = int(_dig(data, "id"))
    url, node = str(data.get("html_url") or ""), str(data.get("node_id") or "")
    return Comment(number, _author(data), _text(data), url, account(data.get("user")), node)


def _issue(data: Json) -> Issue:
    closed = str(data.get("closed_at") or "") if _dig(data, "state") == "closed" else ""
    url, title = str(data.get("html_url") or ""), str(data.get("title") or "")
    return Issue(int(_dig(data, "number")), _author(data), _text(data), title, url, closed)


def _author(data: Json) -> str:
    """Who wrote it; an account that was deleted is null."""
    user = data.get("user")
    return str(user.get("login") or "") if isinstance(user, dict) else ""


def _text(data: Json) -> str:
    return str(data.get("body") or "")


def _dig(data: Json, *path: str) -> Json:
    """A part that an answer must have."""
    for key in path:
        if not isinstance(data, dict) or data.get(key) is None:
            why = f"the answer has no {'.'.join(path)!r}"
            raise ForgeError(Trouble.REFUSED, "GitHub", why)
        data = data[key]
    return data
