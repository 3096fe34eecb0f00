"""The till reads a coupon's QR from a real video stream: a Y4M file that Chromium plays as its camera."""

import subprocess
from pathlib import Path

import pytest
import segno
from playwright.async_api import async_playwright, expect

from fairday.kernel.tx import Database
from tests.browser.conftest import ARGUMENTS
from tests.browser.counter import TABLET, expect_result, new_context, open_store, start_shift

WIDTH, HEIGHT, FRAMES = 640, 480, 30
LIGHT, DARK, GROUND = 225, 32, 128


def film(path: Path, text: str) -> None:
    """Write a film in which a QR moves slowly over a grey ground, as a hand holds a phone. Y4M, 4:2:0, luma only."""
    rows = [list(row) for row in segno.make(text, error="m").matrix_iter(scale=4, border=4)]
    size = len(rows)
    assert size < HEIGHT, "the code must fit"
    chroma = bytes([128]) * (WIDTH * HEIGHT // 2)
    with path.open("wb") as out:
        out.write(f"YUV4MPEG2 W{WIDTH} H{HEIGHT} F15:1 Ip A1:1 C420jpeg\n".encode())
        for number in range(FRAMES):
            left, top = (WIDTH - size) // 2 - 15 + number, (HEIGHT - size) // 2 + number // 3 - 5
            picture = bytearray([GROUND]) * (WIDTH * HEIGHT)
            for y, row in enumerate(rows):
                start = (top + y) * WIDTH + left
                picture[start : start + size] = bytes(DARK if dark else LIGHT for dark in row)
            out.write(b"FRAME\n" + bytes(picture) + chroma)


@pytest.mark.parametrize("kind", ["coupon", "pairing"])
async def test_a_code_is_read_from_a_video_stream(
    chromium: str, server_url: str, database: Database, tmp_path: Path, kind: str
) -> None:
    async with open_store(server_url, database) as store, async_playwright() as playwright:
        path = tmp_path / "camera.y4m"
        setup = await store.setup_code()
        code = await store.code(await store.claim("5 off"))
        film(path, code if kind == "coupon" else f"FAIRDAY:TILL:{setup.replace('-', '')}")
        browser = await playwright.chromium.launch(
            executable_path=chromium,
            args=[
                *ARGUMENTS,
                "--use-fake-device-for-media-stream",
                "--use-fake-ui-for-media-stream",
                f"--use-file-for-fake-video-capture={path}",
            ],
        )
        context = await new_context(browser, TABLET, "en-US")
        page = await context.new_page()
        if kind == "pairing":
            await page.goto(f"{store.url}/till/")
            await page.get_by_role("button", name="Scan to pair").click()
            await expect(page.locator("input[name=clerk]")).to_be_visible(timeout=20_000)
        else:
            await start_shift(page, store)
            await page.locator("nav a").nth(1).click()
            await page.locator("[data-test=camera-key]").click()
            await expect(page.locator("[data-test=redeem-card]")).to_be_visible(timeout=20_000)
            await expect_result(page, "ok", "Valid")
        await browser.close()


def test_the_film_is_a_film(tmp_path: Path) -> None:
    film(tmp_path / "x.y4m", "HELLO")
    assert (tmp_path / "x.y4m").stat().st_size > FRAMES * WIDTH * HEIGHT * 1.5
    assert (
        subprocess.run(["head", "-c", "9", tmp_path / "x.y4m"], capture_output=True, check=True).stdout
        == b"YUV4MPEG2"
    )
