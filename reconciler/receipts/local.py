"""Receipts in a folder, one file each; the lease is a lock of the operating system."""

from __future__ import annotations

import fcntl
import os
from contextlib import suppress
from pathlib import Path
from typing import IO

from reconciler.model.receipt import Receipt, ReceiptError, from_bytes, to_bytes
from reconciler.receipts import lease as leases
from reconciler.receipts.lease import Lease

LOCK = "lease"
BEGUN = ".begun"


class LocalStore:
    """The folder of one environment's receipts."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.leases = LocalLeases(folder / LOCK)

    def where(self, id_: str = "") -> str:
        return str(self._path(id_) if id_ else self.folder)

    def ids(self) -> list[str]:
        try:
            return sorted((path.stem for path in self.folder.glob("*.json")), reverse=True)
        except OSError as error:
            raise ReceiptError(f"{self.where()}: {error.strerror}") from error

    def latest(self) -> Receipt | None:
        ids = self.ids()
        return self.read(ids[0]) if ids else None

    def read(self, id_: str) -> Receipt | None:
        path = self._path(id_)
        try:
            return from_bytes(path.read_bytes(), str(path))
        except FileNotFoundError:
            return None
        except OSError as error:
            raise ReceiptError(f"{path}: {error.strerror}") from error

    def begin(self, receipt: Receipt) -> None:
        path = self._begun(receipt.id)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            path.write_bytes(to_bytes(receipt))
        except OSError as error:
            raise ReceiptError(f"{path}: {error.strerror}") from error

    def write(self, receipt: Receipt) -> None:
        """Whole or not at all: written beside its place, then linked into it."""
        path, body = self._path(receipt.id), to_bytes(receipt)
        beside = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with beside.open("wb") as file:
                file.write(body)
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(beside, path)
            finally:
                beside.unlink()
        except FileExistsError as error:
            if not path.is_file() or path.read_bytes() != body:
                raise ReceiptError(f"{path} exists and is another receipt") from error
        except OSError as error:
            raise ReceiptError(f"{path}: {error.strerror}") from error
        with suppress(OSError):
            self._begun(receipt.id).unlink(missing_ok=True)

    def _begun(self, id_: str) -> Path:
        return self._path(id_).with_suffix(BEGUN)

    def _path(self, id_: str) -> Path:
        return self.folder / f"{Path(id_).name}.json"


class LocalLeases:
    """A lock on a file. The system frees it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._held: IO[bytes] | None = None

    def take(self, lease: Lease) -> Lease | None:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = self.path.open("a+b")
        except OSError as error:
            raise ReceiptError(f"{self.path}: {error.strerror}") from error
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
            return leases.from_bytes(file.read(), str(self.path))
        except ReceiptError:  # it was taken this moment and not written yet
            return Lease(lease.environment, "another apply", "", "just now")

    def renew(self, _lease: Lease) -> bool:
        return True

    def release(self, _lease: Lease) -> None:
        if self._held is not None:
            self._held.close()
            self._held = None
