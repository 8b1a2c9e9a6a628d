#include "parse/links.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "parse/charset.h"
#include "parse/clean_policy.h"
#include "parse/entity.h"
#include "parse/html_token.h"
#include "parse/text.h"
#include "parse/xml.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum {
	PAGE_LINKS = 100, /* feed links of one page */
	FOLDER_BYTES = 1024,
};

/* The answer's links while they grow. */
struct link_list {
	struct answer *answer;
	struct doc_link *links;
	size_t count, space;
	bool is_cut; /* there were more than are kept */
};

static void add_link(struct link_list *list, const struct doc_link *link)
{
	ARRAY_GROW(list->links, list->count, list->space);
	list->links[list->count++] = *link;
}

static void give_links(struct link_list *list)
{
	struct answer *answer = list->answer;
	size_t size = list->count * sizeof(*list->links);

	if (size > 0) {
		answer->links = arena_alloc(&answer->arena, size);
		memcpy(answer->links, list->links, size);
	}
	answer->link_count = list->count;
	free(list->links);
}

static const char *kept(struct answer *answer, const char *text)
{
	return str_is_empty(text) ? NULL : arena_strdup(&answer->arena, text);
}

/* One line of plain text in the arena, or NULL. */
static const char *kept_plain(struct answer *answer, const char *text)
{
	struct buf plain = {0};
	const char *copy;

	if (!text)
		return NULL;
	text_plain(text, strnlen(text, LIMIT_NAME_BYTES), &plain);
	copy = kept(answer, buf_text(&plain));
	buf_finish(&plain);
	return copy;
}

/* Absolute, in the arena; NULL: no address that could be fetched. */
static const char *kept_url(struct answer *answer, const char *base, const char *text)
{
	struct buf url = {0};
	const char *copy = NULL;

	while (str_is_space(*text))
		text++;
	if (str_istarts(text, "feed:")) { /* feed://host/x, feed:https://host/x */
		text += 5;
		if (str_starts(text, "//"))
			buf_puts(&url, "http:");
	}
	if (*text && strlen(text) <= LIMIT_URL_BYTES) {
		struct buf whole = {0};

		buf_puts(&url, text);
		url_resolve(base, buf_text(&url), &whole);
		if (url_is_web(buf_text(&whole)) || !base)
			copy = url_is_active(buf_text(&whole)) ? NULL
							       : kept(answer, buf_text(&whole));
		buf_finish(&whole);
	}
	buf_finish(&url);
	return copy;
}

/* --- the feed links of a page --- */

/* An attribute's value with references replaced, or NULL. */
static const char *value_of(const struct html_token *token, const char *name, struct buf *to)
{
	size_t i;

	for (i = 0; i < token->attribute_count; i++) {
		const struct html_attribute *a = &token->attributes[i];

		if (strncasecmp(a->name, name, a->name_len) == 0 && name[a->name_len] == '\0') {
			buf_clear(to);
			entity_decode(a->value, a->value_len, ENTITY_ATTRIBUTE, to);
			return buf_text(to);
		}
	}
	return NULL;
}

static bool is_token(const struct html_token *token, const char *name)
{
	return strlen(name) == token->len && strncasecmp(token->text, name, token->len) == 0;
}

/* MIME types of feeds; application/json alone says too little, so its link must look like one. */
static bool is_feed_type(const char *type)
{
	static const char *const types[] = {"application/rss+xml", "application/atom+xml",
		"application/feed+json", "application/rdf+xml", "application/rss",
		"application/atom", "application/x.atom+xml", "application/x-atom+xml",
		"text/rss+xml", "text/atom+xml", "text/rss", "text/atom", "text/xml",
		"application/xml"};
	size_t i;

	for (i = 0; i < ARRAY_LEN(types); i++) {
		size_t len = strlen(types[i]);

		if (str_istarts(type, types[i]) &&
			(type[len] == '\0' || type[len] == ';' || str_is_space(type[len])))
			return true;
	}
	return false;
}

/* rel is a list of words. */
static bool has_word(const char *list, const char *word)
{
	size_t len = strlen(word);

	for (; (list = str_ifind(list, word)) != NULL; list += len) {
		if (list[len] == '\0' || str_is_space(list[len]))
			return true;
	}
	return false;
}

