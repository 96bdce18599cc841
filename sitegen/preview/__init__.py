"""The live preview's parts: what it watches, what it answers, what it shows of a course's mistakes."""
