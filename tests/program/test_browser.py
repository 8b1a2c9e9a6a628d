"""The pages in a real browser: nothing wider than a phone, nothing in the console, readable for all.

Run by make check-browser, since it takes a browser: chromium, and axe-core from npm (its axe.min.js
below node_modules, or DIURNA_AXE=FILE) for the accessibility rules.
"""

import base64
import os
import shutil
import subprocess

import pytest

from browser import Browser, chromium
from diurna import SOURCE

AXE = next((path for path in (
    os.environ.get("DIURNA_AXE", ""), os.path.join(SOURCE, "node_modules", "axe-core", "axe.min.js"),
    os.path.join(os.getcwd(), "node_modules", "axe-core", "axe.min.js")) if path and os.path.exists(path)), None)

pytestmark = [
    pytest.mark.skipif(not os.environ.get("DIURNA_TEST_BROWSER"), reason="asked for by make check-browser"),
    pytest.mark.skipif(not chromium(), reason="chromium is not there"),
]

# Authors may write the same text as caption and as alternative: image-redundant-alt is theirs.
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture
def pages(home, newsstand):
    """Front page, sections and archive of a newspaper with pictures, right-to-left and CJK in it."""
    sections = newsstand.sections()
    home.configure(sections, digest={"formats": ["html"], "images": "stored", "max-first": 1000,
                                     "max-age": "36500d", "week": True})
    with open(home.config, encoding="utf-8") as file:
        text = file.read()
    # One section prints excerpts, one titles only, one speaks German.
    for n, line in enumerate(('print = "excerpt"', 'print = "title"', 'language = "de"')):
        title = list(sections)[n]
        text = text.replace('section "%s" {\n' % title, 'section "%s" {\n\t%s\n' % (title, line))
    home.write_config(text)
    home.once("--edition")
    found = [f for f in home.digest_files(".html")]
    assert len(found) >= 5
    return ["file://" + home.path("digests", f) for f in found]


def test_nothing_is_wider_than_a_phone_and_the_console_is_silent(pages):
    with Browser() as browser:
        for url in pages:
            for width in (320, 390, 1280):
                browser.open(url, width)
                assert browser.evaluate("document.documentElement.scrollWidth") <= width, (url, width)
                assert browser.complaints() == [], url


