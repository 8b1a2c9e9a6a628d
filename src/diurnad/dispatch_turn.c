/* Whose turn it is: hosts that may be asked now, in their order, and those that may later. */
#include "diurnad/dispatch_inner.h"

#include "core/clock.h"
#include "core/date.h"

#include <stdio.h>

enum {
	PATIENCE_S = 60,    /* a longer pause of a host is not waited for in the queue */
	DOUBTFUL_SHARE = 4, /* of all connections that hosts without an answer last time may take */
};

int64_t dispatch_free_at_ms(const struct dispatch *dispatch, const struct host *host)
{
	int64_t gap = dispatch->config->feed_gap_ms, delay;

	if (!host->was_used)
		return 0;
	if (!host->feeds.first) {
		delay = host->crawl_delay_ms;
		gap = dispatch->config->page_gap_ms > delay ? dispatch->config->page_gap_ms : delay;
	}
	return gap > 0 ? host->last_ms + gap : 0;
}

static bool has_work(const struct host *host)
{
	return host->feeds.first || (host->pages.first && !host->is_reading_robots);
}

static void ready_put(struct dispatch *dispatch, struct host *host, bool is_first)
{
	struct ring *ring = host->unanswered ? &dispatch->doubtful : &dispatch->ready;

	if (host->is_ready)
		return;
	host->is_ready = true;
	if (is_first) {
		host->next_ready = ring->first;
		ring->first = host;
		if (!host->next_ready)
			ring->tail = &host->next_ready;
		return;
	}
	host->next_ready = NULL;
	*ring->tail = host;
	ring->tail = &host->next_ready;
}

/*
 * A thousand hosts that are down would hold every connection for as long as one may take, and those
 * that work would wait behind them: they have a share of the connections, and first call on it.
 */
struct host *dispatch_next(struct dispatch *dispatch)
{
	size_t most = (size_t)dispatch->config->max_connections / DOUBTFUL_SHARE;
	struct ring *ring = &dispatch->doubtful;
	struct host *host;

	if (!ring->first || dispatch->doubtful_running >= (most ? most : 1))
		ring = &dispatch->ready;
	host = ring->first;
	if (!host)
		return NULL;
	ring->first = host->next_ready;
	if (!ring->first)
		ring->tail = &ring->first;
	host->next_ready = NULL;
	host->is_ready = false;
	return host;
}

/* Everything that waits at a host which has asked for a long rest is told so. */
static void flush_paused(struct host *host, int64_t rest_s)
{
	struct waiting *waiting;
	char why[200], span[DATE_TEXT_BYTES];

	snprintf(why, sizeof(why), "%.100s asked to be left alone for %s", host->name,
		date_span(rest_s, span));
	while ((waiting = queue_take(&host->feeds)) || (waiting = queue_take(&host->pages)))
		dispatch_end(waiting, POLL_LIMITED, rest_s, why);
}

void dispatch_place(struct dispatch *dispatch, struct host *host, bool keeps_turn)
{
	int64_t now_ms, at_ms, rest_s;

	heap_remove(&dispatch->later, &host->node);
	if (host->is_ready || host->is_at_address || !has_work(host) ||
		host->running >= dispatch->config->host_connections)
		return;
	rest_s = host->paused_until ? host->paused_until - clock_now() : 0;
	if (rest_s > PATIENCE_S) {
		flush_paused(host, rest_s);
		return;
	}
	now_ms = clock_monotonic_ms();
	at_ms = dispatch_free_at_ms(dispatch, host);
	if (rest_s > 0) {
		/* A simulated clock may jump: look again soon. */
		int64_t rest_ms = clock_is_simulated() ? 200 : rest_s * 1000;

		at_ms = at_ms > now_ms + rest_ms ? at_ms : now_ms + rest_ms;
	} else {
		host->paused_until = 0;
	}
	if (at_ms > now_ms)
		heap_set(&dispatch->later, &host->node, at_ms);
	else
		ready_put(dispatch, host, keeps_turn);
}
