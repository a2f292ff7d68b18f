"""Code is pinned to what was reviewed, and can be fetched."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Problem
from reconciler.kinds.terms import asset
from reconciler.kinds.training.spec import Code, Training


def check(spec: Training) -> Iterator[Problem]:
    """Problems of the script."""
    if spec.code is None:
        return
    yield from _code(spec.code)
    if spec.network_isolation:
        text = "an isolated container cannot download its code, which it does by itself"
        help_ = "use an image that has the code in it, or remove 'networkIsolation'"
        yield Problem(("networkIsolation",), text, help_)


def _code(code: Code) -> Iterator[Problem]:
    yield from asset.problems(code, "folder", ("code",))
    if code.source is not None and code.commit is None and code.digest is None:
        help_ = "add 'commit' or 'digest'"
        yield Problem(("code",), "code has to be pinned to what was reviewed", help_)
    if code.folder is not None and code.commit is not None:
        help_ = "remove it: the folder is read from the commit that is planned"
        yield Problem(("code", "commit"), "'commit' belongs to 'source'", help_)
