"""The logo: what an image file says of itself, what is told of one that can't be shown, how it stands on pages."""

import io
import re

import pytest

from sitegen.course.logos import BAD_LOGO, HEAVY_LOGO, UNSIZED_LOGO
from sitegen.images import ENOUGH, Image, measure_image
from sitegen.model import Logo, LogoImage
from sitegen.outputs.masthead import list_pictures, logo_rules
from tests.support import told

SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 40"></svg>'


def site_with(logo: str) -> str:
    return f"course:\n  code: A\n  title: B\n  logo: {logo}\n"


# --- images -------------------------------------------------------------------------------------


def make_image(kind: str, size: tuple[int, int] = (321, 123), **options: object) -> bytes:
    from PIL import Image as Drawing

    file = io.BytesIO()
    Drawing.new("RGB", size, "red").save(file, kind, **options)
    return file.getvalue()


DRAWN = [
    ("PNG", {}, "PNG"),
    ("JPEG", {}, "JPEG"),
    ("JPEG", {"progressive": True, "exif": b"Exif\0\0" + b"x" * 60_000}, "JPEG"),
    ("GIF", {}, "GIF"),
    ("WEBP", {}, "WebP"),
    ("WEBP", {"lossless": True}, "WebP"),
    ("WEBP", {"exif": b"Exif\0\0"}, "WebP"),
    ("AVIF", {}, "AVIF"),
]


@pytest.mark.parametrize(("encoder", "options", "kind"), DRAWN)
def test_the_size_of_an_image_is_read_from_its_first_bytes(encoder, options, kind):
    drawn = make_image(encoder, **options)
    assert measure_image(drawn[:ENOUGH]) == Image(kind, 321, 123)


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("order", ["II", "MM"])
def test_a_photo_of_a_camera_held_upright_is_higher_than_wide(orientation, order):
    from PIL import Image as Drawing

    exif = Drawing.Exif()
    exif[0x010F], exif[0x0112] = "Maker", orientation
    exif.endian = "<" if order == "II" else ">"
    drawn = make_image("JPEG", exif=exif)
    assert drawn.find(b"Exif\0\0" + order.encode()) > 0
    assert measure_image(drawn) == Image("JPEG", *((123, 321) if orientation >= 5 else (321, 123)))


@pytest.mark.parametrize(("encoder", "options", "kind"), DRAWN)
def test_an_image_that_is_cut_off_anywhere_is_no_reason_to_stop(encoder, options, kind):
    drawn = make_image(encoder, **options)
    for end in range(min(len(drawn), 400)):
        found = measure_image(drawn[:end])
        assert found is None or found.kind == kind


XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
SVGS = [
    (SVG, (120, 40)),
    ('<svg width="100" height="50">', (100, 50)),
    ("<svg width='2in' height='1in'>", (192, 96)),
    ('<svg width="100px" viewBox="0 0 30 10">', (100, 100 / 3)),
    ('<svg height="10mm" viewBox="-5,-5,40,20">', (20 / 25.4 * 96, 10 / 25.4 * 96)),
    ('<svg width="100%" height="100%" viewBox="0 0 30 40">', (30, 40)),
    ('<svg data-width="7" viewBox="0 0 3 4"\n  width="30" stroke-width="3">', (30, 40)),
    ('<svg title=\'width="9"\' viewBox="0 0 3 4">', (3, 4)),
    (
        f"\ufeff{XML}<!-- a > b -->\n<!DOCTYPE svg PUBLIC '-//W3C' 'x.dtd' [ <!ENTITY a 'b>'> ]>\n<!-- --> {SVG}",
        (120, 40),
    ),
    ('<svg:svg xmlns:svg="http://www.w3.org/2000/svg" viewBox="0 0 3 4"/>', (3, 4)),
    ("<svg>", (0, 0)),
    ('<svg viewBox="0 0 0 40">', (0, 0)),
    ('<svg viewBox="a b c d" width="auto">', (0, 0)),
]


@pytest.mark.parametrize(("text", "size"), SVGS)
def test_an_svg_says_how_large_it_is_in_one_of_several_ways(text, size):
    found = measure_image(text.encode())
    assert found is not None
    assert found.kind == "SVG"
    assert (found.width, found.height) == pytest.approx(size)


NO_IMAGES = [
    b"",
    b"# Project",
    b"<!doctype html><svg>",
    b"<svgx>",
    b"<html>",
    b"%PDF-1.7",
    b"BM1234",
    b"<svg",
    b"\xff\xd8",
]


@pytest.mark.parametrize("start", NO_IMAGES)
def test_what_is_no_image_is_none(start):
    assert measure_image(start) is None


@pytest.mark.parametrize(
    "start",
    [b"<!---->" * 40_000, b"<!--" * 64_000, b"<svg " + b"a='" * 80_000, b"<?" * 100_000, b"\xff\xd8\xff\xff" * 64_000],
)
def test_hostile_bytes_are_read_at_once(start):
    found = measure_image(start)  # a pattern that tries every way would run for minutes
    assert found is None or not found.width


# --- what is told -------------------------------------------------------------------------------

