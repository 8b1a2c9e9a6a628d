#include "diurnad/headers.h"

#include "core/date.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "core/url.h"

#include <stdlib.h>
#include <string.h>

static const struct header_name {
	const char *name;
	bool is_list; /* several lines are one value, joined by commas */
} names[HEADER_COUNT] = {
	[HEADER_AGE] = {"age", false},
	[HEADER_CACHE_CONTROL] = {"cache-control", true},
	[HEADER_CF_MITIGATED] = {"cf-mitigated", false},
	[HEADER_CONTENT_LANGUAGE] = {"content-language", true},
	[HEADER_CONTENT_LENGTH] = {"content-length", true},
	[HEADER_CONTENT_TYPE] = {"content-type", false},
	[HEADER_DATE] = {"date", false},
	[HEADER_ETAG] = {"etag", false},
	[HEADER_EXPIRES] = {"expires", false},
	[HEADER_LAST_MODIFIED] = {"last-modified", false},
	[HEADER_LINK] = {"link", true},
	[HEADER_LOCATION] = {"location", false},
	[HEADER_RETRY_AFTER] = {"retry-after", false},
};

static void forget(struct headers *headers)
{
	size_t i;

	for (i = 0; i < HEADER_COUNT; i++) {
		free(headers->values[i]);
		headers->values[i] = NULL;
	}
}

void headers_finish(struct headers *headers)
{
	forget(headers);
	headers->bytes = 0;
}

static void keep(char **value, bool is_list, const char *text, size_t len)
{
	char *joined;

	/* A value that long is nobody's validator; sent back cut it would be wrong. */
	if (len > LIMIT_HEADER_VALUE || memchr(text, '\0', len))
		return;
	if (*value && is_list) {
		if (strlen(*value) + len > LIMIT_HEADER_VALUE)
			return;
		joined = xasprintf("%s, %.*s", *value, (int)len, text);
	} else {
		joined = xstrndup(text, len);
	}
	free(*value);
	*value = joined;
}

void headers_add(struct headers *headers, const char *line, size_t len)
{
	const char *colon, *end = line + len;
	size_t name_len, i;

	headers->bytes += len;
	if (len >= 5 && memcmp(line, "HTTP/", 5) == 0) {
		forget(headers);
		return;
	}
	colon = memchr(line, ':', len);
	if (!colon)
		return;
	name_len = (size_t)(colon - line);
	for (i = 0; i < HEADER_COUNT; i++)
		if (strlen(names[i].name) == name_len &&
			strncasecmp(names[i].name, line, name_len) == 0)
			break;
	if (i == HEADER_COUNT)
		return;
	for (colon++; colon < end && str_is_space(*colon);)
		colon++;
	while (end > colon && str_is_space(end[-1]))
		end--;
	if (end > colon)
		keep(&headers->values[i], names[i].is_list, colon, (size_t)(end - colon));
}

/* The end of an element: the next comma or semicolon that is in no quotes and no angle brackets. */
static const char *element_end(const char *p, const char *stops)
{
	bool in_quotes = false, in_link = false;

	for (; *p; p++) {
		if (in_quotes) {
			if (*p == '\\' && p[1])
				p++;
			else if (*p == '"')
				in_quotes = false;
		} else if (in_link) {
			in_link = *p != '>';
		} else if (*p == '"') {
			in_quotes = true;
		} else if (*p == '<') {
			in_link = true;
		} else if (strchr(stops, *p)) {
			break;
		}
	}
	return p;
}

/* "name" or "name=value" or "name="value"": the value as a copy, NULL: it is another name. */
static char *parameter(const char *text, size_t len, const char *name)
{
	char *copy = str_trim(xstrndup(text, len)), *value = copy, *to, *from;
	size_t name_len = strlen(name);

	if (!str_istarts(copy, name))
		goto no;
	value += name_len;
	while (str_is_space(*value))
		value++;
	if (*value && *value != '=')
		goto no;
	if (*value == '=')
		value++;
	while (str_is_space(*value))
		value++;
	if (*value == '"') {
		for (to = from = value + 1; *from && *from != '"'; from++) {
			if (*from == '\\' && from[1])
				from++;
			*to++ = *from;
		}
		*to = '\0';
		value++;
	}
	memmove(copy, value, strlen(value) + 1);
	return copy;
no:
	free(copy);
	return NULL;
}

/* delta-seconds: digits; what overflows is as large as can be. -1: no number. */
static int64_t seconds(const char *text)
{
	int64_t value = 0;

	if (!str_is_digit(*text))
		return -1;
	for (; str_is_digit(*text); text++)
		value = value > INT32_MAX ? INT32_MAX : value * 10 + (*text - '0');
	return value > INT32_MAX ? INT32_MAX : value;
}

