#include "parse/extract_hints.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdbool.h>
#include <string.h>

enum {
	TEXT_MAX = 400, /* bytes of a text that are looked at */
	NAME_MAX_BYTES = 300,
};

struct word {
	const char *text;
	uint8_t hint;
	bool is_whole; /* no letter may follow */
};

/* Beginnings of the words that names are put together from. The longest that fits counts; of
 * phrases all. */
static const struct word name_words[] = {
	{"article", HINT_ARTICLE, false},
	{"posts", HINT_LIST, true},
	{"postbody", HINT_FORUM, false},
	{"posted", HINT_META, false},
	{"post", HINT_ARTICLE, true},
	{"hentry", HINT_ARTICLE, true},
	{"entry", HINT_ARTICLE, false},
	{"story", HINT_ARTICLE, false},
	{"blog", HINT_ARTICLE, false},
	{"news", HINT_ARTICLE, true},
	{"contents", HINT_TOC, true},
	{"content", HINT_CONTENT, false},
	{"body", HINT_CONTENT, true},
	{"text", HINT_CONTENT, true},
	{"prose", HINT_CONTENT, true},
	{"copyright", HINT_FOOTER, false},
	{"copy", HINT_CONTENT, true},
	{"richtext", HINT_CONTENT, false},
	{"rich", HINT_CONTENT, true},
	{"rte", HINT_CONTENT, true},
	{"wysiwyg", HINT_CONTENT, false},
	{"markdown", HINT_DOC, false},
	{"mce", HINT_CONTENT, true},
	{"paragraph", HINT_CONTENT, false},
	{"gutenberg", HINT_CONTENT, false},
	{"main", HINT_MAIN, true},
	{"primary", HINT_MAIN, true},
	{"single", HINT_MAIN, true},
	{"comment", HINT_COMMENT, false},
	{"disqus", HINT_COMMENT, false},
	{"respond", HINT_COMMENT, true},
	{"reply", HINT_COMMENT, false},
	{"replies", HINT_COMMENT, false},
	{"discussion", HINT_COMMENT, false},
	{"livefyre", HINT_COMMENT, false},
	{"review", HINT_COMMENT, false},
	{"forum", HINT_FORUM, false},
	{"thread", HINT_FORUM, false},
	{"topic", HINT_FORUM, false},
	{"message", HINT_FORUM, false},
	{"bbcode", HINT_FORUM, false},
	{"bbp", HINT_FORUM, false},
	{"cooked", HINT_FORUM, false},
	{"answer", HINT_FORUM, false},
	{"question", HINT_FORUM, false},
	{"nav", HINT_NAV, false},
	{"menu", HINT_NAV, false},
	{"breadcrumb", HINT_NAV, false},
	{"crumb", HINT_NAV, false},
	{"pagination", HINT_NAV, false},
	{"pager", HINT_NAV, false},
	{"toolbar", HINT_NAV, false},
	{"tabs", HINT_NAV, false},
	{"tablist", HINT_NAV, false},
	{"skip", HINT_NAV, false},
	{"header", HINT_HEADER, false},
	{"masthead", HINT_HEADER, false},
	{"top", HINT_HEADER, true},
	{"hero", HINT_HEADER, false},
	{"banner", HINT_HEADER, false},
	{"footnote", HINT_NOTE, false},
	{"footer", HINT_FOOTER, false},
	{"foot", HINT_FOOTER, true},
	{"bottom", HINT_FOOTER, false},
	{"colophon", HINT_FOOTER, false},
	{"legal", HINT_FOOTER, false},
	{"contentinfo", HINT_FOOTER, false},
	{"sidebar", HINT_SIDE, false},
	{"side", HINT_SIDE, false},
	{"aside", HINT_SIDE, false},
	{"rail", HINT_SIDE, true},
	{"widget", HINT_SIDE, false},
	{"secondary", HINT_SIDE, false},
	{"complementary", HINT_SIDE, false},
	{"share", HINT_SHARE, false},
	{"sharing", HINT_SHARE, false},
	{"social", HINT_SHARE, false},
	{"follow", HINT_SHARE, false},
	{"addtoany", HINT_SHARE, false},
	{"addthis", HINT_SHARE, false},
	{"facebook", HINT_SHARE, false},
	{"twitter", HINT_SHARE, false},
	{"jetpack", HINT_SHARE, false},
	{"sharedaddy", HINT_SHARE, false},
	{"related", HINT_RELATED, false},
	{"relation", HINT_RELATED, false},
	{"recommend", HINT_RELATED, false},
	{"more", HINT_RELATED, true},
	{"also", HINT_RELATED, true},
	{"similar", HINT_RELATED, false},
	{"popular", HINT_RELATED, false},
	{"trending", HINT_RELATED, false},
	{"latest", HINT_RELATED, false},
	{"recent", HINT_RELATED, false},
	{"next", HINT_RELATED, true},
	{"prev", HINT_RELATED, false},
	{"readnext", HINT_RELATED, false},
	{"read", HINT_RELATED, true},
	{"teaser", HINT_RELATED, false},
	{"suggest", HINT_RELATED, false},
	{"outbrain", HINT_RELATED, false},
	{"taboola", HINT_RELATED, false},
	{"carousel", HINT_RELATED, false},
	{"slider", HINT_RELATED, false},
	{"swiper", HINT_RELATED, false},
	{"upnext", HINT_RELATED, false},
	{"adjacent", HINT_RELATED, false},
	{"advert", HINT_AD, false},
	{"ads", HINT_AD, true},
	{"ad", HINT_AD, true},
	{"adslot", HINT_AD, false},
	{"sponsor", HINT_AD, false},
	{"dfp", HINT_AD, true},
	{"promo", HINT_AD, false},
	{"cta", HINT_AD, true},
	{"calltoaction", HINT_AD, false},
	{"affiliate", HINT_AD, false},
	{"offer", HINT_AD, false},
	{"upsell", HINT_AD, false},
	{"button", HINT_AD, false},
	{"btn", HINT_AD, false},
	{"newsletter", HINT_NEWSLETTER, false},
	{"subscri", HINT_NEWSLETTER, false},
	{"signup", HINT_NEWSLETTER, false},
	{"optin", HINT_NEWSLETTER, false},
	{"mailchimp", HINT_NEWSLETTER, false},
	{"mailing", HINT_NEWSLETTER, false},
	{"form", HINT_NEWSLETTER, true},
	{"gform", HINT_NEWSLETTER, false},
	{"email", HINT_NEWSLETTER, false},
	{"donat", HINT_NEWSLETTER, false},
	{"meta", HINT_META, false},
	{"date", HINT_META, false},
	{"time", HINT_META, true},
	{"tags", HINT_META, true},
	{"tag", HINT_META, true},
	{"tagcloud", HINT_META, false},
	{"taxonomy", HINT_META, false},
	{"categor", HINT_META, false},
	{"publish", HINT_META, false},
	{"info", HINT_META, true},
	{"details", HINT_META, true},
	{"byline", HINT_AUTHOR, false},
	{"author", HINT_AUTHOR, false},
	{"bio", HINT_AUTHOR, true},
	{"avatar", HINT_AUTHOR, false},
	{"profile", HINT_AUTHOR, false},
	{"contributor", HINT_AUTHOR, false},
	{"user", HINT_AUTHOR, false},
	{"vcard", HINT_AUTHOR, false},
	{"caption", HINT_CAPTION, false},
	{"figure", HINT_CAPTION, false},
	{"credit", HINT_CAPTION, false},
	{"photo", HINT_CAPTION, false},
	{"image", HINT_CAPTION, false},
	{"media", HINT_CAPTION, true},
	{"gallery", HINT_CAPTION, false},
	{"video", HINT_CAPTION, false},
	{"popup", HINT_POPUP, false},
	{"modal", HINT_POPUP, false},
	{"cookie", HINT_POPUP, false},
	{"consent", HINT_POPUP, false},
	{"gdpr", HINT_POPUP, false},
	{"overlay", HINT_POPUP, false},
	{"lightbox", HINT_POPUP, false},
	{"dialog", HINT_POPUP, false},
	{"notification", HINT_POPUP, false},
	{"alert", HINT_POPUP, false},
	{"paywall", HINT_POPUP, false},
	{"login", HINT_POPUP, false},
	{"toast", HINT_POPUP, false},
	{"tooltip", HINT_POPUP, false},
	{"onetrust", HINT_POPUP, false},
	{"didomi", HINT_POPUP, false},
	{"cky", HINT_POPUP, true},
	{"privacy", HINT_POPUP, false},
	{"toc", HINT_TOC, true},
	{"table-of", HINT_TOC, false},
	{"tableof", HINT_TOC, false},
	{"jump", HINT_TOC, false},
	{"ez-toc", HINT_TOC, false},
	{"hidden", HINT_HIDDEN, false},
	{"hide", HINT_HIDDEN, false},
	{"sr-only", HINT_HIDDEN, false},
	{"screen-reader", HINT_HIDDEN, false},
	{"visually", HINT_HIDDEN, false},
	{"noprint", HINT_HIDDEN, false},
	{"d-none", HINT_HIDDEN, false},
	{"collapse", HINT_HIDDEN, false},
	{"card", HINT_CARD, false},
	{"tile", HINT_CARD, false},
	{"grid", HINT_CARD, false},
	{"product", HINT_CARD, false},
	{"price", HINT_CARD, false},
	{"rating", HINT_CARD, false},
	{"item", HINT_CARD, true},
	{"thumb", HINT_CARD, false},
	{"archive", HINT_LIST, false},
	{"list", HINT_LIST, false},
	{"loop", HINT_LIST, true},
	{"feed", HINT_LIST, true},
	{"doc", HINT_DOC, false},
	{"highlight", HINT_DOC, false},
	{"code", HINT_DOC, false},
	{"rst", HINT_DOC, true},
	{"sphinx", HINT_DOC, false},
	{"api", HINT_DOC, true},
	{"disclaimer", HINT_NOTE, false},
	{"disclosure", HINT_NOTE, false},
	{"note", HINT_NOTE, false},
	{"warning", HINT_NOTE, false},
	{"notice", HINT_NOTE, false},
	{"callout", HINT_NOTE, false},
	{"reference", HINT_NOTE, false},
	{"title", HINT_TITLE, false},
	{"headline", HINT_TITLE, false},
	{"heading", HINT_TITLE, false},
	{"pullquote", HINT_QUOTE, false},
	{"quote", HINT_QUOTE, false},
	{"tweet", HINT_QUOTE, false},
	{"embed", HINT_QUOTE, false},
	{"summary", HINT_QUOTE, false},
	{"excerpt", HINT_RELATED, false},
	{"dek", HINT_QUOTE, true},
	{"deck", HINT_QUOTE, true},
	{"subhead", HINT_QUOTE, false},
	{"sub-head", HINT_QUOTE, false},
	{"subtitle", HINT_QUOTE, false},
	{"sub-title", HINT_QUOTE, false},
	{"ingress", HINT_QUOTE, true},
	{"standfirst", HINT_QUOTE, false},
	{"lede", HINT_QUOTE, true},
	{"accordion", HINT_FOLD, false},
	{"faq", HINT_FOLD, false},
	{"toggle", HINT_FOLD, false},
	{"tab", HINT_FOLD, true},
	{"panel", HINT_FOLD, false},
	{"expand", HINT_FOLD, false},
	{"mobile", HINT_SCREEN, false},
	{"tablet", HINT_SCREEN, false},
	{"desktop", HINT_SCREEN, false},
	{"phone", HINT_SCREEN, true},
};

