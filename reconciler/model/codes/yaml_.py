"""Codes about text: YAML, JSON, encoding, files."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 10
CODES = (
    Code(
        "YAML001",
        "not valid YAML",
        "The text breaks a rule of YAML at the place shown. Everything after it in this file is"
        " unread; other files are still checked.",
        "Compare the indentation with the lines around it, and quote texts with ': ', ' #' or a"
        " special character at the start.",
    ),
    Code(
        "YAML002",
        "tab as indentation",
        "YAML forbids tabs in indentation, because their width differs between editors.",
        "Indent with spaces; most editors can convert the file.",
    ),
    Code(
        "YAML003",
        "bracket or quote never closed",
        "The bracket or quote at the place shown has no partner in the rest of the file.",
        'Close it. In single quotes a quote is written twice; in double quotes as \\".',
    ),
    Code(
        "YAML004",
        "key written twice",
        "A mapping has the same key twice. Most YAML tools silently keep the last one.",
        "Keep one of the two; the message names the first place.",
    ),
    Code(
        "YAML005",
        "unknown anchor",
        "'*name' repeats a value that '&name' marked above it, and no such mark exists. A text that"
        " starts with '*' or '&' has to be quoted.",
        "Define the anchor first, or put the text in quotes: '*.example.com'.",
    ),
    Code(
        "YAML006",
        "value contains itself",
        "An alias stands inside the value it repeats, which would never end.",
        "Write the value out.",
    ),
    Code(
        "YAML007",
        "too much repeated by aliases",
        "The aliases of the file repeat so many values that it could exhaust memory.",
        "Write the values out, or split the file.",
    ),
    Code(
        "YAML008",
        "merge key",
        "'<<' belongs to YAML 1.1 and hides which value wins.",
        "Write the merged keys out; for differences between environments use `overrides`.",
    ),
    Code(
        "YAML009",
        "tag",
        "Tags such as !Ref or !!python/object give values a hidden type. Specs have none.",
        "Remove the tag; if '!' belongs to a text, put the text in quotes.",
    ),
    Code(
        "YAML010",
        "key is not text",
        "Keys must be text, as in JSON; this one is a number, a boolean, null or a collection.",
        "Put the key in quotes.",
    ),
    Code(
        "YAML011",
        "number that JSON cannot hold",
        "Infinity and NaN exist in YAML and not in JSON, in which AWS takes its requests.",
        "Write a finite number, or quotes if it is meant as text.",
    ),
    Code(
        "YAML012",
        "integer too large",
        "The integer does not fit in 64 bits and would lose digits on its way to AWS.",
        "Put it in quotes if it is an identifier, or write a smaller number.",
    ),
    Code(
        "YAML013",
        "nested too deeply",
        "No spec needs 100 levels; a file with more is a mistake or an attack.",
        "Look for a missing closing bracket, or split the document.",
    ),
    Code(
        "YAML014",
        "file too large",
        "Spec files may have one megabyte.",
        "Split the file; one document a file reads best.",
    ),
    Code(
        "YAML015",
        "not UTF-8",
        "The file has bytes that are not UTF-8, or is UTF-16.",
        "Save it as UTF-8 in your editor.",
    ),
    Code(
        "YAML016",
        "invisible character",
        "A control character or a byte order mark stands inside the text; nobody can review it.",
        "Delete it, or write it as an escape in double quotes.",
    ),
    Code(
        "YAML017",
        "not a character",
        "A surrogate is half of a character and has no meaning alone.",
        "Write the character itself, or \\U and its 8 hexadecimal digits.",
    ),
    Code(
        "YAML018",
        "empty file or document",
        "There is nothing between two '---' lines, or in the whole file.",
        "Remove it, or write a spec.",
    ),
    Code(
        "YAML019",
        "anchor set twice",
        "The same anchor name marks two values, so an alias means different things in two places.",
        "Rename one of the anchors.",
    ),
    Code(
        "YAML020",
        "not valid JSON",
        "Files named *.json are read as strict JSON: no comments, no trailing commas.",
        "Correct the place shown, or rename the file to *.yaml.",
    ),
    Code(
        "YAML021",
        "unreadable file",
        "The file or folder does not exist or may not be read.",
        "Check the path and its permissions.",
    ),
    Code(
        "YAML022",
        "no spec files",
        "None of the given folders has a *.yaml, *.yml or *.json file.",
        "Name the folder of the specs, or start one with `moorline init`.",
    ),
    Code(
        "YAML023",
        "folder inside itself",
        "A symbolic link leads back to a folder around it.",
        "Remove the link.",
    ),
    Code(
        "YAML024",
        "strange anchor name",
        "YAML lets an anchor be called almost anything, which hides mistakes such as a missing"
        " blank or a text that should be quoted.",
        "Use letters, digits, '-', '_' and '.', or put the text in quotes.",
    ),
    Code(
        "YAML025",
        "link that leads out",
        "A symbolic link among the specs or environments leads out of the project, or to a hidden file of it. It is not read, since what a repository names must be its own: the lines around a finding are shown in comments and reports.",
        "Put the file itself there, or name it on the command line with --specs or --environments.",
    ),
    Code(
        "YAML026",
        "not a file",
        "A pipe, a socket, a device or a link that leads in a circle stands among the specs or environments. It is not opened: reading it could wait for ever or do something.",
        "Remove it, or put a file there.",
    ),
)
