"""The sticky comment of one environment on a pull request, and the morning's drift report.

A comment begins with a hidden marker, by which a client of the forge finds the
one to edit. It never has more than 65,536 bytes in UTF-8, which is GitHub's
limit for characters; a step summary never more than `FULL`. How: `budget`.
What it tells: the sections. The same plan and context give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from reconciler.model.value import Json
from reconciler.render import section
from reconciler.render.comment import verdict
from reconciler.render.formats import Context
from reconciler.render.markdown.budget import RESERVE, Part, fit, shares
from reconciler.render.markdown.escape import code, link
from reconciler.render.markdown.view import View, many, view

__all__ = ["FULL", "LIMIT", "document", "full", "marker", "quiet"]

LIMIT = 65_536
"""Bytes of a comment; GitHub takes as many characters, GitLab a million."""
FULL = 1_000_000
"""Bytes of the long form; a step summary of GitHub takes 1 MiB, a note of GitLab a million."""


def document(plan: Mapping[str, Json], context: Context) -> str:
    """The comment, its hidden marker first."""
    what = "drift" if context.drift else "plan"
    mark = marker(plan["environment"], what)
    return f"{mark}\n{_composed(view(plan, context), LIMIT - len(mark) - 1)}"


def full(plan: Mapping[str, Json], context: Context) -> str:
    """The same at length, without a marker: for a step summary or an artefact."""
    return _composed(view(plan, context, full=True), FULL)


def marker(environment: str, what: str) -> str:
    """The hidden first line of the comment about `what` ("plan" or "drift") of an environment."""
    name = quote(environment[:200], safe="").replace("--", "-%2D")
    return f"<!-- moorline:{what}:{name} -->"


def quiet(plan: Mapping[str, Json]) -> bool:
    """Whether there is nothing to say: no step, no error and no warning."""
    found = (each["severity"] for each in plan["diagnostics"])
    return not plan["steps"] and all(severity == "note" for severity in found)


def _composed(seen: View, limit: int) -> str:
    drifted = seen.context.drift
    head = verdict.drifted(seen) if drifted else verdict.plan(seen)
    foot = _foot(seen)
    sections = {each.name: each for each in section.of(seen)}
    found = {name: part for name, each in sections.items() if (part := each.markdown(seen))}
    budgets = {name: sections[name].budget for name in found}
    left = limit - len(head.encode()) - len(foot.encode()) - 2 * (len(found) + 2)
    texts = [head]
    for name, part in found.items():
        text = fit(part, _room(part, budgets, name, left), seen.rest)
        left -= len(text.encode())
        budgets.pop(name)
        texts.append(text)
    return "\n\n".join([*texts, foot]) + "\n"


def _room(part: Part, budgets: Mapping[str, int], name: str, left: int) -> int:
    """A vital part may have all but what the others need to say that they are cut."""
    if part.crowd is not None:
        return left - RESERVE * (len(budgets) - 1)
    return shares(budgets, name, left)


def _foot(seen: View) -> str:
    """Where it comes from: plan digest, commit, account, calls, and the whole of it."""
    plan, counts = seen.plan, seen.plan["summary"]
    said = []
    if not seen.context.drift and plan["steps"]:
        said.append(f"plan {code(plan['digest'][: 64 if seen.full else 16])}")
    if plan["commit"]:
        said.append(f"commit {code(plan['commit'][: 40 if seen.full else 12])}")
    said += [code(plan[key], 60) for key in ("account", "region") if plan[key]]
    calls = f"{many(counts['calls_made'], 'AWS call')} made"
    said.append(calls if seen.context.drift else f"{calls}, {counts['calls_planned']:,} to apply")
    target = link(seen.context.link)
    if target:
        said.append(f"[{seen.label}]")
    line = f"---\n{' · '.join(said)}"
    return f"{line}\n\n[{seen.label}]: {target}" if target else line
