"""What a change does to the environment itself, from the files at the base of the change."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.cli.frame.project import Project
from reconciler.git.base import base
from reconciler.git.export import export
from reconciler.git.run import GitError
from reconciler.model.plan import Plan
from reconciler.model.value import Json
from reconciler.plan import place
from reconciler.specs import overlay
from reconciler.specs.load import load
from reconciler.specs.overlay import EnvironmentView


def told(project: Project, view: EnvironmentView, plan: Plan, asked: str) -> Plan:
    """The plan with what changed of the environment's place, before all other findings.

    Outside a repository, and without a commit before, there is nothing to compare with.
    """
    commit = base(os.environ, asked)
    if not commit:
        return plan
    try:
        before = _before(project, view.name, commit)
    except GitError:  # a clone that has not all of that commit
        return plan
    lines = {member: view.document.at(("spec", member)) for member in place.MEMBERS}
    found = place.changes(view.name, before, _said(view), lines)
    return replace(plan, diagnostics=(*found, *plan.diagnostics))


def _before(project: Project, name: str, commit: str) -> Mapping[str, Json] | None:
    """What the environment said at a commit; nothing where it was not there.

    Raises:
        GitError: the repository has not all of the commit, or the environment was wrong then.
    """
    with TemporaryDirectory() as folder:
        try:
            paths = export(commit, [project.environments], Path(folder))
        except GitError as error:
            if "has no" in str(error):
                return None
            raise
        documents = load(paths, relative_to=Path(folder)).documents
        if name not in overlay.names(documents):
            return None
        view, _ = overlay.resolve(documents, name, specs=False)
    if view is None:
        raise GitError(f"environment {name!r} was wrong at {commit}")
    return _said(view)


def _said(view: EnvironmentView) -> Mapping[str, Json]:
    """The members that say where it is, as plain JSON."""
    whole = view.spec.model_dump(mode="json", by_alias=True, exclude_none=True)
    fixed = {"account": view.account, "region": view.region, "platform": view.platform}
    return {**{member: whole.get(member) for member in place.MEMBERS}, **fixed}
