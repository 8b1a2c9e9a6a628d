#include "parse/metadata.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/extract_features.h"
#include "parse/extract_hints.h"
#include "parse/metadata_date.h"
#include "parse/text.h"

#include <string.h>

enum {
	NEAR_BEFORE = 6,  /* blocks before the headline where a byline may stand */
	NEAR_BEHIND = 14, /* ... and behind it */
	BYLINE_WORDS = 30,
};

void value_list_add(struct value_list *list, const char *value)
{
	size_t i;

	if (str_is_empty(value) || list->count == METADATA_LIST)
		return;
	for (i = 0; i < list->count; i++) {
		if (str_ieq(list->values[i], value))
			return;
	}
	list->values[list->count++] = value;
}

void metadata_say_title(
	struct metadata *meta, enum title_source source, const char *text, const xmlNode *node)
{
	if (!str_is_empty(text) && meta->title_count < METADATA_TITLES)
		meta->titles[meta->title_count++] =
			(struct title_said){.text = text, .source = source, .node = node};
}

void metadata_say_date(
	struct metadata *meta, enum date_source source, const char *text, const xmlNode *node)
{
	if (!str_is_empty(text) && meta->date_count < METADATA_DATES)
		meta->dates[meta->date_count++] =
			(struct date_said){.text = text, .source = source, .node = node};
}

size_t metadata_block(const xmlNode *node)
{
	const xmlNode *top = node;
	size_t note;

	for (; node; node = html_next_node(node, top)) {
		note = node->type == XML_TEXT_NODE ? block_of_node(node) : 0;
		if (note > 0)
			return note - 1;
	}
	return BLOCK_NONE;
}

const char *metadata_clean(struct arena *arena, const char *text)
{
	struct buf plain = {0};
	const char *result = NULL;
	size_t len = text ? strlen(text) : 0;

	if (len > 0 && len <= LIMIT_HTML_BYTES) {
		if (memchr(text, '<', len))
			text_from_html(text, len, &plain);
		else
			text_decode_entities(text, len, &plain);
	}
	if (plain.len > 0) {
		str_collapse(plain.data);
		plain.len = strlen(plain.data);
		if (plain.len > LIMIT_TITLE_BYTES)
			buf_truncate(&plain, LIMIT_TITLE_BYTES);
		if (plain.len > 0)
			result = arena_strdup(arena, plain.data);
	}
	buf_finish(&plain);
	return result;
}

/* A BCP 47 tag out of what a source gives; NULL: it gives none, or several. */
static const char *language_tag(struct arena *arena, const char *said)
{
	char *tag, *s;

	if (str_is_empty(said) || strlen(said) > 35 || !str_is_alpha(*said) || strpbrk(said, ", "))
		return NULL;
	tag = arena_strdup(arena, said);
	for (s = tag; *s; s++) {
		if (*s == '_')
			*s = '-';
	}
	return tag;
}

/* The language of a page: its own element says more than what Open Graph repeats. */
static const char *choose_language(const struct metadata *meta, struct arena *arena)
{
	const char *from[] = {meta->item.language, meta->ld.language, meta->head.language};
	const char *tag = NULL;
	size_t i;

	for (i = 0; i < ARRAY_LEN(from) && !tag; i++)
		tag = language_tag(arena, from[i]);
	return tag;
}

/* Blocks around the headline, where bylines and dates stand. */
static void near_headline(
	const struct page_blocks *blocks, const char *title, size_t *from, size_t *to)
{
	size_t at = headline_block(blocks, title);

	if (at == BLOCK_NONE)
		at = 0;
	*from = at > NEAR_BEFORE ? at - NEAR_BEFORE : 0;
	*to = at + NEAR_BEHIND < blocks->block_count ? at + NEAR_BEHIND : blocks->block_count;
}

/* Hints of a block and of the elements just above it. */
static uint32_t hints_near(const struct page_blocks *blocks, const struct block *block)
{
	const struct element *element = &blocks->elements[block->element];
	uint32_t hints = block->hints;
	int level;

	for (level = 0; level < 3 && element->parent > 1; level++) {
		hints |= element->hints;
		element = &blocks->elements[element->parent];
	}
	return hints;
}

/* What follows "By " and its like; NULL: the text does not begin so. */
static const char *behind_by(const char *text)
{
	static const char *const words[] = {"by ", "by: ", "written by ",
		"written by: ", "posted by ", "posted by: ", "published by ", "author: ", "author ",
		"article by ", "story by ", "words by ", "authored by ", "contributed by ",
		"reviewed by ", "text by ", "von ", "par ", "por ", "di ", "door ", "av ",
		"door: ", "de "};
	size_t i;

	for (i = 0; i < ARRAY_LEN(words); i++) {
		if (str_istarts(text, words[i]))
			return text + strlen(words[i]);
	}
	return NULL;
}

