"""graphql: records that are pulled from a GraphQL interface."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Lacking, Lookup, Maybe, Problem, Scope, Section, Shorthand
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.pull import function, terms
from reconciler.kinds.data_source.pull.machine import pulled
from reconciler.kinds.data_source.pull.spec import GraphPages, Pull, check_pull
from reconciler.kinds.data_source.pull.states import Asked, Onward
from reconciler.kinds.data_source.pull.terms import cursored, parameter, shape_of, signed
from reconciler.kinds.packs import Pack, RepositoryPath
from reconciler.kinds.terms.asset import Asset, asset
from reconciler.model.asset import Form
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path

AT = ("graphql",)
Variable = Annotated[str, Field(pattern=r"^[_A-Za-z][_0-9A-Za-z]{0,127}$")]


class Query(Section):
    """The text of a query: in a file of the repository, or here."""

    file: Maybe[Annotated[RepositoryPath, Pack(Form.FILE)]] = None
    """The file, which becomes an asset; a run reads it."""
    text: Maybe[Annotated[str, Field(min_length=1, max_length=30_000)]] = None
    """The query itself."""


class GraphQL(Pull):
    """Records that are pulled from a GraphQL interface, page by page."""

    query: Annotated[Query, Shorthand("file")]
    """The query; a plain text is a file."""
    variables: dict[Variable, str | int | float | bool] = Field(default_factory=dict)
    """Variables that every call has, such as how long a page is."""
    pages: GraphPages
    """How an answer leads to the next one."""
    partial: Literal["fail", "land"] = "fail"
    """What is done with an answer that has errors and data. One without data is always a
    failure, although it comes with status 200."""


def check(graph: GraphQL, spec: Source) -> Iterator[Problem]:
    yield from check_pull(graph, AT, spec.columns)
    yield from terms.check_trigger(graph, AT)
    if (graph.query.file is None) == (graph.query.text is None):
        yield Problem((*AT, "query"), "give 'file' or 'text'")
    if graph.items == "$":
        help_ = "write where the list of records is, such as $.data.orders.nodes"
        yield Problem((*AT, "items"), "an answer of GraphQL is no list", help_)
    taken: dict[str, str] = {}
    if (cursor := graph.pages.cursor) is not None:
        yield from terms.check_cursor(cursor, (*AT, "pages", "cursor"))
        taken[cursor.query] = "pages"
    if graph.since is not None:
        if graph.since.query in taken:
            here = (*AT, "since", "query")
            yield Problem(here, f"{graph.since.query!r} is set by 'pages' already")
        taken[graph.since.query] = "since"
    for name, value in graph.variables.items():
        here = (*AT, "variables", name)
        if name in taken:
            yield Problem(here, f"{name!r} is set by {taken[name]!r} too", on_key=True)
        yield from parameter(name, str(value), here)


def lookups(graph: GraphQL, _: Source, __: Scope) -> Iterator[Lookup]:
    yield from terms.lookups(graph)


def exports(graph: GraphQL, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    return terms.exports(graph, scope)


def build(graph: GraphQL, spec: Source, scope: Scope) -> Iterator[Node]:
    yield from function.caller(graph, scope, AT)
    if scope.deferred:
        return
    at: Path = (*AT, "query", "file")
    file = asset(scope, graph.query.file, at=at) if graph.query.file else None
    cursor = function.seen(graph, graph.pages).cursor
    yield from pulled(
        graph,
        scope,
        AT,
        method="POST",
        asked=_asked(graph, scope, file),
        onward=cursored(cursor) if cursor else Onward(),
        shape=shape_of(graph, spec, graph.partial),
        endpoints=graph.url,
        wants=function.wanted(graph.pages),
        file=file,
    )


def _asked(graph: GraphQL, scope: Scope, file: Asset | None) -> Asked:
    plain: dict[str, Json] = dict(graph.variables)
    if graph.since is not None:
        plain[f"{graph.since.query}.$"] = "$.run.since"
    following = dict(plain)
    if graph.pages.cursor is not None:
        following[f"{graph.pages.cursor.query}.$"] = "$.next"
    call = signed(graph, scope, "POST")
    text: dict[str, Json] = {"query.$": "$.run.query"} if file else {"query": graph.query.text}
    return Asked(
        first={**call, "RequestBody": {**text, "variables": plain}},
        following={**call, "RequestBody": {**text, "variables": following}},
        timeout=terms.seconds_of(graph),
        retries=graph.retries,
    )


register(
    Member(
        name="graphql",
        model=GraphQL,
        summary="Records that are pulled from a GraphQL interface, and land in another DataSource.",
        store=True,
        check=check,
        lookups=lookups,
        build=build,
        exports=exports,
        without=terms.WITHOUT,
    )
)
