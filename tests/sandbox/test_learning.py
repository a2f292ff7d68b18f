"""Jobs of SageMaker done apart: their files, their variables, their metrics and their end."""

from __future__ import annotations

import gzip
import io
import json
import sys
import tarfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from sweeps import only_long, sample

from reconciler.sandbox.standin import container, learning, storage
from reconciler.sandbox.standin.heard import Heard

from .flows import served

KEYS = {"key": "k", "secret": "s", "token": "t"}
LINUX = sys.platform.startswith("linux")


class Files:
    """An S3 of one bucket, b."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.denied: set[str] = set()

    def answer(self, path: str, headers: dict[str, str], body: bytes) -> tuple[int, str, bytes]:
        parts = urlsplit(path)
        key = unquote(parts.path).removeprefix("/b").removeprefix("/")
        asked = parse_qs(parts.query)
        if key in self.denied:
            return 403, "application/xml", b"<Error><Code>AccessDenied</Code></Error>"
        if "list-type" in asked:
            prefix = asked.get("prefix", [""])[0]
            found = [each for each in sorted(self.kept) if each.startswith(prefix)]
            rows = "".join(f"<Contents><Key>{each}</Key></Contents>" for each in found)
            return 200, "application/xml", f"<ListBucketResult>{rows}</ListBucketResult>".encode()
        if "content-length" in headers and headers.get("x-amz-sdk-checksum-algorithm"):
            self.kept[key] = _plain(headers, body)
            return 200, "application/xml", b""
        if key not in self.kept:
            return 404, "application/xml", b"<Error><Code>NoSuchKey</Code></Error>"
        return 200, "application/octet-stream", self.kept[key]


def _plain(headers: dict[str, str], body: bytes) -> bytes:
    """A body without the chunks in which it may be sent."""
    if "aws-chunked" not in headers.get("content-encoding", ""):
        return body
    size, _, rest = body.partition(b"\r\n")
    return rest[: int(size.partition(b";")[0], 16)]


@pytest.fixture
def files() -> Files:
    return Files()


@pytest.fixture
def endpoint(files: Files) -> Iterator[str]:
    with served(files.answer) as address:
        yield address


def archive(**scripts: str) -> bytes:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as opened:
        for name, text in scripts.items():
            entry = tarfile.TarInfo(f"{name}.py")
            entry.size = len(text.encode())
            opened.addfile(entry, io.BytesIO(text.encode()))
    return made.getvalue()


def training(files: Files, script: str, **more: Any) -> dict[str, Any]:
    files.kept |= {"code.tar.gz": archive(train=script, beside="VALUE = 7"), "in/a.csv": b"1,2\n"}
    return {
        "id": "arn:x", "job": "job-1", "state": "Train", "service": "sagemaker",
        "region": "eu-west-1", "credentials": KEYS, "seconds": 60.0, "what": "training",
        "program": "train.py", "code": "s3://b/code.tar.gz",
        "channels": [{"name": "train", "uri": "s3://b/in", "type": "text/csv", "mode": "File",
                      "distribution": "FullyReplicated"}],
        "hyperparameters": {"depth": "3", "name": '"x"', "where": '"/opt/ml/input"',
                            "sagemaker_program": '"train.py"'},
        "environment": {"STAGE": "dev"}, "model": "s3://b/out/job-1/output/model.tar.gz",
        "kms": "", "checkpoints": {}, "metrics": [{"Name": "auc", "Regex": "auc=([0-9.]+)"}],
        "resources": {"InstanceType": "ml.m5.large", "InstanceCount": 1}, **more,
    }  # fmt: skip


SCRIPT = """
import json, os, sys
from beside import VALUE
data = open(os.environ['SM_CHANNEL_TRAIN'] + '/a.csv').read()
told = json.load(open(os.environ['SM_INPUT_CONFIG_DIR'] + '/inputdataconfig.json'))
print('argv', sys.argv[1:], VALUE, data.strip(), told['train']['ContentType'])
print('hps', json.loads(os.environ['SM_HPS'])['depth'], os.environ['STAGE'])
print('secret', os.environ.get('OUR_SECRET'))
for value in (0.5, 0.75):
    print(f'auc={value};')
