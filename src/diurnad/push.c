/*
 * Hubs (WebSub): asked to tell of a feed's news, asked again before their word ends, and what they
 * tell is read like a body that was fetched. What was asked and granted is in the store.
 */
#include "diurnad/push_inner.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/hubsign.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	BUSY = 32, /* requests to hubs on their way */
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	ANSWER_S = HOUR_S, /* a hub asks back within this, or is asked again */
	LEAVE_TRIES = 3,   /* a subscription that cannot be cancelled ends by itself */
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

static const char *callback_base(const struct daemon *daemon)
{
	return daemon_config(daemon)->websub.callback;
}

void push_wake(struct daemon *daemon)
{
	daemon->push_due_at = 0;
	daemon_wake(daemon);
}

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
		log_err("feed %lld: what its hub said is not stored: %s; the hub is asked again",
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
		log_err("store: hubs to be asked cannot be read: %s; `diurna check --store` looks at it",
			store_error(daemon->reader));
	/* What is on its way is due as long as it is not recorded, which wakes us. */
	daemon->push_due_at = daemon->asks_busy > 0 ? INT64_MAX : push_next_at(daemon->reader);
}

struct clock_change {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	int64_t back_s;
};

static enum status work_clock(struct storeq_context *context, struct storeq_msg *msg)
{
	return push_set_back(context->store, ((struct clock_change *)msg)->back_s);
}

static void on_clock_set(struct storeq_msg *msg)
{
	struct clock_change *change = (struct clock_change *)msg;

	if (msg->status != STATUS_OK)
		log_err("store: when hubs are to be asked again is not set back: %s; it may be late",
			status_text(msg->status));
	push_wake(change->daemon);
	free(change);
}

void push_set_clock_back(struct daemon *daemon, int64_t back_s)
{
	struct clock_change *change;

	if (!callback_base(daemon) || daemon->is_stopping)
		return;
	change = xcalloc(1, sizeof(*change));
	change->daemon = daemon;
	change->back_s = back_s;
	change->msg.work = work_clock;
	change->msg.done = on_clock_set;
	storeq_put(daemon->storeq, &change->msg);
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
		log_err("store: hubs are not brought up to date: %s; tried again with the next reload",
			status_text(msg->status));
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
			push_answer_delivery(daemon, request, &row);
		else
			push_answer_intent(daemon, request, &row);
		push_row_finish(&row);
	}
}

void push_free(struct daemon *daemon)
{
	while (daemon->asks)
		ask_free(daemon->asks);
	push_deliveries_free(daemon);
}
