/* What the answers of a host say of the host. */
#include "diurnad/dispatch_inner.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"

#include <stdio.h>

enum {
	LIMITED_S = 3600,          /* pause after a 429 that says nothing, doubled each time */
	LIMITED_MAX_S = 24 * 3600, /* at most */
	SILENT_REQUESTS = 3,       /* without an answer say that the host is not there, */
	SILENT_TIMEOUTS = 2,       /* after so many times what a connection may take */
};

static void record_host(struct dispatch *dispatch, const struct host *host)
{
	const struct host_row row = {
		.name = host->name,
		.paused_until = host->paused_until,
		.strikes = host->strikes,
	};

	if (dispatch->hooks.on_host)
		dispatch->hooks.on_host(dispatch->hooks.context, &row);
}

/* A 429 speaks for the whole host, and a 503 that says when; RFC 6585, 4. */
static void note_limits(
	struct dispatch *dispatch, struct host *host, const struct fetch_response *response)
{
	int64_t wait_s = response->retry_after_s, i;
	char span[DATE_TEXT_BYTES];
	bool is_limited = response->outcome == POLL_LIMITED &&
			  (response->http_status == 429 || response->http_status == 503);

	if (!is_limited) {
		if (host->strikes &&
			(response->outcome == POLL_OK || response->outcome == POLL_NOT_MODIFIED)) {
			host->strikes = 0;
			record_host(dispatch, host);
		}
		return;
	}
	if (!wait_s) {
		wait_s = LIMITED_S;
		for (i = 0; i < host->strikes && wait_s < LIMITED_MAX_S; i++)
			wait_s *= 2;
		wait_s = wait_s < LIMITED_MAX_S ? wait_s : LIMITED_MAX_S;
	}
	if (host->strikes < INT32_MAX)
		host->strikes++;
	if (host->paused_until < clock_now() + wait_s)
		host->paused_until = clock_now() + wait_s;
	log_info("host %s: HTTP %d, left alone for %s", log_visible(host->name),
		response->http_status, date_span(wait_s, span));
	record_host(dispatch, host);
}

static bool is_answer(const struct fetch_response *response)
{
	return response->http_status != 0 ||
	       (response->outcome != POLL_DNS_ERROR && response->outcome != POLL_CONNECT_ERROR &&
		       response->outcome != POLL_TIMEOUT);
}

/*
 * A host that is not there is not asked for each of its five thousand feeds: those that wait fail
 * with the ones that were tried. The next that is due tries again.
 */
static void note_silence(
	struct dispatch *dispatch, struct host *host, const struct fetch_response *response)
{
	int64_t now_ms = clock_monotonic_ms(),
		least_ms = dispatch->config->connect_timeout_s * 1000 * SILENT_TIMEOUTS;
	struct waiting *waiting;
	char why[200], span[DATE_TEXT_BYTES];
	size_t count = 0;

	if (is_answer(response)) {
		host->unanswered = 0;
		return;
	}
	if (host->unanswered == 0)
		host->silent_ms = now_ms - response->duration_ms;
	if (host->unanswered < INT32_MAX)
		host->unanswered++;
	if (host->unanswered < SILENT_REQUESTS || now_ms - host->silent_ms < least_ms)
		return;
	snprintf(why, sizeof(why), "not asked: %.100s did not answer before", host->name);
	for (; (waiting = queue_take(&host->feeds)) || (waiting = queue_take(&host->pages));
		count++)
		dispatch_end(waiting, response->outcome, 0, why);
	if (count)
		log_warning("host %s: no answer to %d requests in %s; %zu more that waited for it "
			    "fail unasked, the next that is due tries again",
			log_visible(host->name), (int)host->unanswered,
			date_span((now_ms - host->silent_ms) / 1000, span), count);
}

/* The limit belongs to the host that answered, which after a redirect is another one. */
void dispatch_note_answer(
	struct dispatch *dispatch, struct host *asked, const struct fetch_response *response)
{
	struct weburl final = {0};
	struct host *host = asked;

	if (response->outcome == POLL_LIMITED && weburl_init(&final, response->final_url))
		host = hosts_get(&dispatch->hosts, final.host);
	weburl_finish(&final);
	note_limits(dispatch, host, response);
	note_silence(dispatch, asked, response);
	if (host != asked)
		dispatch_place(dispatch, host, false);
}
