#include "diurnad/greader_stream.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "diurnad/aside.h"
#include "diurnad/greader.h"
#include "edition/xml.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ITEM_PREFIX "tag:google.com,2005:reader/item/"

enum { STREAM_ITEMS = 1000, STREAM_IDS = 10000, STREAM_PRESET = 20 };

bool greader_read_stream(const char *id, struct reading_query *query)
{
	const char *slash;
	uint64_t number;

	if (str_starts(id, "feed/")) {
		if (str_to_u64(id + 5, INT64_MAX, &number))
			query->feed_id = (int64_t)number;
		else
			query->feed_url = id + 5;
		return query->feed_id > 0 || (query->feed_url && url_is_web(query->feed_url));
	}
	slash = str_starts(id, "user/") ? strchr(id + 5, '/') : NULL;
	if (!slash)
		return false;
	if (str_starts(slash, "/label/"))
		query->label = slash + strlen("/label/");
	else if (str_eq(slash, "/state/com.google/starred"))
		query->only_starred = true;
	else if (str_eq(slash, "/state/com.google/read"))
		query->only_read = true;
	else if (!str_eq(slash, "/state/com.google/reading-list"))
		return false;
	return true;
}

int64_t greader_number(const struct web_request *request, const char *name)
{
	const char *said = web_param(request, name);
	uint64_t number;

	return said && str_to_u64(said, INT64_MAX / 2, &number) ? (int64_t)number : 0;
}

/* n, r, ot, nt, xt, it, c of a request; the stream's own id is the caller's. */
static void read_bounds(
	const struct web_request *request, int64_t most, struct reading_query *query)
{
	const struct web_param *param;

	query->limit = greader_number(request, "n");
	if (query->limit < 1)
		query->limit = STREAM_PRESET;
	if (query->limit > most)
		query->limit = most;
	query->since = greader_number(request, "ot");
	query->until = greader_number(request, "nt");
	query->before_seq = greader_number(request, "c");
	query->is_oldest_first = str_eq(web_param(request, "r"), "o");
	for (param = request->params; param < request->params + request->param_count; param++) {
		bool is_with = str_eq(param->name, "it");

		if (!is_with && !str_eq(param->name, "xt"))
			continue;
		if (str_ends(param->value, "/state/com.google/read"))
			*(is_with ? &query->only_read : &query->only_unread) = true;
		else if (str_ends(param->value, "/state/com.google/unread"))
			*(is_with ? &query->only_unread : &query->only_read) = true;
		else if (str_ends(param->value, "/state/com.google/starred"))
			*(is_with ? &query->only_starred : &query->only_unstarred) = true;
	}
}

struct stream {
	json_t *items;
	int64_t count, last_seq;
	bool is_ids;
};

static void add_label(json_t *list, const char *name)
{
	char *label = xasprintf(GREADER_LABEL "%s", name);

	json_array_append_new(list, greader_text(label));
	free(label);
}

static json_t *categories_of(const struct reading_item *item)
{
	json_t *labels = item->labels ? json_loads(item->labels, 0, NULL) : NULL, *label;
	json_t *list = json_array();
	size_t i;

	json_array_append_new(list, json_string(GREADER_STATE "reading-list"));
	add_label(list, item->section);
	json_array_foreach(labels, i, label)
	{
		if (!str_eq(json_string_value(label), item->section))
			add_label(list, json_string_value(label));
	}
	json_decref(labels);
	if (item->is_read)
		json_array_append_new(list, json_string(GREADER_STATE "read"));
	if (item->is_starred)
		json_array_append_new(list, json_string(GREADER_STATE "starred"));
	return list;
}

/* What is attached, as [{"href", "type", "length"}]. NULL: nothing. */
static json_t *enclosures_of(const struct reading_item *item)
{
	json_t *stored = item->enclosures ? json_loads(item->enclosures, 0, NULL) : NULL;
	json_t *list = json_array(), *one, *given;
	const char *url;
	size_t i;

	json_array_foreach(stored, i, one)
	{
		url = json_string_value(json_object_get(one, "url"));
		if (!url)
			continue;
		given = json_pack("{s:o}", "href", greader_text(url));
		json_object_set(given, "type", json_object_get(one, "type"));
		json_object_set(given, "length", json_object_get(one, "length"));
		json_array_append_new(list, given);
	}
	json_decref(stored);
	if (json_array_size(list) > 0)
		return list;
	json_decref(list);
	return NULL;
}

