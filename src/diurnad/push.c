/*
 * Hubs (WebSub): asked to tell of a feed's news, asked again before their word ends, and what they
 * tell is read like a body that was fetched. What was asked and granted is in the store.
 */
#include "diurnad/push.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/hubsign.h"
#include "diurnad/rhythm.h"
#include "store/push.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUSY = 32,       /* requests to hubs on their way */
	DELIVERIES = 32, /* that are read at once */
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	ANSWER_S = HOUR_S,    /* a hub asks back within this, or is asked again */
	DENIED_S = 7 * DAY_S, /* one that denied is asked again after this */
	LEASE_MIN_S = 300,
	LEASE_MAX_S = 30 * DAY_S,
	LEAVE_TRIES = 3, /* a subscription that cannot be cancelled ends by itself */
	CHALLENGE_BYTES = 4096,
	STORE_RETRY_S = 300,
};

/* A request to a hub on its way. */
struct ask {
	struct storeq_msg msg; /* first member */
	struct ask *next;      /* in daemon.asks */
	struct daemon *daemon;
	struct settings *settings;
	struct push_row row;
	char *callback; /* as configured */
	struct buf form;
	bool is_leaving;
	bool is_over; /* it was tried often enough */
	int64_t asked_at, due_at;
	struct fetch_response response;
};

/* What a hub brought, on its way to the store. */
struct delivery {
	struct storeq_msg msg; /* first member */
	struct delivery *next; /* in daemon.deliveries */
	struct daemon *daemon;
	struct push_row push;
	struct feed_row row;
	struct buf body;
	char *content_type;
	uint8_t hash[PUSH_HASH_BYTES];
	struct answer answer;
	struct push_delivery result; /* points into the above */
	struct poll_reply reply;
};

static const char *callback_base(const struct daemon *daemon)
{
	return daemon_config(daemon)->websub.callback;
}

void push_wake(struct daemon *daemon)
{
	daemon->push_due_at = 0;
	daemon_wake(daemon);
}

/* requests */

static void ask_free(struct ask *ask)
{
	struct ask **at = &ask->daemon->asks;

	while (*at != ask)
		at = &(*at)->next;
	*at = ask->next;
	ask->daemon->asks_busy--;
	push_row_finish(&ask->row);
	free(ask->callback);
	buf_finish(&ask->form);
	fetch_response_finish(&ask->response);
	settings_release(ask->settings);
	free(ask);
}

static void log_ask(const struct ask *ask)
{
	const char *url = log_visible(ask->row.feed_url), *hub = log_visible(ask->row.hub);
	long long id = (long long)ask->row.feed_id;
	char next[DATE_TEXT_BYTES];

	date_span(ask->due_at - clock_now(), next);
	if (ask->is_over)
		log_info("feed %lld %s: its hub %s is not asked any more", id, url, hub);
	else if (ask->response.outcome == POLL_OK)
		log_info("feed %lld %s: its hub %s was asked to %s", id, url, hub,
			ask->is_leaving ? "tell no longer" : "tell of news");
	else
		log_warning("feed %lld %s: its hub %s: %s; it is polled as before, the hub asked "
			    "again in %s",
			id, url, hub, log_visible(ask->response.error), next);
}

static void on_ask_recorded(struct storeq_msg *msg)
{
	struct ask *ask = (struct ask *)msg;
	struct daemon *daemon = ask->daemon;

	if (msg->status == STATUS_OK)
		log_ask(ask);
	else
		log_err("feed %lld: what its hub said is not stored: %s",
			(long long)ask->row.feed_id, status_text(msg->status));
	daemon->counters.hub_requests += !ask->is_over;
	daemon->counters.hub_failures += !ask->is_over && ask->response.outcome != POLL_OK;
	ask_free(ask);
	push_wake(daemon);
	if (msg->status != STATUS_OK)
		daemon->push_due_at = clock_now() + STORE_RETRY_S;
}

static enum status record_ask(struct storeq_context *context, struct storeq_msg *msg)
{
	struct ask *ask = (struct ask *)msg;
	bool is_taken = ask->response.outcome == POLL_OK;

	if (ask->is_over)
		return push_drop(context->store, ask->row.feed_id);
	return push_tried(context->store, ask->row.feed_id, ask->asked_at, ask->due_at,
		is_taken ? ask->callback : NULL, is_taken ? NULL : ask->response.error);
}

static void store_ask(struct ask *ask)
{
	ask->msg.work = record_ask;
	ask->msg.done = on_ask_recorded;
	ask->msg.bytes = sizeof(*ask);
	storeq_put(ask->daemon->storeq, &ask->msg);
}

