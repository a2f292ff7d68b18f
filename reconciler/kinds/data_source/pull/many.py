"""Numbered pages of a pull, several at the same time: what takes the place of one after the other.

Names are unique in a machine, and the states of one page among many end in states of their own: a
failure ends the page, and with it all. Source: Step Functions developer guide, "Inline mode"; the
events of all pages are in the history of the run.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.kinds.data_source.pull.spec import Number
from reconciler.kinds.data_source.pull.states import (
    KEPT,
    MOST,
    STEP,
    TOO_LARGE,
    fault,
    number,
    reached,
    sub,
)
from reconciler.kinds.terms.machine import FAULT, caught, fallen
from reconciler.model.value import Json


def mapped(numbered: Number, loop: Mapping[str, Json], room: int, most: int) -> dict[str, Json]:
    """All pages after the first one, as many at a time as fit into one run."""
    last = sub(numbered.last or "$")
    many = min(room, MOST)
    inner = {"ask for the next page": loop["ask for the next page"], **loop}
    states = _renamed(inner, {"is there another": "landed", "come to its end": "landed"})
    states |= {
        "landed": {"Type": "Pass", "Parameters": {}, "End": True},
        "page has failed": {
            "Type": "Fail",
            "ErrorPath": f"{FAULT}.Error",
            "CausePath": f"{FAULT}.Cause",
        },
        "one page is too large": {
            **fault("Moorline.PageTooLarge", TOO_LARGE),
            "Next": "page has failed",
        },
    }
    kept = {**KEPT, "page.$": "$.page", "last.$": "$.last", "next.$": "$.next", "here": 1}
    return {
        "is there another": {
            "Type": "Choice",
            "Choices": [{"And": [*number(last)], "Next": "note the last"}],
            "Default": "page is malformed",
        },
        "note the last": {
            "Type": "Pass",
            "Parameters": {
                **KEPT,
                "page": 1,
                "here": 1,
                "next": numbered.first + 1,
                "last.$": last,
            },
            "Next": "share out the pages",
        },
        "share out the pages": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.last",
                    "NumericGreaterThan": most,
                    "Next": "pages have no end",
                },
                {
                    "Variable": "$.next",
                    "NumericGreaterThanPath": "$.last",
                    "Next": "come to its end",
                },
            ],
            "Default": "count what fits",
        },
        "count what fits": {
            "Type": "Pass",
            "Parameters": {**kept, "to.$": f"States.MathAdd($.next, {many - 1})"},
            "Next": "is it all",
        },
        "is it all": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.to",
                    "NumericGreaterThanEqualsPath": "$.last",
                    "Next": "take all of it",
                }
            ],
            "Default": "ask for many",
        },
        "take all of it": {
            "Type": "Pass",
            "Parameters": {**kept, "to.$": "$.last"},
            "Next": "ask for many",
        },
        "ask for many": {
            "Type": "Pass",
            "Parameters": {
                **kept,
                "to.$": "$.to",
                "numbers.$": "States.ArrayRange($.next, $.to, 1)",
            },
            "Next": "ask for each",
        },
        "ask for each": {
            "Type": "Map",
            "ItemsPath": "$.numbers",
            "MaxConcurrency": numbered.parallel,
            "ItemSelector": {
                "run.$": "$.run",
                "next.$": "$$.Map.Item.Value",
                "page.$": "$$.Map.Item.Value",
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": _one("ask for the next page"),
                "States": reached(_one("ask for the next page"), states),
            },
            "ResultPath": None,
            "Catch": [caught(STEP)],
            "Next": "go past them",
        },
        "go past them": {
            "Type": "Pass",
            "Parameters": {**kept, "next.$": "States.MathAdd($.to, 1)"},
            "Next": "is there more",
        },
        "is there more": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.next",
                    "NumericGreaterThanPath": "$.last",
                    "Next": "come to its end",
                }
            ],
            "Default": "hand over",
        },
    }


def _one(name: str) -> str:
    return f"one: {name}"


def _renamed(states: Mapping[str, Json], ends: Mapping[str, str]) -> dict[str, Json]:
    """States as those of one page among many: names are unique in a machine, and ends are its own.

    A failure ends the page, and with it the state around it.
    """
    ends = {**ends, fallen(STEP): "page has failed", "page is too large": "one page is too large"}

    def target(name: str) -> str:
        return ends.get(name) or _one(name)

    def each(state: Json) -> Json:
        if isinstance(state, Mapping):
            return {
                key: target(item) if key in {"Next", "Default"} else each(item)
                for key, item in state.items()
            }
        return [each(item) for item in state] if isinstance(state, list) else state

    return {_one(name): each(state) for name, state in states.items()}