static const struct word phrases[] = {
	{"subscri", PHRASE_SUBSCRIBE, false},
	{"newsletter", PHRASE_SUBSCRIBE, false},
	{"sign up", PHRASE_SUBSCRIBE, false},
	{"signup", PHRASE_SUBSCRIBE, false},
	{"inbox", PHRASE_SUBSCRIBE, false},
	{"your email", PHRASE_SUBSCRIBE, false},
	{"mailing list", PHRASE_SUBSCRIBE, false},
	{"abonn", PHRASE_SUBSCRIBE, false},
	{"suscr", PHRASE_SUBSCRIBE, false},
	{"infolettre", PHRASE_SUBSCRIBE, false},
	{"订阅", PHRASE_SUBSCRIBE, false}, /* Chinese */
	{"訂閱", PHRASE_SUBSCRIBE, false},
	{"одпиш", PHRASE_SUBSCRIBE, false}, /* Russian */
	{"одписыв", PHRASE_SUBSCRIBE, false},
	{"share", PHRASE_SHARE, false},
	{"tweet", PHRASE_SHARE, false},
	{"facebook", PHRASE_SHARE, false},
	{"twitter", PHRASE_SHARE, false},
	{"linkedin", PHRASE_SHARE, false},
	{"pinterest", PHRASE_SHARE, false},
	{"instagram", PHRASE_SHARE, false},
	{"whatsapp", PHRASE_SHARE, false},
	{"follow us", PHRASE_SHARE, false},
	{"follow me", PHRASE_SHARE, false},
	{"copy link", PHRASE_SHARE, false},
	{"print", PHRASE_SHARE, true},
	{"teilen", PHRASE_SHARE, false},
	{"partager", PHRASE_SHARE, false},
	{"compart", PHRASE_SHARE, false},
	{"condivid", PHRASE_SHARE, false},
	{"シェア", PHRASE_SHARE, false},    /* Japanese */
	{"分享", PHRASE_SHARE, false},      /* Chinese */
	{"공유", PHRASE_SHARE, false},      /* Korean */
	{"แชร์", PHRASE_SHARE, false},       /* Thai */
	{"оделиться", PHRASE_SHARE, false}, /* Russian */
	{"cookie", PHRASE_COOKIE, false},
	{"consent", PHRASE_COOKIE, false},
	{"privacy", PHRASE_COOKIE, false},
	{"datenschutz", PHRASE_COOKIE, false},
	{"terms of", PHRASE_COOKIE, false},
	{"javascript", PHRASE_COOKIE, false},
	{"rights reserved", PHRASE_COPYRIGHT, false},
	{"copyright", PHRASE_COPYRIGHT, false},
	{"\xC2\xA9", PHRASE_COPYRIGHT, false},
	{"trademark", PHRASE_COPYRIGHT, false},
	{"powered by", PHRASE_COPYRIGHT, false},
	{"all rights", PHRASE_COPYRIGHT, false},
	{"read more", PHRASE_MORE, false},
	{"learn more", PHRASE_MORE, false},
	{"continue read", PHRASE_MORE, false},
	{"keep read", PHRASE_MORE, false},
	{"see more", PHRASE_MORE, false},
	{"show more", PHRASE_MORE, false},
	{"show less", PHRASE_MORE, false},
	{"view all", PHRASE_MORE, false},
	{"see all", PHRASE_MORE, false},
	{"load more", PHRASE_MORE, false},
	{"full story", PHRASE_MORE, false},
	{"weiterlesen", PHRASE_MORE, false},
	{"mehr lesen", PHRASE_MORE, false},
	{"lire la suite", PHRASE_MORE, false},
	{"leer m", PHRASE_MORE, false},
	{"leggi anche", PHRASE_RELATED, false},
	{"leggi", PHRASE_MORE, false},
	{"related", PHRASE_RELATED, false},
	{"you may also", PHRASE_RELATED, false},
	{"you might", PHRASE_RELATED, false},
	{"also read", PHRASE_RELATED, false},
	{"read also", PHRASE_RELATED, false},
	{"see also", PHRASE_RELATED, false},
	{"read next", PHRASE_RELATED, false},
	{"up next", PHRASE_RELATED, false},
	{"more from", PHRASE_RELATED, false},
	{"more on", PHRASE_RELATED, false},
	{"more in", PHRASE_RELATED, true},
	{"recommended", PHRASE_RELATED, false},
	{"recent posts", PHRASE_RELATED, false},
	{"recent articles", PHRASE_RELATED, false},
	{"latest", PHRASE_RELATED, false},
	{"popular", PHRASE_RELATED, false},
	{"trending", PHRASE_RELATED, false},
	{"most read", PHRASE_RELATED, false},
	{"similar", PHRASE_RELATED, false},
	{"further reading", PHRASE_RELATED, false},
	{"mehr zum", PHRASE_RELATED, false},
	{"lesen sie auch", PHRASE_RELATED, false},
	{"lire aussi", PHRASE_RELATED, false},
	{"auch interess", PHRASE_RELATED, false},
	{"könnte sie", PHRASE_RELATED, false},
	{"mehr zu", PHRASE_RELATED, false},
	{"sur le même sujet", PHRASE_RELATED, false},
	{"te puede interesar", PHRASE_RELATED, false},
	{"lea tambi", PHRASE_RELATED, false},
	{"lee tambi", PHRASE_RELATED, false},
	{"leia tamb", PHRASE_RELATED, false},
	{"lees ook", PHRASE_RELATED, false},
	{"читайте", PHRASE_RELATED, false}, /* Russian: read */
	{"Читайте", PHRASE_RELATED, false},
	{"関連", PHRASE_RELATED, false}, /* Japanese: related */
	{"相关", PHRASE_RELATED, false}, /* Chinese: related */
	{"相關", PHRASE_RELATED, false},
	{"czytaj tak", PHRASE_RELATED, false}, /* Polish */
	{"zobacz tak", PHRASE_RELATED, false},
	{"\xE5\xBB\xB6\xE4\xBC\xB8\xE9", PHRASE_RELATED, false}, /* ... further reading */
	{"עוד בנושא", PHRASE_RELATED, false},                    /* Hebrew: more on this */
	{"بیشتر بخو", PHRASE_RELATED, false},                    /* Persian: read more */
	{"اقرأ أيض", PHRASE_RELATED, false},                     /* Arabic: read also */
	{"อ่านเพิ่มเติม", PHRASE_RELATED, false},                    /* Thai: read more */
	{"ที่เกี่ยวข้อง", PHRASE_RELATED, false},                     /* ... related */
	{"あわせて読", PHRASE_RELATED, false},                   /* Japanese: read also */
	{"관련기사", PHRASE_RELATED, false},                     /* Korean */
	{"comment", PHRASE_COMMENT, false},
	{"leave a", PHRASE_COMMENT, false},
	{"reply", PHRASE_COMMENT, true},
	{"replies", PHRASE_COMMENT, false},
	{"kommentar", PHRASE_COMMENT, false},
	{"advertis", PHRASE_AD, false},
	{"sponsor", PHRASE_AD, false},
	{"promot", PHRASE_AD, false},
	{"anzeige", PHRASE_AD, true},
	{"publicidad", PHRASE_AD, false},
	{"by", PHRASE_BYLINE, true},
	{"written by", PHRASE_BYLINE, false},
	{"posted", PHRASE_BYLINE, false},
	{"published", PHRASE_BYLINE, false},
	{"updated", PHRASE_BYLINE, false},
	{"min read", PHRASE_BYLINE, false},
	{"minute read", PHRASE_BYLINE, false},
	{"minutes", PHRASE_BYLINE, false},
	{"reviewed by", PHRASE_BYLINE, false},
	{"last modified", PHRASE_BYLINE, false},
	{"edited by", PHRASE_BYLINE, false},
	{"photo", PHRASE_CREDIT, false},
	{"image", PHRASE_CREDIT, false},
	{"credit", PHRASE_CREDIT, false},
	{"source", PHRASE_CREDIT, false},
	{"getty", PHRASE_CREDIT, false},
	{"reuters", PHRASE_CREDIT, false},
	{"shutterstock", PHRASE_CREDIT, false},
	{"unsplash", PHRASE_CREDIT, false},
	{"istock", PHRASE_CREDIT, false},
	{"pexels", PHRASE_CREDIT, false},
	{"click", PHRASE_CTA, false},
	{"download", PHRASE_CTA, false},
	{"contact", PHRASE_CTA, false},
	{"buy", PHRASE_CTA, true},
	{"shop", PHRASE_CTA, true},
	{"get started", PHRASE_CTA, false},
	{"get a", PHRASE_CTA, false},
	{"get your", PHRASE_CTA, false},
	{"book", PHRASE_CTA, true},
	{"call", PHRASE_CTA, true},
	{"demo", PHRASE_CTA, true},
	{"free", PHRASE_CTA, true},
	{"try", PHRASE_CTA, true},
	{"join", PHRASE_CTA, true},
	{"donate", PHRASE_CTA, true},
	{"schedule", PHRASE_CTA, true},
	{"today", PHRASE_CTA, true},
	{"check out", PHRASE_CTA, false},
	{"sign in", PHRASE_LOGIN, false},
	{"log in", PHRASE_LOGIN, false},
	{"login", PHRASE_LOGIN, false},
	{"register", PHRASE_LOGIN, false},
	{"password", PHRASE_LOGIN, false},
	{"account", PHRASE_LOGIN, false},
	{"tags", PHRASE_TAGS, true},
	{"tagged", PHRASE_TAGS, true},
	{"filed under", PHRASE_TAGS, false},
	{"categor", PHRASE_TAGS, false},
	{"topics", PHRASE_TAGS, true},
	{"posted in", PHRASE_TAGS, false},
	{"labels", PHRASE_TAGS, true},
	{"january", PHRASE_DATE, false},
	{"february", PHRASE_DATE, false},
	{"march", PHRASE_DATE, false},
	{"april", PHRASE_DATE, false},
	{"june", PHRASE_DATE, false},
	{"july", PHRASE_DATE, false},
	{"august", PHRASE_DATE, false},
	{"september", PHRASE_DATE, false},
	{"october", PHRASE_DATE, false},
	{"november", PHRASE_DATE, false},
	{"december", PHRASE_DATE, false},
	{"jan", PHRASE_DATE, true},
	{"feb", PHRASE_DATE, true},
	{"mar", PHRASE_DATE, true},
	{"apr", PHRASE_DATE, true},
	{"may", PHRASE_DATE, true},
	{"jun", PHRASE_DATE, true},
	{"jul", PHRASE_DATE, true},
	{"aug", PHRASE_DATE, true},
	{"sep", PHRASE_DATE, true},
	{"sept", PHRASE_DATE, true},
	{"oct", PHRASE_DATE, true},
	{"nov", PHRASE_DATE, true},
	{"dec", PHRASE_DATE, true},
	{"ago", PHRASE_DATE, true},
	{"affiliate", PHRASE_AFFILIATE, false},
	{"commission", PHRASE_AFFILIATE, false},
	{"disclosure", PHRASE_AFFILIATE, false},
	{"disclaimer", PHRASE_AFFILIATE, false},
	{"views", PHRASE_COUNTS, true},
	{"likes", PHRASE_COUNTS, true},
	{"like", PHRASE_COUNTS, true},
	{"votes", PHRASE_COUNTS, true},
	{"upvote", PHRASE_COUNTS, false},
	{"posts", PHRASE_COUNTS, true},
	{"joined", PHRASE_COUNTS, true},
	{"member", PHRASE_COUNTS, false},
	{"followers", PHRASE_COUNTS, true},
	{"about the author", PHRASE_AUTHOR, false},
	{"author", PHRASE_AUTHOR, false},
	{"founder", PHRASE_AUTHOR, false},
	{"writer", PHRASE_AUTHOR, false},
	{"editor", PHRASE_AUTHOR, false},
	{"journalist", PHRASE_AUTHOR, false},
	{"contributor", PHRASE_AUTHOR, false},
	{"next", PHRASE_PAGER, true},
	{"previous", PHRASE_PAGER, true},
	{"back to", PHRASE_PAGER, false},
	{"go to", PHRASE_PAGER, false},
	{"page", PHRASE_PAGER, true},
	{"home", PHRASE_PAGER, true},
	{"skip to", PHRASE_PAGER, false},
	{"menu", PHRASE_PAGER, true},
	{"search", PHRASE_PAGER, true},
	{"table of contents", PHRASE_CONTENTS, false},
	{"contents", PHRASE_CONTENTS, true},
	{"in this article", PHRASE_CONTENTS, false},
	{"on this page", PHRASE_CONTENTS, false},
	{"jump to", PHRASE_CONTENTS, false},
	{"faq", PHRASE_CONTENTS, false},
	{"references", PHRASE_CONTENTS, true},
	{"subscribers only", PHRASE_WALL, false},
	{"to continue", PHRASE_WALL, false},
	{"already a subscriber", PHRASE_WALL, false},
	{"for subscribers", PHRASE_WALL, false},
	{"members only", PHRASE_WALL, false},
	{"premium", PHRASE_WALL, false},
	{"unlock", PHRASE_WALL, false},
	{"remaining", PHRASE_WALL, false},
	{"paying subscriber", PHRASE_WALL, false},
	{"paid subscriber", PHRASE_WALL, false},
	{"subscriber-only", PHRASE_WALL, false},
	{"会員限定", PHRASE_WALL, false}, /* Japanese */
	{"our", PHRASE_OURS, true},
	{"please", PHRASE_OURS, true},
	{"unser", PHRASE_OURS, false},
	{"bitte", PHRASE_OURS, true},
	{"notre", PHRASE_OURS, true},
	{"nos", PHRASE_OURS, true},
	{"nuestr", PHRASE_OURS, false},
	{"nostr", PHRASE_OURS, false},
	{"visit", PHRASE_VISIT, true},
	{"for more", PHRASE_VISIT, false},
	{"more information", PHRASE_VISIT, false},
	{"find out", PHRASE_VISIT, false},
	{"discover", PHRASE_VISIT, true},
	{"explore", PHRASE_VISIT, true},
	{"shipping", PHRASE_SHOP, false},
	{"delivery", PHRASE_SHOP, false},
	{"order", PHRASE_SHOP, true},
	{"orders", PHRASE_SHOP, true},
	{"cart", PHRASE_SHOP, true},
	{"checkout", PHRASE_SHOP, false},
	{"discount", PHRASE_SHOP, false},
	{"sale", PHRASE_SHOP, true},
	{"price", PHRASE_SHOP, false},
};

