"""A strict YAML 1.2.2 parser, production by production, for the cases where libyaml is wrong.

libyaml is fast and almost right: it refuses some valid flow collections and tabs,
and accepts some comments, indentations and directives that are not YAML. This
parser is 50 times slower and therefore asked only when libyaml refuses a file
or the file has something that libyaml is known to misread. Function names are
those of the productions in the specification (https://yaml.org/spec/1.2.2).
"""

from __future__ import annotations

from reconciler.specs.yaml12.scanner import NoVerdictError, RefusedError
from reconciler.specs.yaml12.stream import read

__all__ = ["NoVerdictError", "RefusedError", "read"]
