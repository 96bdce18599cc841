"""How long a text takes to read."""

import random

import pytest

from sitegen.prose import pace
from sitegen.prose.pace import reading_minutes


@pytest.mark.parametrize(
    ("html", "minutes"),
    [
        ("", 0),
        ("<p></p>", 0),
        ("<p>One word.</p>", 1),
        ("<p>" + "word " * 228 * 10 + "</p>", 10),
        ("<p>" + "don't state-of-the-art 1,024 " * 76 * 10 + "</p>", 10),
        ("<p>" + "汉字。" * 1_500 + "</p>", 10),
        ("<p>" + "ひらがな" * 750 + "</p>", 10),
        ("<p>" + "한국어 " * 2_280 + "</p>", 10),
        ("<p>" + "ภาษาไทยง่าย" * 1_036 + "</p>", 10),
        ("<p>" + "слово " * 2_280 + "</p>", 10),
        ('<math display="block"><mi>x</mi></math>' * 75, 10),
        ("<math><mi>x</mi><mo>+</mo><mi>y</mi></math>" * 300, 10),
        ("<pre><code>" + "a = b + c\n\n" * 20 + "</code></pre>\n" * 1, 1),
        (("<pre><code>" + "a = b + c\n" * 400 + "</code></pre>\n") * 5, 10),
        ('<img src="a.png" alt="words that are not read">' * 75, 10),
        ("<svg><title>words</title><text>words</text></svg>" * 75, 10),
        ("<p>word</p><script>" + "word " * 10_000 + "</script><p>word</p>", 1),
        ("<pre>" * 3 + "word " * 2_280, 10),
    ],
)
def test_words_code_formulas_and_pictures_take_their_time(html, minutes):
    assert reading_minutes(html) == minutes


def test_a_lecture_says_how_long_it_takes_and_one_without_words_doesn_t(make):
    built = make({"content/lectures/a.md": "# A\n\n" + "word " * 684, "content/lectures/b.md": "# B\n"})
    assert b'<p class="held">3 min to read</p>' in built.files["lectures/a/index.html"]
    assert b"min to read" not in built.files["lectures/b/index.html"]


@pytest.mark.parametrize("seed", range(20))
def test_words_are_counted_the_quick_way_as_by_their_pattern(seed: int):
    chance = random.Random(seed)
    signs = "abz19'.,-_&; \n\x1c\xa0\u2018\u2019\u201c\u2013\u2026\U000f0000\U000f0001\u00e9\u0434"
    for _ in range(200):
        text = "".join(chance.choices(signs, k=chance.randrange(30)))
        assert round(pace._seconds_for(text) * pace.WORDS / 60) == len(pace._WORD.findall(text)), text
