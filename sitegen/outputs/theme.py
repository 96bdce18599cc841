"""The theme: Jinja2 templates and static files, and how times are written in them.

What a page holds is decided in `pages`; nothing here knows a course. A file in the course's templates/
folder takes the place of the built-in file of the same name.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import marshal
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from contextlib import contextmanager
from functools import cached_property, lru_cache
from types import CodeType, TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from sitegen.diagnostics import Diagnostic, Rule, Span, closest
from sitegen.directions import is_rtl, isolate
from sitegen.languages import English, choose_marks, is_english, settle, write_words
from sitegen.outputs.fragments import Fragments, Lazy, OpenSheet
from sitegen.outputs.slim import slim
from sitegen.patterns import regex
from sitegen.texts import decode

if TYPE_CHECKING:
    from jinja2 import BaseLoader, Environment, Template, UndefinedError
    from markupsafe import Markup

TEMPLATE_ERROR = Rule(
    "template-error",
    "error",
    "A template of the theme can't be read, or asks for something that pages don't give it. The line is the "
    "template's own; a file in the course's templates/ folder replaces the built-in one of the same name, and "
    "removing it brings the built-in one back.",
    wrong="{{ page.titel }}",
    right="{{ page.title }}",
)

UNUSED_TEMPLATE = Rule(
    "unused-template",
    "warning",
    "A file of the course's templates/ folder changes no page. It replaces a built-in file only under exactly its "
    "name, upper and lower case included; a course's own style sheet is named custom.css; and other files do "
    "something only when one of these names them.",
    wrong="templates/Home.html",
    right="templates/home.html",
)

FOLDER = "templates/"
ASSETS = "assets/"
CUSTOM = "custom.css"
"""A course's own style sheet beside the theme's, linked from every page after all others."""
CARDS = "cards/"
"""What pictures are made with when the site is built; no page loads it."""


_INDENT = regex(r"^[ \t]+", re.MULTILINE)
_KEPT = regex(r"<(?:pre|textarea)\b", re.IGNORECASE)
"""Elements in which white space is seen."""


R = TypeVar("R")
Compile = Callable[[str, str, str], CodeType]
"""A template's text, its name and its file to code."""
Remember = Callable[[str, object, Callable[[], Any]], Any]
"""Name, ingredients and work to what the work gives, which may be known from before."""


class TemplateFault(Exception):
    """A template couldn't be rendered; `finding` says why in the author's words."""

    def __init__(self, finding: Diagnostic) -> None:
        super().__init__(finding.message)
        self.finding = finding


