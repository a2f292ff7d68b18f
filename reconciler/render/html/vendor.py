"""The graph library, as it was fetched when this package was built or set up.

Nothing of it is in the repository: `python -m reconciler.render.html.fetch`
puts it into the folder `vendor`. Without it a report has everything but the
drawing of the graph.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("vendor")


@dataclass(frozen=True, slots=True)
class Pin:
    """One npm package: what of it is taken, and the digest of its archive (base64 SHA-512)."""

    package: str
    version: str
    script: str
    sha512: str

    @property
    def stem(self) -> str:
        return self.package.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Library:
    """A script to put into a page, and the licence to show with it."""

    name: str
    version: str
    script: str
    licence: str


PINS = (
    Pin(
        "cytoscape",
        "3.34.4",
        "dist/cytoscape.min.js",
        "msY99tMY8iWTg+sIPGfSqDcPNOt4xcj+v/K/7qUFaCUxxlqnMkUYLBjRUzn9W5CU/R2hrmtJa5+UtovrEM2ctg==",
    ),
    Pin(
        "@dagrejs/dagre",
        "3.1.3",
        "dist/dagre.min.js",
        "X4aUTwOReZvthaZWOVHqlJ52/ZdhZFEM4+Lh/uR4XooUSLE6p71bcy7MPGzYnNUcNh+nj+i/qJQpCMIdQnSmrg==",
    ),
)
"""The graph library and its layout, both under the MIT licence."""


def libraries(folder: Path = FOLDER) -> tuple[Library, ...]:
    """All of them, or none when one is missing or of another version."""
    return _read(folder)


@cache
def _read(folder: Path) -> tuple[Library, ...]:
    found = []
    for pin in PINS:
        script, licence = files(folder, pin)
        if not (script.is_file() and licence.is_file()):
            return ()
        text, terms = (each.read_text(encoding="utf-8") for each in (script, licence))
        if "</script" in text.lower() or "<!--" in text:
            return ()  # it could not stand inside a page
        found.append(Library(pin.package, pin.version, text, terms.strip()))
    return tuple(found)


def files(folder: Path, pin: Pin) -> tuple[Path, Path]:
    """Where the script and the licence of a package are kept."""
    stem = f"{pin.stem}-{pin.version}"
    return folder / f"{stem}.js", folder / f"{stem}.LICENSE.txt"
