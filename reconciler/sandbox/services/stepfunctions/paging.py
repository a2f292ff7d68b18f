"""Pages of Step Functions. Source: Step Functions API (1000 at most, 100 unless said)."""

from __future__ import annotations

import base64
from typing import Any

from reconciler.sandbox.beside import Call
from reconciler.sandbox.protocol.errors import Refused

MOST, USUAL = 1000, 100


def page(call: Call, rows: list[dict[str, Any]], key: str) -> dict[str, Any]:
    """One page, and the token of the next.

    Raises:
        Refused: InvalidToken.
    """
    size = int(call.get("maxResults") or 0) or USUAL
    at = 0
    if token := call.get("nextToken"):
        try:
            at = int(base64.b64decode(token, validate=True).decode().removeprefix("at:"))
        except ValueError:
            raise Refused("InvalidToken", f"Invalid Token: '{token}'") from None
    found: dict[str, Any] = {key: rows[at : at + min(size, MOST)]}
    if at + size < len(rows):
        found["nextToken"] = base64.b64encode(f"at:{at + size}".encode()).decode()
    return found
