"""A platform with one planted mistake in each file.

A mark such as ``«SPEC012»`` stands right before the character at which that
finding must point; it is not part of the file.
"""

from __future__ import annotations

import re
from pathlib import Path

MARK = re.compile("«([A-Z]+[0-9]{3})»")


def spec(kind: str, name: str, body: str) -> str:
    """A document without mistakes around `body`, which is indented by two."""
    head = f"apiVersion: moorline/v1\nkind: {kind}\nmetadata: {{name: {name}, owner: team}}\n"
    return f"{head}spec:\n{body}"


def group(name: str, feature: str = "    amount: fractional\n", more: str = "") -> str:
    """A feature group, right but for what is put into it."""
    return spec(
        "FeatureGroup",
        name,
        "  recordId: id\n"
        "  eventTime: at\n"
        f"  features:\n    id: string\n    at: string\n{feature}"
        f"  online: {{}}\n{more}",
    )


def security(name: str, role: str, mark: str) -> str:
    """A Security spec with one role."""
    body = (
        f"  {mark}roles:\n    {role}:\n      description: A role.\n"
        "      assumedBy: {service: lambda.amazonaws.com}\n"
        '      statements: [{actions: [sns:Publish], resources: ["*"]}]\n'
    )
    return spec("Security", name, body)


def environment(name: str, body: str) -> str:
    """An environment around `body`."""
    head = f"apiVersion: moorline/v1\nkind: Environment\nmetadata: {{name: {name}}}\n"
    return f"{head}spec:\n{body}"


BOMB = "".join(
    f"  l{level}: &l{level} [{', '.join([f'*l{level - 1}'] * 9)}]\n" for level in range(1, 4)
)

FILES = {
    "specs/bracket-never-closed.yaml": group("a1", more="  offline: «YAML003»{source: curated\n"),
    "specs/colon-inside-a-plain-text.yaml": (
        "apiVersion: moorline/v1\n"
        "kind: FeatureGroup\n"
        "metadata: {name: a2, owner: team}\n"
        "spec:\n"
        "  description: one«YAML001»: two\n"
    ),
    "specs/tab-as-indentation.yaml": group("a3", "«YAML002»\tamount: integral\n"),
    "specs/key-written-twice.yaml": group("a4", "    «YAML004»id: integral\n"),
    "specs/unknown-anchor.yaml": group("a5").replace("eventTime: at", "eventTime: «YAML005»*at"),
    "specs/alias-bomb.yaml": spec(
        "FeatureGroup",
        "a6",
        f"  l0: &l0 [x, x, x, x, x, x, x, x, x]\n{BOMB}"
        "  l4: [«YAML007»*l3, *l3, *l3, *l3, *l3, *l3, *l3, *l3, *l3]\n",
    ),
    "specs/merge-key.yaml": group("a7", "    «YAML008»<<: {amount: string}\n"),
    "specs/tag.yaml": group("a8", "    amount: «RES003»!Ref integral\n"),
    "specs/nothing-between-two-lines.yaml": "---\n«YAML018»---\n" + group("a9"),
    "specs/no-spec-at-all.yaml": "«SPEC001»Only a sentence.\n",
    "specs/unknown-version.yaml": group("b1").replace("moorline/v1", "«SPEC002»moorline/v9"),
    "specs/unknown-kind.yaml": group("b2").replace("FeatureGroup", "«SPEC003»FeatureGrup"),
    "specs/name-not-allowed.yaml": group("«SPEC004»Customer_Features"),
    "specs/first-of-the-same-name.yaml": group("twice"),
    "specs/second-of-the-same-name.yaml": group("«SPEC005»twice"),
    "specs/unknown-field.yaml": group("c1", more="  «SPEC010»offlin: {source: curated}\n"),
    "specs/field-missing.yaml": spec(
        "FeatureGroup", "c2", "  recordId: id\n  features: {id: string}\n  online: {}\n"
    ).replace("spec:", "«SPEC011»spec:"),
    "specs/value-not-in-the-list.yaml": group("c3", "    amount: «SPEC012»strng\n"),
    "specs/wrong-type.yaml": group("c4", more="  version: «SPEC013»two\n"),
    "specs/no-is-not-a-boolean.yaml": spec(
        "DataSource", "c5", "  s3:\n    versioning: «SPEC013»no\n"
    ),
    "specs/number-out-of-range.yaml": group("c6", more="  version: «SPEC014»0\n"),
    "specs/bad-duration.yaml": group("c7").replace("{}", "{expireAfter: «SPEC016»30 days}"),
    "specs/fields-that-exclude-each-other.yaml": spec(
        "DataSource", "c8", "  s3: {existing: some-bucket, versioning: «SPEC020»true}\n"
    ),
    "specs/record-id-is-no-feature.yaml": group("c9").replace(
        "recordId: id", "recordId: «SPEC020»card"
    ),
    "specs/unresolved-reference.yaml": group("d1", more="  offline: {to: «SPEC021»curatd}\n"),
    "specs/unknown-variable.yaml": group(
        "d2", "    amount:\n      type: fractional\n      description: «ENV007»${nothing}\n"
    ),
    "specs/malformed-substitution.yaml": group(
        "d3", "    amount:\n      type: fractional\n      description: «ENV009»${a b}\n"
    ),
    "specs/first-of-the-same-role.yaml": security("clash", "a-b", ""),
    "specs/second-of-the-same-role.yaml": security("clash-a", "b", "«GRAPH001»"),
    "environments/bad-account.yaml": environment(
        "bad-account", '  extends: local\n  account: «SPEC016»"1234"\n'
    ),
    "environments/circle-one.yaml": environment("circle-one", "  extends: «ENV003»circle-two\n"),
    "environments/circle-two.yaml": environment("circle-two", "  extends: «ENV003»circle-one\n"),
    "environments/extends-nothing.yaml": environment(
        "extends-nothing", "  extends: «ENV002»produktion\n"
    ),
    "environments/override-of-an-unknown-spec.yaml": environment(
        "override", "  extends: local\n  overrides:\n    «ENV006»FeatureGroup/customr: {}\n"
    ),
}


def write(folder: Path) -> None:
    """Put the files, without marks, below a folder."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(MARK.sub("", text))


def expected() -> dict[tuple[str, int, int], str]:
    """The code of each marked place, by file, line and column."""
    found = {}
    for name, text in FILES.items():
        for number, line in enumerate(text.split("\n"), 1):
            for mark in MARK.finditer(line):
                column = len(MARK.sub("", line[: mark.start()])) + 1
                found[name, number, column] = mark[1]
    return found
