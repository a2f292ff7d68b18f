"""validate + compile of generated specs: CPU seconds for 1,000 and 10,000, and how they scale."""

from __future__ import annotations

import gc
import time

from benchmarks.platforms import ENVIRONMENT, documents


def once(count: int) -> tuple[float, int]:
    """CPU seconds from text to a checked graph, and its size."""
    from reconciler.compile import compiler
    from reconciler.compile.check import problems
    from reconciler.specs import overlay
    from reconciler.specs.source import parse

    texts = [ENVIRONMENT, *documents(count)]
    gc.collect()
    start = time.process_time()
    parsed = [parse(text, f"{index}.yaml") for index, text in enumerate(texts)]
    docs = [document for each in parsed for document in each.documents]
    view, found = overlay.resolve(docs, "bench")
    assert view is not None, found
    specs, found = compiler.read(docs, view)
    graph, more = compiler.build(specs, view)
    found += more + problems(graph)
    assert not found, found[:3]
    return time.process_time() - start, len(graph)


def main() -> None:
    once(10)
    gc.set_threshold(100_000, 50, 50)
    small, nodes = min(once(1_000) for _ in range(3))
    large, more = once(10_000)
    print(f"compile  1,000 specs: {small:6.2f} s CPU, {nodes} resources")
    print(
        f"compile 10,000 specs: {large:6.2f} s CPU, {more} resources,"
        f" {large / small:.1f} times the time for 10 times the specs"
    )


if __name__ == "__main__":
    main()