class Theme:
    """Templates (`*.html`) to render, and all other files to publish under `assets/`."""

    def __init__(
        self,
        built_in: Mapping[str, bytes],
        own: Mapping[str, bytes] | None = None,
        finish: Callable[[str], str] = str,
        remember: Remember | None = None,
        codes: MutableMapping[str, bytes] | None = None,
        open_sheet: OpenSheet | None = None,
    ) -> None:
        """Both map a path inside the templates folder (`site.css`, `fonts/a.woff2`) to the file's bytes.

        `finish` is the last hand on each page; `remember` knows what the same work gave before, `codes` the templates
        that were compiled for other courses, `open_sheet` the fragments of the last build's files.
        """
        self._files = {**built_in, **(own or {})}
        self._built_in, self._own = built_in, own or {}
        self._finish, self._remember, self._open_sheet = finish, remember, open_sheet
        self._is_watched = any(map(_is_template, self._own))
        """The course has templates of its own, which may do anything."""
        self._codes: MutableMapping[str, bytes] = {} if codes is None else codes
        self._environments: dict[str, Environment] = {}

    def render(self, name: str, **context: object) -> str:
        """The template's text with `context`, finished. Raises TemplateFault for any mistake in a template."""
        return self._finish(self._render(name, context))

    def recall(self, name: str, ingredients: object, work: Callable[[], R]) -> R:
        """What `work()` gives, which depends on the theme's files and on nothing else but these ingredients."""
        if self._remember is None:
            return work()
        found: R = self._remember(name, (self.digest, ingredients), work)
        return found

    @contextmanager
    def fragments(self, name: str, *ingredients: object) -> Iterator[Fragments]:
        """The fragments of the file of this name, all of which depend on the theme's files and on the ingredients.

        A template of the course's own may go by anything that is on the page, so its fragments aren't remembered.
        """
        if self._open_sheet is None or self._is_watched:
            yield Fragments(None)
            return
        with self._open_sheet(name, (self.digest, ingredients)) as sheet:
            yield Fragments(sheet)

    @cached_property
    def digest(self) -> bytes:
        """Of all its files."""
        digest = hashlib.sha256()
        for files in (self._built_in, self._own):
            for path, content in sorted(files.items()):
                digest.update(f"{path}\0{len(content)}\0".encode())
                digest.update(content)
            digest.update(b"\0")
        return digest.digest()

    def _render(self, name: str, context: Mapping[str, object]) -> str:
        try:
            return self._environment(_language_of(context)).get_template(name).render(context)
        except TemplateFault:
            raise
        except Exception as error:  # templates are the author's code: whatever stops one is told to them
            raise TemplateFault(self._explain(error, name, context)) from error

    def check_names(self, built_in: Iterable[str], own: Iterable[str]) -> list[Diagnostic]:
        """A finding for each file of the course's that changes no page; often it has nearly a built-in one's name."""
        known, findings = {*built_in, CUSTOM}, []
        for path in (path for path in own if path not in known and not self._is_named(path, own)):
            near = closest(path, known, cutoff=0.8)
            help = f"Rename it to {near}."
            if near and near != CUSTOM and near not in own:
                message = f"{FOLDER}{path} replaces nothing: the built-in file is named {near}."
            elif path.endswith(".css"):
                message = f"No page links to {FOLDER}{path}: a course's own style sheet is named {CUSTOM}."
                help = f"Rename it to {CUSTOM}, or import it there." if CUSTOM not in own else f"Import it in {CUSTOM}."
            elif path.endswith((".html", ".js")):
                message = f"{FOLDER}{path} changes no page: no other file of {FOLDER} names it."
                help = "Name it where it belongs, or remove it. sitegen theme lists the files that it can replace."
            else:
                continue
            findings.append(UNUSED_TEMPLATE.at(Span(FOLDER + path), message, help))
        return findings

    def _is_named(self, path: str, own: Iterable[str]) -> bool:
        """Whether another of the files `own` has its name in it."""
        name = path.rpartition("/")[2].encode()
        return any(name in self._files[other] for other in own if other != path)

    def static_files(self) -> Iterator[tuple[str, bytes]]:
        """(published path, bytes) of each file that isn't a template, by path; those of the course's own as they are.

        What cards are made with stays here.
        """
        for path, content in sorted(self._files.items()):
            if not (_is_template(path) or path.startswith(CARDS)):
                yield ASSETS + path, slim(path, content) if self._built_in.get(path) == content else content

    def file(self, path: str) -> bytes | None:
        """A file's bytes, the course's own if it has one."""
        return self._files.get(path)

    def source(self, path: str, built_in: bool = False) -> str:
        """The text of a file as it was written, the course's own if it has one; empty for one that isn't there."""
        return (self._built_in if built_in else self._files).get(path, b"").decode("utf-8", "replace")

    def _environment(self, language: str) -> Environment:
        """What templates of a course in `language` are rendered with."""
        if language not in self._environments:
            self._environments[language] = self._make_environment(language)
        return self._environments[language]

    def _make_environment(self, language: str) -> Environment:
        from jinja2 import Environment
        from jinja2.sandbox import ImmutableSandboxedEnvironment

        # The sandbox takes 40 % of the time of rendering; only a course's own templates need watching.
        kind = ImmutableSandboxedEnvironment if self._is_watched else Environment
        environment = kind(
            loader=_make_loader(lambda name, compile: self._compile(name, language, compile)),
            autoescape=True,
            optimized=False,  # there is nothing to fold, and looking for it takes a tenth of the time
            undefined=_undefined_type(),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
        )
        marks = choose_marks(language)
        environment.globals.update(ours=trusted(marks.ours), theirs=trusted(marks.theirs))
        environment.tests.update(rtl=is_rtl, ours=lambda words: isinstance(words, English))
        environment.filters.update(
            bdi=isolated if is_english(language) else lambda words: trusted(write_words(words, language)),
            trusted=lambda html: trusted(settle(html, language)),
            remembered=remembered,
            day=day,
            date=full_date,
            days=days,
            month=month,
            clock=clock,
            times=times,
            iso=iso,
        )
        del environment.filters["safe"]  # `trusted` is the one place where text becomes HTML
        return environment

    def _compile(self, name: str, language: str, compile: Compile) -> CodeType | None:
        """The template's code, which takes as long to make as forty pages from it; None: there is no such template."""
        if name not in self._files or not _is_template(name):
            return None
        text = self._load(name)
        ingredients = (name, text, language, self._is_watched)

        def work() -> bytes:
            key = hashlib.sha256(repr(ingredients).encode("utf-8", "backslashreplace")).hexdigest()
            if key not in self._codes:
                self._codes[key] = marshal.dumps(compile(text, name, FOLDER + name))
            return self._codes[key]

        code: CodeType = marshal.loads(self._remember("template", ingredients, work) if self._remember else work())
        return code

    def _load(self, name: str) -> str:
        text, findings = decode(self._files[name], FOLDER + name)
        if text is None:
            raise TemplateFault(findings[0])
        # Readers needn't load the indentation; lines stay, and a finding has its column from the file.
        return text if _KEPT.search(text) else _INDENT.sub("", text)

    # --- faults ---------------------------------------------------------------------------------

    def _explain(self, error: Exception, name: str, context: Mapping[str, object]) -> Diagnostic:
        from jinja2 import TemplateNotFound, TemplateSyntaxError, UndefinedError
        from jinja2.exceptions import SecurityError

        template, line, local = self._place(error.__traceback__, name)
        if isinstance(error, TemplateSyntaxError):
            message = f"This template can't be read: {_sentence(error.message or 'a syntax error')}"
            # Some of Jinja2's errors name the template, others the file that it was compiled as.
            return self._at((error.name or name).removeprefix(FOLDER), error.lineno, "", message)
        if isinstance(error, TemplateNotFound):
            near = closest(str(error.name), filter(_is_template, self._files))
            return self._at(template, line, str(error.name), f'There is no template "{error.name}".', _mean(near))
        if isinstance(error, UndefinedError):
            known = {*context, *self._environment(_language_of(context)).globals, *local}
            word, message, help_line = _explain_undefined(error, known)
            return self._at(template, line, word, message, help_line)
        if isinstance(error, SecurityError):
            return self._at(template, line, "", f"A template may not do this: {_sentence(str(error))}")
        if isinstance(error, RecursionError):
            return self._at(template, line, "", "This template includes or calls itself without an end.")
        words = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        return self._at(template, line, "", f"This template stops here with {_sentence(words)}")

    def _place(self, traceback: TracebackType | None, name: str) -> tuple[str, int, frozenset[str]]:
        """Template, line and local names of the innermost template that was being rendered."""
        found, line, local = name, 1, frozenset[str]()
        while traceback is not None:
            file = traceback.tb_frame.f_code.co_filename
            if file.startswith(FOLDER) and file.removeprefix(FOLDER) in self._files:
                found, line = file.removeprefix(FOLDER), traceback.tb_lineno
                local = frozenset(word for word in traceback.tb_frame.f_locals if not word.startswith("_"))
            traceback = traceback.tb_next
        return found, line, local

    def _at(self, name: str, line: int, word: str, message: str, help_line: str = "") -> Diagnostic:
        """A finding on `line` of a template, at `word` if the line has it, else at the line's first character."""
        lines = self._files.get(name, b"").decode("utf-8", "replace").splitlines()
        text = lines[line - 1] if 0 < line <= len(lines) else ""
        match = re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text) if word else None
        start, end = match.span() if match else (len(text) - len(text.lstrip()), 0)
        span = Span(FOLDER + name, line, start + 1, line if end else 0, end + 1 if end else 0)
        return TEMPLATE_ERROR.at(span, message, help_line)


