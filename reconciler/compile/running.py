"""What of a spec runs, from what it exports. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.compile import compiler
from reconciler.compile.spec import Spec
from reconciler.kinds.api import Lacking
from reconciler.model.run import Runnable
from reconciler.model.value import Json
from reconciler.specs.overlay import EnvironmentView

_KEYS = ({"machineName", "machineArn"}, {"pipelineName", "pipelineArn"})


def runnable(specs: Iterable[Spec], view: EnvironmentView) -> dict[str, Runnable]:
    """What of these specs has runs, by ``Kind/name``: what it exports says so."""
    exported = compiler.exported(specs, view)
    found = {id_: of(id_, about) for id_, about in exported.items()}
    return {id_: made for id_, made in found.items() if made is not None}


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
