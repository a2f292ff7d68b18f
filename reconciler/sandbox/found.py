"""What the files of `services` tell the rest of the sandbox, each in its own place.

A file beside a type's own may have these, and whoever needs them asks here:

* `OPERATIONS`: operations by name, in a package that has a `register` (SageMaker);
* `NAMES`: by service, parameters that name a resource of it, so that reads may lag;
* `ROLES`: by operation, the type that it makes and the parameters with its name and its role;
* `UNSEEN`: what the service says of another service's resource that it does not see yet;
* `settle`: brings the records of a backend up to the clock, before anybody looks at them.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import ModuleType

SERVICES = "reconciler.sandbox.services"


@cache
def modules(package: str = SERVICES) -> tuple[ModuleType, ...]:
    """The files of a package, in the order of their names, those of inner packages included."""
    root = importlib.import_module(package)
    names = [each.name for each in pkgutil.walk_packages(root.__path__, f"{package}.")]
    return tuple(importlib.import_module(name) for name in sorted(names))


def declared(name: str, package: str = SERVICES) -> list[Any]:
    """What the files of a package have under a name, the imported ones left out."""
    return [vars(each)[name] for each in modules(package) if _own(each, name)]


def _own(module: ModuleType, name: str) -> bool:
    value = vars(module).get(name)
    origin = getattr(value, "__module__", module.__name__)
    return value is not None and (not callable(value) or origin == module.__name__)
