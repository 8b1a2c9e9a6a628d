/*
 * Why an article is poor or a page or feed could not be had: phrases that a reader sees. They are
 * stored and answered in English, as here; edition/words has them in the languages of digests.
 */
#ifndef DIURNA_CORE_REASON_H
#define DIURNA_CORE_REASON_H

#include "core/buf.h"

enum reason {
	/* of an article: what the extraction says of it */
	REASON_SCRIPTS,
	REASON_NO_TEXT,
	REASON_WALL,
	REASON_CUT_SHORT,
	REASON_LITTLE_TEXT,
	REASON_END_MISSING,
	REASON_UNSURE,
	REASON_LESS_THAN_FEED,
	REASON_NO_HTML,
	REASON_OTHER_KIND,
	REASON_RULE_EMPTY,
	REASON_PAGE_MISSING, /* # is its number */
	/* of a page or feed: what came instead */
	REASON_EMPTY_PAGE,
	REASON_EMPTY_BODY,
	REASON_ROBOTS,
	REASON_ROBOTS_UNREAD,
	REASON_CHALLENGE,
	REASON_GONE,
	REASON_NOT_A_FEED,
	REASON_NO_ANSWER, /* # is a number of seconds */
	REASON_SLOW_ANSWER,
	REASON_NO_WORD,
	REASON_WAIT, /* # is a span of time */
	REASON_SLOW_DOWN,
	REASON_BODY_LARGE,
	REASON_HEADER_LARGE,
	REASON_CIRCLE,
	REASON_MANY_REDIRECTS,
	REASON_EXPIRED, /* of certificates: these before what is said of any */
	REASON_SELF_SIGNED,
	REASON_UNKNOWN_ISSUER,
	REASON_OTHER_NAME, /* # is a name */
	REASON_NO_TLS,
	REASON_NO_CIPHER,
	REASON_TLS_VERSION,
	REASON_NO_NAME,
	REASON_HANDSHAKE,
	REASON_SHORT_KEY,
	REASON_OUR_CERTIFICATE,
	REASON_NOT_UNPACKED,
	REASON_NO_HTTP,
	REASON_TWO_LENGTHS,
	REASON_NOWHERE,
	REASON_NO_URL,
	REASON_OTHER_SCHEME,
	REASON_LESS_SAFE,
	REASON_NOT_WEB,
	REASON_NOT_PUBLIC,
	REASON_NOT_ASKED,
	REASON_LEFT_ALONE,
	REASON_BUSY,
	REASON_TOOK_LONG,
	REASON_NOT_WELL_FORMED,
	REASON_OVER_LIMIT,
	REASON_CRASHED,
	REASON_NO_HOST, /* # is a name */
	REASON_CERTIFICATE,
	REASON_NO_CONNECTION,
	REASON_PDF,
	REASON_IMAGE,
	REASON_AUDIO,
	REASON_VIDEO,
	/* behind "HTTP 404, " */
	REASON_AS_IF_KNOWN,
	REASON_NOTHING_CAME,
	REASON_PART_CAME,
	REASON_LOGIN,
	REASON_FORBIDDEN,
	REASON_NOT_THERE,
	REASON_PROXY_LOGIN,
	REASON_LEGAL,
	REASON_SERVER_FAILED,
	REASON_SERVER_DOWN,
	REASON_OVERLOADED,
	REASON_COUNT
};

/*
 * The English phrase; # in it stands for what is said of the one case, * at its end for more that
 * other languages leave out.
 */
const char *reason_text(enum reason reason);
/* The reason whose phrase this is, and what stands for its #; REASON_COUNT: of none. */
enum reason reason_find(const char *text, struct buf *value);

#endif
