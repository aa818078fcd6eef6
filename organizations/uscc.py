"""The unified social credit code: 18 characters with a check character (GB 32100-2015)."""

import unicodedata
from operator import mul

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_VALUES = {char: value for value, char in enumerate(ALPHABET)}
WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_INNER_VALUES = {char: value for value, char in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")}
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
    if len(body) != 17:
        raise ValueError(body)
    try:
        return ALPHABET[-sum(map(mul, map(_VALUES.__getitem__, body), WEIGHTS)) % 31]
    except KeyError as error:
        raise ValueError(body) from error


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
    total = sum(map(mul, map(_INNER_VALUES.__getitem__, code[8:16]), INNER_WEIGHTS))
    return "0123456789X0"[11 - total % 11] == code[16]


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
    digits = {"province": 2, "city": 4}.get(level, 6)
    return registered_in(code) in (region_code[:6], region_code[:digits].ljust(6, "0"))
