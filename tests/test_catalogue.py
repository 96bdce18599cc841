"""Every kind of finding is known by its slug, explained, and documented."""

import importlib
import pkgutil
import re

import pytest
from click.testing import CliRunner

import sitegen
from sitegen.catalogue import list_rules
from sitegen.cli import cli
from sitegen.diagnostics import Rule


def rules_of_all_modules():
    found = pkgutil.walk_packages(sitegen.__path__, "sitegen.")
    modules = [importlib.import_module(module.name) for module in found if "__main__" not in module.name]
    return {id(value): value for module in modules for value in vars(module).values() if isinstance(value, Rule)}


def test_every_rule_of_every_module_is_in_the_catalogue_once():
    rules = list(rules_of_all_modules().values())
    slugs = [rule.slug for rule in rules]
    assert sorted(slugs) == sorted(set(slugs)), "two rules have one slug"
    assert sorted(list_rules()) == sorted(slugs)


@pytest.mark.parametrize("slug", list_rules())
def test_a_rule_says_why_in_whole_sentences(slug):
    rule = list_rules()[slug]
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", slug)
    assert len(rule.why) > 50
    assert rule.why[-1] in ".?"
    assert rule.right != rule.wrong or not rule.right


@pytest.mark.parametrize("slug", list_rules())
def test_explain_tells_it(slug):
    result = CliRunner().invoke(cli, ["explain", slug])
    assert result.exit_code == 0
    assert result.output.startswith(f"{slug} (")
    assert max(map(len, result.output.splitlines())) <= 120


def test_explain_lists_all_kinds():
    lines = CliRunner().invoke(cli, ["explain"]).output.splitlines()
    assert [line.split()[0] for line in lines] == list(list_rules())


def test_explain_helps_with_a_slug_that_is_not_there():
    result = CliRunner().invoke(cli, ["explain", "duplicate-readin"])
    assert result.exit_code == 2
    assert 'There is no finding "duplicate-readin". Did you mean "duplicate-reading"?' in result.stderr
