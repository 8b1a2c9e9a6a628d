#include "parse/metadata.h"

#include "core/mem.h"
#include "core/str.h"
#include "parse/entity.h"
#include "parse/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum {
	ROOTS_MAX = 64,
	NODES_MAX = 400, /* objects of a page that are looked at */
	DEPTH_MAX = 6,
	STORY_RANK = 5,   /* of a type, or more: it has a text of its own */
	ARTICLE_RANK = 8, /* likewise: it is an article's */
	PAGE_RANK = 100,  /* added to that of a story with the page's address */
	BODY_LEVELS = 3,  /* of references within references in a body */
};

struct graph {
	json_t *roots[ROOTS_MAX];
	size_t root_count;
	const json_t *nodes[NODES_MAX];
	size_t count;
};

/* How much a type is the article: higher is better. */
static int type_rank(const char *type)
{
	static const struct {
		const char *name;
		int rank;
	} ranks[] = {
		{"NewsArticle", 9},
		{"ReportageNewsArticle", 9},
		{"AnalysisNewsArticle", 9},
		{"OpinionNewsArticle", 9},
		{"BlogPosting", 9},
		{"Article", 8},
		{"TechArticle", 8},
		{"ScholarlyArticle", 8},
		{"MedicalScholarlyArticle", 8},
		{"LiveBlogPosting", 8},
		{"SocialMediaPosting", 7},
		{"DiscussionForumPosting", 7},
		{"Report", 7},
		{"HowTo", 6},
		{"Recipe", 6},
		{"Review", 5},
		{"QAPage", 4},
		{"Question", 5},
		{"VideoObject", 2},
		{"Blog", 1},
		{"WebPage", 2},
		{"ItemPage", 2},
		{"MedicalWebPage", 3},
		{"CreativeWork", 3},
	};
	size_t i;

	if (str_istarts(type, "https://schema.org/"))
		type += strlen("https://schema.org/");
	else if (str_istarts(type, "http://schema.org/"))
		type += strlen("http://schema.org/");
	for (i = 0; i < ARRAY_LEN(ranks); i++) {
		if (str_ieq(type, ranks[i].name))
			return ranks[i].rank;
	}
	return 0;
}

static int node_rank(const json_t *node)
{
	const json_t *type = json_object_get(node, "@type");
	const json_t *value;
	int best = 0, rank;
	size_t i;

	if (json_is_string(type))
		return type_rank(json_string_value(type));
	json_array_foreach(type, i, value)
	{
		rank = json_is_string(value) ? type_rank(json_string_value(value)) : 0;
		best = rank > best ? rank : best;
	}
	return best;
}

/* What many wrote; a review, or a post as a platform for essays calls each, is one author's. */
static bool is_thread(const json_t *node)
{
	static const char *const types[] = {"DiscussionForumPosting", "QAPage", "Question"};
	const json_t *type = json_object_get(node, "@type"), *value;
	const char *name;
	size_t i, k;

	for (i = 0; i < (json_is_array(type) ? json_array_size(type) : 1); i++) {
		value = json_is_array(type) ? json_array_get(type, i) : type;
		name = json_string_value(value);
		for (k = 0; k < ARRAY_LEN(types) && name; k++) {
			if (str_ends(name, types[k]))
				return true;
		}
	}
	return false;
}

/* An address without query, fragment and slash at the end. */
static size_t bare_length(const char *url)
{
	size_t len = strcspn(url, "?#");

	return len > 0 && url[len - 1] == '/' ? len - 1 : len;
}

/* ... and without what a site leaves to chance: scheme and "www.". */
static const char *bare_begin(const char *url)
{
	const char *host = strstr(url, "://");

	host = host ? host + 3 : url;
	return str_istarts(host, "www.") ? host + 4 : host;
}

/* Whether a value (an address, or an object with one) names the page. */
static bool names_page(const json_t *value, const char *url)
{
	const char *said = json_string_value(value);
	size_t len;

	if (json_is_object(value)) {
		said = json_string_value(json_object_get(value, "@id"));
		if (!said)
			said = json_string_value(json_object_get(value, "url"));
	}
	if (!said || !url)
		return false;
	said = bare_begin(said);
	url = bare_begin(url);
	len = bare_length(url);
	return bare_length(said) == len && strncmp(said, url, len) == 0;
}

