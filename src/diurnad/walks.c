/*
 * Older documents of feeds (RFC 5005): asked for one after the other, in their turn among the pages
 * of their host and by the rules for pages, read like a feed. Where a walk stands is in the store.
 */
#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/manners.h"
#include "store/walks.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum {
	LIMITED_TRIES = 10, /* of a document whose server asks for patience */
	STORE_RETRY_S = 300,
};

/* The walk of one feed; what is on its way is one document. */
struct walk {
	struct storeq_msg msg;    /* first member */
	struct heap_node node;    /* in daemon.walks_due, unless it is busy */
	struct walk *prev, *next; /* in daemon.walks */
	struct daemon *daemon;
	int64_t feed_id;
	bool is_busy;
	struct settings *settings; /* the rest: while it is busy */
	struct walk_row row;
	struct fetch_response response;
	struct answer answer;
	struct walk_result result; /* points into row, response, answer */
	struct walk_reply reply;
};

static struct walk *walk_of(struct heap_node *node)
{
	return (struct walk *)(void *)((char *)node - offsetof(struct walk, node));
}

/* NULL: it has left meanwhile. One that has come back may have another walk. */
static struct feed *feed_of(const struct walk *walk)
{
	struct feed *feed = polls_find(walk->daemon, walk->feed_id);

	return feed && feed->walk == walk ? feed : NULL;
}

/* Nothing is on its way any more. */
static void rest(struct walk *walk)
{
	walk->daemon->walks_busy -= walk->is_busy;
	walk->is_busy = false;
	walk_row_finish(&walk->row);
	fetch_response_finish(&walk->response);
	answer_finish(&walk->answer);
	answer_init(&walk->answer);
	walk_reply_finish(&walk->reply);
	memset(&walk->result, 0, sizeof(walk->result));
	settings_release(walk->settings);
	walk->settings = NULL;
}

static void walk_free(struct walk *walk)
{
	struct daemon *daemon = walk->daemon;
	struct feed *feed = feed_of(walk);

	if (feed)
		feed->walk = NULL;
	rest(walk);
	heap_remove(&daemon->walks_due, &walk->node);
	if (walk->prev)
		walk->prev->next = walk->next;
	else
		daemon->walks = walk->next;
	if (walk->next)
		walk->next->prev = walk->prev;
	answer_finish(&walk->answer);
	free(walk);
}

static void log_walk(const struct walk *walk)
{
	const struct walk_reply *reply = &walk->reply;
	long long id = (long long)walk->feed_id, documents = (long long)reply->documents,
		  items = (long long)reply->items;
	const char *url = log_visible(walk->row.feed_url);
	const char *why = reply->why ? log_visible(reply->why) : NULL;
	char next[DATE_TEXT_BYTES];

	if (reply->goes_on && why)
		log_info("feed %lld %s: an older document, %s, next try in %s", id, url, why,
			date_span(reply->due_at - walk->result.at, next));
	else if (reply->goes_on)
		log_debug("feed %lld %s: older document %lld read, and on", id, url, documents);
	else if (reply->is_open)
		log_warning("feed %lld %s: some entries may be missing: %s (%lld older documents "
			    "read, %lld new)",
			id, url, why, documents, items);
	else
		log_info("feed %lld %s: %lld older documents read, %lld new%s%s", id, url,
			documents, items, why ? ": " : "", why ? why : "");
}

static void on_recorded(struct storeq_msg *msg)
{
	struct walk *walk = (struct walk *)msg;
	struct daemon *daemon = walk->daemon;
	int64_t due_at = clock_now();
	bool goes_on = true;
	size_t i;

	if (msg->status == STATUS_OK) {
		log_walk(walk);
		goes_on = walk->reply.goes_on;
		due_at = walk->reply.due_at;
		daemon->counters.bytes += (uint64_t)walk->response.bytes;
		counters_request(&daemon->counters, &walk->response);
		daemon->counters.archives_read += walk->result.doc != NULL;
		daemon->counters.archives_failed += walk->result.doc == NULL;
		daemon->counters.items_new += (uint64_t)walk->reply.entries.new_items;
		polls_count_bytes(daemon, walk->feed_id, walk->reply.entries.bytes);
		for (i = 0; i < walk->reply.entries.task_count; i++)
			pages_add(daemon, &walk->reply.entries.tasks[i]);
	} else if (msg->status != STATUS_NOT_FOUND) {
		log_err("feed %lld %s: an older document is not stored: %s, next try in %d s",
			(long long)walk->feed_id, log_visible(walk->row.feed_url),
			status_text(msg->status), STORE_RETRY_S);
		due_at += STORE_RETRY_S;
	} /* else it begins anew elsewhere, or is no more: the store knows */
	rest(walk);
	if (goes_on && !daemon->is_stopping && feed_of(walk))
		heap_set(&daemon->walks_due, &walk->node, due_at);
	else
		walk_free(walk);
	daemon_balance(daemon);
	daemon_wake(daemon);
}

