"""How A/B tests stand: counts, the decision on each challenger, and how its interval came about."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.render.markdown.budget import Block, Part
from reconciler.render.markdown.escape import code, prose
from reconciler.render.markdown.view import View
from reconciler.render.section import Panel, Report, Section, register
from reconciler.render.vocabulary.abtest import Test, drawn, head, told
from reconciler.render.vocabulary.ink import Ink, harmless
from reconciler.render.vocabulary.interval import picture

TITLE = "A/B tests"


def found(view: View) -> list[tuple[str, Test]]:
    """Tests by the names of their rollouts."""
    rows = view.plan.get("rollouts", ())
    told = ((str(each["rollout"]), (each.get("detail") or {}).get("test")) for each in rows)
    return [(name, test) for name, test in told if test]


def markdown(view: View) -> Part | None:
    tests = found(view)
    blocks = [Block(_block(name, test)) for name, test in tests]
    return Part(f"### {TITLE}", blocks, len(tests), "test") if tests else None


def _block(name: str, test: Test) -> str:
    more = "".join(f"\n  - {prose(line, 300)}" for line in told(test))
    return f"- {code(name, 200)}: {prose(head(test), 400)}{more}"


def text(view: View, ink: Ink) -> Iterator[str]:
    tests = found(view)
    if not tests:
        return
    yield ""
    yield f"  {ink(TITLE, 'bold')}"
    for name, test in tests:
        yield f"      {harmless(name)}: {harmless(head(test))}"
        yield from (f"        {line}" for line in drawn(test))


def html(view: View) -> Panel | None:
    tests = found(view)
    shown, pictures = [], []
    for name, test in tests:
        shown.append(f"{harmless(name)}: {harmless(head(test))}")
        shown += [f"  {harmless(line)}" for line in told(test)]
        for other, each in test["challengers"].items():
            title = f"{name}: {test['metric']} of {other} less that of {test['control']}"
            pictures.append(picture(title, each["course"]))
    return Panel(TITLE, tuple(shown), tuple(filter(None, pictures))) if shown else None


for _report in Report:
    register(
        Section(
            name="abtests",
            report=_report,
            order=45,
            budget=2_000,
            markdown=markdown,
            text=text,
            html=html,
        )
    )
