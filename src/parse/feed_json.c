/* JSON Feed 1.0 and 1.1. Source: https://www.jsonfeed.org/version/1.1/ */
#include "parse/feed_formats.h"

#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum {
	NUMBER_BYTES = 32,
	LONG_NUMBER = 18, /* digits that no integer of jansson has */
};

/* --- repair --- */

static unsigned hex4(const char *p, const char *end)
{
	unsigned value = 0;
	int i, digit;

	if (end - p < 4)
		return 0;
	for (i = 0; i < 4; i++) {
		digit = str_hex_digit(p[i]);
		if (digit < 0)
			return 0;
		value = value * 16 + (unsigned)digit;
	}
	return value;
}

/* An escape at p, which is at the backslash. Lone surrogates and NUL become U+FFFD. */
static const char *repair_escape(const char *p, const char *end, struct buf *to)
{
	unsigned c, low;

	if (p + 1 == end)
		return end;
	if (p[1] != 'u') {
		if (strchr("\"\\/bfnrt", p[1]))
			buf_put(to, p, 2);
		else if ((unsigned char)p[1] >= ' ')
			buf_putc(to, p[1]);
		return p + 2;
	}
	c = hex4(p + 2, end);
	low = end - p >= 12 && p[6] == '\\' && p[7] == 'u' ? hex4(p + 8, end) : 0;
	if (c >= 0xD800 && c < 0xDC00 && low >= 0xDC00 && low < 0xE000) {
		buf_put(to, p, 12);
		return p + 12;
	}
	if (c == 0 || (c >= 0xD800 && c < 0xE000))
		buf_puts(to, "\\ufffd");
	else
		buf_put(to, p, 6);
	return p + (end - p < 6 ? end - p : 6);
}

static const char *repair_string(const char *p, const char *end, struct buf *to)
{
	buf_putc(to, '"');
	for (p++; p < end && *p != '"';) {
		if (*p == '\\') {
			p = repair_escape(p, end, to);
		} else if ((unsigned char)*p < ' ') {
			buf_puts(to, *p == '\n' ? "\\n" : *p == '\t' ? "\\t" : " ");
			p++;
		} else {
			buf_putc(to, *p++);
		}
	}
	buf_putc(to, '"');
	return p < end ? p + 1 : p;
}

/* Drops a comma, or a name without its value, at the end of what was written. */
static void drop_tail(struct buf *to)
{
	while (to->len > 0 && (str_is_space(to->data[to->len - 1]) || to->data[to->len - 1] == ','))
		buf_truncate(to, to->len - 1);
	if (to->len > 0 && to->data[to->len - 1] == ':')
		buf_puts(to, "null");
}

/*
 * What jansson refuses and can be read: line breaks and lone surrogates in strings, commas too
 * many, an end that is missing.
 */
static const char *repair_number(const char *p, const char *end, struct buf *to)
{
	const char *q = p;

	while (q < end && (str_is_digit(*q) || strchr("+-.eE", *q)))
		q++;
	if (q - p < LONG_NUMBER) {
		buf_put(to, p, (size_t)(q - p));
		return q;
	}
	/* longer than any number of the library: an id, which is text anyhow */
	buf_putc(to, '"');
	buf_put(to, p, (size_t)(q - p));
	buf_putc(to, '"');
	return q;
}

static void repair(const char *p, size_t len, struct buf *to)
{
	const char *end = p + len;
	struct buf open = {0}; /* the brackets that close what is open */

	while (p < end) {
		if (*p == '"') {
			p = repair_string(p, end, to);
			continue;
		}
		if (str_is_digit(*p)) {
			p = repair_number(p, end, to);
			continue;
		}
		if (*p == '{' || *p == '[') {
			buf_putc(&open, *p == '{' ? '}' : ']');
		} else if (*p == '}' || *p == ']') {
			drop_tail(to);
			if (open.len == 0)
				break;
			buf_truncate(&open, open.len - 1);
		}
		buf_putc(to, *p++);
		if (open.len == 0 && to->len > 0 && to->data[to->len - 1] == '}')
			break;
	}
	if (open.len > 0)
		drop_tail(to);
	while (open.len > 0) {
		buf_putc(to, open.data[open.len - 1]);
		buf_truncate(&open, open.len - 1);
	}
	buf_finish(&open);
}

