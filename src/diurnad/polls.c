#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/hash.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/utf8.h"
#include "diurnad/manners.h"
#include "diurnad/push.h"
#include "diurnad/weburl.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#define NOT_A_FEED "not a feed"

/* What waits for an hour to be allowed is not all sent when it begins. */
enum { SKIP_SPREAD_S = 450 };
enum { FAILURE_BYTES = 320 };
/* A document that the loop works out in a few milliseconds at most. */
enum { PREPARED_BYTES = 256 * 1024 };
/* So long after a feed has moved it is looked whether it is where another one is. */
enum { PAIR_S = 10 };

/* What a poll means for one feed. */
struct share {
	struct feed *feed;
	struct feed_row row;       /* as it was when the request was made */
	struct poll_result result; /* points into row, response, answer */
	struct poll_reply reply;
};

/* One poll on its way, from the request to the store and back. */
struct poll {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	struct settings *settings;
	struct share share;  /* of the feed that is polled */
	struct share *twins; /* of feeds at the same place */
	size_t twin_count;
	struct fetch_response response;
	struct answer answer;
	uint8_t body_hash[32];
	bool is_new_to_some; /* a twin has had nothing yet: all of it is asked for */
};

static void share_finish(struct share *share)
{
	feed_row_finish(&share->row);
	poll_reply_finish(&share->reply);
}

static void poll_free(struct poll *poll)
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

/* The same failure again is no news, and what was not asked stands in its host's line. */
static enum log_level level_of(const struct poll *poll, const struct share *share)
{
	bool is_repeat = share->row.failures > 0 && share->row.outcome == share->result.outcome &&
			 share->row.http_status == share->result.http_status;

	return poll->response.final_url && !is_repeat ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;
}

static void log_recovery(const struct share *share)
{
	char span[DATE_TEXT_BYTES];

	if (share->row.failing_since > 0 && share->result.failing_since == 0)
		log_notice("feed %lld %s: works again, after %s", (long long)share->row.id,
			log_visible(share->row.url),
			date_span(share->result.at - share->row.failing_since, span));
}

/* "HTTP 404, it is not there", "took too long: no answer in time (of 60 s)" */
static void failure_text(const struct poll_result *result, char text[FAILURE_BYTES])
{
	const char *why = result->error;
	char outcome[64];

	poll_outcome_text(result->outcome, result->http_status, outcome);
	if (!why || str_eq(why, NOT_A_FEED))
		snprintf(text, FAILURE_BYTES, "%s", outcome);
	else if (str_starts(why, outcome))
		snprintf(text, FAILURE_BYTES, "%s", log_visible(why));
	else
		snprintf(text, FAILURE_BYTES, "%s: %s", outcome, log_visible(why));
}

/* Entries came and went since the poll before. */
static void log_gap(const struct poll *poll, const struct share *share)
{
	const char *url = log_visible(share->row.url);
	long long id = (long long)share->row.id;
	size_t count = poll->answer.feed.entry_count;

	if (share->reply.is_gap && share->reply.why)
		log_warning(
			"feed %lld %s: none of its %zu entries is known, some before them may be "
			"missing: %s",
			id, url, count, share->reply.why);
	else if (share->reply.is_gap)
		log_info("feed %lld %s: none of its %zu entries is known, older documents are read",
			id, url, count);
}

/* "feed 12 https://...: 3 new, 0 changed of 20, next in 1 h" */
static void log_poll(const struct poll *poll, const struct share *share)
{
	const struct poll_result *result = &share->result;
	long long id = (long long)share->row.id;
	const char *url;
	char text[FAILURE_BYTES], next[DATE_TEXT_BYTES];

	log_recovery(share);
	if (!log_is_on(LOG_LEVEL_INFO) &&
		(result->outcome == POLL_OK || result->outcome == POLL_NOT_MODIFIED))
		return;
	url = log_visible(share->row.url);
	failure_text(result, text);
	date_span(result->next_at - result->at, next);
	if (result->state == FEED_GONE)
		log_warning("feed %lld %s: gone (410), not polled any more; `diurna unsubscribe` "
			    "takes it out of the list, subscribing again polls it",
			id, url);
	else if (result->outcome == POLL_OK)
		log_info("feed %lld %s: %d new, %d changed of %zu, next in %s", id, url,
			(int)share->reply.new_items, (int)share->reply.revised,
			poll->answer.feed.entry_count, next);
	else if (result->outcome == POLL_NOT_MODIFIED)
		log_info("feed %lld %s: not modified, next in %s", id, url, next);
	else if (result->outcome == POLL_LIMITED && result->http_status == 0)
		log_info("feed %lld %s: not asked, its host is paused, next try in %s", id, url,
			next);
	else
		log_at(level_of(poll, share), "feed %lld %s: %s, failure %d, next try in %s", id,
			url, text, (int)result->failures, next);
	log_gap(poll, share);
	if (result->fetch_url && !str_eq(result->fetch_url, share->row.fetch_url))
		log_notice("feed %lld %s: moved for good, polled at %s from now on", id, url,
			log_visible(result->fetch_url));
}

