#include "diurnad/guard.h"

#include "core/log.h"
#include "core/mem.h"
#include "core/str.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

/* An address of either kind as 16 bytes; IPv4 stands in its mapped form, ::ffff:a.b.c.d. */
struct network {
	uint8_t bytes[16];
	unsigned bits;
};

struct guard {
	struct network *allowed;
	size_t count, space;
};

enum { MAPPED_BITS = 96 };

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

/* Source: IANA IPv4 and IPv6 special-purpose address registries. */
static const struct special {
	const char *network;
	const char *why;
} specials[] = {
	{"0.0.0.0/8", "an address of this host"},
	{"10.0.0.0/8", "a private address"},
	{"100.64.0.0/10", "an address shared behind a provider's NAT"},
	{"127.0.0.0/8", "a loopback address"},
	{"168.63.129.16/32", "a metadata service"},
	{"169.254.0.0/16", "a link-local address"},
	{"172.16.0.0/12", "a private address"},
	{"192.0.0.0/24", "a reserved address"},
	{"192.0.2.0/24", "an address for documentation"},
	{"192.88.99.0/24", "a reserved address"},
	{"192.168.0.0/16", "a private address"},
	{"198.18.0.0/15", "an address for benchmarks"},
	{"198.51.100.0/24", "an address for documentation"},
	{"203.0.113.0/24", "an address for documentation"},
	{"224.0.0.0/4", "a multicast address"},
	{"240.0.0.0/4", "a reserved address"},
	{"::/128", "an address of this host"},
	{"::1/128", "a loopback address"},
	{"2001::/23", "a reserved address"}, /* Teredo, ORCHID, benchmarks */
	{"2001:db8::/32", "an address for documentation"},
	{"3fff::/20", "an address for documentation"},
	{"fc00::/7", "a private address"},
	{"fe80::/10", "a link-local address"},
	{"fec0::/10", "a private address"},
	{"ff00::/8", "a multicast address"},
};

/* IPv6 addresses that hold an IPv4 address, and where. The outer one says nothing by itself. */
static const struct embedding {
	const char *network;
	size_t at; /* first of four bytes */
} embeddings[] = {
	{"2002::/16", 2},     /* 6to4: RFC 3056 */
	{"64:ff9b::/96", 12}, /* NAT64: RFC 6052 */
};

static bool in_network(const uint8_t bytes[16], const struct network *network)
{
	unsigned whole = network->bits / 8, rest = network->bits % 8;

	if (memcmp(bytes, network->bytes, whole) != 0)
		return false;
	return !rest || (bytes[whole] ^ network->bytes[whole]) >> (8 - rest) == 0;
}

static void from_ipv4(uint8_t bytes[16], const void *four)
{
	memcpy(bytes, mapped_prefix, sizeof(mapped_prefix));
	memcpy(bytes + 12, four, 4);
}

/* "10.0.0.0/8", "::1", "[::1]/128". */
static bool parse_network(const char *text, struct network *network)
{
	const char *slash = strchr(text, '/');
	char *address = slash ? xstrndup(text, (size_t)(slash - text)) : xstrdup(text);
	char *bare = str_trim(address);
	uint64_t bits = 128;
	bool is_good = true, is_ipv4;
	uint8_t four[4];
	size_t len = strlen(bare);

	if (len > 2 && bare[0] == '[' && bare[len - 1] == ']') {
		bare[len - 1] = '\0';
		bare++;
	}
	is_ipv4 = inet_pton(AF_INET, bare, four) == 1;
	if (is_ipv4)
		from_ipv4(network->bytes, four);
	else
		is_good = inet_pton(AF_INET6, bare, network->bytes) == 1;
	if (slash)
		is_good = is_good && str_to_u64(slash + 1, is_ipv4 ? 32 : 128, &bits);
	network->bits = (unsigned)bits + (is_ipv4 && slash ? MAPPED_BITS : 0);
	free(address);
	return is_good;
}

struct guard *guard_new(const struct config *config)
{
	struct guard *guard = xcalloc(1, sizeof(*guard));
	struct network network;
	size_t i;

