"""A document's Markdown as it is published beside its page: links lead to the site, citations and drawings are words.

Made from the author's own text, in which `documents` left placeholders; how they are filled is `wording`'s, and what
the text's HTML shows is `references`'.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

from sitegen.addresses import canonical, link, list_placeholders
from sitegen.citing import AUTHOR_YEAR, label_papers, write_citation
from sitegen.course.references import Targets, find_label, resolve_link
from sitegen.course.wording import NO_ADDRESS, put_words
from sitegen.model import CiteItem, Document, Reference


def write_markdown(document: Document, page: str, targets: Targets, base_url: str) -> str:
    """The document's Markdown, for the file beside the published path `page`."""
    return put_words(document, find_words(document, page, targets, base_url))


def find_words(document: Document, page: str, targets: Targets, base_url: str) -> tuple[str, ...]:
    """What stands in the Markdown for each of the document's references.

    Addresses are absolute when `base_url` is known, because Markdown is copied to where relative ones lead nowhere.
    """
    cited = (item.key for reference in document.references for item in reference.items)
    papers = [targets.papers[key] for key in dict.fromkeys(cited) if key in targets.papers]
    labels = label_papers(papers, AUTHOR_YEAR)

    def absolute(address: str) -> str:
        if not base_url:
            return address
        return re.sub(r"(?<=/)index\.html(?=[?#]|\Z)", "", urljoin(canonical(base_url, page), address))

    def cite(reference: Reference) -> str:
        def anchor(item: CiteItem, words: str) -> str:
            if reference.kind != "cite":
                return words
            return f"[{words}]({absolute(link(targets.papers[item.key].path, page))})"

        return unescape(write_citation(reference.items, reference.in_text, labels, AUTHOR_YEAR, anchor))

    def value(number: int) -> str:
        reference = document.references[number]
        if reference.items:
            is_known = all(item.key in labels for item in reference.items)
            return cite(reference) if is_known else reference.written
        if reference.kind == "label":
            return str(find_label(reference, document, page, targets))
        address = resolve_link(reference, document, page, targets, [])
        return absolute(address) if address is not None else NO_ADDRESS

    shown = set(list_placeholders(document.markdown))
    return tuple(value(number) if number in shown else "" for number in range(len(document.references)))
