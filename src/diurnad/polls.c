#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/manners.h"

#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

/* One poll on its way, from the request to the store and back. */
struct poll {
	struct storeq_msg msg; /* first member */
	struct daemon *daemon;
	struct feed *feed;
	struct settings *settings;
	struct feed_row row; /* as it was when the answer came */
	struct fetch_response response;
	struct answer answer;
	uint8_t body_hash[32];
	struct poll_result result; /* points into row, response, answer */
	struct poll_reply reply;
};

static void poll_free(struct poll *poll)
{
	poll->feed->is_busy = false;
	poll->daemon->polls_busy--;
	feed_row_finish(&poll->row);
	fetch_response_finish(&poll->response);
	answer_finish(&poll->answer);
	poll_reply_finish(&poll->reply);
	settings_release(poll->settings);
	free(poll);
}

static double random_share(void)
{
	uint32_t n = 0;

	if (getrandom(&n, sizeof(n), GRND_NONBLOCK) < 0)
		n = (uint32_t)clock_monotonic_ms();
	return (double)n / UINT32_MAX;
}

/* "feed 12 https://...: 200, 3 new of 20, next in 3600 s" */
static void log_poll(const struct poll *poll)
{
	const struct poll_result *result = &poll->result;
	long long next_s = (long long)(result->next_at - result->at);
	const char *url = log_visible(poll->row.url);
	const char *why = result->error;
	char text[64];

	poll_outcome_text(result->outcome, result->http_status, text);
	if (why && str_starts(why, text))
		why = NULL; /* nothing but the status again */
	if (result->state == FEED_GONE)
		log_warning("feed %lld %s: gone (410), not polled any more",
			(long long)poll->feed->id, url);
	else if (result->outcome == POLL_OK)
		log_info("feed %lld %s: %d new, %d changed of %zu, next in %lld s",
			(long long)poll->feed->id, url, (int)poll->reply.new_items,
			(int)poll->reply.revised, poll->answer.feed.entry_count, next_s);
	else if (result->outcome == POLL_NOT_MODIFIED)
		log_info("feed %lld %s: not modified, next in %lld s", (long long)poll->feed->id,
			url, next_s);
	else if (result->outcome == POLL_LIMITED && result->http_status == 0)
		log_info("feed %lld %s: not asked, its host is paused, next try in %lld s",
			(long long)poll->feed->id, url, next_s);
	else
		log_warning("feed %lld %s: %s%s%s, failure %d, next try in %lld s",
			(long long)poll->feed->id, url, text, why ? ": " : "",
			why ? log_visible(why) : "", (int)result->failures, next_s);
}

static void show_progress(const struct poll *poll)
{
	char text[64];

	poll_outcome_text(poll->result.outcome, poll->result.http_status, text);
	printf("%-16s %3d new  %s\n", text, (int)poll->reply.new_items, log_visible(poll->row.url));
	fflush(stdout);
}

/* Stored: when is it due again, and which pages are to be read? */
static void on_recorded(struct storeq_msg *msg)
{
	struct poll *poll = (struct poll *)msg;
	struct daemon *daemon = poll->daemon;
	struct counters *counters = &daemon->counters;
	size_t i;

	if (msg->status != STATUS_OK) {
		log_err("feed %lld %s: not stored: %s, next try in 300 s",
			(long long)poll->feed->id, log_visible(poll->row.url),
			status_text(msg->status));
		heap_set(&daemon->feeds_due, &poll->feed->node, clock_now() + 300);
	} else {
		counters->polls[poll->result.outcome]++;
		counters->items_new += (uint64_t)poll->reply.new_items;
		counters->items_revised += (uint64_t)poll->reply.revised;
		counters->bytes += (uint64_t)poll->response.bytes;
		log_poll(poll);
		if (daemon->shows_progress)
			show_progress(poll);
		if (poll->result.state == FEED_ACTIVE && poll->feed->is_wanted)
			heap_set(&daemon->feeds_due, &poll->feed->node, poll->result.next_at);
		for (i = 0; i < poll->reply.task_count; i++)
			pages_add(daemon, &poll->reply.tasks[i]);
	}
	control_polled(
		daemon, poll->feed->id, poll->row.url, poll->result.outcome, poll->reply.new_items);
	poll_free(poll);
	daemon_balance(daemon);
	daemon_wake(daemon);
}

static enum status record(struct storeq_context *context, struct storeq_msg *msg)
{
	struct poll *poll = (struct poll *)msg;

	poll_reply_finish(&poll->reply);
	return poll_record(context->store, context->config, &poll->result, &poll->reply);
}

/* Everything is known: decide and give it to the store. */
static void decide(struct poll *poll)
{
	struct daemon *daemon = poll->daemon;
	const struct feed_doc *doc = poll->response.outcome == POLL_OK ? &poll->answer.feed : NULL;
	const struct config *config = poll->settings->config;

	manners_decide(&poll->row, config, config_feed(config, poll->row.url), &poll->response, doc,
		clock_now(), random_share(), &poll->result);
	if (poll->response.outcome == POLL_OK || poll->response.outcome == POLL_NOT_MODIFIED)
		poll->result.body_hash = poll->response.body.len ? poll->body_hash : NULL;
	poll->result.feed_id = poll->feed->id;
	poll->msg.work = record;
	poll->msg.done = on_recorded;
	poll->msg.bytes = sizeof(*poll) + poll->answer.feed.arena.total;
	buf_finish(&poll->response.body);
	storeq_put(daemon->storeq, &poll->msg);
	daemon_balance(daemon);
}

