"""`make bench`: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import compile_speed, plan_speed, startup


def main() -> None:
    startup.main()
    compile_speed.main()
    plan_speed.main()


main()
