"""What the user is told before files of the repository stand in for jobs on his machine."""

from __future__ import annotations

from reconciler.cli.world.standing import said


def test_each_job_is_told_with_its_file() -> None:
    one = said({"clean": "jobs/clean.py"})
    assert "machine: jobs/clean.py stands in for the job clean, in a process" in one
    two = said({"sum": "jobs/all.py", "clean": "jobs/all.py"})
    assert (
        "jobs/all.py stands in for the job clean, jobs/all.py stands in for the job sum,"
        " each in a process of its own"
    ) in two
