"""A server of this machine that stands for somebody's interface, and runs of a pull against it."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from reconciler.sandbox.inprocess import Sandbox

from .platform import Platform

BUCKET = "acme-dev-raw-123456789012"


@dataclass
class Asked:
    """One request."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


@dataclass
class Answer:
    """What is said to it."""

    body: Any = None
    status: int = 200
    text: str | None = None
    """In the place of JSON."""


@dataclass
class Interface:
    """Answers in order; the last one again and again."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    by_page: dict[str, Answer] = field(default_factory=dict)
    """By the parameter `page`, where pages come in any order."""

    def take(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if (found := self.by_page.get(asked.query.get("page", ""))) is not None:
            return found
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


@contextmanager
def served(aws: Sandbox, *hosts: str) -> Iterator[Interface]:
    """An interface behind some host names."""
    interface = Interface()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            raw = self.rfile.read(length).decode()
            body = json.loads(raw) if raw.startswith("{") else raw
            asked = Asked(parts.path, dict(parse_qsl(parts.query)), dict(self.headers), body)
            answer = interface.take(asked)
            text = json.dumps(answer.body) if answer.text is None else answer.text
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    for host in hosts:
        aws.machines.hosts[host] = f"http://127.0.0.1:{server.server_port}"
    try:
        yield interface
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Ended:
    """How a run ended, and what it has left."""

    status: str
    error: str
    cause: str
    landed: dict[str, Any]
    letters: list[dict[str, Any]]


def arn(name: str) -> str:
    return f"arn:aws:states:eu-west-1:123456789012:stateMachine:acme-dev-{name}"


def run(platform: Platform, name: str, **given: Any) -> Ended:
    """Start a pull and wait for its end, and that of the run that goes on for it."""
    states = platform.client("stepfunctions")
    before = {each["executionArn"] for each in executions(platform, name)}
    started = states.start_execution(stateMachineArn=arn(name), input=json.dumps(given))
    for _ in range(400):
        found = [it for it in executions(platform, name) if it["executionArn"] not in before]
        if all(each["status"] != "RUNNING" for each in found):
            break
        platform.aws.clock.advance(30)
    worst = next((each for each in found if each["status"] != "SUCCEEDED"), found[0])
    said = states.describe_execution(executionArn=worst["executionArn"])
    own = given.get("run", {}).get("name") or started["executionArn"].rpartition(":")[2]
    words = (said["status"], said.get("error", ""), said.get("cause", ""))
    return Ended(*words, landed(platform, name, own), letters(platform, name))


def executions(platform: Platform, name: str) -> list[dict[str, Any]]:
    states = platform.client("stepfunctions")
    found: list[dict[str, Any]] = states.list_executions(stateMachineArn=arn(name))["executions"]
    return found


def landed(platform: Platform, name: str, own: str) -> dict[str, Any]:
    """What a run has put into the bucket, without what of a key is another one each time."""
    s3 = platform.client("s3")
    found = s3.list_objects_v2(Bucket=BUCKET, Prefix=f"{name}/").get("Contents") or ()
    out = {}
    for each in found:
        key = each["Key"]
        if "run=" in key and f"run={own}/" not in key:
            continue
        text = s3.get_object(Bucket=BUCKET, Key=key)["Body"].read().decode()
        short = "/".join(part for part in key.split("/")[1:] if "=" not in part)
        try:
            out[short] = json.loads(text)
        except ValueError:
            out[short] = text
    return out


def letters(platform: Platform, name: str) -> list[dict[str, Any]]:
    """The dead letters that nobody has taken yet."""
    sqs = platform.client("sqs")
    url = sqs.get_queue_url(QueueName=f"acme-dev-{name}-failed")["QueueUrl"]
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages") or ()
    for each in found:
        sqs.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
    return [json.loads(each["Body"]) for each in found]
