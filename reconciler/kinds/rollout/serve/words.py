"""The table of strategies and modes, for people."""

from __future__ import annotations

from reconciler.kinds.rollout.serve.matrix import MODES, STRATEGIES, TABLE


def table() -> str:
    """In Markdown: what goes together, and the code that says why not."""
    head = "| strategy | " + " | ".join(f"`{mode}`" for mode in MODES) + " |"
    rows = [head, "|---" * (len(MODES) + 1) + "|"]
    for strategy in STRATEGIES:
        cells = [(wrong.code if (wrong := TABLE[strategy, mode]) else "yes") for mode in MODES]
        rows.append(f"| `{strategy}` | " + " | ".join(cells) + " |")
    return "\n".join(rows)


def reasons() -> str:
    """In Markdown: why not, each reason once, with what it says of which pairs."""
    said: dict[tuple[str, str, str], list[str]] = {}
    for (strategy, mode), wrong in TABLE.items():
        if wrong is not None:
            said.setdefault(wrong, []).append(f"`{strategy}` with `{mode}`")
    return "\n".join(
        f"- `{code}` {', '.join(pairs)}: {why}; {help_}."
        for (code, why, help_), pairs in said.items()
    )