static json_t *item_json(const struct reading_item *item)
{
	int64_t published = item->published_at == DATE_NONE ? item->arrived_at : item->published_at;
	char id[64], feed[32], msec[32], usec[32];

	snprintf(id, sizeof(id), ITEM_PREFIX "%016llx", (unsigned long long)item->id);
	snprintf(feed, sizeof(feed), "feed/%lld", (long long)item->feed_id);
	snprintf(msec, sizeof(msec), "%lld", (long long)item->arrived_at * 1000);
	snprintf(usec, sizeof(usec), "%lld", (long long)item->arrived_at * 1000000);
	return json_pack("{s:s, s:s, s:s, s:I, s:I, s:o, s:o, s:[{s:o}], s:[{s:o, s:s}], s:o, "
			 "s:{s:s, s:o}, s:{s:s, s:o, s:o}, s:o*}",
		"id", id, "crawlTimeMsec", msec, "timestampUsec", usec, "published",
		(json_int_t)published, "updated", (json_int_t)published, "title",
		greader_text(item->title), "author", greader_text(item->author), "canonical",
		"href", greader_text(item->url), "alternate", "href", greader_text(item->url),
		"type", "text/html", "categories", categories_of(item), "summary", "direction",
		"ltr", "content", greader_text(item->html), "origin", "streamId", feed, "title",
		greader_text(item->feed_title), "htmlUrl", greader_text(item->site_url),
		"enclosure", enclosures_of(item));
}

static void on_item(void *context, const struct reading_item *item)
{
	struct stream *stream = context;
	char id[32], usec[32];

	stream->count++;
	stream->last_seq = item->seq;
	if (!stream->is_ids) {
		json_array_append_new(stream->items, item_json(item));
		return;
	}
	snprintf(id, sizeof(id), "%lld", (long long)item->id);
	snprintf(usec, sizeof(usec), "%lld", (long long)item->arrived_at * 1000000);
	json_array_append_new(stream->items,
		json_pack("{s:s, s:[], s:s}", "id", id, "directStreamIds", "timestampUsec", usec));
}

/* A stream that is asked for. In the request's arena, as all that it points to. */
struct streaming {
	struct reading_query query;
	const char *id;
	bool is_ids;
};

static void put_stream(const struct aside *aside)
{
	const struct streaming *s = aside->question;
	struct stream stream = {.items = json_array(), .is_ids = s->is_ids};
	char next[32];
	json_t *object;

	if (reading_items(aside->store, &s->query, clock_now(), on_item, &stream) != STATUS_OK) {
		json_decref(stream.items);
		web_say(aside->request, 503, "The store cannot be read now.\n");
		return;
	}
	object = s->is_ids ? json_pack("{s:o}", "itemRefs", stream.items)
			   : json_pack("{s:o, s:I, s:s, s:o}", "id", greader_text(s->id), "updated",
				     (json_int_t)clock_now(), "direction", "ltr", "items",
				     stream.items);
	if (s->query.limit && stream.count == s->query.limit) {
		snprintf(next, sizeof(next), "%lld", (long long)stream.last_seq);
		json_object_set_new(object, "continuation", json_string(next));
	}
	greader_give(aside->request, object);
}

static void give_stream(struct daemon *daemon, struct web_request *request, aside_give *give,
	const struct reading_query *query, const char *id, bool is_ids)
{
	struct streaming *s = arena_alloc(&request->arena, sizeof(*s));

	*s = (struct streaming){*query, id, is_ids};
	aside_answer(daemon, request, give, s);
}

/* A state as the Google Reader wrote it: read by its label. */
static void put_state(const char *name, struct buf *to)
{
	buf_printf(to,
		"<category term=\"" GREADER_STATE "%s\" scheme=\"http://www.google.com/reader/\" "
		"label=\"%s\"/>\n",
		name, name);
}

static void put_labels(const char *labels, struct buf *to)
{
	json_t *list = labels ? json_loads(labels, 0, NULL) : NULL, *label;
	size_t i;

	json_array_foreach(list, i, label)
	{
		buf_puts(to, "<category term=\"" GREADER_LABEL);
		put_xml(json_string_value(label), to);
		buf_puts(to, "\" scheme=\"http://www.google.com/reader/\" label=\"");
		put_xml(json_string_value(label), to);
		buf_puts(to, "\"/>\n");
	}
	json_decref(list);
}

static void put_attached(const struct reading_item *item, struct buf *to)
{
	json_t *list = enclosures_of(item), *one;
	const char *type;
	size_t i;

	json_array_foreach(list, i, one)
	{
		type = json_string_value(json_object_get(one, "type"));
		buf_puts(to, "<link rel=\"enclosure\" href=\"");
		put_xml(json_string_value(json_object_get(one, "href")), to);
		if (type) {
			buf_puts(to, "\" type=\"");
			put_xml(type, to);
		}
		buf_puts(to, "\"/>\n");
	}
	json_decref(list);
}

