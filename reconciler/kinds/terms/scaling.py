"""Between which bounds serverless instances of Aurora scale, and when they pause.

Source: Aurora user guide, "Scaling to Zero ACUs with automatic pause and resume".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Duration, Maybe, Path, Problem, Section, seconds
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json

_SLEEP = (300, 86400)


class Capacity(Section):
    """Between which bounds serverless instances scale, in Aurora capacity units (2 GiB each)."""

    at_least: Annotated[float, Field(strict=False, ge=0)]
    """The least. With 0 an instance pauses when nobody uses it."""
    at_most: Annotated[float, Field(strict=False, gt=0)]
    """The most."""
    pause_after: Maybe[Duration] = None
    """How long there is no connection before it pauses. By default 5 minutes."""


def problems(size: Capacity, path: Path) -> Iterator[Problem]:
    """What its bounds and its pause do not agree on."""
    if size.at_most < size.at_least:
        text = f"at most {size.at_most:g} is less than at least {size.at_least:g}"
        yield Problem((*path, "atMost"), text, "raise it")
    if size.pause_after is None:
        return
    here = (*path, "pauseAfter")
    if size.at_least > 0:
        text = f"it never pauses: it has {size.at_least:g} units at least"
        yield Problem(here, text, "use `atLeast: 0`, or remove it", severity=Severity.WARNING)
    if not _SLEEP[0] <= seconds(size.pause_after) <= _SLEEP[1]:
        text = "RDS documents 5 minutes to 1 day"
        yield Problem(here, text, "AWS decides", severity=Severity.WARNING)


def configuration(size: Capacity | None) -> Json:
    """The scaling of a cluster; what Moorline takes where nothing is said."""
    if size is None:
        return {"MinCapacity": 0.5, "MaxCapacity": 4.0}
    found: dict[str, Json] = {"MinCapacity": size.at_least, "MaxCapacity": size.at_most}
    if size.at_least == 0:
        idle = seconds(size.pause_after) if size.pause_after else _SLEEP[0]
        found["SecondsUntilAutoPause"] = idle
    return found
