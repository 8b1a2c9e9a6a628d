#include "diurnad/manners.h"

#include "core/date.h"
#include "core/limits.h"
#include "core/mem.h"
#include "core/str.h"
#include "diurnad/rhythm.h"
#include "diurnad/weburl.h"

#include <string.h>

enum {
	HOUR_S = 3600,
	DAY_S = 24 * HOUR_S,
	WEEK_S = 7 * DAY_S,
	SLOW_DAYS = 7,         /* daily tries of what is not there, before they become weekly */
	MOVE_POLLS = 3,        /* polls that must see a permanent redirect, */
	MOVE_S = 3 * DAY_S,    /* over that long, before it is believed */
	RHYTHM_S = 4 * WEEK_S, /* how far back a document's dates tell a rhythm */
	SILENCE_SHARE = 10,    /* a silent feed is asked after this part of its silence */
	GAP_SHARE = 3,         /* a lively one after this part of the time between two entries */
	JITTER_SHARE = 8,      /* a wait grows by this part at most, */
	JITTER_MAX_S = HOUR_S, /* and by no more */
	EDITION_LEAD_S =
		10 * 60, /* what comes so long before an edition can be in it, pages and all, */
	EDITION_SPREAD_S = 50 * 60, /* and feeds are asked for it over so long a time */
};

/* A feed whose hours are known is asked when so much of an entry is to be expected. */
#define ENTRY_SHARE 0.5

