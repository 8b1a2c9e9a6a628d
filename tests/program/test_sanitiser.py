"""What the sanitiser wrote, parsed by a browser, is the tree that was written.

The vectors are the seeds of the sanitiser's fuzz target, what stands in VECTORS, and some that are thrown
together of PIECES, always the same ones. Each goes through `diurna parse` as the content of an entry;
the browser parses what came out, in the ways in which it will meet it, and writes it again. Skipped
where there is no Chromium. DIURNA_VECTORS=20000 throws more together.
"""

import json
import os
import pathlib
import random
import re
import shutil
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("DIURNA_BUILD_DIR", TOP))
BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

RANDOM_VECTORS = int(os.environ.get("DIURNA_VECTORS", "1000"))

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
    # one namespace inside another, and the ways out of it
    "<math><annotation-xml encoding=\"text/html\"><style><img src=x onerror=alert(1)></style></annotation-xml></math>",
    "<math><annotation-xml encoding=\"application/xhtml+xml\"><svg><foreignobject><p><style><!--</style><img src=x onerror=1>",
    "<svg><desc><noscript><p title=\"</noscript><img src=x onerror=alert(1)>\"></desc></svg>",
    "<svg><title><a id=\"</title><img src=1 onerror=alert(1)>\"></svg>",
    "<svg><style><a title=\"</style><img src onerror=alert(1)>\"></style></svg><math><ms><style></ms><img src=x onerror=1>",
    "<math><mi><table><mi><mglyph><style><math><img src=x onerror=alert(1)></style></mglyph>",
    "<svg><p><style><g title=\"</style><img src=x onerror=alert(1)>\">",
    "<svg></br><style><a id='</style><img src=1 onerror=alert(1)>'>",
    "<math><mtext><h1><a><h6></a></h6><mglyph><svg><mtext><style><a title=\"</style><img src onerror=alert(1)>\"></style></h1>",
    "<svg><image href=x onload=alert(1)></svg><svg/onload=alert(1)><svg><use href=\"data:image/svg+xml,x#x\"/></svg>",
    "<svg><a xlink:href=\"javascript:alert(1)\"><text>x</text></a></svg><math href=\"javascript:alert(1)\">y</math>",
    "<svg><animate attributeName=href values=javascript:alert(1)><set attributeName=onmouseover to=alert(1)></svg>z",
    "<svg><desc><svg></desc><img src=x onerror=1></svg>a</svg>b<svg><desc>c</svg>d<iframe>e</iframe></desc><select>f",
    # forms, tables, selects and templates in each other
    "<form id=x><form><div></form><form><math><mtext></form><form><mglyph><svg><mtext><style><path id=\"</style><img onerror=1>\">",
    "<form><div></form><form>a<table></form><form></form></table>b</form>c",
    "<table><form><tr><td><form><input></td></form><select><tr><td>x<option><table>y</select>z</table>",
    "<table><template><tr><td>x</template><svg><tr><td>y</svg><colgroup><col><td>z<template><b>",
    "<select><svg><style><!--</select><img src=x onerror=alert(1)>--></style></svg></select>",
    "<select><option><style></option></select><script>alert(1)</script></style>",
    "<template><template></template><script>alert(1)</script></template><slot><p>x</slot>",
    "<frameset><frame src=javascript:alert(1)></frameset><noframes><img src=x onerror=1></noframes>",
    "<table><caption><svg><title></caption><img src=x onerror=alert(1)></title></svg></table>",
    # comments, CDATA, processing instructions
    "<!--><img src=x onerror=alert(1)>--><!---><img src=x onerror=alert(1)>--><!--a--!><img src=x onerror=1>-->",
    "<!-- --!> --><svg><!--</svg><img src=x onerror=alert(1)>--></svg><!-<img src=x onerror=1>",
    "<svg><![CDATA[><img src=x onerror=alert(1)>]]></svg><math><![CDATA[<a title=\"]]><img onerror=1>\">]]></math>",
    "<?xml-stylesheet href=\"javascript:alert(1)\"?><?php <img src=x onerror=1> ?><!ENTITY x \"<img onerror=1>\">&x;",
    "</ <img src=x onerror=alert(1)>></#><img src=x onerror=1><//><%<img src=x onerror=1>%>",
    # attributes
    "<a title='&quot; onmouseover=alert(1) x=&quot;'>a</a><p title=\"&lt;/p&gt;&lt;img src=x onerror=1&gt;\">b",
    "<img alt=\"<x\" title='/>' src='a>b' onerror='x'><img src=\"x\"title=\"y\"onerror=\"z\"><img src=x:x\\onerror=1>",
    "<a href=\"\u0001javascript:alert(1)\">a</a><a href=\"java\tscript:alert(1)\">b</a><a href=\"&Tab;javascript&colon;alert(1)\">c</a>",
    "<a href=vbscript:x>a</a><a href='data:text/html;base64,PHNjcmlwdD4='>b</a><a href='blob:x'>c</a><a href='view-source:x'>d</a>",
    "<img srcset='x 1x, javascript:alert(1) 2x'><video poster=javascript:x><source src='data:text/html,x'></video>",
    "<p style='background:url(javascript:alert(1))' class=x id=y name=z>a</p><div data-x='<script>' aria-label='\"'>b</div>",
    "<b \u0000onclick=x on\u0000click=y>a</b><im\u0000g src=x onerror=1><scr\u0000ipt>b</scr\u0000ipt>",
    "<p id=document name=body><img name=cookie><form name=x><input name=attributes></form><a id=location href=x>y</a>",
    "<div>" * 700 + "deep",
    "<b>" * 300 + "x" + "</b>" * 150 + "y<p>z",
    "<table><tr><td>" * 60 + "x",
]

