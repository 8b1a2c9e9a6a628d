"""What the sanitiser wrote, parsed by a browser, is the tree that was written.

The vectors are the seeds of the sanitiser's fuzz target and what stands in VECTORS. Each goes through
`diurna parse` as the content of an entry; the browser parses what came out, in the ways in which it
will meet it, and writes it again. Skipped where there is no Chromium.
"""

import json
import os
import pathlib
import re
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("DIURNA_BUILD_DIR", TOP))
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

VECTORS = [
    # markup that browsers move or close
    "<table><tr><td>a<table>b<tr><td>c</table>d<p>e<table>f",
    "<table><caption>a<p>b<tr><td>c<ul><li>d<tr>e<th>f<col><tfoot><tr><td>g</table>h",
    "<table><a href=x>a<tr><td>b</a>c<a href=y>d</table>e",
    "<p>a<ul><li>b<p>c<li>d<ol><li>e</ul>f<address>g<p>h</address>i",
    "<b>1<b>2<b>3<b>4<b>5<p>6</b>7</b>8<i>9<div>10</i>11</div>12",
    "<a href=1>a<div>b<a href=2>c</a>d</div>e</a>f",
    "<h1>a<h2>b<h3>c</h1>d<dl><dd>e<dt>f<div><dd>g</dl>h",
    "<pre>\n\n\na</pre><pre><b>\nb</b></pre><pre>\r\nc</pre>",
    "<ruby>a<rt>b<rt>c<rp>d</ruby><rt>e<ruby><p>f<rt>g",
    "<button>a<button>b</button><select><option>c<table><tr><td>d</select>e",
    "<details>a<summary>b<details>c</summary>d<figure>e<figcaption>f<p>g",
    "<q>a<cite>b<p>c</q>d</cite>e<span>f<div>g</span>h",
    "<center>a<p>b<center>c<blockquote>d<p>e<hr>f<br>g</p>h</p>",
    "<video src=v><p>a<audio src=a><source src=s><div>b</video>c",
    "<image src=a.png>b<nobr>c<nobr>d<font color=red>e<p>f</font>g",
    "a\u00a0b&nbsp;c&amp;nbsp;d<p title='a\u00a0\"b<c>&amp;'>e\rf\r\ng",
    # what becomes something else when it is parsed again
    "<svg></p><style><a id=\"</style><img src=1 onerror=alert(1)>\">",
    "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<noembed><p title=\"</noembed><img src=x onerror=alert(1)>\"><noframes><p title=\"</noframes><b onclick=x>\">",
    "<textarea><p title=\"</textarea><img src=x onerror=alert(1)>\"><title><p title=\"</title><img src=x onerror=1>\">",
    "<xmp><p title=\"</xmp><img src=x onerror=alert(1)>\"><plaintext>a</plaintext>b",
    "<template><s><template><s><img src=x onerror=alert(1)>@",
    "<svg><foreignObject><div><style><![CDATA[</style><img src=x onerror=alert(1)>]]></style>",
    "<![CDATA[<img src=x onerror=alert(1)>]]><!--><img src=x onerror=alert(1)>--><!-- --!><b>x",
    "<iframe srcdoc='<script>x</script>'><b title='</iframe><script>alert(1)</script>'>",
    "<select><template><img src=x onerror=alert(1)></template></select><option><style></option><img src=x onerror=1>",
    "<a href=\"java\nscript:alert(1)\">a</a><a href='&#106;avascript:x'>b</a><a href='data:text/html,x'>c</a>",
    "<img src=x` `onerror=alert(1)><img src='x\"onerror=alert(1)'><p title=\"`onclick=alert(1)\">",
    "<img/src=x/onerror=alert(1)><p/title=x/onclick=y>z<<b>b</<b>",
    "<div>" * 700 + "deep",
    "<b>" * 300 + "x" + "</b>" * 150 + "y<p>z",
    "<table><tr><td>" * 60 + "x",
]

PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>t</title><body><pre id="result"></pre><script>
var inputs = JSON.parse(atob("%s")), results = [];
for (var i = 0; i < inputs.length; i++) {
  var html = decodeURIComponent(inputs[i]), div = document.createElement("div");
  div.innerHTML = html;
  var doc = new DOMParser().parseFromString("<!DOCTYPE html><body><article>" + html + "</article>", "text/html");
  var quirks = new DOMParser().parseFromString("<body><article>" + html + "</article>", "text/html");
  results.push([div.innerHTML, doc.querySelector("article").innerHTML,
                quirks.querySelector("article").innerHTML,
                doc.body.children.length + quirks.body.children.length]);
}
document.getElementById("result").textContent = btoa(unescape(encodeURIComponent(JSON.stringify(results))));
</script>"""


def seeds():
    folder = TOP / "tests" / "fuzz" / "seeds" / "html"
    return [path.read_bytes().decode("utf-8", "replace") for path in sorted(folder.iterdir())]


def sanitised(vectors, tmp_path):
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "vectors",
            "items": [{"id": str(n), "content_html": "<p>start</p>" + html + "<p>end</p>"}
                      for n, html in enumerate(vectors)]}
    path = tmp_path / "vectors.json"
    path.write_text(json.dumps(feed))
    run = subprocess.run([BUILD / "src" / "diurna", "parse", "--url", "https://site.example/a/b", path],
                         capture_output=True, timeout=60, check=True)
    return [item.get("content", "") for item in json.loads(run.stdout)["items"]]


def written(html):
    """Both ways of writing '<' and '>' in attributes: browsers changed theirs in 2025."""
    return re.sub(r'"[^"]*"', lambda m: m.group(0).replace("&lt;", "<").replace("&gt;", ">"), html)


@pytest.mark.skipif(not BROWSER, reason="no Chromium")
def test_a_browser_reads_back_the_tree_that_was_written(tmp_path):
    import base64
    import urllib.parse

    outputs = sanitised(seeds() + VECTORS, tmp_path)
    data = json.dumps([urllib.parse.quote(html) for html in outputs])
    page = tmp_path / "page.html"
    page.write_text(PAGE % base64.b64encode(data.encode()).decode())
    run = subprocess.run(
        [BROWSER, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom",
         "--user-data-dir=%s" % (tmp_path / "profile"), page.as_uri()],
        capture_output=True, timeout=120, check=True, env=dict(os.environ, HOME=str(tmp_path)))
    found = re.search(rb'<pre id="result">([A-Za-z0-9+/=]+)</pre>', run.stdout)
    assert found, run.stderr[-500:]
    results = json.loads(base64.b64decode(found.group(1)))
    assert len(results) == len(outputs)
    for html, (inner, standard, quirks, articles) in zip(outputs, results):
        assert written(inner) == written(html)
        assert written(standard) == written(html)
        assert written(quirks) == written(html)
        assert articles == 2


def test_nothing_that_runs_is_left(tmp_path):
    for html in sanitised(seeds() + VECTORS, tmp_path):
        tags = re.findall(r"<[^>]*>", html)
        for tag in tags:
            assert re.fullmatch(r'</?[a-z0-9]+(?: [a-z-]+="[^"<>]*")*>', tag), tag
            assert not re.match(r"</?(script|style|svg|math|iframe|object|form|input|template|noscript)\b", tag)
            for name, value in re.findall(r' ([a-z-]+)="([^"]*)"', tag):
                assert not name.startswith("on") and name not in ("srcdoc", "style"), tag
                if name in ("href", "src", "srcset", "cite", "poster"):
                    assert re.match(r"https?://|mailto:|data:image/(png|gif|jpe?g|webp);", value), tag
