/* What the files of dispatch share: dispatch.c and dispatch_*.c. */
#ifndef DIURNA_DIURNAD_DISPATCH_INNER_H
#define DIURNA_DIURNAD_DISPATCH_INNER_H

#include "diurnad/addresses.h"
#include "diurnad/dispatch.h"
#include "diurnad/heap.h"
#include "diurnad/hosts.h"
#include "diurnad/weburl.h"

/* What was handed in whole; a feed's ticket is made into a request when its turn comes. */
struct order {
	struct weburl target; /* of url */
	char *url, *etag, *last_modified, *validators_url, *form;
	uint32_t validators_variant;
	const struct config_feed *settings;
};

/* A request that waits or is at work. */
struct waiting {
	struct waiting *next; /* in a queue, or of those ended */
	struct waiting *prev_sent, *next_sent;
	struct dispatch *dispatch;
	struct host *host;           /* NULL: its URL has none */
	struct authority *authority; /* of a page under robots.txt, or the one that is read */
	struct address *address;     /* that counts it while it is at work; NULL: none */
	enum fetch_kind kind;
	int postponed;             /* times that its address was busy */
	struct order *order;       /* NULL: prepare makes the request */
	dispatch_prepare *prepare; /* NULL: order has it */
	fetch_done *on_done;
	void *context;
	bool is_doubtful;              /* at work, of dispatch.doubtful_running */
	struct fetch_response *unsent; /* when it ends without being sent */
};

/* Hosts that may start something now, in their order. */
struct ring {
	struct host *first, **tail;
};

struct dispatch {
	struct ev_loop *loop;
	struct fetcher *fetcher;
	const struct config *config;
	struct dispatch_hooks hooks;
	struct hosts hosts;
	struct addresses addresses;
	struct ring ready, doubtful; /* the second: those that gave no answer last time */
	struct heap later;           /* hosts that may at a time, monotonic milliseconds */
	struct waiting *ended, **ended_tail;
	struct waiting *sent; /* at work */
	ev_timer wake;        /* for later */
	ev_timer tell;        /* for ended */
	size_t waiting, running, doubtful_running;
	bool is_open;
};

/* dispatch_queue.c */
/* Counts among those that wait. */
struct waiting *waiting_new(
	struct dispatch *dispatch, enum fetch_kind kind, fetch_done *on_done, void *context);
/* The request's strings are copied. */
void waiting_order(struct waiting *waiting, const struct fetch_request *request);
void waiting_free(struct waiting *waiting);
void queue_put(struct queue *queue, struct waiting *waiting);
void queue_put_first(struct queue *queue, struct waiting *waiting);
/* NULL: it is empty. */
struct waiting *queue_take(struct queue *queue);
void queue_free(struct queue *queue);

/* dispatch.c */
/* Ends a request that is not sent; its owner is told from the loop. */
void dispatch_end(
	struct waiting *waiting, enum poll_outcome outcome, int64_t retry_after_s, const char *why);

/* dispatch_turn.c */
/* Puts a host where it belongs: ready, later, or nowhere. */
void dispatch_place(struct dispatch *dispatch, struct host *host, bool keeps_turn);
/* The host that is ready and whose turn it is, which it loses by this. NULL: none is. */
struct host *dispatch_next(struct dispatch *dispatch);
/* When a host may be asked again for what it has waiting; monotonic, may be past. */
int64_t dispatch_free_at_ms(const struct dispatch *dispatch, const struct host *host);

/* dispatch_answers.c */
/* What an answer, or none, says of the host that was asked: a pause, silence, or that all is well.
 */
void dispatch_note_answer(
	struct dispatch *dispatch, struct host *asked, const struct fetch_response *response);

#endif
