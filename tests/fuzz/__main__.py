"""Fuzzes one reader: python -m tests.fuzz READER --minutes 10

Guided by coverage where atheris is installed (pip install atheris), else at random. Inputs that a reader fails on are kept in the
folder named by --keep, one for each place in the code.
"""

import argparse
import hashlib
import os
import random
import sys
import tempfile
import time
from pathlib import Path


def main():
    """Runs the command; exit status 1 where a fault was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("reader", help="a format's name, such as Markdown, or CSV")
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, default=Path("fuzz-found"))
    options = parser.parse_args()
    options.keep.mkdir(exist_ok=True)
    guide = _atheris()
    from tests.fuzz import targets

    form = targets.named(options.reader)
    session = Session(form, targets.Tally(), options)
    seeds = targets.seeds()[form.name]
    mutator = targets.Mutator(seeds, random.Random(options.seed))
    print(f"{form.name}: {len(seeds)} files to begin with, {'guided by coverage' if guide else 'at random'}", flush=True)
    if guide is None:
        while True:
            session.attempt(mutator.fresh())
    corpus = tempfile.mkdtemp()
    for number, seed in enumerate(seeds):
        Path(corpus, str(number)).write_bytes(seed)

    def mutated(data, max_size, seed):
        mutator.chance.seed(seed)
        return mutator.changed(bytes(data))[:max_size]

    limits = [
        "-max_len=200000",
        "-timeout=120",
        "-rss_limit_mb=4000",
        "-verbosity=0",
        f"-seed={options.seed}",
        f"-artifact_prefix={options.keep}/",
    ]
    guide.Setup([sys.argv[0], corpus, *limits], session.attempt, custom_mutator=mutated)
    guide.Fuzz()


class Session:
    """Attempts until the time is over, then says what became of them."""

    def __init__(self, form, tally, options):
        self.form, self.tally, self.keep = form, tally, options.keep
        self.ends = time.monotonic() + options.minutes * 60
        self.told = time.monotonic()

    def attempt(self, content):
        """Reads one input; ends the process when the time is over."""
        from tests.fuzz.targets import attempt

        running = self.keep / f"running-{self.form.name}"
        running.write_bytes(content)  # what a crash leaves behind
        known = len(self.tally.faults)
        attempt(self.form, bytes(content), self.tally)
        if len(self.tally.faults) > known:
            self._kept(*list(self.tally.faults.values())[-1])
        now = time.monotonic()
        if now - self.told > 60:
            self.told = now
            print(self.tally, flush=True)
        if now > self.ends:
            running.unlink()
            print(self.tally, flush=True)
            os._exit(1 if self.tally.faults else 0)  # a fuzzer's engine does not return

    def _kept(self, content, trace):
        path = self.keep / f"{self.form.name}-{hashlib.sha256(content).hexdigest()[:8]}"
        path.write_bytes(content)
        print(f"{path}\n{trace}", flush=True)


def _atheris():
    try:
        import atheris
    except ImportError:
        return None
    parsers = ["footnote.readers", "footnote.passages", "markdown_it", "zipfile", "csv", "json"]
    with atheris.instrument_imports(include=parsers):
        import importlib

        from footnote.readers.formats import FORMATS

        for form in FORMATS:
            importlib.import_module(form.module)
    return atheris


if __name__ == "__main__":
    main()
