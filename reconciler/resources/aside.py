"""What the rest of Moorline has to know of a type beside its calls: IAM, CloudTrail, drift, words.

It stands in the type's own file, so that a new type edits no table anywhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Props


def _whole(_: Props) -> str:
    """What is done is done."""
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Borrowed:
    """A live property that comes from another resource, such as a config that the type names."""

    by: str
    """The property that names the other one."""
    type: str
    names: Mapping[str, str]
    """Members here, and what the other one calls them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Aside:
    """See the module docstring. Actions are IAM's, such as ``iam:PassRole``."""

    needs: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By client method: the actions that it needs besides its own, for tags and handed roles. What
    AWS does in the caller's name is in `access.caller`."""
    named: Mapping[str, str] = field(default_factory=dict)
    """By client method: its own action, where that is not named like it."""
    both: Mapping[str, str] = field(default_factory=dict)
    """By client method: what a role has to be allowed, in words, where it is asked for on several
    resources and AWS's refusal names one."""
    hands: tuple[str, ...] = ()
    """The services that get the roles which its calls hand over, such as ``glue.amazonaws.com``;
    where none is named it is the one that is called."""
    looks: tuple[str, ...] = ()
    """Further actions that only look and that plans of the type ask."""
    set_by: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By property: further client methods that set it, which Moorline does not use itself."""
    borrowed: Mapping[str, Borrowed] = field(default_factory=dict)
    """By property: what it comes from."""
    document: frozenset[str] = frozenset()
    """Properties that AWS's own handler of the type tells as well as their own calls do, all in one
    read: none of which its schema says that a part is never given back."""
    told_by_arn: bool = False
    """CloudTrail's events name its ARN in place of its name."""
    verified: str = ""
    """What an update is held to after its calls, where AWS reports success too early."""
    begun: Callable[[Props], str] = _whole
    """What a step that is done has only begun, by what it asked for; "" where it is all of it."""


NOTHING = Aside()
