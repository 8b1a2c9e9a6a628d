/* A web URL as the network needs it: what is sent, where it goes, who is asked for robots.txt. */
#ifndef DIURNA_DIURNAD_WEBURL_H
#define DIURNA_DIURNAD_WEBURL_H

#include <stdbool.h>

struct weburl {
	char *url;              /* as sent: without user information and fragment */
	char *host;             /* lower case, an IPv6 address without its brackets */
	char *origin;           /* "https://example.org:443", the port always there */
	char *authority;        /* "https://example.org", the port only where it is not usual */
	const char *path_query; /* into url; begins with '/', or is "/" */
	char *user;             /* decoded; NULL: none was in the URL */
	char *password;         /* decoded; "" without; NULL where user is */
	bool is_https;          /* else http */
};

/*
 * Take a URL apart. Path and query stay as given, but bytes that may not be sent are
 * percent-encoded. False: it is no http or https URL with a host, or it is too long; nothing needs
 * to be freed then.
 */
bool weburl_init(struct weburl *weburl, const char *text);
void weburl_finish(struct weburl *weburl);

/* What was meant for origin from may be sent to origin to: the same one, or its https twin. */
bool weburl_same_origin(const char *from, const char *to);

#endif
