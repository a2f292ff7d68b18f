"""Codes about commands and what they write."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 150
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
        "A command stopped for a reason that Moorline does not know: a fault of its own, not of "
        "your files. The message says what went wrong and in which line of Moorline. The exit code "
        "is 1.",
        "Report it with what MOORLINE_DEBUG=1 and the same command print: secrets are taken out.",
    ),
    Code(
        "CLI010",
        "would overwrite",
        "`init` makes new files only, and some that it would make are there already.",
        "Name another folder, or move the files away; nothing was written.",
    ),
    Code(
        "CLI011",
        "nothing of that name",
        "What the command line names is not there: no such resource, kind, code or schema.",
        "Copy the name from the plan or the reference; the message names close ones.",
    ),
    Code(
        "CLI012",
        "cannot write",
        "A file that was asked for could not be written.",
        "Check the path, its permissions and the space on the disk.",
    ),
    Code(
        "CLI013",
        "not a name for a platform",
        "An answer to `init` cannot be the name of a platform, an account or a region.",
        "The message says which form it must have.",
    ),
    Code(
        "CLI014",
        "not rewritten",
        "`moorline fix` found something in older words that it does not change: what it stands for"
        " is not certain, it is written in a way that cannot be changed in place, or the file is"
        " a link or lies outside the project.",
        "Change it by hand as the message says; docs/language.md has today's words.",
    ),
    Code(
        "CLI015",
        "package missing",
        "A Python package that this command needs is not installed. Moorline installs without the "
        "sandbox, which is an extra.",
        "Run the `pip install` of the message.",
    ),
    Code(
        "CLI016",
        "refused by the system",
        "A file could not be read or written: it is not there, may not be touched, or the disk is "
        "full. The message names it.",
        "Mend that and run the command again.",
    ),
    Code(
        "CLI017",
        "no platform here",
        "A platform is a folder with `specs` and `environments`, and the command ran in one that "
        "has neither.",
        "Change to the folder that the help names, or start a platform with moorline init.",
    ),
    Code(
        "CLI018",
        "not such a file",
        "A file that was named is not what the command reads.",
        "Name the file that the help says, or write it anew.",
    ),
    Code(
        "SANDBOX001",
        "no sandbox",
        "The embedded AWS could not be started or stopped, or its state is not to be trusted. It "
        "lives below XDG_STATE_HOME (else ~/.local/state) in moorline/sandbox, never in the "
        "project. A folder there that is a link, somebody else's or open to others is refused, "
        "and so is a snapshot that no sandbox of this user wrote.",
        "Install it with pip install 'moorline[sandbox]'; read the log lines in the message; give "
        "the folder that is named to yourself alone, or empty it with moorline sandbox reset.",
    ),
    Code(
        "SANDBOX002",
        "the sandbox began anew",
        "The last apply ended before the sandbox was empty for the last time: somebody reset it, "
        "or its state folder was deleted. What earlier receipts say is of what is lost, and no "
        "resource is told to have been deleted by hand.",
        "Apply again. `moorline history` still shows the earlier applies.",
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
