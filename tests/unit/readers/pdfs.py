"""PDFs written by hand, object by object: for what no program writes."""

import os
import subprocess
import sys
import zlib

from tests.conftest import ROOT

CATALOG = b"<</Type/Catalog/Pages 2 0 R>>"
PAGES = b"<</Type/Pages/Kids[3 0 R]/Count 1>>"
PAGE = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 400 400]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
FONT = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"

# Reads a PDF from standard input with the limits that the reader's process has, and says what came of it.
LIMITED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (1_000_000_000, 1_000_000_000))
resource.setrlimit(resource.RLIMIT_CPU, (20, 20))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
from footnote.errors import Unreadable
from footnote.readers.pdf import read
try:
    print("read", sum(len(article.text) for article in read(sys.stdin.buffer.read(), "a.pdf")[0]))
except Unreadable as error:
    print(error.reason)
except MemoryError:
    print("memory")
"""


def written(*objects, trailer=b""):
    """A PDF of these objects, numbered from 1, the first its catalog."""
    out = b"%PDF-1.7\n"
    places = []
    for number, one in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, one)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, trailer, start)


def stream(content, times=0):
    """A stream, deflated so many times."""
    for _ in range(times):
        content = zlib.compress(content, 9)
    filters = b"/Filter[%s]" % (b"/FlateDecode" * times) if times else b""
    return b"<</Length %d%s>>\nstream\n%s\nendstream" % (len(content), filters, content)


def page_of(drawing, times=0):
    """A PDF of one page on which this is drawn."""
    return written(CATALOG, PAGES, PAGE, stream(drawing, times), FONT)


def line(text, y=300, size=12):
    """Drawing a line of text."""
    return b"BT /F1 %d Tf 40 %d Td (%s) Tj ET\n" % (size, y, text)


def read_limited(content):
    """What a process with the reader's limits says of a PDF: ``read`` and a number, a reason, or how it died."""
    done = subprocess.run(
        [sys.executable, "-c", LIMITED],
        input=content,
        capture_output=True,
        timeout=600,  # beyond what a busy machine makes of 20 seconds of processor time
        cwd=ROOT,
        env=os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
    )
    return done.stdout.decode().strip() if done.returncode == 0 else f"died ({done.returncode})"
