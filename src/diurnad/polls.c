#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "diurnad/manners.h"
#include "diurnad/polls_inner.h"
#include "diurnad/push.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* What waits for an hour to be allowed is not all sent when it begins. */
enum { SKIP_SPREAD_S = 450 };
/* A document that the loop works out in a few milliseconds at most. */
enum { PREPARED_BYTES = 256 * 1024 };

static void share_finish(struct share *share)
{
	feed_row_finish(&share->row);
	poll_reply_finish(&share->reply);
}

void poll_free(struct poll *poll)
{
	struct feed *feed = poll->share.feed;
	size_t i;

	feed->poll = NULL;
	feed->is_busy = feed->is_forced = false;
	poll->daemon->polls_busy--;
	share_finish(&poll->share);
	for (i = 0; i < poll->twin_count; i++) {
		poll->twins[i].feed->is_busy = false;
		share_finish(&poll->twins[i]);
	}
	free(poll->twins);
	fetch_response_finish(&poll->response);
	answer_finish(&poll->answer);
	settings_release(poll->settings);
	free(poll);
}

/* 0 to 1. Chance that nobody has to be unable to guess. */
double daemon_random(void)
{
	static uint64_t state;
	uint64_t x;

	if (!state && getrandom(&state, sizeof(state), GRND_NONBLOCK) < 0)
		state = (uint64_t)clock_monotonic_ms();
	/* splitmix64 */
	x = state += 0x9e3779b97f4a7c15ULL;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9ULL;
	x = (x ^ x >> 27) * 0x94d049bb133111ebULL;
	return (double)((x ^ x >> 31) >> 11) / (double)(1ULL << 53);
}

/*
 * It is polled elsewhere from now on, perhaps where another feed is. Whole sites move at once: who
 * has met whom is found out once for all of them, long before one of them is polled again.
 */
static void move(struct poll *poll, const struct share *share)
{
	polls_set_place(poll->daemon, share->feed, share->result.fetch_url,
		config_feed(poll->settings->config, share->row.url));
	if (!poll->daemon->pair_at)
		poll->daemon->pair_at = clock_now() + POLLS_PAIR_S;
}

/* A feed rests, also after a new start. */
struct rest {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	int64_t feed_id, until;
};

static enum status record_rest(struct storeq_context *context, struct storeq_msg *msg)
{
	const struct rest *rest = (const struct rest *)msg;

	return feed_postpone(context->store, rest->feed_id, rest->until);
}

/* Where it was not stored it rests as long as the daemon runs. */
static void on_rest_recorded(struct storeq_msg *msg)
{
	daemon_wake(((struct rest *)msg)->daemon); /* a round may have waited for it */
	free(msg);
}

/* What it brought before this start; what has just come is in the store, too. */
static void recall(struct daemon *daemon, struct feed *feed, int64_t bytes, int64_t now)
{
	int64_t from, brought;

	if (poll_brought(daemon->reader, feed->id, ration_since(now), &from, &brought) ==
			STATUS_OK &&
		from)
		ration_recall(&feed->ration, from, brought - bytes);
}

void polls_count_bytes(struct daemon *daemon, int64_t feed_id, int64_t bytes)
{
	struct feed *feed = bytes > 0 ? polls_find(daemon, feed_id) : NULL;
	struct feed_row row = {0};
	char span[DATE_TEXT_BYTES];
	int64_t now = clock_now();
	struct rest *rest;

	if (feed && !feed->ration.from)
		recall(daemon, feed, bytes, now);
	if (!feed || !ration_take(&feed->ration, bytes, now) || daemon->is_stopping)
		return;
	rest = xcalloc(1, sizeof(*rest));
	rest->daemon = daemon;
	rest->feed_id = feed_id;
	rest->until = ration_rests_until(&feed->ration, now);
	rest->msg.work = record_rest;
	rest->msg.done = on_rest_recorded;
	rest->msg.bytes = sizeof(*rest);
	date_span(rest->until - now, span);
	storeq_put(daemon->storeq, &rest->msg);
	if (feed_get(daemon->reader, feed_id, &row) == STATUS_OK)
		log_warning(
			"feed %lld %s: it has brought more than %d MB in a day, it rests for %s",
			(long long)feed_id, log_visible(row.url), LIMIT_FEED_DAY_BYTES >> 20, span);
	feed_row_finish(&row);
}

