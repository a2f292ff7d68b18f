"""What is left of an environment that cannot be used, to check specs by meanwhile. Pure.

Nothing is ever planned or applied with it: what it does not say is a placeholder of the right
form, or stays `${…}`, and findings at such places are nobody's fault but the environment's.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from reconciler.kinds.environment import Environment
from reconciler.model.diagnostic import Span
from reconciler.model.document import Document
from reconciler.model.texts import texts
from reconciler.model.value import Json
from reconciler.specs.merge import patch
from reconciler.specs.overlay import BUILT_IN, EnvironmentView, environments
from reconciler.specs.substitute import named

_FORMS = {
    "platform": (re.compile(r"[a-z](?:-?[a-z0-9]){0,19}"), "platform"),
    "account": (re.compile(r"[0-9]{12}"), "0" * 12),
    "region": (re.compile(r"[a-z]{2,4}(?:-[a-z]+)+-[0-9]"), "eu-west-1"),
}
_PATCHES = ("spec", "metadata")


@dataclass(frozen=True, slots=True)
class Salvage:
    """A stand-in for the environment; `known` are the variables that are really its own."""

    view: EnvironmentView
    known: frozenset[str]

    @property
    def whole(self) -> bool:
        """Whether it says where it is, so that names and rules can be judged."""
        return self.known.issuperset(BUILT_IN)

    def unknown(self, document: Document) -> Iterator[Span]:
        """Where a spec uses what the environment would have said."""
        data = document.data.get("spec") if isinstance(document.data, dict) else None
        for path, text in texts(data, ("spec",)):
            if any(name not in self.known for name in named(text)):
                yield document.at(path)


def salvage(documents: Iterable[Document], name: str) -> Salvage:
    """The best that the readable parts of an environment and of what it extends give."""
    known = environments(documents)
    chain = [known[name]] if name in known else []
    while chain and (above := chain[-1].data["spec"].get("extends")) in known:
        if known[above] in chain:
            break
        chain.append(known[above])
    said: dict[str, Json] = {}
    variables: dict[str, Json] = {}
    for document in reversed(chain):
        spec = document.data["spec"]
        said |= {key: str(spec[key]) for key in _FORMS if isinstance(spec.get(key), str | int)}
        variables |= _scalars(spec.get("variables"))
    laid = chain[-1] if chain else Document({"spec": {}}, name, {}, {(): Span(name, 1, 1)})
    for document in reversed(chain[:-1]):
        laid = patch(laid, document, keep=("spec", "overrides"))
    right = {key: said[key] for key in said if _FORMS[key][0].fullmatch(said[key])}
    filled = {key: right.get(key, stand_in) for key, (_, stand_in) in _FORMS.items()}
    spec = Environment.model_construct(variables=variables, overrides=_overrides(laid))
    view = EnvironmentView(name, **filled, spec=spec, document=laid, chain=(name,))
    return Salvage(view, frozenset({"environment", *right, *variables}))


def _scalars(value: Json) -> dict[str, Json]:
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {key: item for key, item in pairs if isinstance(item, bool | int | float | str)}


def _overrides(laid: Document) -> dict[str, Json]:
    """The patches that can be laid over specs."""
    value = laid.data["spec"].get("overrides")
    pairs = value.items() if isinstance(value, Mapping) else ()
    return {
        key: change
        for key, change in pairs
        if isinstance(change, Mapping)
        and all(name in _PATCHES and isinstance(change[name], Mapping) for name in change)
    }