_COMMENTS = {".html": (r"\{#", r"#\}"), ".svg": ("<!--", "-->"), ".css": (r"/\*", r"\*/"), ".js": ("//", r"\n(?!//)")}
"""What opens and closes a comment, by the end of the file's name."""


def describe(path: str, content: bytes) -> str:
    """The first sentence of the comment that a file begins with; empty for one without."""
    opens, closes = _COMMENTS.get("." + path.rpartition(".")[2], ("(?!)", ""))
    comment = re.match(rf"(?:<svg\b[^>]*>)?\s*{opens}(.*?){closes}", content.decode("utf-8", "replace"), re.DOTALL)
    words = " ".join(comment[1].replace("//", " ").split()) if comment else ""
    return re.split(r"(?<=[\w)])\.(?= |$)", words)[0]


def trusted(html: str) -> Markup:
    """Text that is HTML already: what `documents` and `bibliography` made. The only way past the escaping."""
    from markupsafe import Markup

    return Markup(html)


def remembered(item: object, macro: Callable[[Any], str]) -> Markup:
    """What the macro writes of the item: that of a fragment may be known from the last build."""
    return trusted(item.write(macro) if isinstance(item, Lazy) else macro(item))


def isolated(words: str) -> Markup:
    """An author's words that stand in a line of ours: names and titles may run the other way."""
    return _isolated(words) if hasattr(words, "__html__") else _isolated_text(str(words))


