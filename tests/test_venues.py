"""A venue has the short name that people say."""

from __future__ import annotations

import re

import pytest

from sitegen.bib.bibliography import read_bibliography
from sitegen.bib.venues import short_venue
from tests.papers import READING_LIST, one, read


@pytest.mark.parametrize(
    ("venue", "series", "year", "short"),
    [
        ("Proceedings of the 29th Symposium on Operating Systems Principles", "", "2023", "SOSP '23"),
        ("Proceedings of the 29th Symposium on Operating Systems Principles", "SOSP '23", "", "SOSP '23"),
        ("Proceedings of X", "SIGCOMM ’21", "2022", "SIGCOMM '21"),
        ("18th USENIX Symposium on Operating Systems Design and Implementation (OSDI 24)", "", "2024", "OSDI '24"),
        ("2023 USENIX Annual Technical Conference (USENIX ATC 23)", "", "2023", "USENIX ATC '23"),
        ("Proceedings of the 6th Conference on Robot Learning (CoRL 2022)", "", "2022", "CoRL '22"),
        ("International Conference on Learning Representations (ICLR)", "", "2021", "ICLR '21"),
        ("Advances in Neural Information Processing Systems 30", "", "2017", "NIPS '17"),
        ("Advances in Neural Information Processing Systems", "", "2018", "NeurIPS '18"),
        ("Workshop on ML at the Conference on Neural Information Processing Systems", "", "2018", ""),
        ("Proceedings of the ACM SIGCOMM 2024 Conference", "", "2024", "SIGCOMM '24"),
        ("NeurIPS", "", "2020", "NeurIPS '20"),
        ("Proc. SOSP", "", "2019", "SOSP '19"),
        ("Proceedings of the VLDB Endowment", "", "2023", "VLDB '23"),
        ("IEEE Symposium on Security and Privacy", "", "2020", "IEEE S&P '20"),
        ("NeurIPS", "", "to appear", "NeurIPS"),
        ("Nature", "", "2020", ""),
        ("ACM", "", "2020", ""),
        ("", "", "", ""),
    ],
)
def test_a_venue_has_the_short_name_that_people_say(venue, series, year, short):
    assert short_venue(venue, series, year) == short


def test_the_authors_own_short_name_comes_first():
    assert one(booktitle="Proceedings (SOSP 23)", venue="SOSP'23, best paper").venue_short == "SOSP'23, best paper"


@pytest.mark.parametrize("paper", read_bibliography(READING_LIST.read_bytes())[0].values(), ids=lambda paper: paper.key)
def test_the_reading_lists_short_names_can_be_derived(paper):
    text = READING_LIST.read_text(encoding="utf-8")
    without = read(re.sub(r"(?m)^  venue = .*\n", "", text))[paper.key]
    assert without.venue_short == paper.venue_short or paper.key == "hamming1986you"