# What vectors are made of at random, beside the ones above.
PIECES = """<svg> </svg> <math> </math> <mtext> <mi> <mglyph> <annotation-xml&encoding="text/html"> <foreignObject>
    <desc> <title> </title> <style> </style> <script> </script> <noscript> </noscript> <template> </template> <table>
    </table> <caption> <tr> <td> </td> <th> <tbody> <colgroup> <col> <form> </form> <select> </select> <option> <optgroup>
    <p> </p> <a&href="/x"> </a> <b> </b> <i> </i> <nobr> <div> </div> <li> <ul> </ul> <dd> <h1> </h2> <pre> <textarea>
    </textarea> <xmp> <iframe> </iframe> <noembed> <plaintext> <br> </br> </p> <hr> <img&src=x&onerror=alert(1)>
    <button> </button> <ruby> <rt> <rp> <details> <summary> <video&src=v> <source&src=s> <object> <marquee> <font&color=red>
    <!-- --> --!> <![CDATA[ ]]> <? ?> <p&title="</style><img&src=x&onerror=alert(1)>"> <a&id="--><img&src=x&onerror=1>">
    &lt;img&src=x&onerror=1&gt; &amp;lt;b&amp;gt; x <center> </center> <frameset> <body> <head> <html> <image&src=y>
    " ' < > = / \\""".split()


def random_vectors(count):
    dice = random.Random(2026)
    return ["".join(dice.choice(PIECES).replace("&", " ") if dice.random() < 0.9 else dice.choice(PIECES)
                    for _ in range(dice.randint(2, 14))) for _ in range(count)]


PAGE = """<!DOCTYPE html><meta charset="utf-8"><title>t</title><body><pre id="result"></pre><script>
var inputs = JSON.parse(atob("%s")), results = [];
function isAlive(root) {
  return Array.from(root.querySelectorAll("*")).some(function (e) {
    return e.namespaceURI != "http://www.w3.org/1999/xhtml" || e.matches(ACTIVE) ||
      Array.from(e.attributes).some(function (a) { return /^on|^(srcdoc|style|id|name|class)$/.test(a.name); }) ||
      /^(javascript|vbscript):/.test(e.href || e.src || "");
  });
}
var ACTIVE = "script,style,iframe,object,embed,form,input,template,noscript,base,meta,link,frame,frameset";
for (var i = 0; i < inputs.length; i++) {
  var html = decodeURIComponent(inputs[i]), div = document.createElement("div");
  div.innerHTML = html;
  var doc = new DOMParser().parseFromString("<!DOCTYPE html><body><article>" + html + "</article>", "text/html");
  var quirks = new DOMParser().parseFromString("<body><article>" + html + "</article>", "text/html");
  results.push([div.innerHTML, doc.querySelector("article").innerHTML,
                quirks.querySelector("article").innerHTML,
                doc.body.children.length + quirks.body.children.length,
                isAlive(div) || isAlive(doc.body) || isAlive(quirks.body)]);
}
document.getElementById("result").textContent = btoa(unescape(encodeURIComponent(JSON.stringify(results))));
</script>"""


def seeds():
    folder = TOP / "tests" / "fuzz" / "seeds" / "html"
    return [path.read_bytes().decode("utf-8", "replace") for path in sorted(folder.iterdir())]


def sanitised(vectors, tmp_path):
    """What is kept of each; a feed may not have more than some thousand entries."""
    outputs = []
    for start in range(0, len(vectors), 5000):
        feed = {"version": "https://jsonfeed.org/version/1.1", "title": "vectors",
                "items": [{"id": str(n), "content_html": "<p>start</p>" + html + "<p>end</p>"}
                          for n, html in enumerate(vectors[start:start + 5000])]}
        path = tmp_path / "vectors.json"
        path.write_text(json.dumps(feed))
        run = subprocess.run([BUILD / "src" / "diurna", "parse", "--url", "https://site.example/a/b", path],
                             capture_output=True, timeout=60, check=True)
        outputs += [item.get("content", "") for item in json.loads(run.stdout)["items"]]
    assert len(outputs) == len(vectors)
    return outputs


def written(html):
    """Both ways of writing '<' and '>' in attributes: browsers changed theirs in 2025."""
    return re.sub(r'"[^"]*"', lambda m: m.group(0).replace("&lt;", "<").replace("&gt;", ">"), html)


@pytest.mark.skipif(not BROWSER, reason="no Chromium")
def test_a_browser_reads_back_the_tree_that_was_written(tmp_path):
    import base64
    import urllib.parse

    vectors = seeds() + VECTORS + random_vectors(RANDOM_VECTORS)
    outputs = sanitised(vectors, tmp_path)
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
    for vector, html, (inner, standard, quirks, articles, is_alive) in zip(vectors, outputs, results):
        assert written(inner) == written(html), vector
        assert written(standard) == written(html), vector
        assert written(quirks) == written(html), vector
        assert articles == 2, vector
        assert not is_alive, vector


def test_nothing_that_runs_is_left(tmp_path):
    for html in sanitised(seeds() + VECTORS + random_vectors(RANDOM_VECTORS), tmp_path):
        tags = re.findall(r"<[^>]*>", html)
        for tag in tags:
            assert re.fullmatch(r'</?[a-z0-9]+(?: [a-z-]+="[^"<>]*")*>', tag), tag
            assert not re.match(r"</?(script|style|svg|math|iframe|object|form|input|template|noscript)\b", tag)
            for name, value in re.findall(r' ([a-z-]+)="([^"]*)"', tag):
                assert not name.startswith("on") and name not in ("srcdoc", "style"), tag
                if name in ("href", "src", "srcset", "cite", "poster"):
                    assert re.match(r"https?://|mailto:|data:image/(png|gif|jpe?g|webp);", value), tag