/* Short words of languages that may be no names are believed only where markup agrees. */
static bool is_sure_by(const char *text)
{
	return str_istarts(text, "by ") || str_istarts(text, "by:") || str_ifind(text, " by ") ||
	       str_istarts(text, "author:");
}

/* A block that announces the name in the next one. */
static bool is_label(const char *text)
{
	static const char *const labels[] = {"by", "by:", "author", "author:", "authors",
		"authors:", "author(s)", "written by", "written by:", "posted by",
		"posted by:", "article by", "words by", "story by", "contributors:", "published by",
		"autor", "autor:", "von"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(labels); i++) {
		if (str_ieq(text, labels[i]))
			return true;
	}
	return false;
}

static void names_in_block(
	const struct page_blocks *blocks, size_t i, struct arena *arena, struct value_list *names)
{
	const struct block *block = &blocks->blocks[i];
	const char *text = block_text(blocks, i), *rest;
	bool has_hint = hints_near(blocks, block) & (1u << HINT_AUTHOR);

	if (block->words > BYLINE_WORDS)
		return;
	if (is_label(text) && i + 1 < blocks->block_count && blocks->blocks[i + 1].words <= 6) {
		metadata_names(arena, block_text(blocks, i + 1), names);
		return;
	}
	rest = behind_by(text);
	if (rest && (has_hint || is_sure_by(text))) {
		metadata_names(arena, rest, names);
		return;
	}
	rest = str_ifind(text, " by ");
	if (rest && (has_hint || block->phrases & (1u << PHRASE_DATE) || block->words <= 12) &&
		rest[4] >= 'A' && rest[4] <= 'Z')
		metadata_names(arena, rest + 4, names);
}

static bool has_date(const struct page_blocks *blocks, size_t i)
{
	struct text_date date;

	return i < blocks->block_count && blocks->blocks[i].words <= 10 &&
	       metadata_find_dates(block_text(blocks, i), &date, 1) > 0;
}

/* Two or three words with capitals before or behind a date: mostly a name. */
static void name_beside_date(
	const struct page_blocks *blocks, size_t i, struct arena *arena, struct value_list *names)
{
	const struct block *block = &blocks->blocks[i];
	const struct element *element = &blocks->elements[block->element];

	if (block->words < 2 || block->words > 3 || block->stops || block->digits ||
		element->tag == TAG_HEADING || block->uppers < 2 || block->uppers > 4 ||
		hints_near(blocks, block) & (1u << HINT_NAV | 1u << HINT_META | 1u << HINT_RELATED))
		return;
	if ((i > 0 && has_date(blocks, i - 1)) || has_date(blocks, i + 1))
		metadata_names(arena, block_text(blocks, i), names);
}

/* The visible byline: a text that says so first, then an element that is called so. */
static void visible_names(const struct page_blocks *blocks, const char *title, struct arena *arena,
	struct value_list *names)
{
	size_t from, to, i;

	near_headline(blocks, title, &from, &to);
	for (i = from; i < to && names->count == 0; i++)
		names_in_block(blocks, i, arena, names);
	for (i = from; i < to && names->count == 0; i++) {
		const struct block *block = &blocks->blocks[i];

		if (block->words >= 2 && block->words <= 5 && block->stops == 0 &&
			hints_near(blocks, block) & (1u << HINT_AUTHOR))
			metadata_names(arena, block_text(blocks, i), names);
	}
	for (i = from; i < to && names->count == 0; i++)
		name_beside_date(blocks, i, arena, names);
	for (i = to; i < blocks->block_count && names->count == 0; i++) {
		if (is_label(block_text(blocks, i)) ||
			str_istarts(block_text(blocks, i), "written by "))
			names_in_block(blocks, i, arena, names);
	}
	/* author boxes stand below the article */
	for (i = to; i < blocks->block_count && names->count == 0; i++) {
		const struct block *block = &blocks->blocks[i];

		if (block->words <= 8 && hints_near(blocks, block) & (1u << HINT_AUTHOR) &&
			!(hints_near(blocks, block) & (1u << HINT_COMMENT)))
			names_in_block(blocks, i, arena, names);
	}
}

static bool is_publisher(const struct metadata *meta, const char *name)
{
	const char *sites[] = {meta->head.site, meta->ld.site};
	size_t i;

	for (i = 0; i < ARRAY_LEN(sites); i++) {
		if (!str_is_empty(sites[i]) &&
			(str_istarts(name, sites[i]) || str_istarts(sites[i], name)))
			return true;
	}
	return false;
}