def _isolated(words: str) -> Markup:
    from markupsafe import Markup, escape

    return Markup(isolate(str(escape(words))))


_isolated_text = lru_cache(maxsize=4096)(_isolated)
"""For what isn't HTML; people, titles and sitegen's own words stand on many pages."""


def _language_of(context: Mapping[str, object]) -> str:
    """The language of the course that a page is of, English for one that says nothing."""
    return str(getattr(context.get("course"), "language", "en"))


def _is_template(path: str) -> bool:
    return path.endswith(".html")


# --- undefined names ----------------------------------------------------------------------------

_MISSING = "\x00"
"""Stands between the parts of an UndefinedError's text, where `_explain_undefined` takes them apart."""


def _make_loader(find: Callable[[str, Compile], CodeType | None]) -> BaseLoader:
    """Loads templates as code that is known already."""
    from jinja2 import BaseLoader, TemplateNotFound

    class Loader(BaseLoader):
        def load(
            self, environment: Environment, name: str, globals: MutableMapping[str, Any] | None = None
        ) -> Template:
            code = find(name, environment.compile)
            if code is None:
                raise TemplateNotFound(name)
            template = environment.template_class.from_code(environment, code, globals or {}, None)
            template.root_render_func.__globals__["escape"] = escape
            return template

    escape = _quick_escape()
    return Loader()


def _quick_escape() -> Callable[[object], str]:
    """markupsafe's `escape` for what is only written, which needn't be `Markup`: that takes twice the time."""
    import markupsafe
    from markupsafe import Markup, escape

    replace_signs: Callable[[str], str] = getattr(markupsafe, "_escape_inner", escape)

    def quick_escape(value: object) -> str:
        if type(value) is str:
            return replace_signs(value)
        return value if type(value) is Markup else escape(value)

    return quick_escape