static int64_t min64(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t max64(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

static int64_t clamp(const struct config *config, int64_t interval_s)
{
	return max64(config->min_interval_s, min64(interval_s, config->max_interval_s));
}

/* The hour of at, GMT, is skipped, or its day. */
static bool is_skipped(int64_t at, uint32_t hours, uint8_t days)
{
	int64_t hour = at / HOUR_S % 24, weekday = (at / DAY_S + 4) % 7; /* 1970: a Thursday */

	return hours >> hour & 1 || days >> weekday & 1;
}

int64_t manners_allowed_at(int64_t at, uint32_t skip_hours, uint8_t skip_days)
{
	int64_t hour = at;
	int i;

	skip_hours &= 0xFFFFFF;
	skip_days &= 0x7F;
	if ((!skip_hours && !skip_days) || at < 0)
		return at;
	for (i = 0; i < 7 * 24 + 1; i++) {
		if (!is_skipped(hour, skip_hours, skip_days))
			return hour;
		hour = (hour / HOUR_S + 1) * HOUR_S;
	}
	return at;
}

/* Entries a week as the dates of a document tell, and its newest date; 0: they tell nothing. */
static double rhythm(const struct feed_doc *doc, int64_t now, int64_t *newest)
{
	int64_t oldest = INT64_MAX, window;
	size_t i, recent = 0, dated = 0;

	for (i = 0; i < doc->entry_count; i++) {
		int64_t at = doc->entries[i].published;

		if (at == DATE_NONE)
			at = doc->entries[i].updated;
		if (at == DATE_NONE || at > now)
			continue;
		dated++;
		recent += at > now - RHYTHM_S;
		oldest = min64(oldest, at);
		*newest = max64(*newest, at);
	}
	if (dated < 2 || !recent)
		return 0;
	window = max64(DAY_S, min64(now - oldest, RHYTHM_S));
	return (double)recent * WEEK_S / (double)window;
}

/* RFC 9111, 4.2.2: without a word about freshness, a tenth of the time since Last-Modified. */
static int64_t heuristic(const struct fetch_response *response, int64_t now)
{
	int64_t at = DATE_NONE;

	if (response->last_modified && !response->has_freshness)
		at = date_parse_http(response->last_modified);
	return at == DATE_NONE || at > now ? 0 : (now - at) / SILENCE_SHARE;
}

/* How long until something new is likely. */
static int64_t learn(const struct feed_row *row, const struct config *config,
	const struct config_feed *settings, const struct fetch_response *response,
	const struct feed_doc *doc, const uint8_t pattern[FEED_PATTERN], int64_t now)
{
	int64_t newest = row->last_new_at, gap = 0, silence;
	double entries_week = 0;

	if (settings && settings->interval_s)
		return settings->interval_s;
	if (doc)
		entries_week = rhythm(doc, now, &newest);
	if (entries_week <= 0)
		entries_week = row->entries_week;
	silence = newest > 0 && newest < now ? (now - newest) / SILENCE_SHARE : 0;
	gap = rhythm_wait(pattern, entries_week, ENTRY_SHARE, newest, now, config->max_interval_s);
	if (gap > 0)
		return clamp(config, max64(gap, silence));
	if (entries_week > 0)
		gap = (int64_t)min64(INT32_MAX, (int64_t)(WEEK_S / entries_week / GAP_SHARE));
	else if (!silence)
		gap = max64(heuristic(response, now),
			row->interval_s > 0 ? row->interval_s : config->default_interval_s);
	return clamp(config, max64(gap, silence));
}

static bool host_and_scheme_upgrade(const char *from, const char *to)
{
	struct weburl a = {0}, b = {0};
	bool is_one = weburl_init(&a, from) && weburl_init(&b, to) && !a.is_https && b.is_https &&
		      weburl_same_origin(a.origin, b.origin);

	weburl_finish(&a);
	weburl_finish(&b);
	return is_one;
}

/* Credentials in the URL belong to the old place; such a feed goes on following its redirect. */
static bool has_userinfo(const char *url)
{
	struct weburl weburl;
	bool has = weburl_init(&weburl, url) && weburl.user;

	weburl_finish(&weburl);
	return has;
}

/* A feed was read at the end of the chain: was all of the way there, or a part, permanent? */
static void follow_move(const struct feed_row *row, const struct fetch_response *response,
	int64_t now, struct poll_result *result)
{
	const char *from = row->fetch_url ? row->fetch_url : row->url;
	const char *to = response->permanent_url;

	result->moved_to = NULL;
	result->moved_since = 0;
	result->moved_polls = 0;
	if (!to || str_eq(from, to))
		return;
	result->moved_to = to;
	result->moved_since = now;
	result->moved_polls = 1;
	if (row->moved_to && str_eq(row->moved_to, to) && row->moved_since > 0) {
		result->moved_since = row->moved_since;
		result->moved_polls = row->moved_polls + 1;
	}
	if (has_userinfo(from) || strlen(to) > LIMIT_URL_BYTES)
		return;
	if (!host_and_scheme_upgrade(from, to) &&
		(result->moved_polls < MOVE_POLLS || now - result->moved_since < MOVE_S))
		return;
	result->fetch_url = to;
	result->moved_to = NULL;
	result->moved_since = 0;
	result->moved_polls = 0;
}

/* Validators are one set: all of a 200, or those of a 304 over the stored ones. */
static void take_validators(const struct feed_row *row, const struct fetch_response *response,
	const struct feed_doc *doc, struct poll_result *result)
{
	bool is_304 = response->http_status == 304;

	/* What was cut off would stay behind a 304. The same bytes again are all there is. */
	if (doc && doc->is_cut)
		return;
	result->has_validators = true;
	result->etag = response->etag;
	result->last_modified = response->last_modified;
	if (is_304 && !result->etag)
		result->etag = row->etag;
	if (is_304 && !result->last_modified)
		result->last_modified = row->last_modified;
	if (response->is_no_store)
		result->etag = result->last_modified = NULL;
	result->validators_url = response->final_url;
	result->validators_variant = response->variant;
	if (response->has_freshness || !is_304)
		result->max_age_s =
			response->is_no_cache ? 0 : min64(response->fresh_s, LIMIT_MAX_AGE_S);
}

/* What the document says about waiting, in seconds. */
static int64_t feed_ttl(const struct feed_row *row, const struct feed_doc *doc)
{
	int64_t ttl = row->ttl_s;

	if (doc)
		ttl = max64(min64(doc->ttl_min, WEEK_S / 60) * 60, doc->update_period_s);
	return min64(ttl, LIMIT_MAX_AGE_S);
}

/*
 * now and wait, a little more by chance, and never in a skipped hour. What skipping moved would
 * begin with the hour, all feeds together: it is spread over the hour's first minutes.
 */
static int64_t due(const struct config *config, int64_t now, int64_t wait, double random,
	uint32_t skip_hours, uint8_t skip_days)
{
	double spread = (double)min64(wait, JITTER_MAX_S * JITTER_SHARE) / JITTER_SHARE;
	int64_t at, allowed_at;

	if (!config->jitters || random < 0 || random > 1)
		random = 0;
	at = now + wait + (int64_t)(spread * random);
	allowed_at = manners_allowed_at(at, skip_hours, skip_days);
	return allowed_at == at ? at : allowed_at + (int64_t)(HOUR_S / JITTER_SHARE * random);
}

/*
 * What an edition misses is a day old in the next one: a feed that would be asked soon after it
 * closes is asked in the hour before, once half of its time has passed and least seconds.
 */
static int64_t before_edition(const struct manners_time *time, const struct config *config,
	int64_t least, const struct poll_result *result, uint32_t skip_hours, uint8_t skip_days)
{
	int64_t planned = result->next_at, at = time->edition_at - EDITION_LEAD_S;

	if (time->edition_at <= time->now || planned <= time->edition_at)
		return planned;
	if (config->jitters)
		at -= (int64_t)(EDITION_SPREAD_S * time->random);
	if (at - time->now < max64(least, (planned - time->now) / 2) ||
		manners_allowed_at(at, skip_hours, skip_days) != at)
		return planned;
	return at;
}

static void succeed(const struct feed_row *row, const struct config *config,
	const struct config_feed *settings, const struct fetch_response *response,
	const struct feed_doc *doc, const struct manners_time *time, struct poll_result *result)
{
	int64_t now = time->now, wait, least;
	uint32_t skip_hours = doc ? doc->skip_hours : row->skip_hours;
	uint8_t skip_days = doc ? doc->skip_days : row->skip_days;

	take_validators(row, response, doc, result);
	follow_move(row, response, now, result);
	memcpy(result->pattern, row->pattern, sizeof(result->pattern));
	if (doc)
		rhythm_learn(result->pattern, doc,
			row->last_ok_at > 0 ? row->last_ok_at : now - RHYTHM_S, now);
	result->interval_s = learn(row, config, settings, response, doc, result->pattern, now);
	least = result->max_age_s >= 0 ? result->max_age_s : min64(row->max_age_s, LIMIT_MAX_AGE_S);
	least = max64(least, feed_ttl(row, doc));
	/* A server that gives nothing to ask with pays in full each time: rarely, then. */
	if (!result->etag && !result->last_modified && !(settings && settings->interval_s))
		least = max64(least, config->blind_interval_s);
	wait = max64(result->interval_s, least);
	result->next_at = due(config, now, wait, time->random, skip_hours, skip_days);
	if (!(settings && settings->interval_s))
		result->next_at = before_edition(time, config, max64(least, config->min_interval_s),
			result, skip_hours, skip_days);
	result->normal_at = result->next_at;
	/* Its hub tells of news: a poll now and then shows whether it does, one when it ends. */
	result->was_pushed = config->websub.callback && row->push_until > now &&
			     !(settings && settings->interval_s);
	if (result->was_pushed) {
		wait = min64(config->websub.interval_s, row->push_until - now);
		result->next_at = max64(result->next_at,
			due(config, now, wait, time->random, skip_hours, skip_days));
	}
	if (!doc)
		return;
	/* WebSub, 4: what the header says goes before what the document says. */
	result->hub = response->link_hub ? response->link_hub : doc->hub;
	result->topic = response->link_self ? response->link_self
			: doc->self         ? doc->self
					    : response->final_url;
}

/* interval, twice, four times ..., a day at most or the interval where that is longer. */
static int64_t back_off(int64_t from, int32_t failures, int64_t most)
{
	int32_t i;

	most = max64(most, from);
	for (i = 1; i < failures && from < most; i++)
		from *= 2;
	return min64(from, most);
}

/* The server says no, and will tomorrow: 4xx that waiting for minutes does not change. */
static bool is_refusal(int status)
{
	return status >= 400 && status < 500 && status != 408 && status != 421 && status != 425 &&
	       status != 429;
}

static int64_t wait_after_failure(const struct feed_row *row, const struct config *config,
	const struct config_feed *settings, const struct fetch_response *response, int32_t failures)
{
	int64_t interval = row->interval_s > 0 ? row->interval_s : config->default_interval_s;

	if (settings && settings->interval_s)
		interval = settings->interval_s;
	if (interval < 1)
		interval = 1;
	if (response->outcome == POLL_LIMITED) {
		if (response->retry_after_s > 0)
			return max64(interval, min64(response->retry_after_s, LIMIT_RETRY_AFTER_S));
		return max64(interval, back_off(HOUR_S, failures, DAY_S));
	}
	if (response->outcome == POLL_HTTP_ERROR && is_refusal(response->http_status))
		return max64(interval, failures > SLOW_DAYS ? WEEK_S : DAY_S);
	return max64(back_off(interval, failures, DAY_S),
		min64(response->retry_after_s, LIMIT_RETRY_AFTER_S));
}

static void fail(const struct feed_row *row, const struct config *config,
	const struct config_feed *settings, const struct fetch_response *response, int64_t now,
	double random, struct poll_result *result)
{
	/* A host that is paused was not asked: that is no failure of this feed. */
	bool was_asked = response->outcome != POLL_LIMITED || response->http_status != 0;
	int64_t wait;

	result->failures = row->failures;
	result->failing_since = row->failing_since;
	if (was_asked) {
		result->failures = row->failures < INT32_MAX ? row->failures + 1 : INT32_MAX;
		result->failing_since = row->failing_since ? row->failing_since : now;
	}
	if (response->outcome == POLL_GONE)
		result->state = FEED_GONE;
	if (was_asked)
		wait = wait_after_failure(
			row, config, settings, response, (int32_t)max64(1, result->failures));
	else
		wait = max64(1, min64(response->retry_after_s, LIMIT_RETRY_AFTER_S));
	result->next_at = due(config, now, wait, random, row->skip_hours, row->skip_days);
}

void manners_decide(const struct feed_row *row, const struct config *config,
	const struct config_feed *settings, const struct fetch_response *response,
	const struct feed_doc *doc, const struct manners_time *time, struct poll_result *result)
{
	memset(result, 0, sizeof(*result));
	result->feed_id = row->id;
	result->at = time->now;
	result->previous_at = row->last_ok_at;
	result->outcome = response->outcome;
	result->http_status = response->http_status;
	result->error = response->error[0] ? response->error : NULL;
	result->bytes = response->bytes;
	result->duration_ms = response->duration_ms;
	result->max_age_s = -1;
	result->interval_s = row->interval_s;
	result->state = FEED_ACTIVE;
	result->moved_to = row->moved_to;
	result->moved_since = row->moved_since;
	result->moved_polls = row->moved_polls;
	result->final_url = response->final_url;
	result->doc = doc;
	result->is_repeat = response->outcome == POLL_NOT_MODIFIED &&
			    row->outcome == POLL_NOT_MODIFIED && row->failures == 0 && !row->error;
	if (response->outcome == POLL_OK || response->outcome == POLL_NOT_MODIFIED)
		succeed(row, config, settings, response, doc, time, result);
	else
		fail(row, config, settings, response, time->now, time->random, result);
}

int64_t manners_page_retry_at(const struct fetch_response *response, int tries, int64_t now)
{
	static const int64_t waits[] = {10 * 60, HOUR_S, 6 * HOUR_S};
	int64_t wait;
	bool is_passing = false;

	if (tries < 1 || tries > (int)ARRAY_LEN(waits))
		return 0;
	wait = waits[tries - 1];
	switch (response->outcome) {
	case POLL_LIMITED:
	case POLL_DNS_ERROR:
	case POLL_CONNECT_ERROR:
	case POLL_TLS_ERROR:
	case POLL_TIMEOUT:
	case POLL_TRANSFER_ERROR: is_passing = true; break;
	case POLL_HTTP_ERROR:
		is_passing = response->http_status >= 500 || response->http_status == 408 ||
			     response->http_status == 425;
		/* A feed may be faster than the page it points to: once more. */
		if (response->http_status == 404 && tries == 1) {
			is_passing = true;
			wait = HOUR_S;
		}
		break;
	case POLL_REFUSED: is_passing = response->retry_after_s > 0; break;
	/* The machine had too much to do, or too little memory: once more. */
	case POLL_PARSER_FAILED: is_passing = tries == 1; break;
	default: break;
	}
	if (!is_passing || response->retry_after_s > DAY_S)
		return 0;
	return now + max64(wait, response->retry_after_s);
}
