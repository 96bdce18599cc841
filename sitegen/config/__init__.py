"""YAML, from text to the typed plan of a course."""
