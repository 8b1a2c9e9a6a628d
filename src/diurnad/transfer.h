/*
 * What the files of a transfer share; for nobody else. fetch.c: its way, hop by hop;
 * fetch_request.c: what is sent; fetch_answer.c: what comes and what it means; fetch_loop.c:
 * libcurl on the loop.
 */
#ifndef DIURNA_DIURNAD_TRANSFER_H
#define DIURNA_DIURNAD_TRANSFER_H

#include "core/limits.h"
#include "diurnad/fetch.h"
#include "diurnad/guard.h"
#include "diurnad/headers.h"
#include "diurnad/weburl.h"

#include <curl/curl.h>

/* Easy handles kept for the next transfers. */
enum { IDLE_HANDLES = 256 };

/*
 * A share of libcurl keeps the TLS sessions of eight servers, and no option makes it more: with a
 * thousand hosts each handshake would be a whole one. So there are many shares, and a host has its
 * own among them by its name; at most eight times so many sessions of some kilobytes.
 */
enum { TLS_SHARES = 128 };

/*
 * A multi handle of libcurl with its timer. It serves for so many new connections and is then
 * replaced: libcurl 7.88 never forgets the hosts of idle connections that it closed to make room,
 * and looks through all of them each time (20,000 hosts: 80 s, 35 s of them its own work).
 */
struct pool {
	struct pool *next;
	struct fetcher *fetcher;
	CURLM *multi;
	ev_timer timer; /* what libcurl waits for */
	size_t running; /* transfers in it */
	size_t made;    /* connections */
};

struct transfer {
	struct transfer *prev, *next; /* in fetcher.transfers */
	struct transfer *next_ended;  /* in fetcher.ended */
	struct fetcher *fetcher;
	enum fetch_kind kind;
	const struct config_feed *settings;                /* the requester's */
	const char *etag, *last_modified, *validators_url; /* the requester's */
	uint32_t validators_variant;                       /* likewise; 0: not known */
	const char *form;                                  /* likewise; NULL: a GET */
	fetch_admit *admit;                                /* likewise; NULL: everything */
	fetch_done *on_done;
	void *context;
	int64_t started_ms;

	struct weburl first;                /* what was asked for; of zeros: it has no user */
	struct weburl target;               /* what is asked for now */
	char *visited[LIMIT_REDIRECTS + 1]; /* URLs before target */
	size_t hop_count;                   /* of visited */
	bool is_moving;                     /* a hop was no permanent redirect */
	struct pool *pool;                  /* where easy is */
	CURL *easy;                         /* NULL: not at work */
	unsigned generation;                /* of the fetcher when easy was taken */
	bool is_special;                    /* easy has options that the next must not have */
	struct curl_slist own[3];           /* header lines that we make: the head of the list, */
	struct curl_slist *lines;           /* then those that are configured */
	char *conditions[2];                /* of own, to be freed */
	bool is_conditional;                /* this hop carries validators */
	bool has_proxy;                     /* the proxy connects, the guard knows names only */
	const char *refused_why;            /* of an address that the guard refused */
	bool is_postponed;                  /* an address is busy with others of ours */
	bool has_tried;                     /* an address was let through */
	struct headers headers;             /* of this hop */
	bool has_body;                      /* its first byte has come */
	bool is_error_body;                 /* it explains an error */
	size_t body_bytes;                  /* decoded, of this hop */
	bool is_stopped;                    /* by us, with these: */
	enum poll_outcome stop_outcome;     /* POLL_OK: enough was read */
	const char *stop_why;               /* for people */
	char curl_error[CURL_ERROR_SIZE];   /* libcurl's own words */
	struct fetch_response response;     /* so far */
};

struct fetcher {
	struct ev_loop *loop;
	const struct config *config; /* the daemon's */
	struct guard *guard;
	struct pool *pools;         /* the newest takes new transfers, the others end */
	CURLSH *shares[TLS_SHARES]; /* TLS sessions, by host; NULL: not needed yet */
	ev_timer tell;              /* somebody has ended */
	struct transfer *transfers;
	struct transfer *ended, **ended_tail;
	CURL *idle[IDLE_HANDLES]; /* with all options that every transfer has */
	size_t idle_count;
	unsigned generation; /* of the configuration; older handles are not used again */
	char *user_agent;
};

/* The next hop's options, credentials and header lines, into its easy handle. */
void transfer_compose(struct transfer *transfer);
/* Callbacks of libcurl for what arrives, context a transfer; less than was given: stop. */
size_t transfer_on_header(char *line, size_t size, size_t count, void *context);
size_t transfer_on_body(char *data, size_t size, size_t count, void *context);
/* libcurl is done with a hop: it is redirected or ended. */
void transfer_judge(struct transfer *transfer, CURLcode code);
/* Goes where the answer's Location points, or ends. */
void transfer_redirect(struct transfer *transfer);
/*
 * The outcome is known, with a sentence for people. Whoever waits is told from the loop, never from
 * within fetch_start.
 */
__attribute__((format(printf, 3, 4))) void transfer_end(
	struct transfer *transfer, enum poll_outcome outcome, const char *format, ...);

/* libcurl may have ended some transfers of a pool. */
void fetcher_on_ended(struct pool *pool);
/* The pool for a new transfer. */
struct pool *fetcher_pool(struct fetcher *fetcher);
/* Where the TLS sessions of this host are. */
CURLSH *fetcher_share(struct fetcher *fetcher, const char *host);
/* Pools that have ended are freed. Not from within a callback of libcurl. */
void fetcher_drop_pools(struct fetcher *fetcher);
/* Calls on_done of all that have ended. */
void fetcher_tell(struct fetcher *fetcher);
/* Idle handles are not used again: what all transfers have in common has changed. */
void fetcher_drop_idle(struct fetcher *fetcher);
/* Ends all without calling anybody. */
void fetcher_drop_all(struct fetcher *fetcher);

#endif
