#include "diurnad/authority.h"

#include "core/clock.h"
#include "diurnad/robots.h"

#include <stdlib.h>

enum { KEEP_S = 24 * 3600 }; /* RFC 9309, 2.4: at most a day */

static const double crawl_delay_max_s = 60;

void authority_free(struct authority *authority)
{
	robots_free(authority->rules);
	free(authority->name);
	free(authority);
}

int authority_status(const struct fetch_response *response)
{
	/* RFC 9309, 2.3.1.2: a robots.txt behind endless redirects counts as not there. */
	if (response->outcome == POLL_REDIRECT_ERROR)
		return 404;
	if (response->outcome == POLL_OK)
		return 200;
	/* A challenge is a no with another status. */
	if (response->outcome == POLL_CHALLENGE)
		return 503;
	if (response->outcome == POLL_HTTP_ERROR || response->outcome == POLL_GONE ||
		response->outcome == POLL_LIMITED)
		return response->http_status >= 400 ? response->http_status : 503;
	return 0;
}

void authority_learn(struct authority *authority, int http_status, const char *body, size_t len,
	int64_t fetched_at)
{
	robots_free(authority->rules);
	authority->rules = NULL;
	authority->is_known = true;
	authority->fetched_at = fetched_at;
	/* RFC 9309, 2.3.1.3 and 2.3.1.4: not there allows, not reachable forbids. */
	authority->is_unreachable = http_status < 200 || http_status >= 500 || http_status == 429;
	if (http_status >= 200 && http_status < 300)
		authority->rules = robots_parse(body ? body : "", len);
}

bool authority_is_fresh(const struct authority *authority)
{
	int64_t keep_s = authority->is_unreachable ? ROBOTS_AGAIN_S : KEEP_S;
	int64_t age_s = clock_now() - authority->fetched_at;

	return authority->is_known && age_s >= 0 && age_s < keep_s;
}

bool authority_allows(const struct authority *authority, const char *path_query)
{
	return !authority->is_unreachable &&
	       (!authority->rules || robots_allows(authority->rules, path_query));
}

int64_t authority_crawl_delay_ms(const struct authority *authority)
{
	double delay_s = authority->rules ? robots_delay_s(authority->rules) : 0;

	return (int64_t)((delay_s < crawl_delay_max_s ? delay_s : crawl_delay_max_s) * 1000);
}
