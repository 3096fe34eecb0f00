"""Draw the demo's product pictures: flat drawings in SVG, our own. Each kind of goods has its shape, each product its palette,
its stage (what stands behind and under it) and its turn; light comes from the upper left.
"""

from pathlib import Path

from fairday.app.demo.shapes import SHAPES

PALETTES = (
    ("#fde3dc", "#e2543f", "#9c2219", "#fff4ee", "#f7b79f"),
    ("#fff0d2", "#eda93b", "#96610f", "#fffaf0", "#f9d48c"),
    ("#def1e7", "#3fa57a", "#1a5f45", "#f4fcf8", "#9ed6bb"),
    ("#dfeaf9", "#4480cb", "#1d437a", "#f4f9ff", "#a5c6ef"),
    ("#ede2f6", "#8b5db3", "#4d2b70", "#fbf7fe", "#cbaee2"),
    ("#f2eadd", "#a5835a", "#5c442a", "#fdf9f2", "#d8c3a3"),
)
"""Background, main, dark, light and middle of each palette."""
KINDS = tuple(SHAPES)
STAGES = 4
_PALETTES_OF = {"lipstick": (0, 4, 0, 5, 4, 0), "fruit": (0, 1, 2, 1, 0, 2)}
"""Palettes of kinds that not every colour suits, by number."""


def draw(kind: str, number: int) -> str:
    """Return the SVG of a product of `kind`; `number` chooses its palette, its stage and its turn."""
    place = _PALETTES_OF.get(kind, range(len(PALETTES)))[number % len(PALETTES)]
    background, main, dark, light, middle = PALETTES[place]
    turn = (0, -4, 3, -2, 4, 0)[number % 6]
    size = (1.0, 0.96, 1.03, 0.98, 1.0, 1.04)[number % 6]
    shape = SHAPES[kind].format(m=main, d=dark, l=light, s=middle)
    stage = _stage((number + len(kind)) % STAGES, main, middle, light)
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">'
        f'<defs><linearGradient id="b" x1="0" y1="0" x2="1" y2="1"><stop stop-color="{light}"/>'
        f'<stop offset="1" stop-color="{background}"/></linearGradient>'
        '<linearGradient id="h" x1="0" y1="0" x2="1" y2="1"><stop stop-color="#fff" stop-opacity=".5"/>'
        '<stop offset=".6" stop-color="#fff" stop-opacity="0"/></linearGradient>'
        f'<radialGradient id="u"><stop stop-color="{dark}" stop-opacity=".34"/>'
        f'<stop offset="1" stop-color="{dark}" stop-opacity="0"/></radialGradient></defs>'
        f'<rect width="400" height="400" fill="url(#b)"/>{stage}'
        '<ellipse cx="200" cy="338" rx="132" ry="20" fill="url(#u)"/>'
        f'<g transform="rotate({turn} 200 220) translate(200 200) scale({size}) translate(-200 -200)">{shape}</g></svg>'
    )


def _stage(which: int, main: str, middle: str, light: str) -> str:
    """Return what stands behind a product: a sun, a window, hills or ribbons; the floor below it."""
    floor = f'<path d="M0 322h400v78H0z" fill="{middle}" opacity=".3"/>'
    if which == 0:
        sun = f'<circle cx="200" cy="188" r="138" fill="{middle}" opacity=".38"/><circle cx="200" cy="188" r="104" fill="{light}" opacity=".55"/>'
        return floor + sun
    if which == 1:
        arch = f'<path d="M78 322V178a122 122 0 0 1 244 0v144z" fill="{light}" opacity=".85"/><path d="M98 322V182a102 102 0 0 1 204 0v140z" fill="{middle}" opacity=".28"/>'
        return floor + arch
    if which == 2:
        hills = f'<circle cx="302" cy="104" r="46" fill="{light}"/><path d="M0 322c60-96 128-96 184-30 50-88 140-96 216 30z" fill="{middle}" opacity=".36"/>'
        return hills + floor
    dots = "".join(
        f'<circle cx="{44 + n * 78}" cy="{62 + n % 2 * 46}" r="{5 + n % 3 * 3}" fill="{main}" opacity=".28"/>'
        for n in range(5)
    )
    ribbons = f'<path d="M-20 250C80 150 150 330 260 200S420 150 430 90" fill="none" stroke="{middle}" stroke-width="54" opacity=".3"/>'
    return floor + ribbons + dots


def write_all(folder: Path) -> int:
    """Write every picture that is not there yet into `folder` and return how many there are."""
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for kind in KINDS:
        for number in range(len(PALETTES)):
            path = folder / f"{kind}-{number}.svg"
            if not path.exists():
                path.write_text(draw(kind, number), encoding="utf-8")
            count += 1
    return count
