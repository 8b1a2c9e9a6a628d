#include "core/config_value.h"

#include "core/config.h"
#include "core/date.h"
#include "core/log.h"
#include "core/str.h"
#include "core/url.h"
#include "core/utf8.h"

#include <arpa/inet.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How a credential of the service is named. */
#define CREDENTIAL "credential:"

void nearest_offer(struct nearest *nearest, const char *name)
{
	unsigned distance = str_distance(nearest->word, name);
	size_t len = strlen(nearest->word);

	/* A third of the letters may be wrong; a word that only begins alike is near as well. */
	if (distance > 1 + len / 3 && !(len >= 3 && str_istarts(name, nearest->word)))
		return;
	if (!nearest->best || distance < nearest->distance) {
		nearest->best = name;
		nearest->distance = distance;
	}
}

bool config_duration_ms(const char *text, int64_t *ms)
{
	static const struct {
		const char *name;
		int64_t ms;
	} units[] = {{"ms", 1}, {"s", 1000}, {"min", 60000}, {"m", 60000}, {"h", 3600000},
		{"d", 86400000}, {"w", 604800000}, {"y", 31557600000}};
	int64_t sum = 0, n;
	size_t i, len;

	if (str_eq(text, "0") || str_eq(text, "forever")) {
		*ms = 0;
		return true;
	}
	if (!*text)
		return false;
	while (*text) {
		if (!str_is_digit(*text))
			return false;
		for (n = 0; str_is_digit(*text) && n < 1000000000; text++)
			n = n * 10 + (*text - '0');
		while (*text == ' ')
			text++;
		for (len = 0; str_is_alpha(text[len]); len++)
			continue;
		for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
			if (strlen(units[i].name) == len && strncmp(text, units[i].name, len) == 0)
				break;
		}
		if (i == sizeof(units) / sizeof(units[0]) || n > INT64_MAX / 4 / units[i].ms)
			return false;
		sum += n * units[i].ms;
		if (sum > INT64_MAX / 4)
			return false;
		for (text += len; *text == ' '; text++)
			continue;
	}
	*ms = sum;
	return true;
}

/* "2M" and its like; false: none. */
static bool size_bytes(const char *text, int64_t *bytes)
{
	static const char units[] = "kMG";
	int64_t n = 0, scale = 1;
	const char *unit;

	if (!str_is_digit(*text))
		return false;
	for (; str_is_digit(*text) && n < 1000000000; text++)
		n = n * 10 + (*text - '0');
	unit = *text ? strchr(units, *text == 'K' ? 'k' : *text) : NULL;
	if (unit) {
		scale = (int64_t)1 << (10 * (unit - units + 1));
		text += str_starts(text + 1, "iB") ? 3 : str_starts(text + 1, "B") ? 2 : 1;
	}
	*bytes = n * scale;
	return *text == '\0';
}