def _undefined_type() -> type:
    """StrictUndefined whose error carries the name and what was asked for it, for `_explain_undefined`."""
    from jinja2 import StrictUndefined
    from jinja2.utils import missing

    class Undefined(StrictUndefined):
        __slots__ = ()

        @property
        def _undefined_message(self) -> str:
            owner, word = self._undefined_obj, str(self._undefined_name)
            if self._undefined_hint:
                return str(self._undefined_hint)
            if owner is missing:
                return _MISSING.join((word, ""))
            known = owner if isinstance(owner, Mapping) else (n for n in dir(owner) if not n.startswith("_"))
            return _MISSING.join((word, type(owner).__name__, *map(str, known)))

    return Undefined


def _explain_undefined(error: UndefinedError, names: Iterable[str]) -> tuple[str, str, str]:
    """The undefined word, a sentence and a help line."""
    text = error.message or "something is undefined"
    if _MISSING not in text:
        return "", f"This template stops here: {_sentence(text)}", ""
    word, owner, *known = text.split(_MISSING)
    if not owner:
        return word, f'"{word}" isn\'t known in this template.', _mean(closest(word, names))
    near = closest(word, known)
    return word, f'There is no "{word}" in {owner}.', _mean(near) or f"It has {', '.join(sorted(known)) or 'nothing'}."


def _mean(near: str | None) -> str:
    return f'Did you mean "{near}"?' if near else ""


def _sentence(words: str) -> str:
    return words if words.endswith((".", "?", "!")) else f"{words}."


# --- dates and times in English, whatever the machine's locale ----------------------------------

_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NBSP = "\u00a0"


def day(date: dt.date) -> str:
    """`Tue 10 Feb`, with spaces that don't break."""
    return f"{_WEEKDAYS[date.weekday()]}{_NBSP}{_day_of_month(date)}"


def full_date(date: dt.date) -> str:
    """`Tue 10 Feb 2026`, for pages that outlive their term."""
    return f"{day(date)}{_NBSP}{date.year}"


def days(first: dt.date, last: dt.date) -> str:
    """`15–22 Mar`, `28 Mar – 2 Apr`, or `Mon 7 Sep` for one day."""
    if first == last:
        return day(first)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day_of_month(last)}"
    return f"{_day_of_month(first)} – {_day_of_month(last)}"


def month(date: dt.date) -> str:
    """`Feb`."""
    return _MONTHS[date.month - 1]


def _day_of_month(date: dt.date) -> str:
    return f"{date.day}{_NBSP}{_MONTHS[date.month - 1]}"


def clock(time: dt.datetime | dt.time) -> str:
    """`3:30 pm`; 12:00 is `noon` and a day's first minute `0:00`: `12:00 pm` and `12:00 am` are read both ways."""
    named = {(12, 0): "noon", (0, 0): "0:00"}
    return named.get((time.hour, time.minute)) or f"{_hour(time)}{_NBSP}{_half(time)}"


def times(start: dt.datetime | dt.time, end: dt.datetime | dt.time) -> str:
    """`3:30–4:45 pm`, `11:30 am – 12:45 pm`, `10:30 pm – midnight`."""
    if _half(start) == _half(end) and not {"noon", "0:00"} & {clock(start), clock(end)}:
        return f"{_hour(start)}–{clock(end)}"
    return f"{clock(start)} – {'midnight' if clock(end) == '0:00' else clock(end)}"


def _hour(time: dt.datetime | dt.time) -> str:
    return f"{time.hour % 12 or 12}:{time.minute:02}"


def _half(time: dt.datetime | dt.time) -> str:
    return "am" if time.hour < 12 else "pm"


def iso(moment: dt.date) -> str:
    """For `<time datetime>`: `2026-02-10` or `2026-02-10T15:30-05:00` (HTML, "valid global date and time")."""
    return moment.isoformat(timespec="minutes") if isinstance(moment, dt.datetime) else moment.isoformat()
