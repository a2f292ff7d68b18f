"""Has a model answer files of rows, in a process that is kept apart; it is run as a file.

It imports the standard library, the script, and numpy where rows or answers need it.
"""

from __future__ import annotations

import importlib
import json
import re
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

CSV, JSON = "text/csv", "application/json"
_ONE = re.compile(r"-?\d+")
_RANGE = re.compile(r"(-?\d*):(-?\d*)")


def main() -> None:
    """Answer each file of rows into one of the same name with ``.out``."""
    asked = json.loads(Path(sys.argv[1]).read_text())
    script = importlib.import_module(asked["program"].removesuffix(".py").replace("/", "."))
    if not hasattr(script, "model_fn"):
        raise SystemExit(f"{asked['program']} has no function model_fn")
    model = script.model_fn(asked["model"])
    rows, answers = Path(asked["rows"]), Path(asked["answers"])
    for file in sorted(each for each in rows.rglob("*") if each.is_file()):
        made = answers / f"{file.relative_to(rows)}.out"
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(answered(script, model, asked, file.read_text()))


def answered(script: ModuleType, model: object, asked: dict[str, str], body: str) -> str:
    """What the model says of a file, filtered and joined as was asked for."""
    lines = [line for line in body.splitlines() if line] if asked["split"] == "Line" else [body]
    sent = [filtered(line, asked["before"], asked["type"]) for line in lines]
    given = _given(script, "\n".join(sent), asked["type"])
    predicted = getattr(script, "predict_fn", lambda data, one: one.predict(data))(given, model)
    told = _told(script, predicted, asked["accept"])
    said = told.splitlines() if asked["split"] == "Line" else [told]
    if asked["join"] == "Input":
        if len(said) != len(lines):
            raise SystemExit(f"{len(lines)} rows have {len(said)} answers: they cannot be joined")
        said = [f"{line},{answer}" for line, answer in zip(lines, said, strict=True)]
    said = [filtered(line, asked["after"], asked["type"]) for line in said]
    return "".join(f"{line}\n" for line in said) if asked["assemble"] == "Line" else "".join(said)


def filtered(line: str, path: str, type_: str) -> str:
    """The columns of a row that a path of JSON names.

    Source: SageMaker developer guide, "Associate prediction results with input records".
    """
    if path == "$":
        return line
    if type_ != CSV or not (path.startswith("$[") and path.endswith("]")):
        raise SystemExit(f"the sandbox does not know the filter {path} of {type_ or 'nothing'}")
    columns = line.split(",")
    kept: list[str] = []
    for part in path[2:-1].split(","):
        if _ONE.fullmatch(part.strip()):
            kept.append(columns[int(part)])
        elif match := _RANGE.fullmatch(part.strip()):
            first, last = (int(each) if each else None for each in match.groups())
            kept += columns[first:last]
        else:
            raise SystemExit(f"the sandbox does not know the filter {path}")
    return ",".join(kept)


def _given(script: ModuleType, body: str, type_: str) -> object:
    own: Callable[..., Any] | None = getattr(script, "input_fn", None)
    if own is not None:
        return own(body, type_)
    import numpy as np  # noqa: PLC0415  (only where a script has no function of its own)

    if type_ == CSV:
        rows = [[float(each) for each in line.split(",")] for line in body.splitlines()]
        return np.array(rows)
    if type_ == JSON:
        return np.array(json.loads(body))
    raise SystemExit(f"no function input_fn, and the toolkit reads no {type_ or 'unnamed type'}")


def _told(script: ModuleType, predicted: object, accept: str) -> str:
    own: Callable[..., Any] | None = getattr(script, "output_fn", None)
    if own is not None:
        said = own(predicted, accept)
        body = said[0] if isinstance(said, tuple) else said
        return body.decode() if isinstance(body, bytes) else str(body)
    plain: Any = predicted.tolist() if hasattr(predicted, "tolist") else predicted
    if accept == CSV:
        rows = plain if isinstance(plain, list) else [plain]
        return "\n".join(
            ",".join(map(str, row)) if isinstance(row, list | tuple) else str(row) for row in rows
        )
    return json.dumps(plain)


if __name__ == "__main__":
    main()
