#include "diurnad/greader.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"
#include "diurnad/greader_edit.h"
#include "edition/xml.h"
#include "store/reading.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STATE       "user/-/state/com.google/"
#define LABEL       "user/-/label/"
#define ITEM_PREFIX "tag:google.com,2005:reader/item/"

enum { STREAM_ITEMS = 1000, STREAM_IDS = 10000, STREAM_PRESET = 20, TOKEN_BYTES = 65 };

/* Worked out from the password: it lasts as long as that does, and needs no memory. */
static bool token_of(const struct config *config, char token[TOKEN_BYTES])
{
	char *password = web_password(config);
	struct buf text = {0};
	uint8_t hash[32];
	bool is_good = password && *password;
	size_t i;

	if (is_good) {
		buf_printf(&text, "diurna reader\n%s\n%s", config->web.user ? config->web.user : "",
			password);
		is_good =
			EVP_Digest(buf_text(&text), text.len, hash, NULL, EVP_sha256(), NULL) == 1;
	}
	for (i = 0; is_good && i < sizeof(hash); i++)
		snprintf(token + 2 * i, 3, "%02x", hash[i]);
	free(password);
	buf_finish(&text);
	return is_good;
}

static bool is_same(const char *a, const char *b)
{
	return a && b && strlen(a) == strlen(b) && CRYPTO_memcmp(a, b, strlen(a)) == 0;
}

void greader_give(struct web_request *request, json_t *object)
{
	char *text = json_dumps(object, JSON_COMPACT);

	json_decref(object);
	request->answer->status = text ? 200 : 500;
	request->answer->type = "application/json; charset=utf-8";
	buf_puts(&request->answer->body, text ? text : "");
	free(text);
}

void greader_login(const struct config *config, struct web_request *request)
{
	const char *user = web_param(request, "Email"), *said = web_param(request, "Passwd");
	char *password = web_password(config), token[TOKEN_BYTES], text[3 * TOKEN_BYTES + 20];
	bool is_in = is_same(said, password) && token_of(config, token) &&
		     (!config->web.user || str_eq(user, config->web.user));

	if (!is_in) {
		request->answer->is_guess = said != NULL;
		web_say(request, 403, "Error=BadAuthentication\n");
	} else if (str_eq(web_param(request, "output"), "json")) {
		greader_give(request,
			json_pack("{s:s, s:s, s:s}", "SID", token, "LSID", token, "Auth", token));
	} else {
		snprintf(text, sizeof(text), "SID=%s\nLSID=%s\nAuth=%s\n", token, token, token);
		web_say(request, 200, text);
	}
	free(password);
}

bool greader_is_let_in(const struct config *config, const struct web_request *request)
{
	const char *said = request->authorization;
	char token[TOKEN_BYTES];

	return said && str_istarts(said, "GoogleLogin auth=") && token_of(config, token) &&
	       is_same(said + strlen("GoogleLogin auth="), token);
}

static json_t *text(const char *value)
{
	json_t *string = value ? json_string(value) : NULL;

	return string ? string : json_string("");
}

static json_t *label_of(const char *section)
{
	char *id = xasprintf(LABEL "%s", section);
	json_t *label = json_pack("{s:o, s:o}", "id", text(id), "label", text(section));

	free(id);
	return label;
}

/* tag/list, subscription/list, unread-count */

struct feed_list {
	json_t *list;
	const char *last_section; /* a copy in arena */
	struct arena arena;
	int64_t unread, newest_at; /* of that section, and of all before it */
	int64_t all, all_newest_at;
};

static void on_subscription(void *context, const struct reading_feed *feed)
{
	struct feed_list *list = context;
	char id[32];

	snprintf(id, sizeof(id), "feed/%lld", (long long)feed->id);
	json_array_append_new(list->list,
		json_pack("{s:s, s:o, s:[o], s:o, s:o, s:o}", "id", id, "title", text(feed->title),
			"categories", label_of(feed->section), "url", text(feed->url), "htmlUrl",
			text(feed->site_url), "iconUrl", json_string("")));
}

static void on_tag(void *context, const struct reading_feed *feed)
{
	struct feed_list *list = context;
	char *id;

	if (str_eq(list->last_section, feed->section))
		return;
	list->last_section = arena_strdup(&list->arena, feed->section);
	id = xasprintf(LABEL "%s", feed->section);
	json_array_append_new(
		list->list, json_pack("{s:o, s:s}", "id", text(id), "type", "folder"));
	free(id);
}

