"""How fast specs are read: `python benchmarks/yaml_parse.py [DOCUMENTS]`."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from reconciler.specs.source import parse

_HEAD = """\
apiVersion: moorline/v1
kind: FeatureGroup
metadata:
  name: customer-{number}
  owner: fraud-team
  description: Behaviour of a card holder.
spec:
  version: 2
  recordId: customer_id
  eventTime: event_time
  features:
    customer_id: string
    event_time: string
"""
_FEATURE = """\
    feature_{index}:
      type: fractional
      description: "Average {index}."
"""
_TAIL = """\
  online:
    expireAfter: 30d
    enabled: true
  offline:
    format: iceberg
    retention: 730
"""


def document(number: int) -> str:
    """A spec of 40 lines."""
    features = "".join(_FEATURE.format(index=index) for index in range(7))
    return _HEAD.format(number=number) + features + _TAIL


def main() -> None:
    """Parse that many different documents and print the rate."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    texts = [document(number).encode() for number in range(count)]
    gc.disable()  # as `specs.load` does
    start = time.process_time()
    parsed = [parse(text, f"{number}.yaml") for number, text in enumerate(texts)]
    seconds = time.process_time() - start
    lines = texts[0].count(b"\n")
    findings = sum(len(each.diagnostics) for each in parsed)
    sys.stdout.write(
        f"{count} documents of {lines} lines, {len(texts[0])} bytes: {seconds:.2f} s CPU,"
        f" {count / seconds:,.0f} documents/s, {findings} findings\n"
    )


if __name__ == "__main__":
    main()
