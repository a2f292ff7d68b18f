"""Scripts behind the documentation: the demo and the generator of the reference."""

import os

os.environ["MOORLINE_DESCRIBE"] = "1"  # before any kind is imported
