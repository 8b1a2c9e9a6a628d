/* Hubs ask back whether what they were asked for is what we want. */
#include "diurnad/push_inner.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"

#include <stdlib.h>
#include <string.h>

enum {
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	DENIED_S = 7 * DAY_S, /* one that denied is asked again after this */
	LEASE_MIN_S = 300,
	LEASE_MAX_S = 30 * DAY_S,
	CHALLENGE_BYTES = 4096,
	REASON_BYTES = 300, /* so much of it is kept */
};

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

/* NULL: it gave none. */
static const char *reason_of(struct web_request *request)
{
	const char *reason = web_param(request, "hub.reason");

	return reason ? arena_strndup(&request->arena, reason,
				utf8_cut(reason, strlen(reason), REASON_BYTES))
		      : NULL;
}

static void put_verdict(struct verdict *v)
{
	v->msg.work = work_verdict;
	v->msg.done = on_verdict;
	v->request->is_waiting = true;
	storeq_put(v->daemon->storeq, &v->msg);
}

void push_answer_intent(struct daemon *daemon, struct web_request *request, struct push_row *row)
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
		v->say = is_leaving ? NULL : reason_of(request);
		v->due_at = v->at + DENIED_S;
	} else if (is_leaving) {
		v->kind = DROPPED;
	} else {
		set_lease(v, web_param(request, "hub.lease_seconds"));
	}
	put_verdict(v);
}
