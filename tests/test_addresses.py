"""Published paths, links between them, and placeholders."""

from __future__ import annotations

import pytest

from sitegen.addresses import asset_path, canonical, fill, is_external, link, page_path, paper_path, placeholder


@pytest.mark.parametrize(
    ("source", "path"),
    [
        ("content/index.md", "index.html"),
        ("content/project.md", "project/index.html"),
        ("content/notes/index.md", "notes/index.html"),
        ("content/lectures/intro.md", "lectures/intro/index.html"),
        ("content/schedule.md", "schedule/index.html"),
        ("content/a.b.md", "a.b/index.html"),
        ("content/größe.md", "größe/index.html"),
    ],
)
def test_a_page_is_published_in_a_folder_of_its_own(source: str, path: str):
    assert page_path(source) == path


def test_a_file_is_published_where_it_lies():
    assert asset_path("content/lectures/intro.pdf") == "lectures/intro.pdf"


@pytest.mark.parametrize(
    ("key", "path"),
    [
        ("kwon2023", "readings/kwon2023/index.html"),
        ("DBLP:conf/osdi/Yu22", "readings/DBLP-conf-osdi-Yu22/index.html"),
        ("../../evil", "readings/evil/index.html"),
        ("a+b.c_d-e", "readings/a+b.c_d-e/index.html"),
        ("Žižek2020", "readings/Žižek2020/index.html"),
        ("::", "readings/paper/index.html"),
    ],
)
def test_a_paper_has_a_page_whatever_its_key(key: str, path: str):
    assert paper_path(key) == path


@pytest.mark.parametrize(
    ("target", "page", "fragment", "address"),
    [
        ("project/index.html", "index.html", "", "project/index.html"),
        ("project/index.html", "lectures/intro/index.html", "a", "../../project/index.html#a"),
        ("index.html", "index.html", "", "index.html"),
        ("index.html", "index.html", "x", "#x"),
        ("a b.pdf", "index.html", "page=3", "a%20b.pdf#page=3"),
        ("l/a:b#c?d%.pdf", "l/x/index.html", "", "../a%3Ab%23c%3Fd%25.pdf"),
        ("größe/index.html", "index.html", "é", "gr%C3%B6%C3%9Fe/index.html#%C3%A9"),
        ("https://x.org/", "index.html", "", "https://x.org/"),
        ("https://x.org/", "index.html", "a b", "https://x.org/#a%20b"),
    ],
)
def test_links_are_relative_and_encoded(target: str, page: str, fragment: str, address: str):
    assert link(target, page, fragment) == address


@pytest.mark.parametrize("target", ["https://x.org", "mailto:a@b.c", "javascript:x", "C:\\x", "x-y.z+1:a"])
def test_an_address_with_a_scheme_is_external(target: str):
    assert is_external(target)


@pytest.mark.parametrize("target", ["project.md", "/a:b", "a/b:c", "#a:b", "1:2", "", "//x.org", " https:"])
def test_an_address_without_a_scheme_is_of_the_site(target: str):
    assert not is_external(target)


def test_a_page_is_known_by_its_folder():
    assert canonical("https://x.org/c/", "index.html") == "https://x.org/c/"
    assert canonical("https://x.org/c/", "a b/index.html") == "https://x.org/c/a%20b/"
    assert canonical("https://x.org/c/", "404.html") == "https://x.org/c/404.html"
    assert canonical("https://x.org/c/", "myindex.html") == "https://x.org/c/myindex.html"


def test_placeholders_are_filled_by_number():
    html = f"<a href='{placeholder(1)}'>{placeholder(0)}</a>{placeholder(12)}"
    assert fill(html, lambda number: f"[{number}]") == "<a href='[1]'>[0]</a>[12]"
    assert fill("<p>", lambda number: "never") == "<p>"
