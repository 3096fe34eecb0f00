"""Count accessibility faults that axe-core finds on every page, in both languages, at every size a page is made for."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bench import stage
from bench.results import Row
from bench.visits import Demo
from fairday.app.demo.seed import seed

AXE = Path(__file__).resolve().parents[1] / "web" / "node_modules" / "axe-core" / "axe.min.js"
_FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
_RUN = """async () => {
  const found = await axe.run(document, { resultTypes: ['violations'] });
  return found.violations.map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 120)]);
}"""


def measure() -> list[Row]:
    """Visit every page of a fresh demo city and add the faults up; each is printed."""
    with stage.database() as url, tempfile.TemporaryDirectory(prefix="fairday-axe-") as home:
        asyncio.run(seed(url, Path(home)))
        with stage.web(url, home=Path(home)) as port:
            faults, visits = asyncio.run(_count(f"http://127.0.0.1:{port}"))
    return [
        Row("axe_faults", faults, "faults", "pages visited", visits, "zh and en, every size; 0 asked for")
    ]


async def _count(url: str) -> tuple[int, int]:
    count = visits = 0
    async with async_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = await playwright.chromium.launch(executable_path=chromium, args=_FLAGS)
        for lang in ("zh", "en"):
            demo = await Demo(browser, url, lang).open()
            for place in demo.places():
                for size in place.sizes:
                    async with demo.visit(place, size) as page:
                        found = await faults(page)
                    visits += 1
                    count += len(found)
                    for rule, times, where in found:
                        print(f"  {lang} {place.name} {size}: {rule} ({times}) {where}", flush=True)
            await demo.close()
        await browser.close()
    return count, visits


async def faults(page: Any) -> list[tuple[str, int, str]]:
    """Return what axe-core holds against a page as it stands: the rule, how often, and one place."""
    await page.add_script_tag(path=str(AXE))
    found: list[tuple[str, int, str]] = await page.evaluate(_RUN)
    return found
