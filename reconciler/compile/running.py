"""What of a spec runs, from what it exports. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.api import Lacking
from reconciler.model.run import Runnable
from reconciler.model.value import Json

_KEYS = ({"machineName", "machineArn"}, {"pipelineName", "pipelineArn"})


def of(spec: str, exports: Mapping[str, Json | Lacking]) -> Runnable | None:
    """The state machine or pipeline of a spec; nothing where it has none."""
    for keys in _KEYS:
        name, arn = (exports.get(key) for key in sorted(keys, reverse=True))
        if isinstance(name, str) and isinstance(arn, str):
            return Runnable(
                spec,
                name,
                arn,
                "machineArn" in keys,
                tuple(map(str, _list(exports.get("steps")))),
                _map(exports.get("parameters")),
                _map(exports.get("standIns")),
            )
    return None


def _list(value: Json | Lacking) -> list[Json]:
    return value if isinstance(value, list) else []


def _map(value: Json | Lacking) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}
