"""Colours as numbers, and the colours of pages: what can be read, what is nearest to it, what is told."""

import random
import re

import pytest

from sitegen.colours import (
    Oklch,
    contrast,
    distance,
    least_contrast,
    named_colours,
    nearest_passing,
    read_colour,
    to_hex,
    to_oklch,
)
from sitegen.diagnostics import Located, Span
from sitegen.outputs.palette import (
    UNREADABLE_ACCENT,
    Palette,
    Scheme,
    accent_rules,
    check_accent,
    read_palette,
)
from sitegen.outputs.theme import Theme
from sitegen.plan import Accent, Shade
from sitegen.values import as_dict, replace
from tests.sample import built_in, theme


def some_colours(count: int, seed: int = 1) -> list[str]:
    chance = random.Random(seed)
    return [f"#{chance.randrange(1 << 24):06x}" for _ in range(count)]


# --- one colour ---------------------------------------------------------------------------------

WRITTEN = [
    ("#a3271f", "#a3271f"),
    ("#A3271F", "#a3271f"),
    ("#a32", "#aa3322"),
    (" teal ", "#008080"),
    ("RebeccaPurple", "#663399"),
    ("#a3271", None),
    ("#a3271f80", None),
    ("a3271f", None),
    ("transparent", None),
    ("", None),
]


@pytest.mark.parametrize(("text", "colour"), WRITTEN)
def test_a_colour_is_read_as_css_reads_it(text, colour):
    assert read_colour(text) == colour


def test_all_148_names_of_css_are_known():
    assert len(named_colours()) == 148
    assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in named_colours().values())


CONTRASTS = [
    ("#000000", "#ffffff", 21),
    ("#ffffff", "#ffffff", 1),
    ("#777777", "#ffffff", 4.478),  # the best-known near miss
    ("#767676", "#ffffff", 4.542),  # the palest grey that passes on white
    ("#ff0000", "#ffffff", 3.998),
    ("#0000ff", "#ffffff", 8.592),
    ("#008000", "#ffffff", 5.138),
    ("#010101", "#000000", 1.006),  # the straight part of sRGB's curve
]


@pytest.mark.parametrize(("one", "other", "ratio"), CONTRASTS)
def test_contrast_is_wcags_in_either_order(one, other, ratio):
    assert contrast(one, other) == pytest.approx(ratio, abs=0.001)
    assert contrast(one, other) == contrast(other, one)


OKLAB = [
    ("#ffffff", 1.0, 0.0, None),
    ("#000000", 0.0, 0.0, None),
    ("#ff0000", 0.62796, 0.25768, 29.23),  # CSS Color 4's own numbers for the primaries
    ("#00ff00", 0.86644, 0.29483, 142.50),
    ("#0000ff", 0.45201, 0.31321, 264.05),
]


@pytest.mark.parametrize(("colour", "lightness", "chroma", "degrees"), OKLAB)
def test_oklch_has_the_known_numbers(colour, lightness, chroma, degrees):
    found = to_oklch(colour)
    assert found.lightness == pytest.approx(lightness, abs=1e-4)
    assert found.chroma == pytest.approx(chroma, abs=1e-4)
    if degrees is not None:
        assert found.hue * 57.29578 % 360 == pytest.approx(degrees, abs=0.02)


def test_every_colour_comes_back_from_oklch_as_it_was():
    colours = [*some_colours(3000), *named_colours().values()]
    assert [colour for colour in colours if to_hex(to_oklch(colour)) != colour] == []


def test_a_chroma_that_no_screen_has_is_paled_and_keeps_its_hue_and_lightness():
    for degree in range(0, 360, 15):
        asked = Oklch(0.6, 0.5, degree / 57.29578)
        shown = to_oklch(to_hex(asked))
        assert 0.05 < shown.chroma < 0.33
        assert shown.lightness == pytest.approx(0.6, abs=0.01)
        assert abs((shown.hue - asked.hue + 3.14159) % 6.28318 - 3.14159) < 0.05


# --- the nearest that passes --------------------------------------------------------------------

LIGHT, DARK = ("#fdfcf9", "#f1ede5"), ("#191817", "#272522")


@pytest.mark.parametrize("papers", [LIGHT, DARK, ("#808080",)], ids=["light", "dark", "grey"])
def test_the_nearest_colour_passes_and_one_that_passes_is_its_own_nearest(papers):
    for colour in some_colours(1000):
        near = nearest_passing(colour, papers, 4.5)
        assert near is not None
        assert least_contrast(near, papers) >= 4.5
        assert (near == colour) == (least_contrast(colour, papers) >= 4.5)


