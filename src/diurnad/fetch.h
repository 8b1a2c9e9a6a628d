/*
 * One transfer: from a request to a response with a named outcome. libcurl's multi interface on the
 * libev loop; never blocks, except name look-ups, which libcurl does in threads.
 *
 * A transfer follows redirects itself, by the rules of the manners: eight hops, http and https
 * only, never from https to http, no credentials across origins, the guard asked at every connect.
 * What happened on the way stands in the response.
 */
#ifndef DIURNA_DIURNAD_FETCH_H
#define DIURNA_DIURNAD_FETCH_H

#include "core/buf.h"
#include "core/config.h"
#include "store/feeds.h"

#include <ev.h>
#include <sys/socket.h>

/*
 * FETCH_ARCHIVE: an older document of a feed, read once, in its turn among the pages. FETCH_HUB: a
 * form is posted, every 2xx is POLL_OK.
 */
enum fetch_kind { FETCH_FEED, FETCH_ARCHIVE, FETCH_PAGE, FETCH_IMAGE, FETCH_ROBOTS, FETCH_HUB };

/*
 * A connection to this address is about to be made by the first hop of the transfer that was
 * started with context. False: not now; it ends with is_postponed.
 */
typedef bool fetch_admit(void *context, const struct sockaddr *address);

struct fetch_request {
	enum fetch_kind kind;
	const char *url;  /* absolute, http or https; as all: borrowed until on_done returns */
	const char *etag; /* as received; NULL: not sent; borrowed likewise */
	const char *last_modified; /* as received; NULL: not sent */
	/*
	 * Where the validators came from: they are sent to this URL only, wherever redirects lead.
	 * NULL: from url.
	 */
	const char *validators_url;
	/*
	 * What the request that got them was like (fetch_response.variant): one with other
	 * credentials or headers does not send them. 0: not known, they are sent.
	 */
	uint32_t validators_variant;
	const struct config_feed *settings; /* credentials, headers, proxy; NULL: none */
	const char *form;   /* of FETCH_HUB: application/x-www-form-urlencoded; borrowed likewise */
	fetch_admit *admit; /* NULL: every address that the guard allows */
};

struct fetch_response {
	enum poll_outcome
		outcome;  /* of the transfer; POLL_OK also for a body nobody has parsed yet */
	int http_status;  /* of the last answer; 0: none came */
	char error[200];  /* for people, without subject; "" when fine */
	char *final_url;  /* where the body came from */
	uint32_t variant; /* of the last request: its credentials and configured headers; never 0 */
	char *permanent_url;    /* how far the chain was 301/308 only, from the start; NULL: not */
	char *content_type;     /* as received; NULL: none */
	char *content_language; /* as received; NULL: none */
	char *etag;             /* as received; NULL: none */
	char *last_modified;    /* as received; NULL: none */
	char *link_canonical;   /* Link: rel=canonical, absolute; NULL: none */
	char *link_hub;         /* Link: rel=hub */
	char *link_self;        /* Link: rel=self */
	bool has_freshness;     /* Cache-Control, Expires or their like were there */
	int64_t fresh_s;        /* freshness lifetime less age, seconds; 0: none or no-cache */
	bool is_no_cache;       /* no-cache or no-store: freshness does not count */
	bool is_no_store;       /* validators are not kept */
	int64_t retry_after_s;  /* seconds from now; 0: not said */
	struct buf body;        /* decoded, within its limit */
	int64_t bytes;          /* as received, all hops */
	int64_t duration_ms;
	bool is_new_connection; /* the last hop made one */
	bool is_postponed;      /* not asked: its address was not admitted; to be tried again */
	char address[46];       /* of the server of the first hop; "": not known, or a proxy's */
};

/* Frees what a response holds and leaves zeros. */
void fetch_response_finish(struct fetch_response *response);

/*
 * The response is finished after the call. Whoever wants to keep it copies the struct, fills the
 * original with zeros, and calls fetch_response_finish later.
 */
typedef void fetch_done(void *context, struct fetch_response *response);

struct fetcher;

struct fetcher *fetcher_new(struct ev_loop *loop, const struct config *config);
/* Ends what runs without calling anybody. */
void fetcher_free(struct fetcher *fetcher);
/* New limits after a reload; running transfers go on. */
void fetcher_configure(struct fetcher *fetcher, const struct config *config);

/* Start a transfer; on_done is called once, later, from the loop; the response dies after it. */
void fetch_start(struct fetcher *fetcher, const struct fetch_request *request, fetch_done *on_done,
	void *context);

/* "diurna/1.0 (+https://...)" */
const char *fetch_user_agent(const struct config *config);

#endif
