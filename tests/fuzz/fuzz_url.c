/* URLs: what is compared, what is sent, what is allowed. Two of them, on two lines. */
#include "check.h"

#include "core/identity.h"
#include "core/limits.h"
#include "core/url.h"
#include "diurnad/guard.h"
#include "diurnad/weburl.h"

#include <stdlib.h>
#include <string.h>

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_sendable(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;

	for (; *p; p++)
		check(*p > ' ' && *p < 0x7F);
}

/* The canonical form of the canonical form is itself. */
static void check_canonical(const char *text)
{
	struct buf once = {0}, twice = {0}, site = {0};

	if (url_canonical(text, &once)) {
		check(url_canonical(buf_text(&once), &twice));
		check(strcmp(buf_text(&once), buf_text(&twice)) == 0);
	}
	url_site(text, &site);
	buf_finish(&once);
	buf_finish(&twice);
	buf_finish(&site);
}

static void check_web(const char *text, struct guard *guard)
{
	const char *why = NULL;
	struct weburl url, again;

	if (!weburl_init(&url, text))
		return;
	check(strlen(url.url) <= LIMIT_URL_BYTES && *url.host && url.path_query[0] == '/');
	check_sendable(url.path_query);
	check(!strchr(url.path_query, '#') && weburl_same_origin(text, text));
	check(weburl_init(&again, url.url) && strcmp(again.url, url.url) == 0);
	check(strcmp(again.host, url.host) == 0 && strcmp(again.origin, url.origin) == 0);
	if (!guard_allows_host(guard, url.host, &why))
		check(why != NULL);
	weburl_finish(&again);
	weburl_finish(&url);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct config config;
	static struct guard *guard;
	char *text, *second;

	if (!guard)
		guard = guard_new(&config);
	text = malloc(size + 1);
	memcpy(text, data, size);
	text[size] = '\0';
	second = strchr(text, '\n');
	if (second)
		*second++ = '\0';
	check_canonical(text);
	check_web(text, guard);
	url_is_active(text);
	url_is_web(text);
	if (second)
		weburl_same_origin(text, second);
	free(text);
	return 0;
}
