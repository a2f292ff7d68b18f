"""Findings as test results in JUnit's XML, in the form that Jenkins, GitLab and GitHub read.

Of files: one suite for each environment, one case for each file, which fails
with one failure for each error; what is no error is printed by the case. Of a
plan: one case for each resource that changes, which fails when its change is
refused and is skipped when it waits for a refused one; of a drift report: one for
each that differs, which fails, and for each that is owned by another. The standard library
writes it: junitparser's bytes depend on whether lxml is installed, and its
totals have an attribute that Jenkins's schema lacks; it reads this in tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from reconciler.model.origin import Origin, origin
from reconciler.model.value import Json
from reconciler.render.formats import Context
from reconciler.render.vocabulary import actor, protection
from reconciler.render.vocabulary.entries import Entry, entries
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.place import Finding, finding
from reconciler.render.vocabulary.words import ORIGINS, span, why

__all__ = ["document", "of", "of_environments"]

ELSEWHERE = "in no file"
"""The case of findings that lie in no file."""


def document(plan: Mapping[str, Json], context: Context) -> str:
    """The changes of a plan, or what has drifted, as cases, and its findings by file."""
    found = [finding(each) for each in plan["diagnostics"]]
    name = harmless(plan["environment"])
    if context.drift:
        cases = [_drifted(entry) for entry in entries(plan)]
        changes = _suite(f"drift {name}", cases + [_owned(step) for step in context.owned])
    else:
        changes = _suite(f"plan {name}", [_change(entry) for entry in entries(plan)])
    files = _suite(f"files {name}", _files(found, ()))
    return _written([changes, files])


def of(
    diagnostics: Iterable[Mapping[str, Json]], files: Iterable[str], environment: str = "files"
) -> str:
    """The findings of one environment in their JSON form; `files` are all that were read."""
    return of_environments({environment: list(diagnostics)}, files)


def of_environments(
    diagnostics: Mapping[str, Sequence[Mapping[str, Json]]], files: Iterable[str]
) -> str:
    """The findings of each environment; a finding that all have is in all of their suites."""
    known = list(files)
    return _written(
        [
            _suite(f"validate {harmless(name)}", _files([finding(each) for each in found], known))
            for name, found in diagnostics.items()
        ]
    )


def _files(found: Iterable[Finding], files: Iterable[str]) -> list[Element]:
    by_file: dict[str, list[Finding]] = {file: [] for file in files}
    for each in found:
        by_file.setdefault(each.file, []).append(each)
    return [_file(file, by_file[file]) for file in sorted(by_file)]


def _file(file: str, found: Sequence[Finding]) -> Element:
    case = _case(file or ELSEWHERE, "moorline.files")
    for each in (each for each in found if each.is_error):
        _result(case, "failure", _first(each), harmless(each.code)).text = _text(each)
    if said := [_text(each) for each in found if not each.is_error]:
        SubElement(case, "system-out").text = "\n\n".join(said)
    return case


def _change(entry: Entry) -> Element:
    step = entry.step
    case = _case(f"{step['action']} {step['name']}", step["type"].replace("::", "."))
    place = span(step["at"])
    if entry.refused:
        said = harmless(entry.refused)
        deeds = [each.strip() for each in protection.deeds(entry)]
        text = "\n".join(filter(None, (place, why(step), said, *deeds)))
        _result(case, "failure", said, "refused").text = text
    elif entry.blocked_by:
        said = f"waits for {harmless(entry.blocked_by)}, which is refused"
        _result(case, "skipped", said, "blocked")
    elif told := [*filter(None, [place, *(each.strip() for each in protection.deeds(entry))])]:
        SubElement(case, "system-out").text = "\n".join(told)
    return case


def _drifted(entry: Entry) -> Element:
    """What differs fails, of whichever origin: the exit code is that of drift, too."""
    step, group = entry.step, origin(entry.step)
    case = _case(step["name"], step["type"].replace("::", "."))
    said = (span(step["at"]), actor.by(step.get("by")), harmless(entry.refused))
    text = "\n".join(filter(None, said))
    _result(case, "failure", ORIGINS[group], str(group)).text = text
    return case


def _owned(step: Mapping[str, Json]) -> Element:
    case = _case(step["name"], step["type"].replace("::", "."))
    SubElement(case, "system-out").text = ORIGINS[Origin.OWNED]
    return case


def _case(name: str, classname: str) -> Element:
    return Element("testcase", name=harmless(name), classname=harmless(classname), time="0")


def _result(case: Element, tag: str, message: str, type_: str) -> Element:
    return SubElement(case, tag, type=type_, message=message)


def _first(each: Finding) -> str:
    return harmless(f"{each.where}: {each.message}" if each.file else each.message)


def _text(each: Finding) -> str:
    """``specs/fraud.yaml:9:3: error[SPEC012]: …`` and what to do."""
    lead = f"{each.where}: " if each.file else ""
    lines = [f"{lead}{each.severity}[{each.code}]: {each.message}"]
    lines += [f"  at {each.address}"] if each.address else []
    lines += [f"  help: {each.help}"] if each.help else []
    return "\n".join(harmless(line) for part in lines for line in part.splitlines())


def _suite(name: str, cases: Sequence[Element]) -> Element:
    failed = sum(case.find("failure") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    counts = {"tests": str(len(cases)), "failures": str(failed), "errors": "0"}
    suite = Element("testsuite", {"name": name, **counts, "skipped": str(skipped), "time": "0"})
    suite.extend(cases)
    return suite


def _written(suites: Sequence[Element]) -> str:
    totals = {
        key: str(sum(int(suite.attrib[key]) for suite in suites))
        for key in ("tests", "failures", "errors")
    }
    whole = Element("testsuites", {"name": "moorline", **totals, "time": "0"})
    whole.extend(suites)
    indent(whole)
    lead = '<?xml version="1.0" encoding="utf-8"?>\n'
    return lead + tostring(whole, encoding="unicode") + "\n"
