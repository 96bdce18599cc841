"""Everything that was read put together: dates, links, sessions, checks."""
