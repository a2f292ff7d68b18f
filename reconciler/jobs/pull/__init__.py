"""Asks an interface for one page, looks at it, and lands it. A Lambda function; see the package.

The machine of a pull asks it in the place of an HTTP task, with that task's parameters. What is
landed are the bytes that came; the machine gets back how many records they hold and where the next
page is. A failure has the name that it has with an HTTP task, but for a word in front, which
belongs to Step Functions alone (`States.`) and which the machine puts there.

The credential is read anew for every page, the host is the one that the function was made for, and
redirects are not followed. Sources: Lambda developer guide, "Python exceptions" (who asks gets the
name of the class), "Defined runtime environment variables".
"""

import json
import os
import time
from collections.abc import Mapping
from typing import Any

from .call import MEBI, Ports, address, fault, send, signed
from .page import MISSING, at, complain, read, wrong

Json = Any
BASE, TIMES = 96, 32
"""MiB that Python and boto3 take, and how often larger than its text a page is in memory."""


def handle(event: Mapping[str, Json], settings: Mapping[str, Json], ports: Ports) -> Json:
    """Ask for a page and land it: how many records it has, and where the next one is.

    Raises:
        FaultError: there is no page, or it is not as declared; then it is kept aside.
    """
    call, seconds = event["call"], float(event["seconds"])
    url = address(call, settings["host"])
    signs, pair = signed(settings["auth"], ports, seconds)
    headers = {"Accept-Encoding": "identity", "User-Agent": "moorline-pull"}
    headers |= {**call.get("Headers", {}), **signs}
    body = json.dumps(call["RequestBody"]).encode() if "RequestBody" in call else None
    if body is not None and "content-type" not in {each.lower() for each in headers}:
        headers["Content-Type"] = "application/json"
    more = {"pair": pair} if pair else {}
    answer = ports.send(call["Method"], url, headers, body, seconds, ports.most, **more)
    if len(answer.body) > ports.most:
        text = f"an answer is larger than {ports.most // MEBI} MiB, for which this function has"
        raise fault("Moorline.PageTooLarge", f"{text} room: give it more, by `memory` of `land`")
    if answer.status // 100 != 2:  # noqa: PLR2004 - success
        said = answer.body.decode(errors="replace")
        for each in signs.values():
            said = said.replace(each, "(hidden)")
        raise fault(f"Http.StatusCode.{answer.status}", said)
    page = read(answer)
    complain(page, event["partial"])
    key = f"day={event['day']}/run={event['run']}/page-{event['page']}.json"
    if found := [*wrong(page, event)]:
        _aside(settings, f"rejected/{key}", answer.body, ports)
        text = f"page {event['page']} is not as declared: {', '.join(found)}"
        raise fault("Moorline.MalformedPage", f"{text}; it is kept beside the others")
    records = len(at(page, event["items"]))
    if records or not event["emptyEnds"]:
        ports.put(settings["bucket"], f"{settings['prefix']}{key}", answer.body)
    places = {name: at(page, path) for name, path in event["wants"].items()}
    return {"records": records, **{n: it for n, it in places.items() if it is not MISSING}}


def _aside(settings: Mapping[str, Json], key: str, body: bytes, ports: Ports) -> None:
    """Keep a page for people; that it cannot be kept hides nothing."""
    try:
        ports.put(settings["bucket"], f"{settings['prefix']}{key}", body)
    except Exception as error:  # noqa: BLE001 - whatever it is
        print(json.dumps({"not kept": key, "why": type(error).__name__}))  # noqa: T201 - its log


# -- on Lambda

_TOKENS: dict[str, tuple[str, float]] = {}


def handler(event: Mapping[str, Json], _: object) -> Json:
    """The function. Its variables are `PULL` (JSON), `BUCKET` and `PREFIX`."""
    import boto3  # noqa: PLC0415 - Lambda has it
    from botocore.exceptions import ClientError  # noqa: PLC0415

    def secret(arn: str) -> str:
        try:
            return str(
                boto3.client("secretsmanager").get_secret_value(SecretId=arn)["SecretString"]
            )
        except (ClientError, KeyError) as error:
            raise fault("Moorline.NoCredential", str(error)) from None

    def put(bucket: str, key: str, body: bytes) -> None:
        kind = "application/json"
        try:
            boto3.client("s3").put_object(Bucket=bucket, Key=key, Body=body, ContentType=kind)
        except ClientError as error:
            raise fault("Moorline.NotLanded", str(error)) from None

    given = {**json.loads(os.environ["PULL"]), "bucket": os.environ["BUCKET"]}
    given["prefix"] = os.environ["PREFIX"]
    most = room(int(os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]))
    began = time.monotonic()
    found = handle(event, given, Ports(secret, put, send, most, _TOKENS))
    told = {"page": event["page"], "records": found["records"]}
    print(json.dumps({**told, "seconds": round(time.monotonic() - began, 3)}))  # noqa: T201
    return found


def room(memory: int) -> int:
    """Bytes of the largest page that is taken with so many MiB of memory."""
    return (memory - BASE) * MEBI // TIMES