def test_headings_stand_in_order(pages):
    with Browser() as browser:
        for url in pages:
            browser.open(url)
            levels = browser.evaluate(
                "[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
            assert levels[0] == 1 and levels.count(1) == 1, url
            assert all(b <= a + 1 for a, b in zip(levels, levels[1:])), (url, levels)


def test_stored_pictures_are_shown(pages):
    with Browser() as browser:
        shown = 0
        for url in pages:
            browser.open(url)
            shown += browser.evaluate(
                "(async () => {"
                "  const own = [...document.images].filter(i => i.src.startsWith('file:'));"
                "  for (const i of own) { i.loading = 'eager'; await i.decode(); }"
                "  return own.length; })()")
        assert shown > 0


def test_the_front_page_leaves_no_hole_beside_a_lead(pages):
    """On a desk a long list ends where its lead ends, and a short one stands below it."""
    front = next(url for url in pages if url.endswith("/index.html") and "/latest/" not in url and url.count("-") >= 2)
    with Browser() as browser:
        browser.open(front)
        ends = browser.evaluate("""[...document.querySelectorAll('.columns')].map(c => {
            const lead = c.querySelector('article').getBoundingClientRect();
            const list = c.querySelector('ul').getBoundingClientRect();
            return [c.querySelectorAll('li').length, lead.bottom, list.top, list.bottom]; })""")
        assert any(count > 5 for count, *_ in ends), ends
        assert all(bottom >= lead - 1 for count, lead, _, bottom in ends if count > 5), ends
        browser.evaluate("for (const c of document.querySelectorAll('.columns'))"
                         " [...c.querySelectorAll('li')].slice(3).forEach(l => l.remove()); 0")
        below = browser.evaluate("""[...document.querySelectorAll('.columns:has(figure)')].map(c =>
            c.querySelector('ul').getBoundingClientRect().top
            - c.querySelector('article').getBoundingClientRect().bottom)""")
        assert below and min(below) >= -1, below


def test_the_first_screen_holds_the_lead(pages):
    """Its headline whole, before any picture, and the contents beside the stories where there is room."""
    seen = 0
    with Browser() as browser:
        for url in pages:
            for width in (390, 768, 1280):
                browser.open(url, width)
                ends = browser.evaluate("[...document.querySelectorAll('.front h3, .lead h2')].slice(0, 1)"
                                        ".map(h => h.getBoundingClientRect().bottom)")
                seen += len(ends)
                assert all(bottom < 520 for bottom in ends), (url, width, ends)
                tops = browser.evaluate("[...document.querySelectorAll('.dateline > :first-child, .dateline > :last-child')]"
                                        ".map(e => Math.round(e.getBoundingClientRect().top))")
                assert len(set(tops)) == 1, (url, width, tops)  # the day and the number on one line
            beside = browser.evaluate("[...document.querySelectorAll('.contents')].map(c => ["
                                      "document.querySelector('main').getBoundingClientRect().right,"
                                      "c.getBoundingClientRect().left])")
            assert all(main < contents for main, contents in beside), (url, beside)
    assert seen > 6


SHOWN = "(s => [...document.querySelectorAll(s)].filter(e => e.checkVisibility({contentVisibilityAuto: true})).length)"


def test_contents_are_folded_on_a_phone_and_open_on_a_desk(pages, tmp_path):
    """The lead stands on the first screen of a phone, and the way back to the contents opens them."""
    folded = 0
    with Browser() as browser:
        for url in pages:
            browser.open(url, 390)
            if not browser.evaluate("document.querySelectorAll('.contents details').length"):
                continue
            folded += 1
            top = browser.evaluate("document.querySelector('.story h2').getBoundingClientRect().top")
            assert top < 600, (url, top)
            assert browser.evaluate(SHOWN + "('.contents li')") == 0, url
            browser.evaluate("document.querySelector('.top a').click()")
            browser.evaluate("new Promise(done => requestAnimationFrame(() => setTimeout(done, 50)))")
            count = browser.evaluate("document.querySelectorAll('.contents li').length")
            assert browser.evaluate(SHOWN + "('.contents li')") == count > 5, url
            browser.open(url, 1000)
            if count > 20:  # above the stories, these would keep the lead off any screen
                assert browser.evaluate(SHOWN + "('.contents li')") == 0, url
            else:
                assert browser.evaluate(SHOWN + "('.contents li')") == count, url
            browser.open(url, 1280)
            assert browser.evaluate(SHOWN + "('.contents li')") == count, url
            assert not browser.evaluate("document.querySelector('.contents details').open")
            if shutil.which("pdftotext"):
                file = tmp_path / "page.pdf"
                file.write_bytes(base64.b64decode(browser.tell("Page.printToPDF", preferCSSPageSize=True)["data"]))
                sheet = subprocess.run(["pdftotext", "-raw", "-l", "2", file, "-"], capture_output=True, check=True).stdout.decode()
                last = browser.evaluate("[...document.querySelectorAll('.contents li a')].pop().innerText")
                assert last.split()[0] in sheet, (url, last)
    assert folded >= 1


@pytest.mark.skipif(not shutil.which("pdftotext"), reason="pdftotext is not there")
def test_the_first_printed_sheet_holds_the_first_lead(pages, tmp_path):
    with Browser() as browser:
        for url in pages:
            browser.open(url)
            titles = browser.evaluate("[...document.querySelectorAll('.front h3, .story h2')].map(h => h.innerText)")
            if not titles:
                continue
            file = tmp_path / "page.pdf"
            file.write_bytes(base64.b64decode(browser.tell("Page.printToPDF", preferCSSPageSize=True)["data"]))
            sheet = subprocess.run(["pdftotext", "-l", "1", file, "-"], capture_output=True, check=True).stdout.decode()
            assert titles[0].split()[0] in sheet, (url, titles[0], sheet[:300])


@pytest.mark.skipif(not AXE, reason="axe-core is not there: npm install --no-save axe-core")
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_accessible(pages, scheme):
    with open(AXE, encoding="utf-8") as file:
        axe = file.read()
    with Browser() as browser:
        for url in pages:
            for width in (320, 1280):
                browser.open(url, width, scheme)
                browser.evaluate(axe + "; 0")
                found = browser.evaluate(
                    "axe.run({runOnly: %r, rules: {'image-redundant-alt': {enabled: false}}}).then(r => r.violations.map(v => v.id + ': ' + v.nodes.length + ' ' + "
                    "v.nodes[0].html.slice(0, 200) + ' ' + v.nodes[0].failureSummary))" % RULES)
                assert found == [], (url, width, scheme)
