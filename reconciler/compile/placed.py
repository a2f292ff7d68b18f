"""Where an environment is: its region, and names that have to be of its partition. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from reconciler.facts.partitions import is_known, near_region, partition_of
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.texts import texts
from reconciler.policy.partition import CODE, foreign
from reconciler.specs.overlay import EnvironmentView

_ELSEWHERE = frozenset({"overrides", "variables", "tags", "protection"})
"""Members that name nothing here: what they put into specs is checked there."""


def _region(view: EnvironmentView, imageless: Iterable[str]) -> Iterator[Diagnostic]:
    """What is wrong with a region that no list has, at its own line: it may be new, or a slip.

    Where an image of AWS is needed it is an error: nobody knows the account that has it.
    """
    if is_known(view.region):
        return
    near = near_region(view.region)
    meant = f"; did you mean {near!r}?" if near and near != view.region else ""
    at = view.document.at(("spec", "region"))
    help_ = f"write {near}" if meant else "check it with `aws ec2 describe-regions`"
    wanted = ", ".join(dict.fromkeys(imageless))
    if wanted:
        text = f"the region {view.region!r} is not known, nor where it has images of {wanted}"
        help_ = f"{help_}; if AWS has added it, give an `image` of your own"
        yield Diagnostic("ENV015", f"{text}{meant}", at, help_)
        return
    text = f"the region {view.region!r} is not known"
    help_ = f"{help_}; if AWS has added it, leave it"
    yield Diagnostic("ENV015", f"{text}{meant}", at, help_, Severity.WARNING)


def problems(view: EnvironmentView, imageless: Iterable[str] = ()) -> Iterator[Diagnostic]:
    """A region that nobody knows, and each name of another partition, at its line.

    `imageless` says what needs an image of AWS that is known for no such region.
    """
    yield from _region(view, imageless)
    here = partition_of(view.region)
    spec = view.document.data["spec"]
    named = {key: value for key, value in spec.items() if key not in _ELSEWHERE}
    for path, text in texts(named):
        for wrong in foreign(text, here):
            told = f"{wrong}, and {view.region!r} is in {here.name!r}"
            at = view.document.at(("spec", *path))
            yield Diagnostic(CODE.code, told, at, f"write it for {here.name!r}")