static void add_count(struct feed_list *list, const char *id, int64_t count, int64_t newest_at)
{
	char usec[32];

	snprintf(usec, sizeof(usec), "%lld", (long long)newest_at * 1000000);
	json_array_append_new(
		list->list, json_pack("{s:o, s:I, s:s}", "id", text(id), "count", (json_int_t)count,
				    "newestItemTimestampUsec", usec));
}

static void end_section(struct feed_list *list)
{
	char *id;

	if (!list->last_section)
		return;
	id = xasprintf(LABEL "%s", list->last_section);
	add_count(list, id, list->unread, list->newest_at);
	free(id);
	list->unread = list->newest_at = 0;
}

static void on_count(void *context, const struct reading_feed *feed)
{
	struct feed_list *list = context;
	char id[32];

	if (!str_eq(list->last_section, feed->section)) {
		end_section(list);
		list->last_section = arena_strdup(&list->arena, feed->section);
	}
	snprintf(id, sizeof(id), "feed/%lld", (long long)feed->id);
	if (feed->unread > 0)
		add_count(list, id, feed->unread, feed->newest_at);
	list->unread += feed->unread;
	list->all += feed->unread;
	if (feed->newest_at > list->newest_at)
		list->newest_at = feed->newest_at;
	if (feed->newest_at > list->all_newest_at)
		list->all_newest_at = feed->newest_at;
}

static void give_feeds(struct daemon *daemon, struct web_request *request, const char *name,
	void (*on_feed)(void *, const struct reading_feed *))
{
	struct feed_list list = {.list = json_array()};
	json_t *object;

	if (on_feed == on_tag) {
		json_array_append_new(list.list, json_pack("{s:s}", "id", STATE "starred"));
		json_array_append_new(list.list, json_pack("{s:s}", "id", STATE "reading-list"));
	}
	if (reading_feeds(daemon->reader, clock_now(), on_feed, &list) != STATUS_OK) {
		json_decref(list.list);
		web_say(request, 503, "The store cannot be read now.\n");
	} else if (on_feed == on_count) {
		end_section(&list);
		add_count(&list, STATE "reading-list", list.all, list.all_newest_at);
		object = json_pack("{s:I, s:o}", "max", (json_int_t)1000000, name, list.list);
		greader_give(request, object);
	} else {
		greader_give(request, json_pack("{s:o}", name, list.list));
	}
	arena_finish(&list.arena);
}

static void give_subscriptions(struct daemon *daemon, struct web_request *request)
{
	give_feeds(daemon, request, "subscriptions", on_subscription);
}

static void give_tags(struct daemon *daemon, struct web_request *request)
{
	give_feeds(daemon, request, "tags", on_tag);
}

static void give_counts(struct daemon *daemon, struct web_request *request)
{
	give_feeds(daemon, request, "unreadcounts", on_count);
}

/* streams */

/* "feed/12", "user/-/label/Europe", a state; the user may be a number. False: none of these. */
static bool read_stream(const char *id, struct reading_query *query)
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
		query->section = slash + strlen("/label/");
	else if (str_eq(slash, "/state/com.google/starred"))
		query->only_starred = true;
	else if (str_eq(slash, "/state/com.google/read"))
		query->only_read = true;
	else if (!str_eq(slash, "/state/com.google/reading-list"))
		return false;
	return true;
}

static int64_t number_of(const struct web_request *request, const char *name)
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

	query->limit = number_of(request, "n");
	if (query->limit < 1)
		query->limit = STREAM_PRESET;
	if (query->limit > most)
		query->limit = most;
	query->since = number_of(request, "ot");
	query->until = number_of(request, "nt");
	query->before_seq = number_of(request, "c");
	query->is_oldest_first = str_eq(web_param(request, "r"), "o");
	for (param = request->params; param < request->params + request->param_count; param++) {
		bool is_with = str_eq(param->name, "it");

		if (!is_with && !str_eq(param->name, "xt"))
			continue;
		if (str_ends(param->value, "/state/com.google/read"))
			*(is_with ? &query->only_read : &query->only_unread) = true;
		else if (str_ends(param->value, "/state/com.google/starred"))
			*(is_with ? &query->only_starred : &query->only_unstarred) = true;
	}
}

struct stream {
	json_t *items;
	int64_t count, last_seq;
	bool is_ids;
};

