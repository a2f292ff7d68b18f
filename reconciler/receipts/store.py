"""What a place for receipts must do. `local` is a folder, `s3` a bucket."""

from __future__ import annotations

from typing import Protocol

from reconciler.model.receipt import Receipt
from reconciler.receipts.lease import Leases


class Store(Protocol):
    """The receipts of one environment, and its lease. No receipt is ever overwritten."""

    @property
    def leases(self) -> Leases:
        """What keeps two applies of the environment apart."""
        ...

    def where(self, id_: str = "") -> str:
        """The place for people: a path or an ``s3://`` address."""
        ...

    def ids(self) -> list[str]:
        """Newest first.

        Raises:
            ReceiptError: they could not be listed.
        """
        ...

    def latest(self) -> Receipt | None:
        """The newest one.

        Raises:
            ReceiptError: it could not be read.
        """
        ...

    def read(self, id_: str) -> Receipt | None:
        """One of them; nothing when there is none of this id.

        Raises:
            ReceiptError: it could not be read.
        """
        ...

    def begin(self, receipt: Receipt) -> None:
        """Keep what a run is about to do, beside the receipts; `write` takes it away.

        Raises:
            ReceiptError: it could not be written, so a receipt could not be either.
        """
        ...

    def note(self, receipt: Receipt) -> None:
        """Say anew what a run is at, in the place of what `begin` kept.

        Raises:
            ReceiptError: it could not be written.
        """
        ...

    def begun(self) -> Receipt | None:
        """What the newest run meant that has left no receipt, or is under way.

        Raises:
            ReceiptError: it could not be read.
        """
        ...

    def write(self, receipt: Receipt) -> None:
        """Keep one.

        Raises:
            ReceiptError: it could not be written, or another one has its id.
        """
        ...
