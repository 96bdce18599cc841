"""BibTeX, from text to papers and back."""
