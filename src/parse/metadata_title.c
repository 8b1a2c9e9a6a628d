#include "parse/metadata_title.h"

#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/extract_hints.h"
#include "parse/metadata_site.h"
#include "parse/metadata_table.h"

#include <assert.h>
#include <string.h>

enum {
	TEXT_MAX = 400,   /* bytes; longer ones are no titles */
	PROSE_WORDS = 20, /* of a block that is text */
	PROSE_BLOCKS = 6, /* behind a headline within which text begins */
	ABOVE_LEVELS = 4, /* elements above a headline whose names count */
};

/* How a candidate came from what a source says, the less certain first. */
enum cut {
	CUT_NEVER, /* it does not */
	CUT_FIRST, /* without the first part */
	CUT_LAST,  /* without the last part, whatever that is */
	CUT_HEAD,  /* the first part alone */
	CUT_NONE,  /* as it is */
	CUT_SITE,  /* without the site's name, where it had one */
};

/* A title as written somewhere, by whoever says it. */
struct title {
	const char *text;
	const char *key;             /* as compared: case, quotation marks and dashes aside */
	const char *folded;          /* title_fold */
	uint8_t cuts[TITLE_SOURCES]; /* enum cut of each source */
	size_t heading;              /* index into said + 1 of the first heading; 0: none */
	size_t place;                /* which heading of the page that is, from 0 */
	const char *rest;            /* folded: what was cut off at a guess; NULL: nothing */
	bool is_in_main;             /* a heading within <main> or <article> says it */
	bool is_logo;                /* a heading that leads to the front page says it */
};

struct titler {
	struct arena *arena;
	struct site_names site;
	const struct metadata *meta;
	const struct page_blocks *blocks;
	struct title titles[TITLES_MAX];
	size_t count;
	const char *host;                 /* of the page; NULL */
	const char *slug;                 /* words of the address's last part */
	const char *first[TITLE_SOURCES]; /* folded: what each source says, its site taken off */
	size_t said[TITLE_SOURCES];       /* how often */
	bool has_main;                    /* an h1 stands within <main> or <article> */
};

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

