"""Take the pictures of docs/pictures from a running demo: `make run` in one terminal, `make pictures` in another.

make pictures                      every page in Chinese at each size it is made for
make pictures ARGS="--lang en"     in English
make pictures ARGS="shop till"     only pages whose name begins so
"""

import asyncio
import os
import shutil
import sys
from pathlib import Path

from playwright.async_api import async_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.visits import Demo  # noqa: E402 - the checkout is no package that is installed

URL = os.environ.get("FAIRDAY_URL", "http://127.0.0.1:8711")
FOLDER = Path(os.environ.get("FAIRDAY_PICTURES") or ROOT / "docs" / "pictures")
SHORT = {"desk": "", "wall": "", "tablet": "-tablet", "phone": "-phone"}
FLAGS = [
    "--no-sandbox",
    # Maps are drawn by WebGL: in software, so that they look the same where there is no graphics card.
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


async def main(lang: str, wanted: list[str]) -> None:
    """Write every picture; say where."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("There is no Chromium here: sudo apt-get install chromium fonts-noto-cjk")
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        demo = await Demo(browser, URL, lang).open()
        for place in demo.places():
            if wanted and not place.name.startswith(tuple(wanted)):
                continue
            for size in place.sizes:
                name = f"{place.name}{SHORT[size]}{'-en' if lang == 'en' else ''}.png"
                async with demo.visit(place, size) as page:
                    await page.screenshot(path=str(FOLDER / name))
                print(f"docs/pictures/{name}", flush=True)
        await demo.close()
        await browser.close()


if __name__ == "__main__":
    arguments = sys.argv[1:]
    language = "en" if "--lang" in arguments and arguments[arguments.index("--lang") + 1] == "en" else "zh"
    FOLDER.mkdir(parents=True, exist_ok=True)
    asyncio.run(main(language, [one for one in arguments if one not in ("--lang", "zh", "en")]))
