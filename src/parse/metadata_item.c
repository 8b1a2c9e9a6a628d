/* Microdata: what the article's own object says. Source: HTML Standard, 5; schema.org; hAtom. */
#include "parse/metadata.h"

#include "core/mem.h"
#include "core/str.h"

#include <string.h>

enum {
	NAME_BYTES = 120, /* a byline's markup with more text is no byline */
	VALUE_BYTES = 600,
	ITEMS_MAX = 64, /* bodies and headlines that are looked at for the article's object */
};

struct reader {
	struct metadata *meta;
	struct arena *arena;
	struct buf text;
	const xmlNode
		*main_item; /* the element that begins the article's object; NULL: not known */
};

static const char *node_text(struct reader *r, const xmlNode *node)
{
	buf_clear(&r->text);
	html_text(node, &r->text);
	return buf_text(&r->text);
}

/* Whether an element begins an article of microdata. */
static bool is_article_scope(const xmlNode *node)
{
	static const char *const types[] = {"Article", "Posting", "Report", "Review", "Recipe"};
	const char *type = html_attr(node, "itemtype");
	size_t i;

	for (i = 0; type && i < ARRAY_LEN(types); i++) {
		if (strstr(type, types[i]))
			return true;
	}
	return false;
}

/* The element that begins the object which a property within it belongs to; NULL: none does. */
static const xmlNode *scope_of(const xmlNode *node)
{
	for (node = node->parent; node && node->type == XML_ELEMENT_NODE; node = node->parent) {
		if (html_attr(node, "itemtype"))
			return node;
	}
	return NULL;
}

static const xmlNode *article_above(const xmlNode *node)
{
	const xmlNode *scope = scope_of(node);

	while (scope && !is_article_scope(scope))
		scope = scope_of(scope);
	return scope;
}

/* The article's object is the one with the body, or else with the headline. */
static const xmlNode *find_main_item(const struct html_page *page)
{
	const xmlNode *node, *titled = NULL, *scope;
	size_t tried = 0;

	for (node = page->doc->children; node; node = html_next_node(node, NULL)) {
		if (node->type != XML_ELEMENT_NODE || tried > ITEMS_MAX)
			continue;
		if (html_has_token(html_attr(node, "itemprop"), "articleBody")) {
			scope = article_above(node);
			tried++;
			if (scope)
				return scope;
		} else if (!titled && str_eq((const char *)node->name, "h1")) {
			titled = article_above(node);
			tried++;
		}
	}
	return titled;
}

/* Whether an element begins what readers say of the article or the question. */
static bool is_answer_scope(const xmlNode *node)
{
	const char *type = html_attr(node, "itemtype");

	return strstr(type, "Comment") || strstr(type, "Answer");
}

static bool is_within_answer(const xmlNode *scope)
{
	while (scope && !is_answer_scope(scope))
		scope = scope_of(scope);
	return scope != NULL;
}

/* Related articles and comments have authors and dates of their own. */
static bool is_of_another(const struct reader *r, const xmlNode *node)
{
	const xmlNode *scope = scope_of(node);

	if (!r->main_item)
		return is_within_answer(scope);
	return scope && scope != r->main_item &&
	       (is_article_scope(scope) || is_answer_scope(scope));
}

/* An attribute that holds a value; NULL: none does. */
static const char *attribute_value(const xmlNode *node)
{
	static const char *const attributes[] = {"content", "src", "href"};
	const char *value;
	size_t i;

	for (i = 0; i < ARRAY_LEN(attributes); i++) {
		value = html_attr(node, attributes[i]);
		if (!str_is_empty(value))
			return value;
	}
	return NULL;
}

/* What the object that an element begins has by this name; of an element without, its own value. */
static const char *read_part(struct reader *r, const xmlNode *top, const char *name)
{
	const xmlNode *node;
	const char *value;

	if (!html_attr(top, "itemtype"))
		return attribute_value(top);
	for (node = top->children; node; node = html_next_node(node, top)) {
		if (node->type != XML_ELEMENT_NODE ||
			!html_has_token(html_attr(node, "itemprop"), name))
			continue;
		value = attribute_value(node);
		return value ? value : node_text(r, node);
	}
	return NULL;
}

static const char *value_of_item(struct reader *r, const xmlNode *node)
{
	const char *value = html_attr(node, "content");

	if (str_is_empty(value))
		value = html_attr(node, "datetime");
	/* hAtom: <abbr class="published" title="2026-03-14T18:05:00+01:00">18:05</abbr> */
	if (str_is_empty(value) && str_eq((const char *)node->name, "abbr"))
		value = html_attr(node, "title");
	return str_is_empty(value) ? node_text(r, node) : value;
}

/* What the article's own object says beside its title, its names and its dates. */
static void read_main_item(struct reader *r, const xmlNode *node, const char *prop)
{
	struct source_facts *item = &r->meta->item;

	if (!r->main_item || scope_of(node) != r->main_item)
		return;
	if (html_has_token(prop, "image") && !item->image)
		item->image = arena_strdup(r->arena, read_part(r, node, "url"));
	else if (html_has_token(prop, "publisher") && !item->site)
		item->site = metadata_clean(r->arena, read_part(r, node, "name"));
	else if (html_has_token(prop, "description") && !item->description &&
		 !html_has_token(prop, "articleBody"))
		item->description = metadata_clean(r->arena, value_of_item(r, node));
}

static void read_item(struct reader *r, const xmlNode *node, const char *prop)
{
	struct source_facts *item = &r->meta->item;
	const char *value, *name;

	if (is_of_another(r, node))
		return;
	read_main_item(r, node, prop);
	value = value_of_item(r, node);
	if (html_has_token(prop, "author") && html_attr(node, "itemtype")) {
		/* a person's object has a link, a picture and a score beside the name */
		name = read_part(r, node, "name");
		value = str_is_empty(name) ? value_of_item(r, node) : name;
	}
	if (str_is_empty(value) || strlen(value) > VALUE_BYTES)
		return;
	if (html_has_token(prop, "author") && strlen(value) < NAME_BYTES)
		metadata_names(r->arena, value, &item->authors);
	else if (html_has_token(prop, "headline"))
		metadata_say_title(r->meta, TITLE_ITEM, metadata_clean(r->arena, value), NULL);
	else if (html_has_token(prop, "datePublished"))
		metadata_say_date(r->meta, DATE_ITEM, metadata_clean(r->arena, value), NULL);
	else if (html_has_token(prop, "dateModified"))
		metadata_say_date(
			r->meta, DATE_ITEM_MODIFIED, metadata_clean(r->arena, value), NULL);
	else if (html_has_token(prop, "articleSection") && !item->section)
		item->section = metadata_clean(r->arena, value);
}

void metadata_read_items(const struct html_page *page, struct arena *arena, struct metadata *meta)
{
	struct reader r = {.meta = meta, .arena = arena, .main_item = find_main_item(page)};
	const xmlNode *node;
	const char *prop;

	for (node = page->doc->children; node; node = html_next_node(node, NULL)) {
		if (node->type != XML_ELEMENT_NODE || !node->properties)
			continue;
		prop = html_attr(node, "itemprop");
		if (!str_is_empty(prop))
			read_item(&r, node, prop);
	}
	buf_finish(&r.text);
}