static bool knows_other(const struct value_list *const *lists, size_t count, size_t than)
{
	size_t i;

	for (i = than + 1; i < count; i++) {
		if (lists[i]->count > 0 && !str_ieq(lists[i]->values[0], lists[than]->values[0]))
			return true;
	}
	return false;
}

static void choose_byline(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article)
{
	struct value_list visible = {0}, entry = {0}, linked = {0};
	const struct value_list *from[6];
	struct buf line = {0};
	size_t i, k, count = 0;

	visible_names(blocks, meta->title, &article->arena, &visible);
	linked = meta->linked;
	linked.count = linked.count > 0; /* others are authors of teasers */
	if (job->entry_author)
		metadata_names(&article->arena, job->entry_author, &entry);
	from[count++] = &meta->ld.authors;
	from[count++] = &meta->item.authors;
	from[count++] = &meta->head.authors;
	from[count++] = &visible;
	from[count++] = &entry;
	from[count++] = &linked;
	for (k = 0; k < count && line.len == 0; k++) {
		for (i = 0; i < from[k]->count && i < 8; i++) {
			/* a name that is the publisher's is no byline where another is known */
			if (k < 3 && from[k]->count == 1 && knows_other(from, count, k) &&
				is_publisher(meta, from[k]->values[i]))
				continue;
			if (line.len > 0)
				buf_puts(&line, ", ");
			buf_puts(&line, from[k]->values[i]);
		}
	}
	if (line.len > 0)
		article->byline = arena_strdup(&article->arena, buf_text(&line));
	buf_finish(&line);
}

static const char *first_of(const char *a, const char *b, const char *c)
{
	return !str_is_empty(a) ? a : !str_is_empty(b) ? b : !str_is_empty(c) ? c : NULL;
}

static const char *absolute(const struct metadata *meta, struct arena *arena, const char *ref)
{
	struct buf url = {0};
	const char *result = NULL;

	if (str_is_empty(ref) || strlen(ref) > LIMIT_URL_BYTES)
		return NULL;
	url_resolve(meta->base, ref, &url);
	if (url_is_web(buf_text(&url)))
		result = arena_strdup(arena, buf_text(&url));
	buf_finish(&url);
	return result;
}

static void choose_categories(const struct metadata *meta, struct article *article)
{
	struct value_list all = meta->head.categories;
	const char **list;
	size_t i;

	for (i = 0; i < meta->ld.categories.count; i++)
		value_list_add(&all, meta->ld.categories.values[i]);
	list = arena_alloc(&article->arena, (all.count + 1) * sizeof(*list));
	for (i = 0; i < all.count; i++)
		list[i] = all.values[i];
	article->categories = list;
	article->category_count = all.count;
}

/* The further pages of a thread are answers without end, no parts of an article. */
static bool is_thread(const struct metadata *meta, const char *url)
{
	static const char *const words[] = {"thread", "forum", "viewtopic", "/topic/", "/t/", "/d/",
		"discussion", "/talk/", "community."};
	size_t i;

	for (i = 0; url && i < ARRAY_LEN(words); i++) {
		if (str_ifind(url, words[i]))
			return true;
	}
	return meta->is_ld_forum;
}

void metadata_fill(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article)
{
	struct arena *arena = &article->arena;

	article->title = meta->title;
	article->site = first_of(meta->head.site, meta->ld.site, NULL);
	article->section = first_of(meta->head.section, meta->ld.section, meta->item.section);
	if (!article->section)
		article->section = meta->crumb_section;
	article->language = choose_language(meta, arena);
	if (!article->language)
		article->language = arena_strdup(arena, job->entry_language);
	if (!article->language) /* RFC 9110, 8.5: whom the page is for */
		article->language = language_tag(arena, job->content_language);
	article->image = absolute(meta, arena, first_of(meta->head.image, meta->ld.image, NULL));
	article->excerpt = first_of(meta->head.description, meta->ld.description, NULL);
	article->url =
		absolute(meta, arena, first_of(meta->item.url, meta->head.url, meta->ld.url));
	if (meta->rule_next)
		article->next_url = absolute(meta, arena, meta->rule_next);
	else if (!is_thread(meta, job->url))
		article->next_url = meta->next_url;
	if (str_eq(article->next_url, job->url))
		article->next_url = NULL;
	article->whole_url = meta->single_url;
	if (str_eq(article->whole_url, job->url))
		article->whole_url = NULL;
	article->amp_url = meta->amp_url;
	choose_categories(meta, article);
	choose_byline(meta, job, blocks, article);
	metadata_choose_dates(meta, job, blocks, article);
}

void metadata_read(const struct html_page *page, const struct job *job, struct arena *arena,
	struct metadata *meta)
{
	memset(meta, 0, sizeof(*meta));
	meta->base = job->url;
	metadata_read_jsonld(page, arena, meta);
	metadata_read_tree(page, job, arena, meta);
}
