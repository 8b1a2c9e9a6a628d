#include "diurnad/counters.h"

#include <stdio.h>

static const int64_t bounds_ms[LATENCY_BOUNDS] = {
	50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000};

void counters_request(struct counters *counters, const struct fetch_response *response)
{
	int i;

	if (!response->final_url)
		return;
	counters->requests++;
	counters->connections += response->is_new_connection;
	counters->requests_ms += (uint64_t)response->duration_ms;
	for (i = 0; i < LATENCY_BOUNDS; i++)
		counters->took[i] += response->duration_ms <= bounds_ms[i];
}

static const char *page_end_name(int end)
{
	if (end == PAGES_NO_ARTICLE)
		return "no-article";
	return end == POLL_NOT_A_FEED ? "not-a-page" : poll_outcome_name((enum poll_outcome)end);
}

json_t *counters_json(const struct counters *counters)
{
	json_t *object = json_object(), *polls = json_object(), *pages = json_object(),
	       *took = json_object();
	char bound[24];
	int i;

	for (i = 0; i < POLL_OUTCOMES; i++)
		json_object_set_new(polls, poll_outcome_name((enum poll_outcome)i),
			json_integer((json_int_t)counters->polls[i]));
	json_object_set_new(object, "polls", polls);
	for (i = 0; i < PAGE_ENDS; i++)
		/* A page is never asked for conditionally. */
		if (i != POLL_NOT_MODIFIED)
			json_object_set_new(pages, page_end_name(i),
				json_integer((json_int_t)counters->pages[i]));
	json_object_set_new(object, "pages", pages);
	for (i = 0; i < LATENCY_BOUNDS; i++) {
		snprintf(bound, sizeof(bound), "%lld", (long long)bounds_ms[i]);
		json_object_set_new(took, bound, json_integer((json_int_t)counters->took[i]));
	}
	json_object_set_new(object, "took_ms", took);
#define ADD(name) json_object_set_new(object, #name, json_integer((json_int_t)counters->name))
	ADD(pages_ok);
	ADD(pages_failed);
	ADD(pages_retried);
	ADD(mails_sent);
	ADD(mails_failed);
	ADD(mails_unsure);
	ADD(mails_retried);
	ADD(hub_requests);
	ADD(hub_failures);
	ADD(hub_grants);
	ADD(hub_denials);
	ADD(hub_deliveries);
	ADD(hub_rejected);
	ADD(archives_read);
	ADD(archives_failed);
	ADD(items_new);
	ADD(items_revised);
	ADD(items_merged);
	ADD(bytes);
	ADD(editions);
	ADD(requests);
	ADD(requests_ms);
	ADD(connections);
#undef ADD
	return object;
}
