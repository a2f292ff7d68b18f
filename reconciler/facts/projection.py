"""Partition projection: how Athena computes where partitions lie. Pure.

Source: Athena user guide, "Supported types for partition projection", "Specifying custom S3
storage locations"; formats are those of Java's DateTimeFormatter.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

TEMPLATE = "storage.location.template"
_PARTS = {"yyyy": "%Y", "MM": "%m", "dd": "%d", "HH": "%H"}
_UNITS = {"HH": "HOURS", "dd": "DAYS", "MM": "MONTHS", "yyyy": "YEARS"}


def python(form: str) -> str:
    """A format of Java's in Python's letters."""
    return re.sub("yyyy|MM|dd|HH", lambda part: _PARTS[part[0]], form)


def unit(form: str) -> str:
    """The unit in which times of a format follow each other."""
    return next(word for part, word in _UNITS.items() if part in form)


def written(form: str, day: str) -> str:
    """A day or time (ISO) in a format of Java's.

    Raises:
        ValueError: there is no such day.
    """
    return datetime.fromisoformat(day).strftime(python(form))


def place(template: str, parameters: Mapping[str, Any], day: str) -> str:
    """Where rows of a day lie; columns that are no times stay as ``${name}``.

    Raises:
        ValueError: there is no such day.
    """

    def one(slot: re.Match[str]) -> str:
        name = slot[1]
        form = parameters.get(f"projection.{name}.format")
        is_date = parameters.get(f"projection.{name}.type") == "date"
        return written(str(form), day) if is_date and form else slot[0]

    return re.sub(r"\$\{([^}]*)\}", one, template)
