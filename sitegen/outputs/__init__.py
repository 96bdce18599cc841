"""The course as files: pages, exports, and the last look over their links."""
