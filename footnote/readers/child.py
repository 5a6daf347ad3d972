"""The process in which files are parsed: reads requests from standard input, answers on standard output, one line each.

Its argument is the settings as JSON. A request is a line of JSON (module, is_text, source, bytes) and so many bytes. The process
limits itself before it reads any.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys
from typing import Any, BinaryIO

from footnote.errors import Unreadable
from footnote.readers.decoding import decode
from footnote.records import Article
from footnote.settings import ParsingSettings


def main(limits: ParsingSettings) -> None:
    """Answers until there is no request."""
    # What a parser prints must not stand among the answers.
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it has nothing to write
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    while line := sys.stdin.buffer.readline():
        _spend(limits.cpu_seconds)
        answer = _answered(json.loads(line), sys.stdin.buffer, limits)
        answer["is_large"] = _resident_bytes() > limits.large_bytes
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


def _resident_bytes() -> int:
    """The most memory that the process has held since its start, as far as the system tells."""
    # What getrusage calls the maximum begins, on Linux, with what the process held that started this one.
    try:
        with open("/proc/self/status", encoding="ascii") as status:
            return next((int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM:")), 0)
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _spend(seconds: int) -> None:
    """From now on the process may use so many more seconds of a processor."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    resource.setrlimit(resource.RLIMIT_CPU, (int(used.ru_utime + used.ru_stime) + 1 + seconds, resource.RLIM_INFINITY))


def _answered(asked: dict[str, Any], requests: BinaryIO, limits: ParsingSettings) -> dict[str, Any]:
    try:
        content = requests.read(asked["bytes"])
        articles, notices = _read(asked["module"], content, asked["is_text"], asked["source"])
        if sum(len(article.text) for article in articles) > limits.text_chars:
            raise Unreadable(f"It holds more than {limits.text_chars:,} characters.", "Split it into articles.")
        return {"articles": [_raw(article) for article in articles], "notices": notices, "refusal": None}
    except Unreadable as error:
        return _refused(error.reason, error.remedy)
    except MemoryError:
        return _refused(
            f"Reading it takes more than {limits.memory_bytes // 1_000_000:,} MB of memory.",
            "Split it, or save it anew in a simpler form.",
        )
    except RecursionError:
        return _refused("Its parts are nested too deeply.", "Save it anew in a simpler form.")
    except Exception as error:  # a fault of ours in one file must not cost the others
        reason = f"Reading it failed in a way that was not foreseen ({type(error).__name__})."
        return _refused(reason, "Please report it with the file; the others were read.")


def _read(module: str, content: bytes, is_text: bool, source: str) -> tuple[list[Article], list[str]]:
    read = importlib.import_module(module).read
    if not is_text:
        articles, notices = read(content, source)
    else:
        text, encoding = decode(content)
        articles, notices = read(text, source)
        if encoding not in ("utf-8", "utf-8-sig", "utf-16"):
            notices.insert(0, f"It is not UTF-8 and was read as {encoding}; if letters look wrong, save it again as UTF-8.")
    if not articles:
        raise Unreadable("It is empty: no words were found in it.", "Write something in it, or remove it.")
    return articles, notices


def _refused(reason: str, remedy: str) -> dict[str, Any]:
    return {"articles": [], "notices": [], "refusal": (reason, remedy)}


def _raw(article: Article) -> dict[str, Any]:
    known = article.metadata
    return {
        "id": article.id,
        "source": article.source,
        "metadata": {name: getattr(known, name) for name in known.__slots__},
        "text": article.text,
        "sections": [(one.path, one.start, one.body, one.end, one.page) for one in article.sections],
        "source_start": article.source_start,
    }


if __name__ == "__main__":
    main(ParsingSettings(**json.loads(sys.argv[1])))