/* The words of a table by their first byte, made once: first[c] to first[c + 1] - 1 of order, the
 * longest first. */
struct index {
	uint16_t first[257];
	uint16_t order[ARRAY_LEN(phrases) > ARRAY_LEN(name_words) ? ARRAY_LEN(phrases)
								  : ARRAY_LEN(name_words)];
	bool is_made;
};

static bool is_longer(const struct word *a, const struct word *b)
{
	return strlen(a->text) > strlen(b->text);
}

static void index_make(struct index *index, const struct word *words, size_t count)
{
	uint16_t n = 0, at;
	size_t i;
	int c;

	for (c = 0; c < 256; c++) {
		index->first[c] = n;
		for (i = 0; i < count; i++) {
			if ((unsigned char)words[i].text[0] != c)
				continue;
			for (at = n++; at > index->first[c] &&
				       is_longer(&words[i], &words[index->order[at - 1]]);
				at--)
				index->order[at] = index->order[at - 1];
			index->order[at] = (uint16_t)i;
		}
	}
	index->first[256] = n;
	index->is_made = true;
}

/* The word's length where s begins with it, else 0. */
static size_t fits(const struct word *word, const char *s)
{
	size_t n;

	for (n = 1; word->text[n] && word->text[n] == s[n]; n++)
		continue;
	return word->text[n] || (word->is_whole && str_is_alpha(s[n])) ? 0 : n;
}

