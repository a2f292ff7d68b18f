"""What says nothing where a person is to say something."""

from __future__ import annotations

import pytest

from reconciler.model.unsaid import ASKS, blank

NOTHING = (
    *ASKS, "", " ", "\t", "\u00a0", "…", "...", "-", "—", "?", "???", "!", ".", "_", "*", "xxx",
    "XXXX", "X", "todo", "TODO", "TODO: ask Bob", "Todo - later", "tbd", "TBD.", "FIXME",
    "changeme", "change me", "<why>", "<the reason>", "[name]", "{name}", "$USER", "${why}", "n/a",
    "N/A", "none", "null", "why", "Reason", "who", "someone", "your name",
    "placeholder", "lorem ipsum", "…why…",
)  # fmt: skip
SOMETHING = (
    "FRAUD-812", "30 days are enough", "alice", "Todor", "x1", "xander", "none of it is read",
    "because <x> is gone", "#12", "42", "審査済み", "Ünal", "todos are done", "a",
)  # fmt: skip


@pytest.mark.parametrize("text", NOTHING)
def test_it_says_nothing(text: str) -> None:
    assert blank(text)


@pytest.mark.parametrize("text", SOMETHING)
def test_it_says_something(text: str) -> None:
    assert not blank(text)
