#include "diurnad/polls_inner.h"

#include "core/date.h"
#include "core/log.h"
#include "core/str.h"

#include <stdio.h>

enum { FAILURE_BYTES = 320 };

/* The same failure again is no news, and what was not asked stands in its host's line. */
static enum log_level level_of(const struct poll *poll, const struct share *share)
{
	bool is_repeat = share->row.failures > 0 && share->row.outcome == share->result.outcome &&
			 share->row.http_status == share->result.http_status;

	return poll->response.final_url && !is_repeat ? LOG_LEVEL_WARNING : LOG_LEVEL_INFO;
}

static void log_recovery(const struct share *share)
{
	char span[DATE_TEXT_BYTES];

	if (share->row.failing_since > 0 && share->result.failing_since == 0)
		log_notice("feed %lld %s: works again, after %s", (long long)share->row.id,
			log_visible(share->row.url),
			date_span(share->result.at - share->row.failing_since, span));
}

/* "HTTP 404, it is not there", "took too long: no answer in time (of 60 s)" */
static void failure_text(const struct poll_result *result, char text[FAILURE_BYTES])
{
	const char *why = result->error;
	char outcome[64];

	poll_outcome_text(result->outcome, result->http_status, outcome);
	if (!why || str_eq(why, NOT_A_FEED))
		snprintf(text, FAILURE_BYTES, "%s", outcome);
	else if (str_starts(why, outcome))
		snprintf(text, FAILURE_BYTES, "%s", log_visible(why));
	else
		snprintf(text, FAILURE_BYTES, "%s: %s", outcome, log_visible(why));
}

/* Entries came and went since the poll before. */
static void log_gap(const struct poll *poll, const struct share *share)
{
	const char *url = log_visible(share->row.url);
	long long id = (long long)share->row.id;
	size_t count = poll->answer.feed.entry_count;

	if (share->reply.is_gap && share->reply.why)
		log_warning(
			"feed %lld %s: none of its %zu entries is known, some before them may be "
			"missing: %s",
			id, url, count, share->reply.why);
	else if (share->reply.is_gap)
		log_info("feed %lld %s: none of its %zu entries is known, older documents are read",
			id, url, count);
}

void poll_say(const struct poll *poll, const struct share *share)
{
	const struct poll_result *result = &share->result;
	long long id = (long long)share->row.id;
	const char *url;
	char text[FAILURE_BYTES], next[DATE_TEXT_BYTES];

	log_recovery(share);
	if (!log_is_on(LOG_LEVEL_INFO) &&
		(result->outcome == POLL_OK || result->outcome == POLL_NOT_MODIFIED))
		return;
	url = log_visible(share->row.url);
	failure_text(result, text);
	date_span(result->next_at - result->at, next);
	if (result->state == FEED_GONE)
		log_warning("feed %lld %s: gone (410), not polled any more; `diurna unsubscribe` "
			    "takes it out of the list, subscribing again polls it",
			id, url);
	else if (result->outcome == POLL_OK)
		log_info("feed %lld %s: %d new, %d changed of %zu, next in %s", id, url,
			(int)share->reply.new_items, (int)share->reply.revised,
			poll->answer.feed.entry_count, next);
	else if (result->outcome == POLL_NOT_MODIFIED)
		log_info("feed %lld %s: not modified, next in %s", id, url, next);
	else if (result->outcome == POLL_LIMITED && result->http_status == 0)
		log_info("feed %lld %s: not asked, its host is paused, next try in %s", id, url,
			next);
	else
		log_at(level_of(poll, share), "feed %lld %s: %s, failure %d, next try in %s", id,
			url, text, (int)result->failures, next);
	log_gap(poll, share);
	if (result->fetch_url && !str_eq(result->fetch_url, share->row.fetch_url))
		log_notice("feed %lld %s: moved for good, polled at %s from now on", id, url,
			log_visible(result->fetch_url));
}

void poll_show(const struct share *share, enum progress progress)
{
	const struct poll_result *result = &share->result;
	char text[64];
	json_t *object;

	if (progress == PROGRESS_JSON) {
		object = control_poll_json(share->row.url, result, share->reply.new_items);
		json_dumpf(object, stdout, JSON_COMPACT);
		json_decref(object);
		putchar('\n');
	} else {
		poll_outcome_text(result->outcome, result->http_status, text);
		printf("%-16s %3d new  %s\n", text, (int)share->reply.new_items,
			log_visible(share->row.url));
	}
	fflush(stdout);
}
