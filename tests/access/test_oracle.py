"""Our decisions against those of another judge, on questions at random.

A disagreement needs a reason that is written in `differences`, with AWS's page; each of those is
shown to be one by its smallest question, so one that the oracle mends is noticed.
"""

from __future__ import annotations

from collections import Counter

import pytest

from reconciler.access.decide import decide
from reconciler.access.model import Decision, Why
from tests.access.cases import case
from tests.access.differences import DIFFERENCES, reasons
from tests.access.oracle import judge, simulation
from tests.sweeps import LONG

MANY = 20_000 if LONG else 600
RESULTS = {"Allowed": "allowed", "ExplicitlyDenied": "denied", "ImplicitlyDenied": "not allowed"}


def said(decision: Decision) -> str:
    if decision.allowed:
        return "allowed"
    return "denied" if decision.why is Why.DENIED else "not allowed"


def test_the_oracle_agrees_but_where_aws_says_otherwise():
    questions = [case(seed) for seed in range(MANY)]
    answers = judge([simulation(*question) for question in questions])
    assert len(answers) == MANY
    tally, unexplained = Counter(), []
    for seed, (question, answer) in enumerate(zip(questions, answers, strict=True)):
        assert "error" not in answer, (seed, answer)
        assert answer["ignored"] == [], seed
        ours, theirs = said(decide(*question)), RESULTS[answer["result"]]
        tally[ours] += 1
        if ours == theirs:
            continue
        tally["otherwise"] += 1
        if not reasons(*question):
            unexplained.append((seed, ours, theirs))
    print(f"{MANY} decisions: {dict(tally)}")
    assert not unexplained
    assert 0.35 < tally["allowed"] / MANY < 0.65
    assert tally["denied"] > MANY / 10
    assert tally["otherwise"] < MANY / 20


def test_most_questions_could_not_be_excused():
    plain = sum(not reasons(*case(seed)) for seed in range(1_500))
    assert plain > 900


@pytest.mark.parametrize("name", sorted(DIFFERENCES))
def test_a_difference_is_one(name):
    difference = DIFFERENCES[name]
    (answer,) = judge([simulation(*difference.question)])
    assert decide(*difference.question).allowed is difference.ours
    assert (answer["result"] == "Allowed") is not difference.ours
    assert name in reasons(*difference.question)