static void on_share_recorded(struct poll *poll, struct share *share)
{
	struct daemon *daemon = poll->daemon;
	struct counters *counters = &daemon->counters;
	struct feed *feed = share->feed;
	size_t i;

	counters->items_new += (uint64_t)share->reply.new_items;
	counters->items_revised += (uint64_t)share->reply.revised;
	poll_say(poll, share);
	if (daemon->progress != PROGRESS_NONE)
		poll_show(share, daemon->progress);
	for (i = 0; i < share->reply.task_count; i++)
		pages_add(daemon, &share->reply.tasks[i]);
	if (share->row.last_ok_at == 0 && !feed->ration.from)
		feed->ration.from = clock_now(); /* never read before: there is nothing to recall */
	polls_count_bytes(daemon, feed->id, share->reply.bytes);
	if (share->reply.walks)
		walks_add(daemon, feed->id, share->result.at);
	if (share->reply.pushes)
		push_wake(daemon);
	if (share->reply.is_hub_silent)
		log_notice(
			"feed %lld %s: its hub did not tell of what is new, it is polled as before",
			(long long)feed->id, log_visible(share->row.url));
	if (share->result.state == FEED_ACTIVE && feed->is_wanted && !feed->leader)
		heap_set(&daemon->feeds_due, &feed->node,
			ration_poll_at(&feed->ration, clock_now(),
				share->reply.is_hub_silent ? share->result.normal_at
							   : share->result.next_at));
	if (share->result.fetch_url && !daemon->is_stopping)
		move(poll, share);
	control_polled(daemon, feed->id, share->row.url, &share->result, share->reply.new_items);
}

/* Stored: when is it due again, and which pages are to be read? */
static void on_recorded(struct storeq_msg *msg)
{
	struct poll *poll = (struct poll *)msg;
	struct daemon *daemon = poll->daemon;
	struct share *share = &poll->share;
	size_t i;

	if (msg->status != STATUS_OK) {
		log_err("feed %lld %s: not stored: %s, next try in 5 min",
			(long long)share->feed->id, log_visible(share->row.url),
			status_text(msg->status));
		heap_set(&daemon->feeds_due, &share->feed->node, clock_now() + 300);
		control_polled(daemon, share->feed->id, share->row.url, &share->result, 0);
	} else {
		daemon->counters.polls[share->result.outcome]++;
		daemon->counters.bytes += (uint64_t)poll->response.bytes;
		counters_request(&daemon->counters, &poll->response);
		on_share_recorded(poll, share);
		for (i = 0; i < poll->twin_count; i++)
			on_share_recorded(poll, &poll->twins[i]);
	}
	poll_free(poll);
	daemon_balance(daemon);
	daemon_wake(daemon);
}

static enum status record(struct storeq_context *context, struct storeq_msg *msg)
{
	struct poll *poll = (struct poll *)msg;
	struct share *share = &poll->share;
	enum status status;
	size_t i;

	poll_reply_finish(&share->reply);
	status = poll_record(context->store, context->config, &share->result, &share->reply);
	for (i = 0; i < poll->twin_count && status == STATUS_OK; i++) {
		share = &poll->twins[i];
		poll_reply_finish(&share->reply);
		status =
			poll_record(context->store, context->config, &share->result, &share->reply);
	}
	return status;
}

