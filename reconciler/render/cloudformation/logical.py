"""Logical ids of a CloudFormation template: stable, alphanumeric and unique.

An id follows from type and name alone. Only names that differ in nothing but
punctuation get a digest, so a new resource never renames an old one otherwise.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable

from reconciler.model.address import Address
from reconciler.model.value import digest

LIMIT = 255
"""Characters that CloudFormation takes."""
_WORD = re.compile(r"[A-Za-z0-9]+")
_DIGITS = 8


def ids(addresses: Iterable[Address]) -> dict[Address, str]:
    """The logical id of each address."""
    plain = {address: logical(address) for address in addresses}
    taken = Counter(plain.values())
    return {
        address: id_ if taken[id_] == 1 and len(id_) <= LIMIT else _marked(id_, address)
        for address, id_ in plain.items()
    }


def logical(address: Address) -> str:
    """``AWS::SageMaker::Model/acme-fraud`` as ``SageMakerModelAcmeFraud``."""
    type_ = address.type.removeprefix("AWS::")
    return "".join(word[:1].upper() + word[1:] for word in _WORD.findall(f"{type_} {address.name}"))


def _marked(id_: str, address: Address) -> str:
    return id_[: LIMIT - _DIGITS] + digest([address.type, address.name], _DIGITS)
