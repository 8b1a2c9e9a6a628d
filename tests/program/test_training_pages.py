"""The labels of newspapers' pages, and how blocks are told from them and from a page's lines."""

import json
import os
import re
import sys

import pytest

from diurna import SOURCE

pytest.importorskip("numpy")
sys.path.insert(0, os.path.join(SOURCE, "tools"))
pages = pytest.importorskip("training_pages")

TIDES = "The harbour froze in March, and “nobody” sailed."


def test_a_block_has_a_name_of_its_words():
    names = pages.block_names([TIDES, "Share", "* * *", "share!", TIDES.upper().replace("“", '"')])
    assert names[2] is None
    assert names[3] == names[1] + ":1"
    assert names[4] == names[0] + ":1"
    assert re.fullmatch("[0-9a-f]{8}", names[0])


def test_labels_are_found_again_by_name(capsys):
    blocks = ["Menu", TIDES, "Share", "It thawed in May.", "Share"]
    names = pages.block_names(blocks)
    page = {"id": "news-1", "blocks": ["New", "Share"] + blocks[1:],
            "names": [names[1], names[3], names[4]]}
    assert list(pages.label_by_names(page)) == [0, 0, 1, 1, 1, 0]
    assert capsys.readouterr().err == ""
    page["blocks"] = ["Menu", TIDES, "It thawed"]
    assert list(pages.label_by_names(page)) == [0, 1, 0]
    assert "2 of 3 labelled blocks are not there" in capsys.readouterr().err


def test_labels_follow_the_lines_of_a_text():
    page = {"blocks": ["It thawed.", TIDES, "Share", "Tons", "12", "It", "thawed.", "Share"],
            "text": TIDES + "\n\nTons\t12\n\nIt thawed.\n"}
    assert list(pages.label_by_lines(page)) == [0, 1, 0, 1, 1, 1, 1, 0]


def test_labels_hold_no_sentence():
    with open(pages.LABELS, encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    assert len({row["sha256"] for row in rows}) == len(rows)
    for row in rows:
        assert set(row) <= {"package", "sha256", "url", "looked_at", "title", "byline", "date",
                            "section", "text"}
        assert re.fullmatch(r"[\w-]+@[\d.]+", row["package"])
        assert re.fullmatch("[0-9a-f]{64}", row["sha256"])
        assert re.fullmatch(r"|\d{4}-\d\d-\d\d", row.get("date", ""))
        assert all(re.fullmatch(r"[0-9a-f]{8}(:\d+)?", name) for name in row["text"])
