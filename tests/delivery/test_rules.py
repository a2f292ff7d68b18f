"""What the written files must never and always do."""

from __future__ import annotations

import re

import pytest

from .written import ACTION, PROVIDERS, data, files, shells

WORKFLOWS = sorted(path for path in files("github") if path.startswith(".github"))
EXPRESSION = re.compile(r"\$\{\{")


def jobs(path: str) -> dict:
    return data(files("github")[path])["jobs"]


def steps() -> list[tuple[str, dict]]:
    return [
        (path, step) for path in WORKFLOWS for job in jobs(path).values() for step in job["steps"]
    ]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_expression_of_the_ci_system_is_inside_shell(provider: str) -> None:
    assert [each for each in shells(provider) if EXPRESSION.search(each.text)] == []


def test_no_expression_is_inside_the_shell_of_the_action() -> None:
    runs = [step.get("run", "") for step in data(ACTION.read_text())["runs"]["steps"]]

    assert [run for run in runs if EXPRESSION.search(run)] == []


def test_no_workflow_runs_the_code_of_a_fork_with_our_secrets() -> None:
    text = "".join(files("github")[path] for path in WORKFLOWS)

    assert "pull_request_target" not in text
    assert "secrets." not in text


def test_the_job_of_a_fork_may_only_read() -> None:
    fork = jobs(".github/workflows/moorline-pull-request.yml")["fork"]

    assert fork["permissions"] == {"contents": "read", "actions": "read"}
    assert "!=" in fork["if"]
    assert "AWS_ROLE_ARN" not in fork["env"]


@pytest.mark.parametrize("path", WORKFLOWS)
def test_permissions_are_none_and_given_to_each_job(path: str) -> None:
    assert data(files("github")[path])["permissions"] == {}
    assert all("permissions" in job for job in jobs(path).values())


def test_only_what_github_makes_is_used() -> None:
    used = {step["uses"].partition("@")[0] for _, step in steps() if "uses" in step}
    commits = [step["uses"].partition("@")[2] for _, step in steps() if "uses" in step]

    assert all(re.fullmatch("[0-9a-f]{40}", each) for each in commits)

    assert used == {
        "actions/checkout",
        "actions/setup-python",
        "actions/upload-artifact",
        "actions/download-artifact",
        "github/codeql-action/upload-sarif",
    }


def test_a_checkout_leaves_no_token_behind() -> None:
    found = [step["with"] for _, step in steps() if "checkout" in step.get("uses", "")]

    assert all(each["persist-credentials"] is False for each in found)


def test_environments_follow_each_other_on_github() -> None:
    made = jobs(".github/workflows/moorline-apply.yml")

    assert {name: job.get("needs", []) for name, job in made.items()} == {
        "plan-dev": [],
        "apply-dev": ["plan-dev"],
        "plan-staging": ["apply-dev"],
        "apply-staging": ["plan-staging"],
        "plan-prod": ["apply-staging"],
        "apply-prod": ["plan-prod"],
    }
    applying = {name: job for name, job in made.items() if name.startswith("apply")}
    assert all(job["environment"] == name[6:] for name, job in applying.items())


def test_nothing_that_applies_is_cancelled_midway() -> None:
    made = jobs(".github/workflows/moorline-apply.yml")
    made |= {"act": jobs(".github/workflows/moorline-manual.yml")["act"]}
    locks = {name: job["concurrency"] for name, job in made.items() if "concurrency" in job}
    lab = data(files("gitlab")[".gitlab/moorline.yml"])
    pipeline = data(files("codepipeline")["delivery/codepipeline.yaml"])["Resources"]["Pipeline"]

    assert locks.keys() == made.keys()
    assert all(not each["cancel-in-progress"] for each in locks.values())
    applying = [job for name, job in lab.items() if name.startswith(("apply", "resume", "revert"))]
    assert len(applying) == 12
    assert all(_interruptible(lab, job) is False for job in applying)
    assert all(job["resource_group"] for job in applying)
    assert pipeline["Properties"]["ExecutionMode"] == "QUEUED"
    assert "disableConcurrentBuilds(abortPrevious: false)" in files("jenkins")["Jenkinsfile"]


def _interruptible(lab: dict, job: dict) -> bool:
    if "interruptible" in job:
        return job["interruptible"]
    parents = job["extends"] if isinstance(job["extends"], list) else [job["extends"]]
    return next(
        lab[name]["interruptible"] for name in reversed(parents) if "interruptible" in lab[name]
    )


