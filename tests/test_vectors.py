"""A drawing keeps its shapes and words and loses everything else; its colours become the page's."""

import re

import pytest

from sitegen.colours import contrast
from sitegen.course.cascade import look_of, read_rules
from sitegen.course.geometry import find_box, fit_box, move_box, read_matrix, short
from sitegen.course.paints import INK, PAPER, SOFT, read_paint, write_paint
from sitegen.course.vectors import MARK, PAPERS, Unfit, clean_vector

SVG = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 100 50">'


def clean(inside: str) -> str:
    return clean_vector(f"{SVG}{inside}</svg>").inside


HOSTILE = {
    "a script": "<script>alert(1)</script>",
    "a handler": '<rect width="9" height="9" onclick="alert(1)" onload="alert(1)"/>',
    "a style": '<rect width="9" height="9" style="background:url(https://evil.example/x)"/>',
    "a style sheet": "<style>@import url(https://evil.example/x.css)</style>",
    "an image": '<image href="https://evil.example/x.png"/>',
    "an image from the disk": '<image xlink:href="file:///etc/passwd"/>',
    "HTML": '<foreignObject><body xmlns="http://www.w3.org/1999/xhtml"><img src="x" onerror="alert(1)"/></body></foreignObject>',
    "a link": '<a href="javascript:alert(1)"><rect width="9" height="9"/></a>',
    "something used from elsewhere": '<use href="https://evil.example/x.svg#y"/>',
    "an animation": '<animate attributeName="href" to="javascript:alert(1)"/><set attributeName="onload" to="alert(1)"/>',
    "a paint from elsewhere": '<rect width="9" height="9" fill="url(https://evil.example/x#y)"/>',
    "a name": '<rect id="site-content" class="masthead" width="9" height="9"/>',
    "a sum that is no number": '<rect width="9&quot; onload=&quot;alert(1)" height="9"/>',
    "a transformation that is none": '<g transform="&quot;&gt;&lt;script&gt;"><rect width="9" height="9"/></g>',
}


@pytest.mark.parametrize("inside", HOSTILE.values(), ids=HOSTILE)
def test_what_could_act_load_or_hide_does_not_pass(inside):
    shown = clean(inside)
    assert re.sub(r'<rect(?: (?:width|height)="\d+")*/>', "", shown) == ""


def test_words_are_escaped():
    assert clean('<text x="1" y="2">&lt;script&gt; &amp; "</text>') == '<text x="1" y="2">&lt;script&gt; &amp; "</text>'


def test_a_name_that_is_pointed_to_is_made_new_and_others_go():
    shown = clean(
        '<marker id="head" refX="5"><path d="M0 0L9 9" stroke="red"/></marker><marker id="unused"><path d="M0 0L9 9"/></marker>'
        '<path id="edge" d="M0 0 L9 9" stroke="black" marker-end="url(#head)"/>'
    )
    assert re.findall(r'id="([^"]*)"', shown) == [f"{MARK}0"]
    assert f'marker-end="url(#{MARK}0)"' in shown


def test_what_is_used_by_reference_is_put_in_its_place_and_a_circle_is_refused():
    shown = clean('<defs><g id="a"><text x="1" y="1">words</text></g></defs><use href="#a"/>')
    assert shown == '<text x="1" y="1">words</text>'
    with pytest.raises(Unfit):
        clean('<g id="a"><rect width="9" height="9"/><use href="#a"/></g>')


def test_words_are_kept_in_order_and_titles_are_no_tooltips():
    vector = clean_vector(f"{SVG}<g><title>a->b</title><text>One</text><text><tspan>two</tspan> three</text></g></svg>")
    assert vector.words == ("One", "two three")
    assert "a->b" not in vector.inside


def test_the_drawings_own_title_and_description_are_what_it_says_of_itself():
    vector = clean_vector(f"{SVG}<title>A ring.</title><desc>Four workers.</desc><text>x</text></svg>")
    assert vector.title == "A ring. Four workers"


@pytest.mark.parametrize(
    "svg",
    ["", "<html/>", "<svg", f"{SVG}{'<g>' * 100}{'</g>' * 100}</svg>", "<svg/>", '<svg viewBox="0 0 1e9 5"/>'],
    ids=["nothing", "another element", "not closed", "deep", "no view box", "endless"],
)
def test_what_is_no_drawing_is_refused(svg):
    with pytest.raises(Unfit):
        clean_vector(svg)


def test_a_drawing_larger_than_a_page_is_refused():
    with pytest.raises(Unfit):
        clean('<text x="1" y="1">word</text>' * 15_000)


# --- colours ------------------------------------------------------------------------------------

PAINTS = {
    "black": INK, "#000": INK, "white": PAPER, "#f0f0ef": SOFT, "none": "none", "transparent": "none",
    "lightblue": "#add8e6", "#AbC": "#aabbcc", "#11223300": "none", "#112233ff": "#112233", "rgb(255, 0, 0)": "#ff0000",
    "hsl(120, 100%, 25%)": "#008000", "url(#x)": "none", "javascript:alert(1)": "none", "": "none",
    "currentColor": INK,
}  # fmt: skip


