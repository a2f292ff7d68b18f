"""Types that nobody here has ever looked at: drawn with a seed, through whole lives, and killed.

`MOORLINE_SEED` is another seed. `make test` draws a few; `make test-long` draws many, and ends runs
at every call.
"""

from __future__ import annotations

import os
from random import Random

import pytest
from engine.platform import FAULTS
from sweeps import LONG

from reconciler.facts import facts
from reconciler.sandbox.inprocess import sandbox
from reconciler.sandbox.services.cloudcontrol import faults

from .lives import Life, Refused, draw
from .values import drawn

SEED = int(os.environ.get("MOORLINE_SEED", "20261129"))
MANY = 40 if LONG else 1
EVERY = 1 if LONG else 16
"""A run is ended after one in so many of its calls."""
MAY_BE_REFUSED = ("CLOUD002", "CLOUD004", "CLOSED", "GRAPH005")
"""Codes of plans that make nothing: nothing tells it from others, or the draw is no good."""


def cases() -> list[str]:
    """As many types as are wanted, with as many more as are refused or cannot be made up."""
    return draw(SEED, max(4, MANY * 2))


def lived(type_: str) -> str:
    """How one type fared: `lived`, or why it did not live."""
    case = drawn(facts(type_), Random(f"{SEED} {type_}"))
    if case is None:
        return "no properties were found that its schema takes"
    for killed in (False, True):
        with sandbox() as aws:
            aws.faults = FAULTS
            aws.clock.configure(mode="manual")
            try:
                life = Life(aws, case)
                if killed:
                    assert life.killed(EVERY) > 0
                else:
                    life.whole()
            except Refused as refused:
                if not any(code in str(refused) for code in MAY_BE_REFUSED):
                    pytest.fail(f"{type_} with MOORLINE_SEED={SEED}: {refused}")
                return str(refused)
            finally:
                FAULTS.clear()
                faults.clear()
    return "lived"


def test_types_that_are_drawn_live_and_are_made_once() -> None:
    print(f"MOORLINE_SEED={SEED}")
    fared: dict[str, str] = {}
    for type_ in cases():
        try:
            fared[type_] = lived(type_)
        except AssertionError as error:
            pytest.fail(f"{type_} with MOORLINE_SEED={SEED}: {error}")
        print(f"{type_}: {fared[type_]}")
        if list(fared.values()).count("lived") == MANY:
            return
    assert list(fared.values()).count("lived") >= max(1, MANY // 2), fared
