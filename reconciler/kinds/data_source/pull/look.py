"""What a run does with a page before it lands: whether it is one, and as declared. Pure data.

A Choice cannot ask for a list, so what has no first member is written out and compared with an
empty one; that each record has a column is told by counting. What a Choice compares and does not
find ends a run and is caught by nothing, so it is asked first whether it is there.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.data_source.pull.states import (
    BODY,
    Onward,
    Shape,
    fault,
    given,
    literal,
    member,
    sub,
)
from reconciler.model.value import Json

_TYPES = {
    "IsString": frozenset({"string", "char", "varchar"}),
    "IsNumeric": frozenset(
        {"tinyint", "smallint", "int", "integer", "bigint", "float", "double", "decimal"}
    ),
    "IsBoolean": frozenset({"boolean"}),
}


def look(shape: Shape, landing: str, onward: Onward) -> dict[str, Json]:
    """States from an answer to its landing, or to why it is not landed."""
    items = sub(shape.items)
    rules: list[Json] = [*_errors(shape)]
    rules.append({"Not": {"Variable": items, "IsPresent": True}, "Next": "page is malformed"})
    rules.append({"Variable": f"{items}[0]", "IsPresent": True, "Next": "count"})
    found: dict[str, Json] = {
        "look at it": {"Type": "Choice", "Choices": rules, "Default": "write it out"},
        # an empty list and anything else look alike to a Choice, but not as text
        "write it out": {
            "Type": "Pass",
            "Parameters": {"text.$": f"States.JsonToString({items})"},
            "ResultPath": "$.seen",
            "Next": "is it empty",
        },
        "is it empty": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.seen.text",
                    "StringEquals": "[]",
                    "Next": "come to its end" if onward.empty_ends else landing,
                }
            ],
            "Default": "page is malformed",
        },
        "count": {
            "Type": "Pass",
            "Parameters": {
                "records.$": f"States.ArrayLength({items})",
                **{
                    f"c{n}.$": f"States.ArrayLength({items}[*]{member(name)})"
                    for n, name in enumerate(shape.columns)
                },
            },
            "ResultPath": "$.seen",
            "Next": "is it as declared",
        },
        "is it as declared": {
            "Type": "Choice",
            "Choices": [{"And": [*_complete(shape, items)], "Next": landing}],
            "Default": "page is malformed",
        },
        "page is malformed": fault(
            "Moorline.MalformedPage",
            f"States.Format('page {{}} is not as declared: {literal(_wanted(shape))[1:-1]};"
            " it is kept beside the others', $.page)",
            dynamic=True,
        )
        | {"Next": "keep it aside"},
    }
    if shape.errors:
        found |= {
            "name the first error": fault(
                "Moorline.GraphQLErrors", f"{BODY}.errors[0].message", dynamic=True
            ),
            "errors have no words": fault(
                "Moorline.GraphQLErrors", "the answer has errors and no message"
            ),
        }
    return found


def _errors(shape: Shape) -> Iterator[Json]:
    """GraphQL says 200 and has failed. Source: GraphQL specification, "Response"."""
    if not shape.errors:
        return
    has = {"Variable": f"{BODY}.errors[0]", "IsPresent": True}
    if shape.errors == "land":
        has = {"And": [has, {"Not": given(f"{BODY}.data")}]}
    word = f"{BODY}.errors[0].message"
    said = [{"Variable": word, "IsPresent": True}, {"Variable": word, "IsString": True}]
    yield {"And": [has, *said], "Next": "name the first error"}
    yield {**({"And": [has]} if "And" not in has else has), "Next": "errors have no words"}


def _complete(shape: Shape, items: str) -> Iterator[Json]:
    yield {"Variable": "$.seen.records", "NumericGreaterThan": 0}
    for n, (name, type_) in enumerate(shape.columns.items()):
        yield {"Variable": f"$.seen.c{n}", "NumericEqualsPath": "$.seen.records"}
        word = type_.partition("(")[0].strip().lower()
        test = next((each for each, types in _TYPES.items() if word in types), "")
        if test:
            first = f"{items}[0]{member(name)}"
            yield {"Or": [{"Variable": first, "IsNull": True}, {"Variable": first, test: True}]}


def _wanted(shape: Shape) -> str:
    names = ", ".join(shape.columns)
    return f"a list at {shape.items}" + (f", each record with {names}" if names else "")
