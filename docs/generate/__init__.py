"""Writes `docs/reference/` from the models, codes, commands and adapters themselves.

One module for each page; `make docs` runs them all. Pages are the same bytes for
the same code, so that a test can tell when they are out of date.
"""

from __future__ import annotations

import os

os.environ["MOORLINE_DESCRIBE"] = "1"  # before kinds are imported: fields keep their descriptions
