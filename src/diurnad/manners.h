/* When a feed is asked again: the rules of good manners as one function without side effects. */
#ifndef DIURNA_DIURNAD_MANNERS_H
#define DIURNA_DIURNAD_MANNERS_H

#include "core/config.h"
#include "core/doc.h"
#include "diurnad/fetch.h"
#include "store/feeds.h"

/* What a decision must not ask for by itself. */
struct manners_time {
	int64_t now;
	int64_t edition_at; /* when the next edition closes; 0, INT64_MAX: nobody waits for one */
	double random;      /* 0 to 1 */
};

/*
 * Decide what follows from a poll.
 *
 * row       the feed as it was before
 * settings  of the feed; NULL: none
 * response  of the transfer; its outcome may have been changed by what the parser said
 *           (POLL_NOT_A_FEED, POLL_PARSER_FAILED, POLL_CHALLENGE, or POLL_NOT_MODIFIED for an
 *           equal body)
 * doc       the document; NULL: none
 * result    filled: outcome, next_at, interval_s, failures, failing_since, state, validators,
 *           moved_*, fetch_url, max_age_s, error; strings are borrowed from row and response.
 *           doc is set, feed_id and at too
 *
 * Sources: RFC 9110, 9111, 6585, 8246; RSS 2.0 ttl, skipHours, skipDays; mod_syndication.
 */
void manners_decide(const struct feed_row *row, const struct config *config,
	const struct config_feed *settings, const struct fetch_response *response,
	const struct feed_doc *doc, const struct manners_time *time, struct poll_result *result);

/*
 * The first allowed time at or after at: skipHours and skipDays are moved over; all hours skipped
 * counts as none.
 */
int64_t manners_allowed_at(int64_t at, uint32_t skip_hours, uint8_t skip_days);

/* When a page that failed is tried again; 0: never. tries: so far, this one counted. */
int64_t manners_page_retry_at(const struct fetch_response *response, int tries, int64_t now);

#endif
