"""Boosted trees as the tables in C that src/parse/extract_model.h describes.

A tree is a leaf, which is its score, or a tuple: (feature, limit, left, right), where the way is to
the left if the feature is not above the limit.
"""

import struct

LEAVES_MAX = 32
EVERY_LEAF = (1 << LEAVES_MAX) - 1


def single(value):
    """As a float of C holds it."""
    return struct.unpack("f", struct.pack("f", value))[0]


def number(value):
    """The shortest that C reads as this float."""
    for digits in range(4, 10):
        text = f"{value:.{digits}g}"
        if single(float(text)) == single(value):
            break
    return text + "f" if "." in text or "e" in text else text


def apply_tree(tree, row):
    while isinstance(tree, tuple):
        feature, limit, left, right = tree
        tree = left if row[feature] <= single(limit) else right
    return tree


def put_tree(tree, tests, leaves, first):
    """The tests, from the top and from the left, and the leaves. first: how many leaves are not this
    tree's."""
    if not isinstance(tree, tuple):
        leaves.append(tree)
        assert len(leaves) - first <= LEAVES_MAX
        return
    feature, limit, left, right = tree
    at, start = len(tests), len(leaves) - first
    tests.append(None)
    put_tree(left, tests, leaves, first)
    end = len(leaves) - first
    tests[at] = (limit, feature, EVERY_LEAF & ~((1 << end) - (1 << start)))
    put_tree(right, tests, leaves, first)


def array(declaration, items):
    """... in lines of at most 100 columns."""
    lines, line = [], "\t"
    for item in items:
        if len(line.expandtabs(8)) + len(item) + 1 > 100:
            lines.append(line.rstrip())
            line = "\t"
        line += item + ", "
    return "\n".join([f"{declaration} = {{", *lines, line.rstrip(), "};", ""])


def table(name, trees):
    """The arrays NAME_tests, NAME_leaves and NAME_trees, and the head of a struct model."""
    tests, leaves, starts = [], [], [0]
    for tree in trees:
        put_tree(tree, tests, leaves, len(leaves))
        starts.append(len(tests))
    arrays = [array(f"static const struct model_test {name}_tests[]",
                    [f"{{{number(limit)}, {feature}, 0x{right:x}}}" for limit, feature, right in tests]),
              array(f"static const float {name}_leaves[]", [number(score) for score in leaves]),
              array(f"static const uint32_t {name}_trees[]", [str(start) for start in starts])]
    features = 1 + max(feature for _, feature, _ in tests)
    return "\n".join(arrays), f"{name}_tests, {name}_leaves, {name}_trees, {len(trees)}, {features}"