static json_t *load(struct feed_build *b, const char *text, size_t len)
{
	struct buf fixed = {0};
	json_error_t error, again;
	json_t *root = json_loadb(text, len, 0, &error);

	if (root)
		return root;
	if (json_error_code(&error) == json_error_out_of_memory) {
		b->why = "JSON of more values than there is memory for";
		return NULL;
	}
	repair(text, len, &fixed);
	root = json_loadb(buf_text(&fixed), fixed.len, JSON_DISABLE_EOF_CHECK, &again);
	if (root && !json_is_array(json_object_get(root, "items"))) {
		json_decref(root); /* too little is left of it */
		root = NULL;
	}
	if (root)
		build_warn(b, 0,
			arena_printf(b->arena, "the JSON is broken in line %d and was repaired",
				error.line));
	buf_finish(&fixed);
	return root;
}

/* --- fields --- */

/* A string, or a number as text (ids are written so); NULL: neither. Lives as long as object. */
static const char *text_of(struct feed_build *b, const json_t *value)
{
	char number[NUMBER_BYTES];

	if (json_is_string(value))
		return json_string_value(value);
	if (json_is_integer(value))
		snprintf(
			number, sizeof(number), "%" JSON_INTEGER_FORMAT, json_integer_value(value));
	else if (json_is_real(value))
		snprintf(number, sizeof(number), "%.15g", json_real_value(value));
	else
		return NULL;
	return arena_strdup(b->arena, number);
}

static const char *get(struct feed_build *b, const json_t *object, const char *name)
{
	return text_of(b, json_object_get(object, name));
}

static const char *plain(struct feed_build *b, const char *text)
{
	return text ? build_plain(b, text, strlen(text)) : NULL;
}

/* In the arena; NULL: empty. */
static const char *trimmed(struct feed_build *b, const char *text)
{
	char *copy = text ? str_trim(arena_strdup(b->arena, text)) : NULL;

	return str_is_empty(copy) ? NULL : copy;
}

static const char *title(struct feed_build *b, const json_t *object, const char *name)
{
	const char *text = get(b, object, name);

	return text ? build_title(b, text, strlen(text)) : NULL;
}

static const char *url(struct feed_build *b, const json_t *object, const char *name)
{
	return build_url(b, get(b, object, name), b->base_url);
}

static void take_author(struct feed_build *b, const json_t *author, int rank)
{
	if (json_is_string(author))
		build_add_author(b, rank, plain(b, json_string_value(author)), NULL, NULL);
	else
		build_add_author(
			b, rank, plain(b, get(b, author, "name")), NULL, url(b, author, "url"));
}

/* 1.1 has authors, 1.0 author. */
static void take_authors(struct feed_build *b, const json_t *object)
{
	const json_t *list = json_object_get(object, "authors");
	size_t i;

	if (json_is_object(list))
		take_author(b, list, RANK_OWN);
	for (i = 0; i < json_array_size(list) && i < LIMIT_LIST; i++)
		take_author(b, json_array_get(list, i), RANK_OWN);
	take_author(b, json_object_get(object, "author"), RANK_GUEST);
}

static void take_tags(struct feed_build *b, const json_t *object)
{
	const json_t *list = json_object_get(object, "tags");
	size_t i;

	if (json_is_string(list))
		build_add_category(b, plain(b, json_string_value(list)), NULL, NULL);
	for (i = 0; i < json_array_size(list) && i < LIMIT_LIST; i++)
		build_add_category(b, plain(b, text_of(b, json_array_get(list, i))), NULL, NULL);
}

/* "Multiple attachments with the exact same title": one work in several files. */
static uint32_t group_of(struct feed_build *b, const char *title)
{
	struct feed_lists *lists = &b->entry_lists;
	size_t i;

	for (i = 0; title && i < lists->enclosure_count; i++) {
		if (!str_eq(lists->enclosures[i].title, title))
			continue;
		if (lists->enclosures[i].group == 0)
			lists->enclosures[i].group = ++b->last_group;
		return lists->enclosures[i].group;
	}
	return 0;
}

static void take_attachments(struct feed_build *b, const json_t *object)
{
	const json_t *list = json_object_get(object, "attachments"), *one;
	size_t i;

	for (i = 0; i < json_array_size(list) && i < LIMIT_LIST; i++) {
		struct doc_enclosure enclosure = {0};

		one = json_array_get(list, i);
		enclosure.url = url(b, one, "url");
		enclosure.type = trimmed(b, get(b, one, "mime_type"));
		enclosure.length = build_length(get(b, one, "size_in_bytes"));
		enclosure.title = plain(b, get(b, one, "title"));
		enclosure.duration_s = build_seconds(get(b, one, "duration_in_seconds"));
		enclosure.group = group_of(b, enclosure.title);
		build_add_enclosure(b, RANK_OWN, &enclosure);
	}
}