/* A page may describe others of its kind too. */
static bool is_of_page(const json_t *node, const char *url)
{
	return names_page(json_object_get(node, "url"), url) ||
	       names_page(json_object_get(node, "mainEntityOfPage"), url) ||
	       names_page(json_object_get(node, "@id"), url);
}

/* A related story, as lists of them are described. */
static bool is_of_another(const json_t *node, const char *url)
{
	return node_rank(node) >= ARTICLE_RANK && !is_of_page(node, url) &&
	       (json_object_get(node, "url") || json_object_get(node, "mainEntityOfPage"));
}

/* Objects that may describe the page, however they are nested. */
static void collect(struct graph *graph, const json_t *value, unsigned depth)
{
	static const char *const below[] = {"@graph", "mainEntity", "mainEntityOfPage",
		"itemListElement", "hasPart", "isPartOf", "author", "publisher", "breadcrumb"};
	const json_t *element;
	size_t i;

	if (depth > DEPTH_MAX)
		return;
	if (json_is_array(value)) {
		json_array_foreach(value, i, element) collect(graph, element, depth + 1);
		return;
	}
	if (!json_is_object(value) || graph->count >= NODES_MAX)
		return;
	graph->nodes[graph->count++] = value;
	for (i = 0; i < ARRAY_LEN(below); i++) {
		element = json_object_get(value, below[i]);
		if (element && !json_is_string(element))
			collect(graph, element, depth + 1);
	}
}

/* {"@id": x} stands for the node with that @id. */
static const json_t *resolve(const struct graph *graph, const json_t *node)
{
	const char *id = json_string_value(json_object_get(node, "@id"));
	size_t i;

	if (!id || json_object_get(node, "name") || json_object_get(node, "url"))
		return node;
	for (i = 0; i < graph->count; i++) {
		if (graph->nodes[i] != node &&
			str_eq(id, json_string_value(json_object_get(graph->nodes[i], "@id"))) &&
			json_object_size(graph->nodes[i]) > 1)
			return graph->nodes[i];
	}
	return node;
}

/* A value's text: itself, the first of a list, or the named member of an object. */
static const char *text_of(const struct graph *graph, const json_t *value, const char *member)
{
	if (json_is_array(value))
		value = json_array_get(value, 0);
	if (json_is_object(value)) {
		value = resolve(graph, value);
		value = json_object_get(value, member);
		if (json_is_array(value))
			value = json_array_get(value, 0);
	}
	return json_string_value(value);
}

/* "Department for Fisheries" is no person's name, of which the end would be a newspaper's. */
static bool is_organisation(const json_t *node)
{
	const char *type = json_string_value(json_object_get(node, "@type"));

	return type && str_ends(type, "Organization");
}

static void add_authors(const struct graph *graph, const json_t *value, struct arena *arena,
	struct value_list *list)
{
	const json_t *element;
	const char *name;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, element) if (!json_is_array(element))
			add_authors(graph, element, arena, list);
		return;
	}
	name = metadata_clean(arena, text_of(graph, value, "name"));
	if (!name || str_istarts(name, "http"))
		return;
	if (is_organisation(resolve(graph, value)) && !str_istarts(name, "by "))
		value_list_add(list, name);
	else
		metadata_names(arena, name, list);
}

static void add_keywords(const json_t *value, struct arena *arena, struct value_list *list)
{
	const json_t *element;
	char *text, *part, *rest;
	size_t i;

	if (json_is_array(value)) {
		json_array_foreach(value, i, element)
			value_list_add(list, metadata_clean(arena, json_string_value(element)));
	} else if (json_is_string(value)) {
		text = arena_strdup(arena, json_string_value(value));
		for (part = strtok_r(text, ",", &rest); part; part = strtok_r(NULL, ",", &rest))
			value_list_add(list, metadata_clean(arena, part));
	}
}

/* As HTML or as plain text: some escape the one, once or twice, and others write references there.
 */
static const char *body_text(struct arena *arena, const char *said)
{
	const char *text = said, *plain = NULL;
	struct buf decoded = {0};
	unsigned level;

	for (level = 0; text && level < BODY_LEVELS && !text_has_tags(text); level++) {
		buf_clear(&decoded);
		entity_decode(text, strlen(text), ENTITY_TEXT, &decoded);
		text = arena_strdup(arena, buf_text(&decoded));
		if (!plain)
			plain = text;
	}
	buf_finish(&decoded);
	return level < BODY_LEVELS ? arena_strdup(arena, text) : plain;
}

