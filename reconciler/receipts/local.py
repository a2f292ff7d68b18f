"""Receipts in a folder, one file each; the lease is a lock of the operating system."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from reconciler.disk import read, write
from reconciler.model.receipt import Receipt, ReceiptError, from_bytes, to_bytes
from reconciler.receipts import lease as leases
from reconciler.receipts.lease import Lease

LOCK = "lease"
BEGUN = ".begun"
MOST = 64 << 20
"""Bytes of a receipt; one of a thousand resources has a megabyte."""


class LocalStore:
    """The folder of one environment's receipts. It must lie in the folder `within`.

    An environment names it, and with it whoever wrote the environment; by default `within`
    is the folder around it.
    """

    def __init__(self, folder: Path, within: Path | None = None) -> None:
        self.folder = folder
        self.within = within or folder.parent
        self.leases = LocalLeases(folder / LOCK, self.within)

    def where(self, id_: str = "") -> str:
        return str(self._path(id_) if id_ else self.folder)

    def ids(self) -> list[str]:
        with _told(self.folder):
            try:
                names = read.names(self.folder, within=self.within)
            except FileNotFoundError:
                return []
        return sorted((Path(name).stem for name in names if name.endswith(".json")), reverse=True)

    def latest(self) -> Receipt | None:
        ids = self.ids()
        return self.read(ids[0]) if ids else None

    def read(self, id_: str) -> Receipt | None:
        path = self._path(id_)
        with _told(path):
            try:
                return from_bytes(read.whole(path, within=self.within, most=MOST), str(path))
            except FileNotFoundError:
                return None

    def begin(self, receipt: Receipt) -> None:
        path = self._begun(receipt.id)
        with _told(path):
            write.replace(path, to_bytes(receipt), within=self.within)

    def note(self, receipt: Receipt) -> None:
        self.begin(receipt)

    def begun(self) -> Receipt | None:
        with _told(self.folder):
            try:
                names = read.names(self.folder, within=self.within)
            except FileNotFoundError:
                return None
        notes = sorted(name for name in names if name.endswith(BEGUN))
        if not notes:
            return None
        path = self.folder / notes[-1]
        with _told(path):
            return from_bytes(read.whole(path, within=self.within, most=MOST), str(path))

    def write(self, receipt: Receipt) -> None:
        """Whole or not at all: written beside its place, then linked into it."""
        path, body = self._path(receipt.id), to_bytes(receipt)
        with _told(path):
            try:
                write.write_new(path, body, within=self.within)
            except FileExistsError as error:
                if not self._is(path, body):
                    raise ReceiptError(f"{path} exists and is another receipt") from error
        with suppress(OSError):
            write.remove(self._begun(receipt.id), within=self.within)

    def _is(self, path: Path, body: bytes) -> bool:
        try:
            return read.whole(path, within=self.within, most=MOST) == body
        except OSError:
            return False

    def _begun(self, id_: str) -> Path:
        return self._path(id_).with_suffix(BEGUN)

    def _path(self, id_: str) -> Path:
        return self.folder / f"{Path(id_).name}.json"


class LocalLeases:
    """A lock on a file. The system frees it when the process ends, however it ends."""

    def __init__(self, path: Path, within: Path) -> None:
        self.path = path
        self.within = within
        self._held: IO[bytes] | None = None

    def take(self, lease: Lease) -> Lease | None:
        with _told(self.path):
            file = write.lockable(self.path, within=self.within)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            with file:
                return self._holder(file, lease)
        except OSError as error:
            file.close()
            raise ReceiptError(f"{self.path}: {error.strerror}") from error
        self._held = file
        file.truncate(0)
        file.write(leases.to_bytes(lease))
        file.flush()
        return None

    def _holder(self, file: IO[bytes], lease: Lease) -> Lease:
        file.seek(0)
        try:
            return leases.from_bytes(file.read(MOST), str(self.path))
        except ReceiptError:  # it was taken this moment and not written yet
            return Lease(lease.environment, "another apply", "", "just now")

    def renew(self, _lease: Lease) -> bool:
        return True

    def release(self, _lease: Lease) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the disk refuses, as a receipt that cannot be had."""
    try:
        yield
    except OSError as error:
        raise ReceiptError(f"{path}: {error.strerror}") from error