static bool is_upper(const char *text)
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
	} else if (is_upper(title->text) && !is_upper(text)) {
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

static bool has_word(const char *folded, const char *word, size_t len)
{
	size_t n;

	for (; *folded; folded += n + (folded[n] == ' ')) {
		n = strcspn(folded, " ");
		if (n == len && strncmp(folded, word, len) == 0)
			return true;
	}
	return false;
}

/* Share of a's words that b has; both folded, NULL has none. */
static float overlap(const char *a, const char *b)
{
	float have = 0, count = 0;
	size_t len;

	if (!a || !b)
		return 0;
	for (; *a; a += len + (a[len] == ' ')) {
		len = strcspn(a, " ");
		have += has_word(b, a, len);
		count++;
	}
	return count > 0 ? have / count : 0;
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

static uint32_t hints_above(const struct titler *t, size_t block)
{
	const struct element *element = &t->blocks->elements[t->blocks->blocks[block].element];
	uint32_t hints = t->blocks->blocks[block].hints;
	int level;

	for (level = 0; level < ABOVE_LEVELS; level++) {
		hints |= element->hints;
		if (element->parent == 0)
			break;
		element = &t->blocks->elements[element->parent];
	}
	return hints;
}

static bool is_upon_prose(const struct page_blocks *blocks, size_t block)
{
	size_t i;

	for (i = block + 1; i <= block + PROSE_BLOCKS && i < blocks->block_count; i++) {
		if (blocks->blocks[i].words >= PROSE_WORDS && blocks->blocks[i].stops > 0)
			return true;
	}
	return false;
}

/* Features are filled one after the other. */
struct row {
	float *x;
	size_t count;
};

static void put(struct row *row, float value)
{
	assert(row->count < TITLE_FEATURES);
	row->x[row->count++] = value;
}

/* One for each bound that the value reaches: a weight each instead of one slope for all. */
static void put_steps(struct row *row, float value, const float *bounds, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		put(row, value >= bounds[i]);
}

static float least(float a, float b)
{
	return a < b ? a : b;
}

/* The heading itself: what is around it. Headings that nobody sees have no block. */
static void put_heading(struct row *row, const struct titler *t, const struct title *title)
{
	static const enum hint bad[] = {HINT_NAV, HINT_FOOTER, HINT_SIDE, HINT_RELATED, HINT_POPUP,
		HINT_NEWSLETTER, HINT_COMMENT, HINT_CARD, HINT_AD};
	const struct page_blocks *blocks = t->blocks;
	size_t block = BLOCK_NONE, i;
	float others = 0, above = 0;
	uint32_t hints = 0;

	if (title->heading)
		block = metadata_block(t->meta->titles[title->heading - 1].node);
	if (block >= blocks->block_count)
		block = BLOCK_NONE;
	else
		hints = hints_above(t, block);
	for (i = 0; i < ARRAY_LEN(bad); i++)
		others += (float)((hints >> bad[i]) & 1);
	for (i = 0; block != BLOCK_NONE && i < block; i++)
		above += blocks->blocks[i].words;
	put(row, block != BLOCK_NONE);
	put(row, block != BLOCK_NONE && is_upon_prose(blocks, block));
	put(row, (float)((hints >> HINT_TITLE) & 1));
	put(row, (float)((hints >> HINT_ARTICLE) & 1));
	put(row, least(others, 3));
	put(row, least((float)title->place, 4));
	put(row, above / (blocks->words + 1));
}

static float whole_sources(const struct title *title)
{
	float count = 0;
	size_t s;

	for (s = 0; s < TITLE_SOURCES; s++)
		count += title->cuts[s] >= CUT_NONE;
	return count;
}

static void keep_most(float *most, float value)
{
	if (value > *most)
		*most = value;
}

/* How many sources agree on a title, and on others. */
struct agreement {
	float own;    /* on this one */
	float folded; /* on some that differ in punctuation alone */
	float rival;  /* on any other, the most */
	float within; /* ... that holds this one */
	float holds;  /* ... that this one holds */
};

static void agree(const struct titler *t, const struct title *title, struct agreement *a)
{
	float sources;
	size_t i;

	memset(a, 0, sizeof(*a));
	a->own = whole_sources(title);
	for (i = 0; i < t->count; i++) {
		const struct title *other = &t->titles[i];

		if (other == title)
			continue;
		sources = whole_sources(other);
		keep_most(&a->rival, sources);
		if (str_eq(other->folded, title->folded))
			a->folded += sources;
		if (strstr(other->folded, title->folded))
			keep_most(&a->within, sources);
		else if (strstr(title->folded, other->folded) && strchr(other->folded, ' '))
			keep_most(&a->holds, sources);
	}
}

/* Which sources say it, and how much of what the others say it has. */
static void put_sources(struct row *row, const struct titler *t, const struct title *title)
{
	static const enum title_source compared[] = {TITLE_HEAD, TITLE_OG, TITLE_LD, TITLE_H1};
	float over, under;
	size_t s, cut;

	for (s = 0; s < TITLE_SOURCES; s++) {
		for (cut = CUT_FIRST; cut <= CUT_SITE; cut++)
			put(row, title->cuts[s] == cut);
	}
	for (s = 0; s < ARRAY_LEN(compared); s++) {
		over = overlap(title->folded, t->first[compared[s]]);
		under = overlap(t->first[compared[s]], title->folded);
		put(row, over);
		put(row, under);
		put(row, over >= 1 && under >= 1);
	}
}

static void put_agreement(struct row *row, const struct titler *t, const struct title *title)
{
	static const float counts[] = {1, 2, 3, 4};
	float over = overlap(title->folded, t->first[TITLE_HEAD]);
	float under = overlap(t->first[TITLE_HEAD], title->folded);
	bool is_h1 = title->cuts[TITLE_H1] >= CUT_NONE;
	struct agreement a;

	agree(t, title, &a);
	put_steps(row, a.own, counts, ARRAY_LEN(counts));
	put_steps(row, a.rival, counts, ARRAY_LEN(counts));
	put_steps(row, a.within, counts, ARRAY_LEN(counts));
	put_steps(row, a.holds, counts, ARRAY_LEN(counts));
	put(row, a.folded > 0);
	put(row, least(a.folded, 3));
	put(row, a.own > a.rival);
	put(row, a.own > a.rival + 1);
	/* the headline of the page against what its head says */
	put(row, is_h1 && title->place == 0);
	put(row, is_h1 && t->said[TITLE_H1] == 1);
	put(row, is_h1 && t->said[TITLE_H1] > 3);
	put(row, is_h1 && a.rival >= 3);
	put(row, is_h1 && a.rival >= 3 && a.own <= 1);
	put(row, is_h1 && a.own >= 2);
	put(row, is_h1 && over < 0.3f && under < 0.3f);
	put(row, is_h1 && over >= 1);
	put(row, is_h1 && under >= 1);
}

/* What was cut off: words of the host's name speak for a site's name. */
static void put_rest(struct row *row, const struct titler *t, const struct title *title)
{
	float words = 0, hosts = 0, said = 0;
	char *word, *next;
	size_t s;

	for (s = 0; title->rest && s < TITLE_SOURCES; s++)
		said += t->first[s] && strstr(t->first[s], title->rest);
	word = arena_strdup(t->arena, title->rest ? title->rest : "");
	for (word = strtok_r(word, " ", &next); word; word = strtok_r(NULL, " ", &next)) {
		words++;
		hosts += t->host && strstr(t->host, word) != NULL;
	}
	put(row, words == 0);
	put(row, words == 1);
	put(row, words > 1 && words <= 3);
	put(row, words > 5);
	put(row, hosts * 2 > words);
	put(row, said >= 2);
	put(row, said >= 3);
}

static void put_text(struct row *row, const struct titler *t, const struct title *title)
{
	static const float words[] = {2, 3, 4, 12, 18, 25}, bytes[] = {80, 120};
	const char *text = title->text;

	put_steps(row, (float)title_count_words(title->folded), words, ARRAY_LEN(words));
	put_steps(row, (float)strlen(text), bytes, ARRAY_LEN(bytes));
	put(row, site_is_named(&t->site, text));
	put(row, site_strip(&t->site, text) != text);
	put(row, is_upper(text));
	put(row, strstr(text, " | ") != NULL);
	put(row, strstr(title->key, " - ") != NULL);
	put(row, strchr(text, ':') != NULL);
	put(row, overlap(title->folded, t->slug));
	put(row, title_count_words(t->slug) > 2 ? overlap(t->slug, title->folded) : 0);
}

/* A headline of several parts that stands in <title> as it is, and what a cut leaves of it. */
static void put_parts(struct row *row, const struct titler *t, const struct title *title)
{
	const char *head = t->first[TITLE_HEAD], *h1 = t->first[TITLE_H1];
	bool has_whole = head && h1 && strstr(head, h1) && title->rest;
	bool is_whole = title->cuts[TITLE_H1] >= CUT_NONE;

	put(row, head && is_whole && strstr(head, title->folded) &&
			 title_last_separator(title->text, &(size_t){0}));
	put(row, has_whole && !is_whole && strstr(h1, title->folded));
}

/* Metadata says it whole; <title> does not count, it names the site as often. */
static bool is_backed(const struct title *title)
{
	size_t s;

	for (s = TITLE_OG; s <= TITLE_ITEM; s++) {
		if (title->cuts[s] >= CUT_NONE)
			return true;
	}
	return false;
}

/* Somebody but <title> says the other part of it whole. */
static bool is_rest_said(const struct titler *t, const struct title *title)
{
	size_t i, s;

	for (i = 0; title->rest && i < t->count; i++) {
		if (!str_eq(t->titles[i].folded, title->rest) || t->titles[i].is_logo ||
			site_is_named(&t->site, t->titles[i].text))
			continue;
		for (s = TITLE_OG; s < TITLE_SOURCES; s++) {
			if (t->titles[i].cuts[s] >= CUT_NONE && s != TITLE_CRUMB)
				return true;
		}
	}
	return false;
}

/* Bytes of a title before the dots that say that it was cut short; 0: it was not. */
static size_t cut_length(const char *title)
{
	static const char *const ends[] = {"[\xE2\x80\xA6]", "[...]", "\xE2\x80\xA6", "..."};
	size_t i;

	for (i = 0; i < ARRAY_LEN(ends); i++) {
		if (str_ends(title, ends[i]))
			return strlen(title) - strlen(ends[i]);
	}
	return 0;
}

/* Another one begins as it does, which was cut short, and goes on. */
static bool is_cut_short(const struct titler *t, const struct title *title)
{
	const char *begin;
	size_t len = cut_length(title->text), i;

	if (len == 0)
		return false;
	begin = title_fold(t->arena, arena_strndup(t->arena, title->text, len));
	for (i = 0; i < t->count && title_count_words(begin) > 2; i++) {
		/* with the dots and the site's name behind them it is cut as short */
		if (str_starts(t->titles[i].folded, begin) &&
			!str_starts(t->titles[i].key, title->key))
			return true;
	}
	return false;
}

/*
 * What stands on many pages of a site rather than for this one: a heading above the article or that
 * leads to the front page, the section, the part of <title> whose other part is the headline.
 */
static bool is_sign(const struct titler *t, const struct title *title)
{
	bool is_heading = title->cuts[TITLE_H1] >= CUT_NONE || title->cuts[TITLE_H2] >= CUT_NONE;

	if (is_cut_short(t, title))
		return true;
	if (is_backed(title) || title->is_in_main)
		return false;
	/* nor is what is left of a headline whose beginning was cut off at a guess */
	return title->is_logo ||
	       (title->cuts[TITLE_H1] == CUT_FIRST && whole_sources(title) == 0) ||
	       is_rest_said(t, title) ||
	       (is_heading && t->has_main && title->cuts[TITLE_HEAD] < CUT_NONE) ||
	       str_ieq(title->text, t->meta->crumb_section);
}

static void fill(const struct titler *t, const struct title *title, float *x)
{
	struct row row = {.x = x};

	put_sources(&row, t, title);
	put_agreement(&row, t, title);
	put_text(&row, t, title);
	put_heading(&row, t, title);
	put_rest(&row, t, title);
	put_parts(&row, t, title);
	put(&row, is_sign(t, title));
	assert(row.count == TITLE_FEATURES);
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

static void gather(struct titler *t, const struct job *job)
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

size_t title_candidates(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena, struct title_candidate *candidates)
{
	struct titler *t = arena_calloc(arena, 1, sizeof(*t));
	size_t i;

	t->arena = t->site.arena = arena;
	t->meta = meta;
	t->blocks = blocks;
	gather(t, job);
	for (i = 0; i < t->count; i++) {
		candidates[i].text = t->titles[i].text;
		fill(t, &t->titles[i], candidates[i].x);
	}
	return t->count;
}

static float weigh(const float *x)
{
	float sum = 0;
	size_t i;

	for (i = 0; i < TITLE_FEATURES; i++)
		sum += title_weights[i] * x[i];
	return sum;
}

const char *metadata_page_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	struct title_candidate candidates[TITLES_MAX];
	size_t count = title_candidates(meta, job, blocks, arena, candidates), i;
	const char *title = NULL;
	float best = 0, value;

	for (i = 0; i < count; i++) {
		value = weigh(candidates[i].x);
		if (!title || value > best) {
			best = value;
			title = candidates[i].text;
		}
	}
	return title;
}

/* What programs write where an entry has no title. */
static bool is_no_title(const char *title)
{
	static const char *const words[] = {"untitled", "(untitled)", "no title", "(no title)",
		"[no title]", "ohne titel", "(ohne titel)", "sans titre", "(sans titre)"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_ieq(title, words[i]))
			return true;
	}
	return url_is_web(title) && !strchr(title, ' ');
}

/* Where a headline goes on as a title does: "Coast: Minister says that", of which a feed leaves out
 * the first part. NULL: nowhere. */
static const char *find_begin(struct arena *arena, const char *headline, const char *begin)
{
	const char *s;

	for (s = headline; (s = strchr(s, ' ')) != NULL; s++) {
		if (str_starts(title_fold(arena, s), begin))
			return s + strspn(s, " ");
	}
	return NULL;
}

/* The headline that a title was cut from; NULL: none begins as it does. */
static const char *whole_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, const char *title, struct arena *arena)
{
	const char *begin = title_fold(arena, arena_strndup(arena, title, cut_length(title)));
	const char *best = metadata_page_title(meta, job, blocks, arena), *found;
	size_t i;

	if (title_count_words(begin) < 3)
		return NULL;
	if (best && str_starts(title_fold(arena, best), begin))
		return best;
	found = best ? find_begin(arena, best, begin) : NULL;
	if (found)
		return found;
	for (i = 0; i < meta->title_count; i++) {
		if (meta->titles[i].source == TITLE_H1 &&
			str_starts(title_fold(arena, meta->titles[i].text), begin))
			return meta->titles[i].text;
	}
	return NULL;
}

/* The feed's title is right; the page may write it better, or whole. NULL: the feed has none. */
static const char *title_of_entry(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	const char *title = metadata_clean(arena, job->entry_title), *folded, *whole = NULL;
	size_t i;

	if (!title || is_no_title(title))
		return NULL;
	folded = title_fold(arena, title);
	for (i = 0; i < meta->title_count; i++) {
		if (meta->titles[i].source == TITLE_H1 &&
			str_eq(title_fold(arena, meta->titles[i].text), folded))
			return meta->titles[i].text;
	}
	if (cut_length(title) > 0)
		whole = whole_title(meta, job, blocks, title, arena);
	return whole ? whole : title;
}

const char *metadata_title(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct arena *arena)
{
	const char *title = NULL;

	if (job->entry_title)
		title = title_of_entry(meta, job, blocks, arena);
	return title ? title : metadata_page_title(meta, job, blocks, arena);
}
