"""What a step of a DataPipeline is: what it reads and writes, and the state that it becomes.

A file in `steps` registers one kind of step. It knows of the pipeline what its `Site` says: where
the named reads and writes are, the machine whose role it may need something granted for, and the
line to blame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Generic, NamedTuple, TypeVar

from pydantic import Field

from reconciler.kinds.api import (
    Duration,
    Maybe,
    Path,
    Problem,
    Reference,
    Scope,
    Section,
    Shorthand,
)
from reconciler.kinds.data_pipeline.template import Template
from reconciler.kinds.terms.location import S3Path, Spot
from reconciler.kinds.terms.machine import Machine
from reconciler.model.address import Address
from reconciler.model.graph import Node
from reconciler.model.value import Join, Json, Props, Ref

STEPS: dict[str, Doing[Any]] = {}
StepName = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]{0,39}$", examples=["check", "clean"])]
DataName = Annotated[str, Field(pattern=r"^[a-z][A-Za-z0-9_]{0,39}$", examples=["in", "good"])]
StepOutput = Annotated[
    str,
    Field(pattern=r"^[a-z][A-Za-z0-9_]*\.[a-z][A-Za-z0-9_]*$", examples=["clean.out"]),
]
"""What an earlier step writes: its name, a dot, and what it calls it."""


class Read(Section):
    """Data that a step reads. A plain text is what an earlier step writes."""

    needs = ("from", "source", "featureGroup")

    from_: Maybe[StepOutput] = Field(None, alias="from")
    """What an earlier step writes."""
    source: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource to read."""
    feature_group: Maybe[Annotated[str, Reference("FeatureGroup")]] = None
    """The FeatureGroup whose history is read."""
    path: Maybe[S3Path] = None
    """Where in the DataSource; a prefix. May hold placeholders such as ``{day}``."""


class Write(Section):
    """Where a step writes data."""

    source: Annotated[str, Reference("DataSource")]
    """The DataSource to write to."""
    path: S3Path
    """Where in it; a prefix. May hold placeholders such as ``{day}``."""


class Step(Section):
    """One step: exactly one thing to do, with the data that it reads and writes."""

    name: StepName
    """What it is called: in the machine, in reports, and by the steps after it."""
    reads: Annotated[dict[DataName, Annotated[Read, Shorthand("from")]], Field(max_length=20)] = (
        Field(default_factory=dict)
    )
    """What is read, by the name that the step knows it by."""
    writes: Annotated[dict[DataName, Write], Field(max_length=20)] = Field(default_factory=dict)
    """Where data goes, by the name that the step and those after it know it by."""
    timeout: Maybe[Duration] = None
    """What takes longer has failed."""
    retries: Annotated[int, Field(ge=0, le=20)] = 0
    """How often the step is run again after it has failed. What AWS refuses for the moment, such
    as too many requests, is tried again without being counted."""

    @property
    def kind(self) -> str:
        """The word for what it does. A step inside of another one has no word for what nests."""
        said = (name for name, each in STEPS.items() if getattr(self, each.field, None) is not None)
        return next(said)

    @property
    def said(self) -> Any:  # noqa: ANN401 - the model of that kind of step
        """What the spec says under that word."""
        return getattr(self, STEPS[self.kind].field)


@dataclass(frozen=True, slots=True)
class Place:
    """Where named data is, all that a parameter or a permission needs."""

    uri: Template
    """``s3://…``, perhaps with parts that each run fills in."""
    spot: Spot
    """For permissions: everything below it, whichever run writes it."""
    kind: str
    """The kind of spec that it lies in."""
    name: str
    path: str

    @property
    def bucket(self) -> Json:
        """The name of the bucket, or a reference to it."""
        uri = self.whole
        first = uri.parts[1] if isinstance(uri, Join) else str(uri).split("/")[2]
        return first if isinstance(first, Ref) else str(first).split("/")[0]

    @property
    def whole(self) -> Json:
        """The URI above everything that a run fills in."""
        return self.uri.pieces[0]

    @property
    def spec(self) -> str:
        """``Kind/name``."""
        return f"{self.kind}/{self.name}"


