#include "core/reason.h"

#include "core/str.h"

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
	/* libcurl's own words */
	[REASON_NO_HOST] = "Could not resolve host: #",
	[REASON_CERTIFICATE] = "SSL certificate problem: #",
	[REASON_NO_CONNECTION] = "Failed to connect to #",
	[REASON_PDF] = "is a PDF",
	[REASON_IMAGE] = "is an image",
	[REASON_AUDIO] = "is audio",
	[REASON_VIDEO] = "is a video",
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

enum reason reason_find(const char *text, struct buf *value)
{
	size_t len = strlen(text), i, before;

	for (i = 0; i < REASON_COUNT; i++) {
		const char *hash = strchr(phrases[i], '#');

		if (!hash) {
			if (str_eq(text, phrases[i]))
				return (enum reason)i;
			continue;
		}
		before = (size_t)(hash - phrases[i]);
		if (len >= before + strlen(hash + 1) && strncmp(text, phrases[i], before) == 0 &&
			str_ends(text, hash + 1)) {
			buf_put(value, text + before, len - before - strlen(hash + 1));
			return (enum reason)i;
		}
	}
	return REASON_COUNT;
}
