"""Draw the demo's passwords and PINs: new ones in each home, so that nobody on the network knows them beforehand."""

import secrets

from fairday.identity import rules
from fairday.identity.errors import WeakPin

_WORDS = [
    "amber",
    "anchor",
    "apple",
    "autumn",
    "bamboo",
    "basket",
    "beacon",
    "berry",
    "bridge",
    "bronze",
    "button",
    "candle",
    "canyon",
    "cedar",
    "cherry",
    "cloud",
    "copper",
    "coral",
    "cotton",
    "crane",
    "daisy",
    "dragon",
    "ember",
    "fable",
    "falcon",
    "feather",
    "fern",
    "forest",
    "garden",
    "ginger",
    "harbor",
    "hazel",
    "indigo",
    "island",
    "ivory",
    "jasmine",
    "kettle",
    "ladder",
    "lantern",
    "lemon",
    "lotus",
    "maple",
    "marble",
    "meadow",
    "mirror",
    "ocean",
    "olive",
    "orchid",
    "paper",
    "pebble",
    "pepper",
    "piano",
    "plum",
    "pocket",
    "quartz",
    "ribbon",
    "river",
    "rocket",
    "saddle",
    "sesame",
    "silver",
    "spring",
    "willow",
]


def password() -> str:
    """Return three words and four digits: 31 bits, plenty where guesses are counted, and easy to type."""
    words = " ".join(secrets.choice(_WORDS) for _ in range(3))
    return f"{words} {secrets.randbelow(10_000):04d}"


def pin() -> str:
    """Return six digits that are no one's first guess."""
    while True:
        drawn = f"{secrets.randbelow(1_000_000):06d}"
        try:
            rules.check_payment_pin(drawn)
        except WeakPin:
            continue
        return drawn
