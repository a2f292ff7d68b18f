"""Names that people choose stand in every file as themselves: no program fills anything in."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from sweeps import sample

from reconciler.delivery import api, site as sites, write
from reconciler.delivery.site import Site

from .test_init import EVIL, PLACE, folder, init  # noqa: F401 - a fixture
from .written import PROVIDERS, data, site, stage

BRANCHES = (
    "x${AWS::AccountId}",
    "${Environment}",
    "{environment}",
    "${!Environment}",
    "${aws:username}",
    "${*}",
    "a*b?c",
    "x${{github.token}}",
    "x}}${{y",
    "{{x}}",
    "[[site.version]]",
    "[%x%]",
    "$(touch${IFS}pwned)",
    "`id`",
    'a"b',
    "a'b",
    "a'''b",
    "a\nb",
    "#{Source.CommitId}",
    "\\",
    "${",
)
SLOTS = {"Environment": "dev", "AWS::Partition": "aws", "AWS::AccountId": "1", "AWS::Region": "r"}


class Intrinsic(yaml.CSafeLoader):
    """CloudFormation's YAML with short tags written out."""


def _long(loader: Intrinsic, suffix: str, node: yaml.Node) -> Any:
    if isinstance(node, yaml.ScalarNode):
        value = loader.construct_scalar(node)
    elif isinstance(node, yaml.SequenceNode):
        value = loader.construct_sequence(node, deep=True)
    else:
        value = loader.construct_mapping(node, deep=True)
    return {f"Fn::{suffix}" if suffix != "Ref" else suffix: value}


Intrinsic.add_multi_constructor("!", _long)


def substituted(text: str, slots: dict[str, str] | None = None) -> str:
    """A text of `Fn::Sub`, as its documentation says."""
    known = SLOTS | (slots or {})

    def fill(found: re.Match[str]) -> str:
        name = found[1]
        return f"${{{name[1:]}}}" if name.startswith("!") else known[name]

    return re.sub(r"\$\{([^}]+)\}", fill, text)


def matched(pattern: str) -> str:
    """A pattern of IAM without wildcards or variables, as the text that it matches."""
    plain = re.sub(r"\$\{([$*?])\}", lambda found: f"\0{ord(found[1])}\0", pattern)
    assert not re.search(r"\$\{|[*?]", plain), pattern
    return re.sub(r"\0(\d+)\0", lambda found: chr(int(found[1])), plain)


def subjects(files: dict[str, str], role: str) -> list[str]:
    found = yaml.load(files[write.ROLES], Intrinsic)["Resources"][role]
    (statement, *_) = found["Properties"]["AssumeRolePolicyDocument"]["Statement"]
    (key,) = {key for kind in statement["Condition"].values() for key in kind if ":sub" in key}
    (texts,) = [kind[key] for kind in statement["Condition"].values() if key in kind]
    return [substituted(t["Fn::Sub"]) if isinstance(t, dict) else t for t in texts]


def written(provider: str, branch: str) -> dict[str, str]:
    return write.files(api.load()[provider], site(branch=branch))


@pytest.mark.parametrize("branch", sample(BRANCHES, 5))
@pytest.mark.parametrize(
    ("provider", "before", "after"),
    [
        ("github", "repo:acme/platform:ref:refs/heads/", ""),
        ("gitlab", "project_path:acme/platform:ref_type:branch:ref:", ""),
        ("jenkins", "https://jenkins.example.com/job/acme/job/", "/"),
    ],
)
def test_a_role_is_for_the_branch_of_that_name_alone(
    provider: str, before: str, after: str, branch: str
) -> None:
    role = "PlanRole" if provider == "github" else "ApplyRole"
    found = subjects(written(provider, branch), role)[-1]

    assert matched(found) == f"{before}{branch}{after}"


@pytest.mark.parametrize("branch", sample(BRANCHES, 5))
def test_an_environment_s_role_knows_nothing_of_the_branch(branch: str) -> None:
    found = subjects(written("github", branch), "ApplyRole")

    assert found == ["repo:acme/platform:environment:dev"]


@pytest.mark.parametrize("branch", sample(BRANCHES, 10))
def test_a_branch_in_the_pipeline_s_template_is_filled_in_by_nothing(branch: str) -> None:
    whole = yaml.load(written("codepipeline", branch)["delivery/codepipeline.yaml"], Intrinsic)
    parts = whole["Resources"]
    source = parts["Pipeline"]["Properties"]["Stages"][0]["Actions"][0]["Configuration"]
    (group,) = parts["PullRequest"]["Properties"]["Triggers"]["FilterGroups"]

    assert source["BranchName"] == branch
    assert parts["Drift"]["Properties"]["SourceVersion"] == f"refs/heads/{branch}"
    assert re.fullmatch(group[1]["Pattern"], f"refs/heads/{branch}")
    plain = yaml.load(written("codepipeline", "main")["delivery/codepipeline.yaml"], Intrinsic)
    assert list(subs(whole)) == list(subs(plain))