static bool is_known(const struct link_list *list, const char *url)
{
	size_t i;

	for (i = 0; i < list->count; i++) {
		if (str_eq(list->links[i].url, url))
			return true;
	}
	return false;
}

static bool is_feed_link(const char *rel, const char *type, const char *href)
{
	if (!rel || !href)
		return false;
	if (has_word(rel, "feed"))
		return true;
	if (!has_word(rel, "alternate") || has_word(rel, "stylesheet"))
		return false;
	if (type && str_istarts(type, "application/json")) /* WordPress links its API so */
		return str_ifind(href, "feed") && !str_ifind(href, "/wp-json/");
	return type && is_feed_type(type);
}

static void take_link(struct link_list *list, const struct html_token *token, const char *base)
{
	struct buf rel = {0}, type = {0}, href = {0}, title = {0};
	const char *r = value_of(token, "rel", &rel), *t = value_of(token, "type", &type);
	const char *h = value_of(token, "href", &href), *n = value_of(token, "title", &title);
	struct doc_link link = {0};

	if (is_feed_link(r, t, h) && list->count < PAGE_LINKS) {
		link.url = kept_url(list->answer, base, h);
		link.title = kept_plain(list->answer, n);
		link.type = kept(list->answer, t);
		if (link.url && !is_known(list, link.url))
			add_link(list, &link);
	}
	buf_finish(&rel);
	buf_finish(&type);
	buf_finish(&href);
	buf_finish(&title);
}

/*
 * A page without feed links may show them to people: an anchor that is named for a feed, by its
 * address. Kept apart, for when there is nothing better.
 */
static void take_anchor(struct link_list *list, const struct html_token *token, const char *base)
{
	static const char *const ends[] = {"/feed", "/feed/", "/rss", "/rss/", "/atom", ".rss",
		".atom", ".rdf", "/feed.xml", "/rss.xml", "/atom.xml", "/index.xml", "/feed.json"};
	struct buf href = {0};
	const char *h = value_of(token, "href", &href);
	struct doc_link link = {0};
	size_t i;

	for (i = 0; h && i < ARRAY_LEN(ends) && list->count < PAGE_LINKS; i++) {
		if (!str_ends(h, ends[i]))
			continue;
		link.url = kept_url(list->answer, base, h);
		if (link.url && !is_known(list, link.url))
			add_link(list, &link);
		break;
	}
	buf_finish(&href);
}

static const char *take_base(
	struct answer *answer, const struct html_token *token, const char *base)
{
	struct buf href = {0}, url = {0};
	const char *h = value_of(token, "href", &href);

	if (h) {
		url_resolve(base, h, &url);
		if (url_is_web(buf_text(&url)))
			base = arena_strdup(&answer->arena, buf_text(&url));
	}
	buf_finish(&href);
	buf_finish(&url);
	return base;
}

static void read_page(struct html_tokenizer *t, const char *base, struct link_list *links,
	struct link_list *anchors)
{
	const struct clean_element *element;
	struct html_token token;
	bool has_base = false;
	const char *text;
	size_t len;

	while (html_next(t, &token)) {
		if (token.kind != HTML_START || token.is_cut)
			continue;
		element = clean_element(token.text, token.len);
		if (element && element->flags & CLEAN_RAW) {
			html_skip_raw(t, element->name, &text, &len);
		} else if (is_token(&token, "base") && !has_base) {
			base = take_base(links->answer, &token, base);
			has_base = true;
		} else if (is_token(&token, "link")) {
			take_link(links, &token, base);
		} else if (is_token(&token, "a")) {
			take_anchor(anchors, &token, base);
		}
	}
}

enum status links_of_page(const struct job *job, struct answer *answer)
{
	struct link_list links = {.answer = answer}, anchors = {.answer = answer};
	struct html_tokenizer t;
	struct buf utf8 = {0};
	const char *charset;

	charset_to_utf8(CHARSET_HTML, job->body, job->body_len, job->content_type, &utf8, &charset);
	html_tokenizer_init(&t, buf_text(&utf8), utf8.len);
	read_page(&t, job->url, &links, &anchors);
	if (links.count > 0) {
		give_links(&links);
		free(anchors.links);
	} else {
		give_links(&anchors);
	}
	buf_finish(&utf8);
	return answer->link_count > 0 ? STATUS_OK : STATUS_NOT_FOUND;
}

