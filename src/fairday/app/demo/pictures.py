"""Draw the demo's product pictures: flat drawings in SVG, our own, one shape a kind of goods in a palette a product."""

from pathlib import Path

PALETTES = (
    ("#fde8e4", "#d9402b", "#8c1d18", "#fff7f2"),
    ("#fff1d6", "#e8a33d", "#8a5a12", "#fffaf0"),
    ("#e3f1ea", "#3f9b74", "#1d5b43", "#f6fcf9"),
    ("#e2ecf8", "#3d74b8", "#1c3f6e", "#f5f9fe"),
    ("#efe6f6", "#8257a6", "#4b2c66", "#fbf8fd"),
    ("#f3ede4", "#9a7b55", "#57422a", "#fdfaf5"),
)
"""Background, main, dark and light of each palette."""

_SHAPES = {
    "tea": '<path d="M105 170h170v70a75 75 0 0 1-75 75h-20a75 75 0 0 1-75-75z" fill="{m}"/><path d="M275 190h20a35 35 0 0 1 0 70h-24" fill="none" stroke="{m}" stroke-width="18"/><ellipse cx="190" cy="170" rx="85" ry="20" fill="{d}"/><ellipse cx="190" cy="171" rx="70" ry="13" fill="#c98d3c"/><path d="M160 130q-14-22 0-42m30 42q-14-22 0-42m30 42q-14-22 0-42" stroke="{d}" stroke-width="7" fill="none" stroke-linecap="round" opacity=".55"/><ellipse cx="190" cy="330" rx="110" ry="12" fill="{d}" opacity=".25"/>',
    "shoe": '<path d="M80 235c40 4 62-18 78-62l44 14c8 34 44 50 98 58 26 4 34 22 32 44H92c-16 0-22-30-12-54z" fill="{m}"/><path d="M78 288h256v14c0 10-8 16-18 16H98c-14 0-22-12-20-30z" fill="{l}"/><path d="M78 288h256" stroke="{d}" stroke-width="6"/><path d="M186 214l34-18m-22 38l36-18m-16 36l32-16" stroke="{l}" stroke-width="9" stroke-linecap="round"/><path d="M96 240c20 8 44 6 60-4" stroke="{d}" stroke-width="6" fill="none"/>',
    "lipstick": '<rect x="158" y="215" width="84" height="120" rx="8" fill="{d}"/><rect x="166" y="165" width="68" height="56" fill="#e6c36a"/><path d="M174 168V112l52-34v90z" fill="{m}"/><path d="M174 112l52-34v18l-52 34z" fill="{l}" opacity=".5"/><rect x="158" y="240" width="84" height="10" fill="#e6c36a"/><ellipse cx="200" cy="340" rx="80" ry="10" fill="{d}" opacity=".25"/>',
    "phone": '<rect x="130" y="62" width="140" height="276" rx="26" fill="{d}"/><rect x="140" y="76" width="120" height="248" rx="16" fill="{m}"/><circle cx="200" cy="92" r="6" fill="{d}"/><path d="M140 240l48-52 34 34 38-42v128a16 16 0 0 1-16 16h-88a16 16 0 0 1-16-16z" fill="{l}" opacity=".55"/><circle cx="226" cy="140" r="18" fill="{l}" opacity=".8"/>',
    "bread": '<path d="M90 220c-20-60 30-96 60-84 14-34 86-34 100 0 30-12 80 24 60 84l-12 92a16 16 0 0 1-16 14H118a16 16 0 0 1-16-14z" fill="{m}"/><path d="M142 196l26-34m18 38l26-40m18 38l24-34" stroke="{d}" stroke-width="9" stroke-linecap="round" opacity=".6"/><path d="M112 300h176" stroke="{l}" stroke-width="6" opacity=".6"/>',
    "mooncake": '<circle cx="200" cy="208" r="108" fill="{d}"/><circle cx="200" cy="200" r="104" fill="{m}"/><g fill="none" stroke="{d}" stroke-width="7"><circle cx="200" cy="200" r="76"/><path d="M200 140c24 20 24 40 0 60-24-20-24-40 0-60zm0 60c24 20 24 40 0 60-24-20-24-40 0-60zm0 0c20-24 40-24 60 0-20 24-40 24-60 0zm0 0c-20-24-40-24-60 0 20 24 40 24 60 0z"/></g>',
    "jacket": '<path d="M150 92l50 24 50-24 60 36 22 110-44 10-12-52v132H124V196l-12 52-44-10 22-110z" fill="{m}"/><path d="M150 92l50 24 50-24-14 44-36 20-36-20z" fill="{d}"/><path d="M200 156v172" stroke="{l}" stroke-width="7" stroke-dasharray="10 8"/><path d="M146 252h34m40 0h34" stroke="{d}" stroke-width="8" stroke-linecap="round"/>',
    "noodles": '<path d="M82 206h236a118 118 0 0 1-80 112v18h-76v-18A118 118 0 0 1 82 206z" fill="{m}"/><path d="M104 206c8-30 36-42 54-22 12-28 52-28 62 0 18-22 58-12 68 22z" fill="#f3d38a"/><path d="M120 204c14-20 28-20 40 0m20 0c14-24 30-24 44 0" stroke="#d0a24c" stroke-width="6" fill="none"/><circle cx="248" cy="190" r="20" fill="{l}"/><circle cx="248" cy="190" r="9" fill="#f0a92e"/><path d="M150 180L96 76m86 100L142 66" stroke="{d}" stroke-width="9" stroke-linecap="round"/>',
    "robot": '<rect x="126" y="100" width="148" height="108" rx="24" fill="{m}"/><circle cx="170" cy="150" r="16" fill="{l}"/><circle cx="230" cy="150" r="16" fill="{l}"/><circle cx="170" cy="150" r="7" fill="{d}"/><circle cx="230" cy="150" r="7" fill="{d}"/><path d="M172 184h56" stroke="{l}" stroke-width="8" stroke-linecap="round"/><path d="M200 100V70" stroke="{d}" stroke-width="8"/><circle cx="200" cy="64" r="12" fill="{d}"/><rect x="144" y="218" width="112" height="84" rx="16" fill="{d}"/><path d="M134 232l-34 44m166-44l34 44" stroke="{m}" stroke-width="18" stroke-linecap="round"/><path d="M172 302v34m56-34v34" stroke="{m}" stroke-width="22" stroke-linecap="round"/>',
    "lamp": '<path d="M136 186l32-104h64l32 104z" fill="{m}"/><path d="M136 186h128l-16 14H152z" fill="{d}"/><path d="M152 200l-40 120h176l-40-120z" fill="#ffe9a8" opacity=".55"/><rect x="193" y="200" width="14" height="112" fill="{d}"/><rect x="146" y="312" width="108" height="20" rx="10" fill="{d}"/>',
    "cooker": '<rect x="100" y="166" width="200" height="140" rx="34" fill="{l}"/><path d="M100 212h200v58a36 36 0 0 1-36 36H136a36 36 0 0 1-36-36z" fill="{m}"/><path d="M112 166a88 56 0 0 1 176 0z" fill="{d}"/><rect x="184" y="94" width="32" height="20" rx="8" fill="{d}"/><rect x="168" y="232" width="64" height="34" rx="10" fill="{d}"/><circle cx="186" cy="249" r="6" fill="#7be0a0"/><path d="M200 249h22" stroke="{l}" stroke-width="6"/><path d="M130 306v18m140-18v18" stroke="{d}" stroke-width="14" stroke-linecap="round"/>',
    "headphones": '<path d="M104 238v-34a96 96 0 0 1 192 0v34" fill="none" stroke="{d}" stroke-width="20"/><rect x="84" y="216" width="54" height="96" rx="26" fill="{m}"/><rect x="262" y="216" width="54" height="96" rx="26" fill="{m}"/><rect x="126" y="230" width="18" height="68" rx="9" fill="{l}"/><rect x="256" y="230" width="18" height="68" rx="9" fill="{l}"/>',
    "book": '<path d="M84 112c44-16 84-12 116 14v202c-32-24-72-28-116-14z" fill="{m}"/><path d="M316 112c-44-16-84-12-116 14v202c32-24 72-28 116-14z" fill="{d}"/><path d="M108 150c24-6 46-4 68 6m-68 34c24-6 46-4 68 6m-68 34c24-6 46-4 68 6" stroke="{l}" stroke-width="7" fill="none" stroke-linecap="round"/><path d="M292 150c-24-6-46-4-68 6m68 34c-24-6-46-4-68 6" stroke="{l}" stroke-width="7" fill="none" stroke-linecap="round" opacity=".7"/>',
    "cream": '<rect x="120" y="184" width="160" height="128" rx="26" fill="{m}"/><rect x="112" y="128" width="176" height="62" rx="14" fill="{d}"/><rect x="146" y="220" width="108" height="56" rx="8" fill="{l}"/><path d="M164 240h72m-72 18h46" stroke="{d}" stroke-width="6" stroke-linecap="round"/><path d="M112 152h176" stroke="{l}" stroke-width="4" opacity=".5"/>',
    "fruit": '<path d="M200 138c-30-30-106-14-106 70 0 70 50 124 80 124 14 0 18-6 26-6s12 6 26 6c30 0 80-54 80-124 0-84-76-100-106-70z" fill="{m}"/><path d="M200 138c-2-26 8-44 28-58" stroke="{d}" stroke-width="10" fill="none" stroke-linecap="round"/><path d="M212 112c12-30 44-40 72-30-8 28-40 42-72 30z" fill="#5da34f"/><path d="M128 196c4-22 18-34 36-36" stroke="{l}" stroke-width="10" fill="none" stroke-linecap="round" opacity=".7"/>',
    "milk": '<path d="M136 152l32-66h64l32 66v172a12 12 0 0 1-12 12H148a12 12 0 0 1-12-12z" fill="{l}"/><path d="M136 152l32-66h64l32 66z" fill="{m}"/><path d="M136 210h128v76H136z" fill="{m}"/><path d="M136 152h128" stroke="{d}" stroke-width="5"/><rect x="176" y="72" width="48" height="22" rx="6" fill="{d}"/><path d="M162 248q19-26 38 0t38 0" stroke="{l}" stroke-width="9" fill="none" stroke-linecap="round"/>',
}  # fmt: skip

KINDS = tuple(_SHAPES)


def draw(kind: str, number: int) -> str:
    """Return the SVG of a product of `kind`; `number` chooses its palette and the quiet shapes behind it."""
    background, main, dark, light = PALETTES[number % len(PALETTES)]
    shape = _SHAPES[kind].format(m=main, d=dark, l=light)
    x, y = 60 + number * 53 % 260, 70 + number * 31 % 240
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 400">'
        f'<rect width="400" height="400" fill="{background}"/>'
        f'<circle cx="{x}" cy="{y}" r="130" fill="{light}" opacity=".75"/>'
        f'<circle cx="{400 - y}" cy="{400 - x}" r="70" fill="{main}" opacity=".08"/>{shape}</svg>'
    )


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
