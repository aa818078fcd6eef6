import pytest

from regions import pinyin

HARD = """
单县 shanxian;乐陵市 laolingshi;乐亭县 laotingxian;洪洞县 hongtongxian;荥经县 yingjingxian;荥阳市 xingyangshi
浚县 xunxian;涡阳县 guoyangxian;长垣市 changyuanshi;长治市 changzhishi;长葛市 changgeshi;长子县 zhangzixian
会稽 kuaiji;会东县 huidongxian;秀山土家族苗族自治县 xiushantujiazumiaozuzizhixian;酉阳 youyang;黔江区 qianjiangqu
綦江区 qijiangqu;枞阳县 zongyangxian;铜陵市 tonglingshi;重庆市 chongqingshi;番禺区 panyuqu;六安市 luanshi
六合区 luhequ;六盘水市 liupanshuishi;蚌埠市 bengbushi;亳州市 bozhoushi;台州市 taizhoushi;丽水市 lishuishi
东阿县 dongexian;歙县 shexian;黟县 yixian;莘县 shenxian;郯城县 tanchengxian;兖州区 yanzhouqu;牟平区 mupingqu
芝罘区 zhifuqu;盱眙县 xuyixian;邗江区 hanjiangqu;甪直镇 luzhizhen;郫都区 piduqu;犍为县 qianweixian
筠连县 junlianxian;珙县 gongxian;蔚县 yuxian;井陉县 jingxingxian;大城县 daichengxian;大同市 datongshi
宕昌县 tanchangxian;朝阳区 chaoyangqu;朝阳市 chaoyangshi;泊头市 botoushi;漯河市 luoheshi;召陵区 shaolingqu
穆棱市 mulingshi;称多县 chenduoxian;繁峙县 fanshixian;闵行区 minhangqu;马尾区 maweiqu;伽师县 jiashixian
都匀市 duyunshi;成都市 chengdushi;曾都区 zengduqu;佛山市 foshanshi;佛坪县 fopingxian;什邡市 shifangshi
崆峒区 kongtongqu;民乐县 minlexian;南乐县 nanlexian;厦门市 xiamenshi;吴堡县 wubuxian;行唐县 xingtangxian
绿春县 lvchunxian;弥勒市 mileshi;阿勒泰市 aletaishi;铅山县 yanshanxian;城口县 chengkouxian
"""


@pytest.mark.parametrize("line", HARD.replace("\n", ";").strip(";").split(";"))
def test_place_names_are_read_as_the_people_there_read_them(line):
    name, expected = line.split()
    assert pinyin.spelling(name) == expected


def test_initials_are_the_first_letters():
    assert pinyin.initials("城口县") == "ckx"
    assert pinyin.initials("重庆市") == "cqs"


def test_numbers_stay_whole_and_other_signs_are_dropped():
    assert pinyin.initials("复兴路20号（院）") == "fxl20hy"
    assert pinyin.syllables("（）") == []


def test_words_are_found_as_pypinyin_finds_them():
    import random

    import pypinyin
    from pypinyin.constants import PHRASES_DICT

    pinyin.syllables("城")  # the corrections are in force from here on
    choose = random.Random(7)
    phrases = sorted(PHRASES_DICT)
    for _name in range(2000):
        name = "".join(
            [*choose.choices(phrases, k=2), choose.choice(["", "Ａ1", "（乙）", "x-"]), choose.choice(phrases)[:2]]
        )
        whole = ("".join(c for c in part.lower() if c.isascii() and c.isalnum()) for part in pypinyin.lazy_pinyin(name))
        assert pinyin.syllables(name) == [part for part in whole if part], name
