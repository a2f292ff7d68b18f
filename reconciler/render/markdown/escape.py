"""Text from specs and from AWS inside Markdown, so that it stays text.

Whatever is not ours stands in code: both forges leave mentions, references,
links and HTML alone there, after Markdown as well as in it. Sentences keep
their plain words; only words that could mean something to a forge become code.
Everything passes `harmless` first, so no control character and no line break
is left.
"""

from __future__ import annotations

import html
import re

from reconciler.render.vocabulary.ink import harmless

__all__ = ["clip", "code", "fence", "link", "prose", "size", "tag"]

_RUNS = re.compile("`+")
_MOST_TICKS = 50
"""Longest delimiter of a code span; cmark gives up on runs of more than 80."""
_LONGEST_LINK = 1000
_LINK = re.compile(r"https?://[!#$%&'()*+,\-./:;=?@\[\]_~0-9A-Za-z]+\Z")
_WORD = re.compile(r"([(\"'“‘]*)(.*?)([)\"'”’,.;:!?…]*)\Z", re.DOTALL)
_LETTERS = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*\Z")
_NUMBER = re.compile(r"[0-9]{1,6}\Z")
_COMMIT = re.compile(r"[0-9a-f]{7,}\Z", re.IGNORECASE)
_DASHES = re.compile(r"[–—→·…/-]\Z")


def size(text: str) -> int:
    """Bytes of a text in UTF-8: never fewer than its characters, however they are counted."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def clip(text: str, most: int) -> str:
    """At most `most` bytes of a harmless text, its middle left out."""
    if len(text) * 4 <= most or size(text) <= most:
        return text
    half = (most - 3) // 2
    raw = text.encode("utf-8", "surrogatepass")
    return f"{raw[:half].decode('utf-8', 'ignore')}…{raw[-half:].decode('utf-8', 'ignore')}"


def code(text: str, most: int = 400) -> str:
    """A code span. "" stays ""; longer texts lose their middle."""
    shown = clip(harmless(text), most)
    if not shown:
        return ""
    taken = {len(run) for run in _RUNS.findall(shown)}
    ticks = next(number for number in range(1, len(taken) + 2) if number not in taken)
    if ticks > _MOST_TICKS:  # nothing real; a letter that looks the same
        ticks, shown = 1, shown.replace("`", "ˋ")
    ends = shown[0] + shown[-1]
    pad = " " if "`" in ends or (ends == "  " and shown.strip(" ")) else ""
    return f"{'`' * ticks}{pad}{shown}{pad}{'`' * ticks}"


def prose(text: str, most: int = 600) -> str:
    """A sentence: plain words stay, everything that a forge might read stands in code."""
    return " ".join(_word(word) for word in clip(harmless(text), most).split(" ") if word)


def _word(word: str) -> str:
    if _DASHES.match(word):
        return "\\" + word if word == "-" else word
    found = _WORD.match(word)
    if found is None or not found[2]:
        return code(word)
    lead, core, tail = found.groups()
    if _is_plain(core, tail):
        return f"{lead}{core}{tail}"
    return f"{lead}{code(core)}{tail}"


def _is_plain(core: str, tail: str) -> bool:
    if _NUMBER.match(core):  # `1.` and `1)` begin a list
        return tail[:1] not in {".", ")"}
    return bool(_LETTERS.match(core)) and not _COMMIT.match(core) and core.lower() != "www"


def tag(text: str, most: int = 400) -> str:
    """Code inside a line of HTML, such as a `<summary>`, where no Markdown is read."""
    return f"<code>{html.escape(clip(harmless(text), most))}</code>"


def fence(lines: list[str], language: str) -> str:
    """A block of code around harmless lines; only a line of nothing but backticks could end it."""
    longest = max((len(line.strip()) for line in lines if not line.strip(" `")), default=0)
    ticks = "`" * max(3, longest + 1)
    return "\n".join([f"{ticks}{language}", *lines, ticks])


def link(address: str) -> str:
    """The target of a link in angle brackets; "" when it is none that a forge would follow."""
    if len(address) > _LONGEST_LINK or not _LINK.match(address):
        return ""
    return f"<{address}>"
