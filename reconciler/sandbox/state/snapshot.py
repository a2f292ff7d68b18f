"""The whole state in one file, written on stop and loaded on start.

It is a pickle of moto's backends and our world, and to load a pickle is to run it. So a file is
opened only when its seal was made with the key of this user; another one is refused. A sealed one
of another moto, Python or format is ignored with a warning.
"""

from __future__ import annotations

import hmac
import importlib
import json
import logging
import sys
from typing import TYPE_CHECKING, Any

import moto
from moto.core.base_backend import BackendDict

from reconciler.sandbox.home import place, private
from reconciler.sandbox.state.pickles import dumps, loads
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOG = logging.getLogger("moorline.sandbox")
FILE = "snapshot.pickle"
FORMAT = 4
SKIPPED = {"resourcegroupstaggingapi", "instance_metadata", "moto_api"}


class RefusedError(RuntimeError):
    """A snapshot that no sandbox of this user wrote; the message says where it is."""


def stamp() -> dict[str, Any]:
    """What must be equal for a snapshot to be loaded."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return {"format": FORMAT, "moto": moto.__version__, "python": python}


def take() -> bytes:
    """The state, for `put_back` in the same process."""
    return _taken()[0]


def put_back(content: bytes) -> None:
    """Make the state what it was when `take` gave the content."""
    with WORLD.lock:
        _restore(loads(content))


def save(path: Path, key: bytes) -> int:
    """Write the state to `path`, atomically and sealed; returns the number of backends in it."""
    state, number = _taken()
    content = json.dumps(stamp()).encode() + b"\n" + state
    private.write(path, _seal(key, content), b"\n", content)
    return number


def _taken() -> tuple[bytes, int]:
    with WORLD.lock:
        backends = list(_backends())
        return dumps({"backends": backends, "world": _world()}), len(backends)


def load(path: Path, key: bytes) -> bool:
    """Load the state from `path`; False, with a warning, when there is none that fits.

    Raises:
        RefusedError: the file was not written with the key, or is damaged, or is a link.
    """
    content = _authentic(path, key)
    if content is None:
        return False
    header, _, pickled = content.partition(b"\n")
    found = json.loads(header)
    if found != stamp():
        LOG.warning("Ignored %s: made by %s, this is %s.", path, found, stamp())
        return False
    try:
        put_back(pickled)
    except Exception as broken:  # noqa: BLE001  (whatever a pickle raises)
        LOG.warning("Ignored %s: it is damaged (%s: %s).", path, type(broken).__name__, broken)
        return False
    return True


def _authentic(path: Path, key: bytes) -> bytes | None:
    try:
        seal, _, content = private.read(path).partition(b"\n")
    except FileNotFoundError:
        return None
    except OSError as error:
        msg = f"Refused the snapshot {path}: {error}."
        raise RefusedError(msg) from error
    if not hmac.compare_digest(seal, _seal(key, content)):
        msg = (
            f"Refused the snapshot {path}: it is damaged, or no sandbox of this user wrote it. "
            "Nothing of it was loaded. `moorline sandbox reset` removes it and starts empty."
        )
        raise RefusedError(msg)
    return content


def _seal(key: bytes, content: bytes) -> bytes:
    return place.seal(key, "snapshot", content).encode()


def instances() -> list[BackendDict[Any]]:
    """The backend dictionaries of moto, one per service that was loaded."""
    found: list[BackendDict[Any]] = list(BackendDict._instances)  # type: ignore[misc]  # noqa: SLF001
    return found


def _backends() -> Iterator[tuple[tuple[str, str, str, str], dict[str, Any]]]:
    for service in instances():
        if service.service_name in SKIPPED:
            continue
        for account, regions in service.items():
            for region, backend in regions.items():
                module = service.backend.__module__
                yield (service.service_name, module, account, region), backend.__dict__


def _world() -> dict[str, Any]:
    return {
        "clock": WORLD.clock.state(),
        "outcomes": WORLD.outcomes.state(),
        "traffic": WORLD.traffic.state(),
        "sequence": WORLD.sequence,
        "events": list(WORLD.events),
        "recorded": WORLD.recorded,
        "began": WORLD.began,
    }


def _restore(state: dict[str, Any]) -> None:
    for (service, module, account, region), content in state["backends"]:
        backends = next(
            value
            for value in vars(importlib.import_module(module)).values()
            if isinstance(value, BackendDict) and value.service_name == service
        )
        backends[account][region].__dict__ = content
    world = state["world"]
    WORLD.clock.restore(world["clock"])
    WORLD.outcomes.restore(world["outcomes"])
    WORLD.traffic.restore(world["traffic"])
    WORLD.sequence = int(world["sequence"])
    WORLD.events.clear()
    WORLD.events.extend(world.get("events", ()))
    WORLD.began = float(world.get("began", 0.0))
    WORLD.recorded = int(world.get("recorded", len(WORLD.events)))
