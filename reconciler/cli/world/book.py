"""What a command knows of an environment's receipts, and where they are kept.

Nothing of it is needed to plan or apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from math import floor
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.cli.frame.project import STATE, Exit
from reconciler.cli.world import unshown
from reconciler.drift import cause
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.just import Just
from reconciler.model.receipt import Receipt, ReceiptError, left_open
from reconciler.model.value import Props
from reconciler.receipts import intent
from reconciler.receipts.collect import Run
from reconciler.receipts.lease import Lease
from reconciler.receipts.local import LocalStore
from reconciler.receipts.store import Store
from reconciler.resources import api as resources

if TYPE_CHECKING:
    from reconciler.aws.session import Session
    from reconciler.cli.world.notes import Seen
    from reconciler.model.plan import Plan
    from reconciler.resources.api import Place
    from reconciler.secret.sent import Sent
    from reconciler.specs.overlay import EnvironmentView

FOLDER = STATE / "receipts"


def store_of(view: EnvironmentView, session: Callable[[], Session]) -> Store:
    """Where an environment keeps its receipts. `session` is asked for a bucket only."""
    place = view.spec.receipts
    if place is not None and place.bucket is not None:
        from reconciler.receipts.s3 import S3Store  # noqa: PLC0415 - boto3 only for a bucket

        return S3Store(session(), place.bucket, place.prefix or "", view.name)
    folder = Path(place.directory) if place and place.directory else FOLDER
    return LocalStore(folder / view.name, within=Path())


@dataclass(slots=True)
class Book:
    """The receipts of one environment in one command."""

    store: Store
    since: float = 0.0
    """When what answers was empty, in seconds since the epoch: receipts from before are of what
    is lost, and are not compared with."""
    run: Run | None = None
    """The run under way, once it has its lease."""
    lease: Lease | None = None
    commit: str = ""
    """The commit that a run applies, where it is not the one of the files in the folder."""
    specs: Mapping[str, str] = field(default_factory=dict)
    """The digests of the specs of a plan file, which is applied without reading specs."""
    resumes: str = ""
    reverts: str = ""
    written: str = ""
    """Where the receipt of this run is."""
    troubles: tuple[Diagnostic, ...] = ()
    left: tuple[intent.Left, ...] = ()
    """What a resumed apply leaves out."""
    seen: tuple[Seen, ...] = ()
    """How what the last run waited for has ended, in a resumed apply."""
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    """The clock that leases and receipts go by."""
    lost: bool = False
    """Whether what the last apply left is lost with the state of the sandbox."""
    _last: Receipt | None = None
    _read: bool = False

    @property
    def last(self) -> Receipt | None:
        """The newest receipt, read once.

        Raises:
            ReceiptError: it could not be read.
        """
        if not self._read:
            found = self.store.latest()
            # receipts end on whole seconds: an apply in the sandbox's first one is not before it
            self.lost = found is not None and _seconds(found.ended) < floor(self.since)
            self._last = None if self.lost else found
            self._read = True
        return self._last

    def forget(self) -> None:
        """Read the newest receipt anew when it is next asked for: others write receipts too."""
        self._last, self._read = None, False

    @property
    def applied(self) -> dict[Address, Props]:
        """What the last apply left; nothing where receipts cannot be read, as none is needed."""
        try:
            kept = self.last.resources if self.last else {}
        except ReceiptError:
            return {}
        return {address: record.applied for address, record in kept.items()}

    @property
    def begun(self) -> frozenset[Address]:
        """What the last apply may have made without seeing it done."""
        try:
            return left_open(self.last) if self.last else frozenset()
        except ReceiptError:
            return frozenset()

    def just(self, place: Place) -> dict[Address, Just]:
        """What applies of minutes ago did; nothing where receipts cannot be read."""
        from reconciler.receipts import recent  # noqa: PLC0415 - botocore only to look at AWS

        try:
            return recent.just(self.store, self.last, resources.load(), place, self.now())
        except ReceiptError:
            return {}

    @property
    def unshown(self) -> dict[Address, frozenset[str]]:
        """What of it AWS did not show right after the apply, by top-level property."""
        kept = self._last.resources if self._last else {}
        return {
            address: frozenset(record.applied) - frozenset(record.observed)
            for address, record in kept.items()
            if record.observed is not None
        }

    @property
    def beside(self) -> dict[Address, Props]:
        """What was live then and nobody had declared; nothing of what was not looked at."""
        kept = self._last.resources if self._last else {}
        return {at: left.beside for at, left in kept.items() if left.beside is not None}

    @property
    def sent(self) -> Sent:
        """What is known of values that AWS never gives back; the key alone without receipts."""
        try:
            return unshown.sent(self.last)
        except ReceiptError:
            return unshown.sent(None)

    @property
    def code(self) -> Exit:
        """What is left of a run's exit code when all its steps went well."""
        return Exit.ERROR if self.troubles else Exit.OK

    def explained(self, plan: Plan) -> Plan:
        """The plan with causes. Reads nothing when nothing differs, and never fails."""
        if not plan.steps:
            return plan
        try:
            return cause.explain(plan, self.last, resources.load())
        except ReceiptError as error:
            self._read = True
            found = replace(unreadable(error), severity=Severity.WARNING)
            return replace(plan, diagnostics=(*plan.diagnostics, found))

    def told(self, plan: Plan) -> Plan:
        """The plan with a note where the sandbox has lost what earlier applies left."""
        if not self.lost:
            return plan
        text = "the sandbox is empty since the last apply: its state was lost, or it was reset"
        help_ = "apply makes everything again; earlier receipts are not compared with"
        note = Diagnostic("SANDBOX002", text, help=help_, severity=Severity.NOTE)
        return replace(plan, diagnostics=(note, *plan.diagnostics))


def _seconds(moment: str) -> float:
    """A time of a receipt in seconds since the epoch; a great one where it is none."""
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return float("inf")


def unreadable(error: ReceiptError) -> Diagnostic:
    """The finding for receipts that cannot be read."""
    return Diagnostic("RECEIPT002", str(error), help="plan and apply work without receipts")
