"""Markdown, from text to documents."""
