"""Draw the signs of the demo's shops: one flat emblem each on the shop's own colours, in SVG, our own drawings.

Each emblem stands on a 200 by 200 sheet, so that it reads at 20 pixels as well as on a shop front.
"""

from pathlib import Path
from typing import NamedTuple


class Sign(NamedTuple):
    """Hold a sign: the ground's colours from upper left to lower right, and the emblem's SVG."""

    light: str
    dark: str
    emblem: str


def _turned(shape: str, count: int, middle: str = "100 100") -> str:
    """Repeat `shape` around the middle."""
    return "".join(f'<g transform="rotate({360 * n // count} {middle})">{shape}</g>' for n in range(count))


_PETAL = '<path d="M100 92c-30-14-30-56 0-66 30 10 30 52 0 66z" fill="{}" stroke="#b3263a" stroke-width="3"/>'
_GRAIN = '<path d="M96 {0}c-30 2-40-14-40-30 24-2 40 10 40 30zm8 0c30 2 40-14 40-30-24-2-40 10-40 30z" fill="#fff3d6"/>'

SIGNS = {
    "camellia": Sign(
        "#d8475a",
        "#8f1a30",
        _turned(_PETAL.format("#ffe9e6"), 6)
        + f'<g transform="translate(100 100) scale(.62) translate(-100 -100)">{_turned(_PETAL.format("#fff8f4"), 5)}</g>'
        + '<circle cx="100" cy="100" r="15" fill="#f4b942"/>'
        + _turned('<circle cx="100" cy="89" r="3.4" fill="#b96a10"/>', 8),
    ),
    "quickstep": Sign(
        "#2a3a66",
        "#121a33",
        '<path d="M34 128c30 2 46-14 56-44 6-8 16-6 20 2l10 14c10 18 30 26 52 30 14 4 18 14 16 26H44c-12 0-16-16-10-28z" fill="#fff"/>'
        '<path d="M36 160h152c0 10-6 16-16 16H52c-10 0-16-6-16-16z" fill="#ff7a2f"/>'
        '<path d="M104 100l18-10m-6 24l20-10m-4 22l18-9" stroke="#2a3a66" stroke-width="7" stroke-linecap="round"/>'
        '<path d="M18 64h52M10 86h46M22 108h26" stroke="#ff7a2f" stroke-width="9" stroke-linecap="round"/>',
    ),
    "cloud": Sign(
        "#f6b3c1",
        "#cf5478",
        '<path d="M56 146a34 34 0 0 1 2-68 46 46 0 0 1 88-4 36 36 0 0 1-2 72z" fill="#fff"/>'
        '<path d="M56 146a34 34 0 0 1-30-22c28 16 106 18 148-4a36 36 0 0 1-30 26z" fill="#f9d3dc"/>'
        '<path d="M102 74c3 20 9 26 29 29-20 3-26 9-29 29-3-20-9-26-29-29 20-3 26-9 29-29z" fill="#cf5478"/>'
        '<circle cx="146" cy="42" r="6" fill="#fff"/><circle cx="166" cy="60" r="3.5" fill="#fff"/>',
    ),
    "starbridge": Sign(
        "#27479d",
        "#0c1738",
        '<path d="M100 22l9 20 22 2-16 15 5 22-20-12-20 12 5-22-16-15 22-2z" fill="#ffc55c"/>'
        '<path d="M20 148c30-64 130-64 160 0" fill="none" stroke="#fff" stroke-width="13" stroke-linecap="round"/>'
        '<path d="M14 152h172" stroke="#fff" stroke-width="13" stroke-linecap="round"/>'
        '<path d="M52 146v-26m32 26v-40m32 40v-40m32 40v-26" stroke="#9db8ff" stroke-width="8"/>'
        '<path d="M40 172q15-9 30 0t30 0 30 0 30 0" fill="none" stroke="#9db8ff" stroke-width="6" stroke-linecap="round"/>',
    ),
    "wheatfield": Sign(
        "#eab24a",
        "#a8641a",
        '<path d="M100 184V60" stroke="#fff3d6" stroke-width="8" stroke-linecap="round"/>'
        '<path d="M100 64c-18-12-18-34 0-48 18 14 18 36 0 48z" fill="#fff3d6"/>'
        + "".join(_GRAIN.format(height) for height in (92, 122, 152)),
    ),
    "oldlane": Sign(
        "#a5432a",
        "#571c10",
        '<path d="M30 104h140c0 34-20 54-44 62v10H74v-10c-24-8-44-28-44-62z" fill="#fff0d8"/>'
        '<path d="M44 122c10 22 26 34 56 36 30-2 46-14 56-36" fill="none" stroke="#a5432a" stroke-width="6"/>'
        '<path d="M24 96h152" stroke="#fff0d8" stroke-width="10" stroke-linecap="round"/>'
        '<path d="M112 92l44-66m-26 66l44-58" stroke="#f0b24e" stroke-width="8" stroke-linecap="round"/>'
        '<path d="M56 80q-12-16 0-30t0-28m30 58q-12-16 0-30t0-28" fill="none" stroke="#ffd9a8" stroke-width="7" stroke-linecap="round"/>',
    ),
    "robot": Sign(
        "#46b3a5",
        "#17635b",
        '<path d="M100 50V28" stroke="#ffe3ad" stroke-width="8"/><circle cx="100" cy="24" r="11" fill="#ff7f50"/>'
        '<rect x="40" y="50" width="120" height="84" rx="22" fill="#ffe3ad"/>'
        '<path d="M28 78v30m144-30v30" stroke="#ffe3ad" stroke-width="12" stroke-linecap="round"/>'
        '<circle cx="76" cy="86" r="13" fill="#17635b"/><circle cx="124" cy="86" r="13" fill="#17635b"/>'
        '<circle cx="80" cy="82" r="4" fill="#fff"/><circle cx="128" cy="82" r="4" fill="#fff"/>'
        '<path d="M80 112q20 14 40 0" fill="none" stroke="#17635b" stroke-width="7" stroke-linecap="round"/>'
        '<path d="M64 184v-22a18 18 0 0 1 18-18h36a18 18 0 0 1 18 18v22z" fill="#ffe3ad"/>'
        '<circle cx="100" cy="166" r="8" fill="#ff7f50"/>',
    ),
    "warmhome": Sign(
        "#e2854a",
        "#a33d1d",
        '<path d="M30 104l70-62 70 62" fill="none" stroke="#fff4e4" stroke-width="15" stroke-linecap="round" stroke-linejoin="round"/>'
        '<path d="M50 100l50-44 50 44v70a8 8 0 0 1-8 8H58a8 8 0 0 1-8-8z" fill="#fff4e4"/>'
        '<path d="M100 156c-46-28-32-62-12-58 6 1 10 5 12 10 2-5 6-9 12-10 20-4 34 30-12 58z" fill="#e2603a"/>'
        '<path d="M138 66V42h16v38z" fill="#fff4e4"/>',
    ),
    "freshbranch": Sign(
        "#6dbb58",
        "#1f6a34",
        '<path d="M46 172C60 120 92 78 150 40" fill="none" stroke="#f6f2d8" stroke-width="9" stroke-linecap="round"/>'
        '<path d="M70 126c-40-2-48-34-42-58 36 4 52 26 42 58zm26-34c-22-30-6-60 18-70 18 28 12 58-18 70zm-4 26c18-32 52-34 76-18-14 34-48 40-76 18z" fill="#f6f2d8"/>'
        '<circle cx="116" cy="150" r="24" fill="#ff6f5b"/><circle cx="108" cy="142" r="7" fill="#ffc9bf"/>'
        '<path d="M116 126c0-10 6-16 14-18" fill="none" stroke="#f6f2d8" stroke-width="6" stroke-linecap="round"/>',
    ),
    "pages": Sign(
        "#4a6390",
        "#1e2b47",
        '<path d="M100 62C80 46 50 42 24 46v106c26-4 56 0 76 16 20-16 50-20 76-16V46c-26-4-56 0-76 16z" fill="#fdf6e6"/>'
        '<path d="M100 62v106" stroke="#1e2b47" stroke-width="6"/>'
        '<path d="M42 76q24-2 42 8m-42 18q24-2 42 8m-42 18q24-2 42 8m74-60q-24-2-42 8m42 18q-24-2-42 8" fill="none" stroke="#b9c3d6" stroke-width="6" stroke-linecap="round"/>'
        '<path d="M138 48v56l12-12 12 12V46z" fill="#e2543f"/>',
    ),
}  # fmt: skip


def draw(login: str) -> str:
    """Return the SVG of a shop's sign."""
    light, dark, emblem = SIGNS[login]
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 200 200">'
        f'<defs><linearGradient id="g" x1="0" y1="0" x2="1" y2="1"><stop stop-color="{light}"/>'
        f'<stop offset="1" stop-color="{dark}"/></linearGradient></defs>'
        f'<rect width="200" height="200" fill="url(#g)"/>{emblem}</svg>'
    )


def address(login: str) -> str:
    """Return where the sign of a shop is served."""
    return f"/pictures/sign-{login}.svg"


def write_all(folder: Path) -> None:
    """Write every sign that is not there yet into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for login in SIGNS:
        path = folder / f"sign-{login}.svg"
        if not path.exists():
            path.write_text(draw(login), encoding="utf-8")
