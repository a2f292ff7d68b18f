"""Drift reports to AWS: an object that has the latest one, and a topic that hears of changes.

The object remembers in its metadata which fingerprint was published last. Without one a
topic hears of the same drift every time.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from reconciler.aws.errors import AwsError, Denied, Gone
from reconciler.aws.session import Session
from reconciler.forge import drift
from reconciler.forge.drift import Report
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.value import Json
from reconciler.resources.api import absent

_ABSENT = (absent("NoSuchKey"), absent("404"))
_META = "moorline-fingerprint"
_NONE = "none"
_S3 = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/(.+)", re.DOTALL)
_SNS = re.compile(r"(?:sns:)?(arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[\w-]{1,256}(?:\.fifo)?)")
_SUBJECT = 100


class Object(NamedTuple):
    """A place in a bucket."""

    bucket: str
    key: str

    def __str__(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


class Topic(NamedTuple):
    """A topic of SNS."""

    arn: str

    def __str__(self) -> str:
        return f"sns:{self.arn}"


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of one target."""

    to: str
    done: str


def target(text: str) -> Object | Topic | None:
    """The place that a text names; nothing when it is none."""
    if found := _S3.fullmatch(text):
        return Object(found[1], found[2])
    topic = _SNS.fullmatch(text)
    return Topic(topic[1]) if topic else None


@dataclass(slots=True)
class Delivery:
    """One report on its way to AWS."""

    session: Session
    report: Report
    data: Mapping[str, Json]
    body: str
    """In Markdown."""
    done: list[Delivered]
    found: list[Diagnostic]

    def send(self, objects: list[Object], topics: list[Topic]) -> None:
        """Publish what is new, then keep the report, so that a failed publication comes again."""
        last = self._last(objects[0]) if objects else None
        heard = self._publish(topics, last)
        print_ = self.report.fingerprint if heard else last or ""
        for each in objects:
            self._try(str(each), partial(self._put, each, print_))

    def _last(self, object_: Object) -> str | None:
        """The fingerprint that was published last; nothing when that is not known."""
        params = {"Bucket": object_.bucket, "Key": object_.key}
        try:
            answer = self.session.send(
                "s3", "head_object", params, subject=str(object_), absent=_ABSENT
            )
        except Gone:
            return ""
        except Denied:  # as S3 says of an object that is not there, to who may not list
            return None
        except AwsError as error:
            self.found.append(_failed(str(object_), error))
            return None
        kept = (answer.get("Metadata") or {}).get(_META)
        return None if kept is None else str(kept).replace(_NONE, "")

    def _publish(self, topics: list[Topic], last: str | None) -> bool:
        """Whether every topic knows of this report now."""
        report, heard = self.report, True
        if topics and last is None and report.drifted:
            text = "it is not known what was published last, so this is published every time"
            help_ = "give an object that remembers it, which may be read: `--to s3://BUCKET/KEY`"
            self.found.append(Diagnostic("CI015", text, help=help_, severity=Severity.NOTE))
        for topic in topics:
            if (last is None and not report.drifted) or last == report.fingerprint:
                self.done.append(Delivered(str(topic), "unchanged"))
            else:
                heard &= self._try(str(topic), partial(self._notify, topic))
        return heard

    def _notify(self, topic: Topic) -> str:
        report = self.report
        gone = f"Drift in {report.environment} is gone"
        title = report.title if report.drifted else gone
        text = self.body if report.drifted else f"{gone}: AWS is as the specs say."
        params = {"TopicArn": topic.arn, "Subject": title[:_SUBJECT], "Message": text}
        if topic.arn.endswith(".fifo"):
            group = {"MessageGroupId": report.environment}
            params |= group | {"MessageDeduplicationId": report.fingerprint or _NONE}
        self.session.send("sns", "publish", params, subject=topic.arn)
        return "published"

    def _put(self, object_: Object, print_: str) -> str:
        markdown = object_.key.endswith(".md")
        whole = {**self.data, "fingerprint": self.report.fingerprint}
        text = self.body if markdown else json.dumps(whole, indent=2, sort_keys=True)
        params = {
            "Bucket": object_.bucket,
            "Key": object_.key,
            "Body": text.encode(),
            "ContentType": "text/markdown; charset=utf-8" if markdown else "application/json",
            "Metadata": {_META: print_ or _NONE},
        }
        self.session.send("s3", "put_object", params, subject=str(object_))
        return "written"

    def _try(self, to: str, action: Callable[[], str]) -> bool:
        try:
            self.done.append(Delivered(to, action()))
        except AwsError as error:
            self.found.append(_failed(to, error))
            return False
        return True


def deliver(session: Session, report: Report, data: Mapping[str, Json], body: str = "") -> Delivery:
    """A report that is ready to be sent."""
    return Delivery(session, report, data, body or drift.body(report), [], [])


def _failed(to: str, error: AwsError) -> Diagnostic:
    text = f"the report was not delivered to {to}: {error}"
    help_ = "allow s3:GetObject and s3:PutObject on the object, sns:Publish on the topic"
    return Diagnostic("CI014", text, help=help_)
