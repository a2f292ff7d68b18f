"""How the words of mutmut become figures."""

from __future__ import annotations

import pytest

from tests.mutation.results import Mutant, Score, by_file, parsed, score

LISTED = """
    reconciler.plan.diff.x_compare__mutmut_1: killed
    reconciler.plan.diff.x_compare__mutmut_2: survived
    reconciler.aws.apply.xǁ_Runǁall__mutmut_10: timeout
    reconciler.aws.apply.xǁ_Runǁ_one__mutmut_3: no tests
some other line: survived
"""
MUTANTS = [
    Mutant("reconciler.plan.diff.x_compare__mutmut_1", "killed"),
    Mutant("reconciler.plan.diff.x_compare__mutmut_2", "survived"),
    Mutant("reconciler.aws.apply.xǁ_Runǁall__mutmut_10", "timeout"),
    Mutant("reconciler.aws.apply.xǁ_Runǁ_one__mutmut_3", "no tests"),
]


def test_the_list_of_mutants_is_read_line_by_line() -> None:
    assert [*parsed(LISTED.splitlines())] == MUTANTS


def test_mutants_are_counted_for_each_file_that_was_asked_for() -> None:
    files = ["reconciler/plan/diff.py", "reconciler/aws/apply.py", "reconciler/plan/retire.py"]
    assert by_file(MUTANTS, files) == {
        "reconciler/plan/diff.py": Score(2, 1, 1, 0),
        "reconciler/aws/apply.py": Score(2, 1, 0, 1),
        "reconciler/plan/retire.py": Score(0, 0, 0, 0),
    }


WORDS = {
    "killed": Score(1, 1, 0, 0),
    "timeout": Score(1, 1, 0, 0),
    "caught by type check": Score(1, 1, 0, 0),
    "survived": Score(1, 0, 1, 0),
    "no tests": Score(1, 0, 0, 1),
    "suspicious": Score(1, 0, 1, 0),
    "segfault": Score(1, 0, 1, 0),
    "not checked": Score(1, 0, 1, 0),
    "check was interrupted by user": Score(1, 0, 1, 0),
}


@pytest.mark.parametrize(("word", "counted"), WORDS.items(), ids=WORDS)
def test_only_what_a_test_noticed_is_killed(word: str, counted: Score) -> None:
    assert score([Mutant("a.x_f__mutmut_1", word)]) == counted


PERCENT = {
    "all": (Score(4, 4, 0, 0), "4 mutants, 4 killed, 0 survived, 0 untested, 100.0 %"),
    "some": (Score(3, 2, 0, 1), "3 mutants, 2 killed, 0 survived, 1 untested, 66.7 %"),
    "nothing to kill": (Score(0, 0, 0, 0), "0 mutants, 0 killed, 0 survived, 0 untested, 0.0 %"),
}


@pytest.mark.parametrize(("counted", "line"), PERCENT.values(), ids=PERCENT)
def test_a_score_is_one_line(counted: Score, line: str) -> None:
    assert str(counted) == line
