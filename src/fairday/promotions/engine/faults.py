"""Say what is wrong with offers and price documents in English and Chinese; a fault is its English text and carries the other."""

from collections.abc import Sequence
from typing import Any, Self

from fairday.kernel.errors import Refusal


class Fault(str):
    """Be a fault in English, with its Chinese in `zh`."""

    __slots__ = ("zh",)
    zh: str

    def __new__(cls, en: str, zh: str) -> Self:
        """Make a fault of both texts."""
        made = super().__new__(cls, en)
        made.zh = zh
        return made

    def within(self, place: str) -> "Fault":
        """Return the fault with the place where it stands."""
        return Fault(f"{place}: {self}", f"{place}：{self.zh}")


def in_language(errors: Sequence[str], language: str) -> list[str]:
    """Return faults as plain texts in "zh" or "en"."""
    return [one.zh if language == "zh" and isinstance(one, Fault) else str(one) for one in errors]


class Faulty(Refusal):
    """Refuse something with `errors`, told in the asker's language in the sentence and in the details alike."""

    def details_in(self, language: str) -> dict[str, Any]:
        """Return the details with the faults in a language."""
        errors = self.details["errors"]
        assert isinstance(errors, list), "faults are a list"
        return self.details | {"errors": in_language(errors, language)}

    def sentence(self, language: str) -> str:
        """Return the sentence with the faults in the same language."""
        template = self.zh if language == "zh" else self.en
        return template.format(
            errors="；".join(self.details_in("zh")["errors"])
            if language == "zh"
            else "; ".join(self.details_in("en")["errors"])
        )
