#include "diurnad/addresses.h"

#include "core/clock.h"
#include "core/hash.h"
#include "core/mem.h"

#include <arpa/inet.h>
#include <assert.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

enum { FIRST_BUCKETS = 64 };

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

static size_t hash(const uint8_t bytes[16])
{
	return (size_t)hash_bytes(bytes, 16);
}

void addresses_finish(struct addresses *addresses)
{
	assert(addresses->count == 0);
	free(addresses->buckets);
	heap_finish(&addresses->later);
	memset(addresses, 0, sizeof(*addresses));
}

static void grow(struct addresses *addresses)
{
	size_t old_count = addresses->bucket_count, i, bucket;
	struct address **old = addresses->buckets, *address;

	addresses->bucket_count = old_count ? old_count * 2 : FIRST_BUCKETS;
	addresses->buckets = xcalloc(addresses->bucket_count, sizeof(struct address *));
	for (i = 0; i < old_count; i++) {
		while ((address = old[i])) {
			old[i] = address->next;
			bucket = hash(address->bytes) & (addresses->bucket_count - 1);
			address->next = addresses->buckets[bucket];
			addresses->buckets[bucket] = address;
		}
	}
	free(old);
}

static struct address *get(struct addresses *addresses, const uint8_t bytes[16])
{
	size_t code = hash(bytes), bucket;
	struct address *address;

	if (addresses->count >= addresses->bucket_count)
		grow(addresses);
	bucket = code & (addresses->bucket_count - 1);
	for (address = addresses->buckets[bucket]; address; address = address->next)
		if (memcmp(address->bytes, bytes, 16) == 0)
			return address;
	address = xcalloc(1, sizeof(*address));
	memcpy(address->bytes, bytes, 16);
	address->last = &address->first;
	address->next = addresses->buckets[bucket];
	addresses->buckets[bucket] = address;
	addresses->count++;
	return address;
}

/* An address without a host and without a request says nothing any more. */
static void drop_unused(struct addresses *addresses, struct address *address)
{
	struct address **at;

	if (address->hosts || address->running)
		return;
	at = &addresses->buckets[hash(address->bytes) & (addresses->bucket_count - 1)];
	while (*at != address)
		at = &(*at)->next;
	*at = address->next;
	heap_remove(&addresses->later, &address->node);
	free(address);
	addresses->count--;
}

/* When the first that waits is looked at again; not while the address is full. */
static void place(struct addresses *addresses, struct address *address)
{
	if (address->first && (!addresses->most || address->running < addresses->most))
		heap_set(&addresses->later, &address->node, address->free_at_ms);
	else
		heap_remove(&addresses->later, &address->node);
}

void addresses_configure(struct addresses *addresses, const struct config *config)
{
	struct address *address;
	size_t i;

	addresses->most = config->address_connections;
	addresses->gap_ms = config->address_gap_ms;
	for (i = 0; i < addresses->bucket_count; i++)
		for (address = addresses->buckets[i]; address; address = address->next)
			place(addresses, address);
}

static void learn(struct addresses *addresses, struct host *host, const uint8_t bytes[16])
{
	struct address *address;

	/* While it waits at the old one, the next request tells again. */
	if (host->is_at_address || (host->address && memcmp(host->address->bytes, bytes, 16) == 0))
		return;
	address = get(addresses, bytes);
	address->hosts++;
	address_forget(addresses, host);
	host->address = address;
}

void address_learn(struct addresses *addresses, struct host *host, const char *text)
{
	uint8_t bytes[16];

	memcpy(bytes, mapped_prefix, sizeof(mapped_prefix));
	if (inet_pton(AF_INET, text, bytes + 12) == 1 || inet_pton(AF_INET6, text, bytes) == 1)
		learn(addresses, host, bytes);
}

void address_learn_sockaddr(
	struct addresses *addresses, struct host *host, const struct sockaddr *sockaddr)
{
	const struct sockaddr_in6 *six = (const void *)sockaddr;
	const struct sockaddr_in *four = (const void *)sockaddr;
	uint8_t bytes[16];

	memcpy(bytes, mapped_prefix, sizeof(mapped_prefix));
	if (sockaddr->sa_family == AF_INET)
		memcpy(bytes + 12, &four->sin_addr, 4);
	else if (sockaddr->sa_family == AF_INET6)
		memcpy(bytes, &six->sin6_addr, 16);
	else
		return;
	learn(addresses, host, bytes);
}

void address_forget(struct addresses *addresses, struct host *host)
{
	struct address *address = host->address;

	assert(!host->is_at_address);
	host->address = NULL;
	if (!address)
		return;
	address->hosts--;
	drop_unused(addresses, address);
}

bool address_is_free(const struct addresses *addresses, const struct host *host)
{
	const struct address *address = host->address;

	if (!address || !addresses->most)
		return true;
	return address->running < addresses->most && address->free_at_ms <= clock_monotonic_ms();
}

void address_wait(struct addresses *addresses, struct host *host)
{
	struct address *address = host->address;

	host->is_at_address = true;
	host->next_ready = NULL;
	*address->last = host;
	address->last = &host->next_ready;
	place(addresses, address);
}

void address_start(struct addresses *addresses, struct address *address)
{
	address->running++;
	address->free_at_ms = clock_monotonic_ms() + addresses->gap_ms;
	place(addresses, address);
}

void address_end(struct addresses *addresses, struct address *address)
{
	address->running--;
	place(addresses, address);
	drop_unused(addresses, address);
}

struct host *address_next(struct addresses *addresses, int64_t now_ms)
{
	struct heap_node *node = heap_first(&addresses->later);
	struct address *address = (struct address *)node;
	struct host *host;

	if (!node || node->due_at > now_ms)
		return NULL;
	host = address->first;
	address->first = host->next_ready;
	if (!address->first)
		address->last = &address->first;
	host->next_ready = NULL;
	host->is_at_address = false;
	place(addresses, address);
	return host;
}
