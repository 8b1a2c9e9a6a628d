#include "core/reason.h"

#include "core/mem.h"
#include "core/str.h"

#include <stdlib.h>
#include <string.h>

static const char *const phrases[REASON_COUNT] = {
	[REASON_SCRIPTS] = "the text is made by scripts",
	[REASON_NO_TEXT] = "no text was found",
	[REASON_WALL] = "behind a wall: only the beginning is there",
	[REASON_CUT_SHORT] = "cut short: the rest is elsewhere",
	[REASON_LITTLE_TEXT] = "very little text",
	[REASON_END_MISSING] = "the page is too large: its end is missing",
	[REASON_UNSURE] = "unsure what of the page is the article",
	[REASON_LESS_THAN_FEED] = "the page shows less than the feed",
	[REASON_NO_HTML] = "no HTML could be read",
	[REASON_OTHER_KIND] = "no HTML: another kind of document",
	[REASON_RULE_EMPTY] = "the site's rule found nothing",
	[REASON_PAGE_MISSING] = "page # could not be read: the text ends before it",
	[REASON_EMPTY_PAGE] = "an empty page",
	[REASON_EMPTY_BODY] = "an empty body",
	[REASON_ROBOTS] = "robots.txt forbids it",
	[REASON_ROBOTS_UNREAD] = "robots.txt cannot be read",
	[REASON_CHALLENGE] = "a challenge for browsers",
	[REASON_GONE] = "gone",
	[REASON_NOT_A_FEED] = "not a feed",
	[REASON_NO_ANSWER] = "no answer in time (of # s)",
	[REASON_SLOW_ANSWER] = "the answer took too long (of # s)",
	[REASON_NO_WORD] = "the server closes the connection without an answer",
	[REASON_WAIT] = "asked to wait #",
	[REASON_SLOW_DOWN] = "asked to slow down",
	[REASON_BODY_LARGE] = "the body is too large",
	[REASON_HEADER_LARGE] = "the header is too large",
	[REASON_CIRCLE] = "redirects in a circle",
	[REASON_MANY_REDIRECTS] = "too many redirects",
	[REASON_NO_TLS] = "the server does not speak TLS there",
	[REASON_NO_CIPHER] = "the server has no cipher or certificate for us",
	[REASON_TLS_VERSION] = "the server speaks no version of TLS that is allowed here",
	[REASON_NO_NAME] = "the server has no certificate for this name",
	[REASON_HANDSHAKE] = "the server ended the connection within the handshake",
	[REASON_SHORT_KEY] = "the server's key is too short to be safe",
	[REASON_OUR_CERTIFICATE] = "the server wants a certificate of ours",
	[REASON_NOT_UNPACKED] = "it cannot be decompressed",
	[REASON_NO_HTTP] = "what came is no HTTP",
	[REASON_TWO_LENGTHS] = "two lengths that disagree",
	[REASON_NOWHERE] = "a redirect to nowhere",
	[REASON_NO_URL] = "a redirect to something that is no URL",
	[REASON_OTHER_SCHEME] = "a redirect to a scheme that is not ours",
	[REASON_LESS_SAFE] = "a redirect from https to http",
	[REASON_NOT_WEB] = "not a URL of the web",
	[REASON_NOT_PUBLIC] = "# is not public: *",
	[REASON_NOT_ASKED] = "not asked: # did not answer before",
	[REASON_LEFT_ALONE] = "# asked to be left alone for *",
	[REASON_BUSY] = "its address is busy with other requests of ours",
	[REASON_TOOK_LONG] = "took too long",
	[REASON_NOT_WELL_FORMED] = "not well formed",
	[REASON_OVER_LIMIT] = "over the limit",
	[REASON_CRASHED] = "the process ended unexpectedly",
	/* libcurl's own words */
	[REASON_EXPIRED] = "SSL certificate problem: certificate has expired",
	[REASON_SELF_SIGNED] = "SSL certificate problem: self-signed certificate",
	[REASON_UNKNOWN_ISSUER] = "SSL certificate problem: unable to get local issuer certificate",
	[REASON_OTHER_NAME] =
		"SSL: no alternative certificate subject name matches target host name #",
	[REASON_NO_HOST] = "Could not resolve host: #",
	[REASON_CERTIFICATE] = "SSL certificate problem: #",
	[REASON_NO_CONNECTION] = "Failed to connect to #",
	[REASON_PDF] = "is a PDF",
	[REASON_IMAGE] = "is an image",
	[REASON_AUDIO] = "is audio",
	[REASON_VIDEO] = "is a video",
	[REASON_AS_IF_KNOWN] = "as if we had it already",
	[REASON_NOTHING_CAME] = "nothing came",
	[REASON_PART_CAME] = "a part of it came",
	[REASON_LOGIN] = "it wants a login, see user and password-file in diurna.conf(5)",
	[REASON_FORBIDDEN] = "the server does not let us in",
	[REASON_NOT_THERE] = "it is not there",
	[REASON_PROXY_LOGIN] = "the proxy wants a login",
	[REASON_LEGAL] = "withheld for legal reasons",
	[REASON_SERVER_FAILED] = "the server failed",
	[REASON_SERVER_DOWN] = "the server behind it is down",
	[REASON_OVERLOADED] = "the server is down or overloaded",
};

const char *reason_text(enum reason reason)
{
	return phrases[reason];
}

/* What stands for # in a text that the phrase says; false: it says another. */
static bool says(const char *phrase, const char *text, struct buf *value)
{
	const char *hash = strchr(phrase, '#'), *rest, *end;
	size_t len = strlen(text), before, after;

	if (!hash)
		return str_eq(text, phrase);
	before = (size_t)(hash - phrase);
	rest = hash + 1;
	after = strcspn(rest, "*");
	if (strncmp(text, phrase, before) != 0 || len < before + after)
		return false;
	end = text + len - after;
	if (rest[after] == '*') {
		char *middle = xstrndup(rest, after);

		end = strstr(text + before, middle);
		free(middle);
	} else if (strcmp(end, rest) != 0) {
		return false;
	}
	if (!end)
		return false;
	buf_put(value, text + before, (size_t)(end - text) - before);
	return true;
}

enum reason reason_find(const char *text, struct buf *value)
{
	size_t i;

	for (i = 0; i < REASON_COUNT && !says(phrases[i], text, value); i++)
		continue;
	return (enum reason)i;
}
