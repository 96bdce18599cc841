"""Pictures made when the site is built: right size, few bytes, the same bytes, and never an empty box."""

import io
import itertools
import json
import re
import xml.etree.ElementTree as etree

import pytest
from PIL import Image, ImageDraw, ImageFont

from sitegen.outputs import cards
from sitegen.outputs.cards import Card, break_code, draw_card, draw_favicon, draw_icon, wrap
from sitegen.outputs.lettering import Face, fit_to_print, load_face, new_picture, pack, pack_blank, write_png
from sitegen.outputs.palette import read_palette
from sitegen.outputs.theme import Theme
from tests.sample import built_in, sample_course, theme
from tests.support import told

FONT = built_in()[cards.FONT]
PALETTE = read_palette(None, theme())
COURSE = Card("CMSC818Q", "Special Topics in Cloud Computing", "Spring 2026", "University of Maryland")


def draw(title: str, code: str = "CMSC818Q", when: str = "Tue 27 Jan 2026", where: str = "Systems") -> Image.Image:
    image = Image.open(io.BytesIO(draw_card(Card(code, title, when, where), PALETTE.light, FONT)))
    image.load()
    return image


def ink(image: Image.Image, box: tuple[int, int, int, int] | None = None) -> tuple[int, int, int, int] | None:
    """The box around everything that isn't paper."""
    part = image.crop(box) if box else image
    return part.point([0] + [255] * 255, "L").getbbox()


BELOW_RULE = (0, 160, 1200, 630)
TITLE = (0, 160, 1200, 500)


def test_a_card_has_the_size_that_is_told_and_sixteen_colours():
    content = draw_card(COURSE, PALETTE.light, FONT)
    image = Image.open(io.BytesIO(content))
    assert (image.size, image.mode, image.format) == ((1200, 630), "P", "PNG")
    assert content[24] == 4  # bits a pixel (PNG, IHDR)
    assert len(content) < 25_000


def test_a_card_is_set_in_the_colours_of_the_site():
    image = draw("Systems").convert("RGB")
    rgb = {name: tuple(bytes.fromhex(getattr(PALETTE.light, name)[1:])) for name in ("paper", "ink", "accent")}
    assert image.getpixel((10, 10)) == rgb["paper"]
    assert image.getpixel((600, 151)) == rgb["accent"]
    assert rgb["ink"] in {colour for _, colour in image.getcolors(1 << 16) or ()}


def test_the_same_card_is_the_same_bytes_and_another_title_others():
    again = draw_card.__wrapped__(COURSE, PALETTE.light, FONT)
    assert again == draw_card(COURSE, PALETTE.light, FONT)
    assert again != draw_card(Card("CMSC818Q", "Systems", "Spring 2026", "University of Maryland"), PALETTE.light, FONT)


@pytest.mark.parametrize(
    "title",
    [
        "A",
        "Introduction: systems for AI",
        "word " * 80,
        "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft" * 3,
        "Über die “Größe” von Łódź – ½ × 3",
        "Ελληνικά και Кириллица",
    ],
)
def test_every_title_stays_within_the_margins_and_above_the_foot(title):
    image = draw(title)
    left, top, right, bottom = ink(image)  # type: ignore[misc]
    assert left >= 80 and right <= 1200 - 80 and top >= 60 and bottom <= 630 - 60
    assert ink(image, TITLE)
    assert ink(image, (0, 495, 1200, 510)) is None  # between the title and the foot


@pytest.mark.parametrize("title", ["日本語の講義", "مقدمة في الأنظمة", "हिन्दी", "a\u0000b"])
def test_a_title_that_the_font_doesn_t_have_leaves_the_code_instead_of_boxes(title):
    assert fit_to_print(title, FONT) == ""
    assert draw(title).tobytes() == draw("").tobytes()
    assert ink(draw(title), TITLE)  # the code in its place


def test_a_card_on_which_nothing_can_be_written_shows_the_rows_of_the_favicon():
    image = draw("講義", code="計算機", when="春", where="大学")
    assert ink(image, TITLE) == (84, 83, 284, 249)
    assert ink(draw("講義", code="CS101"), TITLE) != ink(image, TITLE)


@pytest.mark.parametrize(
    "text", ["Łódź", "Ångström", "Çağrı", "Ελλάδα", "Київ", "“quoted” – 1½ €", "P ≠ NP", "A → B ← C", "≤ ≥ ≈ × −"]
)
def test_the_font_has_the_letters_of_latin_greek_and_cyrillic(text):
    assert fit_to_print(text, FONT) == text


