"""Which way words run: languages, letters, and names and titles that are set apart from the line they stand in."""

import re

import pytest

from sitegen.directions import has_rtl, is_rtl, isolate
from tests.support import build_folder, write_course

LANGUAGES = {
    "en": False, "de-CH": False, "ja": False, "he": True, "iw": True, "ar": True, "ar-EG": True, "ar-Latn": False,
    "fa": True, "ur-PK": True, "yi": True, "dv": True, "ps": True, "sd": True, "ug": True, "ckb": True, "HE-il": True,
    "pa": False, "pa-Arab": True, "az-Arab-IR": True, "ku": False, "sr-Latn": False, "arn": False, "hsb": False,
}  # fmt: skip


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_language_is_written_from_right_to_left(language):
    assert is_rtl(language) is LANGUAGES[language]


WORDS = {
    "Ada": False, "Émilie 12": False, "山田 太郎": False, "Σωκράτης": False, "ปรีดี": False, "प्रिया": False, "": False, "…–’": False,
    "דנה": True, "x א": True, "محمد": True, "ܐܒ": True, "ދިވެހި": True, "ߒߞߏ": True, "𞤀𞤣": True, "ﷲ": True,
}  # fmt: skip


@pytest.mark.parametrize("words", WORDS)
def test_words_have_letters_that_run_from_right_to_left(words):
    assert has_rtl(words) is WORDS[words]


def test_only_words_that_may_reorder_their_line_are_set_apart():
    assert isolate("דנה &amp; Co") == "<bdi>דנה &amp; Co</bdi>"
    assert isolate("Ada") == "Ada"


SITE = """\
course: {{code: בד 1, title: "<מבוא>", term: אביב, institution: אוניברסיטה, timezone: UTC, language: {language}}}
staff: [{{name: דנה כהן, role: מרצה, office_hours: בתיאום}}]
links: {{"הרשמה": "https://example.org/sign-up"}}
term: {{start: 2026-02-01, end: 2026-02-27, meets: "Mon 9-10am, אולם", no_class: {{2026-02-23: חג}}}}
presentations: {{sign_up: הרשמה}}
schedule:
  - part: חלק
  - {{topic: פתיחה, read: a, present: {{a: מחמד}}, note: הערה}}
  - {{cancelled: מחלה, topic: רשתות}}
  - {{guest: {{name: רון, from: חברה, talk: דיון}}}}
deadlines: [{{what: מטלה, due: 2026-02-12, note: פתק}}]
"""
BIB = "@article{a, title={כותרת}, author={כהן, דנה and محمد, أحمد}, journal={כתב עת}, year={2021}, abstract={תקציר}}\n"
BARE = re.compile(r">[^<]*[\u0590-\u08ff][^<]*<")


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    files = {
        "papers.bib": BIB,
        "content/lectures/one.md": "# שיעור\n\n@a says, and [@a; @a].\n",
        "content/announcements.md": "# A\n\n## 2026-02-01 ידיעה\n\nWords.\n",
    }
    made = {}
    for language in ("en", "he"):
        course = write_course(tmp_path_factory.mktemp(language), files, SITE.format(language=language))
        built = build_folder(course).files
        pages = ((path, file) for path, file in built.items() if isinstance(file, bytes) and path.endswith(".html"))
        made[language] = {path: page.decode() for path, page in pages}
    return made


def test_no_word_of_an_author_stands_in_a_line_of_ours_without_being_set_apart(pages):
    for path, html in pages["en"].items():
        body = html[html.find("<body") :]
        bare = [
            found
            for found in BARE.findall(body)
            if not re.match(r">[^<]*<", found) or "<bdi>" + found[1:-1] not in body
        ]
        # What is a whole element of its own has nothing beside it: an option, the text of an author's page.
        bare = [
            found
            for found in bare
            if not re.search(rf"(<option|<p dir=\"auto\"|<code|<(h\d|p)( id=\"[^\"]*\")?){re.escape(found)}", body)
        ]
        assert bare == [], path


def test_pages_run_the_way_of_their_language(pages):
    for path, html in pages["he"].items():
        assert '<html lang="he" dir="rtl"' in html, path
        assert "assets/rtl.css" in html or 'http-equiv="refresh"' in html, path
    assert not any(' dir="rtl"' in html or "rtl.css" in html for html in pages["en"].values())
