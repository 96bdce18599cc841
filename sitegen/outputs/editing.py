"""Where a page's source is edited in the browser: the address of "Edit this page", by who hosts the repository.

From the course's facts alone, which site.yaml gives: an address read from the checkout would differ between a fork and
its origin, and so would the pages.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote, urlsplit

from sitegen.diagnostics import Diagnostic, Rule
from sitegen.patterns import regex
from sitegen.plan import CourseFacts

NO_EDITOR = Rule(
    "no-editor",
    "note",
    "Pages can say where they are edited when `repository` is at GitHub, GitLab, Bitbucket, Codeberg or another "
    "Gitea or Forgejo, which sitegen tells by the host's name. For any other host, `edit` says it.",
    wrong="course:\n  repository: https://git.example.edu/systems/course",
    right="course:\n  repository: https://git.example.edu/systems/course\n"
    "  edit: https://git.example.edu/systems/course/-/edit/{branch}/{path}",
)

_HOSTS = {
    "github": "{repository}/edit/{branch}/{path}",
    "gitlab": "{repository}/-/edit/{branch}/{path}",
    "bitbucket": "{repository}/src/{branch}/{path}?mode=edit&at={branch}",
    "codeberg": "{repository}/_edit/{branch}/{path}",
    "gitea": "{repository}/_edit/{branch}/{path}",
    "forgejo": "{repository}/_edit/{branch}/{path}",
}
"""A word in the host's name to the address of its editor."""
_FOLDER = regex(r"(?P<repository>.+?)(?:/-)?/(?:tree|src/branch)/(?P<branch>[^/]+)(?:/(?P<folder>.+))?\Z")
"""A repository's address as it stands in the browser when one looks at a folder of it."""


def edit_address(facts: CourseFacts, source: str) -> str:
    """Where the file `source`, a path from the course folder, is edited; empty where that isn't known."""
    repository, branch, folder = facts.repository.rstrip("/"), facts.branch, facts.folder.strip("/")
    if pasted := _FOLDER.fullmatch(repository):
        repository = pasted["repository"]
        branch = branch or unquote(pasted["branch"])
        folder = folder or unquote(pasted["folder"] or "")
    pattern = facts.edit or _pattern(repository)
    if not pattern or not source:
        return ""
    values = {
        "repository": repository.removesuffix(".git"),
        "branch": quote(branch or "main"),
        "path": quote(f"{folder}/{source}".lstrip("/")),
    }
    return re.sub(r"\{(repository|branch|path)\}", lambda name: values[name[1]], pattern)


def _pattern(repository: str) -> str:
    words = re.split(r"[.-]", (urlsplit(repository).hostname or "").casefold())
    return next((pattern for word, pattern in _HOSTS.items() if word in words), "")


def check_editing(facts: CourseFacts) -> list[Diagnostic]:
    """Whether the course's pages can say where they are edited, if they are to."""
    if not facts.repository or edit_address(facts, "site.yaml"):
        return []
    host = urlsplit(facts.repository).hostname
    message = f"sitegen doesn't know how a page is edited at {host}, so no page leads there."
    return [NO_EDITOR.at(facts.span, message, "Add edit: with the address of its editor, {branch} and {path} in it.")]
