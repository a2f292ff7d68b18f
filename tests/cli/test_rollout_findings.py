"""What the end of a command of a rollout says that can be done."""

from __future__ import annotations

import pytest

from reconciler.cli.frame.project import Exit
from reconciler.cli.rollout.options import findings


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
