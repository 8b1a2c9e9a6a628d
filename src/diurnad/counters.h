/* What the daemon has done since it started, for `diurna status`. */
#ifndef DIURNA_DIURNAD_COUNTERS_H
#define DIURNA_DIURNAD_COUNTERS_H

#include "diurnad/fetch.h"
#include "store/feeds.h"

#include <jansson.h>
#include <stdint.h>

enum { LATENCY_BOUNDS = 10 };
/* Pages end as polls do, or were fetched well and have no article. */
enum { PAGES_NO_ARTICLE = POLL_OUTCOMES, PAGE_ENDS };

struct counters {
	uint64_t polls[POLL_OUTCOMES]; /* by outcome */
	uint64_t pages[PAGE_ENDS];     /* tries at pages, by how they ended */
	uint64_t pages_ok, pages_failed, pages_retried;
	uint64_t hub_requests, hub_failures, hub_grants, hub_denials; /* subscriptions */
	uint64_t hub_deliveries, hub_rejected;                        /* signed; not */
	uint64_t archives_read, archives_failed;                      /* older documents of feeds */
	uint64_t items_new, items_revised, items_merged;
	uint64_t bytes; /* received */
	uint64_t editions;
	uint64_t mails_sent, mails_failed, mails_unsure, mails_retried; /* a try each */
	uint64_t requests, connections;                                 /* sent; made for them */
	uint64_t requests_ms;          /* how long all took together */
	uint64_t took[LATENCY_BOUNDS]; /* requests that took up to each bound */
};

/* A request for a feed or page has ended; one that was not sent does not count. */
void counters_request(struct counters *counters, const struct fetch_response *response);
json_t *counters_json(const struct counters *counters);

#endif
