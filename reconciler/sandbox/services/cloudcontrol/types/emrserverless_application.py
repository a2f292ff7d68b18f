"""AWS::EMRServerless::Application: what changes and goes only while it is not started.

The handler sends all that an application is with each change, of tags too, and UpdateApplication
refuses that of one that is neither CREATED nor STOPPED (cloudformation-coverage-roadmap 2370).
Source: EMR Serverless API, UpdateApplication, DeleteApplication.
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.emr_serverless.state import QUIET, state
from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(made={"ApplicationId": "^00[0-9a-z]{14}$"})
"""Source: EMR Serverless API, ApplicationId is `[0-9a-z]+`."""


def refuse(before: dict[str, Any], _: dict[str, Any]) -> None:
    """What EMR Serverless refuses of an update.

    Raises:
        Broken: InvalidRequest, while it is neither CREATED nor STOPPED.
    """
    release(before)


def release(model: dict[str, Any]) -> None:
    """The same of a deletion.

    Raises:
        Broken: InvalidRequest, while it is neither CREATED nor STOPPED.
    """
    if (now := state(model)) not in QUIET:
        text = (
            f"Application {model['ApplicationId']} must be in one of the following statuses"
            f" [CREATED, STOPPED]. Current status: {now}"
        )
        raise Broken("InvalidRequest", text)
