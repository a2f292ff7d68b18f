"""What the end of a command of a rollout says that can be done."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import CliRunner

from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import Denied, Retry
from reconciler.cli.frame.project import Exit
from reconciler.cli.main import Verbs
from reconciler.cli.rollout.act import asked
from reconciler.cli.rollout.kept import words
from reconciler.cli.rollout.options import findings
from reconciler.cli.rollout.scene import Stop
from reconciler.cli.rollout.words import firmly
from reconciler.rollout.values import Act, Phase, RolloutAction, Signals


@pytest.mark.parametrize(
    ("why", "help_"),
    [
        ("the marks cannot be read: they do not fit together", "UpdateEndpoint"),
        ("a share of 0.6 for 'candidate' is live: it was changed by hand", "rollout abort"),
    ],
)
def test_an_abort_is_advised_where_it_knows_the_way_back(why: str, help_: str) -> None:
    data = {"endpoint": "e", "status": "ambiguous", "why": why, "ended": "", "lacks": ""}
    (found,) = findings(data, Exit.ROLLED_BACK)
    assert (found.code, help_ in found.help) == ("DRIVE004", True)


class Beaten:
    """A driver over whose marks somebody else writes so often, always a moment later."""

    def __init__(self, often: int, exit_: Exit = Exit.STALE) -> None:
        self.left, self.exit, self.asked = often, exit_, list[tuple[str, Any]]()
        clock = FakeClock()
        self.scene = SimpleNamespace(world=SimpleNamespace(session=SimpleNamespace(clock=clock)))

    def step(self, word: str = "", seen: Any = None) -> str:
        self.asked.append((word, seen))
        self.left -= 1
        if self.left >= 0:
            raise Stop("DRIVE002", "somebody else drives it too", exit_=self.exit)
        return "sent"


def test_an_abort_is_said_again_where_a_pause_was_written_over_it() -> None:
    driver: Any = Beaten(2)
    assert firmly(driver, "abort", "a look") == "sent"
    assert driver.asked == [("abort", "a look"), ("abort", None), ("abort", None)]


@pytest.mark.parametrize(("often", "exit_", "tries"), [(99, Exit.STALE, 5), (1, Exit.ERROR, 1)])
def test_an_abort_that_is_refused_says_so(often: int, exit_: Exit, tries: int) -> None:
    driver: Any = Beaten(often, exit_)
    with pytest.raises(Stop):
        firmly(driver, "abort")
    assert len(driver.asked) == tries


@pytest.mark.parametrize(
    ("what", "help_"),
    [
        ("cloudwatch.describe_alarms", "may not call cloudwatch.describe_alarms"),
        ("sagemaker.list_tags", "needs arn:aws:sagemaker:eu-west-1:1:endpoint/e"),
    ],
)
def test_a_denial_names_the_right_that_is_lacking(what: str, help_: str) -> None:
    view = SimpleNamespace(region="eu-west-1", account="1")
    scene: Any = SimpleNamespace(name="x", view=view, about=SimpleNamespace(endpoint="e"))
    assert help_ in asked(Denied(what, "AccessDenied", "no"), scene).found.help


@pytest.mark.parametrize(("sent", "said"), [(False, "nothing was sent"), (True, "stands")])
def test_a_look_that_fails_after_a_call_does_not_say_that_nothing_was_sent(
    sent: bool, said: str
) -> None:
    scene: Any = SimpleNamespace(name="x", about=SimpleNamespace(endpoint="e"))
    assert said in asked(Retry("a.b", "Throttling", ""), scene, sent=sent).found.help


@pytest.mark.parametrize(
    ("act", "word", "counts", "said"),
    [
        (Act.MARK, "", {}, "note: why"),
        (Act.MARK, "full", {}, "promote --full: why"),
        (Act.SETTLE, "abort", {}, "abort: settle: why"),
        (Act.SCALE, "", {"candidate": 1}, "scale, 1 instance for candidate: why"),
    ],
)
def test_a_receipt_has_the_words_of_the_status_and_of_who_typed(
    act: Act, word: str, counts: dict[str, int], said: str
) -> None:
    look: Any = SimpleNamespace(signals=Signals(word=word), rollout=None)
    assert words(look, RolloutAction(act=act, phase=Phase.BAKING, why="why", counts=counts)) == said


@pytest.mark.parametrize("error", [KeyboardInterrupt, click.Abort])
def test_who_stops_a_command_does_not_read_that_something_was_aborted(
    error: type[BaseException],
) -> None:
    def ended() -> None:
        raise error

    verbs = Verbs("moorline", callback=ended, invoke_without_command=True)
    found = CliRunner().invoke(verbs, [])
    assert (found.exit_code, found.output) == (1, "stopped here\n")
