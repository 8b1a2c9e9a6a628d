/*
 * URLs taken apart and resolved (RFC 3986), with the leniency of browsers for what people write:
 * white space around, line breaks within, spaces that should have been %20. Normal forms are not
 * made here.
 */
#ifndef DIURNA_CORE_URL_H
#define DIURNA_CORE_URL_H

#include "core/buf.h"

#include <stdbool.h>
#include <stddef.h>

/* A run of characters of somebody else's string. data NULL: the part is not there at all. */
struct url_part {
	const char *data;
	size_t len;
};

struct url {
	struct url_part scheme;
	struct url_part authority; /* everything between // and the path */
	struct url_part userinfo;  /* into authority */
	struct url_part host;      /* into authority; an IPv6 address keeps its brackets */
	struct url_part port;      /* into authority; digits */
	struct url_part path;      /* never NULL */
	struct url_part query;     /* without ? */
	struct url_part fragment;  /* without # */
};

/* Take a reference apart; url points into text. Never fails: what is no scheme is a path. */
void url_split(const char *text, size_t len, struct url *url);

/*
 * Resolve ref against base and append it to buf. base NULL, or without a scheme: ref is cleaned but
 * stays relative. Cleaning: white space around goes, tabs and line breaks within go, spaces,
 * quotes, angle brackets and control characters are percent-encoded. Time is linear.
 * Source: RFC 3986, 5.2.
 */
void url_resolve(const char *base, const char *ref, struct buf *buf);

/* The text begins with a scheme and a colon. */
bool url_is_absolute(const char *text);
/* The scheme is this one (lower case), case aside. */
bool url_has_scheme(const char *text, const char *scheme);
/* http or https, with a host that could be one. A cheap look, no promise that it resolves. */
bool url_is_web(const char *text);
/*
 * Other addresses that nearly always are of the same feed: with http or https, www or without, a
 * slash at the end or none. The first is number 0; appended to form. False: there are no more.
 */
bool url_form(const char *url, unsigned number, struct buf *form);
/*
 * A scheme that makes browsers run what follows, or show a document made of it: javascript,
 * vbscript, data and their kin, also when control characters hide them.
 */
bool url_is_active(const char *text);

#endif
