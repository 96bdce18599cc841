"""The course's folder and the site's: reading one, writing the other safely."""