static void say(struct poll *poll, enum poll_outcome outcome, const char *why)
{
	poll->response.outcome = outcome;
	snprintf(poll->response.error, sizeof(poll->response.error), "%s", why);
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
			poll->answer.message ? poll->answer.message : "not a feed");
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

static void on_fetched(void *context, struct fetch_response *response)
{
	struct poll *poll = context;

	poll->response = *response;
	memset(response, 0, sizeof(*response));
	if (feed_get(poll->daemon->reader, poll->feed->id, &poll->row) != STATUS_OK) {
		log_err("feed %lld: not in the store any more", (long long)poll->feed->id);
		poll_free(poll);
		return;
	}
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
	if (memcmp(poll->body_hash, poll->row.body_hash, sizeof(poll->body_hash)) == 0) {
		poll->response.outcome = POLL_NOT_MODIFIED;
		decide(poll);
		return;
	}
	parse(poll);
}

static void start(struct daemon *daemon, struct feed *feed)
{
	struct fetch_request request = {.kind = FETCH_FEED};
	struct feed_row row = {0};
	struct poll *poll;

	heap_remove(&daemon->feeds_due, &feed->node);
	if (feed_get(daemon->reader, feed->id, &row) != STATUS_OK) {
		log_err("feed %lld: cannot be read from the store: %s, next try in 300 s",
			(long long)feed->id, store_error(daemon->reader));
		heap_set(&daemon->feeds_due, &feed->node, clock_now() + 300);
		return;
	}
	poll = xcalloc(1, sizeof(*poll));
	poll->daemon = daemon;
	poll->feed = feed;
	poll->settings = settings_use(daemon->settings);
	answer_init(&poll->answer);
	feed->is_busy = true;
	daemon->polls_busy++;
	request.url = row.fetch_url ? row.fetch_url : row.url;
	request.etag = row.etag;
	request.last_modified = row.last_modified;
	request.settings = config_feed(poll->settings->config, row.url);
	dispatch_submit(daemon->dispatch, &request, on_fetched, poll);
	feed_row_finish(&row);
}

void polls_start_due(struct daemon *daemon, int64_t now)
{
	struct heap_node *node;

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

static void on_row(void *context, struct feed_row *row)
{
	struct load *load = context;
	struct daemon *daemon = load->daemon;
	struct feed *feed = find(daemon, load->known, row->id);

	if (!feed) {
		feed = xcalloc(1, sizeof(*feed));
		feed->id = row->id;
		if (daemon->feed_count >= load->space) {
			load->space = load->space ? load->space * 2 : 64;
			daemon->feeds =
				xreallocarray(daemon->feeds, load->space, sizeof(*daemon->feeds));
		}
		daemon->feeds[daemon->feed_count++] = feed;
	}
	feed->is_wanted = true;
	/* Polled in the future: the clock was wrong then, and so is the time of the next poll. */
	if (row->last_poll_at > load->now)
		row->next_at = load->now;
	if (!feed->is_busy)
		heap_set(&daemon->feeds_due, &feed->node, row->next_at);
	feed_row_finish(row);
}

void polls_load(struct daemon *daemon)
{
	struct load load = {daemon, clock_now(), daemon->feed_count, daemon->feed_count};
	size_t i, kept = 0;

	for (i = 0; i < daemon->feed_count; i++)
		daemon->feeds[i]->is_wanted = false;
	if (feeds_load(daemon->reader, on_row, &load) != STATUS_OK)
		log_err("store: feeds cannot be read: %s", store_error(daemon->reader));
	/* The unsubscribed leave; one whose poll is on its way leaves at the next reload. */
	for (i = 0; i < daemon->feed_count; i++) {
		struct feed *feed = daemon->feeds[i];

		if (feed->is_wanted || feed->is_busy) {
			daemon->feeds[kept++] = feed;
			continue;
		}
		heap_remove(&daemon->feeds_due, &feed->node);
		free(feed);
	}
	daemon->feed_count = kept;
	if (kept)
		qsort(daemon->feeds, kept, sizeof(*daemon->feeds), by_id);
}

bool polls_force(struct daemon *daemon, int64_t feed_id)
{
	struct feed *feed = find(daemon, daemon->feed_count, feed_id);

	if (!feed || feed->is_busy)
		return false;
	heap_set(&daemon->feeds_due, &feed->node, 0);
	daemon_wake(daemon);
	return true;
}

void polls_free(struct daemon *daemon)
{
	size_t i;

	for (i = 0; i < daemon->feed_count; i++)
		free(daemon->feeds[i]);
	free(daemon->feeds);
	heap_finish(&daemon->feeds_due);
}