static void decide_share(struct poll *poll, struct share *share, const struct feed_doc *doc)
{
	const struct manners_time time = {clock_now(), poll->daemon->edition_due, daemon_random()};
	const struct config *config = poll->settings->config;

	manners_decide(&share->row, config, config_feed(config, share->row.url), &poll->response,
		doc, &time, &share->result);
	if (poll->response.outcome == POLL_OK || poll->response.outcome == POLL_NOT_MODIFIED)
		share->result.body_hash = poll->response.body.len ? poll->body_hash : NULL;
	/* What is only for us is nothing that a hub could tell. */
	if (!polls_is_common(config_feed(config, share->row.url)) || !share->feed->place)
		share->result.hub = NULL;
}

/* The store's thread has the most to do: what can be worked out here is. In a first document all is
 * new. */
static void prepare_entries(struct poll *poll, const struct feed_doc *doc)
{
	struct arena *arena = &poll->answer.feed.arena;

	if (!doc || arena->total > PREPARED_BYTES)
		return;
	poll->share.result.drafts = poll_drafts(doc, !poll->share.row.last_ok_at, arena);
	for (size_t i = 0; i < poll->twin_count; i++)
		poll->twins[i].result.drafts = poll->share.result.drafts;
}

/* Everything is known: decide and give it to the store. */
static void decide(struct poll *poll)
{
	struct daemon *daemon = poll->daemon;
	const struct feed_doc *doc = poll->response.outcome == POLL_OK ? &poll->answer.feed : NULL;
	size_t i;

	decide_share(poll, &poll->share, doc);
	for (i = 0; i < poll->twin_count; i++) {
		decide_share(poll, &poll->twins[i], doc);
		poll->twins[i].result.is_twin = true;
	}
	prepare_entries(poll, doc);
	poll->msg.work = record;
	poll->msg.done = on_recorded;
	poll->msg.bytes = sizeof(*poll) + poll->answer.feed.arena.total;
	buf_finish(&poll->response.body);
	storeq_put(daemon->storeq, &poll->msg);
	daemon_balance(daemon);
}

static void say(struct poll *poll, enum poll_outcome outcome, const char *why)
{
	size_t len = utf8_cut(why, strlen(why), sizeof(poll->response.error) - 1);

	poll->response.outcome = outcome;
	memcpy(poll->response.error, why, len);
	poll->response.error[len] = '\0';
}

static void on_parsed(void *context, enum status status, struct answer *answer)
{
	struct poll *poll = context;

	poll->answer = *answer;
	answer_init(answer);
	if (status != STATUS_OK)
		say(poll, POLL_PARSER_FAILED, status_text(status));
	else if (poll->answer.status != STATUS_OK || poll->answer.kind != JOB_FEED)
		say(poll, POLL_NOT_A_FEED,
			poll->answer.message ? poll->answer.message : NOT_A_FEED);
	decide(poll);
}

static void hash_body(const struct buf *body, uint8_t hash[32])
{
	if (EVP_Digest(buf_text(body), body->len, hash, NULL, EVP_sha256(), NULL) != 1)
		memset(hash, 0, 32);
}

static void parse(struct poll *poll)
{
	const struct job job = {
		.kind = JOB_FEED,
		.url = poll->response.final_url,
		.content_type = poll->response.content_type,
		.body = poll->response.body.data,
		.body_len = poll->response.body.len,
		.entry_published = DATE_NONE,
	};

	parsers_submit(poll->daemon->parsers, &job, on_parsed, poll);
	daemon_balance(poll->daemon);
}

/* The feed and those it is polled for, as they are now. NULL: not in the store any more. */
static struct poll *poll_new(struct daemon *daemon, struct feed *feed)
{
	struct poll *poll = xcalloc(1, sizeof(*poll));
	struct share *share;
	struct feed *twin;

