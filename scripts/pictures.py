"""Take the pictures of docs/pictures from a running demo: `make run` in one terminal, `make pictures` in another."""

import os
import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

URL = os.environ.get("FAIRDAY_URL", "http://127.0.0.1:8711")
FOLDER = Path(__file__).resolve().parents[1] / "docs" / "pictures"
PAGES = (
    ("screen", "/screen", 1920, 1080),
    ("screen-en", "/screen?lang=en", 1920, 1080),
    ("screen-phone", "/screen", 390, 844),
    ("home", "/?lang=zh", 1280, 900),
    ("home-phone", "/?lang=zh", 390, 844),
    ("docs", "/docs", 1440, 900),
)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def main() -> None:
    """Write every picture; say where."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no Chromium here: sudo apt-get install chromium fonts-noto-cjk")
    FOLDER.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        for name, path, width, height in PAGES:
            page = browser.new_page(viewport={"width": width, "height": height})
            page.goto(URL + path)
            page.wait_for_timeout(6000)
            page.screenshot(path=str(FOLDER / f"{name}.png"))
            page.close()
            print(f"docs/pictures/{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
