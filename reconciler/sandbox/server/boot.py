"""Starts the server with the package that this file belongs to: python -P …/server/boot.py.

Run as a file and with `-P`, it imports nothing from the folder that a command runs in. The
package is taken from this file's own place, which need be on no path: it may be a checkout, a
copy, or site-packages.
"""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]


def load() -> None:
    """Make `reconciler` this package, and let what was installed beside it be found last."""
    spec = importlib.util.spec_from_file_location(
        "reconciler", PACKAGE / "__init__.py", submodule_search_locations=[str(PACKAGE)]
    )
    if spec is None or spec.loader is None:
        sys.exit(f"No package in {PACKAGE}.")
    package = importlib.util.module_from_spec(spec)
    sys.modules["reconciler"] = package
    spec.loader.exec_module(package)
    if str(PACKAGE.parent) not in sys.path:
        sys.path.append(str(PACKAGE.parent))


if __name__ == "__main__":
    load()
    from reconciler.sandbox.server.__main__ import main

    main()
