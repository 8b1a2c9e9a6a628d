"""Trees as the tables that the program reads: compiled into it, they say what they said in Python."""

import os
import random
import shutil
import subprocess
import sys

import pytest

from diurna import SOURCE

sys.path.insert(0, os.path.join(SOURCE, "tools"))
import tree_table as trees  # noqa: E402

FEATURES = 7
PROGRAM = """
#include "parse/extract_model.h"
#include <stdio.h>
%s
static const struct model model = {%s, 0.5f};
int main(void)
{
	static float rows[%d][MODEL_FEATURES_MAX] = {%s};
	const float *of[%d];
	float scores[%d] = {0};
	for (int i = 0; i < %d; i++)
		of[i] = rows[i];
	model_add_scores(&model, of, %d, scores);
	for (int i = 0; i < %d; i++)
		printf("%%.4f\\n", (double)scores[i]);
}
"""


def grow(dice, leaves):
    if leaves == 1:
        return dice.randrange(-1000, 1000) / 1000
    left = dice.randrange(1, leaves)
    return (dice.randrange(FEATURES), dice.randrange(10) / 2, grow(dice, left),
            grow(dice, leaves - left))


@pytest.mark.parametrize("count", [1, 15, 16, 17, 40])
def test_the_program_says_what_the_trees_say(tmp_path, count):
    compiler = shutil.which("cc") or pytest.skip("no compiler")
    dice = random.Random(count)
    grown = [grow(dice, leaves) for leaves in (2, 8, 24, trees.LEAVES_MAX) for _ in range(5)]
    rows = [[dice.randrange(11) / 2 for _ in range(FEATURES)] for _ in range(count)]
    arrays, head = trees.table("some", grown)
    source = tmp_path / "said.c"
    source.write_text(PROGRAM % (
        arrays, head, count, ", ".join("{%s}" % ", ".join(map(str, row)) for row in rows), count,
        count, count, count, count))
    subprocess.run([compiler, "-I", os.path.join(SOURCE, "src"), "-o", tmp_path / "said", source,
                    os.path.join(SOURCE, "src/parse/extract_model.c"), "-lm"], check=True)
    said = subprocess.run([tmp_path / "said"], capture_output=True, text=True, check=True).stdout
    wanted = [0.5 + sum(trees.apply_tree(tree, row) for tree in grown) for row in rows]
    assert [float(line) for line in said.split()] == pytest.approx(wanted, abs=0.001)


def test_a_tree_of_too_many_leaves_is_refused():
    with pytest.raises(AssertionError):
        trees.table("some", [grow(random.Random(1), trees.LEAVES_MAX + 1)])
