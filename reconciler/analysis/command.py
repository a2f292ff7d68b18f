"""The door: `VERB --config FILE`, in a processing container or at a desk.

Exit codes: 0 an outcome was written, whichever it is; 1 the data cannot be used; 2 the
configuration is wrong. A broken rule is an outcome: whoever wants a job to fail asks `--strict`,
which makes VIOLATED 3.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from .faults import ConfigError, DataError
from .figures import Target, lines, requests, send
from .output import Written, write
from .places import here
from .settings import Settings, parse
from .verbs import VERBS

OUTPUT = "/opt/ml/processing/output"
_SUCCESS = "_SUCCESS"


def _client() -> Any:
    import boto3

    return boto3.client("cloudwatch")


def main(
    argv: Sequence[str],
    client: Callable[[], Any] = _client,
    now: Callable[[], datetime] = lambda: datetime.now(timezone.utc),
) -> int:
    """Run a verb. `client` is asked only where the configuration says that figures are sent."""
    said = _arguments(argv)
    try:
        settings = parse(_configuration(said))
        for name, value in said.set or ():
            _set(settings, name, value)
        verb = VERBS[said.verb]
        output = here(settings.text("output", OUTPUT))
        _remove(os.path.join(output, _SUCCESS))
        made = verb(settings, now())
        settings.finish()
    except ConfigError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        _failed(said.verb, settings, str(error))
        return 1
    write(output, made)
    when = now()
    if made.target is not None:
        _tell(made, made.target, output, when, client)
    _put(output, _SUCCESS, "")
    status = made.report["status"]
    print(f"{said.verb}: {status}, {made.report.get('rows', 0)} rows, in {output}")
    return 3 if said.strict and status == "VIOLATED" else 0


def _arguments(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="moorline_analysis", description=__doc__)
    parser.add_argument("verb", choices=sorted(VERBS))
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--config", help="a file with the configuration")
    given.add_argument(
        "--json", nargs="+", help="the configuration itself, in as many parts as it takes"
    )
    parser.add_argument(
        "--set", nargs=2, action="append", metavar=("NAME", "TEXT"), help="one member more"
    )
    parser.add_argument("--strict", action="store_true", help="exit with 3 for VIOLATED")
    return parser.parse_args(argv)


def _configuration(said: argparse.Namespace) -> str:
    if said.json is not None:
        return "".join(said.json)
    try:
        with open(said.config, encoding="utf-8") as file:
            return file.read()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError("", f"the configuration cannot be read: {error}") from error


def _set(settings: Settings, name: str, value: str) -> None:
    """One member by its path, as a text: what only the run knows, such as when it was started."""
    place: Any = settings.data
    *outer, last = name.split(".")
    for each in outer:
        place = place.setdefault(each, {})
        if not isinstance(place, dict):
            raise ConfigError(name, "lies within something that is no mapping")
    place[last] = value


def _failed(verb: str, settings: Settings, why: str) -> None:
    """Say in the output that nothing is known, so that nobody takes an older one for this."""
    output = settings.data.get("output", OUTPUT)
    report = {"verb": verb, "status": "FAILED", "rows": 0, "error": why}
    if isinstance(output, str) and output:
        _put(here(output), "report.json", json.dumps(report, indent=1))


def _tell(
    made: Written, target: Target, output: str, when: datetime, client: Callable[[], Any]
) -> None:
    asked = requests(made.figures, target, when)
    _put(output, "metrics.json", json.dumps(asked, indent=1))
    if target.send:
        send(client(), [_timed(each, when) for each in asked])
    else:
        for line in lines(made.figures, target, when):
            print(line)


def _timed(asked: Mapping[str, Any], when: datetime) -> dict[str, Any]:
    data = [{**each, "Timestamp": when} for each in asked["MetricData"]]
    return {**asked, "MetricData": data}


def _remove(path: str) -> None:
    """What an earlier run left must not stand for this one."""
    if os.path.exists(path):
        os.remove(path)


def _put(folder: str, name: str, text: str) -> None:
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
        file.write(text)
