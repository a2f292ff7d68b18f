"""`python -m reconciler.render.html.fetch`: put the graph library into this package.

For developers and for building a wheel; a wheel has the files inside. npm gets
the pinned packages from wherever it is set up to; an archive whose digest is
not the one in `vendor.PINS` is refused.
"""

from __future__ import annotations

import base64
import hashlib
import io
import shutil
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Callable
from pathlib import Path

from reconciler.render.html import vendor

Pack = Callable[[vendor.Pin, Path], bytes]
SECONDS = 120


class CannotFetchError(Exception):
    """Why a package could not be had, as a sentence."""


def fetch(folder: Path, pack: Pack) -> list[str]:
    """Get what is missing, and remove what is of another version. Names what was written."""
    folder.mkdir(exist_ok=True)
    wanted = {file for pin in vendor.PINS for file in vendor.files(folder, pin)}
    written = []
    for pin in vendor.PINS:
        script, licence = vendor.files(folder, pin)
        if script.is_file() and licence.is_file():
            continue
        with tempfile.TemporaryDirectory() as place:
            archive = pack(pin, Path(place))
        verify(pin, archive)
        for file, member in ((script, pin.script), (licence, "LICENSE")):
            text = _member(archive, f"package/{member}").decode()
            file.write_text(text.replace("\r\n", "\n"), encoding="utf-8")
        written.append(f"{pin.package} {pin.version}")
    for stale in set(folder.iterdir()) - wanted:
        stale.unlink()
    return written


def verify(pin: vendor.Pin, archive: bytes) -> None:
    """Check an archive's digest.

    Raises:
        CannotFetchError: it is not the one that is pinned.
    """
    if base64.b64encode(hashlib.sha512(archive).digest()).decode() != pin.sha512:
        raise CannotFetchError(f"{pin.package} {pin.version}: the archive is not the pinned one")


def npm(pin: vendor.Pin, place: Path) -> bytes:
    """The archive of a package, by `npm pack`.

    Raises:
        CannotFetchError: there is no npm, or it could not get the package.
    """
    tool = shutil.which("npm")
    if tool is None:
        raise CannotFetchError("npm is not installed (Debian: apt-get install npm)")
    command = [tool, "pack", "--silent", f"{pin.package}@{pin.version}"]
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are constants of this package
            command, cwd=place, capture_output=True, text=True, check=False, timeout=SECONDS
        )
    except subprocess.TimeoutExpired as error:
        raise CannotFetchError(f"npm did not get {pin.package} in {SECONDS} s") from error
    found = sorted(place.glob("*.tgz"))
    if done.returncode or not found:
        raise CannotFetchError(f"npm could not get {pin.package}: {done.stderr.strip()[-500:]}")
    return found[0].read_bytes()


def _member(archive: bytes, name: str) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        member = opened.extractfile(name)
        if member is None:
            raise CannotFetchError(f"the archive has no file {name}")
        return member.read()


def main() -> int:
    """Fetch, and say what happened. A report works without, so nothing fails a set-up."""
    try:
        written = fetch(vendor.FOLDER, npm)
    except CannotFetchError as error:
        sys.stderr.write(f"graph library: {error}; reports show no drawing of the graph\n")
        return 1
    sys.stdout.writelines(f"fetched {each}\n" for each in written)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