@pytest.mark.parametrize("papers", [LIGHT, DARK], ids=["light", "dark"])
def test_no_other_lightness_of_the_same_hue_is_nearer_and_passes(papers):
    for colour in some_colours(25, seed=2):
        near, given = nearest_passing(colour, papers, 4.5), to_oklch(colour)
        assert near is not None
        if near == colour:
            continue
        shades = {to_hex(replace(given, lightness=step / 1000)) for step in range(1001)}
        best = min(distance(colour, shade) for shade in shades if least_contrast(shade, papers) >= 4.5)
        assert distance(colour, near) <= best + 0.002  # a tenth of what an eye tells apart


def test_where_nothing_passes_there_is_no_nearest_colour():
    assert nearest_passing("#a3271f", ("#ffffff", "#000000"), 7) is None


def test_on_a_paper_of_middle_grey_the_nearer_of_lighter_and_darker_is_taken():
    assert to_oklch(nearest_passing("#cccccc", ("#757575",), 4.5) or "").lightness > 0.9
    assert to_oklch(nearest_passing("#333333", ("#757575",), 4.5) or "").lightness < 0.2


# --- the palette --------------------------------------------------------------------------------


def accent(light: str = "", dark: str = "") -> Accent:
    def shade(text: str) -> Shade | None:
        colour = read_colour(text)
        return Shade(Located(text, Span("site.yaml", 4, 11)), colour) if colour else None

    return Accent(shade(light), shade(dark))


def test_without_an_accent_the_palette_is_the_style_sheets():
    plain = read_palette(None, theme())
    assert (plain.light.paper, plain.dark.paper) == ("#fdfcf9", "#191817")
    assert read_palette(Accent(), theme()) == plain
    assert accent_rules(None, theme()) == accent_rules(Accent(), theme()) == ""


def schemes(palette: Palette) -> tuple[Scheme, Scheme]:
    return palette.light, palette.dark


def test_any_accent_gives_pages_on_which_all_text_can_be_read():
    for colour in [*some_colours(40, seed=3), *list(named_colours())[::4]]:
        for asked in (accent(colour), accent(dark=colour), accent(colour, "#123456")):
            for scheme in schemes(read_palette(asked, theme())):
                assert least_contrast(scheme.accent, scheme.papers) >= 4.5
                assert least_contrast(scheme.accent_soft, (scheme.ink, scheme.quiet)) >= 4.5
                assert contrast(scheme.underline, scheme.paper) >= 3


def test_an_accent_that_can_be_read_is_used_as_it_is_written():
    assert read_palette(accent("#003366"), theme()).light.accent == "#003366"
    assert read_palette(accent("#003366", "#99ccff"), theme()).dark.accent == "#99ccff"
    assert check_accent(accent("#003366", "#99ccff"), theme()) == []


@pytest.mark.parametrize("colour", ["#003366", "teal", "crimson", "purple", "#00274c", "#552583"])
def test_the_other_themes_accent_has_the_same_hue_and_reads_well(colour):
    palette = read_palette(accent(colour), theme())
    one, other = to_oklch(palette.light.accent), to_oklch(palette.dark.accent)
    assert abs((one.hue - other.hue + 3.14159) % 6.28318 - 3.14159) < 0.06
    assert least_contrast(palette.dark.accent, palette.dark.papers) >= 7


def test_the_built_in_accent_derives_a_dark_one_that_looks_like_the_built_in_one():
    derived, built = read_palette(accent("#a3271f"), theme()).dark, read_palette(None, theme()).dark
    for name in ("accent", "accent_soft", "underline"):
        assert distance(getattr(derived, name), getattr(built, name)) < 0.03, name


def test_a_course_with_its_own_style_sheet_is_checked_on_its_own_paper():
    own = Theme(built_in(), {"site.css": b":root { --paper: white; --soft: light-dark(#eee, #222); }"})
    palette = read_palette(None, own)
    assert (palette.light.paper, palette.dark.paper) == ("#ffffff", "#ffffff")
    assert palette.light.soft == "#eeeeee"
    assert palette.light.ink == read_palette(None, theme()).light.ink
    black = Theme(built_in(), {"site.css": b":root { --paper: #000; --soft: #000; --code-paper: #000 }"})
    assert "a background of light pages" in check_accent(accent("navy"), black)[0].message