static void cache_control(const char *text, struct freshness *freshness, int64_t *max_age)
{
	const char *p = text, *end;
	char *value;

	for (; *p; p = *end ? end + 1 : end) {
		size_t len = (size_t)((end = element_end(p, ",")) - p);

		if ((value = parameter(p, len, "no-store"))) {
			freshness->is_no_store = freshness->is_no_cache = true;
		} else if ((value = parameter(p, len, "no-cache"))) {
			freshness->is_no_cache = true;
		} else if ((value = parameter(p, len, "max-age"))) {
			int64_t age = seconds(value);

			/* RFC 9111, 4.2.1: of several, the most restrictive; no number is stale. */
			age = age < 0 ? 0 : age;
			*max_age = *max_age < 0 || age < *max_age ? age : *max_age;
		}
		free(value);
	}
}

void headers_freshness(const struct headers *headers, int64_t now, struct freshness *freshness)
{
	const char *control = headers->values[HEADER_CACHE_CONTROL];
	const char *expires = headers->values[HEADER_EXPIRES];
	const char *date = headers->values[HEADER_DATE];
	const char *age = headers->values[HEADER_AGE];
	int64_t max_age = -1, age_s, sent_at, until;

	memset(freshness, 0, sizeof(*freshness));
	freshness->is_said = control || expires;
	if (control)
		cache_control(control, freshness, &max_age);
	age_s = age ? seconds(age) : 0;
	if (age_s < 0)
		age_s = 0;
	if (max_age < 0 && expires) {
		sent_at = date ? date_parse_http(date) : DATE_NONE;
		sent_at = sent_at == DATE_NONE ? now : sent_at;
		until = date_parse_http(expires);
		max_age = until == DATE_NONE || until < sent_at ? 0 : until - sent_at;
	}
	if (!freshness->is_no_cache && max_age > age_s)
		freshness->fresh_s = max_age - age_s;
}

bool headers_have_two_lengths(const struct headers *headers)
{
	const char *first = headers->values[HEADER_CONTENT_LENGTH], *next;
	size_t len = first ? strcspn(first, ", ") : 0;

	for (next = first; next && (next = strchr(next, ','));) {
		next += strspn(next, ", ");
		if (strcspn(next, ", ") != len || strncmp(first, next, len) != 0)
			return true;
	}
	return false;
}

int64_t headers_retry_after(const struct headers *headers, int64_t now)
{
	const char *text = headers->values[HEADER_RETRY_AFTER];
	const char *date = headers->values[HEADER_DATE];
	int64_t wait, sent_at;

	if (!text)
		return 0;
	wait = seconds(text);
	if (wait < 0) {
		wait = date_parse_http(text);
		if (wait == DATE_NONE)
			return 0;
		sent_at = date ? date_parse_http(date) : DATE_NONE;
		wait -= sent_at == DATE_NONE ? now : sent_at;
	}
	if (wait < 0)
		return 0;
	return wait > LIMIT_RETRY_AFTER_S ? LIMIT_RETRY_AFTER_S : wait;
}

/* A list of relations, separated by white space, has this one. */
static bool has_relation(const char *list, const char *relation)
{
	size_t len = strlen(relation), word;

	while (*list) {
		list += strspn(list, " \t");
		word = strcspn(list, " \t");
		if (word == len && strncasecmp(list, relation, len) == 0)
			return true;
		list += word;
	}
	return false;
}

static bool link_is(const char *p, const char *end, const char *relation)
{
	const char *stop;
	char *rel;
	bool is_it;

	for (; p < end && *p; p = stop < end && *stop ? stop + 1 : end) {
		stop = element_end(p, ";,");
		if (stop > end)
			stop = end;
		rel = parameter(p, (size_t)(stop - p), "rel");
		if (!rel)
			continue;
		/* RFC 8288, 3.3: the first rel counts, the others do not. */
		is_it = has_relation(rel, relation);
		free(rel);
		return is_it;
	}
	return false;
}

char *headers_link(const struct headers *headers, const char *relation, const char *base)
{
	const char *p = headers->values[HEADER_LINK], *end, *close;
	struct buf buf = {0};
	char *target;

	for (; p && *p; p = *end ? end + 1 : end) {
		p += strspn(p, " \t");
		end = element_end(p, ",");
		close = *p == '<' ? memchr(p, '>', (size_t)(end - p)) : NULL;
		if (!close || !link_is(close + 1, end, relation))
			continue;
		target = xstrndup(p + 1, (size_t)(close - p - 1));
		url_resolve(base, target, &buf);
		free(target);
		return buf_take(&buf);
	}
	return NULL;
}