static enum status record(struct storeq_context *context, struct storeq_msg *msg)
{
	struct walk *walk = (struct walk *)msg;

	walk_reply_finish(&walk->reply);
	return walk_record(context->store, context->config, &walk->result, &walk->reply);
}

static void give_to_store(struct walk *walk, const char *error)
{
	struct walk_result *result = &walk->result;

	result->feed_id = walk->feed_id;
	result->at = clock_now();
	result->url = walk->row.url;
	result->final_url = walk->response.final_url;
	result->error = error;
	result->doc = error ? NULL : &walk->answer.feed;
	walk->msg.work = record;
	walk->msg.done = on_recorded;
	walk->msg.bytes = sizeof(*walk) + walk->answer.feed.arena.total;
	buf_finish(&walk->response.body);
	storeq_put(walk->daemon->storeq, &walk->msg);
	daemon_balance(walk->daemon);
}

static void on_parsed(void *context, enum status status, struct answer *answer)
{
	struct walk *walk = context;
	const char *error = NULL;

	answer_finish(&walk->answer);
	walk->answer = *answer;
	answer_init(answer);
	if (status != STATUS_OK)
		error = status_text(status);
	else if (walk->answer.status != STATUS_OK || walk->answer.kind != JOB_FEED)
		error = walk->answer.message ? walk->answer.message : "not a feed";
	give_to_store(walk, error);
}

/* A server that asks for patience gets it. */
static int64_t retry_at(const struct walk *walk, int64_t now)
{
	const struct fetch_response *response = &walk->response;

	if (response->outcome == POLL_LIMITED && response->retry_after_s > 0)
		return walk->row.tries < LIMITED_TRIES ? now + response->retry_after_s : 0;
	return manners_page_retry_at(response, walk->row.tries + 1, now);
}

static void on_fetched(void *context, struct fetch_response *response)
{
	struct walk *walk = context;
	struct job job = {.kind = JOB_FEED, .entry_published = DATE_NONE};

	walk->response = *response;
	memset(response, 0, sizeof(*response));
	response = &walk->response;
	if (response->outcome == POLL_OK && response->body.len > 0) {
		job.url = response->final_url;
		job.content_type = response->content_type;
		job.body = response->body.data;
		job.body_len = response->body.len;
		parsers_submit(walk->daemon->parsers, &job, on_parsed, walk);
		daemon_balance(walk->daemon);
		return;
	}
	walk->result.retry_at = retry_at(walk, clock_now());
	give_to_store(walk, *response->error ? response->error : "an empty body");
}

static void start(struct walk *walk)
{
	struct fetch_request request = {.kind = FETCH_ARCHIVE};
	struct daemon *daemon = walk->daemon;

	if (!feed_of(walk) || walk_get(daemon->reader, walk->feed_id, &walk->row) != STATUS_OK) {
		walk_free(walk); /* the feed is not polled any more */
		return;
	}
	walk->is_busy = true;
	daemon->walks_busy++;
	walk->settings = settings_use(daemon->settings);
	request.url = walk->row.url;
	request.settings = config_feed(walk->settings->config, walk->row.feed_url);
	dispatch_submit(daemon->dispatch, &request, on_fetched, walk);
}

void walks_add(struct daemon *daemon, int64_t feed_id, int64_t due_at)
{
	struct feed *feed = polls_find(daemon, feed_id);
	struct walk *walk;

	if (!feed)
		return;
	walk = feed->walk;
	if (!walk) {
		walk = xcalloc(1, sizeof(*walk));
		walk->daemon = daemon;
		walk->feed_id = feed_id;
		answer_init(&walk->answer);
		walk->next = daemon->walks;
		if (walk->next)
			walk->next->prev = walk;
		daemon->walks = walk;
		feed->walk = walk;
	}
	if (!walk->is_busy)
		heap_set(&daemon->walks_due, &walk->node, due_at);
	daemon_wake(daemon);
}

void walks_start_due(struct daemon *daemon, int64_t now)
{
	struct heap_node *node;

	while (!daemon->is_stopping && (node = heap_first(&daemon->walks_due)) &&
		node->due_at <= now) {
		heap_remove(&daemon->walks_due, node);
		start(walk_of(node));
	}
}

size_t walks_pressing(const struct daemon *daemon, int64_t now)
{
	const struct heap_node *node = heap_first(&daemon->walks_due);

	return daemon->walks_busy + (node && node->due_at <= now);
}

static void on_waiting(void *context, struct walk_row *row)
{
	walks_add(context, row->feed_id, row->due_at);
	walk_row_finish(row);
}

void walks_load(struct daemon *daemon)
{
	if (daemon->is_stopping)
		return;
	if (walks_waiting(daemon->reader, on_waiting, daemon) != STATUS_OK)
		log_err("store: older documents that wait cannot be read: %s; they wait for the next reload",
			store_error(daemon->reader));
}

void walks_free(struct daemon *daemon)
{
	while (daemon->walks)
		walk_free(daemon->walks);
	heap_finish(&daemon->walks_due);
}
