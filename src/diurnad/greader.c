#include "diurnad/greader.h"

#include "core/clock.h"
#include "core/mem.h"
#include "core/opml.h"
#include "core/str.h"
#include "diurnad/aside.h"
#include "diurnad/greader_edit.h"
#include "diurnad/greader_stream.h"
#include "store/labels.h"
#include "store/reading.h"
#include "store/sections.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TOKEN_BYTES = 65 };

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

json_t *greader_text(const char *value)
{
	json_t *string = value ? json_string(value) : NULL;

	return string ? string : json_string("");
}

const char *greader_label(const char *tag)
{
	const char *slash = tag && str_starts(tag, "user/") ? strchr(tag + 5, '/') : NULL;

	if (!slash || !str_starts(slash, "/label/") || !slash[strlen("/label/")])
		return NULL;
	return slash + strlen("/label/");
}

static json_t *label_of(const char *section)
{
	char *id = xasprintf(GREADER_LABEL "%s", section);
	json_t *label =
		json_pack("{s:o, s:o}", "id", greader_text(id), "label", greader_text(section));

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
		json_pack("{s:s, s:o, s:[o], s:o, s:o, s:o}", "id", id, "title",
			greader_text(feed->title), "categories", label_of(feed->section), "url",
			greader_text(feed->url), "htmlUrl", greader_text(feed->site_url), "iconUrl",
			json_string("")));
}

static void on_tag(void *context, const struct reading_feed *feed)
{
	struct feed_list *list = context;
	char *id;

	if (str_eq(list->last_section, feed->section))
		return;
	list->last_section = arena_strdup(&list->arena, feed->section);
	id = xasprintf(GREADER_LABEL "%s", feed->section);
	json_array_append_new(
		list->list, json_pack("{s:o, s:s}", "id", greader_text(id), "type", "folder"));
	free(id);
}

static void add_count(struct feed_list *list, const char *id, int64_t count, int64_t newest_at)
{
	char usec[32];

	snprintf(usec, sizeof(usec), "%lld", (long long)newest_at * 1000000);
	json_array_append_new(
		list->list, json_pack("{s:o, s:I, s:s}", "id", greader_text(id), "count",
				    (json_int_t)count, "newestItemTimestampUsec", usec));
}

