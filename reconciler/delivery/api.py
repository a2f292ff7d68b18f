"""What the file of a CI system needs: who may take the roles, its files, how it is registered."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache

from reconciler.delivery.site import Site
from reconciler.delivery.todo import Todo

ENVIRONMENT = "${Environment}"
"""In a pattern of `Trust`: the name of the environment."""


def literal(text: str) -> str:
    """A text for a policy of IAM in which nothing is a wildcard or a variable."""
    return "".join(f"${{{char}}}" if char in "$*?" else char for char in text)


@dataclass(frozen=True, slots=True)
class Trust:
    """Who may take the roles of an environment.

    With an `issuer` (host and path) it is a job with a token of it whose `sub` is one of
    these patterns of IAM, in which ``${Environment}`` is the environment. Names that people
    choose go into a pattern through `literal`. Without an issuer it is a role that the person
    who makes the stack names.
    """

    issuer: str = ""
    audience: str = "sts.amazonaws.com"
    plan: tuple[str, ...] = ()
    apply: tuple[str, ...] = ()
    approve: tuple[str, ...] = ()
    """Jobs that decide on models; none where AWS cannot tell them from those that apply."""


@dataclass(frozen=True, slots=True)
class Inline:
    """A template that stands in the provider's own file; see `write` for its language."""

    text: str


def _nothing(_site: Site) -> Iterable[Todo]:
    return ()


@dataclass(frozen=True, slots=True)
class Provider:
    """A CI system. `files` maps a path in the repository to its template.

    A template is the name of a file in the folder `templates/<name>`, or `Inline`.
    """

    name: str
    says: str
    files: Mapping[str, str | Inline]
    trust: Callable[[Site], Trust]
    first: Callable[[Site], Iterable[Todo]] = _nothing
    """What is to be done before the roles are made."""
    then: Callable[[Site], Iterable[Todo]] = _nothing
    """What is to be done after that: settings of the forge and of the CI system."""
    own_issuer: bool = False
    """Whether each server has an issuer of its own, without which AWS has nobody to trust."""
    variables: Mapping[str, str] = field(default_factory=dict)
    """More parameters of the roles' template, and the shell variables that `first` sets."""


REGISTRY: dict[str, Provider] = {}


def register(provider: Provider) -> Provider:
    """Add a CI system.

    Raises:
        ValueError: there is one of this name.
    """
    if REGISTRY.setdefault(provider.name, provider) is not provider:
        raise ValueError(f"{provider.name} is registered twice")
    return provider


@cache
def load() -> Mapping[str, Provider]:
    """Import every provider's file once and return them by name."""
    package = importlib.import_module("reconciler.delivery.providers")
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    return dict(sorted(REGISTRY.items()))