/* An hour, two, four ..., a day at most, and a bit. */
static int64_t patience_s(const struct ask *ask)
{
	int64_t wait_s = ANSWER_S;
	int i;

	for (i = 0; i < ask->row.tries && wait_s < DAY_S; i++)
		wait_s *= 2;
	wait_s = wait_s > DAY_S ? DAY_S : wait_s;
	if (wait_s < ask->response.retry_after_s)
		wait_s = ask->response.retry_after_s;
	return wait_s + (int64_t)((double)wait_s / 8 * daemon_random());
}

static void on_asked(void *context, struct fetch_response *response)
{
	struct ask *ask = context;

	ask->response = *response;
	memset(response, 0, sizeof(*response));
	ask->due_at = clock_now() + patience_s(ask);
	store_ask(ask);
}

static void put_field(struct buf *form, const char *name, const char *value)
{
	const char *p;

	if (form->len)
		buf_putc(form, '&');
	buf_printf(form, "hub.%s=", name);
	for (p = value; *p; p++) {
		if (str_is_digit(*p) || (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
			strchr("-._~", *p))
			buf_putc(form, *p);
		else
			buf_printf(form, "%%%02X", (unsigned char)*p);
	}
}

/* Source: WebSub, 5.1. */
static void write_form(struct ask *ask)
{
	const struct config *config = daemon_config(ask->daemon);
	const char *base = config->websub.callback;
	char lease[24], *address;

	address = xasprintf("%s%swebsub/%s", base, str_ends(base, "/") ? "" : "/", ask->row.token);
	put_field(&ask->form, "mode", ask->is_leaving ? "unsubscribe" : "subscribe");
	put_field(&ask->form, "topic", ask->row.topic);
	put_field(&ask->form, "callback", address);
	if (!ask->is_leaving) {
		snprintf(lease, sizeof(lease), "%lld", (long long)config->websub.lease_s);
		put_field(&ask->form, "secret", ask->row.secret);
		put_field(&ask->form, "lease_seconds", lease);
	}
	ask->callback = xstrdup(base);
	free(address);
}

static bool is_asked(const struct daemon *daemon, int64_t feed_id)
{
	const struct ask *ask;

	for (ask = daemon->asks; ask; ask = ask->next) {
		if (ask->row.feed_id == feed_id)
			return true;
	}
	return false;
}

static void on_due(void *context, struct push_row *row)
{
	struct daemon *daemon = context;
	struct fetch_request request = {.kind = FETCH_HUB};
	struct ask *ask;

	if (daemon->asks_busy >= BUSY || is_asked(daemon, row->feed_id)) {
		push_row_finish(row);
		return;
	}
	ask = xcalloc(1, sizeof(*ask));
	ask->daemon = daemon;
	ask->settings = settings_use(daemon->settings);
	ask->row = *row;
	ask->next = daemon->asks;
	daemon->asks = ask;
	daemon->asks_busy++;
	ask->is_leaving = row->state == PUSH_LEAVING || !row->is_polled;
	ask->is_over = ask->is_leaving && row->tries >= LEAVE_TRIES;
	if (ask->is_over) {
		store_ask(ask);
		return;
	}
	write_form(ask);
	ask->asked_at = clock_now();
	request.url = ask->row.hub;
	request.form = buf_text(&ask->form);
	dispatch_submit(daemon->dispatch, &request, on_asked, ask);
}

void push_start_due(struct daemon *daemon, int64_t now)
{
	if (!callback_base(daemon) || !daemon->hears_hubs || now < daemon->push_due_at ||
		daemon->asks_busy >= BUSY)
		return;
	if (push_due(daemon->reader, now, on_due, daemon) != STATUS_OK)
		log_err("store: hubs to be asked cannot be read: %s", store_error(daemon->reader));
	/* What is on its way is due as long as it is not recorded, which wakes us. */
	daemon->push_due_at = daemon->asks_busy > 0 ? INT64_MAX : push_next_at(daemon->reader);
}

/* The configuration and the feeds are new. */
struct sync {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	char *callback; /* NULL: nobody listens */
};

static enum status work_sync(struct storeq_context *context, struct storeq_msg *msg)
{
	return push_sync(context->store, ((struct sync *)msg)->callback, clock_now());
}

static void on_synced(struct storeq_msg *msg)
{
	struct sync *sync = (struct sync *)msg;

	if (msg->status != STATUS_OK)
		log_err("store: hubs are not brought up to date: %s", status_text(msg->status));
	push_wake(sync->daemon);
	free(sync->callback);
	free(sync);
}

void push_configure(struct daemon *daemon)
{
	const char *base = callback_base(daemon);
	struct sync *sync;

	if (daemon->is_stopping || daemon->is_once)
		return;
	sync = xcalloc(1, sizeof(*sync));
	sync->daemon = daemon;
	sync->callback = base ? xstrdup(base) : NULL;
	sync->msg.work = work_sync;
	sync->msg.done = on_synced;
	storeq_put(daemon->storeq, &sync->msg);
}

/* the hub asks back */

struct verdict {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	struct web_request *request;
	enum { GRANTED, DENIED, DROPPED } kind;
	struct push_row row;
	int64_t at, until, due_at, next_at;
	const char *say; /* challenge or reason: the request's; NULL: nothing */
};

static enum status work_verdict(struct storeq_context *context, struct storeq_msg *msg)
{
	struct verdict *v = (struct verdict *)msg;

	switch (v->kind) {
	case GRANTED:
		return push_granted(context->store, v->row.feed_id, v->at, v->until, v->due_at);
	case DENIED:
		return push_denied(
			context->store, v->row.feed_id, v->at, v->say, v->due_at, &v->next_at);
	case DROPPED: break;
	}
	return push_drop(context->store, v->row.feed_id);
}

static void log_verdict(const struct verdict *v)
{
	const char *url = log_visible(v->row.feed_url), *hub = log_visible(v->row.hub);
	long long id = (long long)v->row.feed_id;
	char span[DATE_TEXT_BYTES];

	if (v->kind == GRANTED)
		log_info("feed %lld %s: its hub %s tells of news for %s", id, url, hub,
			date_span(v->until - v->at, span));
	else if (v->kind == DROPPED)
		log_info("feed %lld %s: its hub %s tells no longer", id, url, hub);
	else
		log_warning(
			"feed %lld %s: its hub %s does not want to tell of it%s%s; it is polled",
			id, url, hub, v->say ? ": " : "", v->say ? log_visible(v->say) : "");
}

static void on_verdict(struct storeq_msg *msg)
{
	struct verdict *v = (struct verdict *)msg;
	struct daemon *daemon = v->daemon;

	if (msg->status != STATUS_OK) {
		web_say(v->request, 503, "The store cannot be written now.\n");
	} else {
		log_verdict(v);
		web_say(v->request, 200, v->kind == DENIED || !v->say ? "" : v->say);
		daemon->counters.hub_grants += v->kind == GRANTED;
		daemon->counters.hub_denials += v->kind == DENIED;
		if (v->kind == DENIED)
			polls_hasten(daemon, v->row.feed_id, v->next_at);
	}
	web_answered(v->request);
	push_row_finish(&v->row);
	free(v);
	push_wake(daemon);
}

/* Renewed when three quarters to nine tenths of the time have passed. */
static void set_lease(struct verdict *v, const char *said)
{
	uint64_t lease_s = 0;

	if (!said || !str_to_u64(said, LEASE_MAX_S, &lease_s))
		lease_s = said && str_is_digit(*said)
				  ? LEASE_MAX_S
				  : (uint64_t)daemon_config(v->daemon)->websub.lease_s;
	if (lease_s < LEASE_MIN_S)
		lease_s = LEASE_MIN_S;
	v->until = v->at + (int64_t)lease_s;
	v->due_at = v->at + (int64_t)((double)lease_s * (0.75 + 0.15 * daemon_random()));
}

static void put_verdict(struct verdict *v)
{
	v->msg.work = work_verdict;
	v->msg.done = on_verdict;
	v->request->is_waiting = true;
	storeq_put(v->daemon->storeq, &v->msg);
}

/* Only what we asked for is confirmed. Source: WebSub, 5.2 and 5.3. */
static void answer_intent(struct daemon *daemon, struct web_request *request, struct push_row *row)
{
	const char *mode = web_param(request, "hub.mode");
	const char *topic = web_param(request, "hub.topic");
	const char *challenge = web_param(request, "hub.challenge");
	bool is_leaving = row->state == PUSH_LEAVING || !row->is_polled;
	struct verdict *v;

	if (!mode || !topic || !str_eq(topic, row->topic) ||
		(!str_eq(mode, "denied") &&
			(str_is_empty(challenge) || strlen(challenge) > CHALLENGE_BYTES))) {
		web_say(request, 404, "That was not asked for.\n");
		return;
	}
	if (!str_eq(mode, "denied") && !str_eq(mode, is_leaving ? "unsubscribe" : "subscribe")) {
		web_say(request, 404, "That was not asked for.\n");
		return;
	}
	v = xcalloc(1, sizeof(*v));
	v->daemon = daemon;
	v->request = request;
	v->row = *row;
	memset(row, 0, sizeof(*row));
	v->at = clock_now();
	v->say = challenge;
	if (str_eq(mode, "denied")) {
		v->kind = is_leaving ? DROPPED : DENIED;
		v->say = is_leaving ? NULL : web_param(request, "hub.reason");
		v->due_at = v->at + DENIED_S;
	} else if (is_leaving) {
		v->kind = DROPPED;
	} else {
		set_lease(v, web_param(request, "hub.lease_seconds"));
	}
	put_verdict(v);
}

/* deliveries */

static void delivery_free(struct delivery *delivery)
{
	struct delivery **at = &delivery->daemon->deliveries;

	while (*at != delivery)
		at = &(*at)->next;
	*at = delivery->next;
	delivery->daemon->deliveries_busy--;
	push_row_finish(&delivery->push);
	feed_row_finish(&delivery->row);
	buf_finish(&delivery->body);
	free(delivery->content_type);
	answer_finish(&delivery->answer);
	poll_reply_finish(&delivery->reply);
	free(delivery);
}

static void on_delivered(struct storeq_msg *msg)
{
	struct delivery *delivery = (struct delivery *)msg;
	struct daemon *daemon = delivery->daemon;
	const struct poll_reply *reply = &delivery->reply;
	const char *url = log_visible(delivery->row.url);
	long long id = (long long)delivery->row.id;
	size_t i;

	if (msg->status != STATUS_OK && msg->status != STATUS_NOT_FOUND) {
		log_err("feed %lld %s: what its hub brought is not stored: %s; it is polled", id,
			url, status_text(msg->status));
		polls_hasten(daemon, delivery->row.id, clock_now() + STORE_RETRY_S);
	} else if (msg->status == STATUS_OK && delivery->result.doc) {
		log_info("feed %lld %s: %d new, %d changed of %zu, brought by its hub", id, url,
			(int)reply->new_items, (int)reply->revised,
			delivery->answer.feed.entry_count);
		daemon->counters.items_new += (uint64_t)reply->new_items;
		daemon->counters.items_revised += (uint64_t)reply->revised;
		for (i = 0; i < reply->task_count; i++)
			pages_add(daemon, &delivery->reply.tasks[i]);
	}
	delivery_free(delivery);
	daemon_balance(daemon);
	daemon_wake(daemon);
}

static enum status work_delivery(struct storeq_context *context, struct storeq_msg *msg)
{
	struct delivery *delivery = (struct delivery *)msg;

	poll_reply_finish(&delivery->reply);
	return push_deliver(context->store, context->config, &delivery->result, &delivery->reply);
}

static void on_parsed(void *context, enum status status, struct answer *answer)
{
	struct delivery *delivery = context;
	struct push_delivery *result = &delivery->result;
	struct daemon *daemon = delivery->daemon;
	int64_t now = clock_now(), least;

	answer_finish(&delivery->answer);
	delivery->answer = *answer;
	answer_init(answer);
	result->feed_id = delivery->row.id;
	result->at = now;
	result->bytes = (int64_t)delivery->body.len;
	result->hash = delivery->hash;
	memcpy(result->pattern, delivery->row.pattern, sizeof(result->pattern));
	if (status == STATUS_OK && delivery->answer.status == STATUS_OK &&
		delivery->answer.kind == JOB_FEED) {
		result->doc = &delivery->answer.feed;
		rhythm_learn(result->pattern, result->doc, delivery->row.last_ok_at, now);
	} else {
		/* Signed, and no feed: it says at least that there is something to read. */
		least = delivery->row.last_poll_at + daemon_config(daemon)->min_interval_s;
		log_info("feed %lld %s: its hub brought what is no feed; it is polled",
			(long long)delivery->row.id, log_visible(delivery->row.url));
		polls_hasten(daemon, delivery->row.id, least > now ? least : now);
	}
	delivery->msg.work = work_delivery;
	delivery->msg.done = on_delivered;
	delivery->msg.bytes = sizeof(*delivery) + delivery->answer.feed.arena.total;
	buf_finish(&delivery->body);
	storeq_put(daemon->storeq, &delivery->msg);
	daemon_balance(daemon);
}

static void deliver(struct daemon *daemon, struct web_request *request, struct push_row *push)
{
	struct delivery *delivery = xcalloc(1, sizeof(*delivery));
	const char *type = web_header(request, "Content-Type");
	struct job job = {.kind = JOB_FEED, .entry_published = DATE_NONE};

	delivery->daemon = daemon;
	delivery->next = daemon->deliveries;
	daemon->deliveries = delivery;
	daemon->deliveries_busy++;
	delivery->push = *push;
	memset(push, 0, sizeof(*push));
	delivery->body = request->body;
	memset(&request->body, 0, sizeof(request->body));
	delivery->content_type = type ? xstrdup(type) : NULL;
	answer_init(&delivery->answer);
	daemon->counters.hub_deliveries++;
	daemon->counters.bytes += (uint64_t)delivery->body.len;
	if (EVP_Digest(buf_text(&delivery->body), delivery->body.len, delivery->hash, NULL,
		    EVP_sha256(), NULL) != 1)
		memset(delivery->hash, 0, sizeof(delivery->hash));
	if (memcmp(delivery->hash, delivery->push.last_hash, sizeof(delivery->hash)) == 0 ||
		feed_get(daemon->reader, delivery->push.feed_id, &delivery->row) != STATUS_OK) {
		delivery_free(delivery); /* the same again, or the feed has just left */
		return;
	}
	job.url = delivery->row.fetch_url ? delivery->row.fetch_url : delivery->row.url;
	job.content_type = delivery->content_type;
	job.body = buf_text(&delivery->body);
	job.body_len = delivery->body.len;
	parsers_submit(daemon->parsers, &job, on_parsed, delivery);
	daemon_balance(daemon);
}

struct rejection {
	struct storeq_msg msg; /* first member */
	int64_t feed_id;
};

static enum status work_rejection(struct storeq_context *context, struct storeq_msg *msg)
{
	return push_rejected(context->store, ((struct rejection *)msg)->feed_id);
}

static void on_rejected(struct storeq_msg *msg)
{
	free(msg);
}

/* Acknowledged as if it were right, and ignored. Source: WebSub, 7.1.1. */
static void reject(struct daemon *daemon, const struct push_row *row)
{
	struct rejection *rejection = xcalloc(1, sizeof(*rejection));

	log_warning("feed %lld %s: somebody brought what its hub has not signed; it is ignored",
		(long long)row->feed_id, log_visible(row->feed_url));
	daemon->counters.hub_rejected++;
	rejection->feed_id = row->feed_id;
	rejection->msg.work = work_rejection;
	rejection->msg.done = on_rejected;
	storeq_put(daemon->storeq, &rejection->msg);
}

static void answer_delivery(
	struct daemon *daemon, struct web_request *request, struct push_row *row)
{
	if (row->state == PUSH_LEAVING || row->state == PUSH_DENIED || !row->is_polled) {
		web_say(request, 410, "This is not subscribed to any more.\n");
	} else if (daemon->deliveries_busy >= DELIVERIES ||
		   storeq_bytes(daemon->storeq) > LIMIT_QUEUE_BYTES) {
		web_say(request, 503, "Too much at once; later, please.\n");
	} else {
		web_say(request, 202, "");
		if (hubsign_is_right(web_header(request, "X-Hub-Signature"), row->secret,
			    buf_text(&request->body), request->body.len))
			deliver(daemon, request, row);
		else
			reject(daemon, row);
	}
}

/* who comes to the callback */

static bool find(struct daemon *daemon, const struct web_request *request, struct push_row *row)
{
	const char *token = hubsign_token(request->path);

	return token && callback_base(daemon) && !daemon->is_stopping &&
	       push_find(daemon->reader, token, row) == STATUS_OK;
}

bool push_is_callback(const struct web_request *request)
{
	return hubsign_token(request->path) != NULL;
}

size_t push_admit(void *context, struct web_request *request)
{
	struct push_row row;

	if (!find(context, request, &row)) {
		web_say(request, 410, "This is not subscribed to any more.\n");
		return 0;
	}
	push_row_finish(&row);
	return LIMIT_PUSH_BYTES;
}

void push_answer(void *context, struct web_request *request)
{
	struct daemon *daemon = context;
	struct push_row row;

	if (daemon->is_stopping) {
		web_say(request, 503, "The daemon stops.\n");
	} else if (!find(daemon, request, &row)) {
		web_say(request, request->is_post ? 410 : 404, "This is not subscribed to.\n");
	} else {
		if (request->is_post)
			answer_delivery(daemon, request, &row);
		else
			answer_intent(daemon, request, &row);
		push_row_finish(&row);
	}
}

void push_free(struct daemon *daemon)
{
	while (daemon->asks)
		ask_free(daemon->asks);
	while (daemon->deliveries)
		delivery_free(daemon->deliveries);
}
