"""The program in the process of a driver: AWS's answers come by a pipe, from `driver`.

It is run by its path, beside the zip of the function and nothing else of Moorline.
"""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

PACKAGE = "reconciler.aws.function"


def main(archive: str) -> None:
    """Answer one event."""
    sys.path.insert(0, archive)
    parts = {name: importlib.import_module(f"{PACKAGE}.{name}") for name in ("handler", "session")}
    errors = importlib.import_module(f"{PACKAGE}.errors")
    told = json.loads(sys.stdin.readline())
    now = float(told["now"])

    def ask(
        service: str, method: str, params: Mapping[str, Any], absent: Iterable[Any]
    ) -> Mapping[str, Any]:
        say({"ask": [service, method, dict(params)]})
        found = json.loads(sys.stdin.readline(), object_hook=moment)
        if "error" in found:
            code, message, status = found["error"]
            raise errors.error(f"{service}.{method}", code, message, status, absent)
        answer: Mapping[str, Any] = found["answer"]
        return answer

    clock = parts["session"].Clock(now=lambda: now, sleep=lambda _: None)
    session = parts["session"].Session(ask, lambda: now, clock)
    try:
        say({"result": parts["handler"].step(told["event"], session)})
    except Exception as error:  # noqa: BLE001  (Lambda tells whatever is raised)
        say({"raised": {"errorType": type(error).__name__, "errorMessage": str(error)}})


def say(told: Mapping[str, Any]) -> None:
    """One line to whoever started it."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def moment(value: dict[str, Any]) -> Any:  # noqa: ANN401  (any JSON value)
    """Moments come as seconds since the epoch."""
    if value.keys() == {"$moment"}:
        return datetime.fromtimestamp(value["$moment"], UTC)
    return value


if __name__ == "__main__":
    main(sys.argv[1])
