"""`python -m schemas.generate.fields [KIND…]`: write the files of all kinds, or of some."""

from __future__ import annotations

import sys

from schemas.generate.fields.files import main

main(sys.argv[1:])
