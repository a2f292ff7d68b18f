"""The catalogue of features, for people: as Markdown, and as one page that needs nothing else.

Words come from specs, so each stands as text in both forms, whatever is in it.
"""

from __future__ import annotations

import html as escaping
from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.value import Json
from reconciler.render.markdown.escape import code, prose
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.words import span

TITLE = "Features"
_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1f2328;background:#fff}table{border-collapse:collapse;width:100%}"
    "td,th{border:1px solid #d0d7de;padding:.3rem .6rem;text-align:left;vertical-align:top}"
    "code{font-size:.9em}dt{font-weight:600}dd{margin:0 0 .3rem 1rem}"
)
Group = Mapping[str, Json]


def facts(group: Group, version: Group) -> list[tuple[str, str]]:
    """What is known of a version besides its features, as pairs of words."""
    found = [
        ("Owner", group["owner"]),
        ("Name in AWS", version["aws_name"] or group["existing"]),
        ("Record id", version["record_id"]),
        ("Event time", version["event_time"]),
        ("Online store", _online(version)),
        ("Offline store", version["offline"] and f"{version['offline']} table"),
        ("Comes from", ", ".join(group["sources"])),
        ("Used by", ", ".join(group["consumers"])),
        ("Shared with", ", ".join(group["shared_with"])),
        ("Last drift", _drift(version["drift"])),
        ("Said in", span(group["at"])),
    ]
    return [(name, str(value)) for name, value in found if value]


def _online(version: Group) -> str:
    if not version["online"]:
        return ""
    kept = version["expires_after"]
    return f"{version['online']}, {f'records kept for {kept}' if kept else 'records stay'}"


def _drift(found: Sequence[Group] | None) -> str:
    if found is None:
        return "not looked at"
    if not found:
        return "none"
    return ", ".join(f"{each['path']} ({each['origin'] or 'unknown'})" for each in found)


def markdown(catalogue: Mapping[str, Json]) -> str:
    """The whole catalogue."""
    return "\n".join(_markdown(catalogue)).rstrip("\n") + "\n"


def _markdown(catalogue: Mapping[str, Json]) -> Iterator[str]:
    yield f"# {TITLE}"
    if not catalogue["groups"]:
        yield "\nThere are none."
    for group in catalogue["groups"]:
        yield f"\n## {code(group['name'])}\n"
        if group["description"]:
            yield f"{prose(group['description'], 2000)}\n"
        for place, version in enumerate(group["versions"]):
            if len(group["versions"]) > 1:
                yield f"### Version {version['version']}{' (earlier)' if place else ''}\n"
            if version["migration"]:
                yield f"> To move on: {prose(version['migration'], 2000)}\n"
            yield from (f"- {name}: {code(value)}" for name, value in facts(group, version))
            yield "\n| Feature | Type | What it is |\n|---|---|---|"
            for each in version["features"]:
                said = _cell(prose(_said(each), 1000))
                yield f"| {_cell(code(each['name']))} | {code(each['type'])} | {said} |"
            yield ""


def _said(feature: Group) -> str:
    more = "; ".join(f"{key}: {value}" for key, value in feature["parameters"].items())
    return " ".join(filter(None, (feature["description"], f"({more})" if more else "")))


def _cell(text: str) -> str:
    """A bar would end the cell, inside of code too."""
    return text.replace("|", "\\|")


def html(catalogue: Mapping[str, Json]) -> str:
    """One page; no script, nothing fetched."""
    body = "\n".join(_html(catalogue))
    head = f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{TITLE}</title>'
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    guard = f'<meta http-equiv="Content-Security-Policy" content="{policy}">'
    return f"{head}{guard}<style>{_STYLE}</style></head><body>\n{body}\n</body></html>\n"


def _html(catalogue: Mapping[str, Json]) -> Iterator[str]:
    yield f"<h1>{TITLE}</h1>"
    if not catalogue["groups"]:
        yield "<p>There are none.</p>"
    for group in catalogue["groups"]:
        yield f"<h2>{_text(group['name'])}</h2>"
        if group["description"]:
            yield f"<p>{_text(group['description'])}</p>"
        for place, version in enumerate(group["versions"]):
            if len(group["versions"]) > 1:
                yield f"<h3>Version {version['version']}{' (earlier)' if place else ''}</h3>"
            if version["migration"]:
                yield f"<p><strong>To move on:</strong> {_text(version['migration'])}</p>"
            pairs = "".join(
                f"<dt>{name}</dt><dd>{_text(value)}</dd>" for name, value in facts(group, version)
            )
            yield f"<dl>{pairs}</dl>"
            yield "<table><tr><th>Feature</th><th>Type</th><th>What it is</th></tr>"
            for each in version["features"]:
                cells = (f"<code>{_text(each['name'])}</code>", _text(each["type"]))
                row = "".join(f"<td>{cell}</td>" for cell in (*cells, _text(_said(each))))
                yield f"<tr>{row}</tr>"
            yield "</table>"


def _text(value: Json) -> str:
    return escaping.escape(harmless(str(value)))