static json_t *categories_of(const struct reading_item *item)
{
	json_t *list = json_array();
	char *label = xasprintf(LABEL "%s", item->section);

	json_array_append_new(list, json_string(STATE "reading-list"));
	json_array_append_new(list, text(label));
	if (item->is_read)
		json_array_append_new(list, json_string(STATE "read"));
	if (item->is_starred)
		json_array_append_new(list, json_string(STATE "starred"));
	free(label);
	return list;
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
			 "s:{s:s, s:o}, s:{s:s, s:o, s:o}}",
		"id", id, "crawlTimeMsec", msec, "timestampUsec", usec, "published",
		(json_int_t)published, "updated", (json_int_t)published, "title", text(item->title),
		"author", text(item->author), "canonical", "href", text(item->url), "alternate",
		"href", text(item->url), "type", "text/html", "categories", categories_of(item),
		"summary", "direction", "ltr", "content", text(item->html), "origin", "streamId",
		feed, "title", text(item->feed_title), "htmlUrl", text(item->site_url));
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

/* A stream on its way: it may take long, so it is read beside the loop. */
struct streaming {
	struct readq_msg msg; /* first member */
	struct web_request *request;
	struct reading_query query; /* strings are the request's */
	int64_t *ids;               /* of query; NULL: none */
	const char *id;             /* likewise the request's, or constant */
	bool is_ids;
};

static void read_stream_of(struct store *store, struct readq_msg *msg)
{
	const struct streaming *s = (const struct streaming *)msg;
	struct stream stream = {.items = json_array(), .is_ids = s->is_ids};
	char next[32];
	json_t *object;

	if (reading_items(store, &s->query, clock_now(), on_item, &stream) != STATUS_OK) {
		json_decref(stream.items);
		web_say(s->request, 503, "The store cannot be read now.\n");
		return;
	}
	object = s->is_ids ? json_pack("{s:o}", "itemRefs", stream.items)
			   : json_pack("{s:o, s:I, s:s, s:o}", "id", text(s->id), "updated",
				     (json_int_t)clock_now(), "direction", "ltr", "items",
				     stream.items);
	if (s->query.limit && stream.count == s->query.limit) {
		snprintf(next, sizeof(next), "%lld", (long long)stream.last_seq);
		json_object_set_new(object, "continuation", json_string(next));
	}
	greader_give(s->request, object);
}

static void on_streamed(struct readq_msg *msg)
{
	struct streaming *s = (struct streaming *)msg;
	struct web_request *request = s->request;

	if (!msg->is_done)
		web_say(request, 503, "The daemon stops.\n");
	free(s->ids);
	free(s);
	if (request->is_waiting)
		web_answered(request);
}

/* The ids of query, if it has some, are given away. */
static void give_stream(struct daemon *daemon, struct web_request *request,
	const struct reading_query *query, int64_t *ids, const char *id, bool is_ids)
{
	struct streaming *s = xcalloc(1, sizeof(*s));

	s->msg.work = read_stream_of;
	s->msg.done = on_streamed;
	s->request = request;
	s->query = *query;
	s->ids = ids;
	s->id = id;
	s->is_ids = is_ids;
	request->is_waiting = daemon->readq != NULL;
	readq_put(daemon->readq, daemon->reader, &s->msg);
}

/* A state as the Google Reader wrote it: read by its label. */
static void put_state(const char *name, struct buf *to)
{
	buf_printf(to,
		"<category term=\"" STATE "%s\" scheme=\"http://www.google.com/reader/\" "
		"label=\"%s\"/>\n",
		name, name);
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
	buf_puts(to, "\"/>\n<author>");
	put_xml_element("name", str_is_empty(item->author) ? item->feed_title : item->author, to);
	buf_puts(to, "</author>\n");
	if (item->is_read)
		put_state("read", to);
	if (item->is_starred)
		put_state("starred", to);
	buf_puts(to, "<content type=\"html\">");
	put_xml(item->html, to);
	buf_puts(to, "</content>\n</entry>\n");
}

