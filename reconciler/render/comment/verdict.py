"""The first words of a comment, which must be enough for most readers."""

from __future__ import annotations

from collections import Counter

from reconciler.model.change import Action
from reconciler.render.markdown.view import View, many
from reconciler.render.sections.drift import by_others, kinds
from reconciler.render.sections.place import moved

_ORDER = (Action.CREATE, Action.UPDATE, Action.REPLACE, Action.DELETE, Action.ADOPT)


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
        return f"## {_sign(view)} {view.environment}: nothing to do\n\n{said}"
    return f"## {_sign(view)} {view.environment}: {counts(view)}\n\n{_standing(view)}"


def counts(view: View) -> str:
    """``1 to create, 2 to update; 1 refused``."""
    running = [entry for entry in view.entries if entry.runs]
    actions = Counter(entry.step["action"] for entry in running)
    does = ", ".join(f"{actions[each]:,} to {each}" for each in _ORDER if actions[each])
    refused = sum(bool(entry.refused) for entry in view.entries)
    stopped = []
    if refused:
        stopped.append(f"{refused:,} refused")
    if held := len(view.entries) - len(running) - refused:
        stopped.append(f"{held:,} held back")
    return "; ".join(filter(None, (does, ", ".join(stopped))))


def _sign(view: View) -> str:
    if view.severity("error") or any(entry.refused for entry in view.entries):
        return "🛑"
    loud = view.loud or view.severity("warning") or by_others(view)
    return "⚠️" if loud else "✅"


def _standing(view: View) -> str:
    """Blocked by what, else what is lost; then what stays."""
    said = []
    errors = len(view.severity("error"))
    losing = sum(bool(entry.destroys) for entry in view.loud)
    opening = sum(entry.widens for entry in view.loud)
    if errors:
        said.append(f"**Blocked by {many(errors, 'error')}.**")
    elif any(entry.refused for entry in view.loud):
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
    return " ".join(said)


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
    number = len(view.entries)
    verb = "differs" if number == 1 else "differ"
    head = f"## ⚠️ {view.environment}: {many(number, 'resource')} {verb} from the specs"
    return f"{head}\n\n{kinds(view.entries)}. {declared}"
