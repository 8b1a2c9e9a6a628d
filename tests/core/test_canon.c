#include "core/identity.h"
#include "core/mem.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct {
	const char *url;
	const char *want; /* NULL: none */
} canonical[] = {
	{"https://a.example/x", "https://a.example/x"},
	{"http://A.Example:80/x#part", "https://a.example/x"},
	{"https://a.example:443", "https://a.example/"},
	{"https://a.example:8443/x", "https://a.example:8443/x"},
	{"https://user:secret@a.example/x", "https://a.example/x"},
	{"https://a.example./x", "https://a.example/x"},
	{" https://a.example/x y\n", "https://a.example/x%20y"},
	{"https://a.example/a/../b/./c", "https://a.example/b/c"},
	{"https://a.example/%7euser/%c3%a9?q=%2f", "https://a.example/~user/%C3%A9?q=%2F"},
	{"https://a.example/é", "https://a.example/%C3%A9"},
	{"https://a.example/x?utm_source=rss&utm_medium=feed", "https://a.example/x"},
	{"https://a.example/x?id=7&fbclid=abc&UTM_Campaign=y", "https://a.example/x?id=7"},
	{"https://a.example/x?b=2&a=1&a=0", "https://a.example/x?a=1&a=0&b=2"},
	{"https://a.example/x?", "https://a.example/x"},
	{"https://a.example/x?&&", "https://a.example/x"},
	{"https://a.example/x;jsessionid=0A1B?id=1", "https://a.example/x?id=1"},
	{"https://a.example/x?PHPSESSID=1", "https://a.example/x"},
	{"https://a.example/x?ref=rss&p=3", "https://a.example/x?p=3"},
	{"https://a.example/x?ref=main", "https://a.example/x?ref=main"},
	{"https://a.example/x//", "https://a.example/x"},
	{"https://a.example/b/%2e/%2E./c", "https://a.example/c"},
	/* raw or escaped, in one order */
	{"https://a.example/x?a=2&\xC3\xA9=1", "https://a.example/x?%C3%A9=1&a=2"},
	{"https://a.example/x?a=2&%c3%a9=1", "https://a.example/x?%C3%A9=1&a=2"},
	{"https://a.example/x?utm%5Fsource=x", "https://a.example/x"},
	{"https://b\xC3\xBC"
	 "cher.example/",
		"https://xn--bcher-kva.example/"},
	{"https://B\xC3\x9C"
	 "CHER.example/",
		"https://xn--bcher-kva.example/"},
	{"https://例え.テスト/", "https://xn--r8jz45g.xn--zckzah/"},
	{"https://пример.испытание/", "https://xn--e1afmkfd.xn--80akhbyknj4f/"},
	{"ftp://a.example/x", NULL},
	{"mailto:a@b.example", NULL},
	{"/x", NULL},
	{"", NULL},
	{"https://", NULL},
	{"javascript:alert(1)", NULL},
};

static void test_canonical(void **state)
{
	struct buf buf = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(canonical); i++) {
		buf_clear(&buf);
		if (url_canonical(canonical[i].url, &buf) != (canonical[i].want != NULL))
			fail_msg("%s: %s", canonical[i].url, buf_text(&buf));
		assert_string_equal(buf_text(&buf), canonical[i].want ? canonical[i].want : "");
	}
	buf_finish(&buf);
}

#define HARBOUR "https://news.example/2026/11/harbour"

