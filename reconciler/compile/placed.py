"""What an environment names has to be of the partition that its region is in. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.partitions import partition_of
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.value import texts
from reconciler.policy.partition import CODE, foreign
from reconciler.specs.overlay import EnvironmentView

_ELSEWHERE = frozenset({"overrides", "variables", "tags", "protection"})
"""Members that name nothing here: what they put into specs is checked there."""


def problems(view: EnvironmentView) -> Iterator[Diagnostic]:
    """One finding for each name of another partition, at its line."""
    here = partition_of(view.region)
    spec = view.document.data["spec"]
    named = {key: value for key, value in spec.items() if key not in _ELSEWHERE}
    for path, text in texts(named):
        for wrong in foreign(text, here):
            told = f"{wrong}, and {view.region!r} is in {here.name!r}"
            at = view.document.at(("spec", *path))
            yield Diagnostic(CODE.code, told, at, f"write it for {here.name!r}")