/* --- OPML --- */

/* The names of the outlines around the current one. */
struct folder_path {
	struct buf text;
	size_t lengths[LIMIT_XML_DEPTH]; /* of text before each level was added */
	size_t depth;
};

static void enter_folder(struct folder_path *path, const char *name)
{
	path->lengths[path->depth++] = path->text.len;
	if (!name || path->text.len + strlen(name) > FOLDER_BYTES)
		return;
	if (path->text.len > 0)
		buf_putc(&path->text, '/');
	/* a slash within a name would be read as a level */
	for (; *name; name++)
		buf_putc(&path->text, *name == '/' ? '-' : *name);
}

static void leave_folder(struct folder_path *path)
{
	if (path->depth > 0)
		buf_truncate(&path->text, path->lengths[--path->depth]);
}

static const char *outline_value(struct xml_reader *r, const char *name, struct buf *to)
{
	struct xml_node node = {.kind = XML_ELEMENT,
		.attributes = r->attributes,
		.attribute_count = r->attribute_count};

	return xml_value(r, &node, name, to);
}

static void take_outline(
	struct link_list *list, struct xml_reader *r, const char *base, struct folder_path *path)
{
	struct buf url = {0}, text = {0};
	const char *u = outline_value(r, "xmlUrl", &url), *name;
	struct doc_link link = {0};

	if (!u) /* OPML 1.0 as some wrote it */
		u = outline_value(r, "rssUrl", &url);
	name = outline_value(r, "text", &text);
	if (str_is_empty(name))
		name = outline_value(r, "title", &text);
	name = kept_plain(list->answer, name);
	if (u && list->count == LIMIT_SUBSCRIPTIONS) {
		list->is_cut = true;
	} else if (u) {
		link.url = kept_url(list->answer, base, u);
		link.title = name;
		link.folder = kept(list->answer, buf_text(&path->text));
		link.type = kept(list->answer, outline_value(r, "type", &text));
		if (link.url)
			add_link(list, &link);
	}
	enter_folder(path, u ? NULL : name);
	buf_finish(&url);
	buf_finish(&text);
}

static bool is_element(const struct xml_reader *r, const char *name)
{
	return strncasecmp(r->name, name, r->name_len) == 0 && name[r->name_len] == '\0';
}

static void read_outlines(struct link_list *list, struct xml_reader *r, const char *base)
{
	struct folder_path path = {.depth = 0};
	enum xml_event event;

	while ((event = xml_next(r)) != XML_END_OF_DOCUMENT) {
		if (event == XML_START && is_element(r, "outline"))
			take_outline(list, r, base, &path);
		else if (event == XML_STOP && is_element(r, "outline"))
			leave_folder(&path);
	}
	buf_finish(&path.text);
}

enum status links_of_opml(const struct job *job, struct answer *answer)
{
	struct link_list list = {.answer = answer};
	struct xml_reader reader;
	struct buf utf8 = {0};
	const char *charset;
	enum xml_event event;
	bool is_opml = false;

	charset_to_utf8(CHARSET_XML, job->body, job->body_len, job->content_type, &utf8, &charset);
	xml_reader_init(&reader, buf_text(&utf8), utf8.len, job->url, &answer->arena);
	do
		event = xml_next(&reader);
	while (event == XML_CHARS);
	if (event == XML_START)
		is_opml = is_element(&reader, "opml") || is_element(&reader, "outlinedocument");
	if (is_opml)
		read_outlines(&list, &reader, job->url);
	if (!is_opml)
		answer->message = event != XML_START ? "there is no element in it"
				  : is_element(&reader, "rss") || is_element(&reader, "feed") ||
						  is_element(&reader, "rdf")
					  ? "it is a feed itself"
				  : is_element(&reader, "html") ? "it is a page"
								: "it does not begin with opml";
	else if (reader.is_cut)
		answer->message = "it ends in the middle";
	else if (reader.was_too_deep)
		answer->message = "what is nested too deep is passed over";
	give_links(&list);
	xml_reader_finish(&reader);
	buf_finish(&utf8);
	return !is_opml ? STATUS_SYNTAX : list.is_cut ? STATUS_LIMIT : STATUS_OK;
}
