"""The files of a new platform as texts, from the templates in `template/`. Writes nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from reconciler.facts.files import schemas
from reconciler.kinds.environment import AccountId, PlatformName
from reconciler.kinds.terms.region import Region

TEMPLATE = Path(__file__).parent / "template"
ALWAYS = ("environments/dev.yaml", "environments/local.yaml", "specs/data.yaml")
PARTS = {
    "features": "specs/customer.yaml",
    "rollout": "specs/scorer.yaml",
    "monitoring": "specs/oncall.yaml",
    "budget": "specs/budget.yaml",
}
"""What can be left out, and the file of it."""
NEEDS = {"monitoring": "rollout"}
USUAL = ("features", "rollout")
FORMS = {
    "platform": (PlatformName, "up to 20 of a-z, 0-9 and single '-'; it starts with a letter"),
    "account": (AccountId, "12 digits"),
    "region": (Region, "a region such as eu-west-1"),
}
SCHEMA = "schemas/moorline.json"
HOOKS = ".pre-commit-config.yaml"
IGNORED = ".gitignore"
_NO_TEXT = ("true", "false", "null")
"""Words that YAML reads as something else unless they are quoted."""


@dataclass(frozen=True, slots=True)
class Answers:
    """What a new platform is called, where it runs and what is in it."""

    platform: str
    account: str = "123456789012"
    region: str = "eu-west-1"
    parts: tuple[str, ...] = USUAL
    email: str = "ml-team@example.com"


def fault(what: str, text: str) -> str:
    """What is wrong with an answer; "" when nothing is."""
    form, words = FORMS[what]
    try:
        TypeAdapter(form).validate_python(text)
    except ValidationError:
        return f"{text!r} cannot be the {what}: write {words}"
    return ""


def with_needs(parts: Iterable[str]) -> tuple[str, ...]:
    """The parts, those that they need, in the usual order."""
    wanted = set(parts)
    wanted |= {NEEDS[part] for part in wanted if part in NEEDS}
    return tuple(part for part in PARTS if part in wanted)


def files(answers: Answers) -> dict[str, str]:
    """The text of each new file by its path in the platform's folder."""
    names = [*ALWAYS, *(PARTS[part] for part in with_needs(answers.parts))]
    made = {name: _filled(name, answers) for name in names}
    made[SCHEMA] = (schemas() / "kinds/moorline.json").read_text(encoding="utf-8")
    made[HOOKS] = _filled("pre-commit-config.yaml", answers)
    return made


def ignored(present: str) -> str:
    """The `.gitignore` of a folder that has this one, "" for none."""
    wanted = (TEMPLATE / "gitignore").read_text(encoding="utf-8")
    lines = {line.strip() for line in present.splitlines()}
    rules = [line for line in wanted.splitlines() if line and not line.startswith("#")]
    if all({rule, f"/{rule}", rule.rstrip("/")} & lines for rule in rules):
        return present
    gap = "" if not present or present.endswith("\n") else "\n"
    return f"{present}{gap}{wanted}"


def _filled(name: str, answers: Answers) -> str:
    text = (TEMPLATE / name).read_text(encoding="utf-8")
    platform = f'"{answers.platform}"' if answers.platform in _NO_TEXT else answers.platform
    text = text.replace("@platform@", platform)
    for slot in ("account", "region", "email"):
        text = text.replace(f"@{slot}@", getattr(answers, slot))
    return text
