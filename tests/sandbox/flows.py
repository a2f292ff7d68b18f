"""State machines for tests: a role, a machine, a run, and a local server that stands for an API."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from reconciler.sandbox.inprocess import Sandbox

PASS = {"Type": "Pass", "End": True}
SFN = "arn:aws:states:::"


def role(
    aws: Sandbox, name: str, *actions: str, service: str = "states", resource: Any = "*"
) -> str:
    """A role that a service may take, with these actions."""
    iam = aws.client("iam")
    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    made = iam.create_role(
        RoleName=name,
        AssumeRolePolicyDocument=_document({**trust, "Action": "sts:AssumeRole"}),
    )
    if actions:
        allowed = {"Effect": "Allow", "Action": list(actions), "Resource": resource}
        iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=_document(allowed))
    return str(made["Role"]["Arn"])


def _document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def machine(
    aws: Sandbox, states: dict[str, Any], role_arn: str, *, name: str = "flow", **more: Any
) -> str:
    """A machine that starts with the first of its states."""
    extra = {key: more.pop(key) for key in ("TimeoutSeconds",) if key in more}
    definition = json.dumps({"StartAt": next(iter(states)), "States": states, **extra})
    made = aws.client("stepfunctions").create_state_machine(
        name=name, definition=definition, roleArn=role_arn, **more
    )
    return str(made["stateMachineArn"])


def begin(aws: Sandbox, arn: str, given: Any = None, **more: Any) -> str:
    """Start a run."""
    text = json.dumps({} if given is None else given, ensure_ascii=False)
    found = aws.client("stepfunctions").start_execution(stateMachineArn=arn, input=text, **more)
    return str(found["executionArn"])


def ended(aws: Sandbox, execution: str, seconds: float = 86_400) -> dict[str, Any]:
    """A run after so many seconds, with its output as JSON."""
    aws.clock.advance(seconds)
    found: dict[str, Any] = aws.client("stepfunctions").describe_execution(executionArn=execution)
    if "output" in found:
        found["output"] = json.loads(found["output"])
    return found


def run(aws: Sandbox, arn: str, given: Any = None, seconds: float = 86_400) -> dict[str, Any]:
    """Start a run and let it end."""
    return ended(aws, begin(aws, arn, given), seconds)


def history(aws: Sandbox, execution: str) -> list[dict[str, Any]]:
    """All events of a run."""
    found: list[dict[str, Any]] = []
    pages = aws.client("stepfunctions").get_paginator("get_execution_history")
    for page in pages.paginate(executionArn=execution):
        found += page["events"]
    return found


def kinds(aws: Sandbox, execution: str) -> list[str]:
    """The types of all events of a run."""
    return [str(each["type"]) for each in history(aws, execution)]


Answer = tuple[int, str, bytes]
"""Status, content type, body."""


@contextmanager
def served(answer: Callable[[str, dict[str, str], bytes], Answer]) -> Iterator[str]:
    """The address of a server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            length = int(self.headers.get("content-length") or 0)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, kind, body = answer(self.path, headers, self.rfile.read(length))
            self.send_response(status)
            self.send_header("content-type", kind)
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST = do_PUT = _answer

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