def test_letters_with_separate_accents_are_joined():
    assert fit_to_print("Go\u0308del", FONT) == "G\u00f6del"


@pytest.mark.parametrize(
    "text", ["Systems \U0001f680", "\U0001f44b\U0001f3fd Systems", "Systems \u2764\ufe0f\u200d\U0001f525"]
)
def test_emoji_are_left_out_of_a_text(text):
    assert fit_to_print(text, FONT) == "Systems"


def test_a_letter_whose_accent_the_font_doesn_t_have_isn_t_set_without_it():
    assert fit_to_print("x\u0489", FONT) == ""


def test_lines_are_about_equally_long():
    lines = wrap("Automating parallelism for distributed deep learning systems", load_face(FONT, 76), 1032)
    widths = [load_face(FONT, 76).measure(line) for line in lines]
    assert " ".join(lines) == "Automating parallelism for distributed deep learning systems"
    assert max(widths) <= 1032 and min(widths) > 0.5 * max(widths)


def test_kerning_is_read_from_the_font():
    face = load_face(FONT, 88)
    assert face.measure("AV") < face.measure("A") + face.measure("V")


@pytest.mark.parametrize("text", ["Serving large language models", "WAVE, To: AV “Ty” fi", "Łódź Ελλάδα", "A", ""])
def test_a_line_of_letters_drawn_once_is_the_line_that_pillow_draws(text):
    picture, face = new_picture(1200, 120), load_face(FONT, 76)
    end = face.write(picture, text, 20, 90)
    drawn = Image.new("L", (1200, 120), 0)
    plain = ImageFont.truetype(io.BytesIO(FONT), 76, layout_engine=ImageFont.Layout.BASIC)
    ImageDraw.Draw(drawn).text((20, 90), text, 14, plain, "ls")
    assert end == 20 + plain.getlength(text)
    assert picture.tobytes() == drawn.tobytes()


# --- icons --------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["CMSC818Q", "CS101", "6.824", "Systems for everyone", "計算機", ""])
@pytest.mark.parametrize(("size", "margin"), [(180, 0.1), (512, 0.21)])
def test_an_icon_shows_something_within_its_margin(code, size, margin):
    image = Image.open(io.BytesIO(draw_icon(code, size, margin, PALETTE.light, FONT)))
    image.load()
    assert image.size == (size, size)
    left, top, right, bottom = ink(image)  # type: ignore[misc]
    assert min(left, top, size - right, size - bottom) >= size * margin - 4


@pytest.mark.parametrize(
    ("code", "lines"),
    [
        ("CMSC818Q", ("CMSC", "818Q")),
        ("CS 101", ("CS", "101")),
        ("EECS-6.5840", ("EECS-6.5",)),
        ("6.824", ("6.824",)),
        ("Systems", ("Systems",)),
        ("", ()),
    ],
)
def test_a_code_is_broken_between_letters_and_numbers(code, lines):
    assert break_code(code) == lines


def test_the_favicon_is_an_svg_for_light_and_dark():
    root = etree.fromstring(draw_favicon("C<S>&\x00101", PALETTE.light, PALETTE.dark))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"
    assert root.findtext("{http://www.w3.org/2000/svg}title") == "C<S>&\ufffd101"
    style = root.findtext("{http://www.w3.org/2000/svg}style") or ""
    assert PALETTE.light.accent in style.partition("@media")[0] and PALETTE.dark.accent in style.partition("@media")[2]


def test_the_favicon_s_edges_fall_between_pixels_at_its_smallest_size():
    drawn = draw_favicon("CS101", PALETTE.light, PALETTE.dark).decode()
    numbers = [int(number) for path in re.findall(r' d="([^"]+)"', drawn) for number in re.findall(r"[\d.]+", path)]
    assert len(numbers) > 20 and all(number % 2 == 0 for number in numbers)  # 32 units are 16 pixels


def test_a_course_s_own_favicon_takes_the_place_of_ours():
    own = Theme(built_in(), {"favicon.svg": b"<svg/>"})
    assert "assets/favicon.svg" not in dict(cards.icons(sample_course(), own))
    assert dict(own.static_files())["assets/favicon.svg"] == b"<svg/>"


# --- which pages have one -----------------------------------------------------------------------


