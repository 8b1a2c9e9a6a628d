"""What tests of the command read: a store with two items of a hostile feed."""

import pytest

from sites import Page

FEED = """<rss version="2.0"><channel><title>=Hostile &#x9b;1m</title><link>http://a.example/</link>
<item><title>Title &#x202e;back of harbours</title><link>http://a.example/1</link><guid>1</guid>
<description>&lt;p&gt;The harbour was quiet on that morning, and nobody knew why.&lt;/p&gt;</description></item>
<item><title>=2+3</title><link>http://a.example/2</link><guid>2</guid>
<description>&lt;p&gt;A formula of another kind, about mountains and snow.&lt;/p&gt;</description></item>
</channel></rss>"""


@pytest.fixture
def paper(home, web):
    web.put("a.example", "/feed", Page(FEED.encode(), type="application/rss+xml"))
    home.configure({"Europe": ["http://a.example/feed"]}, top={"subscriptions": "list.opml"})
    with open(home.path("list.opml"), "w", encoding="utf-8") as file:
        file.write('<opml version="2.0"><body/></opml>')
    with open(home.config, "a", encoding="utf-8") as file:
        file.write('feed "http://a.example/feed" { fulltext = false }\n')
    home.once()
    return home
