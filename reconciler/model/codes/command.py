"""Codes about commands and what they write."""

from __future__ import annotations

from reconciler.model.codes.code import Code

CODES = (
    Code(
        "CLI001",
        "not an address",
        "An address on the command line is not of the form TYPE/NAME.",
        "Copy the address from the plan.",
    ),
    Code(
        "CLI002",
        "nothing to adopt",
        "An address given with --adopt is not one that a spec makes.",
        "Copy the address from the plan.",
    ),
    Code(
        "CLI009",
        "fault of Moorline",
        "A command stopped for a reason that Moorline does not know.",
        "Set MOORLINE_DEBUG=1 to see where, and report it.",
    ),
    Code(
        "SANDBOX001",
        "no sandbox",
        "The embedded AWS could not be started or stopped.",
        "Install it with pip install moorline[sandbox]; read the log lines in the message.",
    ),
    Code(
        "EXPORT001",
        "not in CloudFormation",
        "A property exists in the AWS API and not in CloudFormation, so the template lacks it.",
        "Set it by other means where the template is used.",
    ),
    Code(
        "EXPORT002",
        "template too large",
        "CloudFormation takes at most 500 resources in a template.",
        "Split the platform where the template is used.",
    ),
)
