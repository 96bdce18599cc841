"""The colours of the site's pages: those of the theme, and the accent that site.yaml asks for, made readable.

The theme's are its style sheet's custom properties; what a colour is by numbers is in `colours`. An accent that can't
be read somewhere is told, and the nearest one that can be read takes its place.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from sitegen.colours import Oklch, contrast, nearest_passing, read_colour, to_hex, to_oklch
from sitegen.diagnostics import Diagnostic, Rule
from sitegen.outputs.theme import CUSTOM, Theme
from sitegen.patterns import regex
from sitegen.plan import Accent, Shade
from sitegen.values import Value, field_names, replace

UNREADABLE_ACCENT = Rule(
    "accent-contrast",
    "warning",
    "The accent colours links and what is due, so it's text, and text needs a contrast of 4.5:1 with every background "
    "that it stands on (WCAG 2.2, success criterion 1.4.3). Below that, many readers can't read it, and on a phone in "
    "the sun nobody can. Until site.yaml names another colour, the site uses the nearest one that passes: the same "
    "hue, as much darker (on dark pages: lighter) as it takes.",
    wrong='accent: "#ffcd00"',
    right='accent: "#846800"',
)

STYLE = "site.css"

TEXT, LINE, HIGH, CALM = 4.5, 3.0, 7.0, 7.0
"""Contrasts: of text (WCAG 2.2, 1.4.3) and of lines (1.4.11); of text for those who ask for more (1.4.6); and what a
derived accent has: one that only just passes reads badly on a dark page."""


class Scheme(Value):
    """The colours of light or of dark pages, each `#rrggbb`."""

    paper: str
    ink: str
    quiet: str
    soft: str
    code_paper: str
    accent: str
    accent_soft: str
    """Behind what a link led to."""
    underline: str

    @property
    def papers(self) -> tuple[str, ...]:
        """Every background that the accent stands on."""
        return self.paper, self.soft, self.code_paper, self.accent_soft


class Palette(Value):
    light: Scheme
    dark: Scheme


@lru_cache(maxsize=2)  # asked for by every page
def read_palette(accent: Accent | None, theme: Theme) -> Palette:
    """The theme's colours with the course's accent, if it has one."""
    declared = _declared(theme)
    if accent is None or not (accent.light or accent.dark):
        return declared
    light, dark = accent.light, accent.dark
    return Palette(
        light=_with_accent(declared.light, light.colour) or declared.light
        if light
        else _derived(declared.light, declared.dark, dark),
        dark=_with_accent(declared.dark, dark.colour) or declared.dark
        if dark
        else _derived(declared.dark, declared.light, light),
    )


def check_accent(accent: Accent | None, theme: Theme) -> list[Diagnostic]:
    """A finding for each colour given that can't be read, with the nearest that can."""
    if accent is None:
        return []
    declared, findings = _declared(theme), []
    for key, scheme, shade in (("light", declared.light, accent.light), ("dark", declared.dark, accent.dark)):
        if shade is None:
            continue
        papers = _tinted(scheme, shade.colour).papers
        worst = min(papers, key=lambda paper: contrast(shade.colour, paper))
        ratio = contrast(shade.colour, worst)
        if ratio < TEXT:
            name = shade.written if shade.written.startswith("#") else f"{shade.written} ({shade.colour})"
            message = (
                f"The accent {name} has a contrast of {_floor(ratio)}:1 with {worst}, a background of {key} pages; "
                f"text needs 4.5:1 to be read."
            )
            used = _with_accent(scheme, shade.colour)
            help = f'Write "{used.accent}", the nearest colour that passes; the site uses it already.' if used else ""
            findings.append(UNREADABLE_ACCENT.at(shade.written.span, message, help))
    return findings


def _floor(ratio: float) -> str:
    """`4.49`, never rounded up to what would pass."""
    return f"{int(ratio * 100) / 100:.2f}".rstrip("0").rstrip(".")


def _derived(scheme: Scheme, other: Scheme, shade: Shade | None) -> Scheme:
    """The scheme with the other scheme's accent: its hue, as strong by comparison as the theme's own two are."""
    if shade is None:
        return scheme
    given = to_oklch(shade.colour)
    strength = to_oklch(scheme.accent).chroma / max(to_oklch(other.accent).chroma, 0.01)
    colour = to_hex(replace(given, chroma=given.chroma * strength))
    return _with_accent(scheme, colour, CALM) or _with_accent(scheme, colour) or scheme


