"""sitegen turns a course (Markdown, BibTeX, one YAML file) into a static course site.

The flow, module by module, is `docs/design.md`; the composition of it all is `sitegen.build`.
"""

__version__ = "0.1.0"