/* The longest word that s begins with; returns its length, 0 where there is none. */
static size_t match(
	const struct index *index, const struct word *words, const char *s, uint32_t *hints)
{
	unsigned char c = (unsigned char)*s;
	size_t i, n;

	for (i = index->first[c]; i < index->first[c + 1]; i++) {
		n = fits(&words[index->order[i]], s);
		if (n > 0) {
			*hints |= 1u << words[index->order[i]].hint;
			return n;
		}
	}
	return 0;
}

/* All words that s begins with: "Subscribers only" is a wall and speaks of subscribing. */
static uint32_t match_all(const struct index *index, const struct word *words, const char *s)
{
	unsigned char c = (unsigned char)*s;
	uint32_t hints = 0;
	size_t i;

	for (i = index->first[c]; i < index->first[c + 1]; i++) {
		if (fits(&words[index->order[i]], s) > 0)
			hints |= 1u << words[index->order[i]].hint;
	}
	return hints;
}

uint32_t hints_of_name(const char *name)
{
	static struct index index;
	char text[NAME_MAX_BYTES * 2 + 1];
	uint32_t hints = 0;
	size_t i, n = 0, len;
	bool is_start = true;

	if (!index.is_made)
		index_make(&index, name_words, ARRAY_LEN(name_words));
	/* "postBody" is "post-body" */
	for (i = 0; name[i] && i < NAME_MAX_BYTES; i++) {
		if (i > 0 && name[i] >= 'A' && name[i] <= 'Z' && name[i - 1] >= 'a' &&
			name[i - 1] <= 'z')
			text[n++] = '-';
		text[n++] = str_lower_char(name[i]);
	}
	text[n] = '\0';
	for (i = 0; i < n;) {
		if (!str_is_alpha(text[i])) {
			is_start = true;
			i++;
			continue;
		}
		len = is_start ? match(&index, name_words, text + i, &hints) : 0;
		is_start = len > 0; /* what follows a known word may be another */
		i += len > 0 ? len : 1;
	}
	return hints;
}

uint32_t hints_of_text(const char *text, size_t len)
{
	static struct index index;
	char lower[TEXT_MAX + 1];
	uint32_t hints = 0;
	size_t i;

	if (!index.is_made)
		index_make(&index, phrases, ARRAY_LEN(phrases));
	if (len > TEXT_MAX)
		len = TEXT_MAX;
	for (i = 0; i < len; i++)
		lower[i] = str_lower_char(text[i]);
	lower[len] = '\0';
	for (i = 0; i < len; i++) {
		if (i == 0 || !str_is_alpha(lower[i - 1]))
			hints |= match_all(&index, phrases, lower + i);
	}
	return hints;
}
