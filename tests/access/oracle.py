"""@cloud-copilot/iam-simulate, which judges the same questions. `make readers` installs it.

It is under the AGPL, so it stays in a process of its own beside the tests, and nothing of it is
shipped or imported.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reconciler.access.model import Asked, Policies
from tests.render.readers import needed

FOLDER = Path(sys.prefix) / "formats" / "access"
SCRIPT = Path(__file__).parent / "node" / "judge.mjs"


ALL = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}


def simulation(asked: Asked, policies: Policies) -> dict[str, Any]:
    """A question in the form of the oracle, which has to be told that the root user may do all."""
    identity = [{"name": each.name, "policy": each.document} for each in policies.identity]
    if asked.principal.endswith(":root"):
        identity = [{"name": "root", "policy": ALL}]
    found: dict[str, Any] = {
        "request": {
            "principal": asked.principal,
            "action": asked.action,
            "resource": {"resource": asked.resource, "accountId": asked.owner},
            "contextVariables": {
                key: values[0] if len(values) == 1 else list(values)
                for key, values in asked.context.items()
            },
        },
        "identityPolicies": identity,
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
    }
    if policies.resource:
        found["resourcePolicy"] = policies.resource.document
    if policies.boundary:
        found["permissionBoundaryPolicies"] = [
            {"name": policies.boundary.name, "policy": policies.boundary.document}
        ]
    return found


def judge(simulations: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The oracle's answers: `result`, the context keys that it `ignored`, or an `error`."""
    found = shutil.which("node")
    node = needed(Path(found) if found else None, "Node")
    needed(FOLDER / "node_modules" / "@cloud-copilot" / "iam-simulate", "iam-simulate")
    done = subprocess.run(
        [node, SCRIPT, FOLDER],
        input="".join(json.dumps(each) + "\n" for each in simulations),
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    return [json.loads(line) for line in done.stdout.splitlines()]
