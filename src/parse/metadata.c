#include "parse/metadata.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"
#include "parse/extract_features.h"
#include "parse/metadata_byline.h"
#include "parse/metadata_date.h"
#include "parse/metadata_section.h"
#include "parse/metadata_site.h"
#include "parse/text.h"

#include <string.h>

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

size_t metadata_headline(
	const struct metadata *meta, const struct page_blocks *blocks, struct arena *arena)
{
	const char *title = title_fold(arena, meta->title);
	size_t i, block;

	for (i = 0; i < meta->title_count && title_count_words(title) > 2; i++) {
		if (meta->titles[i].source != TITLE_H1 ||
			!str_starts(title_fold(arena, meta->titles[i].text), title))
			continue;
		block = metadata_block(meta->titles[i].node);
		if (block < blocks->block_count)
			return block;
	}
	return headline_block(blocks, meta->title);
}

/* One line of at most LIMIT_NAME_BYTES; NULL where nothing is left. Empties the buffer. */
static const char *one_line(struct arena *arena, struct buf *plain)
{
	const char *result = NULL;

	if (plain->len > 0) {
		utf8_drop_controls(plain->data, plain->len);
		str_collapse(plain->data);
		plain->len = strlen(plain->data);
		if (plain->len > LIMIT_NAME_BYTES)
			buf_truncate(plain, LIMIT_NAME_BYTES);
		if (plain->len > 0)
			result = arena_strdup(arena, plain->data);
	}
	buf_finish(plain);
	return result;
}

const char *metadata_clean(struct arena *arena, const char *text)
{
	struct buf plain = {0};
	size_t len = text ? strlen(text) : 0;

	if (len == 0 || len > LIMIT_HTML_BYTES || !memchr(text, '<', len))
		return metadata_decoded(arena, text);
	text_from_html(text, len, &plain);
	return one_line(arena, &plain);
}

const char *metadata_decoded(struct arena *arena, const char *text)
{
	struct buf plain = {0};
	size_t len = text ? strlen(text) : 0;

	if (len > 0 && len <= LIMIT_HTML_BYTES)
		text_decode_entities(text, len, &plain);
	return one_line(arena, &plain);
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

/* The language of a page: its own element says more than what Open Graph repeats; JSON-LD may know
 * the country, too. */
static const char *choose_language(const struct metadata *meta, struct arena *arena)
{
	const char *from[] = {meta->item.language, meta->ld.language, meta->head.language};
	const char *tag = NULL, *said;
	size_t i;

	for (i = 0; i < ARRAY_LEN(from) && !tag; i++)
		tag = language_tag(arena, from[i]);
	said = language_tag(arena, meta->ld.language);
	if (tag && said && str_istarts(said, tag) && said[strlen(tag)] == '-')
		tag = said;
	return tag;
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
	return meta->is_ld_thread;
}

void metadata_fill(const struct metadata *meta, const struct job *job,
	const struct page_blocks *blocks, struct article *article)
{
	struct arena *arena = &article->arena;

	article->title = meta->title;
	article->site = first_of(meta->head.site, meta->ld.site, meta->item.site);
	if (!article->site)
		article->site = meta->logo;
	article->section = first_of(meta->head.section, meta->ld.section, meta->item.section);
	if (!article->section && !str_ieq(meta->crumb_section, article->site))
		article->section = meta->crumb_section;
	if (!article->section)
		article->section = meta->card_section;
	if (!article->section)
		article->section = meta->linked_section;
	article->section = metadata_section_name(article->section, blocks, arena);
	article->language = choose_language(meta, arena);
	if (!article->language)
		article->language = arena_strdup(arena, job->entry_language);
	if (!article->language) /* RFC 9110, 8.5: whom the page is for */
		article->language = language_tag(arena, job->content_language);
	article->image =
		absolute(meta, arena, first_of(meta->head.image, meta->ld.image, meta->item.image));
	article->excerpt =
		first_of(meta->head.description, meta->ld.description, meta->item.description);
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
	metadata_choose_byline(meta, job, blocks, article);
	metadata_choose_dates(meta, job, blocks, article);
}

void metadata_read(const struct html_page *page, const struct job *job, struct arena *arena,
	struct metadata *meta)
{
	memset(meta, 0, sizeof(*meta));
	meta->base = job->url;
	metadata_read_jsonld(page, job->url, arena, meta);
	metadata_read_items(page, arena, meta);
	metadata_read_tree(page, job, arena, meta);
}
