"""The pieces of a `Resource`: calls, listings, tags, states, and what CloudFormation keeps beside.

Templates are those of `resources.api`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from string import Formatter

from reconciler.model.change import Observed
from reconciler.model.value import Json, Props
from reconciler.resources.codecs import SAME, Codec
from reconciler.resources.whole import Whole


def _at_once(_: Props) -> float:
    """Nothing waits on purpose."""
    return 0.0


def _always(_: Observed) -> bool:
    """The state alone says it."""
    return True


def _anything(_params: Props, _answer: Mapping[str, Json]) -> str:
    """Nothing in an answer says what it is about."""
    return ""


@dataclass(frozen=True, slots=True)
class Op:
    """A client method and the templates of the parameters that address the resource."""

    method: str
    params: Mapping[str, Json] = field(default_factory=dict)
    service: str = ""
    """The client, where it is another one than the type's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A bulk read. `codec` maps an item to CloudFormation properties.

    `name` and `created` are members of an item, and `name` may be a template of several; where it
    is an ARN, the name of the resource is what stands behind its last colon. A `complete` listing
    (together with the type's other listings) leaves nothing to describe. `gone` has members of an
    item and the words in them that say that it is deleted, and only listed still: it counts as
    absent. What a listing with `absence` lacks is not there, as surely as the type's own read says
    so, but in the regions of `overwrites`, where the create call overwrites what it should have
    had. A `sparing` one is asked for only where it spares a look at each of several resources.
    """

    method: str
    at: str
    name: str
    params: Mapping[str, Json] = field(default_factory=dict)
    codec: Codec = SAME
    created: str = "CreationTime"
    complete: bool = False
    gone: Mapping[str, frozenset[str]] = field(default_factory=dict)
    absence: bool = False
    overwrites: frozenset[str] = frozenset()
    sparing: bool = False

    @property
    def named(self) -> tuple[str, ...]:
        """The members that its name is made of."""
        found = tuple(it for _, it, _, _ in Formatter().parse(self.name) if it)
        return found or (self.name,)

    def called(self, item: Props) -> str:
        """The name of the resource that an item is about."""
        name = self.name.format_map(item) if "{" in self.name else str(item[self.name])
        return name.rpartition(":")[2] if name.startswith("arn:") else name


@dataclass(frozen=True, slots=True, kw_only=True)
class Detail:
    """A further read that a description takes, such as a document by its version.

    Its `params` are templates, and `takes` has parameters that the answers before it name, by
    dotted path; without one of these there is nothing to read. The answer, or its member `at`,
    becomes the member `into` of the description before that is decoded. The error codes of
    `unset` say that nothing is set, which leaves the member out.
    """

    method: str
    into: str
    at: str = ""
    params: Mapping[str, Json] = field(default_factory=dict)
    takes: Mapping[str, str] = field(default_factory=dict)
    unset: frozenset[str] = frozenset()
    whole: Whole | None = None
    """What a whole answer has, where it is not the member `at`."""
    prop: str = ""
    """The property that it tells of, where it is read only for those that mention that."""

    @property
    def answers(self) -> Whole:
        """What a whole answer has."""
        return self.whole or Whole(has=frozenset({self.at} - {""}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Settling:
    """A further place where a resource says that AWS is at work on it, or has failed at that.

    `path` is dotted in the answer of `read`; ``*`` stands for every item of a list, such as the
    indexes of a table. A failure there does not make the resource a failed one.
    """

    path: str
    busy: frozenset[str]
    failed: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tagging:
    """How tags are written and read.

    `tags` and `keys` are dotted paths in the requests. `create` is the dotted
    path in the create request; with "" tags are written right after it. With
    `whole` one put replaces all tags. `indexed` says that the tagging API knows the type. With
    `mapped` they are an object from keys to values, not a list.
    """

    add: Op
    remove: Op | None = None
    read: Op
    at: str = "Tags"
    tags: str = "Tags"
    keys: str = "TagKeys"
    key_in: str = ""
    """The member of an object that a key to remove stands in; "" where it stands alone."""
    item: tuple[str, str] = ("Key", "Value")
    create: str = "Tags"
    whole: bool = False
    indexed: bool = True
    mapped: bool = False
    inside: bool = False
    """They are a property like any other: read and written with the rest of the resource."""
    unset: frozenset[str] = frozenset()

    @property
    def answers(self) -> Whole:
        """What a whole answer to `read` has."""
        if self.mapped:
            return Whole(
                empty="tags that are an object may be left out (Glue API, GetTags;"
                " Application Auto Scaling API, ListTagsForResource)"
            )
        return Whole(items=self.at, each=frozenset({self.item[0]}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifecycle:
    """Where a resource reports that it is working, ready or broken.

    `settles` are further places, such as one that reports on the last update. Polls are
    `poll` seconds apart and give up after `timeout` seconds. A state of none of the sets is
    taken for a new word of AWS's for being busy.

    `usual` seconds are what it takes as a rule, which only findings go by.
    """

    field: str
    ready: frozenset[str]
    busy: frozenset[str]
    in_use: frozenset[str] = frozenset()
    """Of `busy`: it scales or is maintained, and stays what it is meanwhile."""
    failed: frozenset[str] = frozenset()
    empty: frozenset[str] = frozenset()
    """Of `failed`: it never held anything, as far as `unused` agrees. All others may hold all."""
    unused: Callable[[Observed], bool] = _always
    """Whether what is live proves that it never held anything, where the state leaves it open."""
    scheduled: frozenset[str] = frozenset()
    """It is about to be deleted, and `Resource.restore` takes that back."""
    restored: str = ""
    """The state that taking it back leads to."""
    stuck: frozenset[str] = frozenset()
    """Neither usable nor gone, until a person does something outside of Moorline."""
    retired: frozenset[str] = frozenset()
    """Deleted and kept for a while: gone, once the parts that are undone first are gone too."""
    settles: tuple[Settling, ...] = ()
    reason: str = "FailureReason"
    poll: float = 10.0
    timeout: float = 3600.0
    usual: float = 0.0
    rollout: Callable[[Props], float] = _at_once
    """Seconds that an update takes beyond that, by what is desired."""

    @property
    def grows(self) -> bool:
        """Whether what was just made is at work for a while, and may fail."""
        return bool(self.settles) or any(not word.startswith("Delet") for word in self.busy)

    @property
    def known(self) -> frozenset[str]:
        """Every state that is spoken of."""
        return self.ready | self.busy | self.failed | self.scheduled | self.stuck


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """A write that answers with a request that goes on. Paths are dotted, in its answers.

    Sending and waiting are two things: a request is sent once, and waited for by its token.
    """

    methods: frozenset[str]
    """The client methods that begin one."""
    poll: str
    """The client method that says how it is; `param` takes its token."""
    param: str
    token: str
    state: str
    done: frozenset[str]
    busy: frozenset[str]
    """A state of none of the sets is taken for a new word of AWS's for being busy."""
    failed: frozenset[str]
    code: str
    message: str
    after: str
    """When to ask next, as a time."""
    hooks: str = ""
    """What others said about it, as a list of events."""
    pending: str = ""
    """The client method that lists requests, to find one that was begun before."""
    outputs: Mapping[str, str] = field(default_factory=dict)
    """What it tells of the resource while it goes on: output name to path."""
    timeout: Mapping[str, float] = field(default_factory=dict)
    """Seconds that it may take, by client method."""
    about: Callable[[Props, Mapping[str, Json]], str] = _anything
    """Why an answer is not about the call with these parameters; "" when it is."""
    first: float = 1.0
    """Seconds until the first poll; the pauses grow up to `longest`."""
    longest: float = 15.0


@dataclass(frozen=True, slots=True)
class Companion:
    """A property of ours that CloudFormation keeps in a type of its own (for export).

    `props` maps that type's properties to templates; the value itself is ``{value}``.
    """

    prop: str
    type: str
    props: Mapping[str, Json]
