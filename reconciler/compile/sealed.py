"""Outputs that are secrets by their names, wherever a spec uses them: nobody is shown them. Pure.

AWS makes them (`ClientSecret`) and gives them back, so a plan knows their values once the other
resource exists.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.address import Address
from reconciler.model.value import Hidden, Join, Json, Path, Props, Ref, references
from reconciler.secret.names import secretive


def sealed(props: Props, address: Address) -> dict[str, Json]:
    """Properties with marks around references to secrets."""

    def each(value: Json, path: Path) -> Json:
        if isinstance(value, Mapping):
            return {key: each(item, (*path, str(key))) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [each(item, (*path, str(index))) for index, item in enumerate(value)]
        if isinstance(value, Ref | Join) and any(map(_is_secret, references(value))):
            return Hidden(address, path, value, readable=True)
        return value

    return {name: each(value, (name,)) for name, value in props.items()}


def _is_secret(ref: Ref) -> bool:
    return secretive(ref.output.rpartition(".")[2])
