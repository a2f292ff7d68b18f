"""A small client of yaml-language-server, which is what VS Code and Neovim ask about YAML."""

from __future__ import annotations

import json
import queue
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LIMIT = 30
"""Seconds after which the server hangs."""
SERVER = (
    Path(sys.executable).parents[1]
    / "node/node_modules/yaml-language-server/bin/yaml-language-server"
)
SETTINGS: dict[str, Any] = {
    "completion": True,
    "hover": True,
    "validate": True,
    "schemaStore": {"enable": False, "url": ""},
    "kubernetesCRDStore": {"enable": False},
    "schemas": {},
}


def missing() -> str:
    """Why the server cannot be started here; "" when it can."""
    if shutil.which("node") is None:
        return "node is not installed"
    if not SERVER.exists():
        return "`make setup` has not installed yaml-language-server into .venv/node"
    return ""


@dataclass(slots=True)
class Editor:
    """An editor that has the folder open."""

    process: subprocess.Popen[bytes]
    folder: Path
    settings: dict[str, Any]
    answers: queue.Queue[Any] = field(default_factory=queue.Queue)
    found: queue.Queue[Any] = field(default_factory=queue.Queue)
    sent: int = 0
    files: int = 0

    def ask(self, method: str, params: Any) -> Any:
        """Send a request and wait for its answer."""
        self.sent += 1
        self._send({"id": self.sent, "method": method, "params": params})
        answer = self.answers.get(timeout=LIMIT)
        assert "error" not in answer, answer
        return answer["result"]

    def tell(self, method: str, params: Any) -> None:
        self._send({"method": method, "params": params})

    def problems(self, name: str, text: str) -> list[tuple[int, int, str]]:
        """(line, column, message) of all that is wrong with a file of this text."""
        uri = self._opened(name, text)
        while (said := self.found.get(timeout=LIMIT))["uri"] != uri:
            pass
        places = [(each["range"]["start"], each["message"]) for each in said["diagnostics"]]
        return sorted((at["line"] + 1, at["character"] + 1, message) for at, message in places)

    def complete(self, name: str, text: str) -> list[str]:
        """What is offered where `text` has a ``|``."""
        answer = self._asked_at("textDocument/completion", name, text)
        return sorted(each["label"] for each in answer["items"])

    def hover(self, name: str, text: str) -> str:
        """What is shown of the word in which `text` has a ``|``."""
        answer = self._asked_at("textDocument/hover", name, text)
        return str(answer["contents"]["value"]) if answer else ""

    def _asked_at(self, method: str, name: str, text: str) -> Any:
        before, _, after = text.partition("|")
        place = {"line": before.count("\n"), "character": len(before.rpartition("\n")[2])}
        uri = self._opened(name, before + after)
        return self.ask(method, {"textDocument": {"uri": uri}, "position": place})

    def _opened(self, name: str, text: str) -> str:
        """Open a file that need not exist; its name gets a number, so that it is a new one."""
        self.files += 1
        path = self.folder / name
        uri = path.with_name(f"{path.stem}-{self.files}{path.suffix}").as_uri()
        document = {"uri": uri, "languageId": "yaml", "version": 1, "text": text}
        self.tell("textDocument/didOpen", {"textDocument": document})
        return uri

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self.process.stdin is not None
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n%s" % (len(body), body))
        self.process.stdin.flush()

    def listen(self) -> None:
        """Sort what the server says, and answer what it asks."""
        while (message := self._receive()) is not None:
            method = message.get("method")
            if method == "workspace/configuration":
                items = message["params"]["items"]
                wanted = [self.settings if each["section"] == "yaml" else {} for each in items]
                self._send({"id": message["id"], "result": wanted})
            elif method == "textDocument/publishDiagnostics":
                self.found.put(message["params"])
            elif method is not None and "id" in message:
                self._send({"id": message["id"], "result": None})
            elif method is None:
                self.answers.put(message)

    def _receive(self) -> Any:
        stream = self.process.stdout
        assert stream is not None
        length = 0
        while line := stream.readline().strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        return json.loads(stream.read(length)) if length else None


@contextmanager
def editor(folder: Path, **settings: Any) -> Iterator[Editor]:
    """An editor on a folder, with the extension's settings changed by `settings`."""
    command = ["node", str(SERVER), "--stdio"]
    process = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    client = Editor(process, folder, SETTINGS | settings)
    thread = threading.Thread(target=client.listen, daemon=True)
    thread.start()
    try:
        root = folder.as_uri()
        can = {"workspace": {"configuration": True}, "textDocument": {"publishDiagnostics": {}}}
        client.ask(
            "initialize",
            {
                "processId": None,
                "rootUri": root,
                "capabilities": can,
                "workspaceFolders": [{"uri": root, "name": folder.name}],
            },
        )
        client.tell("initialized", {})
        client.tell("workspace/didChangeConfiguration", {"settings": {"yaml": client.settings}})
        yield client
    finally:
        process.kill()
        process.wait()
        thread.join(LIMIT)
        for stream in (process.stdin, process.stdout):
            assert stream is not None
            stream.close()