def test_home_lectures_and_pages_have_cards_with_their_days():
    listed = cards.list_cards(sample_course())
    assert listed["index.html"].title == "Special Topics in Cloud Computing"
    assert listed["index.html"].when == "Spring 2026"
    assert listed["lectures/introduction/index.html"].when == "Tue 27 Jan 2026"
    assert listed["lectures/extra/index.html"].when == "Spring 2026"
    assert listed["project/index.html"].title == "Project"
    assert not [path for path in listed if path.startswith("readings/")]
    assert set(dict(cards.cards(sample_course(), theme()))) == {cards.card_path(path) for path in listed}


def test_without_an_address_there_are_no_cards():
    assert dict(cards.cards(sample_course(base_url=""), theme())) == {}


@pytest.mark.parametrize("content", [b"", FONT[:400]])
def test_a_font_of_one_s_own_that_can_t_be_read_is_told(make, content):
    assert told(make({"templates/cards/serif.ttf": content})) == (
        "templates/cards/serif.ttf:1:1: error[template-error]: This file isn't a font that can be read: TrueType or "
        "OpenType.\n"
        "  help: Put another one in its place, or remove it to have the built-in one back.\n"
    )


def test_what_cards_are_made_with_isn_t_published_and_its_licence_lies_beside_it():
    assert not [path for path, _ in theme().static_files() if "cards" in path]
    assert b"SIL OPEN FONT LICENSE" in built_in()["cards/serif-licence.txt"]
    assert b"Reserved Font Name" not in built_in()["cards/serif-licence.txt"].partition(b"PREAMBLE")[0]


def test_the_manifest_names_icons_that_exist_in_their_sizes():
    from sitegen.outputs.exports import manifest

    ((path, content),) = manifest(sample_course(), theme())
    told = json.loads(content)
    files = dict(cards.icons(sample_course(), theme()))
    assert path == "site.webmanifest"
    assert (told["name"], told["short_name"]) == ("CMSC818Q: Special Topics in Cloud Computing", "CMSC818Q")
    assert (told["start_url"], told["scope"], told["display"]) == ("index.html", "./", "minimal-ui")
    assert told["background_color"] == PALETTE.light.paper
    assert {(icon["sizes"], icon.get("purpose", "any")) for icon in told["icons"]} == {
        ("any", "any"),
        ("192x192", "any"),
        ("512x512", "any"),
        ("512x512", "maskable"),
    }
    for icon in told["icons"]:
        if icon["type"] == "image/png":
            assert "x".join(map(str, Image.open(io.BytesIO(files[icon["src"]])).size)) == icon["sizes"]
        else:
            assert re.match(rb"<svg ", files[icon["src"]])


@pytest.mark.parametrize("cuts", [(), (10,), (1, 43), (14, 15, 30)])
def test_a_picture_is_the_same_in_whatever_bands_it_is_packed(cuts: tuple[int, ...]):
    picture = new_picture(20, 44)
    for level, (top, bottom) in enumerate(((3, 5), (14, 21), (40, 44)), 1):
        picture.paste(level, (level, top, 20 - level, bottom))
    edges = (0, *cuts, 44)
    bands = [pack(picture, top, bottom) for top, bottom in itertools.pairwise(edges)]
    shown = Image.open(io.BytesIO(write_png(20, bands, b"\xff\xff\xff", b"\0\0\0", b"\x80\0\0")))
    assert shown.tobytes() == picture.tobytes()


def test_blank_rows_are_paper():
    shown = Image.open(io.BytesIO(write_png(20, [pack_blank(20, 7)], b"\xff\xff\xff", b"\0\0\0", b"\x80\0\0")))
    assert shown.size == (20, 7)
    assert shown.tobytes() == bytes(140)


@pytest.mark.parametrize("title", ["Planning", "Åå Ǻǻ Ģģ Ẫ jgy", "A title " * 40, "", " "])
@pytest.mark.parametrize("when", ["Tue 10 Feb 2026", "ỆẪǺ ģjy", ""])
def test_a_card_in_bands_is_the_picture_that_was_drawn(title: str, when: str, monkeypatch: pytest.MonkeyPatch):
    card = Card("CS 1 ẪÅ", title, when, "Distributed systems")
    drawn = draw_card.__wrapped__(card, PALETTE.light, FONT)
    monkeypatch.setattr(Face, "rows", lambda *_: (0, 0))  # above what the cards share, so there are no bands
    whole = draw_card.__wrapped__(card, PALETTE.light, FONT)
    assert len(drawn) != len(whole)
    assert Image.open(io.BytesIO(drawn)).tobytes() == Image.open(io.BytesIO(whole)).tobytes()
