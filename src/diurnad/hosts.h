/* The hosts that dispatch knows, by name: what waits for each and when it may be asked again. */
#ifndef DIURNA_DIURNAD_HOSTS_H
#define DIURNA_DIURNAD_HOSTS_H

#include "diurnad/authority.h"
#include "diurnad/heap.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct address;
struct waiting;

struct queue {
	struct waiting *first, *last;
};

struct host {
	struct heap_node node;   /* while it waits for a time: monotonic milliseconds */
	struct host *next;       /* in its bucket */
	struct host *next_ready; /* in the ring of those that may start, or at its address */
	char *name;              /* lower case */
	struct queue feeds, pages;
	struct authority *authorities;
	struct address *address; /* where it is; NULL: not known, or behind a proxy */
	size_t users;            /* feeds that point here */
	int64_t last_ms;         /* a request began or ended, monotonic */
	int64_t crawl_delay_ms;  /* of robots.txt, bounded */
	int64_t paused_until;    /* epoch seconds; 0: not */
	int32_t strikes;         /* 429s in a row */
	int32_t running;         /* requests at work */
	int32_t unanswered;      /* requests in a row that got no answer at all */
	int64_t silent_ms;       /* since the first of them, monotonic */
	int32_t turn;            /* requests in a row */
	bool is_ready;           /* in the ring */
	bool is_at_address;      /* waits with others of its address */
	bool was_used;           /* last_ms means something */
	bool is_reading_robots;  /* pages wait for it */
};

/* One of zeros is empty. */
struct hosts {
	struct host **buckets;
	size_t bucket_count, count;
	void (*on_forget)(void *context, struct host *host); /* NULL: nobody is told */
	void *context;
};

/* Frees all hosts; their queues must be empty. */
void hosts_finish(struct hosts *hosts);
/*
 * The host of this name, made where it was not there. Hosts with nothing to remember leave when
 * the table would have to grow; a pointer is good while it has users or something of the host waits
 * or is at work.
 */
struct host *hosts_get(struct hosts *hosts, const char *name);
void hosts_each(
	struct hosts *hosts, void (*on_host)(void *context, struct host *host), void *context);

struct host *host_of_node(struct heap_node *node);
/* The authority of this name at a host, made where it was not there. */
struct authority *host_authority(struct host *host, const char *name);

#endif