static void put_entry(void *context, const struct reading_item *item)
{
	int64_t published = item->published_at == DATE_NONE ? item->arrived_at : item->published_at;
	struct buf *to = context;
	char id[64], at[DATE_TEXT_BYTES];

	snprintf(id, sizeof(id), ITEM_PREFIX "%016llx", (unsigned long long)item->id);
	buf_puts(to, "<entry>\n");
	put_xml_element("id", id, to);
	put_xml_element("title", str_is_empty(item->title) ? "(no title)" : item->title, to);
	put_xml_element("published", date_format(published, at), to);
	put_xml_element("updated", at, to);
	buf_puts(to, "<link rel=\"alternate\" type=\"text/html\" href=\"");
	put_xml(item->url, to);
	buf_puts(to, "\"/>\n");
	put_attached(item, to);
	buf_puts(to, "<author>");
	put_xml_element("name", str_is_empty(item->author) ? item->feed_title : item->author, to);
	buf_puts(to, "</author>\n");
	if (item->is_read)
		put_state("read", to);
	if (item->is_starred)
		put_state("starred", to);
	put_labels(item->labels, to);
	buf_puts(to, "<content type=\"html\">");
	put_xml(item->html, to);
	buf_puts(to, "</content>\n</entry>\n");
}

static void put_atom(const struct aside *aside)
{
	const struct streaming *s = aside->question;
	struct web_request *request = aside->request;
	struct buf *to = &request->answer->body;
	char now[DATE_TEXT_BYTES];

	buf_puts(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	put_xml_element("id", s->id, to);
	put_xml_element("title", s->id, to);
	put_xml_element("updated", date_format(clock_now(), now), to);
	if (reading_items(aside->store, &s->query, clock_now(), put_entry, to) != STATUS_OK) {
		buf_clear(to);
		web_say(request, 503, "The store cannot be read now.\n");
		return;
	}
	buf_puts(to, "</feed>\n");
	request->answer->status = 200;
	request->answer->type = "application/atom+xml; charset=utf-8";
}

void greader_atom(struct daemon *daemon, struct web_request *request, const char *stream)
{
	struct reading_query query = {.want_text = true};

	read_bounds(request, STREAM_ITEMS, &query);
	if (!greader_read_stream(stream, &query))
		web_say(request, 404, "There is no such stream.\n");
	else
		give_stream(daemon, request, put_atom, &query, stream, false);
}

void greader_contents(struct daemon *daemon, struct web_request *request, const char *id)
{
	struct reading_query query = {.want_text = true};

	if (str_is_empty(id))
		id = GREADER_STATE "reading-list";
	read_bounds(request, STREAM_ITEMS, &query);
	if (!greader_read_stream(id, &query))
		web_say(request, 404, "There is no such stream.\n");
	else
		give_stream(daemon, request, put_stream, &query, id, false);
}

void greader_ids(struct daemon *daemon, struct web_request *request)
{
	const char *id = web_param(request, "s");
	struct reading_query query = {0};

	read_bounds(request, STREAM_IDS, &query);
	if (!id || !greader_read_stream(id, &query))
		web_say(request, 404, "There is no such stream.\n");
	else
		give_stream(daemon, request, put_stream, &query, id, true);
}

/* "tag:google.com,2005:reader/item/00000000000004d2", 16 figures of hex, or decimal. 0: none. */
static int64_t item_id(const char *said)
{
	bool is_hex = str_starts(said, ITEM_PREFIX);
	const char *figures = is_hex ? said + strlen(ITEM_PREFIX) : said;
	char *end;
	long long id;

	is_hex = is_hex || (strlen(figures) == 16 && figures[0] == '0');
	id = strtoll(figures, &end, is_hex ? 16 : 10);
	return *figures && *end == '\0' && id > 0 ? id : 0;
}

int64_t *greader_item_ids(struct web_request *request, size_t *count)
{
	int64_t *ids = arena_alloc(&request->arena, (request->param_count + 1) * sizeof(*ids));
	size_t i;

	*count = 0;
	for (i = 0; i < request->param_count; i++) {
		if (str_eq(request->params[i].name, "i") && item_id(request->params[i].value))
			ids[(*count)++] = item_id(request->params[i].value);
	}
	return ids;
}

void greader_items(struct daemon *daemon, struct web_request *request)
{
	struct reading_query query = {.want_text = true, .limit = STREAM_ITEMS};

	query.ids = greader_item_ids(request, &query.id_count);
	if (query.id_count > 0 && query.id_count <= STREAM_ITEMS)
		give_stream(
			daemon, request, put_stream, &query, GREADER_STATE "reading-list", false);
	else
		web_say(request, 400, "Items by i=ID were meant, a thousand at most.\n");
}
