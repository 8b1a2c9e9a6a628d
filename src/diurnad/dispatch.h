/*
 * Who is asked next: requests wait here by host until the manners allow them. One connection a
 * host, a gap between requests, hosts that said 429 paused as a whole, robots.txt read before
 * the first page of a host, a bound on all transfers; a dead host delays nobody else.
 */
#ifndef DIURNA_DIURNAD_DISPATCH_H
#define DIURNA_DIURNAD_DISPATCH_H

#include "diurnad/fetch.h"

struct dispatch;
struct host;

/* What it asks of and tells the rest of the daemon, which owns the store. */
struct dispatch_hooks {
	/* A host's pause changed: to be recorded. */
	void (*on_host)(void *context, const struct host_row *row);
	/* robots.txt was read (body) or not (http_status): to be recorded. */
	void (*on_robots)(void *context, const char *authority, int http_status, const char *body,
		int64_t at);
	/* robots.txt as recorded; *body to be freed. False: not there. Called from the loop. */
	bool (*recall_robots)(void *context, const char *authority, int *http_status, char **body,
		int64_t *fetched_at);
	/* Several prepare follow (true), or have (false): what they need may be held in between. */
	void (*on_batch)(void *context, bool begins);
	void *context;
};

struct dispatch *dispatch_new(struct ev_loop *loop, struct fetcher *fetcher,
	const struct config *config, const struct dispatch_hooks *hooks);
/* Before fetcher_free, with no turn of the loop between them. Calls nobody. */
void dispatch_free(struct dispatch *dispatch);
void dispatch_configure(struct dispatch *dispatch, const struct config *config);
/* A pause remembered from before the start. */
void dispatch_restore_host(struct dispatch *dispatch, const struct host_row *row);
/* The clock was set back by so many seconds: pauses last no longer for it. */
void dispatch_set_back(struct dispatch *dispatch, int64_t back_s);

/*
 * Hand in a request; strings are copied. on_done as for fetch_start; a page that robots.txt closes
 * ends with POLL_REFUSED. Within a host feeds go before pages, else in order.
 */
void dispatch_submit(struct dispatch *dispatch, const struct fetch_request *request,
	fetch_done *on_done, void *context);

/*
 * The host of a URL, to hand in requests that are made only when their turn comes: a hundred
 * thousand feeds that are due at once are a hundred thousand small tickets. NULL: no URL of the
 * web. Good until it is released.
 */
struct host *dispatch_use_host(struct dispatch *dispatch, const char *url);
void dispatch_release_host(struct host *host);
/*
 * Its turn has come: fill in the request, with strings that stay until on_done returns. May be
 * called again when the request could not be sent. False: it is not wanted any more, on_done is
 * not called.
 */
typedef bool dispatch_prepare(void *context, struct fetch_request *request);
/* Hand in a feed. host NULL: it ends with POLL_REFUSED. on_done without prepare: it was not sent.
 */
void dispatch_submit_feed(struct dispatch *dispatch, struct host *host, dispatch_prepare *prepare,
	fetch_done *on_done, void *context);

/* Waiting and at work, for backpressure and status. */
size_t dispatch_waiting(const struct dispatch *dispatch);
size_t dispatch_running(const struct dispatch *dispatch);
size_t dispatch_hosts(const struct dispatch *dispatch);
/* False: nothing new is started (the store's queue is full, or we stop). */
void dispatch_set_open(struct dispatch *dispatch, bool is_open);

#endif