static void show_progress(const struct share *share, enum progress progress)
{
	const struct poll_result *result = &share->result;
	char text[64];
	json_t *object;

	if (progress == PROGRESS_JSON) {
		object = control_poll_json(share->row.url, result, share->reply.new_items);
		json_dumpf(object, stdout, JSON_COMPACT);
		json_decref(object);
		putchar('\n');
	} else {
		poll_outcome_text(result->outcome, result->http_status, text);
		printf("%-16s %3d new  %s\n", text, (int)share->reply.new_items,
			log_visible(share->row.url));
	}
	fflush(stdout);
}

static void set_place(struct daemon *daemon, struct feed *feed, const char *url,
	const struct config_feed *settings);

/*
 * It is polled elsewhere from now on, perhaps where another feed is. Whole sites move at once: who
 * has met whom is found out once for all of them, long before one of them is polled again.
 */
static void move(struct poll *poll, const struct share *share)
{
	set_place(poll->daemon, share->feed, share->result.fetch_url,
		config_feed(poll->settings->config, share->row.url));
	if (!poll->daemon->pair_at)
		poll->daemon->pair_at = clock_now() + PAIR_S;
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
	log_poll(poll, share);
	if (daemon->progress != PROGRESS_NONE)
		show_progress(share, daemon->progress);
	for (i = 0; i < share->reply.task_count; i++)
		pages_add(daemon, &share->reply.tasks[i]);
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

/* Who asks for something else than everybody gets is asked for alone. */
static bool is_common(const struct config_feed *settings)
{
	return !settings ||
	       (!settings->user && !settings->password_file && !settings->cookie_file &&
		       !settings->header_count && !settings->proxy && !settings->user_agent);
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
	if (!is_common(config_feed(config, share->row.url)) || !share->feed->place)
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

static void pair_feeds(struct daemon *daemon);

void polls_start_due(struct daemon *daemon, int64_t now)
{
	struct heap_node *node;

	/* The second: a clock that was set back. */
	if (daemon->pair_at && (daemon->pair_at <= now || daemon->pair_at > now + PAIR_S))
		pair_feeds(daemon);
	while (!daemon->is_stopping && (node = heap_first(&daemon->feeds_due)) &&
		node->due_at <= now)
		start(daemon, (struct feed *)node);
}

static int by_id(const void *a, const void *b)
{
	int64_t x = (*(struct feed *const *)a)->id, y = (*(struct feed *const *)b)->id;

	return (x > y) - (x < y);
}

static struct feed *find(const struct daemon *daemon, size_t count, int64_t id)
{
	struct feed key = {.id = id}, *pointer = &key, **found;

	found = count ? bsearch(&pointer, daemon->feeds, count, sizeof(*daemon->feeds), by_id)
		      : NULL;
	return found ? *found : NULL;
}

struct load {
	struct daemon *daemon;
	int64_t now;
	size_t known; /* feeds that were there before, sorted */
	size_t space;
};

static void on_feed(void *context, const struct feed_brief *brief)
{
	struct load *load = context;
	struct daemon *daemon = load->daemon;
	struct feed *feed = find(daemon, load->known, brief->id);

	if (!feed) {
		feed = xcalloc(1, sizeof(*feed));
		feed->daemon = daemon;
		feed->id = brief->id;
		if (daemon->feed_count >= load->space) {
			load->space = load->space ? load->space * 2 : 64;
			daemon->feeds =
				xreallocarray(daemon->feeds, load->space, sizeof(*daemon->feeds));
		}
		daemon->feeds[daemon->feed_count++] = feed;
	}
	feed->is_wanted = true;
	set_place(daemon, feed, brief->fetch_url, config_feed(daemon_config(daemon), brief->url));
	/* Polled in the future: the clock was wrong then, and so is the time of the next poll. */
	if (!feed->is_busy)
		heap_set(&daemon->feeds_due, &feed->node,
			brief->last_poll_at > load->now ? load->now : brief->next_at);
}

static void set_place(struct daemon *daemon, struct feed *feed, const char *url,
	const struct config_feed *settings)
{
	struct host *before = feed->host;
	struct weburl weburl;

	feed->host = dispatch_use_host(daemon->dispatch, url);
	dispatch_release_host(before);
	feed->place = 0;
	if (is_common(settings) && weburl_init(&weburl, url)) {
		/* 0 is for those without one */
		feed->place = weburl.user ? 0 : hash_text(weburl.url) | 1;
		weburl_finish(&weburl);
	}
}

static int by_place(const void *a, const void *b)
{
	const struct feed *x = *(struct feed *const *)a, *y = *(struct feed *const *)b;

	if (x->place != y->place)
		return x->place < y->place ? -1 : 1;
	return (x->id > y->id) - (x->id < y->id);
}

/* Feeds at one place are polled once, by the one that was there first. */
static void pair_feeds(struct daemon *daemon)
{
	struct feed **sorted = xcalloc(daemon->feed_count + 1, sizeof(*sorted)), *feed,
		    *leader = NULL;
	size_t i;

	daemon->pair_at = 0;
	for (i = 0; i < daemon->feed_count; i++) {
		sorted[i] = daemon->feeds[i];
		sorted[i]->twins = sorted[i]->next_twin = NULL;
	}
	qsort(sorted, daemon->feed_count, sizeof(*sorted), by_place);
	for (i = 0; i < daemon->feed_count; i++) {
		feed = sorted[i];
		if (!feed->place || !leader || leader->place != feed->place) {
			/* Its leader has left: it is due when it would have been. */
			if (feed->leader && !feed->is_busy)
				heap_set(&daemon->feeds_due, &feed->node, feed->node.due_at);
			feed->leader = NULL;
			leader = feed->is_wanted ? feed : NULL;
			continue;
		}
		feed->leader = leader;
		feed->next_twin = leader->twins;
		leader->twins = feed;
		heap_remove(&daemon->feeds_due, &feed->node);
	}
	free(sorted);
}

void polls_load(struct daemon *daemon)
{
	struct load load = {daemon, clock_now(), daemon->feed_count, daemon->feed_count};
	size_t i, kept = 0;

	/* Nobody is polled any more, and their hosts are gone. */
	if (daemon->is_stopping)
		return;
	for (i = 0; i < daemon->feed_count; i++)
		daemon->feeds[i]->is_wanted = false;
	if (feeds_load(daemon->reader, on_feed, &load) != STATUS_OK)
		log_err("store: feeds cannot be read: %s; what is not read is not polled until the next "
			"reload, `diurna check --store` tells more",
			store_error(daemon->reader));
	/* The unsubscribed leave; one whose poll is on its way leaves at the next reload. */
	for (i = 0; i < daemon->feed_count; i++) {
		struct feed *feed = daemon->feeds[i];

		if (feed->is_wanted || feed->is_busy) {
			daemon->feeds[kept++] = feed;
			continue;
		}
		heap_remove(&daemon->feeds_due, &feed->node);
		dispatch_release_host(feed->host);
		free(feed);
	}
	daemon->feed_count = kept;
	if (kept)
		qsort(daemon->feeds, kept, sizeof(*daemon->feeds), by_id);
	pair_feeds(daemon);
}

struct feed *polls_find(const struct daemon *daemon, int64_t feed_id)
{
	return find(daemon, daemon->feed_count, feed_id);
}

void polls_hasten(struct daemon *daemon, int64_t feed_id, int64_t at)
{
	struct feed *feed = find(daemon, daemon->feed_count, feed_id);

	if (!feed || feed->leader || feed->is_busy || feed->node.due_at <= at)
		return;
	heap_set(&daemon->feeds_due, &feed->node, ration_poll_at(&feed->ration, clock_now(), at));
	daemon_wake(daemon);
}

bool polls_force(struct daemon *daemon, int64_t feed_id)
{
	struct feed *feed = find(daemon, daemon->feed_count, feed_id);

	if (daemon->pair_at)
		pair_feeds(daemon);
	if (feed && feed->leader)
		feed = feed->leader;
	if (!feed || feed->is_busy)
		return false;
	feed->is_forced = true;
	heap_set(&daemon->feeds_due, &feed->node, 0);
	daemon_wake(daemon);
	return true;
}

void polls_free(struct daemon *daemon)
{
	size_t i;

	for (i = 0; i < daemon->feed_count; i++)
		if (daemon->feeds[i]->poll)
			poll_free(daemon->feeds[i]->poll);
	for (i = 0; i < daemon->feed_count; i++)
		free(daemon->feeds[i]);
	free(daemon->feeds);
	daemon->feeds = NULL;
	daemon->feed_count = 0; /* pages that wait ask for theirs */
	heap_finish(&daemon->feeds_due);
}
