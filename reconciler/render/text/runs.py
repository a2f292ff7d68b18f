"""Runs of pipelines as people read them: what is new, how one ended, and where its logs are."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, MutableMapping
from urllib.parse import quote

from reconciler.model.run import Run, Runnable, Stage, StepRun

_CONSOLES = {
    "aws": "console.aws.amazon.com",
    "aws-cn": "console.amazonaws.cn",
    "aws-us-gov": "console.amazonaws-us-gov.com",
}
_SIGNS = {
    Stage.RUNNING: "…",
    Stage.SUCCEEDED: "✓",
    Stage.FAILED: "✗",
    Stage.STOPPED: "■",
    Stage.TIMED_OUT: "✗",
    Stage.UNKNOWN: "?",
}
_MINUTE = 60


def news(run: Run, told: MutableMapping[str, str], steps: Collection[str] = ()) -> Iterator[str]:
    """A line for each step of which something is new; `told` remembers what was.

    Where the steps of the spec are known, other states are no news.
    """
    for step in run.steps:
        if steps and step.name not in steps:
            continue
        line = _line(step)
        if told.get(step.name) != line:
            told[step.name] = line
            yield f"  {line}"


def _line(step: StepRun) -> str:
    took = "" if step.ended is None or not step.began else f" in {span(step.ended - step.began)}"
    tries = f", try {step.tries}" if step.tries > 1 else ""
    why = f": {step.why}" if step.why else ""
    return f"{_SIGNS[step.stage]} {step.name} {step.stage}{took}{tries}{why}"


def span(seconds: float) -> str:
    """A time as in ``42 s`` or ``3 min 5 s``."""
    minutes, rest = divmod(round(seconds), _MINUTE)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def summary(run: Run, links: Mapping[str, str], spec: str) -> str:
    """How a run stands, in a few lines."""
    took = "" if run.ended is None else f" after {span(run.ended - run.began)}"
    lines = [f"run {run.name}: {run.stage}{took}"]
    failed = [step for step in run.steps if step.stage in {Stage.FAILED, Stage.TIMED_OUT}]
    if failed and run.stage is not Stage.SUCCEEDED:
        lines.append(f"  {failed[-1].name} failed: {failed[-1].why or run.why}")
    elif run.why:
        lines.append(f"  {run.why}")
    if run.stage is Stage.RUNNING:
        lines.append(f"  `moorline run {spec} --watch --name {run.name}` follows it,"
                     f" `moorline stop {spec} {run.name}` stops it")  # fmt: skip
    elif run.again and run.stage is not Stage.SUCCEEDED:
        lines.append(f"  `moorline retry {spec} {run.name}` goes on from the step that failed")
    lines += [f"  {name}: {link}" for name, link in links.items()]
    return "\n".join(lines)


def links(run: Run, what: Runnable, region: str, partition: str) -> dict[str, str]:
    """Pages of AWS's console; none for a partition whose console nobody here knows."""
    host = _CONSOLES.get(partition)
    if host is None:
        return {}
    base = f"https://{region}.{host}"
    logs = f"{base}/cloudwatch/home?region={region}#logsV2:log-groups/log-group"
    if what.machine:
        page = (
            f"{base}/states/home?region={region}#/v2/executions/details/{quote(run.arn, safe=':')}"
        )
        return {"run": page, "logs": f"{logs}/{_group(f'/aws/vendedlogs/states/{what.name}')}"}
    jobs = f"{base}/sagemaker/home?region={region}#/jobs"
    return {"jobs": jobs, "logs": f"{logs}/{_group('/aws/sagemaker/TrainingJobs')}"}


def _group(name: str) -> str:
    """A log group as the console's addresses have it: quoted twice, with `$` for `%`."""
    return quote(quote(name, safe=""), safe="").replace("%", "$")
