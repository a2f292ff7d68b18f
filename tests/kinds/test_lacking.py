"""A spec that asks another one for what that cannot give."""

from __future__ import annotations

from reconciler.compile import lacking
from reconciler.kinds.api import Lacking, LackingError, Lookup
from reconciler.model.diagnostic import Span

ERROR = LackingError("DataSource", "orders", Lacking("is a table", "name a bucket"))


def test_it_is_a_fault_where_the_other_one_is_named() -> None:
    uses = (
        (("key",), "Security", "platform"),
        (("inputs", "0"), "DataSource", "orders"),
        (("output",), "DataSource", "orders"),
    )
    lines = {("inputs", "0"): 3, ("output",): 9}
    found = lacking.finding(ERROR, uses, lambda path: Span("a.yaml", lines[path], 1))
    assert (found.code, found.message, found.help) == (
        "SPEC030", "DataSource 'orders' is a table", "name a bucket",
    )  # fmt: skip
    assert found.at is not None
    assert found.at.line == lines["inputs", "0"]


def test_questions_end_where_it_shows() -> None:
    def asked() -> object:
        yield Lookup("image", ())
        raise ERROR

    assert [*lacking.none(asked())] == [Lookup("image", ())]  # type: ignore[arg-type]
