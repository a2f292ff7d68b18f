"""What an analysis made, and how it is written: JSON without NaN, and a page."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

from .figures import Figure, Target
from .page import page


class Written:
    """A report, the files beside it, and the figures for CloudWatch."""

    def __init__(
        self,
        report: Mapping[str, Any],
        files: Mapping[str, Any],
        figures: Sequence[Figure] = (),
        target: Target | None = None,
    ) -> None:
        self.report, self.files = report, files
        self.figures, self.target = figures, target


def write(folder: str, made: Written) -> None:
    """Write all files; each is whole or not there."""
    os.makedirs(folder, exist_ok=True)
    for name, content in {**made.files, "report.json": made.report}.items():
        _one(folder, name, text(content))
    _one(folder, "report.html", page(made.report))


def text(content: Any) -> str:
    """JSON as every reader takes it: what is no finite number is null."""
    return json.dumps(plain(content), indent=1, allow_nan=False) + "\n"


def plain(value: Any) -> Any:
    """A value with nothing that JSON has no word for."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(each) for each in value]
    return value


def _one(folder: str, name: str, content: str) -> None:
    path = os.path.join(folder, name)
    with open(f"{path}.part", "w", encoding="utf-8", errors="backslashreplace") as file:
        file.write(content)
    os.replace(f"{path}.part", path)