def test_custom_css_speaks_last_and_only_for_every_page():
    style = """
        /* :root { --paper: red } */
        @import "x.css";
        @media print { :root { --paper: #eee } .a { --ink: red } }
        :root { --paper: light-dark(#fff, #111) }
        html { --quiet: #666; }
        .note { --ink: red }
        :root[data-theme="dark"] { --soft: red }
    """
    plain = read_palette(None, theme())
    palette = read_palette(None, Theme(built_in(), {"custom.css": style.encode()}))
    assert palette == Palette(
        replace(plain.light, paper="#ffffff", quiet="#666666"), replace(plain.dark, paper="#111111", quiet="#666666")
    )


def test_a_style_sheet_that_names_no_colours_leaves_the_built_in_ones():
    for style in (b"", b"body { color: red }", b":root { --paper: url(x.png) }", b"\xff\xfe", b"--paper"):
        assert read_palette(None, Theme(built_in(), {"site.css": style})) == read_palette(None, theme())


# --- what is told -------------------------------------------------------------------------------

TOLD = [
    (
        accent("#FFCD00"),
        "The accent #FFCD00 has a contrast of 1.28:1 with #f1ede5, a background of light pages; text needs 4.5:1 to be "
        'read. | Write "#846800", the nearest colour that passes; the site uses it already.',
    ),
    (
        accent("#003366", "navy"),
        "The accent navy (#000080) has a contrast of 1.01:1 with #22201e, a background of dark pages; text needs 4.5:1 "
        'to be read. | Write "#568aff", the nearest colour that passes; the site uses it already.',
    ),
]


@pytest.mark.parametrize(("asked", "words"), TOLD)
def test_an_accent_that_cannot_be_read_is_told_with_the_nearest_that_can(asked, words):
    (finding,) = check_accent(asked, theme())
    assert f"{finding.message} | {finding.help}" == words
    assert (finding.severity, str(finding.span)) == ("warning", "site.yaml:4:11")


def test_the_colour_that_the_help_names_is_the_one_that_is_used_and_passes_when_written():
    for colour in some_colours(60, seed=4):
        for light, dark in ((colour, ""), ("#003366", colour)):
            for finding in check_accent(accent(light, dark), theme()):
                near = finding.help.split('"')[1]
                used = read_palette(accent(light, dark), theme())
                assert near == (used.dark if dark else used.light).accent
                again = accent("#003366", near) if dark else accent(near)
                assert check_accent(again, theme()) == []


def test_a_contrast_that_just_fails_is_not_rounded_up_to_one_that_passes():
    for colour in some_colours(300, seed=5):
        for finding in check_accent(accent(colour), theme()):
            (ratio,) = re.findall(r"a contrast of ([\d.]+):1", finding.message)
            assert float(ratio) < 4.5


def test_the_rules_examples_are_true():
    def told(example: str) -> list[str]:
        return [finding.slug for finding in check_accent(accent(example.split('"')[1]), theme())]

    assert told(UNREADABLE_ACCENT.wrong) == ["accent-contrast"]
    assert told(UNREADABLE_ACCENT.right) == []


# --- what is published --------------------------------------------------------------------------


def test_the_rules_set_the_accents_of_both_themes_and_stronger_ones_for_those_who_ask():
    rules = accent_rules(accent("teal"), theme())
    palette = read_palette(accent("teal"), theme())
    plain, stronger = rules.split("@media screen and (prefers-contrast:more)")
    pairs = dict(re.findall(r"--([\w-]+):(light-dark\([^)]*\))", plain))
    assert pairs == {
        "accent": f"light-dark({palette.light.accent},{palette.dark.accent})",
        "underline": f"light-dark({palette.light.underline},{palette.dark.underline})",
        "accent-soft": f"light-dark({palette.light.accent_soft},{palette.dark.accent_soft})",
    }
    ((light, dark),) = re.findall(r"--accent:light-dark\((#\w+),(#\w+)\)", stronger)
    assert contrast(light, "#ffffff") >= 7
    assert contrast(dark, "#000000") >= 7
    assert rules.count("{") == rules.count("}")


def test_every_colour_of_a_palette_is_six_digits():
    for scheme in schemes(read_palette(accent("#abc", "gold"), theme())):
        assert all(re.fullmatch("#[0-9a-f]{6}", colour) for colour in as_dict(scheme).values())
