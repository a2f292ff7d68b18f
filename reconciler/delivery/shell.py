"""The shell of every job, the same in all CI systems.

Constant texts: what differs comes in environment variables, which a shell does not read as
commands. `MOORLINE_ENVIRONMENT` is the environment that every command takes; files go to
the folder `moorline-out`. The working folder is the checkout, whose files nobody has
reviewed: no step lets Python look there for modules, and tools are installed elsewhere.
"""

from __future__ import annotations

# Where the forge is not the one whose CI this is, two variables name it.
_FORGE = """\
${MOORLINE_FORGE:+--provider "$MOORLINE_FORGE" --repository "$MOORLINE_REPOSITORY"}"""
# Neither Moorline nor what it starts takes a module from the checkout.
_HEAD = """\
set -euo pipefail
unset PYTHONPATH PYTHONHOME PYTHONSTARTUP
export PYTHONSAFEPATH=1
"""
_OUT = "mkdir -p moorline-out\n"

# A change may carry a folder or a link of this name: what is kept as an artefact is ours alone.
_FRESH = "rm -rf moorline-out\n"
# An earlier job's files are there already.
_KEPT = """\
if [ -n "$(find moorline-out ! -type f ! -type d 2> /dev/null)" ]; then
  echo "moorline-out holds a link; it is for files of ours" >&2
  exit 1
fi
"""
_INSTALL = """\
tools=${MOORLINE_TOOLS:-$(mktemp -d "${RUNNER_TEMP:-${TMPDIR:-/tmp}}/moorline.XXXXXXXX")}
rm -rf "$tools/venv" && mkdir -p "$tools"
what=("moorline==$MOORLINE_VERSION")
if [ -n "${MOORLINE_REQUIREMENTS:-}" ]; then
  head -c 4000000 delivery/requirements.txt > "$tools/requirements.txt"
  what=(--require-hashes --only-binary :all: --requirement "$tools/requirements.txt")
  echo "$MOORLINE_REQUIREMENTS  $tools/requirements.txt" | sha256sum --check --quiet -
fi
(
  cd "$tools"
  python3 -I -m venv "$tools/venv"
  "$tools/venv/bin/python" -I -m pip install --quiet --disable-pip-version-check "${what[@]}"
)
export PATH="$tools/venv/bin:$PATH"
if [ -n "${GITHUB_PATH:-}" ]; then echo "$tools/venv/bin" >> "$GITHUB_PATH"; fi
moorline --version
"""

# A plan with errors writes no file; what is printed says why.
_PLAN = """\
rm -f moorline-out/plan.*
code=0
moorline plan --out moorline-out/plan.file --html moorline-out/plan.html --json \\
  --detailed-exitcode > moorline-out/plan.json || code=$?
"""
_SUMMARY = """\
moorline ci comment moorline-out/plan.json --dry-run | tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}"
"""
_FAILED = 'if [ "$code" -ne 0 ] && [ "$code" -ne 2 ]; then exit "$code"; fi\n'
_CHANGES = """\
if [ "$code" -eq 2 ]; then changes=true; else changes=false; fi
echo "changes=$changes" | tee -a "${GITHUB_OUTPUT:-moorline-out/changes.env}"
"""

_BODIES = {
    "install": _FRESH + _INSTALL,
    "install beside a plan": _KEPT + _INSTALL,
    "validate": """\
code=0
moorline validate --base auto --no-color || code=$?
moorline validate --base auto --format sarif > moorline-out/validate.sarif || code=$?
moorline validate --base auto --format junit > moorline-out/validate.xml || code=$?
exit "$code"
""",
    "plan and comment": f"""\
{_PLAN}\
moorline ci comment moorline-out/plan.json --link "$MOORLINE_LINK" \\
  {_FORGE} || code=1
{_FAILED}""",
    "plan as reviewed": f"""\
{_PLAN}\
{_SUMMARY}\
{_FAILED}\
if [ "$code" -eq 2 ]; then
  moorline ci reviewed moorline-out/plan.file \\
    {_FORGE}
fi
{_CHANGES}""",
    "plan anew": _PLAN + _SUMMARY + _FAILED + _CHANGES,
    "plan offline": """\
kept="${RUNNER_TEMP:-/nowhere}/moorline-receipt"
receipt=$({ find "$kept" -type f -name '*.json' 2> /dev/null || true; } | sort | tail -n 1)
code=0
moorline plan --offline ${receipt:+--receipt "$receipt"} --html moorline-out/plan.html --json \\
  > moorline-out/plan.json || code=$?
moorline ci comment moorline-out/plan.json --dry-run > moorline-out/plan.md || code=1
tee -a "${GITHUB_STEP_SUMMARY:-/dev/null}" < moorline-out/plan.md
exit "$code"
""",
    "apply": """\
moorline apply moorline-out/plan.file --commit "$MOORLINE_COMMIT" --wait 30m --yes --no-color
""",
    "keep receipt": """\
mkdir -p moorline-out/receipt
id=$(moorline history --limit 1 --json | python3 -I -c \\
  'import json, sys; print(*(found["id"] for found in json.load(sys.stdin)["receipts"]))')
if [ -n "$id" ]; then moorline history --json -- "$id" > "moorline-out/receipt/$id.json"; fi
""",
    "drift": f"""\
code=0
moorline drift --html moorline-out/drift.html --json > moorline-out/drift.json || code=$?
if [ "$code" -ne 0 ] && [ "$code" -ne 4 ]; then exit "$code"; fi
moorline ci report moorline-out/drift.json --to "$MOORLINE_REPORT_TO" --link "$MOORLINE_LINK" \\
  {_FORGE}
""",
    # One thing at a time: it never waits for a bake, and a job that is killed loses nothing.
    "advance rollouts": """\
moorline rollout advance --all --yes --wait 5m --no-color
""",
    "resume": """\
moorline apply --resume --wait 30m --yes --no-color
""",
    # What follows `--` is no option, whatever it begins with.
    "look back": """\
moorline revert --no-color -- ${MOORLINE_RECEIPT:+"$MOORLINE_RECEIPT"}
""",
    "revert": """\
moorline revert --wait 30m --yes --no-color -- ${MOORLINE_RECEIPT:+"$MOORLINE_RECEIPT"}
""",
}
_BARE = {"install", "install beside a plan"}
STEPS = {
    name: (_HEAD + text + _OUT if name in _BARE else _HEAD + _OUT + text).rstrip("\n")
    for name, text in _BODIES.items()
}