TOLD = {
    "a file that isn't there": (
        "images/lgoo.svg",
        'site.yaml:4:9: error[broken-link]: "images/lgoo.svg" leads to content/images/lgoo.svg, which isn\'t in the '
        'course.\n  4 |   logo: images/lgoo.svg\n    |         ^^^^^^^^^^^^^^^\n  help: Did you mean "images/logo.svg"?\n',
    ),
    "a file in other letters": (
        "images/Logo.SVG",
        'site.yaml:4:9: error[broken-link]: "images/Logo.SVG" differs from the file\'s name only in upper and lower case; '
        "published, it would be missing.\n  4 |   logo: images/Logo.SVG\n    |         ^^^^^^^^^^^^^^^\n"
        '  help: Write "images/logo.svg".\n',
    ),
    "a page": (
        "project.md",
        'site.yaml:4:9: error[bad-logo]: "project.md" isn\'t an image that every browser shows.\n  4 |   logo: project.md\n'
        "    |         ^^^^^^^^^^\n  help: Name an SVG, PNG, JPEG, WebP, AVIF or GIF file.\n",
    ),
    "a file with an image's name": (
        "{light: images/logo.svg, dark: images/fake.png}",
        'site.yaml:4:40: error[bad-logo]: "images/fake.png" isn\'t an image that every browser shows.\n'
        "  4 |   logo: {light: images/logo.svg, dark: images/fake.png}\n    |                                        ^^^^^^^^^^^^^^^\n"
        "  help: Name an SVG, PNG, JPEG, WebP, AVIF or GIF file.\n",
    ),
    "an image elsewhere": (
        "https://example.edu/logo.svg",
        "site.yaml:4:9: error[bad-logo]: The logo has to be a file of the course.\n  4 |   logo: https://example.edu/logo.svg\n"
        "    |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^\n  help: Save the image in content/, such as content/images/logo.svg, and "
        "write images/logo.svg.\n",
    ),
    "a heavy image": (
        "images/heavy.svg",
        'site.yaml:4:9: warning[heavy-logo]: "images/heavy.svg" has 2.0 MB, and every page loads it.\n'
        "  4 |   logo: images/heavy.svg\n    |         ^^^^^^^^^^^^^^^^\n"
        "  help: Save it as SVG, or 80 pixels high; 20 KB are plenty.\n",
    ),
    "an svg without a size": (
        "images/unsized.svg",
        'site.yaml:4:9: warning[unsized-logo]: "images/unsized.svg" doesn\'t say how wide and how high it is.\n'
        "  4 |   logo: images/unsized.svg\n    |         ^^^^^^^^^^^^^^^^^^\n"
        '  help: Give its <svg> a viewBox="0 0 WIDTH HEIGHT".\n',
    ),
}
FILES = {
    "content/images/logo.svg": SVG,
    "content/images/fake.png": "GIF soon",
    "content/images/heavy.svg": SVG + " " * 2_000_000,
    "content/images/unsized.svg": "<svg></svg>",
    "content/project.md": "# Project\n\nWords.\n",
}


@pytest.mark.parametrize("name", TOLD)
def test_a_logo_that_cannot_be_shown_is_told_where_it_is_named(make, name):
    logo, words = TOLD[name]
    assert told(make(FILES, site_with(logo))) == words


def test_the_rules_examples_are_true(make):
    files = {**FILES, "content/images/logo-for-print.png": make_image("PNG") + b"x" * 200_000}
    for rule in (BAD_LOGO, HEAVY_LOGO):
        assert f"[{rule.slug}]" in told(make(files, site_with(rule.wrong.removeprefix("logo: "))))
        assert told(make(files, site_with(rule.right.removeprefix("logo: ")))) == ""
    assert measure_image(UNSIZED_LOGO.wrong.encode()) == Image("SVG")
    assert measure_image(UNSIZED_LOGO.right.encode()) == Image("SVG", 120, 40)


# --- on pages -----------------------------------------------------------------------------------


def test_the_logo_stands_before_the_code_on_every_page_and_is_published(make):
    built = make(FILES, site_with("images/logo.svg"))
    assert "images/logo.svg" in built.files
    for path, content in built.files.items():
        if path.endswith(".html") and b'class="masthead"' in bytes(content):
            (masthead,) = re.findall(r'<a class="code".*?</a>', content.decode(), re.DOTALL)
            up = "/" if path == "404.html" else "../" * path.count("/")
            assert f'src="{up}images/logo.svg" width="96" height="32" alt="">' in masthead
            assert re.search(r">\s*A</a>$", masthead)


def test_a_course_without_a_logo_has_no_image_and_no_rule_for_one(make):
    built = make()
    assert b"<img" not in bytes(built.files["index.html"])
    assert b".logo" not in bytes(built.files["assets/site.css"])


def test_a_path_may_be_written_from_the_course_folder_and_with_escapes(make):
    for written in ("content/images/my logo.svg", "images/my%20logo.svg", "./images/my logo.svg"):
        built = make({"content/images/my logo.svg": SVG}, site_with(f'"{written}"'))
        assert told(built) == ""
        assert b'src="images/my%20logo.svg" width="96"' in built.files["index.html"]


def pictures(logo: Logo) -> list[tuple[str, int, int, str]]:
    return [(image.href, image.width, image.height, image.scheme) for image in list_pictures(logo, lambda path: path)]


FITS = [
    ((120, 40), (96, 32)),
    ((40, 40), (32, 32)),
    ((1000, 10), (160, 2)),
    ((10_000, 1), (160, 1)),
    ((0, 0), (32, 32)),
    ((8, 8), (32, 32)),
]


@pytest.mark.parametrize(("size", "shown"), FITS)
def test_a_logo_keeps_its_proportions_in_the_masthead(size, shown):
    assert pictures(Logo(LogoImage("a.svg", *size))) == [("a.svg", *shown, "")]


def test_a_logo_for_each_theme_is_two_images_of_which_the_style_shows_one():
    logo = Logo(LogoImage("a.svg", 40, 40), LogoImage("b.svg", 80, 40), "University")
    assert pictures(logo) == [("a.svg", 32, 32, "light"), ("b.svg", 64, 32, "dark")]
    assert {image.alt for image in list_pictures(logo, lambda path: path)} == {"University"}
    assert ".logo.dark{display:none}" in logo_rules(logo)
    assert ".dark" not in logo_rules(Logo(LogoImage("a.svg", 40, 40)))
