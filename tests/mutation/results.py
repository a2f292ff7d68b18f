"""What mutmut found out, counted by file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

KILLED = frozenset({"killed", "timeout", "caught by type check"})
SURVIVED = "survived"
UNTESTED = "no tests"


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of the code, and what became of it in mutmut's words."""

    name: str
    status: str

    @property
    def file(self) -> str:
        """The file that was changed: `a.b.x_f__mutmut_1` is a change of `a/b.py`."""
        return self.name.rpartition(".")[0].replace(".", "/") + ".py"


@dataclass(frozen=True, slots=True)
class Score:
    """The mutants of one file, or of all. Only what a test noticed is killed."""

    mutants: int
    killed: int
    survived: int
    untested: int

    @property
    def percent(self) -> float:
        return 100 * self.killed / self.mutants if self.mutants else 0.0

    def __str__(self) -> str:
        """As in `40 mutants, 36 killed, 3 survived, 1 untested, 90.0 %`."""
        return (
            f"{self.mutants} mutants, {self.killed} killed, {self.survived} survived,"
            f" {self.untested} untested, {self.percent:.1f} %"
        )


def parsed(lines: Iterable[str]) -> Iterator[Mutant]:
    """The mutants that `mutmut results` lists, one a line as `NAME: STATUS`."""
    for line in lines:
        name, colon, status = line.strip().rpartition(": ")
        if colon and "__mutmut_" in name:
            yield Mutant(name, status)


def score(mutants: Iterable[Mutant]) -> Score:
    """Count mutants. One that is neither killed nor untested has survived, whatever the reason."""
    many = [*mutants]
    killed = sum(each.status in KILLED for each in many)
    untested = sum(each.status == UNTESTED for each in many)
    return Score(len(many), killed, len(many) - killed - untested, untested)


def by_file(mutants: Iterable[Mutant], files: Iterable[str]) -> Mapping[str, Score]:
    """The score of each file; a file without mutants has none killed."""
    many = [*mutants]
    return {file: score(each for each in many if each.file == file) for file in files}
