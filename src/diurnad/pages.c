#include "diurnad/daemon.h"

#include "core/clock.h"
#include "core/date.h"
#include "core/log.h"
#include "core/mem.h"
#include "core/reason.h"
#include "diurnad/further.h"
#include "diurnad/manners.h"
#include "diurnad/siterules.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PROGRESS_EVERY_MS = 200 };

/* One page, from the moment it is known to the store and back. */
struct page {
	struct storeq_msg msg; /* first member */
	struct heap_node node; /* in daemon.pages_due while it waits */
	struct daemon *daemon;
	struct settings *settings;
	struct page_task task;
	struct fetch_response response;
	struct answer answer;
	struct further further;        /* its other pages */
	struct fetch_response another; /* one of them */
	struct page_result result;     /* points into response, answer */
	int end;                       /* of this try, for counters.pages */
	struct page_reply reply;
};

static struct page *page_of(struct heap_node *node)
{
	return (struct page *)(void *)((char *)node - offsetof(struct page, node));
}

static void page_free(struct page *page)
{
	struct feed *feed = polls_find(page->daemon, page->task.feed_id);

	if (feed && feed->ration.pages)
		feed->ration.pages--;
	free(page->task.url);
	fetch_response_finish(&page->response);
	fetch_response_finish(&page->another);
	further_finish(&page->further);
	answer_finish(&page->answer);
	settings_release(page->settings);
	free(page);
}

static void log_page(const struct page *page)
{
	const struct page_result *result = &page->result;
	const char *url = log_visible(page->task.url);
	long long id = (long long)page->task.item_id;
	const char *why = result->error ? log_visible(result->error) : "";
	char next[DATE_TEXT_BYTES];

	if (result->outcome == PAGE_RETRY)
		log_info("item %lld %s: %s, try %d, next in %s", id, url, why,
			(int)page->task.tries, date_span(result->due_at - result->at, next));
	else if (result->outcome != PAGE_OK)
		log_info("item %lld %s: %s, the feed's own text is taken", id, url, why);
	else if (page->reply.merged_into)
		log_info("item %lld %s: the same as item %lld", id, url,
			(long long)page->reply.merged_into);
	else
		log_debug(
			"item %lld %s: read, quality %.2f", id, url, page->answer.article.quality);
}

/* Not for each: who reads along wants to know how long it takes. */
static void show_progress(struct daemon *daemon)
{
	static int64_t shown_ms;
	int64_t now_ms = clock_monotonic_ms(), now = clock_now();
	size_t left = daemon->pages_busy, i;

	if (now_ms - shown_ms < PROGRESS_EVERY_MS || !control_is_followed(daemon))
		return;
	shown_ms = now_ms;
	for (i = 1; i <= daemon->pages_due.count; i++)
		left += daemon->pages_due.nodes[i]->due_at <= now;
	control_progress(daemon, json_pack("{s:I}", "pages", (json_int_t)left));
}

static void on_recorded(struct storeq_msg *msg)
{
	struct page *page = (struct page *)msg;
	struct daemon *daemon = page->daemon;
	struct counters *counters = &daemon->counters;

	daemon->pages_busy--;
	show_progress(daemon);
	if (msg->status != STATUS_OK) {
		log_err("item %lld %s: not stored: %s; tried again after the next start",
			(long long)page->task.item_id, log_visible(page->task.url),
			status_text(msg->status));
	} else {
		log_page(page);
		if (page->result.outcome == PAGE_OK)
			polls_count_bytes(daemon, page->task.feed_id,
				(int64_t)page->answer.article.arena.total);
		counters->bytes += (uint64_t)page->response.bytes;
		counters_request(counters, &page->response);
		counters->pages[page->end]++;
		counters->pages_ok += page->result.outcome == PAGE_OK;
		counters->pages_retried += page->result.outcome == PAGE_RETRY;
		counters->pages_failed +=
			page->result.outcome == PAGE_FAILED || page->result.outcome == PAGE_REFUSED;
		counters->items_merged += page->reply.merged_into != 0;
		if (page->result.outcome == PAGE_RETRY) {
			page->task.due_at = page->result.due_at;
			pages_add(daemon, &page->task);
		}
	}
	page_free(page);
	daemon_balance(daemon);
	daemon_wake(daemon);
}

static enum status record(struct storeq_context *context, struct storeq_msg *msg)
{
	struct page *page = (struct page *)msg;

	memset(&page->reply, 0, sizeof(page->reply));
	return page_record(context->store, context->config, &page->result, &page->reply);
}

