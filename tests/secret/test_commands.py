"""Secrets planted wherever they may be; every command runs and no output byte shows one."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sweeps import met, sample

from reconciler.render.formats import FORMS
from reconciler.sandbox import lifecycle
from tests.cli.mistakes import environment, spec

from .canaries import MIXED, TOKENS
from .watched import EVERYWHERE, PLANTED, Watched, leaks

LOCAL = ("-e", "local")
BUCKET = "acme-local-ledger-123456789012"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """One bucket, applied; then someone put secrets into its tags."""
    folder = Watched(tmp_path_factory.mktemp("watched"))
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    body = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
    folder.write("environments/local.yaml", environment("local", body))
    folder.run("apply", *LOCAL, "--yes", expect=0)
    s3 = folder.client("s3")
    tags = s3.get_bucket_tagging(Bucket=BUCKET)["TagSet"]
    tags += [
        {"Key": "db-password", "Value": "canary-tag-1"},
        {"Key": "note", "Value": TOKENS["AWS access key id"]},
        {"Key": "random", "Value": MIXED},
        {"Key": "team", "Value": "by hand"},
    ]
    s3.put_bucket_tagging(Bucket=BUCKET, Tagging={"TagSet": tags})
    yield folder
    lifecycle.stop(folder.state)


@pytest.mark.parametrize(
    "arguments",
    sample(
        [
            ("validate",),
            ("compile", *LOCAL),
            ("compile", *LOCAL, "--format", "cloudformation"),
            ("plan", *LOCAL),
            ("plan", *LOCAL, "--verbose"),
            ("plan", *LOCAL, "--json", "-o", "plan.json"),
            ("plan", *LOCAL, "--destroy"),
            ("drift", *LOCAL),
            ("drift", *LOCAL, "--verbose"),
            ("drift", *LOCAL, "--json"),
            *(("plan", *LOCAL, "--format", form) for form in FORMS),
            *(("drift", *LOCAL, "--format", form) for form in ("markdown", "html")),
            ("plan", *LOCAL, "--html", "plan.html"),
            ("drift", *LOCAL, "--html", "drift.html"),
            ("drift", *LOCAL, "--all", "--dry-run"),
            ("plan", *LOCAL, "--offline"),
            ("plan", *LOCAL, "--offline", "--receipt", "plan.json"),
            ("history", *LOCAL, "--json"),
            ("revert", *LOCAL),
            ("graph", *LOCAL),
            ("graph", *LOCAL, "--format", "svg"),
            ("validate", "--format", "sarif"),
            ("validate", "--format", "junit"),
            ("explain", f"AWS::S3::Bucket/{BUCKET}", *LOCAL),
            ("ci", "comment", "plan.json", "--dry-run"),
            ("ci", "comment", "plan.json"),
            ("ci", "report", "plan.json", *LOCAL, "--to", "issue"),
            ("ci", "init", "--provider", "github", *LOCAL),
            ("init", "other", "--yes"),
            ("completion", "bash"),
            ("sandbox", "status"),
            ("sandbox", "status", "--json"),
            ("--help",),
            ("plan", "--password", PLANTED["DB_PASSWORD"]),
            ("explain", PLANTED["CLIENT_SECRET"]),
            ("plan", *LOCAL, "--adopt", PLANTED["AWS_SECRET_ACCESS_KEY"]),
            ("plan", "-e", PLANTED["GITHUB_TOKEN"]),
            ("plan", *LOCAL, "--specs", PLANTED["CLIENT_SECRET"]),
        ],
        3,
    ),
    ids=" ".join,
)
def test_no_secret_comes_out_of(arguments: tuple[str, ...], platform: Watched) -> None:
    result = platform.run(*arguments)
    assert not leaks(result.text, (*EVERYWHERE, "canary-tag-1"))
    assert not [name for name, text in platform.written().items() if leaks(text)]


def test_a_tag_with_a_secret_is_drift_whose_value_is_not_said(platform: Watched) -> None:
    said = platform.run("drift", *LOCAL, "--verbose", expect=4).out
    assert "db-password" in said
    assert "by hand" in said
    assert "canary-tag-1" not in said


@pytest.mark.parametrize(
    ("verb", "code", "style"),
    met(
        ["plan", "drift", "apply"],
        ["AccessDenied", "MalformedXML", "SlowDown"],
        [(), ("--json",)],
    ),
)
def test_an_error_of_aws_that_echoes_secrets_is_cleaned(
    verb: str, style: tuple[str, ...], code: str, platform: Watched
) -> None:
    message = " | ".join(
        [*EVERYWHERE, "password=canary-word", json.dumps({"SecretString": "zz9-x"})]
    )
    rule = {"service": "s3", "operation": "GetBucket*", "code": code, "times": 200}
    platform.control("faults", {**rule, "message": message})
    try:
        result = platform.run(verb, *LOCAL, *style)
    finally:
        platform.forget_faults()
    assert result.code == 1
    assert code in result.text
    assert "(redacted)" in result.text
    assert not leaks(result.text, (*EVERYWHERE, "canary-word", "zz9-x"))


FAULT = """
import os, sys, types
import rich_click as click
from reconciler.cli import main as cli