static void take(const struct graph *graph, const json_t *node, struct arena *arena,
	struct source_facts *facts)
{
	const json_t *image = json_object_get(node, "image");

	add_authors(graph, json_object_get(node, "author"), arena, &facts->authors);
	if (facts->authors.count == 0)
		add_authors(graph, json_object_get(node, "creator"), arena, &facts->authors);
	facts->site =
		metadata_clean(arena, text_of(graph, json_object_get(node, "publisher"), "name"));
	facts->section = metadata_clean(
		arena, text_of(graph, json_object_get(node, "articleSection"), "name"));
	facts->language =
		metadata_clean(arena, text_of(graph, json_object_get(node, "inLanguage"), "name"));
	facts->image = arena_strdup(arena, text_of(graph, image, "url"));
	facts->description =
		metadata_clean(arena, text_of(graph, json_object_get(node, "description"), "name"));
	facts->body =
		body_text(arena, text_of(graph, json_object_get(node, "articleBody"), "text"));
	facts->url = arena_strdup(arena, text_of(graph, json_object_get(node, "url"), "@id"));
	add_keywords(json_object_get(node, "keywords"), arena, &facts->categories);
}

static const char *text_in(
	const struct graph *graph, const json_t *node, const char *name, struct arena *arena)
{
	return metadata_clean(arena, text_of(graph, json_object_get(node, name), "@value"));
}

/* Titles and dates of the article's object, and dates of others that may be it. */
static void say(const struct graph *graph, const json_t *node, bool is_best, struct arena *arena,
	struct metadata *meta)
{
	if (is_best) {
		metadata_say_title(meta, TITLE_LD, text_in(graph, node, "headline", arena), NULL);
		metadata_say_title(meta, TITLE_LD, text_in(graph, node, "name", arena), NULL);
		metadata_say_date(
			meta, DATE_LD_MODIFIED, text_in(graph, node, "dateModified", arena), NULL);
	}
	metadata_say_date(meta, is_best ? DATE_LD : DATE_LD_OTHER,
		text_in(graph, node, "datePublished", arena), NULL);
	metadata_say_date(meta, DATE_LD_OTHER, text_in(graph, node, "dateCreated", arena), NULL);
}

/* The page's own place is the last one of a list of breadcrumbs. */
static void say_crumbs(
	const struct graph *graph, const json_t *node, struct arena *arena, struct metadata *meta)
{
	const json_t *list = json_object_get(node, "itemListElement"), *crumb;
	size_t count = json_array_size(list);
	const char *name, *section = NULL;

	if (!str_eq(json_string_value(json_object_get(node, "@type")), "BreadcrumbList"))
		return;
	for (size_t i = 0; i < count; i++) {
		crumb = json_array_get(list, i);
		name = text_of(graph, json_object_get(crumb, "name"), "name");
		if (!name)
			name = text_of(graph, json_object_get(crumb, "item"), "name");
		name = metadata_clean(arena, name);
		if (i + 1 == count)
			metadata_say_title(meta, TITLE_CRUMB, name, NULL);
		else if (i > 0 && name)
			section = name; /* the first one is the home page */
	}
	if (!meta->crumb_section)
		meta->crumb_section = section;
}

/* Of a string, which begins at text[at]: what JSON has of it. Returns where it ends. */
static size_t mend_string(const char *text, size_t len, size_t at, struct buf *to)
{
	buf_putc(to, text[at++]);
	for (; at < len && text[at] != '"'; at++) {
		if (text[at] == '\\' && at + 1 < len) {
			at++;
			if (strchr("\"\\/bfnrtu", text[at]))
				buf_putc(to, '\\');
			buf_putc(to, text[at]);
		} else if (text[at] == '\n') {
			buf_puts(to, "\\n");
		} else {
			buf_putc(to, (unsigned char)text[at] < ' ' ? ' ' : text[at]);
		}
	}
	if (at < len)
		buf_putc(to, text[at++]);
	return at;
}

/*
 * Common, and no JSON: raw line breaks in strings, references to characters that need none (\'),
 * a comma behind the last member, comments and CDATA around it.
 */
