/*
 * Addresses that several hosts may share: a hoster's thousand names are one machine. So many
 * requests at one time and a gap between two, whatever the names; hosts wait here for their turn.
 */
#ifndef DIURNA_DIURNAD_ADDRESSES_H
#define DIURNA_DIURNAD_ADDRESSES_H

#include "core/config.h"
#include "diurnad/heap.h"
#include "diurnad/hosts.h"

#include <sys/socket.h>

struct address {
	struct heap_node node;      /* while hosts wait for its next time: monotonic milliseconds */
	struct address *next;       /* in its bucket */
	uint8_t bytes[16];          /* IPv4 in its mapped form */
	struct host *first, **last; /* hosts that wait, by next_ready */
	size_t hosts;               /* that are known to be there */
	int running;                /* requests at work */
	int64_t free_at_ms;         /* the gap after the last request's start */
};

/* One of zeros is empty. */
struct addresses {
	struct address **buckets;
	size_t bucket_count, count;
	struct heap later; /* addresses with hosts that wait, by time */
	int most;          /* requests at one time; 0: no bound, nothing waits */
	int64_t gap_ms;
};

/* The hosts must be gone. */
void addresses_finish(struct addresses *addresses);
void addresses_configure(struct addresses *addresses, const struct config *config);

/* What is known of where a host is; "" or no address: nothing is changed. */
void address_learn(struct addresses *addresses, struct host *host, const char *text);
void address_learn_sockaddr(
	struct addresses *addresses, struct host *host, const struct sockaddr *sockaddr);
/* The host is forgotten, or its address. */
void address_forget(struct addresses *addresses, struct host *host);

/* A request to the host may start now, as far as its address tells. */
bool address_is_free(const struct addresses *addresses, const struct host *host);
/* The host waits, in order, until address_next gives it back. */
void address_wait(struct addresses *addresses, struct host *host);
/* A request starts or ends. */
void address_start(struct addresses *addresses, struct address *address);
void address_end(struct addresses *addresses, struct address *address);
/* The next host whose turn has come; NULL: none now. */
struct host *address_next(struct addresses *addresses, int64_t now_ms);

#endif
