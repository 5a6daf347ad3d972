"""A reader that does what it is told in the file: what a parser can be made to do, in the process that Footnote gives it."""

import os
import signal
import sys
import time

from footnote.errors import Unreadable
from footnote.records import Article, Metadata, Section


def read(content, source):  # noqa: C901 - one case for each way to misbehave
    told = content.decode()
    match told.split(":")[0]:
        case "eat":
            eaten = [b"x" * 10_000_000 for _ in range(1_000)]
            told = str(len(eaten))
        case "grow":
            told = str(len(b"x" * 350_000_000))
        case "spin":
            while True:
                pass
        case "sleep":
            time.sleep(60)
        case "crash":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "exit":
            os._exit(7)
        case "print":
            print('{"articles": []}')
            sys.stdout.flush()
            os.write(1, b"noise\n")
        case "write":
            with open(told.removeprefix("write:"), "wb") as file:
                file.write(b"words")
        case "recurse":
            read(content, source)
        case "refuse":
            raise Unreadable("It is of no use.", "Remove it.")
        case "fail":
            raise KeyError("a secret of the article")
        case "none":
            return [], []
        case "environment":
            told = " ".join(sorted(name for name in os.environ if name.startswith("FOOTNOTE")))
        case "pid":
            told = str(os.getpid())
    section = Section(("A heading", "Another"), 0, 0, len(told), 3)
    metadata = Metadata("Told", "A. Author", "2024-03", ("a", "b"), "u", "en", "s")
    return [Article(source, source, metadata, told, (section,), 5)], ["A notice."]