static void give_to_store(struct page *page)
{
	page->result.item_id = page->task.item_id;
	page->result.at = clock_now();
	page->result.http_status = page->response.http_status;
	page->result.final_url = page->response.final_url;
	page->msg.work = record;
	page->msg.done = on_recorded;
	page->msg.bytes = sizeof(*page) + page->answer.article.arena.total;
	buf_finish(&page->response.body);
	storeq_put(page->daemon->storeq, &page->msg);
	daemon_balance(page->daemon);
}

/* What is known of the entry, and of the site, for a page of it. */
static void submit(struct page *page, struct job *job, parsers_done *done)
{
	struct entry_hints hints = {.published = DATE_NONE};
	struct arena arena = {0};
	struct store *reader = page->daemon->reader;

	/* Without hints the page is read all the same. */
	if (item_hints(reader, page->task.item_id, &arena, &hints) == STATUS_OK) {
		job->entry_title = hints.title;
		job->entry_author = hints.author;
		job->entry_language = hints.language;
		job->entry_published = hints.published;
		if (job->page <= 1 && page->further.kind == FURTHER_PAGE) {
			job->entry_summary = hints.summary;
			job->entry_content = hints.content;
		}
	}
	if (site_blocks(reader, page->task.url, &arena, &job->site_blocks,
		    &job->site_block_count) != STATUS_OK)
		job->site_block_count = 0;
	job->rule = siterules_find(page->settings->rules, job->url);
	parsers_submit(page->daemon->parsers, job, done, page);
	arena_finish(&arena);
	daemon_balance(page->daemon);
}

static struct job job_of(const struct fetch_response *response)
{
	return (struct job){
		.kind = JOB_PAGE,
		.url = response->final_url,
		.content_type = response->content_type,
		.content_language = response->content_language,
		.body = response->body.data,
		.body_len = response->body.len,
		.entry_published = DATE_NONE,
	};
}

/* A failure that may pass: all of the item's pages are tried again. False: it is final. */
static bool try_later(struct page *page, const struct fetch_response *failed)
{
	page->result.due_at = manners_page_retry_at(failed, page->task.tries, clock_now());
	if (!page->result.due_at)
		return false;
	page->result.outcome = PAGE_RETRY;
	page->end = (int)failed->outcome;
	page->result.error = failed->error;
	page->result.article = NULL;
	give_to_store(page);
	return true;
}

/* Its parser was ended, or had no answer in time. It may not have been the document's fault. */
static bool parse_later(struct page *page, enum status status, struct fetch_response *response)
{
	if (status != STATUS_CRASHED && status != STATUS_TIMEOUT)
		return false;
	response->outcome = POLL_PARSER_FAILED;
	snprintf(response->error, sizeof(response->error), "%s", status_text(status));
	return try_later(page, response);
}

static void go_on(struct page *page);

static void on_another_extracted(void *context, enum status status, struct answer *answer)
{
	struct page *page = context;
	bool is_read = status == STATUS_OK && answer->kind == JOB_PAGE;

	if (page->further.kind == FURTHER_PAGE && parse_later(page, status, &page->another))
		return;
	further_take(&page->further, &page->answer.article, is_read ? &answer->article : NULL);
	go_on(page);
}

static void on_another_fetched(void *context, struct fetch_response *response)
{
	struct page *page = context;
	struct job job;

	fetch_response_finish(&page->another);
	page->another = *response;
	memset(response, 0, sizeof(*response));
	page->response.bytes += page->another.bytes;
	if (page->another.outcome != POLL_OK || page->another.body.len == 0) {
		if (page->further.kind == FURTHER_PAGE && try_later(page, &page->another))
			return;
		further_take(&page->further, &page->answer.article, NULL);
		go_on(page);
		return;
	}
	job = job_of(&page->another);
	if (page->further.kind == FURTHER_PAGE) {
		job.page = page->further.page + 1;
		job.seen_blocks = page->further.seen;
		job.seen_block_count = page->further.seen_count;
	}
	submit(page, &job, on_another_extracted);
	buf_finish(&page->another.body);
}

static void fetch(struct page *page, const char *url, fetch_done *done)
{
	struct fetch_request request = {.kind = FETCH_PAGE, .url = url};
	struct feed_row row = {0};

	/* The page of a feed may want the feed's credentials or a person's consent. */
	if (feed_get(page->daemon->reader, page->task.feed_id, &row) == STATUS_OK)
		request.settings = config_feed(page->settings->config, row.url);
	feed_row_finish(&row);
	dispatch_submit(page->daemon->dispatch, &request, done, page);
}

