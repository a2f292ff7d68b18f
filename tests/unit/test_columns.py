"""Types of columns, their form in Avro, and which edits of them break readers."""

from __future__ import annotations

import json

import pytest

from reconciler.facts import avro
from reconciler.facts.avro import Field
from reconciler.facts.columns import NoTypeError, parse, widens
from reconciler.facts.evolution import MODES, What, edits, refused, way_out

TYPES = [
    *("string", "boolean", "tinyint", "smallint", "int", "bigint", "float", "double", "date"),
    *("timestamp", "binary", "decimal(12,2)", "char(3)", "varchar(20)", "array<string>"),
    *("map<string,int>", "struct<a:int,b:array<struct<c:decimal(3,1)>>>"),
]


@pytest.mark.parametrize("text", TYPES)
def test_a_type_is_read_and_written_and_goes_through_avro(text: str) -> None:
    found = parse(f" {text.upper()} ")
    assert str(found) == text
    schema = avro.definition("a-b", [Field("x", found, required=True), Field("y", found)])
    assert avro.fields(json.dumps(schema)) == [
        Field("x", found, required=True),
        Field("y", found),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a type is missing"),
        ("strng", "did you mean 'string'?"),
        ("integer", "did you mean 'int'?"),
        ("decimal", "needs its size"),
        ("decimal(2,3)", "more places than digits"),
        ("decimal(39,0)", "its size is 1 to 38"),
        ("varchar(0)", "its size is 1 to 65535"),
        ("varchar(x)", "needs its size"),
        ("int(3)", "takes nothing in brackets"),
        ("array", "needs what is in it"),
        ("array<int", "is not closed"),
        ("array<int,int>", "takes 1 types"),
        ("map<array<int>,int>", "a plain type"),
        ("struct<a>", "needs names and types"),
        ("struct<a:int,A:int>", "two fields of a struct"),
        ("int int", "after the type"),
        ("in;t", "is nothing|is no type"),
        ("array<" * 30 + "int" + ">" * 30, "nested deeper"),
    ],
)
def test_what_is_no_type_is_refused_with_what_would_be(text: str, says: str) -> None:
    with pytest.raises(NoTypeError) as caught:
        parse(text)
    told = f"{caught.value}; {caught.value.help}"
    assert any(each in told for each in says.split("|")), told


@pytest.mark.parametrize(
    ("before", "after", "wide"),
    [
        ("int", "bigint", True),
        ("bigint", "int", False),
        ("float", "double", True),
        ("bigint", "double", False),
        ("int", "decimal(10,0)", True),
        ("int", "decimal(9,0)", False),
        ("decimal(10,2)", "decimal(12,2)", True),
        ("decimal(10,2)", "decimal(12,3)", False),
        ("varchar(10)", "varchar(20)", True),
        ("varchar(20)", "varchar(10)", False),
        ("char(3)", "string", True),
        ("string", "varchar(100)", False),
        ("int", "string", False),
        ("array<int>", "array<bigint>", True),
        ("map<string,bigint>", "map<string,int>", False),
        ("struct<a:int>", "struct<a:int,b:int>", True),
        ("struct<a:int,c:int>", "struct<a:int,b:int,c:int>", False),
        ("struct<a:int,b:int>", "struct<a:int>", False),
    ],
)
def test_which_types_can_be_read_as_which(before: str, after: str, wide: bool) -> None:
    assert widens(parse(before), parse(after)) is wide


def fields(**types: str) -> list[Field]:
    """Columns; a type with ``!`` is required."""
    return [Field(n, parse(t.rstrip("!")), t.endswith("!")) for n, t in types.items()]


OLD = fields(a="string!", b="int", c="decimal(4,2)")
EDITS = {
    What.ADDED: fields(a="string!", b="int", c="decimal(4,2)", d="int"),
    What.ADDED_REQUIRED: fields(a="string!", b="int", c="decimal(4,2)", d="int!"),
    What.DROPPED: fields(a="string!", b="int"),
    What.RENAMED: fields(a="string!", bb="int", c="decimal(4,2)"),
    What.NARROWED: fields(a="string!", b="smallint", c="decimal(4,2)"),
    What.WIDENED: fields(a="string!", b="bigint", c="decimal(4,2)"),
    What.REQUIRED: fields(a="string!", b="int!", c="decimal(4,2)"),
    What.OPTIONAL: fields(a="string", b="int", c="decimal(4,2)"),
}
FORWARD = {What.ADDED_REQUIRED, What.REQUIRED}
BACKWARD = {What.WIDENED, What.OPTIONAL}
TAKEN = {
    "NONE": {*What},
    "DISABLED": set[What](),
    "BACKWARD": {What.ADDED, *BACKWARD},
    "FORWARD": {What.ADDED, *FORWARD},
    "FULL": {What.ADDED},
}


@pytest.mark.parametrize("what", [*What])
def test_an_edit_is_told_and_taken_by_the_modes_that_take_it(what: What) -> None:
    found = edits(OLD, EDITS[what])
    assert [each.what for each in found] == [what]
    for mode in MODES:
        taken = what in TAKEN[mode.removesuffix("_ALL")]
        assert (refused(found, mode) == []) is taken, mode
    assert refused(found, "SOMETHING_NEW") == refused(found, "FULL")
    assert "set 'schema.version' to 4" in way_out(found, 3)


def test_the_same_columns_are_no_edit_and_a_place_apart_is_no_rename() -> None:
    assert edits(OLD, [*reversed(OLD)]) == []
    moved = fields(a="string!", c="decimal(4,2)", bb="int")
    assert {each.what for each in edits(OLD, moved)} == {What.DROPPED, What.ADDED}
    upper = [Field("B" if each.name == "b" else each.name, each.type, each.required) for each in OLD]
    assert edits(OLD, upper) == []


@pytest.mark.parametrize("text", ["", "[]", '{"type": "string"}', '{"fields": 1}', "syntax = 3;"])
def test_what_is_no_record_has_no_columns(text: str) -> None:
    assert avro.fields(text) is None


def test_a_foreign_type_is_no_type_of_ours_and_a_change_to_it_is_one() -> None:
    found = avro.fields('{"fields": [{"name": "b", "type": ["int", "string", "null"]}]}')
    assert found == [Field("b", None)]
    assert [each.what for each in edits(fields(b="int"), found)] == [What.NARROWED]