def test_a_person_is_asked_between_environments() -> None:
    lab = data(files("gitlab")[".gitlab/moorline.yml"])
    manual = {name: [rule.get("when") for rule in lab[f"apply {name}"].get("rules", [])]
              for name in ("dev", "staging", "prod")}  # fmt: skip
    stages = data(files("codepipeline")["delivery/codepipeline.yaml"])["Resources"]["Pipeline"]
    actions = {each["Name"]: [action["Name"] for action in each["Actions"]]
               for each in stages["Properties"]["Stages"]}  # fmt: skip
    jenkins = files("jenkins")["Jenkinsfile"]

    assert manual == {"dev": [], "staging": ["manual"], "prod": ["manual"]}
    assert actions == {
        "Source": ["Source"],
        "dev": ["Plan", "Apply"],
        "staging": ["Plan", "Approve", "Apply"],
        "prod": ["Plan", "Approve", "Apply"],
    }
    assert re.findall(r"input message: 'Apply this plan to (\w+)", jenkins) == ["staging", "prod"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_what_is_applied_was_compared_with_what_was_reviewed(provider: str) -> None:
    text = "".join(each.text for each in shells(provider))

    assert "moorline ci reviewed moorline-out/plan.file" in text
    assert 'moorline apply moorline-out/plan.file --commit "$MOORLINE_COMMIT"' in text
    assert not re.search(r"moorline apply (?!moorline-out/plan\.file|--resume)", text)


# -- what looks at a change shares nothing with what applies


def builder(name: str) -> dict[tuple[str, ...], list]:
    """What a role of the pipeline may do, by its actions."""
    parts = data(files("codepipeline")["delivery/codepipeline.yaml"])["Resources"]
    (policy,) = parts[name]["Properties"]["Policies"]
    found = {}
    for each in policy["PolicyDocument"]["Statement"]:
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        where = each["Resource"] if isinstance(each["Resource"], list) else [each["Resource"]]
        found[tuple(actions)] = where
    return found


def may(name: str, prefix: str) -> set[str]:
    found = builder(name).items()
    return {w for actions, where in found if actions[0].startswith(prefix) for w in where}


def test_a_build_of_a_pull_request_writes_where_the_pipeline_never_reads() -> None:
    assert may("PullRequestBuilder", "s3:") == {"${Previews.Arn}/*"}
    assert may("PlanBuilder", "s3:") == may("ApplyBuilder", "s3:") == {"${Artifacts.Arn}/*"}
    assert not any("s3:PutObject" in actions for actions in builder("ApplyBuilder"))
    assert may("PullRequestBuilder", "secretsmanager:") == {"CommentTokenSecret"}
    assert may("PlanBuilder", "secretsmanager:") == {"TokenSecret"}
    assert may("ApplyBuilder", "secretsmanager:") == set()
    logs = [may(f"{name}Builder", "logs:") for name in ("PullRequest", "Plan", "Apply")]
    assert sum(map(len, logs)) == len(set.union(*logs))
    assert may("PullRequestBuilder", "sts:") == may("PlanBuilder", "sts:")
    assert all(role.endswith("-plan") for role in may("PullRequestBuilder", "sts:"))


def test_a_pull_request_does_not_say_what_its_build_runs() -> None:
    made = files("codepipeline")
    source = data(made["delivery/codepipeline.yaml"])["Resources"]["PullRequest"]["Properties"]

    assert source["Source"]["BuildSpec"].startswith("# Written by")
    assert source["ServiceRole"] == "PullRequestBuilder.Arn"
    assert "delivery/buildspecs/pull-request.yml" not in made


def test_the_pipeline_believes_the_comments_of_one_author() -> None:
    whole = data(files("codepipeline")["delivery/codepipeline.yaml"])
    known = {
        each["Name"]: each["Value"]
        for each in whole["Resources"]["Plan"]["Properties"]["Environment"]["EnvironmentVariables"]
        if isinstance(each["Name"], str)
    }

    assert "Default" not in whole["Parameters"]["CommentAuthor"]
    assert known["MOORLINE_AUTHOR"] == "CommentAuthor"


def test_jenkins_keeps_change_requests_off_the_agents_that_apply() -> None:
    text = files("jenkins")["Jenkinsfile"]
    stages = dict(re.findall(r"stage\('([^']+)'\) \{\n\s+agent \{ label '([^']+)' \}", text))

    assert set(re.findall(r"stage\('([^']+)'\)", text)) == set(stages)
    assert [name for name, label in stages.items() if label == "moorline-review"] == [
        "Change request"
    ]
    assert set(stages.values()) == {"moorline-review", "moorline-apply"}
    assert "agent none" in text
    assert text.count("beforeAgent true") == len(stages)
    assert "changeRequest(); expression { trusted() }" in text
    assert "followSymlinks: false" in text


def test_jenkins_gives_a_change_request_another_token_than_what_reads_its_comment() -> None:
    text = files("jenkins")["Jenkinsfile"]

    assert "env.CHANGE_ID ? 'moorline-comment-token' : 'moorline-read-token'" in text
    fork = text[text.index("if (env.CHANGE_FORK) {") :]
    assert "inside(" not in fork[: fork.index("} else {")]


@pytest.mark.parametrize("provider", ["codepipeline", "github", "jenkins"])
def test_whose_comment_counts_is_given_to_what_compares(provider: str) -> None:
    """The command reads the variable itself; GitLab's jobs have variables of the project anyway."""
    assert "MOORLINE_AUTHOR" in "".join(files(provider).values())


def test_nothing_is_kept_as_an_artefact_before_its_folder_was_made_anew() -> None:
    kept = [step for _, step in steps() if "upload" in step.get("uses", "") and "if" in step]

    assert len(kept) > 8
    assert all("steps.install.outcome == 'success'" in step["if"] for step in kept)


def test_nothing_is_cached_between_runs() -> None:
    text = "".join(t for p in PROVIDERS for path, t in files(p).items())

    assert "actions/cache" not in text
    assert not re.search(r"^\s*cache:", text, re.MULTILINE)
