/*
 * Who is asked next: requests wait here by host until the manners allow them. One connection a
 * host, a gap between requests, hosts that said 429 paused as a whole, robots.txt read before
 * the first page of a host, a bound on all transfers; a dead host delays nobody else.
 */
#ifndef DIURNA_DIURNAD_DISPATCH_H
#define DIURNA_DIURNAD_DISPATCH_H

#include "diurnad/fetch.h"

struct dispatch;

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
	void *context;
};

struct dispatch *dispatch_new(struct ev_loop *loop, struct fetcher *fetcher,
	const struct config *config, const struct dispatch_hooks *hooks);
/* Before fetcher_free, with no turn of the loop between them. Calls nobody. */
void dispatch_free(struct dispatch *dispatch);
void dispatch_configure(struct dispatch *dispatch, const struct config *config);
/* A pause remembered from before the start. */
void dispatch_restore_host(struct dispatch *dispatch, const struct host_row *row);

/*
 * Hand in a request; strings are copied. on_done as for fetch_start; a page that robots.txt closes
 * ends with POLL_REFUSED. Within a host feeds go before pages, else in order.
 */
void dispatch_submit(struct dispatch *dispatch, const struct fetch_request *request,
	fetch_done *on_done, void *context);

/* Waiting and at work, for backpressure and status. */
size_t dispatch_waiting(const struct dispatch *dispatch);
size_t dispatch_running(const struct dispatch *dispatch);
size_t dispatch_hosts(const struct dispatch *dispatch);
/* False: nothing new is started (the store's queue is full, or we stop). */
void dispatch_set_open(struct dispatch *dispatch, bool is_open);

#endif
