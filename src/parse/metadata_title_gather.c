/* What may be a page's title: what each source says, whole and with parts of it cut off. */
#include "parse/metadata_titler.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <string.h>

enum { TEXT_MAX = 400 }; /* bytes; longer ones are no titles */

/* U+2010 to U+2015 and U+2212 are '-'; quotation marks are ' and ". Returns bytes used, 0: none. */
static size_t unify(const char *s, char *to)
{
	const unsigned char *c = (const unsigned char *)s;

	if (c[0] == 0xC2 && (c[1] == 0xAB || c[1] == 0xBB))
		return *to = '"', 2;
	if (c[0] == 0xC2 && (c[1] == 0xB4 || c[1] == 0xA0))
		return *to = c[1] == 0xA0 ? ' ' : '\'', 2;
	if (c[0] != 0xE2)
		return 0;
	if (c[1] == 0x88 && c[2] == 0x92)
		return *to = '-', 3;
	if (c[1] != 0x80)
		return 0;
	if (c[2] >= 0x90 && c[2] <= 0x95)
		return *to = '-', 3;
	if (c[2] == 0x98 || c[2] == 0x99 || c[2] == 0x9A || c[2] == 0x9B || c[2] == 0xB2)
		return *to = '\'', 3;
	if (c[2] == 0x9C || c[2] == 0x9D || c[2] == 0x9E || c[2] == 0xB3)
		return *to = '"', 3;
	return 0;
}

static const char *key_of(struct arena *arena, const char *text)
{
	char *key = arena_strdup(arena, text), *to = key;
	const char *s;
	size_t used;

	for (s = text; *s; s += used) {
		used = unify(s, to);
		if (used == 0) {
			used = 1;
			*to = str_lower_char(*s);
		}
		to++;
	}
	*to = '\0';
	return str_collapse(key);
}

bool title_is_upper(const char *text)
{
	bool has_letter = false;

	for (; *text; text++) {
		if (*text >= 'a' && *text <= 'z')
			return false;
		has_letter |= *text >= 'A' && *text <= 'Z';
	}
	return has_letter;
}

/* Where a text stands. */
struct origin {
	enum title_source source;
	size_t heading; /* as in struct title */
	size_t place;
	bool is_in_main, is_logo;
};

/* rest: what was cut off at a guess; NULL: nothing. */
static void add(struct titler *t, const struct origin *origin, enum cut cut, const char *text,
	const char *rest)
{
	const char *key;
	struct title *title;
	size_t i;

	if (str_is_empty(text) || strlen(text) > TEXT_MAX)
		return;
	key = key_of(t->arena, text);
	for (i = 0; i < t->count && !str_eq(t->titles[i].key, key); i++)
		continue;
	if (!*key || i == TITLES_MAX)
		return;
	title = &t->titles[i];
	if (i == t->count) {
		t->count++;
		title->text = text;
		title->key = key;
		title->folded = title_fold(t->arena, text);
	} else if (title_is_upper(title->text) && !title_is_upper(text)) {
		title->text = text; /* written as a sentence rather than in capitals */
	}
	if (cut > title->cuts[origin->source])
		title->cuts[origin->source] = (uint8_t)cut;
	if (origin->heading && !title->heading) {
		title->heading = origin->heading;
		title->place = origin->place;
	}
	if (rest && !title->rest)
		title->rest = title_fold(t->arena, rest);
	title->is_in_main |= origin->is_in_main && cut >= CUT_NONE;
	title->is_logo |= origin->is_logo && cut >= CUT_NONE;
}

/* What a source says, and what may be left when parts of it are taken off. */
static void add_all(struct titler *t, const struct origin *origin, const char *text)
{
	const char *stripped = site_strip(&t->site, text), *at;
	struct arena *arena = t->arena;
	size_t len = 0;
	char *part;

	if (t->said[origin->source]++ == 0)
		t->first[origin->source] = title_fold(arena, stripped);
	add(t, origin, CUT_SITE, stripped, NULL);
	add(t, origin, CUT_NONE, text, NULL);
	at = origin->source == TITLE_H2 ? NULL : title_last_separator(stripped, &len);
	if (!at)
		return;
	part = arena_strndup(arena, stripped, (size_t)(at - stripped));
	add(t, origin, CUT_LAST, str_trim(part), at + len);
	at = title_first_separator(stripped, &len);
	part = arena_strndup(arena, stripped, (size_t)(at - stripped));
	add(t, origin, CUT_HEAD, str_trim(part), at + len);
	add(t, origin, CUT_FIRST, str_trim(arena_strdup(arena, at + len)), part);
}