static void end_section(struct feed_list *list)
{
	char *id;

	if (!list->last_section)
		return;
	id = xasprintf(GREADER_LABEL "%s", list->last_section);
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

static bool has_id(const json_t *list, const char *id)
{
	const json_t *one;
	size_t i;

	json_array_foreach((json_t *)list, i, one)
	{
		if (str_eq(json_string_value(json_object_get(one, "id")), id))
			return true;
	}
	return false;
}

/* A label that is called as a section is one with it, which stands there already. */
static void on_tag_label(void *context, const struct label *label)
{
	struct feed_list *list = context;
	char *id = xasprintf(GREADER_LABEL "%s", label->name);

	if (!has_id(list->list, id))
		json_array_append_new(
			list->list, json_pack("{s:o, s:s}", "id", greader_text(id), "type", "tag"));
	free(id);
}

static void on_count_label(void *context, const struct label *label)
{
	struct feed_list *list = context;
	char *id = xasprintf(GREADER_LABEL "%s", label->name);

	if (label->unread > 0 && !has_id(list->list, id))
		add_count(list, id, label->unread, label->newest_at);
	free(id);
}

/* What on_feed makes of all feeds, and on_label of all labels, under its name. */
static void give_feeds(const struct aside *aside, const char *name,
	void (*on_feed)(void *, const struct reading_feed *),
	void (*on_label)(void *, const struct label *))
{
	struct feed_list list = {.list = json_array()};
	enum status status;
	json_t *object;

	if (on_feed == on_tag) {
		json_array_append_new(list.list, json_pack("{s:s}", "id", GREADER_STATE "starred"));
		json_array_append_new(
			list.list, json_pack("{s:s}", "id", GREADER_STATE "reading-list"));
	}
	status = reading_feeds(aside->store, clock_now(), on_feed == on_count, on_feed, &list);
	if (on_feed == on_count)
		end_section(&list);
	if (status == STATUS_OK && on_label)
		status = labels_list(aside->store, clock_now(), on_label, &list);
	if (status != STATUS_OK) {
		json_decref(list.list);
		web_say(aside->request, 503, "The store cannot be read now.\n");
	} else if (on_feed == on_count) {
		add_count(&list, GREADER_STATE "reading-list", list.all, list.all_newest_at);
		object = json_pack("{s:I, s:o}", "max", (json_int_t)1000000, name, list.list);
		greader_give(aside->request, object);
	} else {
		greader_give(aside->request, json_pack("{s:o}", name, list.list));
	}
	arena_finish(&list.arena);
}

static void on_export(void *context, const struct reading_feed *feed)
{
	opml_add(context, feed->url, feed->title,
		str_eq(feed->section, SECTION_OTHER) ? NULL : feed->section);
}

static void put_opml(const struct aside *aside)
{
	struct web_answer *answer = aside->request->answer;
	struct opml opml;

	opml_init(&opml);
	if (reading_feeds(aside->store, clock_now(), false, on_export, &opml) == STATUS_OK) {
		opml_text(&opml, &answer->body);
		answer->status = 200;
		answer->type = "text/x-opml; charset=utf-8";
	} else {
		web_say(aside->request, 503, "The store cannot be read now.\n");
	}
	opml_finish(&opml);
}

static void give_opml(struct daemon *daemon, struct web_request *request)
{
	aside_answer(daemon, request, put_opml, NULL);
}

static void put_subscriptions(const struct aside *aside)
{
	give_feeds(aside, "subscriptions", on_subscription, NULL);
}

static void put_tags(const struct aside *aside)
{
	give_feeds(aside, "tags", on_tag, on_tag_label);
}

static void put_counts(const struct aside *aside)
{
	give_feeds(aside, "unreadcounts", on_count, on_count_label);
}

static void give_subscriptions(struct daemon *daemon, struct web_request *request)
{
	aside_answer(daemon, request, put_subscriptions, NULL);
}

static void give_tags(struct daemon *daemon, struct web_request *request)
{
	aside_answer(daemon, request, put_tags, NULL);
}

static void give_counts(struct daemon *daemon, struct web_request *request)
{
	aside_answer(daemon, request, put_counts, NULL);
}

/* marks: on the store thread; the answer waits until they are there */

struct marking {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	struct web_request *request;
	bool wants[MARK_NONE];
	const char **put, **taken; /* labels; these and the ids are the request's */
	size_t put_count, taken_count;
	int64_t *ids;
	size_t count;
	bool is_all;                /* what query finds is read */
	struct reading_query query; /* strings are the request's */
	int64_t now;
};

static enum status mark_labels(struct store *store, const struct marking *marking, int64_t id)
{
	enum status status = STATUS_OK;
	size_t i;

	for (i = 0; status == STATUS_OK && i < marking->put_count; i++)
		status = label_put(store, id, marking->put[i], marking->now);
	for (i = 0; status == STATUS_OK && i < marking->taken_count; i++)
		status = label_take(store, id, marking->taken[i]);
	return status;
}

static enum status mark(struct storeq_context *context, struct storeq_msg *msg)
{
	struct marking *marking = (struct marking *)msg;
	enum status status = STATUS_OK;
	size_t i;

	if (marking->is_all)
		return reading_mark_all(context->store, &marking->query, marking->now);
	for (i = 0; status == STATUS_OK && i < MARK_NONE; i++) {
		if (marking->wants[i])
			status = reading_mark(context->store, marking->ids, marking->count,
				(enum reading_mark)i, marking->now);
	}
	for (i = 0; status == STATUS_OK && i < marking->count; i++)
		status = mark_labels(context->store, marking, marking->ids[i]);
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

/* a=TAG and r=TAG of the request. False: refused, and said. */
static bool read_marks(struct web_request *request, struct marking *marking)
{
	size_t i, most = request->param_count * sizeof(*marking->put);

	marking->put = arena_alloc(&request->arena, most);
	marking->taken = arena_alloc(&request->arena, most);
	for (i = 0; i < request->param_count; i++) {
		const struct web_param *param = &request->params[i];
		bool is_add = str_eq(param->name, "a");
		const char *label = greader_label(param->value);
		enum reading_mark wanted = mark_of(param->value, is_add);

		if (!is_add && !str_eq(param->name, "r"))
			continue;
		if (label && is_add && !label_is_good(label)) {
			web_say(request, 400, "That is no label; " LABEL_MEANT ".\n");
			return false;
		}
		if (label && is_add)
			marking->put[marking->put_count++] = label;
		else if (label)
			marking->taken[marking->taken_count++] = label;
		else if (wanted != MARK_NONE)
			marking->wants[wanted] = true;
	}
	return true;
}

static void edit_tag(struct daemon *daemon, struct web_request *request)
{
	struct marking *marking = xcalloc(1, sizeof(*marking));

	marking->ids = greader_item_ids(request, &marking->count);
	if (marking->count == 0)
		web_say(request, 400, "i=ITEM, and a=TAG or r=TAG, were meant.\n");
	else if (read_marks(request, marking)) {
		put_marking(daemon, request, marking);
		return;
	}
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
	int64_t seen = seconds_of(greader_number(request, "ts"));

	marking->is_all = true;
	/* What came later has not been seen. */
	marking->query.until = seen ? seen + 1 : 0;
	if (id && greader_read_stream(id, &marking->query)) {
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
	greader_give(request,
		json_pack("{s:o, s:o, s:s, s:o}", "userId", greader_text(user), "userName",
			greader_text(user), "userProfileId", "1", "userEmail", greader_text(user)));
}

/* Settings of the client that older servers kept: none. */
static void give_prefs(struct daemon *daemon, struct web_request *request)
{
	(void)daemon;
	greader_give(request, json_pack("{s:[], s:{}}", "prefs", "streamprefs"));
}

/*
 * Said wrong, it is from before the password changed. Not every client says it, some have it empty
 * or "x"; the header of each request, which no web page can send for a person, is what counts.
 */
static bool has_bad_token(const struct config *config, struct web_request *request)
{
	const char *said = web_param(request, "T");
	char token[TOKEN_BYTES];

	if (str_is_empty(said) || str_eq(said, "x") ||
		(token_of(config, token) && is_same(said, token)))
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
	{"stream/items/ids", false, greader_ids},
	{"stream/items/contents", false, greader_items},
	{"edit-tag", true, edit_tag},
	{"mark-all-as-read", true, mark_all},
	{"subscription/export", false, give_opml},
	{"subscription/import", true, greader_import},
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
		greader_contents(daemon, request, *path ? path + 1 : path);
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