static json_t *load(const char *text, size_t len)
{
	static const char cdata[] = "<![CDATA[";
	struct buf mended = {0};
	size_t at = 0, next;
	json_t *value;

	while (at < len && text[at] != '{' && text[at] != '[')
		at += len - at > strlen(cdata) && str_starts(text + at, cdata) ? strlen(cdata) : 1;
	while (at < len) {
		if (text[at] == '"') {
			at = mend_string(text, len, at, &mended);
			continue;
		}
		for (next = at + 1; next < len && (unsigned char)text[next] <= ' '; next++)
			continue;
		if (text[at] != ',' || next == len || (text[next] != '}' && text[next] != ']'))
			buf_putc(&mended, (unsigned char)text[at] < ' ' ? ' ' : text[at]);
		at++;
	}
	value = json_loads(buf_text(&mended), JSON_DISABLE_EOF_CHECK, NULL);
	buf_finish(&mended);
	return value;
}

/* What the object of the site itself is called; NULL: there is none. */
static const char *site_name(const struct graph *graph, struct arena *arena)
{
	size_t i;

	for (i = 0; i < graph->count; i++) {
		const json_t *node = graph->nodes[i];

		if (str_eq(json_string_value(json_object_get(node, "@type")), "WebSite"))
			return metadata_clean(
				arena, text_of(graph, json_object_get(node, "name"), "@value"));
	}
	return NULL;
}

static bool is_false(const json_t *value)
{
	return json_is_false(value) || str_ieq(json_string_value(value), "false");
}

/* The page's <title>, one line; NULL: it has none. */
static const char *head_title(const struct html_page *page, struct arena *arena)
{
	const xmlNode *node = xmlDocGetRootElement(page->doc), *child;
	struct buf title = {0};
	const char *found;

	for (node = node ? node->children : NULL; node; node = node->next) {
		for (child = str_eq((const char *)node->name, "head") ? node->children : NULL;
			child; child = child->next) {
			if (str_eq((const char *)child->name, "title") && title.len == 0)
				html_text(child, &title);
		}
	}
	found = title.len > 0 ? arena_strdup(arena, buf_text(&title)) : NULL;
	buf_finish(&title);
	return found;
}

/*
 * How much an object is the page's own: a story whose address is the page's before all others, then
 * by type; of two like ones that whose headline is the page's title, and the first.
 */
static int own_rank(const struct graph *graph, const json_t *node, const char *url,
	const char *title, struct arena *arena)
{
	const char *headline = text_in(graph, node, "headline", arena);
	int rank = node_rank(node);
	bool is_page = rank > 0 && is_of_page(node, url), is_story = rank >= STORY_RANK;

	if (rank == 0)
		return 0;
	rank = (rank + (headline != NULL)) * 4 + is_page * 2;
	if (headline && title && str_ifind(title, headline))
		rank++;
	return rank + (is_page && is_story ? PAGE_RANK : 0);
}

void metadata_read_jsonld(
	const struct html_page *page, const char *url, struct arena *arena, struct metadata *meta)
{
	struct graph graph = {0};
	const json_t *best = NULL, *node;
	const char *title;
	int rank, best_rank = 0;
	size_t i;

	for (i = 0; i < page->piece_count && graph.root_count < ARRAY_LEN(graph.roots); i++) {
		json_t *root = load(page->jsonld.data + page->pieces[i].at, page->pieces[i].len);

		if (!root)
			continue;
		graph.roots[graph.root_count++] = root;
		collect(&graph, root, 0);
	}
	title = graph.count > 0 ? head_title(page, arena) : NULL;
	for (i = 0; i < graph.count; i++) {
		node = graph.nodes[i];
		rank = own_rank(&graph, node, url, title, arena);
		if (rank > best_rank) {
			best_rank = rank;
			best = node;
		}
		say_crumbs(&graph, node, arena, meta);
		if (rank > 0 && is_false(json_object_get(node, "isAccessibleForFree")))
			meta->is_walled = true;
	}
	if (best) {
		say(&graph, best, true, arena, meta);
		take(&graph, best, arena, &meta->ld);
		rank = node_rank(best);
		meta->is_ld_article = rank + !!json_object_get(best, "headline") >= ARTICLE_RANK;
		meta->is_ld_forum = rank == 4 || rank == 5 || rank == 7;
		meta->is_ld_thread = is_thread(best);
	}
	for (i = 0; i < graph.count; i++) {
		node = graph.nodes[i];
		if (node != best && node_rank(node) > 0 &&
			!(best && is_of_page(best, url) && is_of_another(node, url)))
			say(&graph, node, false, arena, meta);
	}
	if (!meta->ld.site)
		meta->ld.site = site_name(&graph, arena);
	for (i = 0; i < graph.root_count; i++)
		json_decref(graph.roots[i]);
}
