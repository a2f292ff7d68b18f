"""What stands in for a job: announced by who starts a run, run apart, and by nobody else."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.services.stepfunctions import steering
from reconciler.sandbox.standin.run import Ended, Job, environment, flat, run

from .flows import SFN, begin, ended, machine, role, served

LINUX = sys.platform.startswith("linux")


@pytest.fixture(scope="module")
def home() -> Iterator[str]:
    with served(lambda *_: (200, "text/plain", b"sandbox")) as address:
        yield address


def done(home: str, folder: Path, body: str, *arguments: str, seconds: float = 30.0) -> Ended:
    script = folder / "job.py"
    script.write_text(body)
    return run(Job(script, arguments, home, "eu-west-1", "key", "secret", "token", seconds))


def test_it_finds_the_sandbox_its_arguments_and_nothing_of_ours(
    home: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_SECRET", "hidden")
    body = (
        "import os, sys, urllib.request as r\n"
        "print(r.urlopen(os.environ['AWS_ENDPOINT_URL']).read().decode(), sys.argv[1:])\n"
        "print(sorted(os.environ))\n"
        "open('out.txt', 'w').write('x')\n"
    )
    found = done(home, tmp_path, body, *flat({"--in": "s3://b/k"}))
    assert found.ok, found
    assert "sandbox ['--in', 's3://b/k']" in found.output
    assert "OUR_SECRET" not in found.output
    assert not (tmp_path / "out.txt").exists()


@pytest.mark.parametrize(
    "body",
    [
        "open({secret!r}).read()",
        "import os; os.listdir({folder!r})",
        "open({secret!r}, 'a')",
        "import os; os.remove({secret!r})",
        "import os; os.open({secret!r}, os.O_WRONLY)",
        "import os; os.symlink({secret!r}, 'x'); print(open('x').read())",
        "import os; os.system('true')",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.fork()",
        "import socket; socket.create_connection(('192.0.2.1', 80), 1)",
        "import socket; socket.create_connection(('127.0.0.1', 9), 1)",
        "import socket; socket.getaddrinfo('example.com', 80)",
        "import socket; socket.socket(socket.AF_UNIX).connect('/run/docker.sock')",
        "import os; print(open(f'/proc/{{os.getppid()}}/environ').read())",
        "import ctypes; ctypes.CDLL('libc.so.6')",
    ],
)
def test_it_reaches_nothing_else(home: str, tmp_path: Path, body: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    found = done(home, tmp_path, body.format(secret=str(secret), folder=str(tmp_path)))
    assert not found.ok
    assert "a stand-in may not" in found.error, found
    assert "hidden" not in found.output
    assert secret.read_text() == "hidden"


@pytest.mark.skipif(not LINUX, reason="the kernel's own fences are Linux's")
def test_the_kernel_holds_what_python_does_not(home: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    body = (
        "import os, _posixsubprocess as p, time\n"
        "near, far = os.pipe()\n"
        f"a = [b'/bin/cat', {str(secret).encode()!r}]\n"
        "p.fork_exec(a, [b'/bin/cat'], True, (), None, None, -1, -1, -1, -1, -1, -1, near,"
        " max(far, 3), True, False, 0, None, None, None, -1, None, False)\n"
        "time.sleep(0.3)\n"
    )
    found = done(home, tmp_path, body)
    if not found.alone:
        pytest.skip("this kernel gives no network of its own, or has no Landlock")
    assert "hidden" not in found.output


def test_it_ends_in_time_and_says_why_it_failed(home: str, tmp_path: Path) -> None:
    late = done(home, tmp_path, "while True: pass", seconds=0.5)
    assert late.error == "job.py ran longer than 0.5 seconds and was ended"
    bad = done(home, tmp_path, "import sys; print('no rows'); sys.exit(3)")
    assert bad.error == "job.py ended with exit code 3: no rows"
    with pytest.raises(ValueError, match="not a port"):
        run(Job(tmp_path / "job.py", (), "https://example.com", "eu-west-1", "k", "s", "t"))
    job = Job(tmp_path / "job.py", (), home, "eu-west-1", "k", "s", "t")
    assert {name[:4] for name in environment(job, tmp_path)} == {
        "AWS_", "HOME", "LANG", "PATH", "TMPD", "TZ",
    }  # fmt: skip


def flow(aws: Sandbox) -> str:
    works = role(aws, "g", "s3:GetObject", service="glue")
    command = {"Name": "glueetl", "ScriptLocation": "s3://b/clean.py"}
    aws.client("glue").create_job(Name="clean", Role=works, Command=command, Timeout=60)
    given = {"JobName": "clean", "Arguments": {"--in": "s3://b/k"}}
    state = {"Type": "Task", "Resource": f"{SFN}glue:startJobRun.sync", "Parameters": given,
             "End": True}  # fmt: skip
    return machine(aws, {"clean it": state}, role(aws, "m", "glue:*"))


@pytest.mark.parametrize(("ok", "status"), [(True, "SUCCEEDED"), (False, "FAILED")])
def test_a_job_that_was_announced_waits_for_its_stand_in(
    aws: Sandbox, *, ok: bool, status: str
) -> None:
    aws.clock.configure(mode="manual")
    arn = flow(aws)
    execution = f"{arn.replace(':stateMachine:', ':execution:')}:mine"
    steering.steer({"stand_in": {execution: ["clean"]}})
    assert begin(aws, arn, name="mine") == execution
    assert ended(aws, execution, 600)["status"] == "RUNNING"
    (job,) = steering.jobs(execution)
    assert (job["state"], job["job"], job["script"]) == ("clean it", "clean", "s3://b/clean.py")
    assert job["arguments"] == {"--in": "s3://b/k"}
    assert job["credentials"]["key"]
    steering.steer({"ended": {job["id"]: {"ok": ok, "error": "" if ok else "no rows"}}})
    found = ended(aws, execution, 600)
    assert found["status"] == status
    assert ok or "no rows" in found["cause"]
    assert steering.jobs(execution) == []
    assert steering.notes(execution) == []


def test_a_run_that_nobody_announced_is_simulated_and_says_so(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    execution = begin(aws, flow(aws))
    assert ended(aws, execution, 600)["status"] == "SUCCEEDED"
    (note,) = steering.notes(execution)
    assert note["state"] == "clean it"
    assert "simulated" in note["note"]
    assert steering.jobs(execution) == []


def test_a_stand_in_that_never_ends_is_a_job_out_of_time(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    arn = flow(aws)
    execution = f"{arn.replace(':stateMachine:', ':execution:')}:mine"
    steering.steer({"stand_in": {execution: ["clean it"]}})
    begin(aws, arn, name="mine")
    assert "TIMEOUT" in ended(aws, execution, 3700)["cause"]
    assert steering.jobs(execution) == []
    with pytest.raises(ValueError, match="waits for a stand-in"):
        steering.steer({"ended": {"jr_1": {"ok": True}}})
