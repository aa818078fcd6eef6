"""The unified social credit code: 18 characters with a check character (GB 32100-2015)."""

import unicodedata
from operator import mul

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_FOREIGN = 255


def _values(alphabet: str) -> bytes:
    """For `bytes.translate`: the value of each character is its place in the alphabet; others are foreign."""
    return bytes(alphabet.index(char) if char in alphabet else _FOREIGN for char in map(chr, range(256)))


_VALUES = _values(ALPHABET)
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_INNER_VALUES = _values("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
# First two characters for civil affairs: 51 association, 52 service organization, 53 foundation, 59 other.
CIVIL_AFFAIRS_FIRST = "5"
CIVIL_AFFAIRS = ("51", "52", "53", "59")


def normalise(text: str) -> str:
    """Full-width characters to half-width, lower case to upper, no blanks."""
    if text.isascii() and text.isalnum():
        return text.upper()
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def check_character(body: str) -> str:
    """The 18th character for the first 17 (weights 3^(i-1) mod 31). Raises ValueError on foreign characters."""
    values = body.encode().translate(_VALUES)
    if len(values) != 17 or _FOREIGN in values:
        raise ValueError(body)
    return ALPHABET[-sum(map(mul, values, WEIGHTS)) % 31]


def is_valid(code: str) -> bool:
    """Whether a normalised code has 18 allowed characters and the right check character."""
    try:
        return len(code) == 18 and check_character(code[:17]) == code[17]
    except ValueError:
        return False


def inner_check_fits(code: str) -> bool:
    """Whether characters 9 to 17 are an organization code whose own check character fits (GB 11714).

    Codes exist whose inner check is wrong, so a failure is only worth a warning.
    """
    total = sum(map(mul, code[8:16].encode().translate(_INNER_VALUES), INNER_WEIGHTS))
    return "0123456789X0"[11 - total % 11] == code[16]


# How many digits of a region's code say where an authority of the level is; the others are zero.
_DIGITS = {"province": 2, "city": 4}
# Every code of the Ministry of Civil Affairs has these digits instead of a region's.
MINISTRY = "100000"


def registered_in(code: str) -> str:
    """The six digits of the registration authority's region: 100000 is the Ministry of Civil Affairs."""
    return code[2:8]


def fits_region(code: str, *, level: str, region_code: str) -> bool:
    """Whether the code was given out by the authority of this level for this region.

    The digits stay when an organization moves or its county is abolished, so a difference is only worth a warning.
    """
    if level == "national":
        return registered_in(code) == MINISTRY
    digits = _DIGITS.get(level, 6)
    return registered_in(code) in (region_code[:6], region_code[:digits].ljust(6, "0"))
