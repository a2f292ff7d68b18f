"""`moorline plan --offline`: the specs against the last receipt, where there are no credentials."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

from reconciler import engine
from reconciler.cli.frame.project import Project
from reconciler.cli.world import unshown
from reconciler.cli.world.book import store_of, unreadable
from reconciler.compile.request import Request
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt, ReceiptError, from_json
from reconciler.specs.overlay import EnvironmentView


def plan(project: Project, request: Request, file: Path | None) -> Plan:
    """A preview. Exits with code 1 when the receipt cannot be read."""
    try:
        last = _given(file) if file else _kept(request.view)
    except ReceiptError as error:
        project.fail([unreadable(error)])
    return engine.plan_offline(replace(request, sent=unshown.sent(last)), last)


def _given(file: Path) -> Receipt:
    """The receipt of a file.

    Raises:
        ReceiptError: it is none.
    """
    try:
        return from_json(json.loads(file.read_bytes()))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ReceiptError(f"{file} is no receipt: {type(error).__name__}: {error}") from None


def _kept(view: EnvironmentView) -> Receipt | None:
    """The last receipt of a folder; a bucket is not asked.

    Raises:
        ReceiptError: it could not be read.
    """
    if view.spec.receipts and view.spec.receipts.bucket:
        return None
    return store_of(view, _no_session).latest()


def _no_session() -> NoReturn:
    raise ReceiptError("there is no session offline")
