"""Examples for `--help` and the reference, by verb: what one would type first."""

from __future__ import annotations

from collections.abc import Mapping

EXAMPLES: Mapping[str, tuple[str, ...]] = {
    "init": (
        "moorline init shop",
        "moorline init shop --platform shop --account 123456789012 --region eu-west-1 --yes",
        "moorline init shop --with features,rollout,monitoring,budget --yes",
    ),
    "validate": ("moorline validate", "moorline validate -e prod --json"),
    "fix": ("moorline fix --check", "moorline fix"),
    "compile": (
        "moorline compile -e local",
        "moorline compile -e prod --format cloudformation > template.json",
    ),
    "plan": (
        "moorline plan -e local",
        "moorline plan -e prod -o prod.plan",
        "moorline plan -e prod --detailed-exitcode",
    ),
    "apply": ("moorline apply -e local", "moorline apply prod.plan", "moorline apply -e dev --yes"),
    "drift": ("moorline drift -e prod", "moorline drift -e prod --json"),
    "failover": ("moorline failover -e prod", "moorline failover -e prod --json"),
    "history": ("moorline history -e prod", "moorline history -e prod --json"),
    "revert": ("moorline revert -e prod", "moorline revert -e prod --yes"),
    "explain": (
        "moorline explain AWS::SageMaker::Endpoint/acme-prod-fraud-detector -e prod",
        "moorline explain Rollout/fraud-detector -e prod",
        "moorline explain AWS::SageMaker::FeatureGroup.FeatureDefinitions",
        "moorline explain Rollout.strategy.blueGreen",
        "moorline explain Rollout.serve.realtime.instances",
        "moorline explain SPEC012",
    ),
    "docs": (
        "moorline docs features -e prod > features.md",
        "moorline docs features -e prod --format html --drift drift.json > features.html",
    ),
    "schema": (
        "moorline schema FeatureGroup",
        "moorline schema --list",
        "moorline schema --write schemas",
    ),
    "completion": (
        'eval "$(moorline completion bash)"',
        "moorline completion zsh > ~/.zfunc/_moorline",
        "moorline completion fish > ~/.config/fish/completions/moorline.fish",
    ),
    "graph": (
        "moorline graph -e local --format mermaid",
        "moorline graph -e prod AWS::SageMaker::Endpoint/acme-prod-fraud-detector",
    ),
    "rollout": (
        "moorline rollout status -e prod",
        "moorline rollout advance --all --yes -e prod",
        "moorline rollout run scorer -e staging",
        "moorline rollout abort scorer -e prod",
        "moorline rollout abort --endpoint acme-prod-scorer -e prod --yes",
    ),
    "registry": (
        "moorline registry status fraud -e prod",
        "moorline registry check fraud -e prod --json",
        "moorline registry approve fraud 13 -e prod",
        "moorline registry promote fraud 13 --to Production --write -e prod",
        "moorline registry revert fraud 12 --write -e prod",
    ),
    "ci": (
        "moorline ci init --provider github",
        "moorline ci comment plan.json",
        "moorline drift -e prod --json | moorline ci report - -e prod --to issue",
    ),
    "sandbox": ("moorline sandbox status", "moorline sandbox reset"),
}


def epilog(verb: str) -> str:
    """The end of a verb's help; each paragraph is shown as a line."""
    examples = EXAMPLES.get(verb, ())
    return "\n\n".join(["Examples:", *(f"$ {each}" for each in examples)]) if examples else ""
