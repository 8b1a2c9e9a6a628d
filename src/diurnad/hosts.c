#include "diurnad/hosts.h"

#include "core/clock.h"
#include "core/hash.h"
#include "core/mem.h"
#include "core/str.h"

#include <stddef.h>
#include <stdlib.h>

enum {
	FIRST_BUCKETS = 64,
	REMEMBER_MS = 5 * 60 * 1000,                /* a gap longer than this is over for sure */
	REMEMBER_ROBOTS_MS = 3600 * 1000,           /* later the store is asked again */
	REMEMBER_STRIKES_MS = 7 * 24 * 3600 * 1000, /* that it wanted a pause; the store, too */
};

static void host_free(struct hosts *hosts, struct host *host)
{
	struct authority *authority;

	if (hosts->on_forget)
		hosts->on_forget(hosts->context, host);

	while ((authority = host->authorities)) {
		host->authorities = authority->next;
		authority_free(authority);
	}
	free(host->name);
	free(host);
}

void hosts_finish(struct hosts *hosts)
{
	struct host *host;
	size_t i;

	for (i = 0; i < hosts->bucket_count; i++) {
		while ((host = hosts->buckets[i])) {
			hosts->buckets[i] = host->next;
			host_free(hosts, host);
		}
	}
	free(hosts->buckets);
	hosts->buckets = NULL;
	hosts->bucket_count = hosts->count = 0;
}

static bool is_forgettable(const struct host *host, int64_t now_ms)
{
	int64_t keep_ms = host->authorities ? REMEMBER_ROBOTS_MS : REMEMBER_MS;

	if (host->strikes || host->paused_until)
		keep_ms = REMEMBER_STRIKES_MS;
	return !host->running && !host->users && !host->is_at_address && !host->feeds.first &&
	       !host->pages.first && !host->is_ready && !host->node.place &&
	       !host->is_reading_robots && now_ms - host->last_ms > keep_ms &&
	       host->paused_until <= clock_now();
}

/* Forgets what can be forgotten and, where that is not much, doubles the table. */
static void make_room(struct hosts *hosts)
{
	size_t old_count = hosts->bucket_count, i, kept = 0;
	struct host **old = hosts->buckets, *host, *all = NULL;
	int64_t now_ms = clock_monotonic_ms();

	for (i = 0; i < old_count; i++) {
		while ((host = old[i])) {
			old[i] = host->next;
			if (is_forgettable(host, now_ms)) {
				host_free(hosts, host);
				continue;
			}
			host->next = all;
			all = host;
			kept++;
		}
	}
	free(old);
	if (!old_count)
		hosts->bucket_count = FIRST_BUCKETS;
	else if (kept > old_count / 2)
		hosts->bucket_count = old_count * 2;
	hosts->buckets = xcalloc(hosts->bucket_count, sizeof(struct host *));
	hosts->count = kept;
	while ((host = all)) {
		all = host->next;
		i = hash_text(host->name) & (hosts->bucket_count - 1);
		host->next = hosts->buckets[i];
		hosts->buckets[i] = host;
	}
}

struct host *hosts_get(struct hosts *hosts, const char *name)
{
	size_t code = (size_t)hash_text(name), bucket;
	struct host *host;

	if (hosts->bucket_count)
		for (host = hosts->buckets[code & (hosts->bucket_count - 1)]; host;
			host = host->next)
			if (str_eq(host->name, name))
				return host;
	if (hosts->count >= hosts->bucket_count)
		make_room(hosts);
	host = xcalloc(1, sizeof(*host));
	host->name = xstrdup(name);
	host->last_ms = clock_monotonic_ms();
	bucket = code & (hosts->bucket_count - 1);
	host->next = hosts->buckets[bucket];
	hosts->buckets[bucket] = host;
	hosts->count++;
	return host;
}

void hosts_each(
	struct hosts *hosts, void (*on_host)(void *context, struct host *host), void *context)
{
	struct host *host;
	size_t i;

	for (i = 0; i < hosts->bucket_count; i++)
		for (host = hosts->buckets[i]; host; host = host->next)
			on_host(context, host);
}

struct host *host_of_node(struct heap_node *node)
{
	return (struct host *)(void *)((char *)node - offsetof(struct host, node));
}

struct authority *host_authority(struct host *host, const char *name)
{
	struct authority *authority;

	for (authority = host->authorities; authority; authority = authority->next)
		if (str_eq(authority->name, name))
			return authority;
	authority = xcalloc(1, sizeof(*authority));
	authority->name = xstrdup(name);
	authority->next = host->authorities;
	host->authorities = authority;
	return authority;
}
