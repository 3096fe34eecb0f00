"""Hold the shapes of the demo's goods: SVG on a 400 by 400 sheet, standing on a floor at about 330.

Colours are named: {m} main, {d} dark, {l} light, {s} middle; url(#h) is the light from the upper left.
"""

SHAPES = {
    "tea": (
        '<path d="M96 176h196v62a92 92 0 0 1-92 92h-12a92 92 0 0 1-92-92z" fill="{m}"/>'
        '<path d="M96 176h196v62a92 92 0 0 1-92 92h-12a92 92 0 0 1-92-92z" fill="url(#h)"/>'
        '<path d="M292 196h18a36 36 0 0 1 0 72h-26" fill="none" stroke="{m}" stroke-width="18"/>'
        '<ellipse cx="194" cy="176" rx="98" ry="24" fill="{d}"/><ellipse cx="194" cy="178" rx="82" ry="17" fill="#c98635"/>'
        '<path d="M130 182c20-10 60-12 88-6" stroke="#e9b566" stroke-width="6" fill="none" stroke-linecap="round"/>'
        '<path d="M214 168c8-16 28-20 40-12-4 14-22 22-40 12z" fill="#6fae5a"/>'
        '<path d="M154 132q-16-24 0-48m40 44q-16-26 0-54m40 58q-16-24 0-48" stroke="{d}" stroke-width="7" fill="none" stroke-linecap="round" opacity=".35"/>'
        '<path d="M128 236h132" stroke="{l}" stroke-width="5" opacity=".5" stroke-dasharray="2 12" stroke-linecap="round"/>'
    ),
    "shoe": (
        '<path d="M66 238c46 4 78-22 96-70 8-14 26-10 32 2l18 22c14 30 56 46 106 54 30 6 38 26 36 54H82c-18 0-26-38-16-62z" fill="{m}"/>'
        '<path d="M66 238c46 4 78-22 96-70 8-14 26-10 32 2l10 14c-26 60-72 92-142 92-4-14-2-28 4-38z" fill="url(#h)"/>'
        '<path d="M60 292h298v16c0 12-10 20-22 20H84c-16 0-24-14-24-36z" fill="{l}"/><path d="M60 292h298" stroke="{d}" stroke-width="7"/>'
        '<path d="M80 312h254" stroke="{s}" stroke-width="5" stroke-dasharray="16 10"/>'
        '<path d="M180 218l38-20m-22 42l40-20m-14 40l38-18" stroke="{l}" stroke-width="10" stroke-linecap="round"/>'
        '<path d="M88 246c26 8 52 4 74-10" stroke="{d}" stroke-width="8" fill="none" stroke-linecap="round"/>'
        '<path d="M268 268c22 4 44 6 70 4" stroke="{d}" stroke-width="6" fill="none" opacity=".5"/>'
    ),
    "lipstick": (
        '<g><rect x="154" y="214" width="92" height="122" rx="10" fill="{d}"/><rect x="154" y="214" width="92" height="122" rx="10" fill="url(#h)"/>'
        '<rect x="164" y="168" width="72" height="52" fill="#e3bd62"/><rect x="164" y="168" width="18" height="52" fill="#f6e0a2"/>'
        '<path d="M172 170v-60c18-4 40-16 56-38v98z" fill="{m}"/><path d="M172 110c18-4 40-16 56-38v22c-16 20-38 32-56 36z" fill="#fff" opacity=".4"/>'
        '<rect x="154" y="244" width="92" height="9" fill="#e3bd62"/></g>'
        '<g opacity=".95"><rect x="272" y="226" width="56" height="108" rx="12" fill="{m}"/><rect x="272" y="226" width="56" height="108" rx="12" fill="url(#h)"/>'
        '<rect x="272" y="252" width="56" height="7" fill="#e3bd62"/></g>'
        '<path d="M72 300c14-26 34-12 38-2 6-12 28-20 38 2-18 32-58 32-76 0z" fill="{m}"/><path d="M80 302c24 8 44 8 62-2" stroke="{d}" stroke-width="4" fill="none"/>'
    ),
    "phone": (
        '<rect x="176" y="74" width="142" height="262" rx="28" fill="{s}"/><rect x="196" y="94" width="46" height="58" rx="16" fill="{d}" opacity=".55"/>'
        '<circle cx="219" cy="112" r="11" fill="#1c2233"/><circle cx="219" cy="136" r="11" fill="#1c2233"/>'
        '<rect x="92" y="62" width="144" height="276" rx="30" fill="#1d2333"/><rect x="101" y="71" width="126" height="258" rx="22" fill="{m}"/>'
        '<rect x="101" y="71" width="126" height="258" rx="22" fill="url(#h)"/><rect x="142" y="80" width="44" height="12" rx="6" fill="#1d2333"/>'
        '<circle cx="196" cy="136" r="20" fill="{l}" opacity=".9"/><path d="M101 262c34-58 60-26 76-6 12-22 30-30 50-8v59a22 22 0 0 1-22 22h-82a22 22 0 0 1-22-22z" fill="{l}" opacity=".6"/>'
        '<path d="M101 286c40-22 84-18 126 6v15a22 22 0 0 1-22 22h-82a22 22 0 0 1-22-22z" fill="{d}" opacity=".55"/><rect x="144" y="316" width="40" height="5" rx="2" fill="{l}"/>'
    ),
    "bread": (
        '<path d="M70 246c-16-62 34-104 70-90 20-34 100-34 120 0 36-14 86 28 70 90l-10 76a16 16 0 0 1-16 14H96a16 16 0 0 1-16-14z" fill="#d98f3f"/>'
        '<path d="M70 246c-16-62 34-104 70-90 20-34 100-34 120 0 6-2 12-3 18-2-70 2-120 60-130 182H96a16 16 0 0 1-16-14z" fill="#f0b667"/>'
        '<path d="M126 214l34-42m20 50l36-50m20 48l32-42" stroke="#fbe3b5" stroke-width="11" stroke-linecap="round"/>'
        '<path d="M98 300c60 14 140 14 204 0" stroke="#a9652a" stroke-width="6" fill="none" opacity=".55"/>'
        '<g stroke="{d}" stroke-width="5" stroke-linecap="round" fill="{s}"><path d="M300 330c14-40 26-60 46-84" fill="none"/><path d="M330 268c-2-16 6-26 18-30 4 14-4 26-18 30zm-14 26c-12-8-16-20-10-32 12 6 16 18 10 32zm4 4c14-4 26 0 32 10-12 6-26 2-32-10z" stroke="none"/></g>'
    ),
    "mooncake": (
        '<path d="M92 214l12 70c40 40 152 40 192 0l12-70z" fill="#a86224"/>'
        '<circle cx="200" cy="204" r="112" fill="#c9782f"/><circle cx="200" cy="196" r="108" fill="#e6a04c"/><circle cx="200" cy="196" r="108" fill="url(#h)"/>'
        '<g fill="none" stroke="#a9602a" stroke-width="7"><circle cx="200" cy="196" r="82"/>'
        '<path d="M200 130c26 22 26 44 0 66-26-22-26-44 0-66zm0 66c26 22 26 44 0 66-26-22-26-44 0-66zm0 0c22-26 44-26 66 0-22 26-44 26-66 0zm0 0c-22-26-44-26-66 0 22 26 44 26 66 0z"/><circle cx="200" cy="196" r="12" fill="{m}" stroke="none"/></g>'
        '<path d="M302 300l60-18v40l-44 14z" fill="#f3d9a4"/><circle cx="334" cy="308" r="13" fill="#f2a52c"/>'
    ),
    "jacket": (
        '<path d="M146 84l54 26 54-26 66 40 26 118-46 12-14-58v140H114V196l-14 58-46-12 26-118z" fill="{m}"/>'
        '<path d="M146 84l54 26v226h-86V196l-14 58-46-12 26-118z" fill="url(#h)"/>'
        '<path d="M146 84l54 26 54-26-14 50-40 24-40-24z" fill="{d}"/><path d="M200 158v178" stroke="{d}" stroke-width="8"/>'
        '<path d="M200 158v178" stroke="{l}" stroke-width="3" stroke-dasharray="7 7"/>'
        '<path d="M140 262l44 8m76-8l-44 8" stroke="{d}" stroke-width="8" stroke-linecap="round"/>'
        '<path d="M114 306h172v30H114z" fill="{d}" opacity=".35"/><circle cx="252" cy="196" r="13" fill="#f2c14e"/><path d="M246 196l5 5 8-9" stroke="{d}" stroke-width="4" fill="none"/>'
    ),
    "noodles": (
        '<path d="M66 204h268c0 62-34 104-84 120v16H150v-16C100 308 66 266 66 204z" fill="{m}"/><path d="M66 204h134v136h-50v-16C100 308 66 266 66 204z" fill="url(#h)"/>'
        '<ellipse cx="200" cy="204" rx="134" ry="34" fill="{d}"/><ellipse cx="200" cy="204" rx="118" ry="26" fill="#e8b25a"/>'
        '<g fill="none" stroke="#fbe6ae" stroke-width="9" stroke-linecap="round"><path d="M104 208c30-26 50 14 82-8s40 16 74-6"/><path d="M120 220c34-20 52 8 84-8s40 8 66-8"/></g>'
        '<circle cx="254" cy="196" r="27" fill="#fffaf0"/><circle cx="254" cy="196" r="13" fill="#f2a52c"/>'
        '<path d="M132 190c8-16 40-20 52-6-10 16-40 20-52 6z" fill="#a5482f"/><path d="M186 216l14-8m8 14l16-6m-100 0l12-8" stroke="#5da34f" stroke-width="7" stroke-linecap="round"/>'
        '<path d="M172 196L96 62m96 130L136 56" stroke="#7a4a22" stroke-width="9" stroke-linecap="round"/><path d="M110 262c30 40 60 52 90 54" stroke="{l}" stroke-width="6" fill="none" opacity=".5"/>'
    ),
    "robot": (
        '<rect x="118" y="92" width="164" height="116" rx="30" fill="{m}"/><rect x="118" y="92" width="164" height="116" rx="30" fill="url(#h)"/>'
        '<rect x="138" y="116" width="124" height="68" rx="22" fill="#1d2333"/><circle cx="172" cy="148" r="14" fill="#7be0d0"/><circle cx="228" cy="148" r="14" fill="#7be0d0"/><path d="M184 168q16 12 32 0" stroke="#7be0d0" stroke-width="5" fill="none" stroke-linecap="round"/>'
        '<path d="M200 92V64" stroke="{d}" stroke-width="8"/><circle cx="200" cy="56" r="13" fill="#f2c14e"/>'
        '<path d="M104 130v40m192-40v40" stroke="{d}" stroke-width="16" stroke-linecap="round"/>'
        '<rect x="140" y="216" width="120" height="84" rx="22" fill="{d}"/><rect x="140" y="216" width="60" height="84" rx="22" fill="url(#h)"/><rect x="170" y="238" width="60" height="36" rx="10" fill="{l}"/><circle cx="186" cy="256" r="7" fill="#e2543f"/><circle cx="206" cy="256" r="7" fill="#f2c14e"/>'
        '<path d="M132 234l-40 36m176-36l40-20" stroke="{m}" stroke-width="20" stroke-linecap="round"/><circle cx="312" cy="210" r="16" fill="{m}"/><path d="M170 300v24m60-24v24" stroke="{m}" stroke-width="26"/><path d="M148 332h44m16 0h44" stroke="{d}" stroke-width="18" stroke-linecap="round"/>'
    ),
    "lamp": (
        '<path d="M132 198L70 330h260l-62-132z" fill="#ffe49a" opacity=".5"/><path d="M128 190l36-112h72l36 112z" fill="{m}"/><path d="M128 190l36-112h36v112z" fill="url(#h)"/>'
        '<path d="M128 190h144l-18 16H146z" fill="{d}"/><ellipse cx="200" cy="204" rx="30" ry="9" fill="#fff3c4"/>'
        '<rect x="191" y="204" width="18" height="110" fill="{d}"/><path d="M132 316a68 20 0 0 1 136 0v14H132z" fill="{d}"/><path d="M132 316a68 20 0 0 1 68-20v34h-68z" fill="url(#h)"/><circle cx="200" cy="318" r="6" fill="#7be0a0"/>'
        '<path d="M164 78l6-20h60l6 20z" fill="{d}"/><path d="M286 318h56v12h-56zm6-14h50v14h-50z" fill="{s}"/>'
    ),
    "cooker": (
        '<path d="M84 180h232v104a50 50 0 0 1-50 50H134a50 50 0 0 1-50-50z" fill="{l}"/><path d="M84 222h232v62a50 50 0 0 1-50 50H134a50 50 0 0 1-50-50z" fill="{m}"/><path d="M84 180h116v154h-66a50 50 0 0 1-50-50z" fill="url(#h)"/>'
        '<path d="M94 182a106 70 0 0 1 212 0z" fill="{d}"/><path d="M118 158a84 54 0 0 1 82-46" stroke="{l}" stroke-width="8" fill="none" opacity=".4" stroke-linecap="round"/><rect x="176" y="92" width="48" height="24" rx="12" fill="{s}"/>'
        '<rect x="152" y="240" width="96" height="52" rx="16" fill="#1d2333"/><path d="M166 266h34" stroke="#7be0d0" stroke-width="7" stroke-linecap="round"/><circle cx="226" cy="266" r="10" fill="#f2c14e"/>'
        '<path d="M250 150q-12-22 4-40m26 46q-12-22 4-40" stroke="{d}" stroke-width="6" fill="none" opacity=".3" stroke-linecap="round"/><path d="M118 334v10m164-10v10" stroke="{d}" stroke-width="16" stroke-linecap="round"/>'
    ),
    "headphones": (
        '<path d="M92 246v-38a108 108 0 0 1 216 0v38" fill="none" stroke="{d}" stroke-width="26"/><path d="M96 208a104 104 0 0 1 80-98" fill="none" stroke="#fff" stroke-width="8" opacity=".35" stroke-linecap="round"/>'
        '<rect x="70" y="214" width="68" height="116" rx="34" fill="{m}"/><rect x="70" y="214" width="68" height="116" rx="34" fill="url(#h)"/><rect x="262" y="214" width="68" height="116" rx="34" fill="{m}"/><rect x="262" y="214" width="34" height="116" rx="17" fill="url(#h)"/>'
        '<rect x="126" y="230" width="26" height="84" rx="13" fill="{d}"/><rect x="248" y="230" width="26" height="84" rx="13" fill="{d}"/><circle cx="104" cy="272" r="15" fill="{l}" opacity=".85"/><circle cx="296" cy="272" r="15" fill="{l}" opacity=".85"/>'
        '<path d="M182 232q10 16 0 32m18-46q18 30 0 60m18-46q-10-16 0-32" stroke="{s}" stroke-width="6" fill="none" stroke-linecap="round"/>'
    ),
    "book": (
        '<path d="M112 296l-22-190a12 12 0 0 1 10-13l120-16a12 12 0 0 1 13 10l24 188z" fill="{s}"/>'
        '<path d="M136 330V118a14 14 0 0 1 14-14h142a14 14 0 0 1 14 14v212z" fill="{d}"/><path d="M150 104h142a14 14 0 0 1 14 14v190H150a14 14 0 0 0-14 14V118a14 14 0 0 1 14-14z" fill="{m}"/><path d="M150 104h70v204h-70a14 14 0 0 0-14 14V118a14 14 0 0 1 14-14z" fill="url(#h)"/>'
        '<path d="M150 312h152v12H150a6 6 0 0 1 0-12z" fill="#fffaf0"/><rect x="176" y="140" width="104" height="58" rx="6" fill="{l}"/><path d="M190 160h76m-76 18h48" stroke="{d}" stroke-width="7" stroke-linecap="round"/>'
        '<path d="M182 280c20-44 34-20 46-4 10-18 26-26 48 4z" fill="{l}" opacity=".55"/><circle cx="256" cy="232" r="12" fill="#f2c14e"/><path d="M270 308v34l-12-10-12 10v-34z" fill="#e2543f"/>'
    ),
    "cream": (
        '<path d="M104 190h192v104a42 42 0 0 1-42 42H146a42 42 0 0 1-42-42z" fill="{m}"/><path d="M104 190h96v146h-54a42 42 0 0 1-42-42z" fill="url(#h)"/><rect x="96" y="126" width="208" height="70" rx="20" fill="{d}"/><rect x="96" y="126" width="104" height="70" rx="20" fill="url(#h)"/>'
        '<path d="M110 150h180m-180 22h180" stroke="{l}" stroke-width="3" opacity=".35"/><rect x="136" y="226" width="128" height="66" rx="12" fill="{l}"/><path d="M156 248h88m-88 22h54" stroke="{d}" stroke-width="7" stroke-linecap="round"/>'
        '<path d="M300 330c-6-40 12-62 42-70 6 36-10 62-42 70zm0 0c2-26-8-44-26-52-6 24 4 42 26 52z" fill="#6fae5a"/><path d="M300 330c8-22 18-38 32-54" stroke="#3f7d3a" stroke-width="3" fill="none"/>'
    ),
    "fruit": (
        '<path d="M196 150c-34-34-122-16-122 80 0 74 58 106 88 106 16 0 22-8 34-8s18 8 34 8c30 0 88-32 88-106 0-96-88-114-122-80z" fill="{m}"/>'
        '<path d="M196 150c-34-34-122-16-122 80 0 74 58 106 88 106 6 0 10-1 14-3-60-60-60-140 20-183z" fill="url(#h)"/>'
        '<path d="M196 152c-4-30 6-52 30-68" stroke="#6b4423" stroke-width="11" fill="none" stroke-linecap="round"/><path d="M208 118c12-34 50-46 82-34-10 32-48 48-82 34z" fill="#6fae5a"/><path d="M214 114c22-14 44-22 68-26" stroke="#3f7d3a" stroke-width="4" fill="none"/>'
        '<path d="M104 216c4-28 20-44 44-48" stroke="#fff" stroke-width="13" fill="none" stroke-linecap="round" opacity=".6"/>'
        '<circle cx="316" cy="300" r="38" fill="{s}"/><circle cx="304" cy="288" r="10" fill="#fff" opacity=".5"/><path d="M316 262c2-8 8-14 16-16" stroke="#6b4423" stroke-width="6" stroke-linecap="round" fill="none"/>'
    ),
    "milk": (
        '<path d="M112 158l36-76h84l36 76v164a14 14 0 0 1-14 14H126a14 14 0 0 1-14-14z" fill="{l}"/><path d="M112 158l36-76h84l36 76z" fill="{m}"/><path d="M112 158l36-76h42v76z" fill="url(#h)"/><path d="M112 214h156v84H112z" fill="{m}"/><path d="M112 158h78v178h-64a14 14 0 0 1-14-14z" fill="url(#h)"/>'
        '<path d="M112 158h156" stroke="{d}" stroke-width="5"/><rect x="160" y="62" width="60" height="26" rx="8" fill="{d}"/><path d="M140 262q24-34 48 0t48 0" stroke="{l}" stroke-width="11" fill="none" stroke-linecap="round"/>'
        '<path d="M288 244h66l-8 80a13 13 0 0 1-13 12h-24a13 13 0 0 1-13-12z" fill="#fff" opacity=".9"/><path d="M291 270h60l-5 54a13 13 0 0 1-13 12h-24a13 13 0 0 1-13-12z" fill="{s}" opacity=".7"/>'
    ),
}  # fmt: skip
"""The inside of each kind's picture."""
