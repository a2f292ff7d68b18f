"""The shell of every job, the same in all CI systems.

Constant texts: what differs comes in environment variables, which a shell does not read as
commands. `MOORLINE_ENVIRONMENT` is the environment that every command takes; files go to
the folder `moorline-out`.
"""

from __future__ import annotations

# Where the forge is not the one whose CI this is, two variables name it.
_FORGE = """\
${MOORLINE_FORGE:+--provider "$MOORLINE_FORGE" --repository "$MOORLINE_REPOSITORY"}"""
_HEAD = "set -euo pipefail\nmkdir -p moorline-out\n"

# A plan with errors writes no file; what is printed says why.
_PLAN = """\
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
    "install": """\
python -m pip install --quiet --disable-pip-version-check "moorline==$MOORLINE_VERSION"
moorline --version
""",
    "validate": """\
code=0
moorline validate --no-color || code=$?
moorline validate --format sarif > moorline-out/validate.sarif || code=$?
moorline validate --format junit > moorline-out/validate.xml || code=$?
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
receipt=$(find moorline-receipt -name '*.json' 2> /dev/null | sort | tail -n 1)
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
id=$(moorline history --limit 1 --json | python -c \\
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
STEPS = {name: (_HEAD + text).rstrip("\n") for name, text in _BODIES.items()}