class Branch(NamedTuple):
    """A machine inside of a state, and what its steps need."""

    machine: Props
    nodes: list[Node]


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """What a step knows of where it is."""

    scope: Scope
    machine: Machine
    path: Path
    """Of the step in the spec."""
    reads: Mapping[str, Place]
    writes: Mapping[str, Place]
    each: bool = False
    """Whether it runs once for each of several items."""
    peers: int = 1
    """How many of this step may run at a time within one run."""
    needs: list[Address]
    """What has to be there before the machine is, beyond what it refers to."""
    branch: Callable[[Iterable[Step], Path, int], Branch]
    """The machine of further steps inside of this one, of which so many run at a time."""

    def beside(self, folder: str, step: Step) -> str:
        """A path for what a step puts aside where its spec says none: each item has its own."""
        return f"{folder}/{self.scope.name}/{step.name}" + ("/{item}" if self.each else "")


@dataclass(slots=True)
class Built:
    """What a step becomes."""

    state: dict[str, Json]
    """Of the States language, without what follows it, its timeout and its catcher."""
    nodes: list[Node] = field(default_factory=list)
    retry: tuple[Json, ...] = ()
    """Retriers of refusals that pass, before those of failures."""
    failures: tuple[str, ...] = ("States.TaskFailed",)
    """Errors after which the step may be run again."""
    before: dict[str, dict[str, Json]] = field(default_factory=dict)
    """States that go before it, by name, each leading to the next."""
    after: dict[str, dict[str, Json]] = field(default_factory=dict)
    """States that go after it, by name, each leading to the next."""
    discards: bool = False
    """Whether its result is of no use to anybody."""
    longest: int = 86_400
    """Seconds after which it has failed where the spec does not say."""


M = TypeVar("M", bound=Section)


def _nothing(*_: object) -> Iterable[Any]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Doing(Generic[M]):
    """A kind of step. Its functions get what a spec says under its name, and the whole step."""

    name: str
    """As in YAML."""
    model: type[M]
    summary: str
    """One sentence for the reference."""
    nests: bool = False
    """Whether it has steps of its own; those have none."""
    check: Callable[[M, Step], Iterable[Problem]] = _nothing
    """Problems, by paths inside of the step."""
    reads: Callable[[M], Iterable[tuple[Path, str, Read]]] = _nothing
    """What it reads besides the step's `reads`: path inside of what the
    spec says there, name, and what."""
    texts: Callable[[M], Iterable[tuple[Path, str]]] = _nothing
    """Texts that may hold placeholders, with paths inside of what the spec says there."""
    feeds: Callable[[M], Iterable[tuple[Path, str]]] = _nothing
    """FeatureGroups that it writes, with paths inside of what the spec says there."""
    shared: frozenset[str] = frozenset()
    """Names under which it writes to one place in every run, each time another object."""
    inner: Callable[[M], Iterable[tuple[Path, Step, int]]] = _nothing
    """Steps of its own, with paths inside of what the spec says there, and how many of each may run
    at a time."""
    build: Callable[[M, Step, Site], Built]

    @property
    def field(self) -> str:
        """Its attribute."""
        return "".join(f"_{each.lower()}" if each.isupper() else each for each in self.name)


def register(doing: Doing[M]) -> Doing[M]:
    """Add a kind of step.

    Raises:
        ValueError: there is one of that name already.
    """
    if STEPS.setdefault(doing.name, doing) is not doing:
        msg = f"a DataPipeline has a step {doing.name} already"
        raise ValueError(msg)
    return doing


def all_steps(steps: Iterable[Step], path: Path = ("steps",)) -> Iterator[tuple[Path, Step, int]]:
    """Every step with its path in the spec and how many of it may run at a time, in order."""
    for index, step in enumerate(steps):
        here = (*path, str(index))
        yield here, step, 1
        for below, inner, peers in STEPS[step.kind].inner(step.said):
            yield (*here, step.kind, *below), inner, peers
