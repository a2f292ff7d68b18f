"""rest: records that are pulled from an HTTP interface."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Lacking, Lookup, Problem, Scope
from reconciler.kinds.data_source.api import Member, Source, register
from reconciler.kinds.data_source.pull import function, terms
from reconciler.kinds.data_source.pull.machine import pulled
from reconciler.kinds.data_source.pull.spec import Pages, Pull, body_path, check_pull
from reconciler.kinds.data_source.pull.states import Asked, Onward, number as numeric, sub
from reconciler.kinds.data_source.pull.terms import cursored, parameter, shape_of, signed
from reconciler.model.graph import Node
from reconciler.model.value import Json, Props

AT = ("rest",)
Value = Annotated[str, Field(max_length=1024)]


class Rest(Pull):
    """Records that are pulled from an HTTP interface, page by page."""

    query: dict[str, Value] = Field(default_factory=dict)
    """Parameters that every call has, such as how long a page is."""
    pages: Pages
    """How an answer leads to the next one."""


def check(rest: Rest, spec: Source) -> Iterator[Problem]:
    yield from check_pull(rest, AT, spec.columns)
    yield from terms.check_trigger(rest, AT)
    yield from _paths(rest.pages)
    yield from _query(rest)


def _paths(pages: Pages) -> Iterator[Problem]:
    at = (*AT, "pages")
    if (cursor := pages.cursor) is not None:
        yield from terms.check_cursor(cursor, (*at, "cursor"))
    if pages.link is not None:
        yield from body_path(pages.link.next, (*at, "link", "next"))
    if (number := pages.number) is not None:
        if number.last is not None:
            yield from body_path(number.last, (*at, "number", "last"))
        elif number.parallel > 1:
            help_ = "say with 'last' where an answer has the number of the last page"
            yield Problem((*at, "number", "parallel"), "nobody knows how many pages", help_)


def _query(rest: Rest) -> Iterator[Problem]:
    """Parameters that two rules would set."""
    taken = dict.fromkeys(_paging(rest.pages), "pages")
    if rest.since is not None:
        if rest.since.query in taken:
            here = (*AT, "since", "query")
            yield Problem(here, f"{rest.since.query!r} is set by 'pages' already")
        taken[rest.since.query] = "since"
    for name, value in rest.query.items():
        here = (*AT, "query", name)
        if name in taken:
            yield Problem(here, f"{name!r} is set by {taken[name]!r} too", on_key=True)
        yield from parameter(name, value, here)


def _paging(pages: Pages) -> Iterable[str]:
    return (each.query for each in (pages.cursor, pages.number, pages.offset) if each is not None)


def lookups(rest: Rest, _: Source, __: Scope) -> Iterator[Lookup]:
    yield from terms.lookups(rest)


def exports(rest: Rest, _: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    return terms.exports(rest, scope)


def build(rest: Rest, spec: Source, scope: Scope) -> Iterator[Node]:
    number = rest.pages.number
    yield from function.caller(rest, scope, AT, number.parallel if number else 1)
    if scope.deferred:
        return
    linked = rest.pages.link is not None
    pages = function.seen(rest, rest.pages)
    yield from pulled(
        rest,
        scope,
        AT,
        method="GET",
        asked=_asked(rest, scope),
        onward=_onward(pages),
        shape=shape_of(rest, spec),
        endpoints=terms.host_of(rest.url) + "/*" if linked else rest.url,
        wants=function.wanted(rest.pages),
        numbered=pages.number,
    )


def _asked(rest: Rest, scope: Scope) -> Asked:
    plain: dict[str, Json] = dict(rest.query)
    if rest.since is not None:
        plain[f"{rest.since.query}.$"] = "$.run.since"
    pages = rest.pages
    first, following = dict(plain), dict(plain)
    if pages.cursor is not None:
        following[f"{pages.cursor.query}.$"] = "$.next"
    elif pages.number is not None:
        first[pages.number.query] = str(pages.number.first)
        following[f"{pages.number.query}.$"] = "States.Format('{}', $.next)"
    elif pages.offset is not None:
        first[pages.offset.query] = "0"
        following[f"{pages.offset.query}.$"] = "States.Format('{}', $.next)"
    call = signed(rest, scope, "GET")
    return Asked(
        first=_call(call, first),
        following=_linked(call) if pages.link else _call(call, following),
        timeout=terms.seconds_of(rest),
        retries=rest.retries,
    )


def _call(call: Props, query: Props) -> Props:
    return {**call, "QueryParameters": query} if query else call


def _linked(call: Props) -> Props:
    """The address that the answer gave, with all that stands in it."""
    kept = {key: value for key, value in call.items() if key != "ApiEndpoint"}
    return {**kept, "ApiEndpoint.$": "$.next"}


def _onward(pages: Pages) -> Onward:
    if pages.cursor is not None:
        return cursored(pages.cursor)
    if pages.link is not None:
        return cursored(pages.link)
    if (number := pages.number) is not None:
        last = sub(number.last) if number.last else ""
        there = (*numeric(last), {"Variable": last, "NumericGreaterThanPath": "$.next"})
        return Onward(
            there=there if last else (),
            next={"next.$": "States.MathAdd($.next, 1)"},
            before={"next": number.first},
            empty_ends=not last,
        )
    if (offset := pages.offset) is not None:
        return Onward(
            next={"next.$": f"States.MathAdd($.next, {offset.size})"},
            before={"next": 0},
            empty_ends=True,
        )
    return Onward()


register(
    Member(
        name="rest",
        model=Rest,
        summary="Records that are pulled from an HTTP interface, and land in another DataSource.",
        store=True,
        check=check,
        lookups=lookups,
        build=build,
        exports=exports,
        without=terms.WITHOUT,
    )
)
