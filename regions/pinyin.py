"""Pinyin of Chinese names, for sorting and for type-ahead search: 城口县 is "chengkouxian" and "ckx".

pypinyin reads most names rightly; place names it reads wrongly (each found by reading its output for all 3,300
regions from province to county) are corrected here. Written without tones; ü is "v", as people type it.
"""

from functools import lru_cache

# Characters that place names read otherwise than running text does.
CHARACTERS = {
    "长": "cháng",
    "都": "dū",
    "曾": "zēng",
    "佛": "fó",
    "什": "shí",
    "勒": "lè",
    "厦": "xià",
    "郫": "pí",
    "荥": "xíng",
    "浚": "xùn",
    "涡": "guō",
    "筠": "jūn",
    "泊": "bó",
}

# Names and parts of names whose reading depends on the neighbours.
WORDS = {
    "单县": "shàn xiàn",
    "单城镇": "shàn chéng zhèn",
    "单家": "shàn jiā",
    "解家": "xiè jiā",
    "查家": "zhā jiā",
    "仇家": "qiú jiā",
    "乐陵": "lào líng",
    "乐亭": "lào tíng",
    "南乐县": "nán lè xiàn",
    "民乐县": "mín lè xiàn",
    "洪洞": "hóng tóng",
    "崆峒": "kōng tóng",
    "荥经": "yíng jīng",
    "会稽": "kuài jī",
    "大城县": "dài chéng xiàn",
    "六合区": "lù hé qū",
    "六安": "lù ān",
    "召陵": "shào líng",
    "宕昌": "tàn chāng",
    "朝阳": "cháo yáng",
    "浪卡子": "làng kǎ zǐ",
    "穆棱": "mù líng",
    "称多": "chèn duō",
    "繁峙": "fán shì",
    "蚌山": "bèng shān",
    "漯河": "luò hé",
    "闵行": "mǐn háng",
    "马尾": "mǎ wěi",
    "伽师": "jiā shī",
    "长子县": "zhǎng zǐ xiàn",
    "涡轮": "wō lún",
    "大厦": "dà shà",
    "广厦": "guǎng shà",
}


@lru_cache(maxsize=1)
def _reader():
    """pypinyin with the corrections; its dictionaries take a third of a second, so they load on first use."""
    import pypinyin

    pypinyin.load_single_dict({ord(sign): reading for sign, reading in CHARACTERS.items()})
    words = {name: [[part] for part in reading.split()] for name, reading in WORDS.items()}
    pypinyin.load_phrases_dict(words)
    return pypinyin.lazy_pinyin


def syllables(name: str) -> list[str]:
    """The syllables of a name in lower case; Latin letters and digits stay, other signs are dropped.

    >>> syllables("城口县")
    ['cheng', 'kou', 'xian']
    """
    parts = _reader()(name)
    cleaned = ("".join(sign for sign in part.lower() if sign.isascii() and sign.isalnum()) for part in parts)
    return [part for part in cleaned if part]


def spelling(name: str) -> str:
    """The whole name without spaces: "chengkouxian"."""
    return "".join(syllables(name))


def first_letters(parts: list[str]) -> str:
    """The first letter of each syllable; a number stays whole: ["jia", "7", "hao"] is "j7h"."""
    return "".join(part if part[0].isdigit() else part[0] for part in parts)


def initials(name: str) -> str:
    """The first letters of a name: "ckx"."""
    return first_letters(syllables(name))
