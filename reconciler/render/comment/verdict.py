"""The first words of a comment, which must be enough for most readers."""

from __future__ import annotations

from reconciler.render.markdown.escape import prose
from reconciler.render.markdown.view import View, many
from reconciler.render.sections.drift import by_others
from reconciler.render.sections.place import moved
from reconciler.render.text import groups
from reconciler.render.vocabulary import waiting
from reconciler.render.vocabulary.words import origins, tally


def plan(view: View) -> str:
    """What happens, and whether it can."""
    errors = len(view.severity("error"))
    if not view.entries:
        if errors:
            return f"## 🛑 {view.environment}: no plan, {many(errors, 'error')}"
        same = view.plan["summary"]["unchanged"]
        verb = "is" if same == 1 else "are"
        said = f"{many(same, 'resource')} {verb} as the specs say."
        if moved(view):
            head = f"## ⚠️ {view.environment}: no step, but the environment itself changes"
            return f"{head}\n\n{said}"
        head = "nothing to do yet" if (waits := _waits(view)) else "nothing to do"
        return f"## {_sign(view)} {view.environment}: {head}\n\n{said}{waits}"
    return f"## {_sign(view)} {view.environment}: {counts(view)}\n\n{_standing(view)}"


def counts(view: View) -> str:
    """``1 to create, 2 to update; 1 refused``."""
    return "; ".join(filter(None, map(", ".join, tally(view.plan["summary"]))))


def _sign(view: View) -> str:
    if view.severity("error") or view.plan["summary"]["refused"]:
        return "🛑"
    loud = view.loud or view.severity("warning") or by_others(view)
    return "⚠️" if loud else "✅"


def _standing(view: View) -> str:
    """Blocked by what, else what is lost; then what stays."""
    said = []
    errors = len(view.severity("error"))
    losing = view.plan["summary"]["destructive"]
    opening = view.plan["summary"]["widening"]
    if errors:
        said.append(f"**Blocked by {many(errors, 'error')}.**")
    elif view.plan["summary"]["refused"]:
        said.append("**Blocked** until what is refused is approved or undone.")
    elif losing or opening:
        said.append("**Can be applied.**")
    else:
        said.append("**Can be applied**: no records, traffic, keys or history are lost.")
    if losing:
        said.append(f"**{many(losing, 'change')} {'loses' if losing == 1 else 'lose'} something.**")
    if opening:
        verb = "widens" if opening == 1 else "widen"
        said.append(f"**{many(opening, 'change')} {verb} access.**")
    if drifted := len(by_others(view)):
        said.append(f"{many(drifted, 'resource')} drifted.")
    same = view.plan["summary"]["unchanged"]
    stays = "stays as it is" if same == 1 else "stay as they are"
    if same:
        said.append(f"{many(same, 'resource')} {stays}.")
    return " ".join(said) + _waits(view)


def _waits(view: View) -> str:
    said = waiting.summed(view.plan)
    return f" **{prose(said, 400)}**" if said else ""


def drifted(view: View) -> str:
    """How much differs, and why."""
    same = view.plan["summary"]["unchanged"]
    errors = len(view.severity("error"))
    declared = f"{many(same, 'resource')} {'is' if same == 1 else 'are'} as declared."
    if not view.entries:
        if errors:
            return f"## 🛑 {view.environment}: no report, {many(errors, 'error')}"
        said = "no drift"
        if warnings := len(view.severity("warning")):
            said = f"nothing that an apply would change, {many(warnings, 'warning')}"
        return f"## {_sign(view)} {view.environment}: {said}\n\n{declared}"
    number = view.plan["summary"]["changes"]
    verb = "differs" if number == 1 else "differ"
    head = f"## ⚠️ {view.environment}: {many(number, 'resource')} {verb} from the specs"
    said = origins(groups.origins(view.plan, view.context.owned))
    return f"{head}\n\n**{said}**. {declared}"
