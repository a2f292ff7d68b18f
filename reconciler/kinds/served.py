"""What a type's adapter knows that a spec may depend on, as far as kinds may know it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Served:
    """What a type's adapter knows that a spec may depend on."""

    name: str
    """The property that is the physical name; "" where AWS chooses the identifier."""
    outputs: frozenset[str]
    """What other resources may refer to."""
    holds: str
    """What is lost with any resource of the type; "" where only the spec can say."""
    tags: bool
    """Whether it carries tags."""
    known: bool
    """Whether a file of ours declares the type, and with it what is lost."""
    hides: bool
    """Whether what AWS never gives back is never shown either: it is sent as the spec has it."""
    inside: str = ""
    """The property, dotted, that names what it is in, where that is a part of its own name."""
    between: str = ""
    """The property with the second half of what it is in, where that has two."""
    leaf: str = ""
    """The property, dotted, that is the rest of its name there."""
    removes: bool = False
    """Whether null says of a property that it is to be absent, and what is there is removed."""