/* Words of the last part of an address that has some: /2026/a-day-at-sea.html */
static const char *slug_of(struct arena *arena, const char *address)
{
	struct url url;
	const char *end, *begin, *best = "";
	char *part;

	if (!address)
		return "";
	url_split(address, strlen(address), &url);
	if (!url.path.data)
		return "";
	end = url.path.data + url.path.len;
	while (end > url.path.data) {
		begin = end;
		while (begin > url.path.data && begin[-1] != '/')
			begin--;
		part = arena_strndup(arena, begin, (size_t)(end - begin));
		if (strrchr(part, '.') && strlen(strrchr(part, '.')) <= 6)
			*strrchr(part, '.') = '\0';
		best = title_fold(arena, part);
		if (title_count_words(best) >= 2)
			return best;
		end = begin > url.path.data ? begin - 1 : url.path.data;
	}
	return best;
}

static const char *host_of(struct arena *arena, const char *address)
{
	struct url url;

	if (!address)
		return NULL;
	url_split(address, strlen(address), &url);
	return url.host.data ? str_lower(arena_strndup(arena, url.host.data, url.host.len)) : NULL;
}

static bool is_in_main(const xmlNode *node)
{
	for (; node && node->type == XML_ELEMENT_NODE; node = node->parent) {
		if (tag_of(node) == TAG_MAIN || tag_of(node) == TAG_ARTICLE ||
			str_eq(html_attr(node, "role"), "main"))
			return true;
	}
	return false;
}

/* Whether a heading has, or is within, a link to the front page of its site. */
static bool is_logo(const struct metadata *meta, const xmlNode *heading)
{
	const xmlNode *node = heading->parent;
	struct buf url = {0};
	struct url parts;
	bool is_root;

	if (!node || node->type != XML_ELEMENT_NODE || tag_of(node) != TAG_LINK) {
		for (node = heading->children; node; node = html_next_node(node, heading)) {
			if (node->type == XML_ELEMENT_NODE && tag_of(node) == TAG_LINK)
				break;
		}
	}
	if (!node || str_is_empty(html_attr(node, "href")))
		return false;
	url_resolve(meta->base, html_attr(node, "href"), &url);
	url_split(buf_text(&url), url.len, &parts);
	is_root = url_is_web(buf_text(&url)) && parts.path.len <= 1 && parts.query.len == 0;
	buf_finish(&url);
	return is_root;
}

/* Whether a heading says this: one within the article, or any but those. */
static bool is_heading_said(
	const struct titler *t, const char *folded, bool is_in_article, bool *leads_home)
{
	const struct metadata *meta = t->meta;
	size_t i;

	for (i = 0; i < meta->title_count; i++) {
		const struct title_said *said = &meta->titles[i];

		if (!said->node || is_in_main(said->node) != is_in_article ||
			!str_eq(title_fold(t->arena, said->text), folded))
			continue;
		*leads_home = is_logo(meta, said->node);
		return true;
	}
	return false;
}

/*
 * "Moorings - The Harbour Book", with a heading that says the book beside the article and one that
 * says the page within, or a link home upon the first: the site's name where nothing else tells.
 */
static void add_site_of_title(struct titler *t)
{
	const struct metadata *meta = t->meta;
	const char *at = NULL, *tail, *begin;
	bool leads_home = false, is_other = false;
	size_t i, len = 0;

	for (i = 0; i < meta->title_count && !at; i++) {
		if (meta->titles[i].source == TITLE_HEAD)
			at = title_last_separator(meta->titles[i].text, &len);
		begin = meta->titles[i].text;
	}
	if (!at)
		return;
	tail = title_fold(t->arena, at + len);
	begin = title_fold(t->arena, arena_strndup(t->arena, begin, (size_t)(at - begin)));
	if (!is_heading_said(t, tail, false, &leads_home))
		return;
	if (leads_home || t->has_main || is_heading_said(t, begin, false, &is_other))
		site_add(&t->site, at + len);
}

void titles_gather(struct titler *t, const struct job *job)
{
	const struct metadata *meta = t->meta;
	size_t i, places[TITLE_SOURCES] = {0};

	site_add(&t->site, meta->head.site);
	site_add(&t->site, meta->ld.site);
	site_add(&t->site, meta->item.site);
	site_add_host(&t->site, meta->item.url ? meta->item.url : job->url);
	t->host = host_of(t->arena, job->url);
	t->slug = slug_of(t->arena, job->url ? job->url : meta->item.url);
	for (i = 0; i < meta->title_count; i++)
		t->has_main |=
			meta->titles[i].source == TITLE_H1 && is_in_main(meta->titles[i].node);
	add_site_of_title(t);
	for (i = 0; i < meta->title_count; i++) {
		const struct title_said *said = &meta->titles[i];

		struct origin origin = {.source = said->source,
			.heading = said->node ? i + 1 : 0,
			.is_in_main = said->node && is_in_main(said->node),
			.is_logo = said->node && is_logo(meta, said->node),
			.place = places[said->source]++};

		add_all(t, &origin, said->text);
	}
}
