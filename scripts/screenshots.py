"""Takes the pictures of the page in docs/images: every part, on a desktop and a phone, light and dark.

    python scripts/screenshots.py [--out FOLDER]

Builds an index over kb/ in a temporary folder, serves it on a free port of this machine and looks at it with Chromium.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
QUESTION = "How do we make up after a quarrel?"
FAR_OFF = "What is the capital of Mongolia?"
DANGER = "My husband hits me when he drinks, what can I do?"
QUESTIONS = (QUESTION, "How do I set boundaries?", "What helps against jealousy?", FAR_OFF)
ARTICLE = "repair-after-conflict.md"
SIZES = {"desktop": (1280, 900), "phone": (390, 844)}
SCHEMES = ("light", "dark")
LARGEST = 200_000  # bytes
COLOURS = (256, 128, 64, 32)  # of the palette, tried until the picture is small enough
FRESH_SECONDS = 0.5  # until what has just been drawn has found its place


def main() -> int:
    """Takes every picture; exit status 1 where Chromium is missing."""
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=Path, default=ROOT / "docs" / "images")
    out: Path = arguments.parse_args().out
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        print("There is no Chromium on this machine. Install it and run this again.", file=sys.stderr)
        return 1
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder, "index")
        subprocess.run([sys.executable, ROOT / "ingest.py", "--kb", ROOT / "kb", "--index", index], check=True)
        with _server(index) as address:
            _take_all(address, chromium, out)
    return 0


@contextmanager
def _server(index: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    environment = {**os.environ, "FOOTNOTE_INDEX": str(index), "FOOTNOTE_KB": str(ROOT / "kb")}
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as server:
        try:
            while server.poll() is None:
                try:
                    urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _take_all(address: str, chromium: str, out: Path) -> None:
    from playwright.sync_api import sync_playwright

    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--disable-gpu", "--no-first-run", *sandbox])
        for device, (width, height) in SIZES.items():
            for scheme in SCHEMES:
                for name, show in SCENES.items():
                    page: Any = browser.new_page(viewport={"width": width, "height": height}, color_scheme=scheme)
                    show(page, address)
                    page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
                    page.evaluate("document.activeElement.blur()")
                    page.wait_for_timeout(1000 * FRESH_SECONDS)
                    path = out / f"{name}-{device}-{scheme}.png"
                    path.write_bytes(_small(page.screenshot()))
                    print(f"{path.name}: {path.stat().st_size:,} bytes")
                    page.close()
        browser.close()


def _small(png: bytes) -> bytes:
    """The picture with a palette, of as many colours as its size allows."""
    from PIL import Image

    picture = Image.open(io.BytesIO(png)).convert("RGB")
    for colours in COLOURS:
        written = io.BytesIO()
        picture.quantize(colours, dither=Image.Dither.NONE).save(written, "PNG", optimize=True)
        if written.tell() <= LARGEST:
            break
    return written.getvalue()


def _asked(page: Any, address: str, question: str) -> None:
    page.goto(address)
    box = page.get_by_label("Question")
    box.fill(question)
    box.press("Enter")


def _ask(page: Any, address: str) -> None:
    _asked(page, address, QUESTION)
    page.get_by_role("heading", name="[2]").wait_for()


def _nothing(page: Any, address: str) -> None:
    _asked(page, address, FAR_OFF)
    page.get_by_text("Nothing in these articles").wait_for()


def _care(page: Any, address: str) -> None:
    _asked(page, address, DANGER)
    page.get_by_role("note").wait_for()
    page.get_by_role("heading", name="[1]").wait_for()


def _article(page: Any, address: str) -> None:
    page.goto(f"{address}/?article={ARTICLE}")
    page.locator(".fn-contents summary").click()
    page.locator(".fn-contents a").first.wait_for()


def _articles(page: Any, address: str) -> None:
    page.goto(f"{address}/articles")
    page.locator(".fn-list a").first.wait_for()


def _map(page: Any, address: str) -> None:
    _ask(page, address)
    if not page.get_by_role("link", name="Map", exact=True).first.is_visible():
        page.get_by_test_id("stExpandSidebarButton").click()
    page.get_by_role("link", name="Map", exact=True).first.click()
    page.get_by_test_id("stVegaLiteChart").locator("svg").wait_for()


def _batch(page: Any, address: str) -> None:
    page.goto(f"{address}/batch")
    page.get_by_label("Questions, one on a line").fill("\n".join(QUESTIONS))
    page.get_by_role("button", name="Ask them all").click()
    page.get_by_test_id("stDataFrame").wait_for()


def _index(page: Any, address: str) -> None:
    page.goto(f"{address}/index")
    page.get_by_test_id("stVegaLiteChart").first.wait_for()


SCENES: dict[str, Callable[[Any, str], None]] = {
    "ask": _ask,
    "article": _article,
    "articles": _articles,
    "map": _map,
    "batch": _batch,
    "index": _index,
    "nothing": _nothing,
    "care": _care,
}

if __name__ == "__main__":
    sys.exit(main())