/* Pairs of addresses: the same page, or not. */
static const struct {
	bool is_same;
	const char *a, *b;
} pairs[] = {
	{true, "http://news.example/2026/11/harbour", HARBOUR},
	{true, "HTTPS://NEWS.EXAMPLE/2026/11/harbour", HARBOUR},
	{true, "https://news.example:443/2026/11/harbour", HARBOUR},
	{true, "http://news.example:80/2026/11/harbour", HARBOUR},
	{true, "https://news.example./2026/11/harbour", HARBOUR},
	{true, "https://www.news.example/2026/11/harbour", HARBOUR},
	{true, "http://www.news.example/2026/11/harbour/", HARBOUR},
	{true, "https://m.news.example/2026/11/harbour", HARBOUR},
	{true, "https://mobile.news.example/2026/11/harbour", HARBOUR},
	{true, "https://amp.news.example/2026/11/harbour", HARBOUR},
	{true, "https://www2.news.example/2026/11/harbour", HARBOUR},
	{true, "https://wap.news.example/2026/11/harbour", HARBOUR},
	{true, "https://www.m.news.example/2026/11/harbour", HARBOUR},
	{true, "https://reader:secret@news.example/2026/11/harbour", HARBOUR},
	{true, "https://news.example/2026/11/harbour#top", HARBOUR},
	{true, "https://news.example/2026/11/harbour#:~:text=The%20harbour", HARBOUR},
	{true, "https://news.example/2026/11/harbour/", HARBOUR},
	{true, "https://news.example/2026/11/harbour//", HARBOUR},
	{true, "https://news.example/2026/11/harbour/index.html", HARBOUR},
	{true, "https://news.example/2026/11/harbour/index.php", HARBOUR},
	{true, "https://news.example/2026/11/harbour/index.htm", HARBOUR},
	{true, "https://news.example/2026/11/harbour/Index.HTML", HARBOUR},
	{true, "https://news.example/2026/11/harbour/default.aspx", HARBOUR},
	{true, "https://news.example/2026/11/harbour/index.shtml", HARBOUR},
	{true, "https://news.example/2026/11/./harbour", HARBOUR},
	{true, "https://news.example/2026/10/../11/harbour", HARBOUR},
	{true, "https://news.example/2026/11/%68arbour", HARBOUR},
	{true, "https://news.example/%32026/11/harbour", HARBOUR},
	{true, " https://news.example/2026/11/harbour\n", HARBOUR},
	{true, "https://news.example/2026/11/harbour?", HARBOUR},
	{true, "https://news.example/2026/11/harbour?&", HARBOUR},
	{true, "https://news.example/2026/11/harbour;jsessionid=0A1B2C", HARBOUR},
	{true, "https://news.example/2026/11/harbour;JSESSIONID=0A1B2C.node1", HARBOUR},
	{true, "https://news.example/(S(abc123))/2026/11/harbour", HARBOUR},
	{true, "https://news.example/2026/11/harbour/amp", HARBOUR},
	{true, "https://news.example/2026/11/harbour/amp/", HARBOUR},
	{true, "https://news.example/amp/2026/11/harbour", HARBOUR},
	{true, "https://news.example/2026/11/harbour/amp.html", HARBOUR},
	{true, "https://news.example/2026/11/harbour?amp", HARBOUR},
	{true, "https://news.example/2026/11/harbour?amp=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?outputType=amp", HARBOUR},
	{true, "https://news.example/2026/11/harbour?output=amp", HARBOUR},
	{true, "https://news.example/2026/11/harbour/?amp_js_v=0.1&usqp=mq331AQ", HARBOUR},
	{true, "https://news-example.cdn.ampproject.org/c/s/news.example/2026/11/harbour/amp",
		HARBOUR},
	{true, "https://www-news-example.cdn.ampproject.org/v/s/www.news.example/2026/11/harbour?amp_js_v=0.1",
		HARBOUR},
	{true, "https://www.google.com/amp/s/www.news.example/2026/11/harbour/amp/", HARBOUR},
	{true, "https://google.com/amp/news.example/2026/11/harbour", HARBOUR},
	{true, "https://news.example/2026/11/harbour?utm_source=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?utm_medium=feed&utm_source=feedburner&utm_campaign=Feed%3A+news",
		HARBOUR},
	{true, "https://news.example/2026/11/harbour?UTM_SOURCE=x", HARBOUR},
	{true, "https://news.example/2026/11/harbour?utm_id=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?utm_content=a&utm_term=b", HARBOUR},
	{true, "https://news.example/2026/11/harbour?fbclid=IwAR0abc", HARBOUR},
	{true, "https://news.example/2026/11/harbour?gclid=Cj0KCQ", HARBOUR},
	{true, "https://news.example/2026/11/harbour?gclsrc=aw.ds", HARBOUR},
	{true, "https://news.example/2026/11/harbour?dclid=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?gbraid=0AAA", HARBOUR},
	{true, "https://news.example/2026/11/harbour?wbraid=Cj", HARBOUR},
	{true, "https://news.example/2026/11/harbour?msclkid=9", HARBOUR},
	{true, "https://news.example/2026/11/harbour?yclid=7", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ysclid=l9", HARBOUR},
	{true, "https://news.example/2026/11/harbour?twclid=2", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ttclid=3", HARBOUR},
	{true, "https://news.example/2026/11/harbour?igshid=MzRl", HARBOUR},
	{true, "https://news.example/2026/11/harbour?igsh=a", HARBOUR},
	{true, "https://news.example/2026/11/harbour?li_fat_id=x", HARBOUR},
	{true, "https://news.example/2026/11/harbour?epik=dj0y", HARBOUR},
	{true, "https://news.example/2026/11/harbour?mc_cid=abc&mc_eid=def", HARBOUR},
	{true, "https://news.example/2026/11/harbour?mkt_tok=Mzg", HARBOUR},
	{true, "https://news.example/2026/11/harbour?_hsenc=p2&_hsmi=6", HARBOUR},
	{true, "https://news.example/2026/11/harbour?__hstc=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?hsa_acc=1&hsa_cam=2", HARBOUR},
	{true, "https://news.example/2026/11/harbour?vero_id=a", HARBOUR},
	{true, "https://news.example/2026/11/harbour?oly_anon_id=1&oly_enc_id=2", HARBOUR},
	{true, "https://news.example/2026/11/harbour?mtm_campaign=a", HARBOUR},
	{true, "https://news.example/2026/11/harbour?matomo_kwd=b", HARBOUR},
	{true, "https://news.example/2026/11/harbour?pk_campaign=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?piwik_kwd=c", HARBOUR},
	{true, "https://news.example/2026/11/harbour?at_medium=RSS&at_campaign=KARANGA", HARBOUR},
	{true, "https://news.example/2026/11/harbour?xtor=RSS-1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ns_mchannel=rss&ns_source=x", HARBOUR},
	{true, "https://news.example/2026/11/harbour?sc_src=email_1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?s_cid=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?cmpid=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?CMP=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ito=1490", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ocid=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ncid=a", HARBOUR},
	{true, "https://news.example/2026/11/harbour?smid=tw-share", HARBOUR},
	{true, "https://news.example/2026/11/harbour?smtyp=cur", HARBOUR},
	{true, "https://news.example/2026/11/harbour?partner=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?icid=a", HARBOUR},
	{true, "https://news.example/2026/11/harbour?guccounter=1&guce_referrer=aHR0&guce_referrer_sig=AQ",
		HARBOUR},
	{true, "https://news.example/2026/11/harbour?soc_src=x&soc_trk=tw", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ref=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?source=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?from=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?rss=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?feed=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?src=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?via=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ref_src=twsrc%5Etfw", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ref_url=https%3A%2F%2Fx.example", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ftag=CAD", HARBOUR},
	{true, "https://news.example/2026/11/harbour?mbid=social", HARBOUR},
	{true, "https://news.example/2026/11/harbour?taid=5f", HARBOUR},
	{true, "https://news.example/2026/11/harbour?traffic_source=rss", HARBOUR},
	{true, "https://news.example/2026/11/harbour?wt_mc=a", HARBOUR},
	{true, "https://news.example/2026/11/harbour?wt.mc_id=b", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ga_source=x", HARBOUR},
	{true, "https://news.example/2026/11/harbour?_ga=2.1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?_gl=1*a", HARBOUR},
	{true, "https://news.example/2026/11/harbour?spm=a2g", HARBOUR},
	{true, "https://news.example/2026/11/harbour?trk=feed", HARBOUR},
	{true, "https://news.example/2026/11/harbour?srsltid=Afm", HARBOUR},
	{true, "https://news.example/2026/11/harbour?rb_clickid=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?irclickid=2", HARBOUR},
	{true, "https://news.example/2026/11/harbour?dm_i=1,2", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ml_subscriber=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?PHPSESSID=0a1b", HARBOUR},
	{true, "https://news.example/2026/11/harbour?jsessionid=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?ASPSESSIONIDQQ=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?CFID=1&CFTOKEN=2", HARBOUR},
	{true, "https://news.example/2026/11/harbour?session_id=9", HARBOUR},
	{true, "https://news.example/2026/11/harbour?mobile=1", HARBOUR},
	{true, "https://news.example/2026/11/harbour?fb_action_ids=1&fb_action_types=news",
		HARBOUR},
	{true, "https://news.example/2026/11/harbour?__twitter_impression=true", HARBOUR},
	{true, "https://www.google.com/url?rct=j&sa=t&url=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour&ct=ga&usg=AOv",
		HARBOUR},
	{true, "https://www.google.com/url?q=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour&sa=D",
		HARBOUR},
	{true, "https://l.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour&h=AT0",
		HARBOUR},
	{true, "https://lm.facebook.com/l.php?u=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour",
		HARBOUR},
	{true, "https://l.instagram.com/?u=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour&e=1",
		HARBOUR},
	{true, "https://out.reddit.com/t3_abc?url=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour&token=x",
		HARBOUR},
	{true, "https://www.youtube.com/redirect?event=video&q=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour",
		HARBOUR},
	{true, "https://t.umblr.com/redirect?z=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour&t=x",
		HARBOUR},
	{true, "https://slack-redir.net/link?url=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour",
		HARBOUR},
	{true, "https://steamcommunity.com/linkfilter/?url=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour",
		HARBOUR},
	{true, "https://vk.com/away.php?to=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour&cc_key=",
		HARBOUR},
	{true, "https://www.bing.com/news/apiclick.aspx?ref=FexRss&aid=&url=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour&c=1",
		HARBOUR},
	{true, "https://www.google.com/url?url=https%3A%2F%2Fl.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fnews.example%252F2026%252F11%252Fharbour",
		HARBOUR},
	{true, "https://www.google.com/url?url=http%3A%2F%2Fwww.news.example%2F2026%2F11%2Fharbour%2F%3Futm_source%3Dx",
		HARBOUR},
	{true, "https://shop.example/item?a=1&b=2", "https://shop.example/item?b=2&a=1"},
	{true, "https://shop.example/?p=12", "https://shop.example/index.php?p=12"},
	{true, "https://shop.example/item?id=7&utm_source=a",
		"https://www.shop.example/item/?id=7"},
	{true, "https://en.m.wikipedia.org/wiki/Harbour", "https://en.wikipedia.org/wiki/Harbour"},
	{true,
		"https://b\xC3\xBC"
		"cher.example/a",
		"https://xn--bcher-kva.example/a"},
	{true, "https://news.example/caf%c3%a9", "https://news.example/caf\xC3\xA9"},
	{true, "https://news.example/a.amp.html", "https://news.example/a.html"},
	{true, "https://www.bbc.co.uk/news/1", "http://bbc.co.uk/news/1"},
	{false, "https://news.example/2026/11/harbor", HARBOUR},
	{false, "https://news.example/2026/11/Harbour", HARBOUR},
	{false, "https://news.example/2026/12/harbour", HARBOUR},
	{false, "https://news.example/2026/11/harbour-2", HARBOUR},
	{false, "https://news.example/2026/11/harbour.html", HARBOUR},
	{false, "https://other.example/2026/11/harbour", HARBOUR},
	{false, "https://sport.news.example/2026/11/harbour", HARBOUR},
	{false, "https://news.example:8443/2026/11/harbour", HARBOUR},
	{false, "https://news.example/2026/11/harbour?id=7", HARBOUR},
	{false, "https://news.example/2026/11/harbour?page=2", HARBOUR},
	{false, "https://news.example/2026/11/harbour?p=3", HARBOUR},
	{false, "https://news.example/2026/11/harbour?ref=main", HARBOUR},
	{false, "https://news.example/2026/11/harbour?source=archive", HARBOUR},
	{false, "https://news.example/2026/11/harbour?lang=de", HARBOUR},
	{false, "https://news.example/2026/11/harbour?v=2", HARBOUR},
	{false, "https://news.example/2026/11/harbour?story=1", HARBOUR},
	{false, "https://news.example/2026/11/harbour?m=1", HARBOUR},
	{false, "https://news.example/2026/11/harbour?print=1", HARBOUR},
	{false, "https://news.example/2026/11/harbour?q=harbour", HARBOUR},
	{false, "https://news.example/2026/11/harbour?feed=atom", HARBOUR},
	{false, "https://news.example/2026/11/harbour?from=page2", HARBOUR},
	{false, "https://news.example/2026/11/harbour?comment=4", HARBOUR},
	{false, "https://news.example/2026/11/harbour/2", HARBOUR},
	{false, "https://news.example/2026/11/harbour/comments", HARBOUR},
	{false, "https://news.example/2026/11/harbour/amplifier", HARBOUR},
	{false, "https://news.example/2026/11/harbour/index", HARBOUR},
	{false, "https://news.example/2026/11/harbour/index.html.bak", HARBOUR},
	{false, "https://news.example/2026/11/harbour%2F", HARBOUR},
	{false, "https://news.example/2026/11/harbour%3Fid=1", HARBOUR},
	{false, "https://news.example/", HARBOUR},
	{false, "https://news.example/2026/11/", HARBOUR},
	{false, "https://news.example/ample/2026/11/harbour", HARBOUR},
	{false, "https://m-news.example/2026/11/harbour", HARBOUR},
	{false, "https://wwwnews.example/2026/11/harbour", HARBOUR},
	{false, "https://amp.example/2026/11/harbour", HARBOUR},
	{false, "https://www.example/2026/11/harbour", HARBOUR},
	{false, "https://news.example/2026/11/harbour?utm=1", HARBOUR},
	{false, "https://news.example/2026/11/harbour?gid=1", HARBOUR},
	{false, "https://news.example/2026/11/harbour?sid=5", HARBOUR},
	{false, "https://www.google.com/url?q=harbour", HARBOUR},
	{false, "https://www.google.com/search?q=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour",
		HARBOUR},
	{false, "https://l.facebook.com/l.php?h=1", HARBOUR},
	{false, "https://redirect.example/?url=https%3A%2F%2Fnews.example%2F2026%2F11%2Fharbour",
		HARBOUR},
	{false, "https://web.archive.org/web/2026/https://news.example/2026/11/harbour", HARBOUR},
	{false, "https://t.co/abc", HARBOUR},
	{false, "https://feedproxy.google.com/~r/news/~3/abc/", HARBOUR},
	{false, "https://a.example/?p=1", "https://a.example/?p=2"},
	{false, "https://a.example/x?a=1&a=2", "https://a.example/x?a=2&a=1"},
	{false, "https://a.example/x?id=A", "https://a.example/x?id=a"},
	{false, "https://a.example/x?id=1", "https://a.example/x?id=1&page=2"},
	{false, "https://m.example/x", "https://example/x"},
	{false, "https://a.github.io/x", "https://b.github.io/x"},
	{false, "https://www.github.io/x", "https://github.io/x"},
	{false, "https://t.co/a", "https://t.co/b"},
	{false, "https://youtube.com/watch?v=a", "https://youtube.com/watch?v=b"},
	{false, "https://a.example/x%20y", "https://a.example/x+y"},
	{false, "https://a.example/a;b", "https://a.example/a"},
	{false, "https://de.wikipedia.org/wiki/Hafen", "https://en.wikipedia.org/wiki/Hafen"},
	{false, "https://a.example/amp", "https://b.example/amp"},
	{false, "https://a.example/x?jsession=1", "https://a.example/x"},
	{false, "https://feedproxy.google.com/~r/a/~3/1/",
		"https://feedproxy.google.com/~r/a/~3/2/"},
	{false, "https://a.example/index.php?id=1", "https://a.example/index.php?id=2"},
};

static void test_pairs(void **state)
{
	struct buf a = {0}, b = {0};

	(void)state;
	assert_true(ARRAY_LEN(pairs) >= 200);
	for (size_t i = 0; i < ARRAY_LEN(pairs); i++) {
		buf_clear(&a);
		buf_clear(&b);
		assert_true(url_canonical(pairs[i].a, &a) && url_canonical(pairs[i].b, &b));
		if (pairs[i].is_same != (strcmp(buf_text(&a), buf_text(&b)) == 0))
			fail_msg("%s is %s, %s is %s", pairs[i].a, buf_text(&a), pairs[i].b,
				buf_text(&b));
		/* the canonical form of a canonical form is itself */
		buf_clear(&b);
		assert_true(url_canonical(buf_text(&a), &b));
		assert_string_equal(buf_text(&a), buf_text(&b));
	}
	buf_finish(&a);
	buf_finish(&b);
}

/* The canonical form of a canonical form is itself: else nothing known would be found again. */
static void test_stable(void **state)
{
	struct buf once = {0}, twice = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(canonical); i++) {
		buf_clear(&once);
		buf_clear(&twice);
		if (!url_canonical(canonical[i].url, &once))
			continue;
		assert_true(url_canonical(buf_text(&once), &twice));
		assert_string_equal(buf_text(&once), buf_text(&twice));
	}
	buf_finish(&once);
	buf_finish(&twice);
}

static void test_without_campaign(void **state)
{
	static const char *const rows[][2] = {
		{"https://a.example/x?utm_source=rss&utm_medium=feed", "https://a.example/x"},
		{"https://a.example/x?utm_source=rss#part", "https://a.example/x#part"},
		{"http://WWW.a.example/x/?id=7&utm_source=a&b=%7e",
			"http://WWW.a.example/x/?id=7&b=%7e"},
		{"https://a.example/?fbclid=1&z=2&a=1&UTM_Campaign", "https://a.example/?z=2&a=1"},
		{"https://a.example/?a&&utm_id=&=", "https://a.example/?a&&="},
		/* these may choose the page, or are of no query */
		{"https://a.example/x?ref=rss&amp=1&sc_id=2&session_id=3", NULL},
		{"https://a.example/utm_source=a?x=utm_source", NULL},
		{"https://a.example/x#a?utm_source=b", NULL},
		{"https://a.example/x?", NULL},
		{"https://a.example/x", NULL},
		{"", NULL},
	};
	struct buf buf = {0}, before = {0}, after = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&buf);
		assert_int_equal(url_without_campaign(rows[i][0], &buf), rows[i][1] != NULL);
		assert_string_equal(buf_text(&buf), rows[i][1] ? rows[i][1] : "");
		if (!rows[i][1])
			continue;
		buf_clear(&before);
		buf_clear(&after);
		assert_true(url_canonical(rows[i][0], &before));
		assert_true(url_canonical(rows[i][1], &after));
		assert_string_equal(buf_text(&before), buf_text(&after));
	}
	buf_finish(&buf);
	buf_finish(&before);
	buf_finish(&after);
}

static void test_site(void **state)
{
	static const char *const rows[][2] = {
		{"https://www.news.bbc.co.uk/a", "bbc.co.uk"},
		{"http://a.example/", "a.example"},
		{"https://x.github.io/", "x.github.io"},
		{"https://192.0.2.1/x", "192.0.2.1"},
		{"https://[2001:db8::1]:80/x", "[2001:db8::1]"},
		{"http://localhost:8080/", "localhost"},
		{"https://WWW.A.EXAMPLE/", "a.example"},
	};
	struct buf buf = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
		buf_clear(&buf);
		assert_true(url_site(rows[i][0], &buf));
		assert_string_equal(buf_text(&buf), rows[i][1]);
	}
	assert_false(url_site("/x", &buf));
	assert_false(url_site(NULL, &buf));
	buf_finish(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_canonical),
		cmocka_unit_test(test_pairs),
		cmocka_unit_test(test_stable),
		cmocka_unit_test(test_without_campaign),
		cmocka_unit_test(test_site),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
