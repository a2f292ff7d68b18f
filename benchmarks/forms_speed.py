"""Every form of a plan of 20,000 changes: seconds, and the process's peak memory.

Each form is written in a process of its own, and its peak is told with and
without the plan, which is there before the form is asked for.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from typing import Any

CHANGES = 20_000
LIMIT = (5.0, 500)
FORMS = ("terraform-json", "sarif", "junit", "mermaid", "dot", "svg")


def plan(changes: int = CHANGES) -> Any:
    """A plan of every action, with needs, differences, losses and findings."""
    from reconciler.model.address import Address
    from reconciler.model.change import Action, Call, Effect, FieldChange, Reason
    from reconciler.model.diagnostic import Diagnostic, Severity, Span
    from reconciler.model.plan import Plan, Step, plan_to_json
    from reconciler.model.value import Ref

    role = Address("AWS::IAM::Role", "role-0")
    types = ("SageMaker::Model", "SageMaker::FeatureGroup", "CloudWatch::Alarm", "S3::Bucket")
    actions = ((Action.CREATE, Reason.ABSENT), (Action.UPDATE, Reason.DIFFERS))
    actions = (*actions, (Action.DELETE, Reason.NOT_DECLARED))
    steps, found = [], []
    for number in range(changes):
        action, reason = actions[number % 3]
        address = Address(f"AWS::{types[number % 4]}", f"acme-prod-thing-{number:05d}")
        at = Span(f"specs/{number // 100:03d}.yaml", number % 100 + 1, 3)
        field = FieldChange(("Tags", "owner"), f"team-{number}", "team", Effect.IN_PLACE, at)
        desired = {
            "ExecutionRoleArn": Ref(role, "Arn"),
            "FeatureDefinitions": [
                {"FeatureName": f"feature_{index}", "FeatureType": "String"} for index in range(4)
            ],
            "PrimaryContainer": {"Image": "1.dkr/x:1", "Environment": {"WORKERS": "4"}},
            "Tags": [{"Key": key, "Value": "x"} for key in ("owner", "cost", "stage")],
        }
        steps.append(
            Step(
                id=str(address),
                address=address,
                action=action,
                reason=reason,
                calls=(Call("sagemaker", "do", {"Name": address.name}),),
                needs=(steps[number // 2].id,) if number else (),
                desired={} if action is Action.DELETE else desired,
                fields=(field,) if action is Action.UPDATE else (),
                at=at,
                destroys="records" if number % 30 == 2 else "",
                refused="not allowed" if number % 300 == 2 else "",
            )
        )
        if number % 2:
            text = f"thing {number} is odd"
            found.append(Diagnostic("SPEC012", text, at, "mend it", Severity.WARNING))
    whole = Plan("prod", "acme", "1" * 12, "eu-west-1", tuple(steps), diagnostics=tuple(found))
    return json.loads(json.dumps(plan_to_json(whole)))


def megabytes() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def measure(form: str) -> None:
    from reconciler.render import formats

    data = plan()
    before = megabytes()
    start = time.process_time()
    text = formats.document(form, data, formats.Context())
    print(json.dumps([time.process_time() - start, before, megabytes(), len(text)]))


def main() -> None:
    print(f"every form of {CHANGES:,} changes; at most {LIMIT[0]:g} s and {LIMIT[1]} MB")
    for form in FORMS:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.forms_speed", form],
            check=True,
            stdout=subprocess.PIPE,
        )
        seconds, before, peak, size = json.loads(done.stdout)
        fine = seconds < LIMIT[0] and peak < LIMIT[1]
        print(
            f"{form:<16}{seconds:6.2f} s CPU {peak:5} MB at most ({before} MB of it the plan)"
            f" {size / 1e6:8.2f} MB written{'' if fine else '  TOO MUCH'}"
        )


if __name__ == "__main__":
    if len(sys.argv) > 1:
        measure(sys.argv[1])
    else:
        main()
