"""Each input has one origin."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Path, Problem
from reconciler.kinds.training.spec import Channel, Training


def check(spec: Training) -> Iterator[Problem]:
    """Problems of the inputs."""
    for name, channel in spec.inputs.items():
        yield from _channel(channel, ("inputs", name))


def _channel(channel: Channel, path: Path) -> Iterator[Problem]:
    if (channel.source is None) == (channel.feature_group is None):
        yield Problem(path, "an input has one origin", "give 'source' or 'featureGroup'")
    elif channel.version is not None and channel.feature_group is None:
        help_ = "remove it, or name a 'featureGroup'"
        yield Problem((*path, "version"), "a DataSource has no major version", help_)
    elif channel.feature_group is not None and channel.path is not None:
        help_ = "remove 'path'"
        yield Problem((*path, "path"), "the place of an offline store is known", help_)