def _with_accent(scheme: Scheme, colour: str, ratio: float = TEXT) -> Scheme | None:
    """The scheme with the nearest accent that has the contrast `ratio` on all its papers; None when there is none."""
    for _ in range(8):  # the nearest colour tints one of the papers, by so little that the second round is the last
        tinted = _tinted(scheme, colour)
        near = nearest_passing(colour, tinted.papers, ratio)
        if near is None:
            return None
        if near == colour:
            return replace(tinted, accent=colour)
        colour = near
    return None


def _tinted(scheme: Scheme, accent: str) -> Scheme:
    """The scheme's lesser accents (what is behind a target, the line below a link) in the hue of `accent`."""
    soft = nearest_passing(_in_hue(scheme.accent_soft, scheme.accent, accent), (scheme.ink, scheme.quiet), TEXT)
    line = nearest_passing(_in_hue(scheme.underline, scheme.accent, accent), (scheme.paper,), LINE)
    return replace(scheme, accent_soft=soft or scheme.soft, underline=line or scheme.quiet)


def _in_hue(lesser: str, accent: str, other: str) -> str:
    """`lesser`, which goes with `accent`, as it would go with `other`."""
    colour, own, new = to_oklch(lesser), to_oklch(accent), to_oklch(other)
    chroma = min(colour.chroma * new.chroma / max(own.chroma, 0.01), 1.5 * colour.chroma)
    return to_hex(Oklch(colour.lightness, chroma, new.hue))


# --- the style sheet ----------------------------------------------------------------------------


def _declared(theme: Theme) -> Palette:
    """What the theme's style sheet gives its custom properties; what a course's own leaves out is built in."""
    styles = theme.source(STYLE, built_in=True), theme.source(STYLE), theme.source(CUSTOM)
    found = {name: colours for style in styles for name, colours in _custom_colours(style).items()}
    light, dark = (Scheme(**{name: found[name][side] for name in field_names(Scheme)}) for side in (0, 1))
    return Palette(light, dark)


_ASIDE = regex(r"/\*.*?\*/|@[^{};]*(?:;|\{(?:[^{}]*\{[^{}]*\})*[^{}]*\})", re.DOTALL)
"""A comment, or an at-rule with the rules in it: what holds on paper only, or for some readers."""
_ROOT = regex(r"(?:^|[},\s])(?::root|html)\s*\{([^{}]*)")
_PROPERTY = regex(
    r"--(?P<name>[\w-]+)\s*:\s*(?:light-dark\((?P<light>[^,()]+),(?P<dark>[^,()]+)\)|(?P<one>[^;()]+))\s*(?:;|$)"
)


@lru_cache(maxsize=8)
def _custom_colours(style: str) -> Mapping[str, tuple[str, str]]:
    """Name to light and dark colour of each custom property that a style sheet gives every page."""
    found = {}
    for rule in _ROOT.findall(_ASIDE.sub("", style)):
        for match in _PROPERTY.finditer(rule):
            light, dark = (read_colour(match[side] or match["one"] or "") for side in ("light", "dark"))
            if light and dark:
                found[match["name"].replace("-", "_")] = light, dark
    return found


def accent_rules(accent: Accent | None, theme: Theme) -> str:
    """What follows the theme's own style sheet in a course with an accent: its custom properties. Print stays black."""
    if accent is None or not (accent.light or accent.dark):
        return ""
    palette = read_palette(accent, theme)
    stronger = Palette(_strong(palette.light, "#ffffff"), _strong(palette.dark, "#000000"))
    return (
        f"@media screen{{:root{{{_pairs(palette, 'accent', 'underline', 'accent_soft')}}}}}"
        f"@media screen and (prefers-contrast:more){{:root{{{_pairs(stronger, 'accent')};--underline:var(--accent)}}}}"
    )


def _strong(scheme: Scheme, paper: str) -> Scheme:
    """The scheme for those who ask for more contrast, on white or black."""
    papers = paper, *scheme.papers[1:]
    return replace(scheme, accent=nearest_passing(scheme.accent, papers, HIGH) or scheme.accent)


def _pairs(palette: Palette, *names: str) -> str:
    def pair(name: str) -> str:
        return f"--{name.replace('_', '-')}:light-dark({getattr(palette.light, name)},{getattr(palette.dark, name)})"

    return ";".join(map(pair, names))
