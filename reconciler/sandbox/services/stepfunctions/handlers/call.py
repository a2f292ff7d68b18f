"""One call of an API: the answer is the result, or a job or a token's holder gives it later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reconciler.facts.asl.integrations import OPTIMIZED, TOKEN, Integration
from reconciler.facts.files import Json
from reconciler.sandbox.protocol import shapes
from reconciler.sandbox.services.stepfunctions import asking, shape
from reconciler.sandbox.services.stepfunctions.execution import Branch, Execution, Failure
from reconciler.sandbox.services.stepfunctions.handlers import Begun
from reconciler.sandbox.state import work
from reconciler.sandbox.state.world import WORLD

SIMULATED = {
    ("athena", "StartQueryExecution"): work.NO_SQL,
    ("emr-serverless", "StartJobRun"): work.SIMULATED,
    ("glue", "StartJobRun"): work.SIMULATED,
}
"""What is said of a step whose work is not done here."""


def start(run: Execution, branch: Branch, what: Integration, given: Json) -> Begun:
    """Send the call.

    Raises:
        Failure: the service refuses, or the parameters are none of the operation's.
    """
    client = client_of(what)
    WORLD.machines.asking = (run.arn, branch.state)
    try:
        answer = sent(run, branch, what, client, given)
    finally:
        WORLD.machines.asking = None
    simulated = SIMULATED.get((client, what.operation))
    if simulated and not _done_here(answer.get("JobRunId")):
        run.notes.append({"state": branch.state, "note": simulated})
    if what.poll is not None:
        return Begun(answer, {"client": client, "answer": answer, "request": dict(given)})
    return Begun(answer, waits=what.pattern == TOKEN)


def _done_here(job: Json) -> bool:
    """Whether a job works on real rows: a stand-in does it, or it was one of Moorline's own."""
    if job in WORLD.machines.held:
        return True
    own = job in WORLD.machines.real
    WORLD.machines.real.discard(str(job))
    return own


def sent(
    run: Execution, branch: Branch, what: Integration, client: str, given: Json
) -> dict[str, Any]:
    """The answer, with names as Step Functions has them."""
    if not isinstance(given, Mapping):
        raise Failure("States.Runtime", f"The parameters of '{branch.state}' are no object.")
    try:
        params = shape.params(client, what.operation, given, loose=not what.sdk)
    except ValueError as mistake:
        raise Failure("States.Runtime", f"The state '{branch.state}': {mistake}") from None
    try:
        answer = asking.ask(run, client, what.operation, params, branch.work.get("role", ""))
    except asking.RefusedError as refused:
        raise failure(what, client, refused) from None
    return shape.answer(client, what.operation, answer, iso=what.sdk)


def client_of(what: Integration) -> str:
    """The boto3 client of an integration.

    Raises:
        Failure: the sandbox knows none.
    """
    found = shape.client_of(what.service) if what.sdk else what.client
    if not found or what.operation not in shapes.model(found).operation_names:
        text = f"The sandbox does not run {what.service}:{what.action}."
        raise Failure("States.Runtime", text)
    return found


def failure(what: Integration, client: str, refused: asking.RefusedError) -> Failure:
    """How Step Functions names an error: that of a modelled exception, else the service's."""
    if refused.code.startswith("States."):
        return Failure(refused.code, refused.message)
    service = shape.service_id(client)
    where = f"(Service: {service}, Status Code: {refused.status}, Request ID: sandbox)"
    told = f"{refused.message} {where}"
    modelled = refused.code in shape.errors(client)
    if what.sdk:
        head = shape.sdk_name(client)
        code = refused.code if refused.code.endswith("Exception") else f"{refused.code}Exception"
        return Failure(f"{head}.{code if modelled else f'{head}Exception'}", told)
    head = OPTIMIZED[what.service].errors
    return Failure(f"{head}.{refused.code}", told)