@pytest.mark.parametrize("written", PAINTS)
def test_a_paint_is_the_pages_ink_or_paper_or_a_colour(written):
    assert write_paint(written) == PAINTS[written]


def ink_on(fill: str, colour: str = "black") -> str:
    shown = clean(f'<rect width="90" height="40" fill="{fill}"/><text x="40" y="20" fill="{colour}">A</text>')
    text = re.search(r"<text[^>]*>", shown)
    assert text
    found = re.search(r'fill="([^"]*)"', text[0])
    return found[1] if found else INK


@pytest.mark.parametrize(("fill", "ink"), [("lightblue", "#000"), ("#203040", "#fff"), ("none", INK), ("white", INK)])
def test_words_without_a_colour_can_be_read_on_what_is_below_them(fill, ink):
    assert ink_on(fill) == ink


def test_a_colour_of_words_on_the_page_is_made_readable_on_light_and_dark():
    light, dark = re.findall("#[0-9a-f]{6}", ink_on("none", "red"))
    assert contrast(light, PAPERS[0]) >= 4.5
    assert contrast(dark, PAPERS[1]) >= 4.5


def test_a_colour_of_words_on_the_authors_own_stays_and_is_told_when_it_cannot_be_read():
    vector = clean_vector(
        f'{SVG}<rect width="90" height="40" fill="yellow"/><text x="40" y="20" fill="white">A</text></svg>'
    )
    assert vector.pale == (("A", "#ffffff", "#ffff00"),)
    vector = clean_vector(
        f'{SVG}<rect width="90" height="40" fill="yellow"/><text x="40" y="20" fill="navy">A</text></svg>'
    )
    assert vector.pale == ()
    assert 'fill="#000080"' in vector.inside


def test_what_lies_below_words_is_found_where_groups_have_moved_it():
    shown = clean(
        '<g transform="translate(50,20)"><path d="M-9,-9 l18,0 l0,18 l-18,0 z" fill="#203040"/></g>'
        '<text x="50" y="22">on it</text><text x="5" y="40">beside it</text>'
    )
    assert re.findall(r'<text x="(\d+)"[^>]*fill="#fff"', shown) == ["50"]


# --- style sheets -------------------------------------------------------------------------------

RULES = read_rules(
    "#d .node rect{fill:red;stroke:blue}#d .node rect.own{fill:green}#d g>text{fill:navy}"
    '#d [data-look="neo"] rect{fill:none!important}@media print{rect{fill:black}}*{opacity:1}'
)


def look(element, *above):
    return look_of(element, list(above), RULES)


def test_rules_hold_for_the_elements_that_they_name():
    root, node = ("svg", {"id": "d"}), ("g", {"class": "a node"})
    assert look(("rect", {}), root, node)["fill"] == "red"
    assert look(("rect", {"class": "own"}), root, node)["fill"] == "green"
    assert look(("rect", {"style": "fill:pink"}), root, node)["fill"] == "pink"
    assert look(("rect", {"style": "fill:pink"}), root, ("g", {"class": "node", "data-look": "neo"}))["fill"] == "none"
    assert "stroke" not in look(("rect", {}), root)
    assert look(("text", {}), root, node)["fill"] == "navy"


def test_a_drawings_style_sheet_is_taken_into_its_elements():
    assert 'fill="#add8e6"' in clean(
        '<style>.n rect{fill:lightblue}</style><g class="n"><rect width="9" height="9"/></g>'
    )


# --- where things are ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "attributes", "box"),
    [
        ("rect", {"x": "1", "y": "2", "width": "3", "height": "4"}, (1, 2, 4, 6)),
        ("circle", {"cx": "5", "cy": "5", "r": "2"}, (3, 3, 7, 7)),
        ("polygon", {"points": "0,0 4,1 2,9"}, (0, 0, 4, 9)),
        ("path", {"d": "M1 1h4v-3H2V7z"}, (1, -2, 5, 7)),
        ("path", {"d": "m1,1 c1,1 2,2 3,3 l-1,5"}, (1, 1, 4, 9)),
        ("line", {"x1": "9", "y1": "0", "x2": "1", "y2": "2"}, (1, 0, 9, 2)),
        ("path", {"d": ""}, None),
    ],
)
def test_the_box_around_a_shape(name, attributes, box):
    assert find_box(name, attributes) == box


def test_a_transformation_moves_a_box():
    moved = move_box((0, 0, 2, 1), read_matrix("translate(10,5) rotate(90) scale(2)"))
    assert moved == pytest.approx((8, 5, 10, 9))


def test_a_view_box_holds_what_is_drawn_and_not_much_besides():
    assert fit_box((-50, 0, 200, 100), [(0, 0, 90, 120)]) == (-6, -1, 102, 122)


def test_numbers_are_short():
    assert [short(number) for number in (1.0, -0.01, 0.25, -3.46, 10.0)] == ["1", "0", "0.2", "-3.5", "10"]


def test_a_colour_that_nobody_knows_is_none():
    assert read_paint("nocolor") is None
