"""`make bench`: every benchmark, one after the other."""

from __future__ import annotations

from benchmarks import call_counts, compile_speed, forms_speed, plan_speed, render_speed, startup


def main() -> None:
    startup.main()
    compile_speed.main()
    plan_speed.main()
    render_speed.main()
    forms_speed.main()
    call_counts.main()


main()