	poll->daemon = daemon;
	poll->share.feed = feed;
	if (feed_get(daemon->reader, feed->id, &poll->share.row) != STATUS_OK) {
		log_err("feed %lld: cannot be read from the store: %s, next try in 5 min",
			(long long)feed->id, store_error(daemon->reader));
		heap_set(&daemon->feeds_due, &feed->node, clock_now() + 300);
		feed->is_busy = false;
		daemon->polls_busy--;
		free(poll);
		return NULL;
	}
	poll->settings = settings_use(daemon->settings);
	answer_init(&poll->answer);
	for (twin = feed->twins; twin; twin = twin->next_twin) {
		poll->twins =
			xreallocarray(poll->twins, poll->twin_count + 1, sizeof(*poll->twins));
		share = &poll->twins[poll->twin_count];
		memset(share, 0, sizeof(*share));
		if (feed_get(daemon->reader, twin->id, &share->row) != STATUS_OK)
			continue;
		share->feed = twin;
		twin->is_busy = true;
		poll->twin_count++;
		poll->is_new_to_some = poll->is_new_to_some || share->row.last_ok_at == 0;
	}
	return feed->poll = poll;
}

static void on_fetched(void *context, struct fetch_response *response)
{
	struct feed *feed = context;
	struct daemon *daemon = feed->daemon;
	struct poll *poll = feed->poll;

	if (!poll) {
		polls_on_batch(daemon, true);
		poll = poll_new(daemon, feed);
		polls_on_batch(daemon, false);
	}
	if (!poll)
		return;
	poll->response = *response;
	memset(response, 0, sizeof(*response));
	if (poll->response.outcome != POLL_OK) {
		decide(poll);
		return;
	}
	if (poll->response.body.len == 0) {
		say(poll, POLL_NOT_A_FEED, "an empty body");
		decide(poll);
		return;
	}
	hash_body(&poll->response.body, poll->body_hash);
	if (!poll->is_new_to_some &&
		memcmp(poll->body_hash, poll->share.row.body_hash, sizeof(poll->body_hash)) == 0) {
		poll->response.outcome = POLL_NOT_MODIFIED;
		decide(poll);
		return;
	}
	parse(poll);
}

void polls_on_batch(void *context, bool begins)
{
	struct daemon *daemon = context;

	/* One view of the store for all that are prepared: each read would take its locks again. */
	if (!begins && daemon->is_reading) {
		store_commit(daemon->reader);
		daemon->is_reading = false;
	}
}

/* Not in the hours and days that the feed excludes, also when it was due before them. */
static bool is_skipped_now(struct feed *feed, const struct feed_row *row)
{
	int64_t now = clock_now();
	int64_t allowed_at = manners_allowed_at(now, row->skip_hours, row->skip_days);

	if (allowed_at == now || feed->is_forced)
		return false;
	heap_set(&feed->daemon->feeds_due, &feed->node,
		allowed_at + (int64_t)(SKIP_SPREAD_S * daemon_random()));
	return true;
}

static bool prepare(void *context, struct fetch_request *request)
{
	struct feed *feed = context;
	struct daemon *daemon = feed->daemon;
	const struct feed_row *row;

	if (!daemon->is_reading)
		daemon->is_reading = store_begin_read(daemon->reader) == STATUS_OK;
	if (!feed->poll && !poll_new(daemon, feed))
		return false;
	row = &feed->poll->share.row;
	if (is_skipped_now(feed, row)) {
		poll_free(feed->poll);
		return false;
	}
	request->url = row->fetch_url ? row->fetch_url : row->url;
	request->settings = config_feed(feed->poll->settings->config, row->url);
	if (feed->poll->is_new_to_some)
		return true;
	request->etag = row->etag;
	request->last_modified = row->last_modified;
	request->validators_url = row->validators_url;
	request->validators_variant = row->validators_variant;
	return true;
}

static void start(struct daemon *daemon, struct feed *feed)
{
	heap_remove(&daemon->feeds_due, &feed->node);
	feed->is_busy = true;
	daemon->polls_busy++;
	dispatch_submit_feed(daemon->dispatch, feed->host, prepare, on_fetched, feed);
}

void polls_start_due(struct daemon *daemon, int64_t now)
{
	struct heap_node *node;

	polls_pair_due(daemon, now);
	while (!daemon->is_stopping && (node = heap_first(&daemon->feeds_due)) &&
		node->due_at <= now)
		start(daemon, (struct feed *)node);
}