static void take_content(struct feed_build *b, const json_t *item)
{
	const char *text = get(b, item, "content_html");

	if (text)
		build_set(
			b, FIELD_CONTENT, RANK_OWN, build_html(b, text, strlen(text), b->base_url));
	text = get(b, item, "content_text");
	if (text)
		build_set(b, FIELD_CONTENT, RANK_GUEST, build_escaped(b, text, strlen(text)));
	text = get(b, item, "summary");
	if (text)
		build_set(b, FIELD_SUMMARY, RANK_OWN, build_escaped(b, text, strlen(text)));
}

static void take_item(struct feed_build *b, const json_t *item)
{
	const char *text;

	build_begin_entry(b);
	build_set(b, FIELD_ID, RANK_OWN, trimmed(b, get(b, item, "id")));
	build_set(b, FIELD_TITLE, RANK_OWN, title(b, item, "title"));
	build_set(b, FIELD_URL, RANK_OWN, url(b, item, "url"));
	text = get(b, item, "id");
	if (text && url_is_web(text))
		build_set(b, FIELD_URL, RANK_MAKESHIFT, build_url(b, text, b->base_url));
	build_set(b, FIELD_URL, RANK_LAST, url(b, item, "external_url"));
	take_content(b, item);
	build_add_image(b, RANK_OWN, url(b, item, "image"), 0, 0);
	build_add_image(b, RANK_GUEST, url(b, item, "banner_image"), 0, 0);
	build_set(b, FIELD_LANGUAGE, RANK_OWN, trimmed(b, get(b, item, "language")));
	text = get(b, item, "date_published");
	if (text)
		build_set_date(b, FIELD_PUBLISHED, RANK_OWN, text);
	text = get(b, item, "date_modified");
	if (text)
		build_set_date(b, FIELD_UPDATED, RANK_OWN, text);
	take_authors(b, item);
	take_tags(b, item);
	take_attachments(b, item);
	build_end_entry(b);
}

/* A hub for WebSub before others that are not. */
static void take_hubs(struct feed_build *b, const json_t *feed)
{
	const json_t *hubs = json_object_get(feed, "hubs"), *hub;
	size_t i;

	for (i = 0; i < json_array_size(hubs) && i < LIMIT_LIST; i++) {
		hub = json_array_get(hubs, i);
		build_set(b, FIELD_HUB,
			str_ieq(get(b, hub, "type"), "websub") ? RANK_BEST : RANK_OWN,
			url(b, hub, "url"));
	}
}

/* "https://jsonfeed.org/version/1.1", with http, www or a slash too many as well. */
static const char *recognise(const json_t *root)
{
	const char *version = json_string_value(json_object_get(root, "version"));

	if (!version || !str_ifind(version, "jsonfeed.org/version/"))
		return NULL;
	return str_ifind(version, "version/1.1") ? "json11" : "json10";
}

bool feed_read_json(struct feed_build *b, struct buf *text)
{
	json_t *feed = load(b, buf_text(text), text->len), *items;
	const char *format = recognise(feed);
	size_t i;

	buf_finish(text);
	if (!format) {
		if (!b->why)
			b->why = "JSON, but not a JSON Feed";
		json_decref(feed);
		return false;
	}
	b->doc->format = format;
	build_set(b, FIELD_TITLE, RANK_OWN, title(b, feed, "title"));
	build_set(b, FIELD_URL, RANK_OWN, url(b, feed, "home_page_url"));
	build_set(b, FIELD_SELF, RANK_OWN, url(b, feed, "feed_url"));
	build_set(b, FIELD_NEXT, RANK_OWN, url(b, feed, "next_url"));
	build_set(b, FIELD_SUMMARY, RANK_OWN, title(b, feed, "description"));
	build_set(b, FIELD_LANGUAGE, RANK_OWN, trimmed(b, get(b, feed, "language")));
	build_set(b, FIELD_IMAGE, RANK_OWN, url(b, feed, "icon"));
	build_set(b, FIELD_ICON, RANK_OWN, url(b, feed, "favicon"));
	take_authors(b, feed);
	take_hubs(b, feed);
	b->doc->is_finished = json_is_true(json_object_get(feed, "expired"));
	items = json_object_get(feed, "items");
	for (i = 0; i < json_array_size(items); i++) {
		if (json_is_object(json_array_get(items, i)))
			take_item(b, json_array_get(items, i));
	}
	json_decref(feed);
	return true;
}
