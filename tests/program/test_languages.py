"""Sections in languages of their own: each page in one, the front page in that of the newspaper."""

import re

from sites import Page

FEED = ("<rss version='2.0'><channel><title>%s</title><language>%s</language><item><title>%s</title>"
        "<link>http://%s.example/1</link><guid>1</guid><description><![CDATA[<p>%s</p>]]></description></item>"
        "</channel></rss>")
SECTIONS = {
    "de": ("Nachrichten", "Die Fähre fährt wieder", "Am Montag fuhr sie das erste Mal. "),
    "ru": ("العربية", "المرفأ هادئ", "كان المرفأ هادئا في ذلك الصباح. "),
    "zh": ("中国", "港口安静下来", "港口晚上十点之后安静下来。"),
}
# The paper's language, and what is said of the day in it.
DAYS = {"fr": "lundi 21 septembre 2026", "de": "Montag, 21. September 2026", "ru": "понедельник, 21 сентября 2026",
        "zh": "2026年9月21日", "es": "lunes, 21 de septiembre de 2026"}
NOT_READ = {"fr": "http://gone.example/feed", "de": "http://gone.example/feed ist seit dem 21. September nicht zu lesen"}


def test_each_section_in_its_own_language(home, web):
    feeds = {}
    for language, (section, title, text) in SECTIONS.items():
        spoken = "ar" if section == "العربية" else language
        web.put(language + ".example", "/feed",
                Page((FEED % (section, spoken, title, language, text * 20)).encode(), "application/rss+xml"))
        feeds[section] = ["http://%s.example/feed" % language]
    feeds["Nachrichten"].append("http://gone.example/feed")
    web.put("gone.example", "/feed", Page(b"", status=404))
    home.set_clock(1790000000)  # Monday, 21 September 2026
    home.configure({**feeds, "Vacío": []}, top={"fulltext": False}, digest={
        "formats": ["html", "markdown", "epub", "mail"], "language": "fr", "empty": True, "max-age": "forever"})
    with open(home.config, encoding="utf-8") as file:
        text = file.read()
    languages = {**{section: language for language, (section, _, _) in SECTIONS.items()}, "Vacío": "es"}
    for section, language in languages.items():
        text = text.replace('section "%s" {' % section, 'section "%s" {\n\tlanguage = "%s"' % (section, language))
    home.write_config(text)
    home.once("--edition")

    def page(name):
        with open(home.path("digests", "latest", name), encoding="utf-8") as file:
            return file.read()

    for section, language in languages.items():
        html = page({"Nachrichten": "nachrichten", "Vacío": "vacio"}.get(section, section) + ".html")
        assert re.match(r'<!DOCTYPE html>\s*<html lang="%s">' % language, html)
        assert DAYS[language] in html
        assert not [day for other, day in DAYS.items() if other != language and day in html], section
    assert NOT_READ["de"] in page("nachrichten.html") and NOT_READ["de"] in page("nachrichten.md")
    arabic = page("العربية.html")
    assert '<article class="story lead" id="a-' in arabic and 'lang="ar" dir="rtl"' in arabic
    assert 'lang="ru" dir="ltr"' in arabic, "our words about it read from the left"

    front = page("index.html")
    assert '<html lang="fr">' in front and DAYS["fr"] in front
    assert NOT_READ["fr"] in front and "nicht zu lesen" not in front, "its foot is in its language too"
    assert 'lang="ar" dir="rtl"' in front and 'lang="zh"' in front and "Nachrichten" in front