bool config_time_of_day(const char *text, int *minutes)
{
	int hour, minute, end = 0;

	if (sscanf(text, "%2d:%2d%n", &hour, &minute, &end) != 2 || text[end])
		return false;
	if (!str_is_digit(*text) || hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return false;
	*minutes = hour * 60 + minute;
	return true;
}

/* 0 to 6, Sunday is 0; -1: no day. "mon", "monday". */
static int day_of(const char *word, size_t len)
{
	static const char *const names[] = {
		"sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"};
	int i;

	for (i = 0; i < 7; i++) {
		if (len >= 3 && len <= strlen(names[i]) && strncasecmp(word, names[i], len) == 0)
			return i;
	}
	return -1;
}

/* Days of "mon-fri", "sun", "daily", "weekdays", "weekend" as bits, bit 0 is Sunday. */
static bool days_of(const char *text, uint8_t *days)
{
	const char *dash = strchr(text, '-');
	int from, to;

	*days = str_ieq(text, "daily")      ? 0x7F
		: str_ieq(text, "weekdays") ? 0x3E
		: str_ieq(text, "weekend")  ? 0x41
					    : 0;
	if (*days)
		return true;
	from = day_of(text, dash ? (size_t)(dash - text) : strlen(text));
	to = dash ? day_of(dash + 1, strlen(dash + 1)) : from;
	if (from < 0 || to < 0)
		return false;
	for (; from != to; from = (from + 1) % 7)
		*days |= (uint8_t)(1 << from);
	*days |= (uint8_t)(1 << to);
	return true;
}

static bool is_network(const char *text)
{
	unsigned char address[16];
	char host[64];
	size_t len = strcspn(text, "/");
	uint64_t bits;
	int family;

	if (len >= sizeof(host))
		return false;
	memcpy(host, text, len);
	host[len] = '\0';
	family = strchr(host, ':') ? AF_INET6 : AF_INET;
	if (inet_pton(family, host, address) != 1)
		return false;
	return !text[len] || str_to_u64(text + len + 1, family == AF_INET ? 32 : 128, &bits);
}

static bool is_language(const char *text)
{
	size_t len = strcspn(text, "-_"), i;

	/* No longer ones are registered: "Deutsch" is none. */
	if (len < 2 || len > 3 || strlen(text) > 35)
		return false;
	for (i = 0; text[i]; i++) {
		if (!str_is_alpha(text[i]) &&
			(i < len || !(str_is_digit(text[i]) || text[i] == '-')))
			return false;
	}
	return true;
}

static bool is_header(const char *text)
{
	size_t len = strspn(text, "!#$%&'*+-.^_`|~0123456789"
				  "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

	return len > 0 && text[len] == ':';
}

/* Quotes and brackets that pair up; the whole syntax is known to the store only. */
static bool is_balanced(const char *text)
{
	bool in_quotes = false;
	int depth = 0;

	for (; *text; text++) {
		if (*text == '"')
			in_quotes = !in_quotes;
		else if (!in_quotes && *text == '(')
			depth++;
		else if (!in_quotes && *text == ')' && --depth < 0)
			return false;
	}
	return !in_quotes && depth == 0;
}

static bool is_proxy(const char *text)
{
	static const char *const schemes[] = {
		"http://", "https://", "socks4://", "socks4a://", "socks5://", "socks5h://"};
	size_t i;

	for (i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		if (str_istarts(text, schemes[i]) && text[strlen(schemes[i])])
			return true;
	}
	return false;
}

/* "me@example.org" or "Me <me@example.org>"; the address itself is ASCII without spaces. */
static bool is_address(const char *text)
{
	const char *from = strrchr(text, '<'), *at, *end;

	from = from ? from + 1 : text;
	end = from == text ? from + strlen(from) : strchr(from, '>');
	if (!end || (from != text && end[1]))
		return false;
	at = memchr(from, '@', (size_t)(end - from));
	if (!at || at == from || at + 1 == end)
		return false;
	for (; from < end; from++) {
		if (*from <= ' ' || *from > '~' || strchr("<>,;\"\\()", *from) ||
			(*from == '@' && from != at))
			return false;
	}
	return true;
}

static bool is_server(const char *text)
{
	const char *host = str_istarts(text, "smtps://")  ? text + 8
			   : str_istarts(text, "smtp://") ? text + 7
							  : "";

	return *host && !strpbrk(host, "@ /?#");
}

/* A path, or a port of an address of loopback: what others may reach is a proxy's matter. */
static bool is_listen(const char *text)
{
	const char *colon = strrchr(text, ':');
	uint64_t port;

	if (*text == '/')
		return true;
	if (!colon || !str_to_u64(colon + 1, 65535, &port) || port == 0)
		return false;
	return str_starts(text, "[::1]:") ||
	       (str_starts(text, "127.") && strspn(text, "0123456789.") == (size_t)(colon - text));
}

static bool wrong_zone(const char *text, struct buf *why)
{
	struct nearest nearest = {.word = text};
	char line[512], name[128], best[128] = "";
	FILE *file = fopen("/usr/share/zoneinfo/tzdata.zi", "re");
	unsigned distance = 0;

	/* "Z Europe/Paris ..." are zones, "L Europe/Brussels Europe/Amsterdam" other names. */
	while (file && fgets(line, sizeof(line), file)) {
		if (sscanf(line, "Z %127s", name) != 1 && sscanf(line, "L %*s %127s", name) != 1)
			continue;
		nearest.best = NULL;
		nearest_offer(&nearest, name);
		if (nearest.best && (!*best || nearest.distance < distance)) {
			strcpy(best, name);
			distance = nearest.distance;
		}
	}
	if (file)
		fclose(file);
	buf_printf(why, "there is no time zone \"%s\"", log_visible(text));
	if (*best)
		buf_printf(why, "; did you mean \"%s\"?", best);
	else
		buf_puts(why, "; a name like \"Europe/Paris\" was meant");
	return false;
}

static void list_words(const char *const *words, struct buf *to)
{
	const char *separator = "";

	for (; *words; words++) {
		if (!**words)
			continue;
		buf_printf(to, "%s%s", separator, *words);
		separator = ", ";
	}
}

static int find_word(const struct config_option *option, const char *text, struct buf *why)
{
	struct nearest nearest = {.word = text};
	int i;

	for (i = 0; option->words[i]; i++) {
		if (*text && str_eq(option->words[i], text))
			return i;
		if (*option->words[i])
			nearest_offer(&nearest, option->words[i]);
	}
	buf_printf(why, "%s cannot be \"%s\"; ", option->name, log_visible(text));
	if (nearest.best)
		buf_printf(why, "did you mean \"%s\"? ", nearest.best);
	buf_puts(why, nearest.best ? "It is one of " : "it is one of ");
	list_words(option->words, why);
	return -1;
}

static bool wrong(
	struct buf *why, const struct config_option *option, const char *text, const char *meant)
{
	buf_printf(why, "%s cannot be \"%s\"; %s", option->name, log_visible(text), meant);
	return false;
}

/* A bound as it would be written. */
static void put_bound(struct buf *to, enum config_type type, int64_t value)
{
	int64_t s = type == TYPE_MILLIS ? value / 1000 : value;

	if (type == TYPE_BYTES && value >= 1024 * 1024)
		buf_printf(to, "%lldM", (long long)(value / (1024 * 1024)));
	else if (type == TYPE_BYTES)
		buf_printf(to, "%lldk", (long long)(value / 1024));
	else if (type != TYPE_SECONDS && type != TYPE_MILLIS)
		buf_printf(to, "%lld", (long long)value);
	else if (s >= 86400 && s % 86400 == 0)
		buf_printf(to, "%lldd", (long long)(s / 86400));
	else if (s >= 3600 && s % 3600 == 0)
		buf_printf(to, "%lldh", (long long)(s / 3600));
	else if (s >= 60 && s % 60 == 0)
		buf_printf(to, "%lldm", (long long)(s / 60));
	else
		buf_printf(to, "%llds", (long long)s);
}

static bool in_bounds(
	const struct config_option *option, const char *text, double value, struct buf *why)
{
	if (option->min == option->max)
		return true;
	if (value >= (double)option->min && value <= (double)option->max)
		return true;
	buf_printf(why, "%s cannot be \"%s\"; it is between ", option->name, log_visible(text));
	put_bound(why, option->type, option->min);
	buf_puts(why, " and ");
	put_bound(why, option->type, option->max);
	return false;
}

static bool number(const struct config_option *option, const char *text, void *to, struct buf *why)
{
	double value;
	char *end;

	errno = 0;
	value = strtod(text, &end);
	if (end == text || *end || errno || !isfinite(value))
		return wrong(why, option, text, "a number like 1.5 was meant");
	if (!in_bounds(option, text, value, why))
		return false;
	*(double *)to = value;
	return true;
}

static bool count(const struct config_option *option, const char *text, void *to, struct buf *why)
{
	uint64_t value;

	if (!str_to_u64(text, INT32_MAX, &value))
		return wrong(why, option, text, "a whole number was meant");
	if (!in_bounds(option, text, (double)value, why))
		return false;
	*(int *)to = (int)value;
	return true;
}

static bool duration(
	const struct config_option *option, const char *text, void *to, struct buf *why)
{
	int64_t value;
	uint64_t plain;

	if (!config_duration_ms(text, &value)) {
		if (str_to_u64(text, INT32_MAX, &plain))
			return wrong(why, option, text,
				"a unit is missing: ms, s, m, h, d or w, as in \"30m\"");
		return wrong(why, option, text,
			"a duration like \"45s\", \"30m\", \"12h\" or \"7d\" was meant");
	}
	if (option->type == TYPE_SECONDS)
		value = (value + 999) / 1000;
	/* What is kept without end is 0; an age that is never too old is the largest. */
	if (str_eq(text, "forever") && str_eq(option->name, "max-age"))
		value = option->max;
	if (!in_bounds(option, text, (double)value, why))
		return false;
	*(int64_t *)to = value;
	return true;
}

static bool size(const struct config_option *option, const char *text, void *to, struct buf *why)
{
	int64_t value;

	if (!size_bytes(text, &value))
		return wrong(why, option, text, "a size like \"500k\" or \"2M\" was meant");
	if (!in_bounds(option, text, (double)value, why))
		return false;
	*(int64_t *)to = value;
	return true;
}

static bool boolean(const struct config_option *option, const char *text, void *to, struct buf *why)
{
	if (str_ieq(text, "true") || str_ieq(text, "yes") || str_ieq(text, "on"))
		*(bool *)to = true;
	else if (str_ieq(text, "false") || str_ieq(text, "no") || str_ieq(text, "off"))
		*(bool *)to = false;
	else
		return wrong(why, option, text, "true or false was meant");
	return true;
}

/* "~/x" is in the home directory, "x" in the configuration's own folder. */
static const char *path(const char *text, const char *folder, struct arena *arena)
{
	const char *home = getenv("HOME");

	if (str_starts(text, "~/") && home)
		return arena_printf(arena, "%s%s", home, text + 1);
	if (*text == '/')
		return arena_strdup(arena, text);
	return arena_printf(arena, "%s/%s", folder, text);
}

static const char *credential_name(const char *text)
{
	return str_starts(text, CREDENTIAL) ? text + strlen(CREDENTIAL) : NULL;
}

/* As systemd wants the names in LoadCredential=. */
static bool is_file_name(const char *text)
{
	return *text && !strchr(text, '/') && !str_eq(text, ".") && !str_eq(text, "..");
}

/* A secret that the service was given is there while it runs, for it alone. */
static const char *secret(const char *text, const char *folder, struct arena *arena)
{
	const char *given = getenv("CREDENTIALS_DIRECTORY"), *name = credential_name(text);

	if (!name)
		return path(text, folder, arena);
	return arena_printf(arena, "%s/%s", given ? given : CONFIG_CREDENTIALS, name);
}

/* NULL: it is what it should be. */
static const char *what_was_meant(enum config_type type, const char *text)
{
	switch (type) {
	case TYPE_URL:
		return url_is_web(text)
			       ? NULL
			       : "an address that begins with https:// or http:// was meant";
	case TYPE_SECRET:
		return !credential_name(text) || is_file_name(credential_name(text))
			       ? NULL
			       : "a name as in LoadCredential=NAME:PATH was meant after credential:";
	case TYPE_CONTACT:
		return url_is_web(text) || (str_istarts(text, "mailto:") && strchr(text, '@'))
			       ? NULL
			       : "an address like https://example.org/about or mailto:me@example.org was meant";
	case TYPE_PROXY:
		return is_proxy(text)
			       ? NULL
			       : "an address like http://proxy.example:3128 or socks5h://... was meant";
	case TYPE_SERVER:
		return is_server(text)
			       ? NULL
			       : "an address like smtps://mail.example.org or smtp://localhost:25 was meant";
	case TYPE_ADDRESS:
		return is_address(text)
			       ? NULL
			       : "an address like me@example.org or \"Me <me@example.org>\" was meant";
	case TYPE_LISTEN:
		return is_listen(text) ? NULL
				       : "a path like /run/diurna/web or a port of loopback like "
					 "127.0.0.1:8085 was meant";
	case TYPE_NETWORK:
		return is_network(text) ? NULL
					: "a network like 192.168.0.0/16 or fd00::/8 was meant";
	case TYPE_HEADER: return is_header(text) ? NULL : "a line like \"Name: value\" was meant";
	case TYPE_LANGUAGE:
		return is_language(text) ? NULL : "a language like \"en\" or \"pt-BR\" was meant";
	case TYPE_MATCH: return is_balanced(text) ? NULL : "its quotes or brackets do not pair up";
	default: return NULL;
	}
}

bool config_value(const struct config_option *option, const char *text, const char *folder,
	struct arena *arena, void *to, struct buf *why)
{
	struct schedule *schedule = to;
	const char *meant;
	int place;

	switch (option->type) {
	case TYPE_BOOL: return boolean(option, text, to, why);
	case TYPE_COUNT: return count(option, text, to, why);
	case TYPE_NUMBER: return number(option, text, to, why);
	case TYPE_SECONDS:
	case TYPE_MILLIS: return duration(option, text, to, why);
	case TYPE_BYTES: return size(option, text, to, why);
	case TYPE_CHOICE:
	case TYPE_WORD:
		place = find_word(option, text, why);
		if (place < 0)
			return false;
		if (option->type == TYPE_WORD)
			*(const char **)to = option->words[place];
		else
			*(int *)to = place;
		return true;
	case TYPE_AT:
		if (!config_time_of_day(text, &place))
			return wrong(why, option, text, "a time of day like \"06:30\" was meant");
		((int *)schedule->at_min)[schedule->at_count++] = place;
		return true;
	case TYPE_ON: {
		uint8_t days;

		if (!days_of(text, &days))
			return wrong(why, option, text,
				"days like \"mon-fri\", \"sun\" or \"daily\" were meant");
		schedule->on_days |= days;
		return true;
	}
	default: break;
	}
	if (!*text) {
		buf_printf(why, "%s is empty; leave it out or give it a value", option->name);
		return false;
	}
	if (!utf8_is_valid(text, strlen(text))) {
		buf_printf(why, "%s is not UTF-8", option->name);
		return false;
	}
	for (place = 0; text[place]; place++) {
		if ((unsigned char)text[place] < 0x20 || text[place] == 0x7F)
			return wrong(why, option, text, "control characters have no place here");
	}
	if (option->type == TYPE_ZONE && !date_zone_exists(text))
		return wrong_zone(text, why);
	meant = what_was_meant(option->type, text);
	if (meant)
		return wrong(why, option, text, meant);
	if (option->type == TYPE_PATH || (option->type == TYPE_PLACE && !url_is_web(text)))
		*(const char **)to = path(text, folder, arena);
	else if (option->type == TYPE_SECRET)
		*(const char **)to = secret(text, folder, arena);
	else
		*(const char **)to = arena_strdup(arena, text);
	return true;
}