void greader_atom(struct daemon *daemon, struct web_request *request, const char *stream)
{
	struct reading_query query = {.want_text = true};
	struct buf *to = &request->answer->body;
	char now[DATE_TEXT_BYTES];

	read_bounds(request, STREAM_ITEMS, &query);
	if (!read_stream(stream, &query)) {
		web_say(request, 404, "There is no such stream.\n");
		return;
	}
	buf_puts(to, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		     "<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	put_xml_element("id", stream, to);
	put_xml_element("title", stream, to);
	put_xml_element("updated", date_format(clock_now(), now), to);
	if (reading_items(daemon->reader, &query, clock_now(), put_entry, to) != STATUS_OK) {
		buf_clear(to);
		web_say(request, 503, "The store cannot be read now.\n");
		return;
	}
	buf_puts(to, "</feed>\n");
	request->answer->status = 200;
	request->answer->type = "application/atom+xml; charset=utf-8";
}

static void give_contents(struct daemon *daemon, struct web_request *request, const char *id)
{
	struct reading_query query = {.want_text = true};

	if (str_is_empty(id))
		id = STATE "reading-list";
	read_bounds(request, STREAM_ITEMS, &query);
	if (!read_stream(id, &query))
		web_say(request, 404, "There is no such stream.\n");
	else
		give_stream(daemon, request, &query, NULL, id, false);
}

static void give_ids(struct daemon *daemon, struct web_request *request)
{
	const char *id = web_param(request, "s");
	struct reading_query query = {0};

	read_bounds(request, STREAM_IDS, &query);
	if (!id || !read_stream(id, &query))
		web_say(request, 404, "There is no such stream.\n");
	else
		give_stream(daemon, request, &query, NULL, id, true);
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

static int64_t *item_ids(const struct web_request *request, size_t *count)
{
	int64_t *ids = xcalloc(request->param_count + 1, sizeof(*ids));
	size_t i;

	*count = 0;
	for (i = 0; i < request->param_count; i++) {
		if (str_eq(request->params[i].name, "i") && item_id(request->params[i].value))
			ids[(*count)++] = item_id(request->params[i].value);
	}
	return ids;
}

static void give_items(struct daemon *daemon, struct web_request *request)
{
	struct reading_query query = {.want_text = true, .limit = STREAM_ITEMS};
	int64_t *ids = item_ids(request, &query.id_count);

	query.ids = ids;
	if (query.id_count > 0 && query.id_count <= STREAM_ITEMS) {
		give_stream(daemon, request, &query, ids, STATE "reading-list", false);
		return;
	}
	web_say(request, 400, "Items by i=ID were meant, a thousand at most.\n");
	free(ids);
}

/* marks: on the store thread; the answer waits until they are there */

struct marking {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	struct web_request *request;
	bool wants[MARK_NONE];
	int64_t *ids;
	size_t count;
	bool is_all;                /* what query finds is read */
	struct reading_query query; /* strings are the request's */
	int64_t now;
};

static enum status mark(struct storeq_context *context, struct storeq_msg *msg)
{
	struct marking *marking = (struct marking *)msg;
	enum status status = STATUS_OK;
	int i;

	if (marking->is_all)
		return reading_mark_all(context->store, &marking->query, marking->now);
	for (i = 0; status == STATUS_OK && i < MARK_NONE; i++) {
		if (marking->wants[i])
			status = reading_mark(context->store, marking->ids, marking->count,
				(enum reading_mark)i, marking->now);
	}
	return status;
}

static void on_marked(struct storeq_msg *msg)
{
	struct marking *marking = (struct marking *)msg;

	if (msg->status == STATUS_OK)
		web_say(marking->request, 200, "OK");
	else
		web_say(marking->request, 503, "The store cannot be written now.\n");
	web_answered(marking->request);
	free(marking->ids);
	free(marking);
}

static void put_marking(struct daemon *daemon, struct web_request *request, struct marking *marking)
{
	marking->daemon = daemon;
	marking->request = request;
	marking->now = clock_now();
	marking->msg.bytes = sizeof(*marking) + marking->count * sizeof(*marking->ids);
	marking->msg.work = mark;
	marking->msg.done = on_marked;
	request->is_waiting = true;
	storeq_put(daemon->storeq, &marking->msg);
}

/* What a=STATE (is_add) or r=STATE asks for. MARK_NONE: a state that we do not keep. */
static enum reading_mark mark_of(const char *state, bool is_add)
{
	if (str_ends(state, "/state/com.google/read"))
		return is_add ? MARK_READ : MARK_UNREAD;
	if (str_ends(state, "/state/com.google/starred"))
		return is_add ? MARK_STARRED : MARK_UNSTARRED;
	if (str_ends(state, "/state/com.google/kept-unread") && is_add)
		return MARK_UNREAD;
	return MARK_NONE;
}

static void edit_tag(struct daemon *daemon, struct web_request *request)
{
	struct marking *marking = xcalloc(1, sizeof(*marking));
	bool wants_any = false;
	size_t i, labels = 0;

	marking->ids = item_ids(request, &marking->count);
	for (i = 0; i < request->param_count; i++) {
		const struct web_param *param = &request->params[i];
		bool is_add = str_eq(param->name, "a");
		enum reading_mark wanted;

		if (!is_add && !str_eq(param->name, "r"))
			continue;
		wanted = mark_of(param->value, is_add);
		if (wanted != MARK_NONE)
			marking->wants[wanted] = wants_any = true;
		labels += strstr(param->value, "/label/") != NULL;
	}
	if (marking->count > 0 && (wants_any || labels == 0)) {
		put_marking(daemon, request, marking);
		return;
	}
	web_say(request, 400,
		labels ? "Items have no labels here; read and starred were meant.\n"
		       : "i=ITEM, and a=STATE or r=STATE, were meant.\n");
	free(marking->ids);
	free(marking);
}

/*
 * Microseconds were meant, but clients send seconds, milliseconds and nanoseconds too: a number
 * says by its size which of them it is.
 */
static int64_t seconds_of(int64_t stamp)
{
	while (stamp > INT64_C(100000000000))
		stamp /= 1000;
	return stamp;
}

static void mark_all(struct daemon *daemon, struct web_request *request)
{
	struct marking *marking = xcalloc(1, sizeof(*marking));
	const char *id = web_param(request, "s");
	int64_t seen = seconds_of(number_of(request, "ts"));

	marking->is_all = true;
	/* What came later has not been seen. */
	marking->query.until = seen ? seen + 1 : 0;
	if (id && read_stream(id, &marking->query)) {
		put_marking(daemon, request, marking);
		return;
	}
	free(marking);
	web_say(request, 404, "There is no such stream.\n");
}

static void give_token(struct daemon *daemon, struct web_request *request)
{
	char token[TOKEN_BYTES];

	if (token_of(daemon_config(daemon), token))
		web_say(request, 200, token);
	else
		web_say(request, 403, "");
}

static void give_user(struct daemon *daemon, struct web_request *request)
{
	const char *user = daemon_config(daemon)->web.user;

	if (!user)
		user = "reader";
	greader_give(request, json_pack("{s:o, s:o, s:s, s:o}", "userId", text(user), "userName",
				      text(user), "userProfileId", "1", "userEmail", text(user)));
}

/* Settings of the client that older servers kept: none. */
static void give_prefs(struct daemon *daemon, struct web_request *request)
{
	(void)daemon;
	greader_give(request, json_pack("{s:[], s:{}}", "prefs", "streamprefs"));
}

/* Said wrong, it is from before the password changed; not every client says it. */
static bool has_bad_token(const struct config *config, struct web_request *request)
{
	const char *said = web_param(request, "T");
	char token[TOKEN_BYTES];

	if (str_is_empty(said) || (token_of(config, token) && is_same(said, token)))
		return false;
	web_say(request, 401, "Unauthorized\n");
	request->answer->name = "X-Reader-Google-Bad-Token";
	request->answer->value = "true";
	return true;
}

static const struct {
	const char *path;
	bool is_change; /* by POST */
	void (*answer)(struct daemon *daemon, struct web_request *request);
} calls[] = {
	{"token", false, give_token},
	{"user-info", false, give_user},
	{"tag/list", false, give_tags},
	{"subscription/list", false, give_subscriptions},
	{"unread-count", false, give_counts},
	{"stream/items/ids", false, give_ids},
	{"stream/items/contents", false, give_items},
	{"edit-tag", true, edit_tag},
	{"mark-all-as-read", true, mark_all},
	{"subscription/edit", true, greader_subscription},
	{"subscription/quickadd", true, greader_quickadd},
	{"rename-tag", true, greader_rename_tag},
	{"disable-tag", true, greader_disable_tag},
	{"preference/list", false, give_prefs},
	{"preference/stream/list", false, give_prefs},
};

void greader_answer(struct daemon *daemon, struct web_request *request, const char *path)
{
	static const char contents[] = "stream/contents";
	size_t i;

	if (str_starts(path, contents) &&
		(!path[strlen(contents)] || path[strlen(contents)] == '/')) {
		path += strlen(contents);
		give_contents(daemon, request, *path ? path + 1 : path);
		return;
	}
	for (i = 0; i < ARRAY_LEN(calls); i++) {
		if (!str_eq(calls[i].path, path))
			continue;
		if (calls[i].is_change && !request->is_post)
			web_say(request, 405, "POST was meant.\n");
		else if (!calls[i].is_change || !has_bad_token(daemon_config(daemon), request))
			calls[i].answer(daemon, request);
		return;
	}
	web_say(request, 404, "There is no such call.\n");
}
