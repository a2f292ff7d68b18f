"""A report as one page: nothing is loaded from elsewhere, and it can be read without colours.

Every text of the data is escaped. A verdict is a word, and colour only repeats it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:72rem;padding:0 1rem}
table{border-collapse:collapse;margin:1rem 0;width:100%}
caption{font-weight:600;text-align:left;padding:.5rem 0}
th,td{border-bottom:1px solid #767676;padding:.25rem .75rem;text-align:left;vertical-align:top}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums}
.wide{overflow-x:auto}
strong.VIOLATED,strong.FAILED{text-decoration:underline}
@media print{body{margin:0;max-width:none}}
"""
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
_WORDS = {
    "OK": "as it should be",
    "VIOLATED": "broken",
    "NO_DATA": "no data",
    "INSUFFICIENT": "too little data to say",
    "FAILED": "failed",
}
_TITLES = {
    "profile": "Reference",
    "compare": "Comparison with the reference",
    "evaluate": "Quality of the model",
    "bias": "Bias",
}


def page(report: Mapping[str, Any]) -> str:
    """The page of any report."""
    title = _TITLES.get(report["verb"], report["verb"])
    name = report.get("name", "")
    heading = f"{title}: {name}" if name else title
    parts = [
        "<!DOCTYPE html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">',
        f"<title>{escape(heading)}</title><style>{_STYLE}</style></head><body><main>",
        f"<h1>{escape(heading)}</h1>",
        f"<p>Outcome: {_status(report['status'])}. {_rows(report)}</p>",
        *_SECTIONS.get(report["verb"], _nothing)(report),
        "</main></body></html>",
    ]
    return "\n".join(parts) + "\n"


def _status(status: str) -> str:
    return f'<strong class="{escape(status)}">{escape(_WORDS.get(status, status))}</strong>'


def _rows(report: Mapping[str, Any]) -> str:
    said = f"{report.get('rows', 0):,} rows"
    window = report.get("window")
    if window:
        said += f", from {window['start']} until before {window['end']}"
    if report.get("error"):
        said += f". {report['error']}"
    return escape(said) + "."


def _nothing(_: Mapping[str, Any]) -> Iterable[str]:
    return ()


def _table(
    caption: str, heads: Sequence[str], rows: Iterable[Sequence[Any]], numbers: int = 0
) -> str:
    """A table whose last `numbers` columns are numbers, and whose first one names the row."""
    first = len(heads) - numbers

    def kind(at: int) -> str:
        return ' class="n"' if at >= first else ""

    head = "".join(f'<th scope="col"{kind(at)}>{escape(it)}</th>' for at, it in enumerate(heads))
    body = []
    for row in rows:
        cells = [f'<th scope="row">{escape(str(row[0]))}</th>']
        cells += [f"<td{kind(at)}>{_cell(it)}</td>" for at, it in enumerate(row[1:], 1)]
        body.append(f"<tr>{''.join(cells)}</tr>")
    if not body:
        return f"<p>{escape(caption)}: none.</p>"
    return (
        f'<div class="wide" tabindex="0" role="region" aria-label="{escape(caption)}"><table>'
        f"<caption>{escape(caption)}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{''.join(body)}</tbody></table></div>"
    )


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, int):
        return f"{value:,}"
    return _status(value) if value in _WORDS else escape(str(value))


def _range(each: Mapping[str, Any]) -> str | None:
    found = each.get("interval")
    return None if found is None else f"{found[0]:.4g} to {found[1]:.4g}"


def _profile(report: Mapping[str, Any]) -> Iterable[str]:
    rows = [
        (
            name, each["type"], each["present"], each["missing"],
            each.get("mean"), each.get("deviation"), each.get("least"), each.get("most"),
        )
        for name, each in report["columns"].items()
    ]  # fmt: skip
    heads = ("column", "type", "values", "missing", "mean", "deviation", "least", "most")
    yield _table("Columns", heads, rows, 6)


def _compare(report: Mapping[str, Any]) -> Iterable[str]:
    rows = []
    for each in report["drift"]:
        measures = each["measures"]
        told = ", ".join(
            f"{name} {value:.4g}" for name, value in measures.items() if value is not None
        )
        rows.append(
            (each["feature"], each["status"], ", ".join(each["effects"]), told,
             each["rows"], each["p"], each["pAdjusted"])
        )  # fmt: skip
    heads = ("feature", "outcome", "effects", "measures", "rows", "p", "adjusted p")
    yield _table("Features", heads, rows, 3)
    broken = [each for each in report["quality"] if each["status"] != "OK"]
    rules = [(each["column"], each["rule"], each["status"], each["text"]) for each in broken]
    yield _table("Rules that are broken or could not be judged", _RULES, rules)


_RULES = ("column", "rule", "outcome", "what was found")


def _evaluate(report: Mapping[str, Any]) -> Iterable[str]:
    rows = [(name, each["value"], _range(each)) for name, each in report["metrics"].items()]
    share = report.get("confidence", 0.95)
    yield _table("Figures", ("figure", "value", f"interval ({share:.0%})"), rows, 2)
    judged = [
        (each["metric"], each["status"], each["because"], each["value"],
         each["limit"].get("atLeast"), each["limit"].get("atMost"))
        for each in report.get("judged", ())
    ]  # fmt: skip
    heads = ("figure", "outcome", "because of", "value", "at least", "at most")
    yield _table("Limits", heads, judged, 3)
    if report.get("labels"):
        yield _table("Labels", ("what", "count"), [*report["labels"].items()], 1)


def _bias(report: Mapping[str, Any]) -> Iterable[str]:
    for each in report["results"]:
        rows = [
            (name, metric["value"], _range(metric), name in each["violations"])
            for name, metric in each["metrics"].items()
        ]
        segment = ", ".join(f"{name} {value}" for name, value in each["segment"].items())
        where = f" where {segment}" if segment else ""
        sizes = each["rows"]
        yield f"<h2>{escape(each['facet'])}: {escape(each['group'])}{escape(where)}</h2>"
        yield (
            f"<p>{_status(each['status'])}. Favoured: {escape(each['favoured'])}, "
            f"{sizes['favoured']:,} rows; here {sizes['other']:,} rows.</p>"
        )
        yield _table("Figures", ("figure", "value", "interval", "limit broken"), rows, 3)


_SECTIONS = {"profile": _profile, "compare": _compare, "evaluate": _evaluate, "bias": _bias}