@click.command("boom")
@click.option("--json", is_flag=True)
def command(json):
    sys.stdout.write("to out: " + os.environ["CLIENT_SECRET"] + "\\n")
    sys.stdout.buffer.write(b"bytes: " + os.environ["CLIENT_SECRET"].encode() + b"\\n")
    secrets = [value for name, value in os.environ.items() if "canary" in value]
    text = f"cannot use {secrets!r} {secrets[0]} password=canary-word "
    raise ValueError(text + "AKIA" + "Q3EGQ4XEXAMPLE42")

module = types.ModuleType("reconciler.cli.verbs.boom")
module.command = command
sys.modules[module.__name__] = module
cli.VERBS["boom"] = "Fail."
sys.argv = ["moorline", "boom", *sys.argv[1:]]
cli.main(%s)
"""


@pytest.mark.parametrize(("arguments", "debug"), met(["['boom']", "['boom', '--json']"], ["", "1"]))
def test_a_fault_of_moorline_does_not_tell_secrets(
    arguments: str, debug: str, tmp_path: Path
) -> None:
    code = FAULT.replace("%s", arguments)
    result = Watched(tmp_path).python(code, MOORLINE_DEBUG=debug)
    assert result.code == 1
    assert "ValueError" in result.text
    assert not leaks(result.text, (*EVERYWHERE, "canary-word"))


def test_a_reference_that_nobody_would_resolve_is_refused_and_may_be_read(tmp_path: Path) -> None:
    folder = Watched(tmp_path)
    reference = "{{resolve:secretsmanager:prod/db:SecretString:password}}"
    folder.write("specs/a.yaml", spec("DataSource", "ledger", f"  s3: {{}}\n# {reference}\n"))
    body = '  platform: acme\n  account: "123456789012"\n  region: eu-west-1\n'
    folder.write("environments/local.yaml", environment("local", body))
    assert not folder.run("validate", "--json", expect=0).json["diagnostics"]
    tags = f"  tags: {{db-password: '{reference}'}}\n"
    folder.write("environments/local.yaml", environment("local", body + tags))
    for verb in (("validate",), ("compile", *LOCAL)):
        result = folder.run(*verb, "--json", expect=1)
        assert result.codes == ["SECRET002"]
        assert reference in result.json["diagnostics"][0]["message"]


@pytest.mark.parametrize("style", [(), ("--json",)], ids=["text", "json"])
def test_a_spec_with_secrets_is_refused_by_line_and_not_printed(
    style: tuple[str, ...], tmp_path: Path
) -> None:
    folder = Watched(tmp_path)
    lines = "".join(f"    k{i}: '{token}'\n" for i, token in enumerate(TOKENS.values()))
    body = '  platform: acme\n  account: "123456789012"\n  region: eu-west-1\n'
    folder.write("specs/a.yaml", spec("DataSource", "ledger", f"  s3:\n{lines}"))
    folder.write(
        "environments/local.yaml",
        environment("local", body + f"  variables: {{dbPassword: {MIXED}}}\n"),
    )
    for verb in (("validate",), ("compile", *LOCAL), ("plan", *LOCAL), ("apply", *LOCAL)):
        result = folder.run(*verb, *style, expect=1)
        assert not leaks(result.text, (*EVERYWHERE, MIXED))
        assert "SECRET001" in result.text
        assert "environments/local.yaml" in result.text


def test_a_secret_that_comes_in_by_a_variable_is_found(tmp_path: Path) -> None:
    folder = Watched(tmp_path)
    text = spec("Security", "s", "  roles: {}\n")
    folder.write("specs/a.yaml", text + "  password: ${word}\n")
    body = '  platform: acme\n  account: "123456789012"\n  region: eu-west-1\n'
    folder.write(
        "environments/local.yaml", environment("local", body + "  variables: {word: abc12}\n")
    )
    codes = folder.run("validate", "--json", expect=1).codes
    assert "SECRET001" in codes
