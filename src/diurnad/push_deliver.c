/* What hubs bring is read like a body that was fetched. */
#include "diurnad/push_inner.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/limits.h"
#include "core/log.h"
#include "core/mem.h"
#include "diurnad/hubsign.h"
#include "diurnad/rhythm.h"

#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum {
	DELIVERIES = 32, /* that are read at once */
	STORE_RETRY_S = 300,
};

/* What a hub brought, on its way to the store. */
struct delivery {
	struct storeq_msg msg; /* first member */
	struct delivery *next; /* in daemon.deliveries */
	struct daemon *daemon;
	struct push_row push;
	struct feed_row row;
	size_t bytes; /* of its body */
	char *content_type;
	uint8_t hash[PUSH_HASH_BYTES];
	struct answer answer;
	struct push_delivery result; /* points into the above */
	struct poll_reply reply;
};

static void delivery_free(struct delivery *delivery)
{
	struct delivery **at = &delivery->daemon->deliveries;

	while (*at != delivery)
		at = &(*at)->next;
	*at = delivery->next;
	delivery->daemon->deliveries_busy--;
	push_row_finish(&delivery->push);
	feed_row_finish(&delivery->row);
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
		polls_count_bytes(daemon, delivery->row.id, reply->bytes);
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
	result->bytes = (int64_t)delivery->bytes;
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
	delivery->bytes = request->body.len;
	delivery->content_type = type ? xstrdup(type) : NULL;
	answer_init(&delivery->answer);
	daemon->counters.hub_deliveries++;
	daemon->counters.bytes += (uint64_t)delivery->bytes;
	if (EVP_Digest(buf_text(&request->body), request->body.len, delivery->hash, NULL,
		    EVP_sha256(), NULL) != 1)
		memset(delivery->hash, 0, sizeof(delivery->hash));
	if (memcmp(delivery->hash, delivery->push.last_hash, sizeof(delivery->hash)) == 0 ||
		feed_get(daemon->reader, delivery->push.feed_id, &delivery->row) != STATUS_OK) {
		delivery_free(delivery); /* the same again, or the feed has just left */
		return;
	}
	job.url = delivery->row.fetch_url ? delivery->row.fetch_url : delivery->row.url;
	job.content_type = delivery->content_type;
	job.body = buf_text(&request->body);
	job.body_len = request->body.len;
	parsers_submit(daemon->parsers, &job, on_parsed, delivery);
	daemon_balance(daemon);
}

struct rejection {
	struct storeq_msg msg; /* first member */
	int64_t feed_id, times;
	char *feed_url;
};

static enum status work_rejection(struct storeq_context *context, struct storeq_msg *msg)
{
	struct rejection *rejection = (struct rejection *)msg;

	return push_rejected(context->store, rejection->feed_id, &rejection->times);
}

/* Who sends a thousand does not fill the log: each is told when there were twice as many. */
static void on_rejected(struct storeq_msg *msg)
{
	struct rejection *rejection = (struct rejection *)msg;
	long long times = (long long)rejection->times;

	if (msg->status == STATUS_OK && (times & (times - 1)) == 0)
		log_warning("feed %lld %s: somebody brought what its hub has not signed, for the "
			    "%lld. time; it is ignored",
			(long long)rejection->feed_id, log_visible(rejection->feed_url), times);
	free(rejection->feed_url);
	free(rejection);
}

/* Acknowledged as if it were right, and ignored. Source: WebSub, 7.1.1. */
static void reject(struct daemon *daemon, const struct push_row *row)
{
	struct rejection *rejection = xcalloc(1, sizeof(*rejection));

	daemon->counters.hub_rejected++;
	rejection->feed_id = row->feed_id;
	rejection->feed_url = xstrdup(row->feed_url);
	rejection->msg.work = work_rejection;
	rejection->msg.done = on_rejected;
	storeq_put(daemon->storeq, &rejection->msg);
}

void push_answer_delivery(struct daemon *daemon, struct web_request *request, struct push_row *row)
{
	const struct feed *feed = polls_find(daemon, row->feed_id);

	if (row->state == PUSH_LEAVING || row->state == PUSH_DENIED || !row->is_polled) {
		web_say(request, 410, "This is not subscribed to any more.\n");
	} else if (daemon->deliveries_busy >= DELIVERIES ||
		   (feed && ration_rests_until(&feed->ration, clock_now())) ||
		   storeq_bytes(daemon->storeq) + parsers_bytes(daemon->parsers) >
			   LIMIT_QUEUE_BYTES) {
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

void push_deliveries_free(struct daemon *daemon)
{
	while (daemon->deliveries)
		delivery_free(daemon->deliveries);
}
