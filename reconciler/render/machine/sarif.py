"""Findings as SARIF 2.1.0: what code scanning of forges and editors read.

Each finding has a fingerprint that does not depend on its line, so a forge
keeps one alert for it while the file around it changes. A finding that lies in
no file is put at a place that the caller names, because forges take no result
without one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from urllib.parse import quote

from reconciler import __version__
from reconciler.model.codes import CODES, Code
from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json, digest
from reconciler.policy import api as policy
from reconciler.render import section
from reconciler.render.formats import Context
from reconciler.render.markdown.view import view
from reconciler.render.text import groups
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.place import Finding, finding

__all__ = ["document", "of"]

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
PAGE = "https://moorline.dev/docs/reference/codes.md"
ROOT = "%SRCROOT%"
"""GitHub's and Microsoft's name for the folder that relative places are in."""
LEVELS: Mapping[str, str] = {
    Severity.ERROR: "error",
    Severity.WARNING: "warning",
    Severity.NOTE: "note",
}


def document(plan: Mapping[str, Json], context: Context) -> str:
    """What the sections of a report find: the diagnostics first, then what has rules of its own."""
    seen = view(plan, context)
    sections = section.of(seen)
    rules = {code.code: code for each in sections for code in each.codes}
    found = [one for each in sections for one in each.sarif(seen)]
    found.sort(key=lambda one: one.code in rules)
    told = plan["summary"]
    if context.drift:
        told = {**told, "origins": groups.origins(plan, context.owned)}
    nowhere = f"environments/{plan['environment']}.yaml"
    return _log(found, __version__, nowhere, rules, {"summary": told})


def of(
    diagnostics: Iterable[Mapping[str, Json]], version: str, nowhere: str = "environments"
) -> str:
    """The findings in their JSON form. `nowhere` is the place of those that lie in no file."""
    return _log([finding(each) for each in diagnostics], version, nowhere, {})


def _log(
    found: Sequence[Finding],
    version: str,
    nowhere: str,
    rules: Mapping[str, Code],
    properties: Mapping[str, Json] | None = None,
) -> str:
    codes = sorted({each.code for each in found})
    driver = {
        "name": "Moorline",
        "semanticVersion": version,
        "version": version,
        "informationUri": PAGE.partition("/docs")[0],
        "rules": [_rule(code, rules) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {ROOT: {"description": {"text": "The root of the repository."}}},
        "results": list(_results(found, codes, nowhere)),
        **({"properties": properties} if properties else {}),
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(code: str, rules: Mapping[str, Code]) -> dict[str, Json]:
    rule: dict[str, Json] = {"id": harmless(code)}
    documented = CODES.get(code) or policy.codes().get(code)
    known = documented or rules.get(code)
    if known is None:
        return rule
    title, explanation, fix = known.title, known.explanation, known.fix
    return {
        **rule,
        "name": "".join(word.capitalize() for word in title.replace("-", " ").split()),
        "shortDescription": {"text": title[0].upper() + title[1:]},
        "fullDescription": {"text": explanation},
        "help": {"text": fix, "markdown": f"{_plain(explanation)}\n\n{_plain(fix)}"},
        **({"helpUri": f"{PAGE}#{code.lower()}"} if documented else {}),
    }


def _plain(words: str) -> str:
    """Text that Markdown shows as it is."""
    return "".join(f"\\{each}" if each in "\\`*_{}[]<>#!|~$" else each for each in words)


def _results(found: Sequence[Finding], codes: Sequence[str], nowhere: str) -> Iterator[Json]:
    place = {code: index for index, code in enumerate(codes)}
    seen: Counter[str] = Counter()
    for each in found:
        mark = digest([each.code, each.file, each.address, each.message], 32)
        seen[mark] += 1
        yield {
            "ruleId": harmless(each.code),
            "ruleIndex": place[each.code],
            "level": LEVELS.get(each.severity, "none"),
            "message": {"text": _message(each)},
            "locations": [_location(each, nowhere)],
            "partialFingerprints": {"moorline/v1": f"{mark}:{seen[mark]}"},
        }


def _message(each: Finding) -> str:
    """The message and what to do. SARIF reads brackets as links and braces as places."""
    said = f"{each.message}\n{each.help}" if each.help else each.message
    lines = (harmless(line) for line in said.split("\n"))
    text = "\n".join(lines).replace("\\", "\\\\")
    for sign in "[]":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("{", "{{").replace("}", "}}") or each.code


def _location(each: Finding, nowhere: str) -> dict[str, Json]:
    physical: dict[str, Json] = {"artifactLocation": _artifact(each.file or nowhere)}
    physical["region"] = _region(each)
    location: dict[str, Json] = {"physicalLocation": physical}
    if each.address:
        name = harmless(each.address)
        location["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "resource"}]
    return location


def _region(each: Finding) -> dict[str, Json]:
    region = {"startLine": max(each.line, 1)}
    if each.column > 0:
        region["startColumn"] = each.column
    if each.column > 0 and each.length > 0:
        region["endColumn"] = each.column + each.length
    return region


def _artifact(file: str) -> dict[str, Json]:
    """A place relative to the repository, or an absolute one as it is."""
    path = file.replace("\\", "/")
    if path.startswith("/"):
        return {"uri": "file://" + _uri(path)}
    while path.startswith("./"):
        path = path[2:].lstrip("/")
    return {"uri": _uri(path) or ".", "uriBaseId": ROOT}


def _uri(path: str) -> str:
    return quote(path, safe="/~!$&'()*+,;=@-._", errors="replace")