def subs(node: Any) -> Iterator[str]:
    """Every text that CloudFormation fills."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "Fn::Sub":
                yield value if isinstance(value, str) else value[0]
            yield from subs(value)
    elif isinstance(node, list):
        for each in node:
            yield from subs(each)


@pytest.mark.parametrize("branch", sample(BRANCHES, 5))
def test_github_compares_the_branch_as_one_text(branch: str) -> None:
    made = written("github", branch)
    condition = data(made[".github/workflows/moorline-manual.yml"])["jobs"]["look"]["if"]
    pull = yaml.load(made[".github/workflows/moorline-pull-request.yml"], Intrinsic)

    found = re.fullmatch(r"\$\{\{ github\.ref == '((?:[^']|'')*)' \}\}", condition)
    assert found is not None
    assert found[1].replace("''", "'") == f"refs/heads/{branch}"
    (pattern,) = pull[True]["pull_request"]["branches"]  # YAML takes `on` for true
    assert re.sub(r"\\(.)", r"\1", pattern, flags=re.DOTALL) == branch


@pytest.mark.parametrize("branch", sample(BRANCHES, 5))
def test_jenkins_reads_the_branch_as_one_text(branch: str) -> None:
    """Groovy's escapes in single quotes are those of Python."""
    text = written("jenkins", branch)["Jenkinsfile"]
    found = re.search(r"env\.BRANCH_NAME == ('(?:[^'\\]|\\.)*') \?", text)

    assert found is not None
    assert ast.literal_eval(found[1]) == branch
    assert text.count(found[1]) > 3


@pytest.mark.parametrize("branch", sample(BRANCHES, 5))
def test_gitlab_s_file_has_no_branch_at_all(branch: str) -> None:
    assert (
        written("gitlab", branch)[".gitlab/moorline.yml"]
        == written("gitlab", "main")[".gitlab/moorline.yml"]
    )


def test_a_prefix_of_receipts_is_no_wildcard() -> None:
    made: Site = site(stages=(stage("dev", first=True, prefix="a*'${aws:x}"),))
    found = data(write.files(api.load()["github"], made)[write.ROLES])

    keys = found["Mappings"]["Environments"]["dev"]["Keys"]
    assert matched(keys) == "a*'${aws:x}/dev/"


@pytest.mark.parametrize(
    "branch",
    ["main", "release/1.2", "feature/x-y_z", "v1+2", "a@b", "${Environment}", "a'b", "$(id)"],
)
def test_a_branch_that_git_takes_is_taken(branch: str) -> None:
    assert sites.is_branch(branch)


@pytest.mark.parametrize(
    "branch",
    ["", "a b", "a\nb", "a\tb", "a~1", "a^", "a:b", "a?b", "a*b", "a[b", "a\\b", "a..b", "a@{b",
     "/a", "a/", "a//b", "a.", "a.lock", "a/.b", ".a", "-a", "@", "#{Source.CommitId}", "pr/7"],
)  # fmt: skip
def test_a_branch_that_some_program_reads_otherwise_is_refused(branch: str) -> None:
    assert not sites.is_branch(branch)


@pytest.mark.parametrize("branch", ["pr/7", "a\nb", "#{Source.CommitId}"])
def test_init_refuses_such_a_branch(folder: Any, branch: str) -> None:  # noqa: F811
    done = init(folder, "--provider", "codepipeline", "--branch", branch, "--json")

    assert [each["code"] for each in json.loads(done.out)["diagnostics"]] == ["DELIVERY006"]
    assert not (folder / "delivery").exists()


MORE = ("${AWS::AccountId}", "{{x}}", "[[x]]", "${{x}}", "#{x}", "a/b", "a b", "*", "é", "A")


@pytest.mark.parametrize("provider", PROVIDERS)
def test_no_file_names_an_environment_of_such_a_name(folder: Any, provider: str) -> None:  # noqa: F811
    from tests.cli.mistakes import environment

    for name in (*EVIL, *MORE):
        assert not sites.NAME.fullmatch(name), name
        (folder / "environments/evil.yaml").write_text(environment(json.dumps(name), PLACE))
    done = init(folder, "--provider", provider)
    assert done.code != 0
    assert not (folder / "delivery").exists()