/* The next of an article's pages, or the end of it. */
static void go_on(struct page *page)
{
	struct article *article = &page->answer.article;
	const char *url = further_next(&page->further, article);

	if (url) {
		log_debug("item %lld %s: and %s", (long long)page->task.item_id,
			log_visible(page->task.url), log_visible(url));
		fetch(page, url, on_another_fetched);
		return;
	}
	further_join(&page->further, article);
	page->end = PAGES_NO_ARTICLE;
	if (article->text) {
		page->end = POLL_OK;
		page->result.outcome = PAGE_OK;
		page->result.error = NULL;
	}
	give_to_store(page);
}

static void on_extracted(void *context, enum status status, struct answer *answer)
{
	struct page *page = context;
	struct article *article;

	page->answer = *answer;
	answer_init(answer);
	article = &page->answer.article;
	if (parse_later(page, status, &page->response))
		return;
	page->result.outcome = PAGE_FAILED;
	if (status != STATUS_OK || page->answer.kind != JOB_PAGE) {
		page->end = POLL_PARSER_FAILED;
		page->result.error =
			status != STATUS_OK ? status_text(status) : page->answer.message;
		give_to_store(page);
		return;
	}
	page->result.article = article; /* its metadata may be good */
	if (page->answer.status != STATUS_OK)
		page->result.error = page->answer.message;
	if (article->rule_failed)
		log_warning("item %lld %s: %s; read without it", (long long)page->task.item_id,
			log_visible(page->task.url), log_visible(article->reason));
	if (!article->url && page->response.link_canonical)
		article->url = page->response.link_canonical;
	further_init(&page->further, page->response.final_url, article);
	go_on(page);
}

static void extract(struct page *page)
{
	struct job job = job_of(&page->response);

	submit(page, &job, on_extracted);
	buf_finish(&page->response.body);
}

static void on_fetched(void *context, struct fetch_response *response)
{
	struct page *page = context;

	page->response = *response;
	memset(response, 0, sizeof(*response));
	page->task.tries++;
	if (page->response.outcome == POLL_OK && page->response.body.len > 0) {
		extract(page);
		return;
	}
	page->end =
		page->response.outcome == POLL_OK ? PAGES_NO_ARTICLE : (int)page->response.outcome;
	if (page->response.outcome == POLL_OK)
		snprintf(page->response.error, sizeof(page->response.error), "%s",
			reason_text(REASON_EMPTY_PAGE));
	if (try_later(page, &page->response))
		return;
	page->result.error = page->response.error;
	page->result.outcome = page->response.outcome == POLL_REFUSED ? PAGE_REFUSED : PAGE_FAILED;
	give_to_store(page);
}

static void start(struct page *page)
{
	page->settings = settings_use(page->daemon->settings);
	answer_init(&page->answer);
	page->daemon->pages_busy++;
	fetch(page, page->task.url, on_fetched);
}

void pages_add(struct daemon *daemon, struct page_task *task)
{
	struct page *page;
	struct feed *feed = polls_find(daemon, task->feed_id);

	if (daemon->is_stopping) {
		free(task->url);
		task->url = NULL;
		return;
	}
	page = xcalloc(1, sizeof(*page));
	page->daemon = daemon;
	page->task = *task;
	memset(task, 0, sizeof(*task));
	if (feed)
		feed->ration.pages++;
	heap_set(&daemon->pages_due, &page->node, page->task.due_at);
	daemon_wake(daemon);
}

void pages_start_due(struct daemon *daemon, int64_t now)
{
	struct heap_node *node;
	const struct feed *feed;
	int64_t at;

	while (!daemon->is_stopping && (node = heap_first(&daemon->pages_due)) &&
		node->due_at <= now) {
		feed = polls_find(daemon, page_of(node)->task.feed_id);
		at = feed ? ration_rests_until(&feed->ration, now) : 0;
		heap_remove(&daemon->pages_due, node);
		if (at)
			heap_set(&daemon->pages_due, node, at);
		else
			start(page_of(node));
	}
}

size_t pages_pressing(const struct daemon *daemon, int64_t now)
{
	const struct heap_node *node = heap_first(&daemon->pages_due);

	return daemon->pages_busy + (node && node->due_at <= now);
}

void pages_load(struct daemon *daemon)
{
	struct page_task *tasks = NULL;
	size_t count = 0, i;

	if (pages_pending(daemon->reader, &tasks, &count) != STATUS_OK)
		log_err("store: pages that wait cannot be read: %s; they wait for the next "
			"start, `diurna check --store` tells more",
			store_error(daemon->reader));
	for (i = 0; i < count; i++)
		pages_add(daemon, &tasks[i]);
	free(tasks);
}

void pages_free(struct daemon *daemon)
{
	struct heap_node *node;

	while ((node = heap_first(&daemon->pages_due))) {
		heap_remove(&daemon->pages_due, node);
		page_free(page_of(node));
	}
	heap_finish(&daemon->pages_due);
}