open(os.environ['SM_MODEL_DIR'] + '/model.bin', 'wb').write(b'm')
open(os.environ['SM_OUTPUT_DATA_DIR'] + '/notes.txt', 'w').write('n')
"""


def test_a_script_finds_what_sagemaker_gives_it_and_its_model_is_kept(
    files: Files, endpoint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OUR_SECRET", "hidden")
    done = container.do(endpoint, training(files, SCRIPT), 60.0)
    assert done.told["ok"], done
    assert done.told["metrics"] == {"auc": 0.75}
    where = "/opt/ml/input" if done.mounted else "opt/ml/input"
    assert f"'--depth', '3', '--name', 'x', '--where', '{where[:4]}" in done.output
    assert "7 1,2 text/csv" in done.output
    assert "hps 3 dev" in done.output
    assert "hidden" not in done.output
    with tarfile.open(fileobj=io.BytesIO(files.kept["out/job-1/output/model.tar.gz"])) as opened:
        assert opened.getnames() == ["model.bin"]
    assert "out/job-1/output/output.tar.gz" in files.kept


@pytest.mark.skipif(not LINUX, reason="folders of one's own are Linux's")
def test_a_path_that_is_written_into_a_script_is_there(files: Files, endpoint: str) -> None:
    body = "print(open('/opt/ml/input/data/train/a.csv').read())\nopen('/opt/ml/model/m', 'w')\n"
    done = container.do(endpoint, training(files, body), 60.0)
    if not done.mounted:
        pytest.skip("this kernel gives no folders of one's own")
    assert done.told["ok"], done
    assert "out/job-1/output/model.tar.gz" in files.kept


@pytest.mark.parametrize(
    ("body", "said"),
    sample(
        [
            ("raise SystemExit(3)", "exit code: 3"),
            (
                "open('../output/failure', 'w').write('no rows')\n1/0",
                "AlgorithmError: no rows, exit",
            ),
            ("open('/etc/passwd').read()", "a stand-in may not: open"),
            ("import subprocess; subprocess.run(['true'])", "a stand-in may not"),
            (
                "import os; os.symlink('/etc/passwd', '../output/failure'); 1/0",
                "a stand-in may not",
            ),
            ("import socket; socket.create_connection(('192.0.2.1', 80), 1)", "a stand-in may not"),
        ],
        every=2,
    ),
)
def test_a_script_that_fails_or_reaches_out_says_why(
    files: Files, endpoint: str, body: str, said: str
) -> None:
    done = container.do(endpoint, training(files, body), 60.0)
    assert not done.told["ok"]
    assert said in done.told["error"], done
    assert "out/job-1/output/model.tar.gz" not in files.kept
    assert "root:" not in json.dumps(done.told)


def test_what_a_role_may_not_read_or_write_fails_the_job(files: Files, endpoint: str) -> None:
    files.denied.add("in/a.csv")
    done = container.do(endpoint, training(files, "pass"), 60.0)
    assert done.told["error"].startswith("ClientError: Data download failed")
    files.denied = {"out/job-1/output/model.tar.gz"}
    done = container.do(endpoint, training(files, "pass"), 60.0)
    assert done.told["error"].startswith("ClientError: Data upload failed")


def test_a_job_is_taken_away_and_goes_on_from_its_checkpoint(files: Files, endpoint: str) -> None:
    body = (
        "import os, time\nplace = '../checkpoints/epoch'\n"
        "if os.path.exists(place):\n    print('resumed at', open(place).read())\n"
        "else:\n    open(place, 'w').write('5')\n    time.sleep(60)\n"
    )
    kept = {"checkpoints": {"S3Uri": "s3://b/kept"}}
    job = training(files, body, interrupted=True, **kept)
    done = container.do(endpoint, job, 60.0)
    assert done.told["interrupted"] is True
    assert files.kept["kept/epoch"] == b"5"
    done = container.do(endpoint, {**job, "interrupted": False}, 60.0)
    assert "resumed at 5" in done.output
    assert done.told["ok"]


def test_a_processing_job_has_its_inputs_and_its_outputs_are_kept(
    files: Files, endpoint: str
) -> None:
    body = (
        "import sys, json, os\nprint(sys.argv[1:], os.environ['STAGE'])\n"
        "rows = open('{}/input/data/a.csv').read()\n"
        "open('{}/output/eval/evaluation.json', 'w').write(json.dumps({{'n': len(rows)}}))\n"
    ).replace("{}", "/opt/ml/processing")
    body = body.replace("{{", "{").replace("}}", "}")
    files.kept |= {"assets/x.py": body.encode(), "in/a.csv": b"1,2\n"}
    ml = "/opt/ml/processing"
    job = {
        **training(files, ""), "what": "processing", "entry": [f"{ml}/input/code/x.py"],
        "arguments": ["--rows", f"{ml}/input/data"],
        "inputs": [{"name": "code", "uri": "s3://b/assets/x.py", "path": f"{ml}/input/code"},
                   {"name": "data", "uri": "s3://b/in", "path": f"{ml}/input/data"}],
        "outputs": [{"name": "eval", "uri": "s3://b/eval", "path": f"{ml}/output/eval"}],
    }  # fmt: skip
    done = container.do(endpoint, job, 60.0)
    if not done.mounted:
        pytest.skip("this kernel gives no folders of one's own")
    assert done.told["ok"], done
    assert json.loads(files.kept["eval/evaluation.json"]) == {"n": 4}
    outside = {**job, "inputs": [{"name": "x", "uri": "s3://b/in", "path": "/etc/cron.d"}]}
    assert "is not below /opt/ml" in container.do(endpoint, outside, 60.0).told["error"]


@only_long
def test_a_real_model_is_trained_with_scikit_learn(files: Files, endpoint: str) -> None:
    if find_spec("sklearn") is None:
        pytest.skip("scikit-learn is not installed")
    body = (
        "import os, pickle\nimport numpy as np\n"
        "from sklearn.ensemble import RandomForestClassifier\n"
        "from sklearn.linear_model import LogisticRegression\n"
        "from sklearn.metrics import roc_auc_score\n"
        "rng = np.random.default_rng(0)\nx = rng.normal(size=(400, 4))\ny = x[:, 0] > 0\n"
        "RandomForestClassifier(10).fit(x, y)\nmade = LogisticRegression().fit(x, y)\n"
        "print(f'auc={roc_auc_score(y, made.predict_proba(x)[:, 1]):.3f}')\n"
        "pickle.dump(made, open(os.environ['SM_MODEL_DIR'] + '/m.pkl', 'wb'))\n"
    )
    done = container.do(endpoint, training(files, body), 120.0)
    assert done.told["ok"], done
    assert done.told["metrics"]["auc"] > 0.95


def test_the_last_value_of_each_metric_counts() -> None:
    wanted = [{"Name": "auc", "Regex": "auc=([0-9.]+)"}, {"Name": "none", "Regex": "none"},
              {"Name": "bad", "Regex": "("}]  # fmt: skip
    heard = Heard(wanted)
    for line in ("auc=0.1 auc=0.2\n", "none\n", "auc=.\n", "x" * 5000):
        heard.line(line)
    assert heard.metrics == {"auc": 0.2}
    assert max(map(len, heard.text.splitlines())) < 5000


@pytest.mark.parametrize(
    ("values", "minimize", "kept"),
    [
        ((0.9, 0.9, 0.9, 0.1), True, 3),
        ((0.9, 0.9, 0.2, 0.1), True, 4),
        ((0.1, 0.1, 0.1, 0.9), False, 3),
        ((0.1, 0.1), False, 2),
    ],
)
def test_a_search_stops_a_job_by_what_it_prints(
    values: tuple[float, ...], minimize: bool, kept: int
) -> None:
    search = {"metric": "auc", "minimize": minimize, "others": [[0.5] * 4, [0.6] * 4, [0.4] * 4]}
    heard = Heard([{"Name": "auc", "Regex": "auc=([0-9.]+)"}], search)
    for value in values:
        heard.line(f"auc={value}\n")
    assert heard.curve == [*values[:kept]]
    assert heard.metrics == {"auc": values[kept - 1]}
    assert heard.stopped == (kept == 3)


def test_a_job_that_is_stopped_early_says_so_and_keeps_what_it_has(
    files: Files, endpoint: str
) -> None:
    body = (
        "import os, time\nopen(os.environ['SM_MODEL_DIR'] + '/half', 'w').write('x')\n"
        "for _ in range(600):\n    print('auc=0.1', flush=True)\n    time.sleep(0.1)\n"
    )
    search = {"metric": "auc", "minimize": False, "others": [[0.5] * 600]}
    done = container.do(endpoint, training(files, body, early=search), 60.0)
    assert done.told["ok"], done
    assert (done.told["stopped"], done.told["interrupted"]) == (True, False)
    assert done.told["curve"] == [0.1] * 3
    assert "out/job-1/output/model.tar.gz" in files.kept


def test_hyperparameters_are_a_command_line_and_archives_are_alike(tmp_path: Any) -> None:
    given = {"b": '"x"', "a-rate": "0.1", "c": "plain", "sagemaker_region": '"r"', "d": "true"}
    job = {"hyperparameters": given}
    assert learning.arguments(job) == ["--a-rate", "0.1", "-b", "x", "-c", "plain", "-d", "True"]
    (tmp_path / "f").write_text("1")
    assert learning.packed(tmp_path) == learning.packed(tmp_path)
    assert gzip.decompress(learning.packed(tmp_path))


def test_a_folder_that_has_become_a_link_is_not_read(tmp_path: Path) -> None:
    """The hooks refuse links; what a script makes past them is not followed either."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/secret").write_text("root:")
    (tmp_path / "job").mkdir()
    (tmp_path / "job/model").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "linked").symlink_to(tmp_path / "job")
    for place in (tmp_path / "job/model", tmp_path / "linked", tmp_path / "linked/model"):
        with pytest.raises(storage.LostError, match="is a link"):
            storage.own(place)
    assert container.text(tmp_path / "job/model/secret") == ""
    storage.own(tmp_path / "job")


@pytest.mark.parametrize("name", ["../out.py", "/out.py"])
def test_an_archive_of_code_stays_in_its_folder(
    files: Files, endpoint: str, name: str, tmp_path: Any
) -> None:
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as opened:
        entry = tarfile.TarInfo(name)
        entry.size = 1
        opened.addfile(entry, io.BytesIO(b"x"))
    job = training(files, "pass")
    files.kept["code.tar.gz"] = made.getvalue()
    done = container.do(endpoint, job, 30.0)
    assert not done.told["ok"]
    assert not list(tmp_path.rglob("out.py"))
