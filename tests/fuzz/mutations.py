"""Inputs that no one wrote: a real file with something moved, doubled, cut or put in.

Zipped files are changed inside, JSON in its values.
"""

import io
import json
import re
import zipfile

_ODD = [
    b"\0",
    b"\xff\xfe",
    b"\xef\xbb\xbf",
    b"\xed\xa0\x80",
    "\u202e\u200b\u00ad".encode(),
    "e\u0301\u0327".encode(),
    b"\r",
    b"\n\n\n",
    b"99999999999999999999",
    b"-1",
    b"&#x110000;",
    b"&amp;lt;",
    b"<![CDATA[",
    b"<!--",
    b"\\u",
    b"'",
    b'"',
]
_LARGEST = 200_000  # bytes of what is changed
_NAME = re.compile(rb"<([A-Za-z][\w:.-]*)")
_EMPTY = re.compile(rb"<[A-Za-z][^<>]*/>")
_WORDS = re.compile(rb">([^<>]+)<")
_VALUE = re.compile(rb'="([^"<>]*)"')
_TOKEN = re.compile(rb"[A-Za-z_:-]+|\d+|\s+|<[^<>]{0,80}>|[^\w\s]{1,3}")


class Mutator:
    """Changes files of one format; what it puts in stands in other files of the format, or is odd."""

    def __init__(self, seeds, chance):
        self.seeds = seeds
        self.chance = chance  # a random.Random
        parts = [part for seed in seeds for part in (_members(seed) or {"": seed}).values()]
        self.structured = 2 * sum(bool(_members(seed)) or _value(seed) is not None for seed in seeds) > len(seeds)
        self.tokens = sorted({token for part in parts for token in _TOKEN.findall(part[:20_000])})[:5_000]

    def fresh(self):
        """A changed file."""
        return self.changed(self.chance.choice(self.seeds))

    def changed(self, content):
        """``content`` with one to eight changes; half the time fewer than three."""
        members, value = _members(content), _value(content)
        if self.structured and not members and value is None and self.chance.random() < 0.8:
            return self.fresh()  # a broken container hides what is in it
        if value is not None and self.chance.random() < 0.8:
            return self._json(value)
        if not members or self.chance.random() < 0.1:
            return self._changed(content)
        for _ in range(self.chance.choice([1, 1, 2])):
            name = self.chance.choice(sorted(members, key=str))
            if self.chance.random() < 0.05:
                del members[name]
            else:
                members[name] = self._changed(members[name])
            if not members:
                break
        return _zipped(members)

    def _json(self, value):
        """JSON with one of its values changed; a list is written one a line half the time."""
        for _ in range(self.chance.choice([1, 1, 2, 4])):
            holder, key = self.chance.choice(_nodes(value))
            old = holder[key]
            text = old if isinstance(old, str) else json.dumps(old)
            words = self._changed(text.encode("utf-8", "surrogatepass")).decode("utf-8", "replace")
            holder[key] = self.chance.choice(
                [words, words, words, [old], {"rendered": old}, {"name": words}, None, 7, 1e99, "\ud83c"]
            )
            if isinstance(holder, dict) and self.chance.random() < 0.2:
                holder[self.chance.choice(["text", "Body", "title", "date", "tags", words[:20]])] = holder.pop(key)
        (found,) = value
        if isinstance(found, list) and self.chance.random() < 0.5:
            return "\n".join(map(json.dumps, found)).encode()
        return json.dumps(found).encode()

    def _markup(self, content):
        """Markup with a name, a value or an empty element changed, so that it is still well formed."""
        chance = self.chance
        match chance.randrange(4):
            case 0 if names := sorted(set(_NAME.findall(content))):
                old, new = chance.choice(names), chance.choice(names)
                return re.sub(rb"(</?)" + re.escape(old) + rb"(?=[\s/>])", rb"\1" + new, content)
            case 1 if found := list(_EMPTY.finditer(content)):
                one, other = chance.choice(found), chance.choice(found)
                copies = other.group()[:1_000] * chance.choice([0, 1, 2, 50])
                return content[: one.start()] + copies + content[one.end() :]
            case 2 if found := list(_WORDS.finditer(content)):
                one = chance.choice(found)
                words = re.sub(
                    rb"[<&]", b"", chance.choice([chance.choice(self.tokens), chance.choice(_ODD), self._once(one[1])])
                )
                return content[: one.start(1)] + words[:100] * chance.choice([1, 1, 100]) + content[one.end(1) :]
            case _ if found := list(_VALUE.finditer(content)):
                one, other = chance.choice(found), chance.choice(found)
                value = chance.choice([other[1], other[1], b"", b"0", b"-1", b"99999999999", b"true", b"\xc3\xa9" * 300])
                return content[: one.start(1)] + value + content[one.end(1) :]
        return content

    def _changed(self, content):
        if content.lstrip()[:1] == b"<" and self.chance.random() < 0.8:
            for _ in range(self.chance.choice([1, 1, 2, 3, 5, 8])):
                content = self._markup(content)[:_LARGEST]
            return content
        for _ in range(self.chance.choice([1, 1, 2, 2, 3, 5, 8])):
            content = self._once(content)[:_LARGEST]
        return content

    def _once(self, content):
        chance = self.chance
        start = chance.randrange(len(content) + 1)
        end = min(len(content), start + chance.choice([1, 2, 8, 40, 200, 2_000]))
        piece = content[start:end]
        other = chance.choice(self.seeds)
        there = chance.randrange(len(other) + 1)
        match chance.randrange(9):
            case 0:
                return content[:start] + content[end:]
            case 1:
                return content[:end] + piece * chance.choice([1, 1, 3, 50, 300]) + content[end:]
            case 2:
                place = chance.randrange(len(content) + 1)
                return content[:place] + piece + content[place:]
            case 3:
                return content[:start] + chance.choice(_ODD) * chance.choice([1, 1, 1, 20]) + content[start:]
            case 4 | 5 if self.tokens:
                return content[:start] + chance.choice(self.tokens) * chance.choice([1, 1, 1, 100]) + content[end:]
            case 6:
                flipped = bytes(byte ^ (1 << chance.randrange(8)) for byte in piece[:2])
                return content[:start] + flipped + content[start + len(flipped) :]
            case 7:
                return content[:start] + other[there : there + chance.choice([10, 100, 1_000])] + content[end:]
            case _:
                return content[:start] if chance.random() < 0.3 else content[:start] + content[start:][::-1][:40] + content[end:]


def _value(content):
    """The value of a JSON text, or of each of its lines, in a list of its own; None where it is no JSON."""
    if content[:1] not in b"[{":
        return None
    try:
        return [json.loads(content)]
    except (ValueError, RecursionError):
        pass
    try:
        return [[json.loads(line) for line in content.splitlines() if line.strip()]]
    except (ValueError, RecursionError):
        return None


def _nodes(value):
    """Every place in a JSON value that holds one, and the value itself."""
    found = []
    waiting = [value]
    while waiting:
        holder = waiting.pop()
        for key in holder if isinstance(holder, dict) else range(len(holder)):
            found.append((holder, key))
            if isinstance(holder[key], dict | list):
                waiting.append(holder[key])
    return found


def _members(content):
    """The parts of a zipped file by name; none where it is no zip."""
    if not content.startswith(b"PK"):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return {name: archive.read(name) for name in archive.namelist() if not name.endswith("/")}
    except Exception:  # a zip that was broken on purpose
        return {}


def _zipped(members):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_STORED if name == "mimetype" else zipfile.ZIP_DEFLATED)
    return made.getvalue()
