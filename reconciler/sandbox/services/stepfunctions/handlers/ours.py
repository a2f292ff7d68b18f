"""Functions of Moorline's own: done here, as the role of the function.

They are told from all others by their bytes, so no code of a repository is run by its name. What
drives rollouts is `driver`'s. The one that asks for pages reads its
secret and writes through the sandbox's door, IAM included, and reaches a host where HTTP tasks do:
at the local server that was named for it, without TLS. A client's certificate has to be one, and is
not presented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from moto.awslambda.utils import get_backend

from reconciler.jobs import DRIVER, package, pull
from reconciler.jobs.pull.call import Answer, FaultError, Pair, Ports, context, fault
from reconciler.sandbox.services.stepfunctions import acting
from reconciler.sandbox.services.stepfunctions.execution import Execution, Failure, dumps
from reconciler.sandbox.services.stepfunctions.handlers import driver, reaching
from reconciler.sandbox.state.world import WORLD

NAME, PRINCIPAL = "pull", "lambda.amazonaws.com"
HANDLERS = {f"{NAME}.handler": NAME, driver.HANDLER: DRIVER}
"""What is run of a function, and the job that its bytes have to be."""


def function(run: Execution, name: str) -> Any | None:  # noqa: ANN401  (one of moto's)
    """The function of that name or ARN, where it is Moorline's own; else nothing."""
    found = get_backend(run.account, run.region).get_function(name)
    job = HANDLERS.get(str(found.handler))
    return found if job and getattr(found, "code_bytes", b"") == _bytes(job) else None


@cache
def _bytes(job: str) -> bytes:
    return package(job)


def invoked(run: Execution, found: Any, event: Mapping[str, Any]) -> Any:  # noqa: ANN401
    """What the function gives back.

    Raises:
        Failure: it has failed, by the name of what it raised.
    """
    if found.handler == driver.HANDLER:
        key = acting.take(found.role, PRINCIPAL, run.region, found.function_name, run.account).key
        return driver.invoked(key, run.region, found.code_bytes, event)
    variables = found.environment_vars
    settings = {**json.loads(variables["PULL"]), "bucket": variables["BUCKET"]}
    settings["prefix"] = variables["PREFIX"]
    key = acting.take(found.role, PRINCIPAL, run.region, found.function_name, run.account).key

    def secret(arn: str) -> str:
        asked = {"SecretId": arn}
        try:
            answer = acting.call(key, run.region, "secretsmanager", "GetSecretValue", asked)
            return str(answer["SecretString"])
        except (acting.RefusedError, KeyError) as error:
            raise fault("Moorline.NoCredential", str(error)) from None

    def put(bucket: str, name: str, body: bytes) -> None:
        given = {"Bucket": bucket, "Key": name, "Body": body, "ContentType": "application/json"}
        try:
            acting.call(key, run.region, "s3", "PutObject", given)
        except acting.RefusedError as error:
            raise fault("Moorline.NotLanded", str(error)) from None

    ports = Ports(secret, put, _send, pull.room(int(found.memory_size)), clock=WORLD.clock.now)
    try:
        return pull.handle(event, settings, ports)
    except FaultError as error:
        name = type(error).__name__
        told = {"errorMessage": str(error), "errorType": name, "stackTrace": []}
        raise Failure(name, dumps(told)) from None


def _send(  # noqa: PLR0913  (as the function's own)
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes | None,
    seconds: float,
    most: int,
    pair: Pair | None = None,
) -> Answer:
    context(pair)
    try:
        return Answer(*reaching.raw(method, url, headers, body, seconds, most))
    except Failure as error:
        raise fault(error.error.removeprefix("States."), error.cause) from None