	for (i = 0; i < config->allow_count; i++) {
		if (!parse_network(config->allow[i], &network)) {
			log_warning("network.allow: %s is no network, nothing is allowed by it",
				log_visible(config->allow[i]));
			continue;
		}
		ARRAY_GROW(guard->allowed, guard->count, guard->space);
		guard->allowed[guard->count++] = network;
	}
	return guard;
}

void guard_free(struct guard *guard)
{
	if (!guard)
		return;
	free(guard->allowed);
	free(guard);
}

static bool is_allowed(const struct guard *guard, const uint8_t bytes[16])
{
	size_t i;

	for (i = 0; i < guard->count; i++)
		if (in_network(bytes, &guard->allowed[i]))
			return true;
	return false;
}

/* Why an address, its embedded one aside, is none of the open network; NULL: it is one. */
static const char *special_why(const uint8_t bytes[16])
{
	struct network network;
	size_t i;

	for (i = 0; i < ARRAY_LEN(specials); i++)
		if (parse_network(specials[i].network, &network) && in_network(bytes, &network))
			return specials[i].why;
	if (memcmp(bytes, mapped_prefix, sizeof(mapped_prefix)) == 0)
		return NULL;
	/* RFC 4291, 2.4 and the registry: only 2000::/3 is given out, the rest is reserved. */
	return (bytes[0] & 0xE0) == 0x20 ? NULL : "a reserved address";
}

static bool allows_bytes(const struct guard *guard, const uint8_t bytes[16], const char **why)
{
	struct network network;
	uint8_t inner[16];
	size_t i;

	if (is_allowed(guard, bytes))
		return true;
	for (i = 0; i < ARRAY_LEN(embeddings); i++) {
		if (!parse_network(embeddings[i].network, &network) || !in_network(bytes, &network))
			continue;
		from_ipv4(inner, bytes + embeddings[i].at);
		return allows_bytes(guard, inner, why);
	}
	*why = special_why(bytes);
	return *why == NULL;
}

bool guard_allows(const struct guard *guard, const struct sockaddr *address, const char **why)
{
	uint8_t bytes[16];

	if (address->sa_family == AF_INET) {
		from_ipv4(bytes,
			&((const struct sockaddr_in *)(const void *)address)->sin_addr.s_addr);
	} else if (address->sa_family == AF_INET6) {
		memcpy(bytes, &((const struct sockaddr_in6 *)(const void *)address)->sin6_addr,
			sizeof(bytes));
	} else {
		*why = "no address of the internet";
		return false;
	}
	return allows_bytes(guard, bytes, why);
}

static bool is_localhost(const char *name)
{
	return str_ieq(name, "localhost") || str_ieq(name, "localhost.localdomain") ||
	       str_ieq(name, "ip6-localhost") ||
	       (strlen(name) > 10 && str_ieq(name + strlen(name) - 10, ".localhost"));
}

/* Neither a colon nor a last label that begins with a digit: no spelling of an address. */
static bool is_plain_name(const char *name)
{
	const char *dot = strrchr(name, '.');

	return !strchr(name, ':') && !str_is_digit(dot ? dot[1] : name[0]);
}

bool guard_allows_host(const struct guard *guard, const char *host, const char **why)
{
	const struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST,
		.ai_socktype = SOCK_STREAM,
	};
	struct addrinfo *list = NULL;
	char *name = xstrdup(host);
	size_t len = strlen(name);
	bool is_good = true;

	while (len && name[len - 1] == '.')
		name[--len] = '\0';
	/* With AI_NUMERICHOST nobody is asked: every spelling of inet_aton(3) is understood. */
	if ((!is_plain_name(name) || is_localhost(name)) &&
		getaddrinfo(is_localhost(name) ? "127.0.0.1" : name, NULL, &hints, &list) == 0) {
		is_good = guard_allows(guard, list->ai_addr, why);
		freeaddrinfo(list);
	}
	free(name);
	return is_good;
}
